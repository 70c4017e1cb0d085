"""What a purchase model says of the days ahead, the same for every model."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

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
    "means_in_parts",
    "silence_in_parts",
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


@dataclass(frozen=True, eq=False)
class Standing:
    """Customers at a day: their distinct histories, and what models say of that day.

    `rows` are the distinct ones of `histories`, (n,), and `positions`, (n,), says which
    of them each customer has. Customers of one history have one future, and no horizon
    changes where they stand today: each is computed once. What the days ahead bring
    somebody who is still there depends on x and T alone, of which there are far fewer.
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

    @cached_property
    def pairs(self) -> tuple[Histories, npt.NDArray[np.intp]]:
        """The distinct x and T, and for each row which of them it has."""
        x, _, age = self.rows
        return distinct_positions(Histories(x, np.zeros_like(x), age))

    def chances(self, model: PurchaseModel, horizons: Floats) -> tuple[Floats, Floats]:
        """`alive` and `no_purchase` of the rows; see `HorizonForecast`."""
        pairs, at = self.pairs
        ahead = _ahead(model, horizons, pairs)[at]
        return _chances(model, horizons, self.rows, self.today(model), ahead)

    def forecast(self, model: PurchaseModel, horizons: Floats) -> HorizonForecast:
        """Of the rows, what is expected over `horizons`, days, shape (m,)."""
        pairs, at = self.pairs
        today = self.today(model)
        counts = [each[at] for each in _counts(model, horizons, pairs)]
        alive, no_purchase = self.chances(model, horizons)
        return HorizonForecast(
            alive, no_purchase, *(_weighed(today, each) for each in counts)
        )

    def today(self, model: PurchaseModel) -> Floats:
        """How likely the rows are customers still; of the BG/NBD family by stage."""
        if model not in self._today:
            self._today[model] = _today(model, self.rows)
        return self._today[model]


def silence_in_parts(
    standing: Standing, model: PurchaseModel, horizons: Floats
) -> Iterator[tuple[slice, Floats]]:
    """`no_purchase` of some rows at a time: many horizons of all fill memory."""
    pairs, at = standing.pairs
    ahead, today = _ahead(model, horizons, pairs), standing.today(model)
    for part in _parts(at.size):
        rows = Histories(*(column[part] for column in standing.rows))
        found = _chances(model, horizons, rows, today[part], ahead[at[part]])
        yield part, found[1]


def means_in_parts(
    standing: Standing, model: PurchaseModel, horizons: Floats
) -> Iterator[tuple[slice, Floats]]:
    """`mean` of some rows at a time."""
    pairs, at = standing.pairs
    mean, today = _counts(model, horizons, pairs)[0], standing.today(model)
    for part in _parts(at.size):
        yield part, _weighed(today[part], mean[at[part]])


def forecast_horizons(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> HorizonForecast:
    """What is expected over `horizons`, days, shape (m,)."""
    today = _today(model, histories)
    ahead = _ahead(model, horizons, histories)
    alive, no_purchase = _chances(model, horizons, histories, today, ahead)
    counts = _counts(model, horizons, histories)
    return HorizonForecast(
        alive, no_purchase, *(_weighed(today, each) for each in counts)
    )


def expected_counts(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> Floats:
    """`mean` (n, m) alone, where nothing is asked about no purchase."""
    mean, _ = _counts(model, horizons, histories)
    return _weighed(_today(model, histories), mean)


def chances(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> tuple[Floats, Floats]:
    """`alive` (n,) and `no_purchase` (n, m) alone, which cost far less."""
    ahead = _ahead(model, horizons, histories)
    return _chances(model, horizons, histories, _today(model, histories), ahead)


def _parts(size: int, most: int = 50_000) -> Iterator[slice]:
    for start in range(0, size, most):
        yield slice(start, start + most)


def _today(model: PurchaseModel, histories: Histories) -> Floats:
    """P(still a customer), (n,), of the BG/NBD family by stage of a wait, (n, k)."""
    if isinstance(model, ParetoNbd):
        return pareto_nbd.probability_alive(model, *histories)
    return bg_nbd.phase_weights(model, *histories)


def _ahead(model: PurchaseModel, horizons: Floats, histories: Histories) -> Floats:
    """What comes of somebody who is still there: of no t_x; (n, m) or (n, m, k)."""
    x, _, age = histories
    if isinstance(model, ParetoNbd):
        return pareto_nbd.silence(model, horizons, x, age)
    return bg_nbd.arrivals(model, horizons, x, age)


def _chances(
    model: PurchaseModel,
    horizons: Floats,
    histories: Histories,
    today: Floats,
    ahead: Floats,
) -> tuple[Floats, Floats]:
    if isinstance(model, ParetoNbd):
        return pareto_nbd.chances(model, horizons, *histories, today, ahead)
    return bg_nbd.chances(model, horizons, *histories, today, ahead)


def _counts(
    model: PurchaseModel, horizons: Floats, histories: Histories
) -> tuple[Floats, Floats]:
    """E[Y] and E[Y^2] of somebody who is still there; (n, m) or (n, m, k)."""
    x, _, age = histories
    if isinstance(model, ParetoNbd):
        return pareto_nbd.count_moments(model, horizons, x, age)
    return count_moments(model.values, model.shape, horizons, x, age)


def _weighed(today: Floats, moment: Floats) -> Floats:
    if today.ndim == 1:
        return np.asarray(today[:, None] * moment)
    return np.asarray((today[:, None, :] * moment).sum(axis=-1))


def with_values(model: PurchaseModel, values: Floats) -> PurchaseModel:
    """The same kind of model with other parameters, shape (4,)."""
    if isinstance(model, ParetoNbd):
        return ParetoNbd(*np.asarray(values).tolist())
    return BgNbd(*np.asarray(values).tolist(), **model.shape._asdict())
