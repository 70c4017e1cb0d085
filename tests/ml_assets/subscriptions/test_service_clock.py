"""A ticket waits by the clock of its tier, on days of 23 and 25 hours too."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.service_clock import (
    Schedule,
    Ticket,
    attainment,
    decide,
)

MADRID = ZoneInfo("Europe/Madrid")
OFFICE = (dt.time(9), dt.time(18))
WEEK = Schedule(MADRID, {day: [OFFICE] for day in range(5)})
ALWAYS = Schedule(MADRID, {day: [(dt.time(), None)] for day in range(7)})
TWO_HOURS = dt.timedelta(hours=2)


def at(day: str, time: str = "00:00") -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day} {time}").replace(tzinfo=MADRID)


def hours(schedule: Schedule, start: dt.datetime, end: dt.datetime) -> float:
    return schedule.worked(start, end) / dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at("2026-06-05", "17:00"), at("2026-06-08", "10:00"), 2),
        (at("2026-06-06", "10:00"), at("2026-06-07", "10:00"), 0),
        (at("2026-06-05", "18:00"), at("2026-06-05", "23:00"), 0),
        (at("2026-06-05", "08:59"), at("2026-06-05", "09:30"), 0.5),
        (at("2026-06-05", "12:00"), at("2026-06-05", "11:00"), 0),
    ],
)
def test_only_office_hours_count(
    start: dt.datetime, end: dt.datetime, expected: float
) -> None:
    assert hours(WEEK, start, end) == expected


def test_days_of_daylight_saving_have_23_and_25_hours() -> None:
    assert hours(ALWAYS, at("2026-03-29"), at("2026-03-30")) == 23
    assert hours(ALWAYS, at("2026-10-25"), at("2026-10-26")) == 25
    assert hours(ALWAYS, at("2026-06-01"), at("2026-06-02")) == 24
    # The hour that is there twice: from its first to its second beginning.
    again = at("2026-10-25", "02:00").replace(fold=1)
    assert hours(ALWAYS, at("2026-10-25", "02:00"), again) == 1


def test_a_holiday_and_an_instant_of_another_zone_are_local() -> None:
    fiesta = Schedule(MADRID, WEEK.hours, {dt.date(2026, 10, 12)})
    utc = dt.datetime(2026, 10, 13, 7, 30, tzinfo=dt.UTC)

    assert hours(fiesta, at("2026-10-09", "17:30"), utc) == 1


@pytest.mark.parametrize(
    "hours",
    [
        [(dt.time(9), dt.time(13)), (dt.time(12), dt.time(18))],
        [(dt.time(9), dt.time(8))],
        [(dt.time(9), None), (dt.time(12), dt.time(18))],
    ],
)
def test_hours_that_overlap_or_end_early_are_refused(
    hours: list[tuple[dt.time, dt.time | None]],
) -> None:
    with pytest.raises(InvalidSetting, match="weekday 0"):
        Schedule(MADRID, {0: hours})


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = dt.datetime(2026, 6, 5)

    with pytest.raises(InvalidSetting, match="zone"):
        WEEK.worked(naive, at("2026-06-05"))


ASKED = at("2026-06-05", "17:00")


@pytest.mark.parametrize(
    ("replied", "as_of", "verdict"),
    [
        (at("2026-06-08", "10:00"), at("2026-06-09"), "met"),
        (at("2026-06-08", "10:01"), at("2026-06-09"), "missed"),
        (None, at("2026-06-08", "09:30"), "undecided"),
        (None, at("2026-06-08", "10:30"), "missed"),
        # Known later only.
        (at("2026-06-08", "09:30"), at("2026-06-08", "09:15"), "undecided"),
    ],
)
def test_open_tickets_are_missed_when_they_are_older_and_undecided_before(
    replied: dt.datetime | None, as_of: dt.datetime, verdict: str
) -> None:
    assert decide(Ticket(ASKED, replied), TWO_HOURS, as_of, WEEK) == verdict


def test_the_calendars_clock_does_not_stop_on_a_weekend() -> None:
    replied = Ticket(ASKED, at("2026-06-08", "10:00"))

    assert decide(replied, TWO_HOURS, at("2026-06-09")) == "missed"
    # On the night of 25 hours half past one to half past three are three.
    night = Ticket(at("2026-10-25", "01:30"), at("2026-10-25", "03:30"))
    assert decide(night, TWO_HOURS, at("2026-10-26")) == "missed"


def test_what_is_undecided_is_in_no_rate() -> None:
    found = attainment(["met", "met", "missed", "undecided"])

    assert (found.met_count, found.decided_count, found.undecided_count) == (2, 3, 1)
    assert found.ratio.value == pytest.approx(2 / 3)
