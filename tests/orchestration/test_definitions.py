"""The asset graph runs from the tap to the dashboard, and says who is who."""

import re
import subprocess
import sys
from functools import cache
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.lib.connections.sources import SOURCES, api_sources
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.operations.by_itself import (
    SCHEDULES,
    schedule_status,
    sensor_status,
)
from tests.orchestration.definition_names import KEPT, names


@cache
def _graph() -> Any:
    return defs().resolve_asset_graph()


def _materialised() -> list[dg.AssetKey]:
    graph = _graph()
    return [k for k in graph.get_all_asset_keys() if graph.get(k).is_materializable]


_DBT_ROOMS = ("staging", "personal", "intermediate", "marts", "reporting")


def test_nothing_appears_vanishes_or_changes_its_kind_unseen() -> None:
    # What changed on purpose: python -m tests.orchestration.definition_names
    assert names() == KEPT.read_text().splitlines()


def test_the_dashboard_descends_from_the_tap() -> None:
    graph = _graph()
    ancestors: set[dg.AssetKey] = set()
    waiting = [dg.AssetKey(["dashboards", "clientes"])]
    while waiting:
        parents = graph.get(waiting.pop()).parent_keys
        waiting += parents - ancestors
        ancestors |= parents

    assert dg.AssetKey(["raw_files", "purchases"]) in ancestors
    assert dg.AssetKey(["predictions", "predictions_customer"]) in ancestors


def test_the_dashboard_waits_for_every_view_its_cards_read() -> None:
    texts = (
        path.read_text(encoding="utf-8")
        for path in (PROJECT_ROOT / "metabase" / "pages").glob("*/*.yml")
    )
    read = {name for text in texts for name in re.findall(r"reporting\.(\w+)", text)}
    known = {key.path[1] for key in _materialised() if key.path[0] == "reporting"}

    waits_for = _graph().get(dg.AssetKey(["dashboards", "clientes"])).parent_keys

    assert {key.path[1] for key in waits_for} == read & known


def test_nothing_reaches_back() -> None:
    order = ["raw", "ops", "personal", "staging", "intermediate", "marts"]
    order += ["predictions", "reporting", "dashboards"]
    graph = _graph()

    def room(key: dg.AssetKey) -> int:
        schema = key.path[0]
        return order.index("raw" if schema.startswith("raw_") else schema)

    for key in graph.get_all_asset_keys():
        for parent in graph.get(key).parent_keys:
            assert room(parent) <= room(key), key


def test_every_asset_is_described_owned_grouped_and_partitioned() -> None:
    graph = _graph()

    for key in _materialised():
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.group_name != "default", key
        assert node.partitions_def is not None, key
        assert set(node.partitions_def.partition_dimension_names) == {"company", "day"}


def test_every_check_of_ours_says_what_holds_when_it_is_passed() -> None:
    graph = _graph()

    # Those of dbt say what they test by their names.
    bare = [
        key.to_user_string()
        for key in graph.asset_check_keys
        if key.asset_key.path[0] not in _DBT_ROOMS and not graph.get(key).description
    ]

    assert bare == []


def test_every_gate_is_a_check() -> None:
    checks = {
        check.name
        for check in _graph().asset_check_keys
        if check.asset_key.path[0] == "predictions"
        or check.asset_key.path[0].startswith("raw_")
        or (
            check.asset_key == dg.AssetKey(["marts", "company_days"])
            and check.name.startswith("usual_")
        )
    }

    assert checks == {
        "rows_and_totals_match_the_files",
        "rows_equal_what_the_source_counted",
        "was_read_to_its_end",
        "landed_rows_have_their_keys",
        "landed_rows_keep_the_contract",
        "usual_order_count",
        "usual_net_revenue",
        "enough_data",
        "recent_orders",
        "same_past",
        "living_sources",
        "usual_amounts",
        "stable_totals",
        "better_than_naive",
        "inside_own_interval",
        "independence_of_frequency_and_value",
        "converged",
        "probabilities_in_range",
        "reconciles_with_mart",
        "last_touches_are_last_clicks",
        "has_media_spend",
        "enough_media_history",
        "mix_converged",
        "baseline_not_negative",
        "mix_better_than_naive",
        "certain_enough",
        "within_observed_spend",
        "stable_returns",
        "distinct_channels",
        "quiet_residuals",
        "spend_not_set_by_sales",
        "experiments_agree",
        "total_not_from_prior",
        "channels_steady",
        "no_unusual_periods",
        "published_rows_in_range",
    }


