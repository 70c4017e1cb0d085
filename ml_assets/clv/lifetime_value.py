"""Expected revenue of a horizon: purchases to come, times spend, discounted."""

import numpy as np
import numpy.typing as npt

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.histories import Floats
from ml_assets.clv.models.bg_nbd import BgNbd, expected_purchases
from ml_assets.clv.models.gamma_gamma import GammaGamma, expected_order_value

__all__ = [
    "DEFAULT_ANNUAL_DISCOUNT_RATE",
    "discounted_purchases",
    "month_ends",
    "predicted_value",
]

# The owner's 1 % a month, stated per year.
DEFAULT_ANNUAL_DISCOUNT_RATE = 1.01**12 - 1
_DAYS_A_YEAR = 365.0
_DAYS_A_MONTH = _DAYS_A_YEAR / 12


def predicted_value(  # noqa: PLR0913, PLR0917  (x, t_x, T, m: one model, one call)
    bg_nbd: BgNbd,
    gamma_gamma: GammaGamma,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
    monetary_value: npt.ArrayLike,
    *,
    horizon_days: float = _DAYS_A_YEAR,
    annual_discount_rate: float = DEFAULT_ANNUAL_DISCOUNT_RATE,
) -> Floats:
    """Expected discounted revenue of the next `horizon_days`, shape (n,).

    ``E[M] * sum over months k of (E[Y(t_k)] - E[Y(t_(k-1))]) / (1+R)^(t_k/365)``:
    purchases of a month are paid at its end. At R = 0 the sum telescopes to
    ``E[M] * E[Y(horizon)]``.

    Parameters
    ----------
    frequency, recency_days, age_days, monetary_value : array, shape (n,)
        x, t_x, T (days) and m; m is ignored where x = 0.
    horizon_days : float
        In days, not in months of 30: twelve months are 365 days.
    annual_discount_rate : float
        R per year, at least 0. The default is 1 % a month.

    Raises
    ------
    InvalidSummaries, InvalidParameters, NoPopulationMean
    """
    ends = month_ends(horizon_days)
    purchases = expected_purchases(bg_nbd, ends, frequency, recency_days, age_days)
    order_value = expected_order_value(gamma_gamma, frequency, monetary_value)
    return order_value * discounted_purchases(purchases, ends, annual_discount_rate)


def month_ends(horizon_days: float) -> Floats:
    """Ends of the months of 365/12 days up to the horizon, shape (k,), in days.

    The last one is the horizon itself, so a broken month is a short one.
    """
    if not (np.isfinite(horizon_days) and horizon_days > 0):
        raise InvalidParameters(f"horizon_days is {horizon_days}: it must be above 0")
    # The small allowance keeps 365 at twelve months despite rounding.
    months = max(1, int(np.ceil(horizon_days / _DAYS_A_MONTH - 1e-9)))
    ends = _DAYS_A_MONTH * np.arange(1, months + 1, dtype=np.float64)
    ends[-1] = horizon_days
    return ends


def discounted_purchases(
    purchases: Floats, ends: Floats, annual_discount_rate: float
) -> Floats:
    """Weigh each month's purchases by its discount, shape (..., k) -> (...).

    Parameters
    ----------
    purchases : ndarray, shape (..., k)
        Expected purchases from now to each of `ends`, cumulative.
    ends : ndarray, shape (k,)
        Days.
    """
    if not (np.isfinite(annual_discount_rate) and annual_discount_rate >= 0):
        raise InvalidParameters(
            f"annual_discount_rate is {annual_discount_rate}: it must be 0 or above"
        )
    weights = (1 + annual_discount_rate) ** (-ends / _DAYS_A_YEAR)
    in_month = np.diff(purchases, axis=-1, prepend=0.0)
    return np.asarray(in_month @ weights)
