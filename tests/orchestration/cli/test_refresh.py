"""What a run from the command line asks Dagster for."""

from __future__ import annotations

from orchestration.cli.refresh import BELOW_PREDICTIONS
from orchestration.defs.transformation.dbt import dbt_marts


def test_a_run_asks_for_every_model_below_the_predictions() -> None:
    assert set(dbt_marts.group_names_by_key.values()) == set(BELOW_PREDICTIONS)
