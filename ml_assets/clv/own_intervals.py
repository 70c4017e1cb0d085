"""Gate: what came lay inside the interval that the forecast itself had stated."""

import datetime as dt
from typing import Final

import pandas as pd

from ml_assets.clv.gates import GateResult, Outcome
from ml_assets.sentences import Sentence

__all__ = ["TOTALS", "inside_own_interval"]

_QUANTITIES: Final = ("orders", "value")
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


def inside_own_interval(backtests: pd.DataFrame) -> GateResult:
    """Warn when a total fell outside its 90 % interval once, block when twice.

    One in ten does by construction, two of three hardly: then the level or its doubt is
    wrong. Orders and value count apart, each by its number of origins. Observed is the
    larger of the two.

    Parameters
    ----------
    backtests : DataFrame
        `origin_date`, `model`, and of the rows of "chosen" `TOTALS`.
    """
    gate = "inside_own_interval"
    chosen = backtests[backtests["model"] == "chosen"]
    known = chosen.reindex(columns=["origin_date", *TOTALS]).dropna()
    if known.empty:
        message = Sentence("inside_own_interval.none", "No backtest yet.")
        return GateResult(gate, "passed", None, _BLOCKED_AT, message)
    missed = {what: _missed(known, what) for what in _QUANTITIES}
    said = [each for what in _QUANTITIES for each in missed[what]]
    observed = max(len(each) for each in missed.values())
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
