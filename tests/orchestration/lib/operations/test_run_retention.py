"""The history of runs keeps what people look for, and not all that ever happened."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.lib.operations.run_retention import (
    FREQUENT_KEPT,
    KEPT,
    WELL_KEPT,
    forget_old_folders,
    forget_old_runs,
)
from orchestration.lib.operations.run_tags import HOURLY, NIGHTLY, RHYTHM, TACTICAL

_MINUTE = timedelta(minutes=1)


@dg.asset(config_schema={"fails": dg.Field(bool, default_value=False)})
def orders(context: dg.AssetExecutionContext) -> None:
    if context.op_execution_context.op_config["fails"]:
        raise dg.Failure("The shop is frozen.")


@dg.asset_check(asset=orders)
def is_complete() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def _run(instance: dg.DagsterInstance, rhythm: str, *, fails: bool = False) -> str:
    return dg.materialize(
        [orders, is_complete],
        instance=instance,
        run_config={"ops": {"orders": {"config": {"fails": fails}}}},
        tags={RHYTHM: rhythm},
        raise_on_error=False,
    ).run_id


def _kept(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def test_frequent_runs_that_went_well_are_kept_for_hours_and_others_for_months(
    instance: dg.DagsterInstance,
) -> None:
    for rhythm in (TACTICAL, HOURLY):
        _run(instance, rhythm)
    failed = _run(instance, TACTICAL, fails=True)
    night = _run(instance, NIGHTLY)
    now = datetime.now(UTC)

    assert forget_old_runs(instance, now + FREQUENT_KEPT - _MINUTE) == 0
    assert forget_old_runs(instance, now + FREQUENT_KEPT + _MINUTE) == 2
    assert _kept(instance) == {failed, night}
    assert forget_old_runs(instance, now + WELL_KEPT - _MINUTE) == 0
    assert forget_old_runs(instance, now + WELL_KEPT + _MINUTE) == 1
    assert _kept(instance) == {failed}
    assert forget_old_runs(instance, now + KEPT - _MINUTE) == 0
    assert forget_old_runs(instance, now + KEPT + _MINUTE) == 1
    assert _kept(instance) == set()


def test_what_is_forgotten_leaves_no_file_and_no_row(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    night, frequent = _run(instance, NIGHTLY), _run(instance, TACTICAL)
    (index,) = tmp_path.rglob("index.db")
    assert list(tmp_path.rglob(f"{frequent}.db"))
    # Where Dagster's daemon keeps what a run printed.
    (tmp_path / "dagster" / "storage" / frequent / "compute_logs").mkdir(parents=True)

    forget_old_runs(instance, datetime.now(UTC) + FREQUENT_KEPT + _MINUTE)

    assert list(tmp_path.rglob(f"{frequent}*")) == []
    with sqlite3.connect(index) as database:
        for table in ("event_logs", "asset_check_executions"):
            runs = database.execute(f"select distinct run_id from {table}").fetchall()
            assert runs == [(night,)], table
    # The night has made it, and says so.
    record = instance.get_latest_materialization_event(orders.key)
    assert record is not None
    assert instance.get_run_by_id(night) is not None
    assert [each.message for each in instance.all_logs(night)]


def test_a_run_that_is_not_over_stays_however_old_it_is(
    instance: dg.DagsterInstance,
) -> None:
    waiting = instance.create_run_for_job(
        dg.Definitions([orders]).resolve_implicit_global_asset_job_def(),
        status=dg.DagsterRunStatus.STARTED,
        tags={RHYTHM: TACTICAL},
    )

    assert forget_old_runs(instance, datetime.now(UTC) + 2 * KEPT) == 0
    assert _kept(instance) == {waiting.run_id}


def test_so_many_at_a_time_the_oldest_first(instance: dg.DagsterInstance) -> None:
    runs = [_run(instance, TACTICAL) for _ in range(3)]
    later = datetime.now(UTC) + FREQUENT_KEPT + _MINUTE

    assert forget_old_runs(instance, later, limit=2) == 2
    assert _kept(instance) == {runs[2]}
    assert forget_old_runs(instance, later, limit=2) == 1


def test_folders_of_dbt_go_after_a_day_and_nothing_else_does(tmp_path: Path) -> None:
    of_dbt = ("dbt_marts-86aa7a3-85b4892", "dbt_reporting-e8ec6ec-624a21a", "0a9c6cf")
    for name in (*of_dbt, "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    (tmp_path / "manifest.json").touch()
    now = datetime.now(UTC)

    assert forget_old_folders(tmp_path, now + timedelta(hours=23)) == 0
    assert forget_old_folders(tmp_path, now + timedelta(hours=25)) == 3
    assert {each.name for each in tmp_path.iterdir()} == {"mine", "manifest.json"}
    assert forget_old_folders(tmp_path / "gone", now) == 0
