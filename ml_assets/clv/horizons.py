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
    "expected_counts",
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
    alive, no_purchase = chances(model, horizons, histories)
    return HorizonForecast(
        alive, no_purchase, *_moments(model, horizons, histories, alive)
    )


def expected_counts(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> Floats:
    """`mean` (n, m) alone, where nothing is asked about no purchase."""
    # That of no days costs least.
    alive, _ = chances(model, np.zeros(0), histories)
    return _moments(model, horizons, histories, alive)[0]


def _moments(
    model: PurchaseModel, horizons: Floats, histories: Histories, alive: Floats
) -> tuple[Floats, Floats]:
    x, t_x, age = histories
    if isinstance(model, ParetoNbd):
        mean, square = pareto_nbd.count_moments(model, horizons, x, age)
        return alive[:, None] * mean, alive[:, None] * square
    weights = bg_nbd.phase_weights(model, x, t_x, age)[:, None, :]
    mean, square = count_moments(model.values, model.shape, horizons, x, age)
    return (weights * mean).sum(axis=-1), (weights * square).sum(axis=-1)


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
