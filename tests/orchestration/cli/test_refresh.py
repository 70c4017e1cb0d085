"""What a run from the command line asks Dagster for."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, console
from orchestration.cli.asset_runs import selected_keys
from orchestration.cli.refresh import BELOW_PREDICTIONS
from orchestration.defs.transformation.dbt import dbt_marts


def test_a_run_asks_for_every_model_below_the_predictions() -> None:
    assert set(dbt_marts.group_names_by_key.values()) == set(BELOW_PREDICTIONS)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--to", "2026-01-01"), "--to needs --from"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "is after"),
        (("--from", "2999-01-01"), "has not come yet"),
        (("--select", "marts/ordrs"), "Did you mean marts/orders"),
        (("--select", "group:ml_cvl"), "Did you mean group:ml_clv"),
        (("--select", "marts/orders", "--source", "shopify"), "exclude each other"),
    ],
)
def test_a_range_or_selection_that_cannot_be_is_refused_before_anything_runs(
    arguments: tuple[str, ...], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    monkeypatch.setattr(console, "_errors", Console(file=said, width=300))

    result = CliRunner().invoke(app, ["run", *arguments])

    assert result.exit_code == 1
    assert complaint in said.getvalue()


def test_a_selection_names_assets_and_what_follows_from_them() -> None:
    names = {key.to_user_string() for key in selected_keys("marts/customer_summaries+")}

    assert "marts/customer_summaries" in names
    assert "predictions/predictions_customer" in names
    assert not any(name.startswith("raw_") for name in names)
