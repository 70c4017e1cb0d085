"""What channels bring period by period, for many points of the posterior at once.

Arrays have the shape (b, c, n): points, columns of spend, periods. A batch of points
costs little more than one, because every operation is on whole arrays. Derivatives are
never stored: what a value depends on is summed from the back (reverse mode).
"""

from dataclasses import dataclass

import numpy as np

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats, remembered, remembered_backwards
from ml_assets.mmm.channel_parameters import ChannelParameters

__all__ = ["Media", "media"]

# Less than a millionth of the typical spend is nothing, and brings nothing.
_NOTHING = 1e-6


@dataclass(frozen=True, eq=False)
class Media:
    """Outcome per period, point and column, and what is needed to go back from it."""

    kind: str
    at: ChannelParameters
    kept: Floats
    log_kept: Floats
    curve: Floats
    outcome: Floats

    def backwards(self, by_outcome: Floats) -> Floats:
        """Derivatives of a value by the rows of a point, shape (b, c, per channel).

        Parameters
        ----------
        by_outcome : ndarray, broadcastable to (b, c, n)
            Derivative of the value by `outcome`.
        """
        weighted = by_outcome * self.outcome
        by_effect = weighted.sum(axis=2)
        back = _hill_back if self.kind == "hill" else _logistic_back
        by_half, by_slope, by_kept = back(self, weighted, by_effect)
        share = self.at.decay / priors.LARGEST_DECAY
        by_decay = remembered_backwards(by_kept, self.kept, self.at.decay)
        found = [by_decay * self.at.decay * (1 - share), by_half]
        if self.kind == "hill":
            found.append(by_slope)
        return np.stack([*found, by_effect], axis=-1)


def media(kind: str, at: ChannelParameters, spend: Floats) -> Media:
    """What each column of spend, shape (c, n), brings at points, shapes (b, c).

    The outcome is e * S(r) / S(1), with r the remembered spend in multiples of the
    typical one and S the Hill or the logistic curve of `saturation`.
    """
    kept = remembered(spend, at.decay)
    np.maximum(kept, _NOTHING, out=kept)
    log_kept = kept
    if kind == "hill":
        # S(r) = 1 / (1 + (k / r)^n)
        log_kept = np.log(kept)
        curve = log_kept - np.log(at.half)[..., None]
        curve *= -at.slope[..., None]
        np.exp(curve, out=curve)
        curve += 1
        np.reciprocal(curve, out=curve)
        at_one = _at_one(at)
    else:
        rate = np.log(3) / at.half / 2
        curve = np.tanh(kept * rate[..., None])
        at_one = np.tanh(rate)
    unused = kept <= _NOTHING
    if unused.any():
        curve[unused] = 0.0
    return Media(
        kind, at, kept, log_kept, curve, curve * (at.effect / at_one)[..., None]
    )


def _at_one(at: ChannelParameters) -> Floats:
    """The Hill curve at the typical spend, shape (b, c)."""
    return np.asarray(1 / (1 + np.exp(at.slope * np.log(at.half))))


def _hill_back(
    found: Media, weighted: Floats, total: Floats
) -> tuple[Floats, Floats, Floats]:
    """By ln half, by ln slope, (b, c), and by remembered spend, (b, c, n)."""
    slope, log_half = found.at.slope, np.log(found.at.half)
    left_one = 1 - _at_one(found.at)
    rising = 1 - found.curve
    rising *= weighted
    risen = rising.sum(axis=2)
    by_half = slope * (left_one * total - risen)
    # With u = (r / k)^n, ln u = n (ln r - ln k), and at the typical spend -n ln k.
    by_slope = np.einsum("bcn,bcn->bc", rising, found.log_kept) - log_half * risen
    by_slope += left_one * log_half * total
    rising /= found.kept
    rising *= slope[..., None]
    return by_half, slope * by_slope, rising


def _logistic_back(
    found: Media, weighted: Floats, total: Floats
) -> tuple[Floats, Floats, Floats]:
    """As `_hill_back`; the slope does not exist."""
    rate = np.log(3) / found.at.half / 2
    at_one = np.tanh(rate)
    # d tanh(z) / dz = 1 - tanh^2, as a share of tanh: (1 - S^2) / S.
    by_z = weighted * (1 - found.curve**2) / np.maximum(found.curve, _NOTHING)
    by_half = -rate * np.einsum("bcn,bcn->bc", by_z, found.kept)
    by_half += total * (1 - at_one**2) / at_one * rate
    return by_half, np.zeros_like(total), by_z * rate[..., None]
