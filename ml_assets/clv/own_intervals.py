"""Gate: what came lay inside the interval that the forecast itself had stated.

Windows of 90 days that end a month apart share two thirds of their days, so that two
misses are hardly more than one: with a perfect 90 % interval two of three come to one
sound shop in ten. A miss therefore counts towards a block only beyond a wider
interval, which a perfect forecast leaves with probability p. At worst all windows are
one, and two misses come as often as one, p; of two totals at most 2 p, which is 1/20.

In its first year a company may have a season that nobody knows of, and the interval
says so. That is no excuse for data that broke: orders that are lost or told twice look
like a season too. The gate takes it out of the interval again, and a person looks.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ml_assets.clv.gates import GateResult, Outcome
from ml_assets.clv.intervals import COVERAGE
from ml_assets.sentences import Sentence

__all__ = ["TOTALS", "inside_own_interval"]

_QUANTITIES: Final = ("orders", "value")
_Z: Final = float(ndtri((1 + COVERAGE) / 2))
# What a row of a backtest says of the totals.
TOTALS: Final = tuple(
    name
    for what in _QUANTITIES
    for name in (f"expected_{what}_lower", f"expected_{what}_upper", f"actual_{what}")
)
_WORDS: Final = {
    "orders": Sentence("inside_own_interval.orders", "orders"),
    "value": Sentence("inside_own_interval.value", "value"),
}
_BLOCKED_AT: Final = 2
# A sound shop is blocked once in twenty at most: by orders, or by value.
_LEAVES: Final = 0.05 / len(_QUANTITIES)
# The wider interval's width, in widths of the stated one, on the log scale.
_WIDER: Final = float(ndtri(1 - _LEAVES / 2)) / _Z


def inside_own_interval(
    backtests: pd.DataFrame, season_sds: Mapping[dt.date, float] | None = None
) -> GateResult:
    """Warn when a total fell outside its 90 % interval, block when far outside twice.

    Orders and value count apart, each by its number of origins. Observed is how often
    the worse of the two fell far outside: beyond the 97.5 % interval of the lognormal
    that the 90 % one is of.

    Parameters
    ----------
    backtests : DataFrame
        `origin_date`, `model`, and of the rows of "chosen" `TOTALS`.
    season_sds
        By origin, what the interval holds (standard deviation of ln) for a season that
        was not known there; None is nothing.
    """
    gate = "inside_own_interval"
    chosen = backtests[backtests["model"] == "chosen"]
    known = chosen.reindex(columns=["origin_date", *TOTALS]).dropna()
    known = _without_season(known, season_sds or {})
    if known.empty:
        message = Sentence("inside_own_interval.none", "No backtest yet.")
        return GateResult(gate, "passed", None, _BLOCKED_AT, message)
    said = [each for what in _QUANTITIES for each in _missed(known, what)]
    observed = max(_far_outside(known, what) for what in _QUANTITIES)
    if not said:
        message = Sentence(
            "inside_own_interval.passed",
            "In {backtests} backtests what came lay in its 90 % interval.",
            backtests=len(known),
        )
        return GateResult(gate, "passed", 0, _BLOCKED_AT, message)
    outcome: Outcome = "blocked" if observed >= _BLOCKED_AT else "warned"
    advice = Sentence(
        "inside_own_interval.warned",
        "Read the next totals as less sure than their interval says.",
    )
    if outcome == "blocked":
        advice = Sentence(
            "inside_own_interval.blocked",
            "The next totals are as wrong: look for a season the history does not "
            "hold, for growth or decline, or for orders that are missing or counted "
            "twice.",
        )
    message = Sentence(
        "inside_own_interval.outside",
        "Outside the 90 % interval of its own backtest: {missed:; }. {advice}",
        missed=said,
        advice=advice,
    )
    return GateResult(gate, outcome, observed, _BLOCKED_AT, message)


def _without_season(
    known: pd.DataFrame, season_sds: Mapping[dt.date, float]
) -> pd.DataFrame:
    """The intervals as they would be if it were known that there is no season.

    The same expectation, and a lognormal of the rest of the squared relative error.
    """
    season = known["origin_date"].map(lambda date: season_sds.get(date, 0.0))
    if known.empty or not (season > 0).any():
        return known
    known = known.copy()
    variance = season.to_numpy(dtype=np.float64) ** 2
    for what in _QUANTITIES:
        ends = [f"expected_{what}_lower", f"expected_{what}_upper"]
        low, high = known[ends].to_numpy(dtype=np.float64).T
        # Nothing expected has no width.
        some = low > 0
        ratio = np.divide(high, low, out=np.ones_like(low), where=some)
        spread = (np.log(ratio) / (2 * _Z)) ** 2
        rest = np.log1p(np.maximum(np.expm1(spread) - variance, 0.0))
        middle = np.sqrt(low * high) * np.exp((spread - rest) / 2)
        reach = np.exp(_Z * np.sqrt(rest))
        known[ends[0]] = np.where(some, middle / reach, low)
        known[ends[1]] = np.where(some, middle * reach, high)
    return known


def _far_outside(known: pd.DataFrame, what: str) -> int:
    """How many totals fell outside the wider interval."""
    low, high, came = (
        known[name].to_numpy(dtype=np.float64)
        for name in (
            f"expected_{what}_lower",
            f"expected_{what}_upper",
            f"actual_{what}",
        )
    )
    # Nothing expected has no width: whatever came then is far outside.
    ratio = np.divide(high, low, out=np.ones_like(low), where=low > 0)
    more = ratio ** ((_WIDER - 1) / 2)
    return int(((came < low / more) | (came > high * more)).sum())


def _missed(known: pd.DataFrame, what: str) -> list[Sentence]:
    said = []
    for row in known.sort_values("origin_date").to_dict("records"):
        low, high, came = (
            float(row[name])
            for name in (
                f"expected_{what}_lower",
                f"expected_{what}_upper",
                f"actual_{what}",
            )
        )
        if not low <= came <= high:
            origin: dt.date = row["origin_date"]
            said.append(
                Sentence(
                    "inside_own_interval.missed",
                    "{what} after {origin}: {came:,.0f} came, {low:,.0f} to "
                    "{high:,.0f} were expected",
                    what=_WORDS[what],
                    origin=origin,
                    came=came,
                    low=low,
                    high=high,
                )
            )
    return said