def test_alerts_are_looked_at_every_minute() -> None:
    sensor = defs().get_sensor_def("alert_dispatch")

    assert sensor.minimum_interval_seconds == 60


def test_a_machine_of_ones_own_starts_with_nothing_that_runs_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on = schedule_status(), sensor_status()
    monkeypatch.setenv(SCHEDULES, "off")

    assert on == (dg.DefaultScheduleStatus.RUNNING, dg.DefaultSensorStatus.RUNNING)
    assert schedule_status() is dg.DefaultScheduleStatus.STOPPED
    assert sensor_status() is dg.DefaultSensorStatus.STOPPED


def test_every_job_schedule_and_sensor_is_named_and_on() -> None:
    repository = defs().get_repository_def()

    schedules = {each.name: each for each in repository.schedule_defs}
    assert {name: each.job_name for name, each in schedules.items()} == {
        "daily_refresh": "refresh_company",
        "hourly_refresh": "refresh_operations",
        "tactical_refresh": "refresh_orders",
        "due_reports": "mail_reports",
        "daily_apply": "apply_to_server",
    }
    assert {each.default_status for each in schedules.values()} == {
        dg.DefaultScheduleStatus.RUNNING
    }
    sensors = {each.name: each.default_status for each in repository.sensor_defs}
    assert sensors == {
        "action_requests": dg.DefaultSensorStatus.RUNNING,
        "alert_dispatch": dg.DefaultSensorStatus.RUNNING,
        "company_added": dg.DefaultSensorStatus.RUNNING,
        "old_runs": dg.DefaultSensorStatus.RUNNING,
        "refused_logins": dg.DefaultSensorStatus.RUNNING,
        "run_canceled": dg.DefaultSensorStatus.RUNNING,
        "run_failed": dg.DefaultSensorStatus.RUNNING,
        "run_succeeded": dg.DefaultSensorStatus.RUNNING,
        "webhook_deliveries": dg.DefaultSensorStatus.RUNNING,
        "website_probe": dg.DefaultSensorStatus.RUNNING,
    }
    jobs = {each.name for each in repository.get_all_jobs()}
    # What webhooks delivered is run when a sensor finds some.
    assert jobs - {"__ASSET_JOB"} == {
        "refresh_delivered",
        *(each.job_name for each in schedules.values()),
    }


def test_loading_the_definitions_asks_neither_the_network_nor_the_database() -> None:
    program = (
        "import socket\n"
        "def refuse(*arguments): raise AssertionError(arguments)\n"
        "socket.socket.connect = refuse\n"
        "import psycopg\n"
        "psycopg.connect = psycopg.Connection.connect = refuse\n"
        "from orchestration.definitions import defs\n"
        "defs().get_repository_def()\n"
        "import sys\n"
        "print(*sorted(_SLOW & set(sys.modules)))\n"
    )
    slow = "_SLOW = {'altair', 'great_expectations', 'matplotlib', 'alembic'}\n"

    done = subprocess.run(
        [sys.executable, "-c", slow + program],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    # What only a run needs is imported by the run.
    assert done.stdout.split() == []


def test_every_table_of_the_registry_is_an_asset_of_its_source() -> None:
    graph = _graph()

    for source in SOURCES.values():
        for table in source.tables:
            node = graph.get(dg.AssetKey([source.schema, table.name]))
            assert node.is_materializable, node.key
            assert node.group_name == f"ingest_{source.slug}"


def test_many_days_of_a_source_are_one_run() -> None:
    graph = _graph()

    for source in api_sources():
        node = graph.get(dg.AssetKey([source.schema, source.tables[0].name]))
        assert node.backfill_policy == dg.BackfillPolicy.single_run()


def test_every_raw_table_dbt_reads_is_filled_by_a_tap() -> None:
    graph = _graph()

    unfilled = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if key.path[0].startswith("raw_") and not graph.get(key).is_materializable
    ]

    # What comes by webhook is filled by a sensor, which reports it; so are probes.
    assert sorted(unfilled) == ["raw_probe/uptime_checks", "raw_webhooks/events"]
