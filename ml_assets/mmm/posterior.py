"""How plausible parameters are, with the baseline and the noise integrated out.

Given the media, the response is linear in the baseline, whose prior is normal in units
of the noise, and the noise's precision has a weak gamma prior. Both integrals are known
(normal-inverse-gamma: Gelman et al., Bayesian Data Analysis, chapter 14), so that only
the channels' parameters and the mobility of the level are left: four numbers a channel.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats, remembered
from ml_assets.mmm.baseline import Baseline
from ml_assets.mmm.saturation import response

__all__ = ["ChannelParameters", "Media", "Posterior"]

# No logarithm or logit of a plausible parameter is farther from 0.
_FARTHEST = 15.0
# The noise's prior: as one observation with a tenth of the mean response.
_NOISE_WEIGHT, _NOISE_SD = 1.0, 0.1


class ChannelParameters(NamedTuple):
    """Per channel, shapes (..., c), spend in multiples of the typical one.

    `decay` per period; `half` the half-saturation; `slope` (1 for the logistic);
    `effect` the response at typical steady spend, as a share of the mean response.
    """

    decay: Floats
    half: Floats
    slope: Floats
    effect: Floats


class Media(NamedTuple):
    """Response of each channel, shape (n, c), and its derivatives, (n, c, per)."""

    response: Floats
    gradient: Floats


@dataclass(frozen=True, eq=False)
class Posterior:
    """The negative log posterior of one company's series, and what follows from it.

    A point is a vector: per channel logit(decay / largest), ln half, ln slope (Hill
    only), ln effect; last ln of the level's step.

    Parameters
    ----------
    response : ndarray, shape (n,)
        Divided by its mean.
    spend : ndarray, shape (n, c)
        In multiples of each channel's typical spend.
    """

    kind: str
    response: Floats
    spend: Floats
    baseline: Baseline
    decay_logit: float

    @property
    def per_channel(self) -> int:
        """Parameters of a channel."""
        return 4 if self.kind == "hill" else 3

    @property
    def size(self) -> int:
        """Length of a point."""
        channels: int = self.spend.shape[1]
        return channels * self.per_channel + 1

    def start(self, decay: float, half: float, effect: float) -> Floats:
        """A point at which every channel is the same."""
        share = decay / priors.LARGEST_DECAY
        row = [np.log(share / (1 - share)), np.log(half)]
        if self.kind == "hill":
            row.append(priors.SLOPE.mean)
        row.append(np.log(effect))
        return np.array([*row * self.spend.shape[1], priors.LEVEL_STEP.mean])

    def channels(self, points: Floats) -> ChannelParameters:
        """What points, shape (..., size), say of the channels."""
        shape = (*points.shape[:-1], self.spend.shape[1], self.per_channel)
        rows = points[..., :-1].reshape(shape)
        decay = priors.LARGEST_DECAY / (1 + np.exp(-rows[..., 0]))
        slope = np.ones_like(decay)
        if self.kind == "hill":
            slope = np.exp(rows[..., 2])
        return ChannelParameters(
            decay, np.exp(rows[..., 1]), slope, np.exp(rows[..., -1])
        )

    def media(self, point: Floats, spend: Floats) -> Media:
        """What each channel brings, period by period, for any spend of shape (n, c)."""
        at = self.channels(point)
        periods, channels = spend.shape
        brought = np.empty((periods, channels))
        gradient = np.empty((periods, channels, self.per_channel))
        for c in range(channels):
            kept = remembered(spend[:, c], float(at.decay[c]))
            curve = response(self.kind, kept.spend, at.half[c], at.slope[c])
            effect = at.effect[c]
            share = at.decay[c] / priors.LARGEST_DECAY
            brought[:, c] = effect * curve.value
            by_logit = kept.by_decay * at.decay[c] * (1 - share)
            gradient[:, c, 0] = effect * curve.by_spend * by_logit
            gradient[:, c, 1] = effect * curve.by_log_half
            if self.kind == "hill":
                gradient[:, c, 2] = effect * curve.by_log_slope
            gradient[:, c, -1] = brought[:, c]
        return Media(brought, gradient)

    def __call__(self, point: Floats) -> tuple[float, Floats]:
        """Negative log posterior up to a constant, and its gradient, shape (size,)."""
        if np.abs(point).max() > _FARTHEST:
            return np.inf, np.zeros_like(point)
        n = self.response.size
        media = self.media(point, self.spend)
        left = self.response - media.response.sum(axis=1)
        columns = self.baseline.columns[:n]
        ridge = self._ridge(point[-1])
        inverse = np.linalg.inv(columns.T @ columns + np.diag(ridge))
        coefficients = inverse @ (columns.T @ left)
        unexplained = left - columns @ coefficients
        weight = n + _NOISE_WEIGHT
        error = _NOISE_WEIGHT * _NOISE_SD**2 + left @ unexplained
        _, determinant = np.linalg.slogdet(inverse)
        value = weight / 2 * np.log(error) - (determinant + np.log(ridge).sum()) / 2
        slopes = -weight / error * np.einsum("n,ncj->cj", unexplained, media.gradient)
        prior, prior_slopes = self._prior(point)
        steps = self.baseline.steps
        moved = np.zeros_like(ridge)
        moved[ridge.size - steps :] = -2 * ridge[ridge.size - steps :]
        by_step = weight / error / 2 * (coefficients**2 @ moved)
        by_step += (np.diag(inverse) @ moved - (moved / ridge).sum()) / 2
        return value + prior, np.append(slopes.ravel(), by_step) + prior_slopes

    def coefficients(
        self, point: Floats, noise: np.random.Generator | None = None
    ) -> tuple[Floats, float]:
        """Baseline coefficients, shape (k,), and the noise's sd: drawn or mean."""
        n = self.response.size
        left = self.response - self.media(point, self.spend).response.sum(axis=1)
        columns = self.baseline.columns[:n]
        inverse = np.linalg.inv(columns.T @ columns + np.diag(self._ridge(point[-1])))
        mean = inverse @ (columns.T @ left)
        weight = n + _NOISE_WEIGHT
        error = _NOISE_WEIGHT * _NOISE_SD**2 + left @ (left - columns @ mean)
        if noise is None:
            return mean, float(np.sqrt(error / weight))
        sd = float(np.sqrt(error / noise.chisquare(weight)))
        root = np.linalg.cholesky(inverse)
        return mean + sd * root @ noise.standard_normal(mean.size), sd

    def _ridge(self, log_step: float) -> Floats:
        steps = np.full(self.baseline.steps, np.exp(-2 * log_step))
        return np.concatenate([self.baseline.ridge, steps])

    def _prior(self, point: Floats) -> tuple[float, Floats]:
        rows = point[:-1].reshape(self.spend.shape[1], self.per_channel)
        centres = [self.decay_logit, priors.HALF_SATURATION.mean, priors.SLOPE.mean]
        spreads = [priors.DECAY_LOGIT_SD, priors.HALF_SATURATION.sd, priors.SLOPE.sd]
        shapes = self.per_channel - 1
        distance = (rows[:, :shapes] - centres[:shapes]) / np.array(spreads[:shapes])
        effect = (np.exp(rows[:, -1]) / priors.RESPONSE_SD) ** 2
        step = (point[-1] - priors.LEVEL_STEP.mean) / priors.LEVEL_STEP.sd
        # The effect is half normal; its logarithm, which is what moves, adds itself.
        value = (distance**2).sum() / 2 + (effect / 2 - rows[:, -1]).sum() + step**2 / 2
        slopes = np.column_stack(
            [distance / np.array(spreads[:shapes]), effect[:, None] - 1]
        )
        return float(value), np.append(slopes.ravel(), step / priors.LEVEL_STEP.sd)
