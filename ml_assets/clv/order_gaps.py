"""How long a customer may be quiet before it is unusual for them."""

import numpy as np
from scipy.special import betaincinv

from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.horizons import PurchaseModel
from ml_assets.clv.models.bg_nbd import BgNbd

__all__ = ["FARTHEST_DAYS", "LEVEL", "order_gap_days"]

LEVEL = 0.9
# Longer than a year is no rhythm: too little was seen of the customer.
FARTHEST_DAYS = 365


def order_gap_days(
    model: PurchaseModel, histories: Histories, level: float = LEVEL
) -> Floats:
    """Days within which a customer who buys again has done so with `level`.

    Told from what was known on the day of the last purchase, so that silence since
    then does not stretch what counts as silence. By then x gaps of k stages each had
    passed in t_x days, hence lambda is Gamma(r + kx, alpha + t_x) (Fader, Hardie, Lee
    2005, section 3; k = 1 for Pareto/NBD), and the next gap, k more stages, follows::

        P(gap <= t) = I_q(k, r + kx),  q = t / (alpha + t_x + t)

    which for k = 1 is turned round as (alpha + t_x) ((1 - level)^(-1/(r + x)) - 1).

    Parameters
    ----------
    histories : Histories
        x, t_x and T, each of shape (n,); T does not matter.
    level : float
        Probability, in (0, 1).

    Returns
    -------
    ndarray, shape (n,)
        Days; NaN where they are more than FARTHEST_DAYS.
    """
    stages = model.regularity if isinstance(model, BgNbd) else 1
    seen = model.r + stages * histories.frequency
    share = betaincinv(stages, seen, level)
    with np.errstate(divide="ignore"):
        days = (model.alpha + histories.recency_days) * share / (1 - share)
    return np.where(days <= FARTHEST_DAYS, days, np.nan)
