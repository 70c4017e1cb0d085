"""Newton's last steps: from a good start to the exact maximum of a likelihood.

lifetimes stops when its gradient is small enough for its own tolerance; the
published numbers need five digits and the covariance needs the exact curvature.
The models therefore hand over their analytic gradient and Hessian, and a
trust-region Newton search in log parameters finishes the work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from ml_assets.clv.errors import NotConverged
from ml_assets.clv.histories import Floats
from ml_assets.sentences import Sentence

__all__ = ["Derivatives", "Maximum", "Objective", "maximise"]

# A remaining Newton step below this moves no parameter in its seventh digit.
_LARGEST_FINAL_STEP = 1e-7
# exp(+-14): beyond this (in units of the data) a parameter is running away.
_LARGEST_LOG_PARAMETER = 14.0
# Searches that end at a maximum take up to thirty steps; one along a ridge, hundreds.
_MOST_STEPS = 80
# Steps this small are inside the region where Newton doubles its digits.
_SURELY_QUADRATIC = 0.1
_MOST_LAST_STEPS = 5
# What is left then is below the rounding of a sum over many customers.
_EXACT = 1e-11
# A step this small leaves its square: the curvature at its end is that at its beginning
# to eight digits, and to ask for it costs as much as any other step.
_LAST_STEP = 1e-8


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Value, gradient (k,) and Hessian (k, k) of a mean log-likelihood."""

    value: float
    gradient: Floats
    hessian: Floats


