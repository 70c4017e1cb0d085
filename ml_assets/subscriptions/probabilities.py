"""How good stated probabilities of leaving were, beside the share of all who leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_assets.clv.calibration import expected_calibration_error
from ml_assets.subscriptions.reading import Bools, Floats

__all__ = ["ChanceGrade", "calibration_limit", "grade_chances"]


@dataclass(frozen=True)
class ChanceGrade:
    """How far probabilities were from what came.

    ``brier`` is the mean squared gap, ``base_brier`` that of the share of all who left,
    said of everybody; ``calibration_error`` the mean gap of ten equal groups (a share).
    """

    brier: float
    base_brier: float
    calibration_error: float

    @property
    def skill(self) -> float:
        """Share of the base rate's Brier score that the probabilities save."""
        return 1 - self.brier / self.base_brier if self.base_brier else float("nan")


def grade_chances(probability: Floats, left: Bools) -> ChanceGrade:
    """Grade probabilities; shapes (n,)."""
    base = left.mean()
    return ChanceGrade(
        brier=float(np.mean((probability - left) ** 2)),
        base_brier=float(base * (1 - base)),
        calibration_error=expected_calibration_error(probability, left),
    )


def calibration_limit(probability: Floats, *, draws: int = 200) -> float:
    """The calibration error that true probabilities pass once in forty by chance.

    Who leaves is drawn from the probabilities themselves, shape (n,).
    """
    rng = np.random.default_rng(probability.size)
    errors = [
        expected_calibration_error(
            probability, rng.random(probability.size) < probability
        )
        for _ in range(draws)
    ]
    return float(np.quantile(errors, 0.975))
