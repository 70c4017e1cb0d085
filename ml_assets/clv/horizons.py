"""What a purchase model says of the days ahead, the same for every model."""

from typing import NamedTuple, TypeAlias

import numpy as np

from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.models import bg_nbd, pareto_nbd
from ml_assets.clv.models.bg_nbd import BgNbd, BgNbdFit
from ml_assets.clv.models.pareto_nbd import ParetoNbd, ParetoNbdFit
from ml_assets.clv.purchase_counts import count_moments

__all__ = [
    "HorizonForecast",
    "PurchaseFit",
    "PurchaseModel",
    "chances",
    "forecast_horizons",
    "with_values",
]

PurchaseModel: TypeAlias = BgNbd | ParetoNbd
PurchaseFit: TypeAlias = BgNbdFit | ParetoNbdFit


class HorizonForecast(NamedTuple):
    """Of n customers over m horizons.

    `alive` (n,) is P(still a customer); `no_purchase`, `mean` and `square` (n, m) are
    P(Y = 0), E[Y] and E[Y^2] of the purchase days Y of each horizon.
    """

    alive: Floats
    no_purchase: Floats
    mean: Floats
    square: Floats


def forecast_horizons(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> HorizonForecast:
    """What is expected over `horizons`, days, shape (m,)."""
    x, t_x, age = histories
    alive, no_purchase = chances(model, horizons, histories)
    if isinstance(model, ParetoNbd):
        mean, square = pareto_nbd.count_moments(model, horizons, x, age)
        weighted = alive[:, None] * mean, alive[:, None] * square
        return HorizonForecast(alive, no_purchase, *weighted)
    weights = bg_nbd.phase_weights(model, x, t_x, age)[:, None, :]
    mean, square = count_moments(model.values, model.shape, horizons, x, age)
    return HorizonForecast(
        alive,
        no_purchase,
        (weights * mean).sum(axis=-1),
        (weights * square).sum(axis=-1),
    )


def chances(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> tuple[Floats, Floats]:
    """`alive` (n,) and `no_purchase` (n, m) alone, which cost far less."""
    if isinstance(model, ParetoNbd):
        return pareto_nbd.chances(model, horizons, *histories)
    return bg_nbd.chances(model, horizons, *histories)


def with_values(model: PurchaseModel, values: Floats) -> PurchaseModel:
    """The same kind of model with other parameters, shape (4,)."""
    if isinstance(model, ParetoNbd):
        return ParetoNbd(*np.asarray(values).tolist())
    return BgNbd(*np.asarray(values).tolist(), **model.shape._asdict())
