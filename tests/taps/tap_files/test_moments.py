"""Dates and times are read to the instant."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from taps.tap_files.problems import RowRejected
from taps.tap_files.values.moments import (
    DAY_FIRST,
    MONTH_FIRST,
    is_open_date,
    moment_reader,
    order_shown_by,
)

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-03-31 02:30:00 +0100", "2024-03-31T01:30:00+00:00"),
        ("2024-07-01T12:00:00Z", "2024-07-01T12:00:00+00:00"),
        ("2024-07-01 12:00:00 UTC", "2024-07-01T12:00:00+00:00"),
        ("2024-07-01T12:00:00.123456789+02:00", "2024-07-01T10:00:00.123456+00:00"),
        ("2024-07-01 12:00:00", "2024-07-01T10:00:00+00:00"),
        ("2024-01-01 9:05", "2024-01-01T08:05:00+00:00"),
        ("2024-07-01", "2024-06-30T22:00:00+00:00"),
        ("20240701", "2024-06-30T22:00:00+00:00"),
        ("01/07/2024", "2024-06-30T22:00:00+00:00"),
        ("1/7/2024 12:00", "2024-07-01T10:00:00+00:00"),
        ("1/7/24 1:30 PM", "2024-07-01T11:30:00+00:00"),
        ("01.07.2024", "2024-06-30T22:00:00+00:00"),
        ("2024/7/1", "2024-06-30T22:00:00+00:00"),
        ("29/02/2024", "2024-02-28T23:00:00+00:00"),
        ("7 de enero de 2025 23:50 hs.", "2025-01-07T22:50:00+00:00"),
        ("Jan 5, 2026 1:23:45 PM PST", "2026-01-05T21:23:45+00:00"),
        ("31 jul 2026 11:03:59 p.m. GMT-7", "2026-08-01T06:03:59+00:00"),
        ("15 Mar 2026 3:22:08 PM UTC", "2026-03-15T15:22:08+00:00"),
        ("2026-01-19 11:16:41 PST", "2026-01-19T19:16:41+00:00"),
        ("19/01/2026 11:16 UTC", "2026-01-19T11:16:00+00:00"),
        ("Tue, 13 Jan 2026 10:00:00 +0100", "2026-01-13T09:00:00+00:00"),
        ("46036,5", "2026-01-14T11:00:00+00:00"),
    ],
)
def test_a_time_is_read_in_the_companys_zone(text: str, instant: str) -> None:
    assert moment_reader(MADRID, DAY_FIRST)(text).instant == instant


def test_month_first_swaps_day_and_month() -> None:
    moment = moment_reader(MADRID, MONTH_FIRST)("07/01/2024")

    assert moment.local_date == "2024-07-01"


@pytest.mark.parametrize(
    "text",
    ["30/02/2024", "2023-02-29", "2024-13-01", "31/13/2024", "1/7/024", "today", "12",
     "2024-01-01 25:00", "1/7/2024 13:00 PM", "2024-W01-1", "3024-01-01"],
)  # fmt: skip
def test_an_impossible_date_is_rejected(text: str) -> None:
    with pytest.raises(RowRejected, match="the date cannot be read"):
        moment_reader(MADRID, DAY_FIRST)(text)


def test_a_time_that_the_clocks_skip_moves_forward() -> None:
    moment = moment_reader(MADRID, DAY_FIRST)("2024-03-31 02:30:00")

    assert moment.instant == "2024-03-31T01:30:00+00:00"  # 03:30 in Madrid
    assert moment.clock_change == "skipped"


def test_a_time_that_comes_twice_is_the_first() -> None:
    moment = moment_reader(MADRID, DAY_FIRST)("2024-10-27 02:30:00")

    assert moment.instant == "2024-10-27T00:30:00+00:00"  # still summer time
    assert moment.clock_change == "repeated"


def test_a_date_alone_is_known_to_have_no_time() -> None:
    read = moment_reader(MADRID, DAY_FIRST)

    assert read("2024-07-01").is_date_only
    assert not read("2024-07-01 00:00:00").is_date_only


def test_the_local_date_of_an_offset_time_is_the_companys() -> None:
    moment = moment_reader(MADRID, DAY_FIRST)("2024-06-30T23:30:00+00:00")

    assert moment.local_date == "2024-07-01"


def test_a_date_proves_its_order_or_is_open() -> None:
    assert order_shown_by("13/04/2024") == DAY_FIRST
    assert order_shown_by("04/13/2024") == MONTH_FIRST
    assert order_shown_by("03.04.2024") == DAY_FIRST
    assert order_shown_by("2024/04/13") is None
    assert is_open_date("03/04/2024")
    assert not is_open_date("04/04/2024")
    assert not is_open_date("2024-04-03")


def test_a_zone_does_not_hide_that_day_and_month_may_be_swapped() -> None:
    assert is_open_date("05/01/2026 10:00 PST")
    assert order_shown_by("06/22/2026 10:00 PDT") == MONTH_FIRST
