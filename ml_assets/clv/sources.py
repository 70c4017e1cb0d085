"""Gate: one source of orders died while another lives, which totals do not show."""

import datetime as dt
from typing import Final

import pandas as pd

from ml_assets.clv.gates import STALE_AFTER_DAYS, GateResult
from ml_assets.sentences import Sentence

__all__ = ["SOURCE_WINDOW_DAYS", "living_sources"]

# Over how many days before its last order a source's share is counted.
SOURCE_WINDOW_DAYS: Final = 90
# A source of fewer orders than this share can end without moving the company.
_WEIGHTY: Final = 0.10


def living_sources(
    sources: pd.DataFrame, as_of_date: dt.date, last_good_date: dt.date | None
) -> GateResult:
    """Block when a source fell silent since the last good run, and others did not.

    Its customers would all look lost. A source that was silent then already (a platform
    that was left, an acceptance) only warns. Observed is the longest silence, in days.

    Parameters
    ----------
    sources : DataFrame
        One row per source: `source`, `last_order_date`, and `share`, its part of the
        company's purchases in the 90 days up to that date.
    last_good_date : date or None
        As-of date of the predictions in force; None when there are none.
    """
    gate = "living_sources"
    weighty = sources[sources["share"] >= _WEIGHTY]
    silences = {
        str(source): (as_of_date - last).days
        for source, last in zip(
            weighty["source"], weighty["last_order_date"], strict=True
        )
    }
    longest = float(max(silences.values(), default=0))
    silent = {
        source: days for source, days in silences.items() if days > STALE_AFTER_DAYS
    }
    if not silent:
        message = Sentence(
            "living_sources.passed",
            "Every source of orders gave one in {days} days.",
            days=STALE_AFTER_DAYS,
        )
        return GateResult(gate, "passed", longest, STALE_AFTER_DAYS, message)
    seen = [
        Sentence(
            "living_sources.silent",
            "{source} gave no order for {days} days",
            source=source,
            days=days,
        )
        for source, days in silent.items()
    ]
    since = (as_of_date - last_good_date).days if last_good_date else 0
    if last_good_date and min(silent.values()) - since <= STALE_AFTER_DAYS:
        message = Sentence(
            "living_sources.blocked",
            "{seen: and }, while others did: its customers would all look lost. Look "
            "at the connection and run again. If the source was given up, publish it "
            "once with `timonel run --company COMPANY --accept-changes`.",
            seen=seen,
        )
        return GateResult(gate, "blocked", longest, STALE_AFTER_DAYS, message)
    message = Sentence(
        "living_sources.warned",
        "{seen: and }, as at the last good run: customers known only there look lost.",
        seen=seen,
    )
    return GateResult(gate, "warned", longest, STALE_AFTER_DAYS, message)
