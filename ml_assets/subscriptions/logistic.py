"""Logistic regression with a ridge: the one fit behind the rivals and the forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ml_assets.subscriptions.errors import SubscriptionModelError
from ml_assets.subscriptions.reading import Bools, Floats

__all__ = ["Logistic", "NotConverged", "fit_logistic"]

_MOST_STEPS, _EXACT, _LONGEST_STEP = 100, 1e-7, 4.0


class NotConverged(SubscriptionModelError):
    """The likelihood has no maximum that could be found."""


@dataclass(frozen=True)
class Logistic:
    """``logit P = intercept + coefficients . (x - mean) / scale``; all shape (m,)."""

    intercept: float
    coefficients: Floats
    mean: Floats
    scale: Floats

    def chance(self, columns: Floats) -> Floats:
        """P, shape (n,), of columns of shape (n, m)."""
        line = (columns - self.mean) / self.scale @ self.coefficients
        return np.asarray(expit(self.intercept + line))


def fit_logistic(columns: Floats, left: Bools, *, penalty: float) -> Logistic:
    """The maximum of the likelihood less ``penalty / 2 |coefficients|^2``.

    Columns are standardised first, so that a penalty means the same for all; the
    intercept has none. Concave, so that halved Newton steps cannot but climb.

    Parameters
    ----------
    columns : ndarray, shape (n, m)
    left : ndarray, shape (n,)
        Yes and no; of either at least one.

    Raises
    ------
    NotConverged
    """
    if left.all() or not left.any():
        raise NotConverged(f"all {left.size} accounts did the same: nothing to learn.")
    mean, scale = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    design = np.column_stack([np.ones(len(columns)), (columns - mean) / scale])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    theta = np.zeros(design.shape[1])
    theta[0] = np.log(left.sum() / (~left).sum())
    here = _value(design, left, ridge, theta)
    for _ in range(_MOST_STEPS):
        fitted = expit(design @ theta)
        gradient = design.T @ (left - fitted) - ridge * theta
        weighted = design * (fitted * (1 - fitted))[:, None]
        # Columns that repeat each other have a ridge only; the last digits need none.
        information = weighted.T @ design + np.diag(ridge + 1e-9)
        step = np.linalg.solve(information, gradient)
        step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), _EXACT))
        there = _value(design, left, ridge, theta + step)
        while there < here and np.abs(step).max() > _EXACT:
            step = step / 2
            there = _value(design, left, ridge, theta + step)
        if np.abs(step).max() <= _EXACT:
            return Logistic(float(theta[0]), theta[1:], mean, scale)
        theta, here = theta + step, there
    raise NotConverged(f"after {_MOST_STEPS} steps a coefficient still moves.")


def _value(design: Floats, left: Bools, ridge: Floats, theta: Floats) -> float:
    line = design @ theta
    fit = float((left * line - np.logaddexp(0, line)).sum())
    return fit - float(ridge @ theta**2) / 2
