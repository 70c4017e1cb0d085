"""What did not change is tested, too, when somebody says `--force`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from orchestration.lib.dagster_home import open_instance
from orchestration.lib.settings import Settings
from tests.end_to_end.conftest import Row, Timonel, purchase_log

_VIEWS = {"staging", "intermediate", "reporting"}


def _rooms_tested(timonel: Timonel) -> dict[str, int]:
    """How many checks of each room were evaluated so far, by the runs of Dagster."""
    found: dict[str, int] = {}
    with open_instance(Settings(timonel.home, timonel.url)) as instance:
        for run in instance.get_runs():
            for entry in instance.all_logs(
                run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
            ):
                assert entry.dagster_event is not None
                check = entry.dagster_event.asset_check_evaluation_data
                room = check.asset_key.path[0]
                found[room] = found.get(room, 0) + 1
    return found


def test_force_tests_views_that_other_runs_leave_out(
    timonel: Timonel,
    log_file: Callable[[str, list[Row]], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Looking at the runs names their home to Dagster.
    monkeypatch.setenv("DAGSTER_HOME", os.environ.get("DAGSTER_HOME", ""))
    orders = log_file("orders.csv", purchase_log(customers=60, seed=17))
    timonel.run("company", "add", "acme")
    timonel.run("connect", "files", str(orders), "--company", "acme")
    timonel.run("run", "--as-of", "2024-12-29")
    # From here on the project is as it was.
    first = _rooms_tested(timonel)

    timonel.run("run", "--as-of", "2024-12-30")
    second = _rooms_tested(timonel)
    timonel.run("run", "--as-of", "2024-12-30", "--force")
    third = _rooms_tested(timonel)

    # Of the views it looks at nothing; the one check is our own, of the service levels.
    assert second["marts"] > first["marts"]
    assert {room: second.get(room, 0) - first.get(room, 0) for room in _VIEWS} == {
        "staging": 0,
        "intermediate": 0,
        "reporting": 1,
    }
    assert all(third[room] - second.get(room, 0) > 1 for room in _VIEWS)
