"""How much of the total the prior made: half-normal channels, or one total.

Every channel has a half-normal effect, so that many channels together are expected to
bring much: the density of their sum T grows as T^(c-1) near 0. Where data know the sum
well that is nothing; where they do not, it decides. The same draws, weighted by
T^(1-c), are those of a prior that says nothing of how large the sum is and leaves only
the shares to the channels.
"""

from typing import NamedTuple

import numpy as np

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix

__all__ = ["TotalShare", "total_share"]


class TotalShare(NamedTuple):
    """What all channels brought, as shares of the outcome.

    `mean` of the posterior with its `sd`; `on_total`, its mean under a flat prior of
    the total; `prior`, what the channels' priors expect together before any data.
    """

    mean: float
    sd: float
    on_total: float
    prior: float

    @property
    def made_by_prior(self) -> float:
        """What goes when the prior sits on the total, in standard deviations."""
        return (self.mean - self.on_total) / self.sd if self.sd > 0 else 0.0


def total_share(mix: FittedMix) -> TotalShare:
    """Posterior and reweighted total of the fitted periods."""
    n = mix.series.fitted
    brought = mix.media.sum(axis=(1, 2)) / n
    channels = len(mix.channel_names)
    mean, sd = float(brought.mean()), float(brought.std())
    return TotalShare(mean, sd, _on_total(brought, channels), _prior(channels))


def _on_total(brought: Floats, channels: int) -> float:
    """The mean under the weights, of T as a lognormal: no draw decides by itself."""
    logs = np.log(np.maximum(brought, 1e-12))
    return float(np.exp(logs.mean() + (1.5 - channels) * logs.var()))


def _prior(channels: int) -> float:
    return float(channels * 0.25 * np.sqrt(2 / np.pi))
