"""How good a conversion score was on people who came later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from ml_assets.webinars.conversion import ConversionScore, fit_conversion
from ml_assets.webinars.leads import Floats, Leads

__all__ = [
    "MOST_CALIBRATION_ERROR",
    "ScoreGrade",
    "area_under_curve",
    "calibration_error",
    "grade_scores",
    "scores_in_time",
]

#: Above it probabilities are not to be shown as such.
MOST_CALIBRATION_ERROR: Final = 0.04
_BINS = 10


@dataclass(frozen=True)
class ScoreGrade:
    """Of probabilities that were said before the outcome.

    Attributes
    ----------
    people_count, base_ratio
        How many, and which share of them converted.
    area_under_curve
        Chance that who converted had the higher score; .5 is no order at all.
    calibration_error
        Mean distance of what was said from what came, over tenths of people.
    brier_score, brier_of_base
        Mean squared error, and of saying the base ratio of everybody.
    above_count
        People of .6 and more.
    """

    people_count: int
    base_ratio: float
    area_under_curve: float
    calibration_error: float
    brier_score: float
    brier_of_base: float
    above_count: int

    @property
    def is_calibrated(self) -> bool:
        """Whether what is said may be read as a probability."""
        return self.calibration_error <= MOST_CALIBRATION_ERROR


def area_under_curve(said: Floats, came: Floats) -> float:
    """Area under the ROC curve; NaN where all or none converted."""
    converted = came.sum()
    others = len(came) - converted
    if converted == 0 or others == 0:
        return float("nan")
    ranks = rankdata(said)[came == 1].sum()
    return float((ranks - converted * (converted + 1) / 2) / (converted * others))


def calibration_error(said: Floats, came: Floats, bins: int = _BINS) -> float:
    """Expected calibration error over ``bins`` parts of as many people each."""
    order = np.argsort(said, kind="stable")
    return float(
        sum(
            abs(said[part].mean() - came[part].mean()) * len(part)
            for part in np.array_split(order, min(bins, len(order)))
        )
        / len(said)
    )


def grade_scores(said: Floats, came: Floats) -> ScoreGrade:
    """Probabilities, shape (people,), beside what came of them."""
    base = float(came.mean())
    return ScoreGrade(
        people_count=len(came),
        base_ratio=base,
        area_under_curve=area_under_curve(said, came),
        calibration_error=calibration_error(said, came),
        brier_score=float(((said - came) ** 2).mean()),
        brier_of_base=base * (1 - base),
        above_count=int((said >= 0.6).sum()),
    )


def scores_in_time(
    leads: Leads, first: int, step: int
) -> tuple[Floats, Floats, list[ConversionScore]]:
    """Score ``step`` people at a time by all who came before them.

    Returns
    -------
    tuple
        Calibrated and uncalibrated probabilities of everybody from the ``first`` on,
        and the scores that said them.
    """
    said, raw, scores = [], [], []
    for at in range(first, len(leads), step):
        score = fit_conversion(leads.part(0, at))
        next_ones = leads.features[at : at + step]
        said.append(score.probabilities(next_ones))
        raw.append(score.uncalibrated(next_ones))
        scores.append(score)
    return np.concatenate(said), np.concatenate(raw), scores
