"""What the uncertainty of parameters does to a total: whole steps, not slopes."""

from collections.abc import Callable

import numpy as np

from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.horizons import PurchaseFit, expected_counts, with_values

__all__ = ["LARGEST_SAMPLE", "axes", "log_variance", "parameter_share"]

# What the parameters leave open of a total shows in this many customers.
LARGEST_SAMPLE = 5_000
# In logs: as wide as the prior of the rescue (`choice`).
_LONGEST_STEP = 3.0


def parameter_share(fit: PurchaseFit, horizon: Floats, histories: Histories) -> float:
    """Squared relative error of the total that the parameters leave open."""
    step = max(1, histories.frequency.size // LARGEST_SAMPLE)
    some = Histories(*(column[::step] for column in histories))

    def total(at: Floats) -> float:
        model = with_values(fit.parameters, at)
        return float(expected_counts(model, horizon, some).sum())

    return log_variance(total, np.array(fit.parameters.values), fit.covariance)


def log_variance(
    total: Callable[[Floats], float], values: Floats, covariance: Floats
) -> float:
    """Variance of ln(total) over the uncertainty of the parameters."""
    share = 0.0
    for up, down in axes(values, covariance):
        high, low = total(up), total(down)
        if high > 0 and low > 0:
            share += (np.log(high / low) / 2) ** 2
    return float(share)


def axes(values: Floats, covariance: Floats) -> list[tuple[Floats, Floats]]:
    """One standard deviation up and down each axis of the log parameters' covariance.

    Whole steps, not slopes: where the data hardly bound a parameter, a slope would
    promise changes that never come. A step is at most a factor of 20.
    """
    sizes, directions = np.linalg.eigh(covariance / np.outer(values, values))
    steps = directions * np.minimum(np.sqrt(np.maximum(sizes, 0.0)), _LONGEST_STEP)
    return [(values * np.exp(step), values * np.exp(-step)) for step in steps.T]
