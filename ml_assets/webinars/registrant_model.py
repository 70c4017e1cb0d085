"""Attendance by who is registered: a logistic regression whose events differ.

A registrant with features x of event e in series s comes with probability
1 / (1 + exp(-(x'b + v_s + u_e))), u_e ~ N(0, tau^2), v_s ~ N(0, sigma^2). Who decides
to come is known of people; what moves all of an event together is not, so that a
forecast integrates u_e.

References
----------
Breslow & Clayton (1993), Approximate inference in generalized linear mixed models,
JASA 88: the mode of (b, v, u) by Newton's method, tau and sigma from its curvature
(here by expectation-maximisation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm, t

from ml_assets.webinars.attendance import AttendanceForecast, forecast_of_chances
from ml_assets.webinars.errors import InvalidEvents, TooFewEvents
from ml_assets.webinars.events import Floats
from ml_assets.webinars.registrants import TRAITS, RegistrantGroups

__all__ = [
    "FEWEST_EVENTS",
    "RegistrantModel",
    "fit_registrants",
    "forecast_registrants",
]

#: Past events below which features of registrants are not weighed (definitions: 30).
FEWEST_EVENTS: Final = 30

# Of weights of the log odds before any event: traits may matter much, channels little.
_TRAIT_SD, _CHANNEL_SD = 2.5, 0.5
# What series are taken to differ by with as many as there are, as of two series.
_SERIES_SD, _SERIES_PRIOR = 0.5, 2.0
# Rounds of expectation-maximisation; it nears a small tau slowly, and from above.
_ROUNDS, _SAME, _NEWTON = 200, 1e-3, 2
_LEAST_VARIANCE = 1e-4
# Of the event's effect, at which chances are summed.
_NODES = 61


@dataclass(frozen=True)
class RegistrantModel:
    """A fitted model.

    Attributes
    ----------
    weights
        Shape (features + 1,): b, the intercept first, in log odds.
    series_effects
        v of each series seen, in log odds.
    event_sd, series_sd
        tau and sigma, in log odds.
    covariance
        Shape (features + 1 + series, same): of b and v.
    event_count
        Events it was fitted on.
    """

    weights: Floats
    series_effects: dict[str, float]
    event_sd: float
    series_sd: float
    covariance: Floats
    event_count: int


def forecast_registrants(
    model: RegistrantModel, coming: RegistrantGroups
) -> AttendanceForecast:
    """Attendees among the registrants of one event to come.

    An event of a series not seen is of one drawn among those seen.

    Raises
    ------
    InvalidEvents
        Nobody is registered, or for several events.
    """
    registrants = coming.registrants
    people = int(registrants.sum())
    if len(coming) != 1 or people < 1:
        raise InvalidEvents("Nobody is registered, or for several events at once.")
    line = model.weights[0] + coming.features @ model.weights[1:]
    line = line + model.series_effects.get(coming.series[0], 0.0)
    spread = np.sqrt(_variance(model, coming))
    middles = (np.arange(_NODES) + 0.5) / _NODES
    # As many degrees of freedom as tau is known by.
    moves = t.ppf(middles, max(model.event_count - 1, 2)) * spread
    shares = expit(line + moves[:, None])
    mean = shares @ registrants
    noise = np.sqrt((shares * (1 - shares)) @ registrants)
    edges = np.arange(people + 2) - 0.5
    below = norm.cdf(edges, mean[:, None], np.maximum(noise, 1e-9)[:, None])
    chances = np.diff(below, axis=1).mean(axis=0)
    return forecast_of_chances(np.asarray(chances / chances.sum()))


def _variance(model: RegistrantModel, coming: RegistrantGroups) -> float:
    """Of the log odds of all together: the event's own, and what is not known."""
    names, series = list(model.series_effects), coming.series[0]
    share = coming.registrants / coming.registrants.sum()
    at = np.zeros(len(model.covariance))
    at[0] = 1
    at[1 : len(model.weights)] = share @ coming.features
    if is_known := series in names:
        at[len(model.weights) + names.index(series)] = 1
    unseen = 0.0 if is_known else model.series_sd**2
    return float(model.event_sd**2 + unseen + at @ model.covariance @ at)


