"""One horizon of one company: models, corrections and their uncertainty together."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from ml_assets.clv.choice import Choice
from ml_assets.clv.gamma_gamma import GammaGamma
from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.outlook import PurchaseFit, chances, look_ahead, with_values
from ml_assets.clv.purchases import Seen
from ml_assets.clv.spending import Spending, spending_of
from ml_assets.clv.trend import Trend

__all__ = ["Forecast", "forecast", "with_spending"]

_FARTHEST_APART = 3.0
# In logs: as wide as the prior of the rescue (`choice`).
_LONGEST_STEP = 3.0
# The share of a total that the parameters leave open shows in this many customers.
_LARGEST_SAMPLE = 20_000


@dataclass(frozen=True, eq=False)
class Forecast:
    """Per customer, shapes (n,); `*_common` are squared relative errors of a total.

    `orders` and `orders_square` are E[Y] and E[Y^2] of the purchase days, `value` and
    `value_square` those of the money. `*_logit_sd` say how well a probability is
    known.
    """

    active: Floats
    active_logit_sd: Floats
    no_purchase: Floats
    no_purchase_logit_sd: Floats
    orders: Floats
    orders_square: Floats
    value: Floats
    value_square: Floats
    orders_common: float
    value_common: float

    @classmethod
    def unknown(cls, size: int) -> "Forecast":
        """Nothing to go by: NaN for everybody."""
        nothing: Floats = np.full(size, np.nan)
        each = {f.name: nothing for f in fields(cls) if not f.name.endswith("_common")}
        return cls(**each, orders_common=np.nan, value_common=np.nan)


def forecast(
    choice: Choice, seen: Seen, spending: Spending, trend: Trend, days: float
) -> Forecast:
    """Models and corrections put together for a horizon in days."""
    orders_fit, chances_fit = choice.orders.fit, choice.chances.fit
    assert orders_fit is not None  # noqa: S101 - only usable candidates are chosen
    assert chances_fit is not None  # noqa: S101
    horizon = np.array([days])
    outlook = look_ahead(orders_fit.parameters, horizon, seen.histories)
    no_purchase = outlook.no_purchase[:, 0]
    if chances_fit is not orders_fit:
        _, silent = chances(chances_fit.parameters, horizon, seen.histories)
        no_purchase = silent[:, 0]
    buys = trend.recalibration.apply(1 - no_purchase)
    # Whoever buys is active and makes at least one order: the three must agree.
    active = np.maximum(outlook.alive, buys)
    factor = trend.orders.value
    # Two models may differ, but not by more than a buyer's further orders explain.
    some = np.maximum(1 - outlook.no_purchase[:, 0], 1e-12)
    a_buyers = np.maximum(outlook.mean[:, 0] / some, 1.0)
    orders = np.clip(
        outlook.mean[:, 0] * factor, buys, _FARTHEST_APART * buys * a_buyers
    )
    square = _scaled_square(outlook.mean[:, 0], outlook.square[:, 0], buys, orders)
    alive_sd, _ = _logit_sds(orders_fit, horizon, seen.histories)
    _, silent_sd = _logit_sds(chances_fit, horizon, seen.histories)
    correction = trend.recalibration
    silent_sd = np.hypot(silent_sd * correction.slope, correction.intercept_sd)
    common = _parameter_share(orders_fit, horizon, seen) + trend.orders.sd**2
    return with_spending(
        spending,
        trend,
        seen,
        active=active,
        active_logit_sd=alive_sd,
        no_purchase=1 - buys,
        no_purchase_logit_sd=silent_sd,
        orders=orders,
        orders_square=square * (1 + trend.orders.sd**2),
        orders_common=common,
    )


def with_spending(  # noqa: PLR0913 - the fields of a forecast, by name
    spending: Spending,
    trend: Trend,
    seen: Seen,
    *,
    active: Floats,
    active_logit_sd: Floats,
    no_purchase: Floats,
    no_purchase_logit_sd: Floats,
    orders: Floats,
    orders_square: Floats,
    orders_common: float,
) -> Forecast:
    """Add the money: S is a sum of Y purchases around the customer's own mean."""
    factor = trend.order_value.value
    value = orders * spending.mean * factor
    square = orders * spending.within + orders_square * spending.square
    common = orders_common + trend.order_value.sd**2
    common += _spend_share(spending, orders, seen)
    return Forecast(
        active=active,
        active_logit_sd=active_logit_sd,
        no_purchase=no_purchase,
        no_purchase_logit_sd=no_purchase_logit_sd,
        orders=orders,
        orders_square=orders_square,
        value=value,
        value_square=np.maximum(square * factor**2, value**2),
        orders_common=orders_common,
        value_common=common,
    )


