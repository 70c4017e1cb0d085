"""Fits of purchase histories: what BG/NBD, its family and Pareto/NBD have in common.

Equal histories are collapsed to weights, times are counted in units of the oldest
customer's age, and the maximum is told in days again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ml_assets.clv.histories import (
    BOUGHT_AGAIN,
    MINIMUM_REPEAT_CUSTOMERS,
    Floats,
    check_histories,
    require_repeat_customers,
)
from ml_assets.clv.models.bg_nbd_likelihood import CollapsedHistories, collapse
from ml_assets.clv.models.many_customers import maximum_over
from ml_assets.clv.models.maximum_likelihood import Derivatives

__all__ = ["Likelihood", "PurchaseFit", "fit_histories"]

Model = TypeVar("Model")


@dataclass(frozen=True, eq=False)
class PurchaseFit(Generic[Model]):
    """A fitted model with what is needed to judge and to rebuild it.

    `log_likelihood` is of the data as given, times in days, without the penalty.
    `covariance` and `standard_errors`, shapes (4, 4) and (4,), follow the model's
    PARAMETERS and come from the exact Hessian. `n` counts customers,
    `distinct_histories` the rows left after collapsing equal ones, `largest_step` the
    share by which a further Newton step would still move a parameter.
    """

    parameters: Model
    log_likelihood: float
    covariance: Floats
    standard_errors: Floats
    converged: bool
    n: int
    repeat_customers: int
    repeat_purchases: int
    distinct_histories: int
    penalizer: float
    prior_sd: float | None
    iterations: int
    largest_step: float

    def log_likelihood_in_units_of(self, days: float) -> float:
        """The log-likelihood had times been counted in units of `days`.

        A density changes with its unit: by ln(days) per repeat purchase. Use 7 to
        compare with papers that count weeks. Where k is above 1, add
        `bg_nbd.interval_term` with the waiting times in days: the unit is counted
        here.
        """
        return self.log_likelihood + self.repeat_purchases * float(np.log(days))


@dataclass(frozen=True)
class Likelihood(Generic[Model]):
    """What is maximised, and what of it is time.

    `objective` takes four parameters, shape (4,), and histories; `start` is where a
    search of those histories begins. `times` holds 1 for each parameter that is a time
    and 0 for the others; `stages` are those of one wait.
    """

    model: Callable[..., Model]
    objective: Callable[[Floats, CollapsedHistories], Derivatives]
    start: Callable[[CollapsedHistories], Floats]
    times: tuple[int, int, int, int]
    stages: int = 1


def fit_histories(
    likelihood: Likelihood[Model],
    histories: Sequence[npt.ArrayLike],
    *,
    penalizer: float,
    prior_sd: float | None,
    near: Sequence[float] | None,
) -> PurchaseFit[Model]:
    """Fit four parameters by maximum likelihood; Newton with the exact Hessian.

    Parameters
    ----------
    histories : three arrays, shape (n,)
        x, t_x and T of each customer; times in days.
    penalizer, prior_sd
        As in `bg_nbd.fit`.
    near : four numbers or None
        Where Newton begins instead, times in days.

    Raises
    ------
    InvalidSummaries, TooFewRepeatCustomers, NotConverged
    """
    checked = check_histories(*histories)
    repeaters = int((checked.frequency > 0).sum())
    require_repeat_customers(repeaters, MINIMUM_REPEAT_CUSTOMERS, BOUGHT_AGAIN)
    repeats = int(checked.frequency.sum())
    oldest = float(checked.age_days.max())
    data = collapse(checked, 1 / oldest)

    to_days = np.where(likelihood.times, oldest, 1.0)
    begin = None if near is None else np.asarray(near) / to_days
    start = likelihood.start if begin is None else (lambda _: begin)
    found = maximum_over(data, likelihood.objective, start, penalizer, prior_sd)
    covariance = found.covariance / data.customers * np.outer(to_days, to_days)
    return PurchaseFit(
        parameters=likelihood.model(*(found.parameters * to_days).tolist()),
        # A density counts its unit, per stage: times were in units of the oldest age.
        log_likelihood=data.customers * found.log_likelihood
        - float(likelihood.stages * repeats * np.log(oldest)),
        covariance=covariance,
        standard_errors=np.sqrt(np.diag(covariance)),
        converged=True,
        n=data.customers,
        repeat_customers=repeaters,
        repeat_purchases=repeats,
        distinct_histories=data.x.size,
        penalizer=penalizer,
        prior_sd=prior_sd,
        iterations=found.iterations,
        largest_step=found.largest_step,
    )
