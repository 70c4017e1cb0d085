"""How many come to a shop's website each day, and where from."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt

from sandbox.simulation.channels import ORGANIC
from sandbox.simulation.truth import Drawn

__all__ = ["daily_visits"]

_ARRIVED: Final = 0.9
"""Of clicks: the others leave before the page is there."""
_ORGANIC_PER_CUSTOMER: Final = 40
_DIRECT_PER_RETURN: Final = 20
_ENGAGED: Final = 0.6
_ORIGINS: Final = {
    "meta_ads": ("facebook", "paid_social"),
    "google_ads": ("google", "cpc"),
    "tiktok_ads": ("tiktok", "paid_social"),
}
#: Of sessions, by medium: who had never been there.
_NEW: Final = {"paid_social": 0.8, "cpc": 0.6, "organic": 0.55, "(none)": 0.1}

Ints = npt.NDArray[np.int64]


def daily_visits(drawn: Drawn, rng: np.random.Generator) -> dict[tuple[str, str], Ints]:
    """Sessions, engaged ones and new users, shape (days, 3), by source and medium.

    Paid visits follow clicks, organic ones who is found by searching, and direct ones
    the purchases of those who come back.
    """
    timeline, purchases = drawn.timeline, drawn.purchases
    unit = timeline.company.euro_rate * 10.0**timeline.company.exponent
    expected: dict[tuple[str, str], npt.NDArray[np.float64]] = defaultdict(
        lambda: np.zeros(timeline.days)
    )
    for spend in drawn.spends:
        channel = spend.channel
        clicks = spend.by_day / unit / channel.cost_per_mille * channel.click_rate
        expected[_ORIGINS[channel.source]] += clicks * 1_000 * _ARRIVED
    organic = drawn.demand.expected[ORGANIC.slug]
    expected["google", "organic"] += organic * _ORGANIC_PER_CUSTOMER
    bought = np.bincount(purchases.day, minlength=timeline.days)[: timeline.days]
    first = sum(drawn.demand.drawn.values())
    expected["(direct)", "(none)"] += (bought - first).clip(0) * _DIRECT_PER_RETURN
    return {
        origin: _drawn(mean, _NEW[origin[1]], rng) for origin, mean in expected.items()
    }


def _drawn(
    mean: npt.NDArray[np.float64], new_share: float, rng: np.random.Generator
) -> Ints:
    sessions = rng.poisson(mean)
    engaged = rng.binomial(sessions, _ENGAGED)
    return np.column_stack([sessions, engaged, rng.binomial(sessions, new_share)])
