"""Spending more brings less and less: response as a share of its level at one.

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
# e^50 is as good as no saturation at all, and no overflow.
_FARTHEST = 50.0


class Curve(NamedTuple):
    """f(a), f'(a), and the derivatives by ln(half) and ln(slope); shapes as a."""

    value: Floats
    by_spend: Floats
    by_log_half: Floats
    by_log_slope: Floats


def hill(spend: Floats, half: Floats | float, slope: Floats | float) -> Curve:
    """a^n / (k^n + a^n), divided by its value at 1.

    Hill (1910); in this use Jin, Wang, Sun, Chan & Koehler (2017), Bayesian Methods for
    Media Mix Modeling with Carryover and Shape Effects, equation (5).
    """
    log_spend, log_half = np.log(np.maximum(spend, _NOTHING)), np.log(half)
    log_u = np.clip(slope * (log_spend - log_half), -_FARTHEST, _FARTHEST)
    log_u_one = np.clip(-slope * log_half, -_FARTHEST, _FARTHEST)
    s, s_one = expit(log_u), expit(log_u_one)
    value = s / s_one
    return Curve(
        value,
        value * (1 - s) * slope / np.maximum(spend, _SMALLEST),
        value * slope * (s - s_one),
        value * ((1 - s) * log_u - (1 - s_one) * log_u_one),
    )


def logistic(spend: Floats, half: Floats | float) -> Curve:
    """(1 - e^(-l a)) / (1 + e^(-l a)), half its height at `half`, by its value at 1.

    The form of pymc-marketing's LogisticSaturation; l = ln(3) / half.
    """
    rate = np.log(3) / np.asarray(half)
    z, z_one = rate * spend / 2, rate / 2
    s, s_one = np.tanh(z), np.tanh(z_one)
    value = s / s_one
    by_z, by_z_one = 1 - s**2, 1 - s_one**2
    return Curve(
        value,
        by_z * rate / 2 / s_one,
        -by_z * z / s_one + value * by_z_one * z_one / s_one,
        np.zeros_like(value),
    )


def response(
    kind: str, spend: Floats, half: Floats | float, slope: Floats | float
) -> Curve:
    """The curve of a kind: "hill" or "logistic", which has no slope."""
    return hill(spend, half, slope) if kind == "hill" else logistic(spend, half)
