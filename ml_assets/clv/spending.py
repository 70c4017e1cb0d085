"""What the next purchase day of each customer is worth, and how sure that is."""

from typing import NamedTuple

import numpy as np

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

__all__ = ["Spending", "spending", "spending_of"]

# Variances are infinite at q + p x = 2 and useless just above.
_LEAST_SHAPE = 2.2
# What helps where everybody pays one price, the least first: a penalizer pulls p and
# q to 0, and then what customers spent counts for less than it should.
_RESCUE_PENALIZERS = (1e-4, 0.01)


class Spending(NamedTuple):
    """Per customer, shapes (n,): E[M], E[M^2] of the own mean M, variance around it.

    `fit` is None where there is no spend model; `reason` then says why.
    """

    mean: Floats
    square: Floats
    within: Floats
    fit: GammaGammaFit | None = None
    reason: str | None = None


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
        return found._replace(fit=fit, reason=reason or None)
    overall = float(all_amounts.mean()) if all_amounts.size else np.nan
    variance = float(all_amounts.var()) if all_amounts.size > 1 else overall**2
    # Without a model of how spending differs, repeat buyers keep what they spent.
    mean = np.where(again, own, overall)
    return Spending(mean, mean**2, np.full(own.size, variance), None, reason)


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
