"""What is given for what, and what points buy: by a company's rules, else the usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import psycopg

from orchestration.lib.activation.points.refusals import PointsRefused
from orchestration.lib.warehouse.database import has_relation

__all__ = ["points_of", "rules_of"]

Kind = Literal["earn", "reward"]

_USUAL: Final[Mapping[Kind, Mapping[str, int]]] = {
    "earn": {
        "usage_month": 10,
        "feature_adopted": 5,
        "referral": 100,
        "feedback": 25,
    },
    "reward": {"credit": 100, "upgrade_month": 500, "course": 300},
}


def rules_of(
    database: psycopg.Connection, company_id: str, kind: Kind
) -> dict[str, int]:
    """Points of each rule: those of the company's file, the usual of what it leaves."""
    own: list[tuple[str, int]] = []
    if has_relation(database, "marts.points_rules"):
        own = database.execute(
            """select rule_id, points from marts.points_rules
            where company_id = %s and rule_kind = %s""",
            (company_id, kind),
        ).fetchall()
    return dict(_USUAL[kind]) | dict(own)


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
