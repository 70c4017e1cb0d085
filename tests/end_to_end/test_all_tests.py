"""What did not change is tested, too, when somebody says `--force`."""

from __future__ import annotations

import os
from collections import Counter

import dagster as dg
import pytest

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.dagster_home import open_instance
from tests.end_to_end.conftest import SECOND, Timonel

_PLANNED = dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
_VIEWS = {"staging", "intermediate", "reporting"}


def _rooms_tested(timonel: Timonel) -> dict[str, int]:
    """How many checks of each room were evaluated so far, by the runs of Dagster.

    Each that was planned is among them: one left out would stand as skipped.
    """
    evaluated: Counter[str] = Counter()
    planned: Counter[str] = Counter()
    with open_instance(Settings(timonel.home, timonel.url)) as instance:
        for run in instance.get_runs():
            for entry in instance.all_logs(run.run_id):
                event = entry.dagster_event
                if event is None:
                    continue
                if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                    check = event.asset_check_evaluation_data
                    evaluated[check.asset_key.path[0]] += 1
                if event.event_type is _PLANNED:
                    planned[event.asset_check_planned_data.asset_key.path[0]] += 1
    assert planned == evaluated
    return dict(evaluated)


def test_force_tests_views_that_other_runs_leave_out(
    predicted_timonel: Timonel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Looking at the runs names their home to Dagster.
    monkeypatch.setenv("DAGSTER_HOME", os.environ.get("DAGSTER_HOME", ""))
    timonel = predicted_timonel
    # Each company ran once, in an installation whose models stood.
    usual = _rooms_tested(timonel)

    timonel.run("run", "--company", "tienda", "--as-of", SECOND, "--force")
    both = _rooms_tested(timonel)

    # Of the views they look at nothing; the one check is our own, of service levels.
    assert usual["marts"]
    assert {room: usual.get(room, 0) for room in _VIEWS} == {
        "staging": 0,
        "intermediate": 0,
        "reporting": 2,
    }
    forced = {room: both[room] - usual.get(room, 0) for room in _VIEWS}
    assert all(forced[room] > usual.get(room, 0) for room in _VIEWS)
