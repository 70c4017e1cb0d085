"""What the same money bought before: amounts of the past in the prices of today.

Customers of a shop whose prices rise spend more on a purchase day than they did, and
the spend model, which knows one mean per customer for ever, expects too little. The
level of prices is learned from the same customers over time::

    ln(amount of customer c in month p) = mu_c + l_p + u_p + error

mu is free and drops out within the customer (the within estimator, Wooldridge 2010,
Econometric Analysis of Cross Section and Panel Data, 10.5), l is the level, 0 in the
last month, u what a single month has for itself. The level hardly leans, or it leans
and bends, as that of rates does (`season`): which of the two, the exact marginal
likelihood of normal errors decides. What grows with a customer's age and not with
prices is not told apart; ahead, the slope goes on for the customers that are there.
"""

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array, diags_array

from ml_assets.clv.histories import Floats
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.seasons.operational_time import Level, calendar_months
from ml_assets.clv.seasons.season import level_shapes

__all__ = ["SHORTEST_PRICES_DAYS", "growth", "in_prices_of_today"]

# As trends of rates: until months come round again, baskets of a season look like one.
SHORTEST_PRICES_DAYS: Final = 456
_MOST_MONTHS: Final = 60
_FEWEST_REPEATS: Final = 100
# Of ln(price): of the slope a month without a trend and with one, of its bends, and of
# a single month.
_DRIFT_SD, _SLOPE_SD, _BEND_SD, _SINGLE_SD = 0.002, 0.04, 0.004, 0.03
# Variance of ln(amount) below which everything costs the same but for rounding.
_ONE_PRICE: Final = 1e-8
# ln of the odds that a trend of prices needs: it moves every order value.
_POSITIVE: Final = 3.0


class _Within(NamedTuple):
    """Information (months, months), its sums (months,), and the months."""

    information: Floats
    sums: Floats
    first_month: int


def in_prices_of_today(
    log: PurchaseDays, as_of_day: int
) -> tuple[PurchaseDays, Level | None]:
    """The log with amounts in prices of its last month, and how prices moved.

    Where nothing plainly says that they moved, the log itself and None.

    Parameters
    ----------
    log : PurchaseDays
        At least one row, none after `as_of_day`.
    """
    if as_of_day - log.first_day < SHORTEST_PRICES_DAYS:
        return log, None
    within = _within(log, as_of_day)
    if within is None:
        return log, None
    still, moving = (_fitted(within, has_trend=one) for one in (False, True))
    if moving[1] - still[1] < _POSITIVE:
        return log, None
    level = moving[0]
    month = np.clip(
        calendar_months(log.day) - level.first_month, 0, level.log_rates.size - 1
    )
    amount = log.amount * np.exp(-level.log_rates[month])
    return replace(log, amount=amount), level


def growth(level: Level, as_of_day: int, days: float) -> tuple[float, float]:
    """How much dearer the days ahead are than today: ln, and its standard deviation."""
    ahead = as_of_day + np.arange(1, max(int(days), 1) + 1)
    months = calendar_months(ahead) - calendar_months(as_of_day)
    grown = float(np.log(np.mean(np.exp(level.ahead(months)))))
    return grown, float(np.sqrt(level.variance_ahead(months)))


def _within(log: PurchaseDays, as_of_day: int) -> _Within | None:
    last = int(calendar_months(as_of_day))
    first = max(int(calendar_months(log.first_day)), last - _MOST_MONTHS + 1)
    month = calendar_months(log.day) - first
    # Given away, or of long ago: neither tells of prices.
    kept = (log.amount > 0) & (month >= 0)
    who, month = log.customer[kept], month[kept]
    told = np.log(log.amount[kept])
    counts = np.bincount(who, minlength=log.customers.size)
    freedom = told.size - np.count_nonzero(counts)
    if freedom < _FEWEST_REPEATS:
        return None
    means = np.bincount(who, told, minlength=counts.size) / np.maximum(counts, 1)
    apart = told - means[who]
    size = last - first + 1
    cells = (np.ones(who.size), (who, month))
    by_customer = csr_array(cells, shape=(counts.size, size))
    shared = by_customer.T @ diags_array(1 / np.maximum(counts, 1)) @ by_customer
    information = np.diag(np.bincount(month, minlength=size)) - shared.toarray()
    variance = float(apart @ apart) / freedom
    if variance < _ONE_PRICE:
        return None
    sums = np.bincount(month, apart, minlength=size)
    return _Within(information / variance, sums / variance, first)


def _fitted(within: _Within, *, has_trend: bool) -> tuple[Level, float]:
    """The level of prices, and ln of the marginal likelihood but for a constant."""
    size = within.sums.size
    sds = (_SLOPE_SD, _BEND_SD) if has_trend else (_DRIFT_SD, None)
    shapes = level_shapes(size, *sds)
    design = np.concatenate([shapes, _SINGLE_SD * np.eye(size)], axis=1)
    precision = design.T @ within.information @ design + np.eye(design.shape[1])
    covariance = np.linalg.inv(precision)
    pulled = design.T @ within.sums
    theta = covariance @ pulled
    evidence = (pulled @ theta - np.linalg.slogdet(precision)[1]) / 2
    level = Level(
        within.first_month,
        shapes @ theta[: shapes.shape[1]],
        float(sds[0] * theta[0]),
        float(sds[0] ** 2 * covariance[0, 0]),
        _BEND_SD,
    )
    return level, float(evidence)