def _scaled_square(
    mean: Floats, square: Floats, buys: Floats, orders: Floats
) -> Floats:
    """E[Y^2] after the mean and P(Y > 0) were corrected: the spread per mean stays."""
    per_mean = np.maximum(square / np.maximum(mean, 1e-12) - mean, 1e-9)
    least = orders**2 / np.maximum(buys, 1e-12)
    return np.maximum(orders * per_mean + orders**2, least)


def _logit_sds(
    fit: PurchaseFit, horizon: Floats, histories: Histories
) -> tuple[Floats, Floats]:
    """How well the logits of P(alive) and P(no purchase) are known, shapes (n,)."""
    alive = np.zeros(histories.frequency.size)
    silent = np.zeros_like(alive)
    for up, down in _axes(np.array(fit.parameters.values), fit.covariance):
        above, below = (
            _logits(*chances(with_values(fit.parameters, at), horizon, histories))
            for at in (up, down)
        )
        alive += ((above[0] - below[0]) / 2) ** 2
        silent += ((above[1] - below[1]) / 2) ** 2
    return np.sqrt(alive), np.sqrt(silent)


def _logits(alive: Floats, no_purchase: Floats) -> tuple[Floats, Floats]:
    both = (np.clip(p, 1e-12, 1 - 1e-12) for p in (alive, no_purchase[:, 0]))
    alive_logit, silent_logit = (np.log(p / (1 - p)) for p in both)
    return alive_logit, silent_logit


def _parameter_share(fit: PurchaseFit, horizon: Floats, seen: Seen) -> float:
    """Squared relative error of the total that the parameters leave open."""
    step = max(1, seen.customer.size // _LARGEST_SAMPLE)
    some = Histories(*(column[::step] for column in seen.histories))

    def total(at: Floats) -> float:
        model = with_values(fit.parameters, at)
        return float(look_ahead(model, horizon, some).mean.sum())

    return _log_variance(total, np.array(fit.parameters.values), fit.covariance)


def _spend_share(spending: Spending, orders: Floats, seen: Seen) -> float:
    """Squared relative error of total value that the spend parameters leave open."""
    if spending.fit is None:
        return 0.0
    model = spending.fit.parameters
    x, m = seen.histories.frequency, seen.monetary_value

    def total(at: Floats) -> float:
        # Below 1 the mean is infinite; there is no more to learn from such a step.
        p, q, v = at.tolist()
        return float(orders @ spending_of(GammaGamma(p, max(q, 1.1), v), x, m).mean)

    values = np.array([model.p, model.q, model.v])
    return _log_variance(total, values, spending.fit.covariance)


def _log_variance(
    total: Callable[[Floats], float], values: Floats, covariance: Floats
) -> float:
    """Variance of ln(total) over the uncertainty of the parameters."""
    share = 0.0
    for up, down in _axes(values, covariance):
        high, low = total(up), total(down)
        if high > 0 and low > 0:
            share += (np.log(high / low) / 2) ** 2
    return float(share)


def _axes(values: Floats, covariance: Floats) -> list[tuple[Floats, Floats]]:
    """One standard deviation up and down each axis of the log parameters' covariance.

    Whole steps, not slopes: where the data hardly bound a parameter, a slope would
    promise changes that never come. A step is at most a factor of 20.
    """
    sizes, directions = np.linalg.eigh(covariance / np.outer(values, values))
    steps = directions * np.minimum(np.sqrt(np.maximum(sizes, 0.0)), _LONGEST_STEP)
    return [(values * np.exp(step), values * np.exp(-step)) for step in steps.T]