Objective: TypeAlias = Callable[[Floats], Derivatives]


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the penalised mean log-likelihood is highest.

    `log_likelihood` is the mean there without penalty and prior.
    `covariance` (k, k) is the inverse of its negative Hessian in the parameters
    themselves, for one customer; `largest_step` is what a further Newton step would
    still move, as a share of the parameter; `iterations` are those of a search.
    """

    parameters: Floats
    log_likelihood: float
    covariance: Floats
    iterations: int
    largest_step: float


def maximise(
    objective: Objective, start: Floats, penalizer: float, prior_weight: float = 0.0
) -> Maximum:
    """Maximise `objective(theta) - penalizer * sum(theta ** 2)` over theta > 0.

    With a `prior_weight`, `prior_weight / 2 * sum(log(theta) ** 2)` is taken off too.

    Parameters
    ----------
    objective : callable
        theta, shape (k,) -> Derivatives of the mean log-likelihood.
    start : ndarray, shape (k,)
        Positive parameters. So near the maximum that Newton's steps shrink, nothing is
        searched for: fits of many customers begin where those of fewer ended.
    penalizer : float
        Weight of the squared parameters (lifetimes' `penalizer_coef`).
    prior_weight : float
        Weight of the squared log parameters: a normal prior around 1, which gives
        a maximum where the likelihood alone runs to zero or infinity.

    Raises
    ------
    NotConverged
        With the parameters reached and the step that was still left.
    """
    in_logs = _InLogs(objective, penalizer, prior_weight)
    reached, iterations = np.log(start), 0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        log_theta, step = _last_steps(in_logs, reached)
        if not step < _LARGEST_FINAL_STEP:
            reached, iterations = _searched(in_logs, reached)
            log_theta, step = _last_steps(in_logs, reached)
    theta = np.exp(log_theta)
    runaway = _runs_away(reached) or _runs_away(log_theta)
    if runaway or not step < _LARGEST_FINAL_STEP:
        raise NotConverged(_no_maximum(iterations, theta, step))
    # The gradient is zero here, so the chain rule leaves only the curvature.
    information = in_logs.hessian(log_theta) / np.outer(theta, theta)
    try:
        covariance = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        raise NotConverged(
            Sentence(
                "reasons.flat",
                "the likelihood is flat at its maximum: the histories do not tell the "
                "parameters apart. Wait for more repeat purchases.",
            )
        ) from None
    log_likelihood = in_logs.log_likelihood(log_theta)
    return Maximum(theta, log_likelihood, covariance, iterations, step)


def _searched(in_logs: "_InLogs", log_start: Floats) -> tuple[Floats, int]:
    """Where a trust region ends that begins anywhere, and after how many steps."""
    found = minimize(
        in_logs.value,
        log_start,
        jac=in_logs.gradient,
        hess=in_logs.hessian,
        method="trust-exact",
        callback=_stop_running_away,
        options={"gtol": 1e-11, "maxiter": _MOST_STEPS},
    )
    return np.asarray(found.x, dtype=np.float64), int(found.nit)


def _stop_running_away(intermediate_result: OptimizeResult) -> None:
    """End a search that has gone where none comes back from."""
    if _runs_away(intermediate_result.x):
        raise StopIteration


def _runs_away(log_theta: Floats) -> bool:
    return bool((np.abs(log_theta) > _LARGEST_LOG_PARAMETER).any())


def _no_maximum(iterations: int, theta: Floats, step: float) -> Sentence:
    return Sentence(
        "reasons.no_maximum",
        "the likelihood has no usable maximum: after {iterations} iterations the "
        "parameters were ({reached}) and the next step would still change them by "
        "{step:.2g} (needed: below {least:g}). The histories do not tell the "
        "parameters apart: wait for more repeat purchases, or set a small penalizer "
        "such as 0.01.",
        iterations=iterations,
        reached=", ".join(f"{value:.4g}" for value in theta),
        step=step,
        least=_LARGEST_FINAL_STEP,
    )


class _InLogs:
    """The objective as a minimisation over log parameters, evaluated once a point."""

    def __init__(
        self, objective: Objective, penalizer: float, prior_weight: float
    ) -> None:
        self._objective = objective
        self._penalizer = penalizer
        self._prior_weight = prior_weight
        # The search goes back to points it has left: a third of all that it asks of.
        self._known: dict[bytes, tuple[float, Floats, Floats, float]] = {}

    def value(self, log_theta: Floats) -> float:
        return self._evaluate(log_theta)[0]

    def gradient(self, log_theta: Floats) -> Floats:
        return self._evaluate(log_theta)[1]

    def hessian(self, log_theta: Floats) -> Floats:
        return self._evaluate(log_theta)[2]

    def log_likelihood(self, log_theta: Floats) -> float:
        """The mean there without penalty and prior."""
        return self._evaluate(log_theta)[3]

    def hold(self, log_theta: Floats, near: Floats) -> None:
        """Tell of a point what is known of one that lies next to it."""
        self._known[log_theta.tobytes()] = self._evaluate(near)

    def _evaluate(self, log_theta: Floats) -> tuple[float, Floats, Floats, float]:
        point = log_theta.tobytes()
        if point in self._known:
            return self._known[point]
        # Far outside, exp() overflows; the clip keeps a rejected trial finite.
        theta = np.exp(np.clip(log_theta, -30.0, 30.0))
        there = self._objective(theta)
        value = -there.value + self._penalizer * float(theta @ theta)
        slope = -there.gradient + 2 * self._penalizer * theta
        curvature = -there.hessian + 2 * self._penalizer * np.eye(theta.size)
        # Chain rule for theta = exp(log_theta).
        gradient = theta * slope
        hessian = np.outer(theta, theta) * curvature + np.diag(gradient)
        value += self._prior_weight / 2 * float(log_theta @ log_theta)
        gradient = gradient + self._prior_weight * log_theta
        hessian = hessian + self._prior_weight * np.eye(theta.size)
        return self._known.setdefault(point, (value, gradient, hessian, there.value))


def _last_steps(in_logs: _InLogs, log_theta: Floats) -> tuple[Floats, float]:
    """Undamped Newton steps while they shrink: where they end, and the step left.

    The trust region stops once the value no longer changes, about half the digits
    short of what the gradient can still resolve.
    """
    step = _newton_step(in_logs, log_theta)
    size = float(np.abs(step).max())
    for _ in range(_MOST_LAST_STEPS):
        if not _EXACT < size < _SURELY_QUADRATIC:
            break
        candidate = log_theta - step
        if size < _LAST_STEP:
            in_logs.hold(candidate, log_theta)
            return candidate, size**2
        next_step = _newton_step(in_logs, candidate)
        next_size = float(np.abs(next_step).max())
        if not next_size < size:
            break
        log_theta, step, size = candidate, next_step, next_size
    return log_theta, size


def _newton_step(in_logs: _InLogs, log_theta: Floats) -> Floats:
    """The next Newton step; infinite where the curvature is not that of a maximum."""
    gradient, hessian = in_logs.gradient(log_theta), in_logs.hessian(log_theta)
    nowhere = np.full_like(log_theta, np.inf)
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return nowhere
    if float(np.linalg.eigvalsh(hessian)[0]) <= 0:
        return nowhere
    return np.asarray(np.linalg.solve(hessian, gradient))
