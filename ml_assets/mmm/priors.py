"""Every prior and bound of the media mix, in one place, the same for every company.

All are weak: they say what is plausible before any data of the company was seen, on
scales that do not depend on its size or currency.
"""

from typing import Final, NamedTuple

__all__ = [
    "CONTROL_RIDGE",
    "DECAY_LOGIT_SD",
    "FOLLOWS_ENDS",
    "FOLLOWS_SD",
    "FREE",
    "HALF_LIFE_DAYS",
    "HALF_SATURATION",
    "LARGEST_DECAY",
    "LEVEL_STEP",
    "NOISE_SD",
    "NOISE_WEIGHT",
    "SEASON_SCALE",
    "SHORT_SEASON_SCALE",
    "SLOPE",
    "TOTAL_SD",
    "TREND_SCALE",
    "WEEKDAY_RIDGE",
    "LogNormal",
]


class LogNormal(NamedTuple):
    """ln of the value is normal around `mean` with standard deviation `sd`."""

    mean: float
    sd: float


# A decay of 0.95 a period is forgetting 5 % of it: above, it cannot be told from level.
LARGEST_DECAY: Final = 0.95
# Median half-life of an effect, and the spread of the decay's logit around it.
HALF_LIFE_DAYS: Final = 4.0
DECAY_LOGIT_SD: Final = 1.0
# Half-saturation, in multiples of the channel's typical (mean non-zero) spend.
HALF_SATURATION: Final = LogNormal(0.0, 0.7)
# Slope of the Hill curve: concave at 1 and below, S-shaped above.
SLOPE: Final = LogNormal(0.18, 0.3)
# What all channels bring together at their typical spends, as a share of the mean
# outcome: half normal, however many they are; any split among them is as plausible.
TOTAL_SD: Final = 0.5
# Ridge of standardised columns, in units of the noise's variance.
WEEKDAY_RIDGE: Final = 1.0
CONTROL_RIDGE: Final = 1.0
# The level itself may be anything.
FREE: Final = 1e-6
# The noise: as one observation with a tenth of the mean outcome.
NOISE_WEIGHT: Final = 1.0
NOISE_SD: Final = 0.1
# How much of what is left of a period goes on in the next: normal around nothing. Above
# the last end it is a level that wanders, below the first a mistake in the dates.
FOLLOWS_SD: Final = 0.3
FOLLOWS_ENDS: Final = (-0.5, 0.9)
# Learned, in standard deviations of the noise: the change of the trend over the whole
# history; the height of the season's slowest wave, and where there is less than two
# years of it.
TREND_SCALE: Final = LogNormal(1.0, 1.5)
SEASON_SCALE: Final = LogNormal(0.0, 1.0)
SHORT_SEASON_SCALE: Final = LogNormal(0.0, 1.0)
# Steps of the level between quarters, in standard deviations of the noise.
LEVEL_STEP: Final = LogNormal(-1.2, 0.7)
