"""What the next purchase day of each customer is worth, and how sure that is."""

from typing import Final, NamedTuple

import numpy as np
from scipy.stats import spearmanr

from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.histories import (
    MINIMUM_REPEAT_CUSTOMERS,
    Floats,
    require_repeat_customers,
)
from ml_assets.clv.models import gamma_gamma
from ml_assets.clv.models.gamma_gamma import GammaGamma, GammaGammaFit
from ml_assets.clv.purchases import Seen
from ml_assets.sentences import Sentence, said

__all__ = [
    "MOST_DEPENDENT",
    "Spending",
    "levels_by_days",
    "rank_correlation",
    "spending",
    "spending_of",
]

# Above this in size ranks of spend and of frequency move together: everybody's own
# mean would be drawn to that of customers who buy as often as nobody like them does.
MOST_DEPENDENT: Final = 0.5
# Fewer are no group of their own.
_SMALLEST_GROUP: Final = 30

# Variances are infinite at q + p x = 2 and useless just above.
_LEAST_SHAPE = 2.2
# What helps where everybody pays one price, the least first: a penalizer pulls p and
# q to 0, and then what customers spent counts for less than it should.
_RESCUE_PENALIZERS = (1e-4, 0.01)


class Spending(NamedTuple):
    """Per customer, shapes (n,): E[M], E[M^2] of the own mean M, variance around it.

    `fit` is None where there is no spend model; `reason` then says why. `level`, where
    spend moves with frequency, is the mean of customers with as many purchases: the
    model is of what each spends in units of it.
    """

    mean: Floats
    square: Floats
    within: Floats
    fit: GammaGammaFit | None = None
    reason: str | None = None
    level: Floats | None = None


def spending(seen: Seen, all_amounts: Floats, penalizer: float = 0.0) -> Spending:
    """Gamma-Gamma where it can be fitted, else the own mean, else that of all.

    Parameters
    ----------
    seen : Seen
        `spent` is what the model learns from and predicts each customer by.
    all_amounts : ndarray, shape (rows,)
        Amounts of all purchase days: what a customer spends when nothing better is
        known.
    penalizer
        lifetimes' `penalizer_coef`. At 0 a small one helps where it is needed.
    """
    reason, (days, own) = "", seen.spent
    again_spent = (seen.histories.frequency > 0) & (seen.monetary_value > 0)
    ranks = rank_correlation(
        seen.histories.frequency[again_spent], seen.monetary_value[again_spent]
    )
    level = None
    if ranks is not None and abs(ranks) > MOST_DEPENDENT:
        level = levels_by_days(days, own)
        own = own / level
    again = (seen.histories.frequency > 0) & (days > 0) & np.isfinite(own)
    for attempt in (penalizer,) if penalizer else (0.0, *_RESCUE_PENALIZERS):
        try:
            # One purchase each does not tell how one customer's own amounts vary.
            require_repeat_customers(
                int((own[again] > 0).sum()),
                MINIMUM_REPEAT_CUSTOMERS,
                Sentence(
                    "reasons.spent_again",
                    "customers bought again with a positive spend",
                ),
            )
            fit = gamma_gamma.fit(days, own, penalizer=attempt)
            found = spending_of(fit.parameters, days, own)
        except CustomerValueError as failure:
            reason = reason or said(failure)
            continue
        found = found._replace(fit=fit, reason=reason or None)
        return found if level is None else _in_money(found, level)
    own = seen.spent.mean
    overall = float(all_amounts.mean()) if all_amounts.size else np.nan
    variance = float(all_amounts.var()) if all_amounts.size > 1 else overall**2
    # Without a model of how spending differs, repeat buyers keep what they spent.
    mean = np.where(again, own, overall)
    return Spending(mean, mean**2, np.full(own.size, variance), None, reason)


def rank_correlation(frequency: Floats, value: Floats) -> float | None:
    """Spearman's; None where there is nothing to rank, below four customers too."""
    if frequency.size < 4 or np.ptp(frequency) == 0 or np.ptp(value) == 0:
        return None
    return float(spearmanr(frequency, value).statistic)


def levels_by_days(days: Floats, own_mean: Floats) -> Floats:
    """Mean spend per purchase day of customers with about as many of them, shape (n,).

    Groups end at 1, 2, 4, 8, ... purchase days; one of fewer than 30 customers who
    spent something belongs to the one below it.
    """
    spent = np.where(np.isfinite(own_mean), own_mean, 0.0)
    group = np.ceil(np.log2(np.maximum(days, 1))).astype(np.int64)
    of = np.arange(int(group.max(initial=0)) + 1)
    known = np.bincount(group, weights=spent > 0, minlength=of.size)
    for one in reversed(of[1:]):
        if known[one] < _SMALLEST_GROUP:
            known[one - 1] += known[one]
            of[of == one] = one - 1
    joined = of[group]
    total = np.bincount(joined, weights=spent * days, minlength=of.size)
    count = np.bincount(joined, weights=days * (spent > 0), minlength=of.size)
    return np.where(total > 0, total / np.maximum(count, 1e-300), 1.0)[joined]


def _in_money(found: Spending, level: Floats) -> Spending:
    return found._replace(
        mean=found.mean * level,
        square=found.square * level**2,
        within=found.within * level**2,
        level=level,
    )


def spending_of(model: GammaGamma, days: Floats, own_mean: Floats) -> Spending:
    """The posterior of a customer's spend, of whom `days` purchases were seen.

    With nu ~ Gamma(q + p x, v + x m) the own mean is p / nu and a purchase varies
    around it by p / nu^2: equation (5) of Fader & Hardie (2013), note 025, and the
    second moments of an inverse gamma.
    """
    mean = gamma_gamma.expected_order_value(model, days, own_mean)
    shape = np.maximum(model.q + model.p * days, _LEAST_SHAPE)
    square = mean**2 * (shape - 1) / (shape - 2)
    return Spending(mean, square, square / model.p)
