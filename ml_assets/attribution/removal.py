"""Conversions shared out by removal effects."""

from dataclasses import dataclass

import numpy as np

from ml_assets.attribution.markov import Chain, count, removal_effects
from ml_assets.attribution.paths import NO_TOUCH, Floats, Paths
from ml_assets.attribution.resampling import Draws

__all__ = ["Removal"]


@dataclass(frozen=True, eq=False)
class Removal:
    """The Markov rule on some paths: removal effects, rescaled to sum to 1.

    Journeys without touches are no part of the chain: theirs goes to NO_TOUCH.
    """

    paths: Paths
    chain: Chain

    def of(self, draws: Draws) -> tuple[Floats, Floats]:
        """Conversions and value of each channel, [r, channels] each."""
        value = self._value(draws)
        effects, value_effects = self._effects(draws)
        shares = _shares(effects)
        # Refunds can make what a channel brings negative: then it has no share of its
        # own in the value, and the share of conversions stands for it.
        own = (value_effects >= 0).all(axis=-1) & (value_effects.sum(axis=-1) > 0)
        value_shares = np.where(own[..., None], _shares(value_effects), shares)
        return (
            self._shared_out(draws.conversions, shares),
            self._shared_out(value, value_shares),
        )

    def uses_own_value(self, draws: Draws) -> bool:
        """Whether value has removal effects of its own: no refund turns one around."""
        _, effects = self._effects(draws)
        return bool((effects >= 0).all() and effects.any())

    def _value(self, draws: Draws) -> Floats:
        return np.asarray(draws.times(self.paths) * self.paths.value + draws.noise)

    def _effects(self, draws: Draws) -> tuple[Floats, Floats]:
        counts = count(self.chain, draws.conversions, draws.others, self._value(draws))
        return removal_effects(self.chain, counts, len(self.paths.channels))

    def _shared_out(self, amounts: Floats, shares: Floats) -> Floats:
        touched = self.paths.has_touches
        out = amounts[:, touched].sum(axis=1)[:, None] * shares
        if not touched.all():
            column = self.paths.channels.index(NO_TOUCH)
            out[:, column] += amounts[:, ~touched].sum(axis=1)
        return np.asarray(out)


def _shares(effects: Floats) -> Floats:
    total = effects.sum(axis=-1, keepdims=True)
    none = np.zeros_like(effects)
    return np.asarray(np.divide(effects, total, out=none, where=total > 0))
