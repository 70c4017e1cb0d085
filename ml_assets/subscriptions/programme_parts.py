"""What a programme brings by keeping accounts, by their growing, and by winning them.

The first two are told by the queue's lot: those acted on beside those only watched, by
intention to treat. What winning accounts costs has no lot; it is before and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from ml_assets.measurement.shares import newcombe_interval
from ml_assets.subscriptions.grading import Estimate, Z
from ml_assets.subscriptions.queue_effect import FEWEST_OF_A_SIDE
from ml_assets.subscriptions.reading import Floats

__all__ = ["NOTHING", "Part", "acquisition_part", "churn_part", "expansion_part"]
__all__ += ["lifetime_value", "together"]

NOTHING: Final = Estimate(np.nan, np.nan, np.nan)

Verdict = Literal["too_early", "cannot_tell", "helps", "harms", "before_and_after"]


@dataclass(frozen=True)
class Part:
    """``effect`` in the unit of the part, ``margin`` in money; NaN where not told."""

    acted_count: int
    watched_count: int
    effect: Estimate
    margin: Estimate
    verdict: Verdict


def churn_part(entries: pd.DataFrame, monthly_margin: float) -> Part:
    """Share that left within 90 days, acted on less watched; what those who stay pay.

    ``margin = -effect x sum of months of those acted on x monthly_margin``.

    Parameters
    ----------
    entries
        Of which the 90 days are over: ``is_watched`` and ``left`` (bool), ``months``
        since half of them.
    monthly_margin
        Average MRR of an account times the gross margin rate; NaN where not told.
    """
    acted, watched = _sides(entries)
    hits = [side["left"].to_numpy(bool) for side in (acted, watched)]
    if min(map(len, hits)) < FEWEST_OF_A_SIDE:
        return Part(len(acted), len(watched), NOTHING, NOTHING, "too_early")
    shares = [float(side.mean()) for side in hits]
    lower, upper = newcombe_interval(shares[0], len(acted), shares[1], len(watched), Z)
    effect = Estimate(shares[0] - shares[1], float(lower), float(upper))
    worth = -float(acted["months"].sum()) * monthly_margin
    margin = Estimate(worth * effect.value, worth * effect.upper, worth * effect.lower)
    return Part(len(acted), len(watched), effect, margin, _verdict(margin, effect, -1))


def expansion_part(entries: pd.DataFrame, margin_rate: float) -> Part:
    """MRR an account grew by in 90 days, acted on less watched, whoever left 0.

    The interval is Welch's with normal quantiles.

    Parameters
    ----------
    entries
        As for `churn_part`, with ``growth``: MRR gained, never below 0.
    """
    acted, watched = _sides(entries)
    growths: list[Floats] = [s["growth"].to_numpy(float) for s in (acted, watched)]
    if min(map(len, growths)) < FEWEST_OF_A_SIDE:
        return Part(len(acted), len(watched), NOTHING, NOTHING, "too_early")
    value = float(growths[0].mean() - growths[1].mean())
    spread = Z * float(np.sqrt(sum(one.var(ddof=1) / one.size for one in growths)))
    effect = Estimate(value, value - spread, value + spread)
    worth = float(acted["months"].sum()) * margin_rate
    margin = Estimate(*(worth * end for end in (value, effect.lower, effect.upper)))
    return Part(len(acted), len(watched), effect, margin, _verdict(margin, effect, 1))


def acquisition_part(before: tuple[float, int], now: tuple[float, int]) -> Part:
    """Change of what a new account costs; Poisson intervals of the accounts.

    Parameters
    ----------
    before, now
        Cost and new accounts of as many months before the programme and of late.
    """
    (cost, count), (new_cost, new_count) = before, now
    if min(count, new_count) < FEWEST_OF_A_SIDE or min(cost, new_cost) <= 0:
        return Part(new_count, count, NOTHING, NOTHING, "too_early")
    values = cost / count, new_cost / new_count
    # The relative error of a Poisson count is one over its root.
    spread = Z * float(np.hypot(values[0] / count**0.5, values[1] / new_count**0.5))
    change = values[1] - values[0]
    effect = Estimate(change, change - spread, change + spread)
    return Part(new_count, count, effect, NOTHING, "before_and_after")


def together(parts: list[Part]) -> Estimate:
    """The sum of margins; errors of parts add up as if independent."""
    value = sum(part.margin.value for part in parts)
    ends = [
        float(
            np.sqrt(sum((getattr(p.margin, end) - p.margin.value) ** 2 for p in parts))
        )
        for end in ("lower", "upper")
    ]
    return Estimate(value, value - ends[0], value + ends[1])


def lifetime_value(monthly_margin: float, churn: Estimate) -> Estimate:
    """``monthly_margin / churn``, for a hazard that stays; NaN where nobody left."""
    return Estimate(
        *(
            monthly_margin / share if share > 0 else float("nan")
            for share in (churn.value, churn.upper, churn.lower)
        )
    )


def _sides(entries: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    watched = entries["is_watched"].to_numpy(bool)
    return entries[~watched], entries[watched]


def _verdict(margin: Estimate, effect: Estimate, sign: int) -> Verdict:
    """Without a margin rate the effect itself says it."""
    told = margin if np.isfinite(margin.value) and margin.value else effect
    way = 1 if told is margin else sign
    if told.lower <= 0 <= told.upper:
        return "cannot_tell"
    return "helps" if told.value * way > 0 else "harms"
