"""What Cuaderno can do, and when its accounts come to what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from sandbox.saas.accounts import PLANS, Account

__all__ = ["BEFORE", "FEATURES", "VALUE", "feature_rows", "levels", "value_days"]

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
_NAMES: Final = [name for name, _, _ in FEATURES]
VALUE: Final = _NAMES.index("tareas")
"""Place of the feature whose first use is the first value."""
BEFORE: Final = _NAMES.index("notas")
"""Place of what is used until then in its stead."""
_SLOW_BY_CHANCE: Final = 0.1


def feature_rows(first_day: date) -> list[Mapping[str, Any]]:
    """The file of features; the first value is a task."""
    return [
        {
            "feature": name,
            "tier": tier,
            "plans": plans,
            "is_value_event": str(name == _NAMES[VALUE]).lower(),
            "released_at": first_day,
        }
        for name, tier, plans in FEATURES
    ]


def levels() -> np.ndarray:
    """The place of the least plan that has each feature."""
    return np.array(
        [PLANS.index(plans.split(";")[0]) if plans else 0 for _, _, plans in FEATURES]
    )


def value_days(accounts: Sequence[Account], rng: np.random.Generator) -> list[date]:
    """The day from which on each uses tasks; whose onboarding fails comes to it late.

    One in ten of the others is late, too, and no likelier to leave for it.
    """
    days = []
    for one in accounts:
        failed = any(each.cause == "onboarding" for each in one.troubles)
        is_slow = failed or rng.random() < _SLOW_BY_CHANCE
        fast, slow = int(rng.integers(0, 6)), int(rng.integers(21, 70))
        days.append(
            one.joined_on + timedelta(days=slow)
            if is_slow
            else one.signed_up_on + timedelta(days=fast)
        )
    return days
