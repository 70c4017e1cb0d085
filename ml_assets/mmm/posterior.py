"""How plausible parameters are, with the baseline and the noise integrated out.

Given the media and a weight for each period, the outcome is linear in the baseline,
whose prior is normal in units of the noise, and the noise's precision has a weak gamma
prior. Both integrals are known (normal-inverse-gamma: Gelman et al., Bayesian Data
Analysis, chapter 14), so that only four numbers a channel are left, and a few scales of
the baseline: how far its level moves, how large trend and season are.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.baseline import Baseline
from ml_assets.mmm.channel_parameters import (
    ChannelParameters,
    channel_parameters,
    per_channel,
)
from ml_assets.mmm.effects_prior import effects_prior
from ml_assets.mmm.lift_tests import Lifts
from ml_assets.mmm.media import Media, media
from ml_assets.mmm.memory import through_precision

__all__ = ["Baselines", "Observed", "Posterior"]

# No logarithm or logit of a plausible parameter is farther from 0.
_FARTHEST = 12.0
# Numbers that stay in the processor's cache: larger batches are taken in parts.
_AT_ONCE = 22_000


class Observed(NamedTuple):
    """What each of b points is compared with: an outcome, (b, n), and its weights.

    `follows`, (b,), is how much of the noise goes on in the next period; `squares`,
    (b, k, k), are those of the baseline's columns under both.
    """

    outcome: Floats
    weights: Floats
    follows: Floats
    squares: Floats

    def rows(self, which: slice | npt.NDArray[np.int64]) -> "Observed":
        """The same for some of the points."""
        return Observed(*(part[which] for part in self))


class Baselines(NamedTuple):
    """Draws for b points: coefficients (b, k), sd of what is new in the noise (b,).

    `left`, (b, n), is what media and baseline leave, in units of the sd.
    """

    coefficients: Floats
    noise: Floats
    left: Floats


class _Linear(NamedTuple):
    """The baseline given the media, for a batch of b points.

    Coefficients (b, k), what the media leave (b, n), the weighted part of it that the
    baseline leaves (b, n), the error (b,) that the noise's variance is drawn around,
    inverse (b, k, k) of the precision and its ln determinant, ridges (b, k).
    """

    coefficients: Floats
    left: Floats
    unexplained: Floats
    error: Floats
    inverse: Floats
    log_determinant: Floats
    ridge: Floats


@dataclass(frozen=True, eq=False)
class Posterior:
    """The negative log posterior of one company's series, and what follows from it.

    A point is a vector: per channel logit(decay / largest), ln half, ln slope (Hill
    only), ln effect; then ln of each learned scale of the baseline.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        Divided by its mean.
    spend : ndarray, shape (n, c)
        In multiples of each channel's typical spend.
    decay_logit : float
        What the prior of the first number is centred on.
    lifts : Lifts or None
        Experiments that the channels must agree with.
    """

    kind: str
    outcome: Floats
    spend: Floats
    baseline: Baseline
    decay_logit: float
    lifts: Lifts | None = None

    @property
    def size(self) -> int:
        """Length of a point."""
        channels: int = self.spend.shape[1]
        return channels * per_channel(self.kind) + len(self.baseline.scales)

    def start(self, decay: float, half: float, effect: float) -> Floats:
        """A point at which every channel is the same."""
        share = decay / priors.LARGEST_DECAY
        row = [np.log(share / (1 - share)), np.log(half)]
        if self.kind == "hill":
            row.append(priors.SLOPE.mean)
        row.append(np.log(effect))
        scales = [scale.mean for scale in self.baseline.scales]
        return np.array([*row * self.spend.shape[1], *scales])

    def channels(self, points: Floats) -> ChannelParameters:
        """What points, shape (..., size), say of the channels."""
        return channel_parameters(self.kind, self._rows(points))

    def scales(self, points: Floats) -> Floats:
        """The learned scales of the baseline, shape (..., h), in units of the noise."""
        return np.exp(points[..., points.shape[-1] - len(self.baseline.scales) :])

    def reported(self, points: Floats) -> Floats:
        """What is read of points, shape (..., size): decay and effect as they are.

        The logarithm of an effect that is nearly nothing has no end, and no meaning.
        """
        at = self.channels(points)
        shapes = [at.decay, np.log(at.half), np.log(at.slope), at.effect]
        if self.kind != "hill":
            del shapes[2]
        return np.concatenate([*shapes, np.log(self.scales(points))], axis=-1)

    def media(self, points: Floats, spend: Floats) -> Floats:
        """Outcome, shape (b, c, n), of any spend, shape (n, c), at points (b, size)."""
        columns = np.ascontiguousarray(spend.T)
        return media(self.kind, self.channels(points), columns).outcome

    def observed(self, outcome: Floats, weights: Floats, follows: Floats) -> Observed:
        """What points are compared with: outcome and weights (b, n), follows (b,)."""
        design = np.repeat(self._design.T[None], len(follows), axis=0)
        design[..., 1:] -= follows[:, None, None] * self._design.T[None, :, :-1]
        squares = (design * weights[:, None]) @ design.swapaxes(1, 2)
        return Observed(outcome, weights, follows, squares)

    def evenly(self, points: int) -> Observed:
        """The outcome with the same weight for each period, for a batch of points."""
        outcome = np.repeat(self.outcome[None], points, axis=0)
        squares = np.repeat((self._design.T @ self._design)[None], points, axis=0)
        return Observed(outcome, np.ones_like(outcome), np.zeros(points), squares)

    def one(self, point: Floats, observed: Observed) -> tuple[float, Floats]:
        """`batch` of a single point."""
        values, slopes = self.batch(point[None], observed)
        return float(values[0]), slopes[0]

    def batch(self, points: Floats, observed: Observed) -> tuple[Floats, Floats]:
        """Negative log posterior up to a constant, (b,), and its gradient, (b, size).

        Infinite, with a gradient of 0, where a parameter is beyond all reason.
        """
        part = max(1, _AT_ONCE // self.spend.size)
        if len(points) > part:
            parts = [
                self.batch(points[i : i + part], observed.rows(slice(i, i + part)))
                for i in range(0, len(points), part)
            ]
            return (
                np.concatenate([value for value, _ in parts]),
                np.concatenate([slope for _, slope in parts]),
            )
        beyond = ~(np.abs(points).max(axis=1) <= _FARTHEST)
        points = np.where(beyond[:, None], 0.0, points)
        brought = self._brought(points)
        channels: int = self.spend.shape[1]
        linear = self._linear(points, brought.outcome[:, :channels], observed)
        weight = self.outcome.size + priors.NOISE_WEIGHT
        value = weight / 2 * np.log(linear.error)
        value -= (linear.log_determinant + np.log(linear.ridge).sum(axis=1)) / 2
        by_outcome = linear.unexplained * (-weight / linear.error)[:, None]
        rows, distance = self._backwards(brought, by_outcome)
        value += distance
        by_scale = self._by_scales(linear, weight)
        slopes = np.concatenate([rows.reshape(len(points), -1), by_scale], axis=1)
        prior, by_prior = self._prior(points)
        value, slopes = value + prior, slopes + by_prior
        value[beyond], slopes[beyond] = np.inf, 0.0
        return value, slopes

    def baselines(
        self, points: Floats, observed: Observed, rng: np.random.Generator | None
    ) -> Baselines:
        """Draws of the baseline and the noise given points; without rng their modes."""
        linear = self._linear(points, self.media(points, self.spend), observed)
        weight = self.outcome.size + priors.NOISE_WEIGHT
        coefficients, spread = linear.coefficients, np.full(len(points), weight)
        if rng is not None:
            spread = rng.chisquare(weight, len(points))
        sd = np.sqrt(linear.error / spread)
        if rng is not None:
            root = np.linalg.cholesky(linear.inverse)
            normal = rng.standard_normal((*coefficients.shape, 1))
            coefficients = coefficients + sd[:, None] * (root @ normal)[..., 0]
        left = linear.left - coefficients @ self._design.T
        return Baselines(coefficients, sd, left / sd[:, None])

    @cached_property
    def _design(self) -> Floats:
        return np.ascontiguousarray(self.baseline.columns[: self.outcome.size])

    @cached_property
    def _used(self) -> Floats:
        return np.asarray((self.spend > 0).mean(axis=0))

    @cached_property
    def _columns(self) -> Floats:
        columns = np.ascontiguousarray(self.spend.T)
        if self.lifts is None:
            return columns
        return np.concatenate([columns, self.lifts.without])

    @cached_property
    def _membership(self) -> Floats:
        """Which column belongs to which learned scale, shape (k, h)."""
        groups = np.arange(len(self.baseline.scales))
        return np.asarray(self.baseline.group[:, None] == groups, dtype=np.float64)

    def _brought(self, points: Floats) -> Media:
        """What channels bring, and after them those of each lift test without it."""
        at = self.channels(points)
        if self.lifts is not None:
            at = self.lifts.beside(at)
        return media(self.kind, at, self._columns)

    def _backwards(self, brought: Media, by_outcome: Floats) -> tuple[Floats, Floats]:
        """Derivatives by the channels' rows; the lift tests' share of the value."""
        if self.lifts is None:
            return brought.backwards(by_outcome[:, None]), np.zeros(len(by_outcome))
        by_each = np.zeros_like(brought.outcome)
        by_each[:, : self.spend.shape[1]] = by_outcome[:, None]
        distance = self.lifts.distance(brought.outcome)
        self.lifts.add_backwards(distance, by_each)
        rows = self.lifts.folded(brought.backwards(by_each))
        return rows, (distance**2).sum(axis=1) / 2

    def _rows(self, points: Floats) -> Floats:
        shape = (*points.shape[:-1], self.spend.shape[1], per_channel(self.kind))
        last = points.shape[-1] - len(self.baseline.scales)
        return np.asarray(points[..., :last].reshape(shape))

    def _linear(self, points: Floats, brought: Floats, observed: Observed) -> _Linear:
        left = observed.outcome - brought.sum(axis=1)
        noise = observed.weights, observed.follows
        log_scales = points[:, points.shape[1] - len(self.baseline.scales) :]
        ridge = self.baseline.ridge * np.exp(-2 * log_scales @ self._membership.T)
        diagonal = np.arange(ridge.shape[1])
        precision = observed.squares.copy()
        precision[:, diagonal, diagonal] += ridge
        inverse = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        weighted = through_precision(left, *noise) @ self._design
        coefficients = (inverse @ weighted[..., None])[..., 0]
        unexplained = through_precision(left - coefficients @ self._design.T, *noise)
        error = np.einsum("bn,bn->b", left, unexplained)
        error += priors.NOISE_WEIGHT * priors.NOISE_SD**2
        log_determinant = np.asarray(np.linalg.slogdet(inverse)[1], dtype=np.float64)
        return _Linear(
            coefficients, left, unexplained, error, inverse, log_determinant, ridge
        )

    def _by_scales(self, linear: _Linear, weight: float) -> Floats:
        """Derivative by ln scale, shape (b, h): each ridge r goes as exp(-2 ln s)."""
        left = np.diagonal(linear.inverse, axis1=1, axis2=2)
        each = linear.coefficients**2 * (weight / linear.error)[:, None] + left
        return np.asarray((1 - linear.ridge * each) @ self._membership)

    def _prior(self, points: Floats) -> tuple[Floats, Floats]:
        rows = self._rows(points)
        shapes = per_channel(self.kind) - 1
        decay = priors.LogNormal(self.decay_logit, priors.DECAY_LOGIT_SD)
        shape = np.array([decay, priors.HALF_SATURATION, priors.SLOPE])[:shapes]
        centre, spread = shape.T
        distance = (rows[..., :shapes] - centre) / spread
        effects, by_effect = effects_prior(rows[..., -1], self._used)
        means, spreads = np.array(self.baseline.scales).T
        scales = (points[:, points.shape[1] - means.size :] - means) / spreads
        value = (distance**2).sum(axis=(1, 2)) / 2 + (scales**2).sum(axis=1) / 2
        slopes = np.concatenate([distance / spread, by_effect[..., None]], axis=2)
        return value + effects, np.concatenate(
            [slopes.reshape(len(points), -1), scales / spreads], axis=1
        )
