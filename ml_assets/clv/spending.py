"""What the next purchase day of each customer is worth, and how sure that is."""

from typing import NamedTuple

import numpy as np

from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.histories import Floats
from ml_assets.clv.models import gamma_gamma
from ml_assets.clv.models.gamma_gamma import GammaGamma, GammaGammaFit
from ml_assets.sentences import said

__all__ = ["Spending", "spending", "spending_of"]

# Variances are infinite at q + p x = 2 and useless just above.
_LEAST_SHAPE = 2.2
_RESCUE_PENALIZER = 0.01


class Spending(NamedTuple):
    """Per customer, shapes (n,): E[M], E[M^2] of the own mean M, variance around it.

    `fit` is None where there is no spend model; `reason` then says why.
    """

    mean: Floats
    square: Floats
    within: Floats
    fit: GammaGammaFit | None = None
    reason: str | None = None


def spending(
    frequency: Floats,
    monetary_value: Floats,
    all_amounts: Floats,
    penalizer: float = 0.0,
) -> Spending:
    """Gamma-Gamma where it can be fitted, else the own mean, else that of all.

    Parameters
    ----------
    frequency, monetary_value : ndarray, shape (n,)
        x, and m: NaN or ignored for one-time buyers.
    all_amounts : ndarray, shape (rows,)
        Amounts of all purchase days: what a customer spends when nothing better is
        known.
    penalizer
        lifetimes' `penalizer_coef`. At 0 a small one helps where it is needed.
    """
    reason = ""
    for attempt in (penalizer,) if penalizer else (0.0, _RESCUE_PENALIZER):
        try:
            fit = gamma_gamma.fit(frequency, monetary_value, penalizer=attempt)
            found = spending_of(fit.parameters, frequency, monetary_value)
        except CustomerValueError as failure:
            reason = reason or said(failure)
            continue
        return found._replace(fit=fit, reason=reason or None)
    overall = float(all_amounts.mean()) if all_amounts.size else np.nan
    variance = float(all_amounts.var()) if all_amounts.size > 1 else overall**2
    # Without a model of how spending differs, repeat buyers keep what they spent.
    known = (frequency > 0) & np.isfinite(monetary_value)
    mean = np.where(known, monetary_value, overall)
    return Spending(mean, mean**2, np.full(frequency.size, variance), None, reason)


def spending_of(
    model: GammaGamma, frequency: Floats, monetary_value: Floats
) -> Spending:
    """The posterior of a customer's spend under a Gamma-Gamma model.

    With nu ~ Gamma(q + p x, v + x m) the own mean is p / nu and a purchase varies
    around it by p / nu^2: equation (5) of Fader & Hardie (2013), note 025, and the
    second moments of an inverse gamma.
    """
    mean = gamma_gamma.expected_order_value(model, frequency, monetary_value)
    shape = np.maximum(model.q + model.p * frequency, _LEAST_SHAPE)
    square = mean**2 * (shape - 1) / (shape - 2)
    return Spending(mean, square, square / model.p)
