"""Which weeks that are over are predicted again, and which are found again."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from ml_assets.media_plan.backtests import holdouts
from ml_assets.media_plan.media_days import MediaDays


def until(media: MediaDays, day: str) -> MediaDays:
    return replace(media, frame=media.frame[media.frame["date"] <= day])


@pytest.fixture(scope="module")
def days() -> MediaDays:
    """Two years of days up to 2026-10-20, of which only dates and numbers are read."""
    dates = pd.date_range("2024-11-01", "2026-10-20")
    frame = pd.DataFrame({"date": dates, "revenue": range(len(dates)), "spend_a": 1.0})
    return MediaDays(frame, ("a",), (), (), 0)


def test_windows_end_with_the_last_month_a_quarter_and_half_a_year_before(
    days: MediaDays,
) -> None:
    found = holdouts(days, "revenue")

    ends = [held.media.frame["date"].iloc[-1].date().isoformat() for held in found]
    assert ends == ["2026-09-30", "2026-06-30", "2026-03-31"]
    # 91 days before each, none of them shared but for a day.
    assert [str(held.origin) for held in found] == [
        "2026-07-01",
        "2026-03-31",
        "2025-12-30",
    ]


def test_a_window_without_a_year_before_it_is_left_out(days: MediaDays) -> None:
    # 2024-11-01 to 2026-01-31 are 457 days, 91 of them held out; the others are older.
    found = holdouts(until(days, "2026-02-10"), "revenue")

    assert [str(held.origin) for held in found] == ["2025-11-01"]
    assert holdouts(until(days, "2026-01-15"), "revenue") == []


def test_a_window_is_found_again_a_quarter_later(days: MediaDays) -> None:
    then, now = (
        holdouts(until(days, day), "revenue") for day in ("2026-07-05", "2026-10-20")
    )

    assert (then[0].origin, then[0].data_hash) == (now[1].origin, now[1].data_hash)
    other = days.frame.assign(revenue=days.frame["revenue"] + 1)
    changed = holdouts(replace(days, frame=other), "revenue")
    assert changed[1].data_hash != now[1].data_hash
