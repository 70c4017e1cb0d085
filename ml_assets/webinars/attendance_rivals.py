"""What the attendance forecast is held against: simpler answers to its question."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit
from scipy.stats import betabinom, binom

from ml_assets.webinars.attendance import AttendanceForecast, forecast_of_chances
from ml_assets.webinars.errors import NotConverged, TooFewEvents
from ml_assets.webinars.events import Events

__all__ = [
    "beta_binomial",
    "binomial",
    "most_likely_rates",
    "trailing_mean",
]

# Above this strength events vary as chance among people does.
_LARGEST_STRENGTH: Final = 1e6
# Past events whose mean is the trailing one.
_TRAILING = 12


def most_likely_rates(past: Events) -> tuple[float, float]:
    """The m and M of BetaBinomial(n, mM, (1 - m)M), by maximum likelihood.

    Where events vary no more than chance, M is its largest, a million.

    Raises
    ------
    TooFewEvents
        Fewer than two.
    NotConverged
        No maximum was found.
    """
    if len(past) < 2:
        raise TooFewEvents(f"{len(past)} past events: two at least have a spread.")
    n, k = past.registrants, past.shows

    def surprise(at: np.ndarray) -> float:
        m, strength = expit(at[0]), np.exp(min(at[1], np.log(_LARGEST_STRENGTH)))
        a, b = m * strength, (1 - m) * strength
        return float(-(betaln(k + a, n - k + b) - betaln(a, b)).sum())

    share = (k.sum() + 0.5) / (n.sum() + 1)
    found = minimize(surprise, [logit(share), 3.0], method="Nelder-Mead")
    if not found.success:
        raise NotConverged(f"Show rates of {len(past)} events: {found.message}")
    strength = float(np.exp(min(found.x[1], np.log(_LARGEST_STRENGTH))))
    return float(expit(found.x[0])), strength


def beta_binomial(past: Events, registrants: int, series: str) -> AttendanceForecast:
    """By the most likely (m, M) of all past events, whatever their series."""
    del series
    m, strength = most_likely_rates(past)
    counts = np.arange(registrants + 1)
    a, b = m * strength, (1 - m) * strength
    return forecast_of_chances(betabinom.pmf(counts, registrants, a, b))


def binomial(past: Events, registrants: int, series: str) -> AttendanceForecast:
    """As if every registrant decided alone: too narrow wherever events differ."""
    del series
    share = past.shows.sum() / past.registrants.sum()
    return forecast_of_chances(
        binom.pmf(np.arange(registrants + 1), registrants, share)
    )


def trailing_mean(past: Events, registrants: int, series: str) -> AttendanceForecast:
    """Registrations times the mean show rate of the last twelve events: one number."""
    del series
    rates = past.shows[-_TRAILING:] / past.registrants[-_TRAILING:]
    chances = np.zeros(registrants + 1)
    chances[round(registrants * float(rates.mean()))] = 1
    return forecast_of_chances(chances)
