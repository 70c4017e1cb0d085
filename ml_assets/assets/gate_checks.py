"""Gates as asset checks, in the words people read on the dashboard."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache

import dagster as dg

from orchestration.lib.warehouse.dbt import dbt_project

__all__ = ["gate_checks"]


def gate_checks(
    gates: Iterable[str], asset: dg.AssetKey, *, blocking: bool
) -> list[dg.AssetCheckSpec]:
    """A check per gate; its description is the gate's English label.

    Raises
    ------
    KeyError
        A gate has no row in the seed ``gate_labels``.
    """
    return [
        dg.AssetCheckSpec(
            gate, asset=asset, blocking=blocking, description=f"{_labels()[gate]}."
        )
        for gate in gates
    ]


@cache
def _labels() -> dict[str, str]:
    # The labels are made once, in the seed that the reporting views read.
    seed = dbt_project.project_dir / "seeds/labels/platform/gate_labels.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        return {row["gate"]: row["label_en"] for row in csv.DictReader(file)}
