"""Weekly means once the week is over: not twice, and not never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.operations.cadence import (
    Rhythm,
    list_rhythms,
    next_publication,
    slack_beyond_a_day,
)
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_settings import change_settings

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
SUNDAY = date(2026, 1, 18)


def _due_days(rhythm: Rhythm) -> list[date]:
    week = (SUNDAY + timedelta(days=n) for n in range(-3, 5))
    return [day for day in week if rhythm.is_publishing_due(day)]


def test_daily_is_every_day() -> None:
    assert len(_due_days(Rhythm(ACME, last_published=SUNDAY))) == 8


def test_the_first_predictions_wait_for_no_monday() -> None:
    assert len(_due_days(Rhythm(ACME, "weekly"))) == 8


def test_weekly_is_due_from_the_run_of_sunday_until_it_was_published() -> None:
    before = Rhythm(ACME, "weekly", last_published=SUNDAY - timedelta(days=7))
    after = Rhythm(ACME, "weekly", last_published=SUNDAY)
    # The machine slept on Monday, and published on Tuesday.
    late = Rhythm(ACME, "weekly", last_published=SUNDAY + timedelta(days=1))

    # A blocked Monday is tried again on Tuesday.
    assert _due_days(before) == [SUNDAY + timedelta(days=n) for n in range(5)]
    assert _due_days(after) == []
    assert not late.is_publishing_due(SUNDAY + timedelta(days=6))
    assert late.is_publishing_due(SUNDAY + timedelta(days=7))


@pytest.mark.parametrize("days", range(7))
def test_the_next_publication_is_the_monday_after_the_present_week(days: int) -> None:
    assert next_publication(SUNDAY + timedelta(days=days)) == date(2026, 1, 26)


def test_a_rhythm_is_what_the_company_was_told_and_has_connected(
    database_url: str,
) -> None:
    add_company(database_url, ACME)
    add_company(database_url, Company("bolt", "Bolt", "CLP", "America/Santiago"))
    add_connection(database_url, Connection("acme", "shop", "shopify", {"shop": "a"}))
    change_settings(
        database_url, "acme", prediction_cadence="weekly", is_read_tactically=True
    )

    acme, bolt = list_rhythms(database_url)

    assert acme == Rhythm(ACME, "weekly", True, True, frozenset({"shopify"}))
    assert bolt == Rhythm(Company("bolt", "Bolt", "CLP", "America/Santiago"))


def _every(hours: float, reads: int) -> list[datetime]:
    start = datetime(2026, 11, 23, 2, tzinfo=UTC)
    return [start - timedelta(hours=hours * n) for n in range(reads)]


@pytest.mark.parametrize(
    ("cadence", "reads", "days"),
    [
        ("daily", [], 0),
        ("daily", _every(24, 9), 0),
        ("daily", _every(1, 9), 0),
        ("daily", _every(7 * 24, 3), 0),  # too few to be a rhythm
        ("daily", _every(7 * 24, 4), 6),
        ("daily", _every(3 * 24, 9), 2),
        ("daily", _every(30 * 24, 9), 6),  # once a month is late all the same
        ("weekly", [], 6),
        ("weekly", _every(24, 9), 6),
    ],
)
def test_what_is_read_weekly_has_a_week(
    cadence: str, reads: list[datetime], days: int
) -> None:
    assert slack_beyond_a_day(cadence, reads) == timedelta(days=days)


def test_one_long_pause_is_no_rhythm() -> None:
    daily = _every(24, 8)
    before_a_holiday = [daily[-1] - timedelta(days=15)]

    assert slack_beyond_a_day("daily", daily + before_a_holiday) == timedelta(0)
