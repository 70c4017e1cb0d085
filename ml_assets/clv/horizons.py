"""What a purchase model says of the days ahead, the same for every model."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ml_assets.clv.histories import Floats, Histories, distinct_positions
from ml_assets.clv.models import bg_nbd, pareto_nbd
from ml_assets.clv.models.bg_nbd import BgNbd, BgNbdFit
from ml_assets.clv.models.pareto_nbd import ParetoNbd, ParetoNbdFit
from ml_assets.clv.purchase_counts import count_moments

__all__ = [
    "HorizonForecast",
    "PurchaseFit",
    "PurchaseModel",
    "Standing",
    "chances",
    "expected_counts",
    "forecast_horizons",
    "with_values",
]

_ALL: Final = slice(None)

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


@dataclass(frozen=True, eq=False)
class Standing:
    """Customers at a day: their distinct histories, and what models say of that day.

    `rows` are the distinct ones of `histories`, (n,), and `positions`, (n,), says which
    of them each customer has. Customers of one history have one future, and no horizon
    changes where they stand today: each is computed once.
    """

    histories: Histories
    rows: Histories
    positions: npt.NDArray[np.intp]
    _today: dict[PurchaseModel, Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, histories: Histories) -> "Standing":
        """Equal histories put together."""
        return cls(histories, *distinct_positions(histories))

    @cached_property
    def counts(self) -> Floats:
        """How many customers share each of the rows."""
        return np.bincount(self.positions).astype(np.float64)

    def parts(self, most: int = 50_000) -> Iterator[slice]:
        """The rows some at a time: many horizons of all fill memory."""
        for start in range(0, self.rows.frequency.size, most):
            yield slice(start, start + most)

    def chances(
        self, model: PurchaseModel, horizons: Floats, part: slice = _ALL
    ) -> tuple[Floats, Floats]:
        """`alive` and `no_purchase` of the rows; see `HorizonForecast`."""
        return _chances(model, horizons, *self._some(model, part))

    def forecast(self, model: PurchaseModel, horizons: Floats) -> HorizonForecast:
        """Of the rows, what is expected over `horizons`, days, shape (m,)."""
        alive, no_purchase = self.chances(model, horizons)
        moments = _moments(model, horizons, self.rows, self._of_today(model))
        return HorizonForecast(alive, no_purchase, *moments)

    def expected_counts(
        self, model: PurchaseModel, horizons: Floats, part: slice = _ALL
    ) -> Floats:
        """Of the rows, `mean` alone."""
        return _moments(model, horizons, *self._some(model, part))[0]

    def _some(self, model: PurchaseModel, part: slice) -> tuple[Histories, Floats]:
        rows = Histories(*(column[part] for column in self.rows))
        return rows, self._of_today(model)[part]

    def _of_today(self, model: PurchaseModel) -> Floats:
        if model not in self._today:
            self._today[model] = _today(model, self.rows)
        return self._today[model]


def forecast_horizons(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> HorizonForecast:
    """What is expected over `horizons`, days, shape (m,)."""
    today = _today(model, histories)
    alive, no_purchase = _chances(model, horizons, histories, today)
    moments = _moments(model, horizons, histories, today)
    return HorizonForecast(alive, no_purchase, *moments)


def expected_counts(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> Floats:
    """`mean` (n, m) alone, where nothing is asked about no purchase."""
    return _moments(model, horizons, histories, _today(model, histories))[0]


def chances(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> tuple[Floats, Floats]:
    """`alive` (n,) and `no_purchase` (n, m) alone, which cost far less."""
    return _chances(model, horizons, histories, _today(model, histories))


def _today(model: PurchaseModel, histories: Histories) -> Floats:
    """P(still a customer), (n,), of the BG/NBD family by stage of a wait, (n, k)."""
    if isinstance(model, ParetoNbd):
        return pareto_nbd.probability_alive(model, *histories)
    return bg_nbd.phase_weights(model, *histories)


def _chances(
    model: PurchaseModel, horizons: Floats, histories: Histories, today: Floats
) -> tuple[Floats, Floats]:
    if isinstance(model, ParetoNbd):
        return pareto_nbd.chances(model, horizons, *histories, alive=today)
    return bg_nbd.chances(model, horizons, *histories, weights=today)


def _moments(
    model: PurchaseModel, horizons: Floats, histories: Histories, today: Floats
) -> tuple[Floats, Floats]:
    x, _, age = histories
    if isinstance(model, ParetoNbd):
        mean, square = pareto_nbd.count_moments(model, horizons, x, age)
        return today[:, None] * mean, today[:, None] * square
    weights = today[:, None, :]
    mean, square = count_moments(model.values, model.shape, horizons, x, age)
    return (weights * mean).sum(axis=-1), (weights * square).sum(axis=-1)


def with_values(model: PurchaseModel, values: Floats) -> PurchaseModel:
    """The same kind of model with other parameters, shape (4,)."""
    if isinstance(model, ParetoNbd):
        return ParetoNbd(*np.asarray(values).tolist())
    return BgNbd(*np.asarray(values).tolist(), **model.shape._asdict())
