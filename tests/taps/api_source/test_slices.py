"""Which days are read, and how a slice is closed."""

from __future__ import annotations

from datetime import date

import pytest

from taps.api_source.slices import days_to_read

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 10)


def days(bookmark: str | None, lookback: int) -> list[int]:
    read = days_to_read(bookmark, first=FIRST, last=LAST, lookback_days=lookback)
    return [day.day for day in read]


def test_the_first_run_reads_everything() -> None:
    assert days(None, lookback=3) == list(range(1, 11))


@pytest.mark.parametrize(
    ("bookmark", "lookback", "expected"),
    [
        ("2026-01-08", 1, [8, 9, 10]),
        ("2026-01-08", 3, [6, 7, 8, 9, 10]),
        ("2026-01-02", 28, list(range(1, 11))),
        ("2026-01-10", 2, [9, 10]),
    ],
)
def test_later_runs_read_the_window_that_may_change_and_what_is_new(
    bookmark: str, lookback: int, expected: list[int]
) -> None:
    assert days(bookmark, lookback) == expected


def test_a_bookmark_after_the_last_day_reads_only_the_window() -> None:
    assert days("2026-02-01", lookback=3) == []
