"""One horizon of one company: models, corrections and their uncertainty together."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml_assets.clv.choice import Choice
from ml_assets.clv.histories import Floats
from ml_assets.clv.horizons import PurchaseFit, Standing, with_values
from ml_assets.clv.intervals import Interval, count_interval
from ml_assets.clv.models.gamma_gamma import GammaGamma
from ml_assets.clv.purchases import Seen
from ml_assets.clv.seasons.trend import Trend
from ml_assets.clv.spending import Spending, spending_of
from ml_assets.clv.uncertainty import (
    LARGEST_SAMPLE,
    axes,
    log_variance,
    parameter_share,
)

__all__ = ["Buying", "Money", "expected_buying", "expected_money"]

_FARTHEST_APART = 3.0


@dataclass(frozen=True, eq=False)
class Buying:
    """Purchases per customer, shapes (n,).

    `orders` and `orders_square` are E[Y] and E[Y^2] of the purchase days,
    `orders_interval` where Y falls; `*_logit_sd` say how well a probability is known,
    `orders_common` is the squared relative error that all customers share.
    """

    active: Floats
    active_logit_sd: Floats
    no_purchase: Floats
    no_purchase_logit_sd: Floats
    orders: Floats
    orders_square: Floats
    orders_interval: Interval
    orders_common: float

    def of(self, positions: npt.NDArray[np.intp]) -> "Buying":
        """The same for customers at these positions, which may repeat."""
        return Buying(
            active=self.active[positions],
            active_logit_sd=self.active_logit_sd[positions],
            no_purchase=self.no_purchase[positions],
            no_purchase_logit_sd=self.no_purchase_logit_sd[positions],
            orders=self.orders[positions],
            orders_square=self.orders_square[positions],
            orders_interval=Interval(*(end[positions] for end in self.orders_interval)),
            orders_common=self.orders_common,
        )

    @classmethod
    def unknown(cls, size: int) -> "Buying":
        """Nothing to go by: NaN for everybody."""
        nothing: Floats = np.full(size, np.nan)
        return cls(
            active=nothing,
            active_logit_sd=nothing,
            no_purchase=nothing,
            no_purchase_logit_sd=nothing,
            orders=nothing,
            orders_square=nothing,
            orders_interval=Interval(nothing, nothing),
            orders_common=np.nan,
        )


class Money(NamedTuple):
    """Revenue per customer, shapes (n,): E[S], E[S^2]; and the shared error squared."""

    value: Floats
    value_square: Floats
    value_common: float


def expected_buying(
    choice: Choice, standing: Standing, trend: Trend, days: float
) -> Buying:
    """Models and corrections put together for a horizon in days.

    The total is the model's times its correction, as each customer's part of it is:
    where P(buy), corrected by itself, contradicts them, it gives way.
    """
    orders_fit, chances_fit = choice.orders.fit, choice.chances.fit
    assert orders_fit is not None  # noqa: S101 - only usable candidates are chosen
    assert chances_fit is not None  # noqa: S101
    horizon = np.array([days])
    at_horizon = standing.forecast(orders_fit.parameters, horizon)
    mean, silent = at_horizon.mean[:, 0], at_horizon.no_purchase[:, 0]
    active_sd, silent_sd = _logit_sds(orders_fit, horizon, standing)
    # Two models may differ, but not by more than a buyer's further orders explain.
    a_buyers = np.maximum(mean / np.maximum(1 - silent, 1e-12), 1.0)
    if chances_fit is not orders_fit:
        silent = standing.chances(chances_fit.parameters, horizon)[1][:, 0]
        _, silent_sd = _logit_sds(chances_fit, horizon, standing)
    orders = mean * trend.orders.value
    buys = trend.recalibration.apply(1 - silent, standing.counts)
    # Whoever buys is active and makes at least one order: the three must agree.
    least = orders / (_FARTHEST_APART * a_buyers)
    buys = np.clip(buys, least, np.minimum(orders, 1.0))
    square = _scaled_square(mean, at_horizon.square[:, 0], buys, orders)
    square = square * (1 + trend.orders.sd**2) + trend.rate_variance * orders**2
    correction = trend.recalibration
    buying = Buying(
        active=np.maximum(at_horizon.alive, buys),
        active_logit_sd=active_sd,
        no_purchase=1 - buys,
        no_purchase_logit_sd=np.hypot(
            silent_sd * correction.slope, correction.intercept_sd
        ),
        orders=orders,
        orders_square=square,
        orders_interval=count_interval(1 - buys, orders, square),
        orders_common=parameter_share(orders_fit, horizon, standing.histories)
        + trend.orders.sd**2,
    )
    return buying.of(standing.positions)


def expected_money(
    buying: Buying, spending: Spending, trend: Trend, seen: Seen
) -> Money:
    """S, a sum of Y purchases around the customer's own mean."""
    factor = trend.order_value.value
    value = buying.orders * spending.mean * factor
    square = buying.orders * spending.within + buying.orders_square * spending.square
    return Money(
        value,
        np.maximum(square * factor**2, value**2),
        buying.orders_common
        + trend.order_value.sd**2
        + _spend_share(spending, buying.orders, seen),
    )


def _scaled_square(
    mean: Floats, square: Floats, buys: Floats, orders: Floats
) -> Floats:
    """E[Y^2] after the mean and P(Y > 0) were corrected: the spread per mean stays."""
    per_mean = np.maximum(square / np.maximum(mean, 1e-12) - mean, 1e-9)
    least = orders**2 / np.maximum(buys, 1e-12)
    return np.maximum(orders * per_mean + orders**2, least)


def _logit_sds(
    fit: PurchaseFit, horizon: Floats, standing: Standing
) -> tuple[Floats, Floats]:
    """How well the logits of P(alive) and P(no purchase) are known, shapes (n,)."""
    alive = np.zeros(standing.rows.frequency.size)
    silent = np.zeros_like(alive)
    for up, down in axes(np.array(fit.parameters.values), fit.covariance):
        above, below = (
            _logits(*standing.chances(with_values(fit.parameters, at), horizon))
            for at in (up, down)
        )
        alive += ((above[0] - below[0]) / 2) ** 2
        silent += ((above[1] - below[1]) / 2) ** 2
    return np.sqrt(alive), np.sqrt(silent)


def _logits(alive: Floats, no_purchase: Floats) -> tuple[Floats, Floats]:
    both = (np.clip(p, 1e-12, 1 - 1e-12) for p in (alive, no_purchase[:, 0]))
    alive_logit, silent_logit = (np.log(p / (1 - p)) for p in both)
    return alive_logit, silent_logit


def _spend_share(spending: Spending, orders: Floats, seen: Seen) -> float:
    """Squared relative error of total value that the spend parameters leave open."""
    if spending.fit is None:
        return 0.0
    model = spending.fit.parameters
    step = max(1, orders.size // LARGEST_SAMPLE)
    days, mean = seen.spent.days[::step], seen.spent.mean[::step]
    some = orders[::step]
    if spending.level is not None:
        mean, some = mean / spending.level[::step], some * spending.level[::step]

    def total(at: Floats) -> float:
        # Below 1 the mean is infinite; there is no more to learn from such a step.
        p, q, v = at.tolist()
        return float(some @ spending_of(GammaGamma(p, max(q, 1.1), v), days, mean).mean)

    values = np.array([model.p, model.q, model.v])
    return log_variance(total, values, spending.fit.covariance)
