"""How an account is: one score of five components, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.components import COMPONENTS, KNOWN_ENGAGEMENT
from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.reading import Floats, numbers_of

__all__ = ["BANDS", "LEAST_COVERAGE", "UNKNOWN", "WEIGHTS", "health", "weights_of"]

WEIGHTS: Final[Mapping[str, float]] = dict(
    zip(COMPONENTS, (30.0, 25.0, 20.0, 15.0, 10.0), strict=True)
)
"""Percent of each component, until a company decides otherwise."""

BANDS: Final = {"healthy": 80.0, "at_risk": 60.0, "critical": 40.0, "severe": 0.0}
"""The least score of each band; it reaches up to the one before, which it excludes.

The lowest is severe and not churned: most accounts in it stay.
"""
UNKNOWN: Final = "unknown"
LEAST_COVERAGE: Final = 0.6
# Sums of percents that ought to be round are not, in the last binary digits.
_DECIMALS = 9


def health(
    points: pd.DataFrame, weights: Mapping[str, float] = WEIGHTS
) -> pd.DataFrame:
    """Score, coverage and band of each account.

    ``score = sum w p / sum w`` over the components that are known.

    Parameters
    ----------
    points
        `COMPONENTS`, 0-100 or NaN, as `component_points` returns them. Without
        `KNOWN_ENGAGEMENT` engagement is known as a whole or not at all.
    weights
        Percent of each component, 100 together.

    Returns
    -------
    pandas.DataFrame
        Same index: the components, ``score`` (0-100, NaN where nothing is known),
        ``coverage_ratio`` (weight of what is known, 0-1) and ``band``: one of `BANDS`,
        or `UNKNOWN` below a coverage of 0.6.

    Raises
    ------
    InvalidAccounts, InvalidSetting
    """
    weight = weights_of(weights)
    values = matrix_of(points)
    is_known = ~np.isnan(values)
    score = np.nan_to_num(values) @ weight / _positive(is_known @ weight)
    coverage = np.round(_shares_known(points, is_known) @ weight / 100, _DECIMALS)
    score = np.round(score, _DECIMALS)
    columns = dict(zip(COMPONENTS, values.T, strict=True))
    return pd.DataFrame(
        {
            **columns,
            "score": score,
            "coverage_ratio": coverage,
            "band": _bands(score, coverage),
        },
        index=points.index,
    )


def weights_of(weights: Mapping[str, float]) -> Floats:
    """Weights in the order of the components, shape (5,).

    Raises
    ------
    InvalidSetting
        One is missing, unheard of or negative, or they do not add up to 100.
    """
    if set(weights) != set(COMPONENTS):
        raise InvalidSetting(
            f"weights are of {', '.join(COMPONENTS)}, not of {', '.join(weights)}."
        )
    found = np.array([weights[name] for name in COMPONENTS], dtype=np.float64)
    if not (found >= 0).all() or abs(found.sum() - 100) > 1e-6:
        raise InvalidSetting(
            f"weights are 0 or more and 100 together, not {found.tolist()}."
        )
    return found


def matrix_of(points: pd.DataFrame) -> Floats:
    """Points of the components, shape (n, 5), NaN where unknown."""
    return np.column_stack([numbers_of(points, name, most=100) for name in COMPONENTS])


def _shares_known(points: pd.DataFrame, is_known: np.ndarray) -> Floats:
    shares = is_known.astype(np.float64)
    if KNOWN_ENGAGEMENT in points:
        shares[:, -1] = numbers_of(points, KNOWN_ENGAGEMENT, most=1)
    return shares


def _bands(score: Floats, coverage: Floats) -> list[str]:
    names = list(BANDS)
    place = np.searchsorted(-np.array(list(BANDS.values())), -np.nan_to_num(score))
    return [
        names[at] if known >= LEAST_COVERAGE else UNKNOWN
        for at, known in zip(place, coverage, strict=True)
    ]


def _positive(total: Floats) -> Floats:
    return np.where(total > 0, total, np.nan)
