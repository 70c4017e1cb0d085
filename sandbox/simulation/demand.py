"""How many new customers each channel brings on each day.

``new customers ~ Poisson(scale * hill(adstock(spend)))`` for a paid channel, with
``adstock_t = spend_t + theta * adstock_{t-1}`` (0 before the first day) and
``hill(x) = x^slope / (x^slope + half_saturation^slope)``; and
``Poisson(base * trend * weekday * holiday * promotion)`` for organic demand. Spend is
in units of the company's currency per day.
"""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from sandbox.simulation.channels import ORGANIC
from sandbox.simulation.seasons import Seasons
from sandbox.simulation.spend import Spend
from sandbox.simulation.timeline import Timeline

__all__ = ["Demand", "Response", "adstock", "draw_demand", "hill"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Response:
    """A paid channel's true curve; half-saturation in currency of adstocked spend."""

    adstock: float
    half_saturation: float
    slope: float
    scale: float

    def expected(self, spend: Floats) -> Floats:
        """Expected new customers per day, shape (days,)."""
        return self.scale * hill(
            adstock(spend, self.adstock), self.half_saturation, self.slope
        )


@dataclass(frozen=True, eq=False)
class Demand:
    """New customers by channel and day, drawn and expected; shapes (days,)."""

    responses: dict[str, Response]
    organic_base: float
    expected: dict[str, Floats]
    drawn: dict[str, Ints]

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel slugs; a customer's channel is an index into them."""
        return tuple(self.drawn)


def draw_demand(
    timeline: Timeline,
    spends: tuple[Spend, ...],
    seasons: Seasons,
    customers: int,
    rng: np.random.Generator,
) -> Demand:
    """Draw new customers; `customers` are expected within the history."""
    history = slice(0, timeline.history)
    unit = 10.0**timeline.company.exponent
    responses: dict[str, Response] = {}
    expected: dict[str, Floats] = {}
    for spend in spends:
        channel, money = spend.channel, spend.by_day / unit
        held = adstock(money, channel.adstock)[history].mean() * channel.saturation
        shape = Response(channel.adstock, _round(held), channel.slope, 1.0)
        scale = customers * channel.share / shape.expected(money)[history].sum()
        responses[channel.slug] = Response(
            shape.adstock, shape.half_saturation, shape.slope, _round(scale)
        )
        expected[channel.slug] = responses[channel.slug].expected(money)
    base = _round(customers * ORGANIC.share / seasons.factor[history].sum())
    expected[ORGANIC.slug] = base * seasons.factor
    drawn = {slug: rng.poisson(mean) for slug, mean in expected.items()}
    return Demand(responses, base, expected, drawn)


def adstock(spend: Floats, theta: float) -> Floats:
    """Geometric adstock, not normalised: today's spend counts whole."""
    # scipy's filter gives the same, but takes a second to import.
    held = accumulate(spend.tolist(), lambda before, spent: spent + theta * before)
    return np.fromiter(held, float, len(spend))


def hill(x: Floats, half_saturation: float, slope: float) -> Floats:
    """Saturation between 0 and 1; one half at `half_saturation`."""
    powered = np.power(x, slope)
    return np.asarray(powered / (powered + half_saturation**slope))


def _round(value: float) -> float:
    """Six significant digits: the truth that is told is the truth that was used."""
    return float(f"{value:.6g}")
