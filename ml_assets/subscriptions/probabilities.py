"""How good stated probabilities of leaving were, beside the share of all who leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_assets.clv.calibration import expected_calibration_error
from ml_assets.subscriptions.reading import Bools, Floats

__all__ = ["ChanceGrade", "grade_chances"]


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
