"""How much of the total the data taught: what was supposed of it, and what is known.

Before any data the total of all channels is half normal (`effects_prior`). Where its
doubt is nearly as large afterwards, the number is the prior's and not the company's.
"""

from typing import NamedTuple

import numpy as np

from ml_assets.mmm import priors
from ml_assets.mmm.fitted_mix import FittedMix

__all__ = ["TotalShare", "total_share"]


class TotalShare(NamedTuple):
    """What all channels brought, as shares of the outcome.

    `mean` with its `sd`, and `prior` with its `prior_sd`: the same before any data.
    """

    mean: float
    sd: float
    prior: float
    prior_sd: float

    @property
    def doubt_left(self) -> float:
        """The doubt after the data, in that before them: 0 all learned, 1 nothing."""
        return self.sd / self.prior_sd


def total_share(mix: FittedMix) -> TotalShare:
    """Posterior and prior of the total of the fitted periods."""
    brought = mix.media.sum(axis=(1, 2)) / mix.series.fitted
    # Mean and standard deviation of a half normal.
    mean = priors.TOTAL_SD * np.sqrt(2 / np.pi)
    sd = priors.TOTAL_SD * np.sqrt(1 - 2 / np.pi)
    return TotalShare(
        float(brought.mean()), float(brought.std()), float(mean), float(sd)
    )
