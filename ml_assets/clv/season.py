"""Which season a shop has, if it has one, told apart from growth and from chance.

Repeat purchases N of customers of age a in a calendar month p, over the customer-days E
of that age and month, are Poisson with::

    ln(N / E) = alpha_a + s_m(p) + beta * p + u_p

alpha is how much less customers buy the older they are, s the season, twelve numbers,
beta a drift and u what a single month has for itself. Growth brings young customers,
whom alpha knows, and is not taken for a season. s, beta, u and what alpha has beyond a
parabola in ln(age) have normal priors around 0, a ridge: what they are not needed for
they leave alone. How far seasons swing (the prior's standard deviation of s) and single
months (that of u) is weighed by the marginal likelihood, by Laplace's approximation, on
a grid that holds "no season". It is the product of what would have been foretold of
each purchase from those before it: a season has to foretell to be believed (Kass &
Raftery 1995, Bayes Factors, JASA 90(430)). Purchases come in clumps of customers:
counts and days are divided by the clumps' size, a quasi-likelihood.
"""

from typing import Final, NamedTuple

import numpy as np
from scipy.linalg import block_diag

from ml_assets.clv.histories import Floats
from ml_assets.clv.operational_time import MONTHS, Ints, Season
from ml_assets.clv.season_table import AGES, Table

__all__ = ["Seasonality", "seasonality", "unseen_months"]

# Standard deviations of ln: of the season, and of a single month beside it.
_SWINGS: Final = (0.0, 0.1, 0.2, 0.35, 0.6, 1.0)
_SINGLE: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
# Half of a month's season is shared with its neighbours.
_SHARED: Final = 0.5
_DRIFT_A_YEAR_SD: Final = 0.3
# Of an age beyond the parabola, which is free; and where ln(age) begins, in days.
_AGE_SD, _FREE_SD, _BEND = 0.1, 10.0, 30.0
# What a month that nobody has seen yet may be like: a common season.
_UNSEEN_SD: Final = 0.35
_MOST_STEPS, _EXACT = 50, 1e-7


class Seasonality(NamedTuple):
    """ln(index), shapes (12,) and (12, 12), and ln of the odds of a season to none.

    Where the odds are for a season the index supposes that there is one.
    """

    mean: Floats
    covariance: Floats
    log_odds: float

    @property
    def season(self) -> Season:
        """The season to live by."""
        return Season(np.exp(self.mean), self.covariance)


class _Fit(NamedTuple):
    mean: Floats
    covariance: Floats
    evidence: float


def seasonality(table: Table) -> Seasonality:
    """Every swing weighed by how well it foretells, none among them.

    Before anything is seen a season is as likely as none.
    """
    swings = [swing for swing in _SWINGS for _ in _SINGLE]
    fits = [_fitted(table, swing, single) for swing in _SWINGS for single in _SINGLE]
    some = np.array(swings) > 0
    prior = np.where(some, np.log(len(_SWINGS) - 1), 0.0)
    evidence = np.array([fit.evidence for fit in fits]) - prior
    log_odds = np.logaddexp.reduce(evidence[some]) - np.logaddexp.reduce(
        evidence[~some]
    )
    if log_odds > 0:
        evidence = np.where(some, evidence, -np.inf)
    weights = np.exp(evidence - np.logaddexp.reduce(evidence))
    means = np.array([fit.mean for fit in fits])
    mean = weights @ means
    within = np.tensordot(weights, [fit.covariance for fit in fits], axes=1)
    apart = means - mean
    return Seasonality(mean, within + apart.T * weights @ apart, float(log_odds))


def unseen_months(table: Table) -> Floats:
    """Covariance, (12, 12), of ln(index) of months in which no customer was seen."""
    lived = table.months[table.days.sum(axis=0) > 0] % MONTHS
    unseen = np.bincount(lived, minlength=MONTHS) == 0
    return _season_prior(_UNSEEN_SD) * np.outer(unseen, unseen)


def _season_prior(swing: float) -> Floats:
    """Covariance of s: neighbours are alike, around the year."""
    apart = np.abs(np.subtract.outer(np.arange(MONTHS), np.arange(MONTHS)))
    alike = np.exp(-(np.minimum(apart, MONTHS - apart) ** 2) / 2)
    return np.asarray(swing**2 * (_SHARED * alike + (1 - _SHARED) * np.eye(MONTHS)))


def _age_prior(rows: Ints) -> Floats:
    """Covariance of alpha at rows of the table: a parabola each for old and new."""
    powers = np.vander(np.log(AGES[rows % AGES.size] + _BEND), 3)
    early = (rows >= AGES.size)[:, None]
    free = np.concatenate([powers * early, powers * ~early], axis=1)
    free = free[:, free.any(axis=0)]
    free = free / np.abs(free).max(axis=0)
    return np.asarray(_FREE_SD**2 * free @ free.T + _AGE_SD**2 * np.eye(rows.size))


def _fitted(table: Table, swing: float, single: float) -> _Fit:
    """s, its covariance and the log marginal likelihood for given swings."""
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
    if swing:
        parts.append(np.eye(MONTHS)[table.months[column] % MONTHS])
        priors.append(_season_prior(swing))
    drift = (column - (size - 1) / 2) / MONTHS
    parts += [drift[:, None], of_months]
    priors += [np.array([[_DRIFT_A_YEAR_SD**2]]), single**2 * np.eye(size)]
    # The level is not a matter of the prior: ages start from the mean rate.
    log_days = log_days + float(np.log(count.sum() / np.exp(log_days).sum()))
    precision = np.asarray(np.linalg.inv(block_diag(*priors)))
    theta, covariance, best = _mode(np.hstack(parts), count, log_days, precision)
    evidence = (
        best
        + np.linalg.slogdet(covariance)[1] / 2
        + np.linalg.slogdet(precision)[1] / 2
    )
    if not swing:
        return _Fit(np.zeros(MONTHS), np.zeros((MONTHS, MONTHS)), float(evidence))
    inside = slice(rows.size, rows.size + MONTHS)
    return _Fit(theta[inside], covariance[inside, inside], float(evidence))


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
