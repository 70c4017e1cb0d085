"""Which season and trend a shop has, if any, told apart from growth and from chance.

Repeat purchases N of customers of age a in a calendar month p, over the customer-days E
of that age and month, are Poisson with::

    ln(N / E) = alpha_a + s_m(p) + l_p + u_p

alpha is how much less customers buy the older they are, s the season, twelve numbers,
l the level, 0 in the last month, and u what a single month has for itself. Growth
brings young customers, whom alpha knows, and is not taken for a season. s, l, u and
what alpha has beyond a parabola in ln(age) have normal priors around 0, a ridge: what
they are not needed for they leave alone. The level is a line that hardly leans, or,
where the shop has a trend, one that leans and bends: backwards from the last month an
integrated random walk (a local linear trend, Harvey 1989, Forecasting, Structural Time
Series Models and the Kalman Filter, 2.3). How far seasons swing (the prior's standard
deviation of s), how alike neighbouring months are, how far single months swing (that of
u), and whether there is a trend, is weighed by the marginal likelihood, by Laplace's
approximation, on a grid that holds "no season" and "no trend". It is the product of
what would have been foretold of each purchase from those before it: a season has to
foretell to be believed (Kass & Raftery 1995, Bayes Factors, JASA 90(430)). Purchases
come in clumps of customers: counts and days are divided by the clumps' size, a
quasi-likelihood.
"""

from typing import Final, NamedTuple

import numpy as np
from scipy.linalg import block_diag

from ml_assets.clv.histories import Floats
from ml_assets.clv.seasons.operational_time import MONTHS, Ints, Level, Season
from ml_assets.clv.seasons.season_table import AGES, Table

__all__ = ["Seasonality", "level_shapes", "seasonality", "unseen_months"]


class _Swing(NamedTuple):
    """How far seasons swing: their standard deviation (ln), and how alike months are.

    `shared` of a month's variance is that of months around it, over so many `months`.
    """

    sd: float
    shared: float
    months: float


_NO_SWING: Final = _Swing(0.0, 0.5, 1.0)
# Of a feast, that single months have for themselves, or of summer and winter.
_SWINGS: Final = tuple(
    _Swing(sd, *alike)
    for sd in (0.1, 0.2, 0.35, 0.6, 1.0)
    for alike in ((0.5, 1.0), (0.9, 2.0))
)
# Standard deviations (ln) of a single month beside the season, and what is believed of
# them before anything is seen: as `levels` does of what moves a company.
_SINGLE: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
_BELIEF: Final = np.array([3.0, 3.0, 1.0, 0.2, 0.03]) / 7.23
# Of the slope of the level, a month: without a trend, and with one, whose slope changes
# by so much from a month to the next; the bends are told by so many shapes.
_DRIFT_SD, _SLOPE_SD, _BEND_SD = 0.025, 0.1, 0.02
_SHAPES: Final = 6
# Of an age beyond the parabola, which is free; and where ln(age) begins, in days.
_AGE_SD, _FREE_SD, _BEND = 0.1, 10.0, 30.0
# What a month that nobody has seen yet may be like: a common season.
_UNSEEN_SD: Final = 0.35
_MOST_STEPS, _EXACT = 50, 1e-7


class _Fit(NamedTuple):
    mean: Floats
    covariance: Floats
    level: Level
    evidence: float


class Seasonality(NamedTuple):
    """What is believed with and without a season and a trend, and how likely each is.

    Keys are (has a season, has a trend); `evidence` is ln of the likelihood but for a
    constant.
    """

    beliefs: dict[tuple[bool, bool], Season]
    evidence: dict[tuple[bool, bool], float]

    @property
    def season(self) -> Season:
        """Of the season and the trend what the odds are for."""
        return self.beliefs[self.season_log_odds() > 0, self.trend_log_odds > 0]

    def season_log_odds(self, *, may_trend: bool = True) -> float:
        """Ln of the odds of a season to none; the level may have a trend or not."""
        trends = (False, True) if may_trend else (False,)
        some, none = (
            np.logaddexp.reduce([self.evidence[season, trend] for trend in trends])
            for season in (True, False)
        )
        return float(some - none)

    @property
    def trend_log_odds(self) -> float:
        """Ln of the odds of a trend to none, with a season or without."""
        some, none = (
            np.logaddexp(self.evidence[False, trend], self.evidence[True, trend])
            for trend in (True, False)
        )
        return float(some - none)


def seasonality(table: Table) -> Seasonality:
    """Every swing weighed by how well it foretells, none among them.

    Before anything is seen a season is as likely as none, and so is a trend.
    """
    beliefs, evidence = {}, {}
    for has_season in (False, True):
        swings = _SWINGS if has_season else (_NO_SWING,)
        before = np.log(np.tile(_BELIEF, len(swings)) / len(swings))
        for has_trend in (False, True):
            fits = [
                _fitted(table, swing, has_trend, single)
                for swing in swings
                for single in _SINGLE
            ]
            found = np.array([fit.evidence for fit in fits]) + before
            total = float(np.logaddexp.reduce(found))
            beliefs[has_season, has_trend] = _believed(
                fits, np.exp(found - total), has_trend=has_trend
            )
            evidence[has_season, has_trend] = total
    return Seasonality(beliefs, evidence)


def _believed(fits: list[_Fit], weights: Floats, *, has_trend: bool) -> Season:
    means = np.array([fit.mean for fit in fits])
    mean = weights @ means
    within = np.tensordot(weights, [fit.covariance for fit in fits], axes=1)
    apart = means - mean
    covariance = within + apart.T * weights @ apart
    if not has_trend:
        return Season(np.exp(mean), covariance)
    slopes = np.array([fit.level.slope for fit in fits])
    slope = float(weights @ slopes)
    own = weights @ [fit.level.slope_variance for fit in fits]
    level = Level(
        fits[0].level.first_month,
        np.asarray(weights @ np.array([fit.level.log_rates for fit in fits])),
        slope,
        float(own + weights @ (slopes - slope) ** 2),
        _BEND_SD,
    )
    return Season(np.exp(mean), covariance, level)


