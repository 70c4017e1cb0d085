"""Whether amounts far from what a company sells belong to what spend is learned from.

One order of a wholesaler, or one that was typed wrong, says little of what its customer
spends next, and the spend model believes a mean of three orders. Where customers who
spend that much do so again, leaving them out forgets the best of them. Which of the two
a company is its own past says: spend is learned both ways at earlier days, and unusual
amounts stay out where what later purchases were worth was told better without them.
Everything else, totals, levels, what came, counts every amount.

Unusual is as `marts.outlier_orders` has it, of a purchase day: a modified z-score above
3.5 on the logarithm (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers).
"""

from dataclasses import replace
from typing import Final

import numpy as np

from ml_assets.clv.histories import Bools, Floats
from ml_assets.clv.inner_origins import FRACTIONS
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.spending import spending

__all__ = ["learned_from", "unusual"]

_FARTHEST: Final = 3.5
# A median absolute deviation times this is a standard deviation of a normal.
_OF_NORMAL: Final = 1.4826
_LARGEST_SAMPLE: Final = 20_000
_FEWEST_BUYERS: Final = 20
# Plainly better, as probabilities of another candidate have to be.
_CLEARLY_SMALLER: Final = 0.99
_NOTHING: Final = np.zeros(0)


def unusual(amount: Floats) -> Bools:
    """Which amounts are far from the others, shape kept; none of 0 and below."""
    some = amount > 0
    logs = np.log(amount[some])
    found = np.zeros(amount.shape, dtype=bool)
    if logs.size:
        away = np.abs(logs - np.median(logs))
        spread = _OF_NORMAL * float(np.median(away))
        # No spread, no scale to measure by.
        found[some] = (spread > 0) & (away > _FARTHEST * spread)
    return found


def learned_from(
    log: PurchaseDays, as_of_day: int, penalizer: float = 0.0
) -> PurchaseDays:
    """The log, of which unusual amounts say nothing of spend where that was nearer.

    Nearer is: at the earlier days of `inner_origins`, customers' later amounts for the
    purchases they then made, each time scaled to the actual total, because the level is
    corrected separately; by a hundredth in the mean.

    Parameters
    ----------
    log : PurchaseDays
        No row after `as_of_day`.
    """
    usual = ~unusual(log.amount)
    if usual.all():
        return log
    some = log.some(_LARGEST_SAMPLE)
    span = as_of_day - some.first_day
    ratios = [
        ratio
        for share in FRACTIONS
        if (ratio := _ratio_at(some, some.first_day + round(span * share), penalizer))
    ]
    if not ratios or np.mean(ratios) > _CLEARLY_SMALLER:
        return log
    return replace(log, tells_spend=usual)


def _ratio_at(log: PurchaseDays, day: int, penalizer: float) -> float | None:
    """Error without unusual amounts over that with them; None: nothing to compare."""
    past = log.up_to(day)
    kept = replace(past, tells_spend=~unusual(past.amount))
    seen = past.seen_at(day)
    later = log.later(seen, day, int(log.day.max()) - day)
    bought = later.purchases > 0
    if bought.sum() < _FEWEST_BUYERS or later.amount.sum() <= 0:
        return None
    errors = []
    for one in (kept.seen_at(day), seen):
        found = spending(one, _NOTHING, penalizer)
        if found.fit is None:
            return None
        said = (found.mean * later.purchases)[bought]
        came = later.amount[bought]
        errors.append(float(np.abs(said * came.sum() / said.sum() - came).sum()))
    return errors[0] / errors[1] if errors[1] > 0 else None
