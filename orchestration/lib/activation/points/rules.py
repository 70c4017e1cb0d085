"""What the programme gives for what, and what points buy, unless somebody says else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestration.lib.activation.points.refusals import PointsRefused

__all__ = ["EARNED", "REWARDS", "points_of"]

EARNED: Final[Mapping[str, int]] = {
    "usage_month": 10,
    "feature_adopted": 5,
    "referral": 100,
    "feedback": 25,
}
REWARDS: Final[Mapping[str, int]] = {
    "credit": 100,
    "upgrade_month": 500,
    "course": 300,
}


def points_of(rules: Mapping[str, int], rule: str, points: int | None) -> int:
    """The points asked for, else those of the rule.

    Raises
    ------
    PointsRefused
        The rule is not known and no points are given, or they are not above 0.
    """
    found = rules.get(rule) if points is None else points
    if found is None:
        raise PointsRefused("unknown_rule", rule=rule, known=", ".join(rules))
    if found <= 0:
        raise PointsRefused("not_positive", points=found)
    return found
