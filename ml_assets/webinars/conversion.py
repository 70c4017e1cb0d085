"""How probable a purchase is after a webinar, by what was known before the offer.

P(y = 1 | x) = 1 / (1 + exp(-(a + c (w0 + w'z)))), z the standardised features: w by
logistic regression with an L2 penalty on all but the last window, a and c by Platt's
method on that window. Base rates move; a score is only as good as its last calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from ml_assets.sentences import Sentence
from ml_assets.webinars.errors import NotConverged, TooFewConversions
from ml_assets.webinars.leads import Floats, Leads

__all__ = [
    "CALIBRATED_ON",
    "FEWEST_CONVERSIONS",
    "FEWEST_PER_FEATURE",
    "ConversionScore",
    "fit_conversion",
]

#: Conversions below which rules are better than a score.
FEWEST_CONVERSIONS: Final = 50
#: And per feature.
FEWEST_PER_FEATURE: Final = 10
#: People of the last window, on whose outcomes the score is calibrated.
CALIBRATED_ON: Final = 1000

# At most this share of all is the last window.
_WINDOW_SHARE = 1 / 3
# Weights of standardised features lie mostly within 0.2 of nothing; what this takes off
# all of them together, the slope of the calibration puts back.
_PENALTY: Final = 30.0
_PLATT_PENALTY = 1e-3
_GRADIENT_IS_ZERO = 1e-3


@dataclass(frozen=True)
class ConversionScore:
    """A fitted score.

    Attributes
    ----------
    names
        Of the features.
    weights
        Shape (features + 1,): w0, then w, of standardised features.
    centre, scale
        Shape (features,): what was taken off, what was divided by.
    offset, slope
        a and c of Platt's calibration.
    trained_count, calibrated_count, conversion_count
        People, and conversions among all of them.
    """

    names: tuple[str, ...]
    weights: Floats
    centre: Floats
    scale: Floats
    offset: float
    slope: float
    trained_count: int
    calibrated_count: int
    conversion_count: int

    def linear(self, features: Floats) -> Floats:
        """w0 + w'z, shape (people,)."""
        z = (features - self.centre) / self.scale
        return np.asarray(self.weights[0] + z @ self.weights[1:])

    def uncalibrated(self, features: Floats) -> Floats:
        """Probabilities as before the last window, shape (people,)."""
        return np.asarray(expit(self.linear(features)))

    def probabilities(self, features: Floats) -> Floats:
        """Calibrated probabilities, shape (people,)."""
        return np.asarray(expit(self.offset + self.slope * self.linear(features)))


def fit_conversion(leads: Leads) -> ConversionScore:
    """The score of people whose outcomes are all known, in the order of time.

    Raises
    ------
    TooFewConversions
        Fewer than 50, than 10 per feature, or none in the last window.
    NotConverged
        The likelihood has no maximum that could be found.

    References
    ----------
    Platt (1999), Probabilistic Outputs for Support Vector Machines: targets
    (N+ + 1) / (N+ + 2) and 1 / (N- + 2) instead of 1 and 0.
    """
    _enough(leads)
    window = min(CALIBRATED_ON, int(len(leads) * _WINDOW_SHARE))
    before = leads.part(0, len(leads) - window)
    last = leads.part(len(leads) - window, len(leads))
    for part in (before, last):
        if not 0 < part.converted.sum() < len(part):
            raise TooFewConversions(
                Sentence(
                    "conversion.one_sided",
                    "{converted:,} of {people:,} people converted, before the last "
                    "window or in it: a score needs some who did and some who did not "
                    "in both.",
                    converted=int(part.converted.sum()),
                    people=len(part),
                )
            )
    return _calibrated(before, last)


def _enough(leads: Leads) -> None:
    conversions = int(leads.converted.sum())
    needed = max(FEWEST_CONVERSIONS, FEWEST_PER_FEATURE * (len(leads.names) + 1))
    if conversions < needed:
        raise TooFewConversions(
            Sentence(
                "conversion.too_few",
                "{conversions:,} conversions of {people:,} people: {needed} are needed "
                "for {features} features. Order people by rules until there are more.",
                conversions=conversions,
                people=len(leads),
                needed=needed,
                features=len(leads.names),
            )
        )


def _calibrated(before: Leads, last: Leads) -> ConversionScore:
    centre, scale = before.features.mean(axis=0), before.features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    weights = _logistic((before.features - centre) / scale, before.converted, _PENALTY)
    line = weights[0] + (last.features - centre) / scale @ weights[1:]
    came = last.converted.sum()
    targets = np.where(
        last.converted == 1,
        (came + 1) / (came + 2),
        1 / (len(last) - came + 2),
    )
    offset, slope = _logistic(line[:, None], targets, _PLATT_PENALTY)
    return ConversionScore(
        names=before.names,
        weights=weights,
        centre=centre,
        scale=scale,
        offset=float(offset),
        slope=float(slope),
        trained_count=len(before),
        calibrated_count=len(last),
        conversion_count=int(before.converted.sum() + came),
    )


def _logistic(z: Floats, y: Floats, penalty: float) -> Floats:
    """w0 and w of least -log likelihood + penalty / 2 |w|^2; w0 is not penalised."""
    ones = np.column_stack([np.ones(len(z)), z])
    ridge = np.full(ones.shape[1], penalty)
    ridge[0] = 0

    def surprise(w: Floats) -> tuple[float, Floats]:
        line = ones @ w
        value = np.logaddexp(0, line).sum() - y @ line + (ridge * w * w).sum() / 2
        return float(value), ones.T @ (expit(line) - y) + ridge * w

    def curvature(w: Floats) -> Floats:
        p = expit(ones @ w)
        return np.asarray((ones * (p * (1 - p))[:, None]).T @ ones + np.diag(ridge))

    start = np.zeros(ones.shape[1])
    start[0] = logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))
    found = minimize(surprise, start, jac=True, hess=curvature, method="trust-exact")
    gradient = np.abs(surprise(found.x)[1]).max()
    if not gradient < _GRADIENT_IS_ZERO * max(1.0, y.sum()):
        raise NotConverged(f"Logistic regression of {len(y)} people: {found.message}")
    return np.asarray(found.x)
