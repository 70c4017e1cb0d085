"""What is spent per day and ad: budgets that step, weekdays, bursts, noise.

Spends vary on their own account, not with demand, so that a model which sees both can
tell what each channel did.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sandbox.simulation.channels import CHANNELS, Channel
from sandbox.simulation.timeline import HISTORY_DAYS, Timeline

__all__ = ["Spend", "draw_spend"]

_BUDGET_STEP: Final = 0.6
_BUDGET_DAYS: Final = (35, 80)
_BURST_DAYS: Final = (10, 28)
_QUIET_DAYS: Final = (7, 24)
_BURST_LEVEL: Final = 1.9
_NOISE: Final = 0.18

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Spend:
    """Spend of one channel in minor units, shape (days, ads)."""

    channel: Channel
    by_ad: Ints

    @property
    def by_day(self) -> Ints:
        """Of all the channel's ads."""
        return np.asarray(self.by_ad.sum(axis=1))


def draw_spend(
    timeline: Timeline, customers: int, rng: np.random.Generator
) -> tuple[Spend, ...]:
    """Spend of every channel, sized for so many new customers in the history."""
    return tuple(
        _draw(channel, timeline, customers, child)
        for channel, child in zip(CHANNELS, rng.spawn(len(CHANNELS)), strict=True)
    )


def _draw(
    channel: Channel, timeline: Timeline, customers: int, rng: np.random.Generator
) -> Spend:
    company = timeline.company
    per_day = customers * channel.share / HISTORY_DAYS * channel.cost_per_customer
    minor = per_day * company.euro_rate * 10**company.exponent
    weekdays = np.array([timeline.date(day).weekday() for day in range(timeline.days)])
    level = (
        _steps(timeline.days, rng)
        * _bursts(timeline.days, channel.pulse, rng)
        * np.where(weekdays >= 5, channel.weekend, 1.0)
        * rng.lognormal(sigma=_NOISE, size=timeline.days)
    )
    total = minor * level / level[: timeline.history].mean()
    shares = _shares(channel, timeline, rng)
    return Spend(channel, np.rint(total[:, None] * shares).astype(np.int64))


def _steps(days: int, rng: np.random.Generator) -> Floats:
    """Budgets that somebody changes every month or two."""
    level = np.empty(days)
    day = 0
    while day < days:
        length = int(rng.integers(*_BUDGET_DAYS))
        level[day : day + length] = rng.lognormal(sigma=_BUDGET_STEP)
        day += length
    return level


def _bursts(days: int, pulse: float, rng: np.random.Generator) -> Floats:
    """Weeks of pushing, weeks of quiet; `pulse` 0 is always 1, 1 stops in between."""
    level = np.empty(days)
    day, is_burst = 0, bool(rng.integers(2))
    while day < days:
        length = int(rng.integers(*(_BURST_DAYS if is_burst else _QUIET_DAYS)))
        height = _BURST_LEVEL * rng.uniform(0.7, 1.3)
        level[day : day + length] = 1 + pulse * (height if is_burst else -1)
        day, is_burst = day + length, not is_burst
    return level


def _shares(channel: Channel, timeline: Timeline, rng: np.random.Generator) -> Floats:
    """Each ad's share of its channel's day, shape (days, ads); rows sum to 1."""
    weights = np.array([ad.share for ad in channel.ads])
    wobble = rng.lognormal(sigma=0.15, size=(timeline.days, len(weights)))
    shares = weights * wobble
    for column, ad in enumerate(channel.ads):
        if ad.until_share is not None:
            shares[int(timeline.history * ad.until_share) :, column] = 0
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
