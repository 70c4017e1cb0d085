"""Spending more brings less and less: outcome as a share of its level at one.

Spend is in multiples of the channel's typical spend, so that a half-saturation of 1 is
reached at what is usually spent. Curves are divided by their value there: f(1) = 1.
"""

from typing import Final, NamedTuple

import numpy as np
from scipy.special import expit

from ml_assets.mmm.adstock import Floats

__all__ = ["SATURATIONS", "Curve", "hill", "logistic", "response"]

SATURATIONS: Final = ("hill", "logistic")
# Nothing spent brings nothing; the slope there, infinite below n = 1, stays a number.
_NOTHING, _SMALLEST = 1e-300, 1e-9


class Curve(NamedTuple):
    """f(a) and f'(a), of the shape of all arguments together."""

    value: Floats
    by_spend: Floats


def hill(spend: Floats, half: Floats | float, slope: Floats | float) -> Curve:
    """a^n / (k^n + a^n), divided by its value at 1.

    Hill (1910); in this use Jin, Wang, Sun, Chan & Koehler (2017), Bayesian Methods for
    Media Mix Modeling with Carryover and Shape Effects, equation (5).
    """
    log_spend, log_half = np.log(np.maximum(spend, _NOTHING)), np.log(half)
    s = expit(slope * (log_spend - log_half))
    value = s / expit(-slope * log_half)
    return Curve(value, value * (1 - s) * slope / np.maximum(spend, _SMALLEST))


def logistic(spend: Floats, half: Floats | float) -> Curve:
    """(1 - e^(-l a)) / (1 + e^(-l a)), half its height at `half`, by its value at 1.

    The form of pymc-marketing's LogisticSaturation; l = ln(3) / half.
    """
    rate = np.log(3) / np.asarray(half) / 2
    s, s_one = np.tanh(rate * spend), np.tanh(rate)
    return Curve(s / s_one, (1 - s**2) * rate / s_one)


def response(
    kind: str, spend: Floats, half: Floats | float, slope: Floats | float
) -> Curve:
    """The curve of a kind: "hill" or "logistic", which has no slope."""
    return hill(spend, half, slope) if kind == "hill" else logistic(spend, half)
