"""A column says what the model says in which it was born."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.lib.warehouse.column_descriptions import (
    described_above,
    inherit_descriptions,
)


def _model(*above: str, **columns: str) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "depends_on": {"nodes": list(above)},
        "columns": {
            name: {"name": name, "description": said} for name, said in columns.items()
        },
    }


@pytest.fixture
def manifest() -> dict[str, Any]:
    """Two staging models, one between, a mart and a view."""
    return {
        "docs": {"doc.timonel.company_id": {"block_contents": "The tenant."}},
        "nodes": {
            "model.timonel.bills": _model("source.timonel.bills", amount="Billed."),
            "model.timonel.calls": _model(amount="Minutes.", caller="Who called."),
            "model.timonel.between": _model(
                "model.timonel.bills", "model.timonel.calls", amount="Billed\n  twice."
            ),
            "model.timonel.mart": _model(
                "model.timonel.between", amount="", caller="", company_id="", lost=""
            ),
            "model.timonel.view": _model("model.timonel.mart", amount="", caller=""),
        },
    }


def test_the_nearest_model_that_says_something_is_believed(
    manifest: dict[str, Any],
) -> None:
    inherit_descriptions(manifest)

    told = {
        name: {key: column["description"] for key, column in node["columns"].items()}
        for name, node in manifest["nodes"].items()
    }
    assert told["model.timonel.mart"] == {
        "amount": "Billed twice.",
        "caller": "Who called.",
        "company_id": "The tenant.",
        "lost": "",
    }
    assert told["model.timonel.view"] == {
        "amount": "Billed twice.",
        "caller": "Who called.",
    }


def test_models_equally_near_that_disagree_say_nothing(
    manifest: dict[str, Any],
) -> None:
    del manifest["nodes"]["model.timonel.between"]["columns"]["amount"]

    assert described_above(manifest, "model.timonel.mart", "amount") == ""


def test_a_column_that_no_file_lists_is_looked_for_in_the_same_way(
    manifest: dict[str, Any],
) -> None:
    assert described_above(manifest, "model.timonel.between", "caller") == "Who called."
    assert described_above(manifest, "model.timonel.calls", "company_id") == (
        "The tenant."
    )
