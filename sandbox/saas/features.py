"""What Cuaderno can do, and when its accounts come to what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from sandbox.saas.accounts import Account

__all__ = ["FEATURES", "feature_rows", "value_truth", "with_first_values"]

FEATURES: Final = (
    ("notas", "core", ""),
    ("tareas", "core", ""),
    ("calendario", "core", ""),
    ("plantillas", "advanced", "equipo;empresa"),
    ("automatizaciones", "advanced", "equipo;empresa"),
    ("permisos", "advanced", "empresa"),
    ("api", "integrations", "empresa"),
    ("correo", "integrations", ""),
    ("informes", "reporting", "equipo;empresa"),
    ("exportar", "reporting", ""),
)
_VALUE: Final = "tareas"
_BEFORE: Final = "notas"
_SOON_GONE_DAYS: Final = 180
_SLOW: Final = {True: 0.8, False: 0.12}
"""Chance to be slow, of accounts that leave within half a year and of the others."""

Row = Mapping[str, Any]


def feature_rows(first_day: date) -> list[Row]:
    """The file of features; the first value is a task."""
    return [
        {
            "feature": name,
            "tier": tier,
            "plans": plans,
            "is_value_event": str(name == _VALUE).lower(),
            "released_at": first_day,
        }
        for name, tier, plans in FEATURES
    ]


def with_first_values(
    events: Iterable[Row], accounts: Sequence[Account], rng: np.random.Generator
) -> Iterator[Row]:
    """Events in which an account writes tasks from some day on: the slow ones leave.

    Until then it writes notes instead; the first use from that day on is a task.
    """
    begins = {one.account_id: _value_day(one, rng) for one in accounts}
    reached: set[str] = set()
    for row in events:
        account = row["account_id"]
        feature = row["feature"]
        if feature and row["occurred_at"].date() < begins[account]:
            feature = _BEFORE if feature == _VALUE else feature
        elif feature and account not in reached:
            reached.add(account)
            feature = _VALUE
        yield {**row, "feature": feature}


def value_truth(events: Sequence[Row], accounts: Sequence[Account]) -> dict[str, int]:
    """How many accounts came to their first value, of those seen from their start."""
    first_day = min(row["occurred_at"].date() for row in events)
    seen = {one.account_id for one in accounts if one.joined_on >= first_day}
    there = {row["account_id"] for row in events if row["feature"] == _VALUE}
    return {"value_reached_count": len(seen & there)}


def _value_day(one: Account, rng: np.random.Generator) -> date:
    stayed = (one.left_on - one.joined_on).days if one.left_on else None
    is_slow = rng.random() < _SLOW[stayed is not None and stayed < _SOON_GONE_DAYS]
    fast, slow = int(rng.integers(0, 6)), int(rng.integers(21, 70))
    return one.joined_on + timedelta(days=slow if is_slow else fast)