def unseen_months(table: Table) -> Floats:
    """Covariance, (12, 12), of ln(index) of months in which no customer was seen."""
    lived = table.months[table.days.sum(axis=0) > 0] % MONTHS
    unseen = np.bincount(lived, minlength=MONTHS) == 0
    prior = _season_prior(_NO_SWING._replace(sd=_UNSEEN_SD))
    return prior * np.outer(unseen, unseen)


def _season_prior(swing: _Swing) -> Floats:
    """Covariance of s: months are alike that are near, around the year."""
    apart = np.abs(np.subtract.outer(np.arange(MONTHS), np.arange(MONTHS)))
    near = np.minimum(apart, MONTHS - apart) / swing.months
    alike = swing.shared * np.exp(-(near**2) / 2)
    return np.asarray(swing.sd**2 * (alike + (1 - swing.shared) * np.eye(MONTHS)))


def _age_prior(rows: Ints) -> Floats:
    """Covariance of alpha at rows of the table: a parabola each for old and new."""
    powers = np.vander(np.log(AGES[rows % AGES.size] + _BEND), 3)
    early = (rows >= AGES.size)[:, None]
    free = np.concatenate([powers * early, powers * ~early], axis=1)
    free = free[:, free.any(axis=0)]
    free = free / np.abs(free).max(axis=0)
    return np.asarray(_FREE_SD**2 * free @ free.T + _AGE_SD**2 * np.eye(rows.size))


def level_shapes(months: int, slope_sd: float, bend_sd: float | None = None) -> Floats:
    """What a level is made of, shape (months, shapes), a unit of each as likely.

    All end with 0. The first is the slope at the end, a month; the others, with a
    `bend_sd`, are the bends before it.
    """
    before = np.arange(months - 1, -1, -1, dtype=np.float64)
    slope = -slope_sd * before[:, None]
    if bend_sd is None:
        return slope
    walk = np.maximum(np.subtract.outer(before, np.arange(1.0, months)), 0.0)
    shapes, sizes, _ = np.linalg.svd(bend_sd * walk, full_matrices=False)
    return np.concatenate([slope, (shapes * sizes)[:, :_SHAPES]], axis=1)


def _fitted(table: Table, swing: _Swing, has_trend: bool, single: float) -> _Fit:
    """What is found for given swings, and its log marginal likelihood."""
    row, column = np.nonzero(table.days > 0)
    rows, row_at = np.unique(row, return_inverse=True)
    size, cells = table.months.size, np.arange(row.size)
    count = table.purchases[row, column] / table.clumps
    log_days = np.log(table.days[row, column] / table.clumps)
    priors = [_age_prior(rows)]
    of_ages = np.zeros((row.size, rows.size))
    of_ages[cells, row_at] = 1
    of_months = np.zeros((row.size, size))
    of_months[cells, column] = 1
    parts = [of_ages]
    if swing.sd:
        parts.append(np.eye(MONTHS)[table.months[column] % MONTHS])
        priors.append(_season_prior(swing))
    sds = (_SLOPE_SD, _BEND_SD) if has_trend else (_DRIFT_SD, None)
    shapes = level_shapes(size, *sds)
    parts += [shapes[column], of_months]
    priors += [np.eye(shapes.shape[1]), single**2 * np.eye(size)]
    # The level is not a matter of the prior: ages start from the mean rate.
    log_days = log_days + float(np.log(count.sum() / np.exp(log_days).sum()))
    precision = np.asarray(np.linalg.inv(block_diag(*priors)))
    theta, covariance, best = _mode(np.hstack(parts), count, log_days, precision)
    evidence = (
        best
        + np.linalg.slogdet(covariance)[1] / 2
        + np.linalg.slogdet(precision)[1] / 2
    )
    before = rows.size + (MONTHS if swing.sd else 0)
    of_level = slice(before, before + shapes.shape[1])
    level = Level(
        int(table.months[0]),
        shapes @ theta[of_level],
        float(sds[0] * theta[before]),
        float(sds[0] ** 2 * covariance[before, before]),
        _BEND_SD,
    )
    if not swing.sd:
        nothing: Floats = np.zeros(MONTHS)
        return _Fit(nothing, np.outer(nothing, nothing), level, float(evidence))
    inside = slice(rows.size, before)
    return _Fit(theta[inside], covariance[inside, inside], level, float(evidence))


def _mode(
    design: Floats, count: Floats, offset: Floats, precision: Floats
) -> tuple[Floats, Floats, float]:
    """Mode of a Poisson regression with a normal prior, covariance and height there.

    By Newton's steps, halved until they climb: the posterior is log-concave.
    """
    theta: Floats = np.zeros(design.shape[1])

    def height(at: Floats) -> float:
        line = design @ at + offset
        return float(count @ line - np.exp(line).sum() - at @ precision @ at / 2)

    here = height(theta)
    for _ in range(_MOST_STEPS):
        mean = np.exp(design @ theta + offset)
        information = design.T @ (mean[:, None] * design) + precision
        gradient = design.T @ (count - mean) - precision @ theta
        step = np.linalg.solve(information, gradient)
        while (there := height(theta + step)) < here and np.abs(step).max() > _EXACT:
            step = step / 2
        theta, here = theta + step, there
        if np.abs(step).max() < _EXACT:
            break
    return theta, np.asarray(np.linalg.inv(information)), here