def fit_registrants(past: RegistrantGroups) -> RegistrantModel:
    """Fit the model to past events.

    Raises
    ------
    TooFewEvents
        Fewer than 30.
    """
    if len(past) < FEWEST_EVENTS:
        raise TooFewEvents(
            f"{len(past)} past events: from {FEWEST_EVENTS} on it is weighed who is "
            "registered."
        )
    fit = _Fit(past)
    for _ in range(_ROUNDS):
        before = np.log(fit.variances)
        fit.step()
        if np.abs(np.log(fit.variances) - before).max() < _SAME:
            break
    size = 1 + past.features.shape[1]
    return RegistrantModel(
        weights=fit.common[:size],
        series_effects=dict(zip(fit.names, fit.common[size:].tolist(), strict=True)),
        event_sd=float(np.sqrt(fit.variances[0])),
        series_sd=float(np.sqrt(fit.variances[1])),
        covariance=fit.covariance,
        event_count=len(past),
    )


class _Fit:
    """The mode of (b, v) and u, and the curvature there, for (tau^2, sigma^2)."""

    def __init__(self, past: RegistrantGroups) -> None:
        self.names = sorted(set(past.series))
        self._past = past
        of = np.array([self.names.index(each) for each in past.series])[past.event]
        ones = np.ones((len(past.event), 1))
        series = (of[:, None] == np.arange(len(self.names))).astype(np.float64)
        self._design = np.hstack([ones, past.features, series])
        self._weight_count = 1 + past.features.shape[1]
        share = (past.shows.sum() + 0.5) / (past.registrants.sum() + 1)
        self.common = np.zeros(self._design.shape[1])
        self.common[0] = logit(share)
        self.events = np.zeros(len(past))
        self.variances = np.array([0.1, _SERIES_SD**2])
        self.covariance = np.eye(len(self.common))

    def step(self) -> None:
        """Newton's method to the mode, then the variances that make it likely."""
        for _ in range(_NEWTON):
            spread = self._newton()
        series = slice(self._weight_count, None)
        effects = self.common[series] ** 2 + np.diag(self.covariance)[series]
        prior = _SERIES_PRIOR * _SERIES_SD**2
        self.variances = np.array(
            [
                max(float((self.events**2 + spread).mean()), _LEAST_VARIANCE),
                float(effects.sum() + prior) / (len(self.names) + _SERIES_PRIOR),
            ]
        )

    def _newton(self) -> Floats:
        """A step towards the mode; the variance of each event's effect."""
        past, count = self._past, len(self.events)
        share = expit(self._design @ self.common + self.events[past.event])
        error = past.shows - past.registrants * share
        weight = past.registrants * share * (1 - share)
        ridge = np.full(len(self.common), 1 / _CHANNEL_SD**2)
        ridge[: 1 + len(TRAITS)] = 1 / _TRAIT_SD**2
        ridge[0] = 0
        ridge[self._weight_count :] = 1 / self.variances[1]
        both = np.zeros((count, len(self.common)))
        np.add.at(both, past.event, weight[:, None] * self._design)
        own = np.bincount(past.event, weight, count) + 1 / self.variances[0]
        pull = np.bincount(past.event, error, count) - self.events / self.variances[0]
        common = self._design.T @ error - ridge * self.common
        # The events' part of the curvature is diagonal: what is left without it.
        rest = (weight[:, None] * self._design).T @ self._design + np.diag(ridge)
        self.covariance = np.linalg.inv(rest - both.T @ (both / own[:, None]))
        move = self.covariance @ (common - both.T @ (pull / own))
        self.common = self.common + move
        self.events = self.events + (pull - both @ move) / own
        shared = np.einsum("ei,ij,ej->e", both, self.covariance, both)
        return np.asarray(1 / own + shared / own**2)
