"""What is unknown of a channel, and how points of the posterior hold it."""

from typing import NamedTuple

import numpy as np

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats

__all__ = ["ChannelParameters", "channel_parameters", "per_channel"]


# ln of a slope that is a step: far beyond what the prior allows, and no overflow.
_STEEPEST = 3.0


class ChannelParameters(NamedTuple):
    """Per channel, shapes (..., c), spend in multiples of the typical one.

    `decay` per period; `half` the half-saturation; `slope` (1 for the logistic);
    `effect` the outcome at typical steady spend, as a share of the mean outcome.
    """

    decay: Floats
    half: Floats
    slope: Floats
    effect: Floats


def per_channel(kind: str) -> int:
    """Numbers a channel has in a point: the logistic curve has no slope."""
    return 4 if kind == "hill" else 3


def channel_parameters(kind: str, rows: Floats) -> ChannelParameters:
    """From rows of logit(decay / largest), ln half, ln slope (Hill only), ln effect.

    Parameters
    ----------
    rows : ndarray, shape (..., c, per channel)
    """
    decay = priors.LARGEST_DECAY / (1 + np.exp(-rows[..., 0]))
    slope = np.ones_like(decay)
    if kind == "hill":
        slope = np.exp(np.minimum(rows[..., 2], _STEEPEST))
    return ChannelParameters(decay, np.exp(rows[..., 1]), slope, np.exp(rows[..., -1]))
