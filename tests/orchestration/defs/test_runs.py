"""What the daemon ran is kept beside what the command line ran."""

from datetime import date
from typing import Any
from uuid import uuid4

import dagster as dg
import psycopg
import pytest

from orchestration.defs.operations.runs import run_canceled, run_failed, run_succeeded
from orchestration.lib.operations.dagster_home import own_process_tag
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.partitions import company_days, partition_key
from orchestration.lib.warehouse import warehouse as warehouse_module
from orchestration.lib.warehouse.warehouse import Warehouse

_RUNS = """
    select company_id, as_of_date, status, message, finished_at >= started_at, job_name
    from ops.runs order by status
"""


@dg.op(config_schema={"fails": bool})
def work(context: dg.OpExecutionContext) -> None:
    if context.op_config["fails"]:
        raise dg.Failure("The shop is frozen.")


@dg.job(partitions_def=company_days)
def refresh() -> None:
    work()


@dg.asset(key_prefix="marts", partitions_def=company_days)
def orders() -> None:
    raise dg.Failure("A table is gone.")


def _run(
    instance: dg.DagsterInstance, *, fails: bool, company: str = "acme", **tags: Any
) -> None:
    result = refresh.execute_in_process(
        instance=instance,
        partition_key=partition_key(company, date(2026, 1, 31)),
        run_config={"ops": {"work": {"config": {"fails": fails}}}},
        tags=tags,
        raise_on_error=False,
    )
    _tell(instance, result, fails=fails)


def _tell(
    instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult, *, fails: bool
) -> None:
    """What the daemon does when a run is over."""
    kind = dg.DagsterEventType.RUN_FAILURE if fails else dg.DagsterEventType.RUN_SUCCESS
    (event,) = [e for e in result.all_events if e.event_type is kind]
    context = dg.build_run_status_sensor_context(
        sensor_name="sensor",
        dagster_instance=instance,
        dagster_run=instance.get_run_by_id(result.run_id) or result.dagster_run,
        dagster_event=event,
    )
    if fails:
        run_failed(context.for_run_failure(), warehouse=Warehouse())
    else:
        run_succeeded(context, warehouse=Warehouse())


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    add_company(database_url, Company("acme", "Acme", "EUR", "Europe/Madrid"))
    monkeypatch.setattr(warehouse_module, "_open", lambda settings: database_url)
    return database_url


def test_a_run_of_the_daemon_is_kept_with_its_reason(url: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", ["acme", "gone"])
        _run(instance, fails=False)
        _run(instance, fails=True)
        # The command line keeps its own; a removed company keeps nothing.
        _run(instance, fails=False, **own_process_tag())
        _run(instance, fails=False, company="gone")

    with psycopg.connect(url) as database:
        assert database.execute(_RUNS.encode()).fetchall() == [
            (
                "acme",
                date(2026, 1, 31),
                "failed",
                "The shop is frozen.",
                True,
                "refresh",
            ),
            ("acme", date(2026, 1, 31), "succeeded", None, True, "refresh"),
        ]


def test_a_run_that_failed_names_its_asset_and_its_number(url: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", ["acme"])
        result = dg.materialize(
            [orders],
            instance=instance,
            partition_key=partition_key("acme", date(2026, 1, 31)),
            raise_on_error=False,
        )
        _tell(instance, result, fails=True)

    with psycopg.connect(url) as database:
        assert database.execute(
            "select dagster_run_id, failed_asset, message from ops.runs"
        ).fetchall() == [(result.run_id, ["marts", "orders"], "A table is gone.")]


def test_a_run_cancelled_in_the_queue_and_one_that_never_started_are_kept(
    url: str,
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", ["acme"])
        canceled = _queued(instance)
        instance.report_run_canceled(canceled)
        run_canceled(
            _told(instance, canceled, dg.DagsterEventType.RUN_CANCELED),
            warehouse=Warehouse(),
        )
        lost = _queued(instance)
        instance.report_run_failed(lost, "It took longer than 300 seconds to start.")
        told = _told(instance, lost, dg.DagsterEventType.RUN_FAILURE)
        run_failed(told.for_run_failure(), warehouse=Warehouse())

    with psycopg.connect(url) as database:
        kept = database.execute(_RUNS.encode()).fetchall()
    assert [(row[2], row[3], row[4]) for row in kept] == [
        ("failed", "It took longer than 300 seconds to start.", True),
        ("stopped", "It was cancelled in Dagster before its end.", True),
    ]


def _queued(instance: dg.DagsterInstance) -> dg.DagsterRun:
    day = {"dagster/partition/company": "acme", "dagster/partition/day": "2026-01-31"}
    return instance.add_run(
        dg.DagsterRun(
            job_name="refresh",
            run_id=str(uuid4()),
            # One in the queue can be made by the daemon alone, and has no start either.
            status=dg.DagsterRunStatus.NOT_STARTED,
            tags=day,
        )
    )


def _told(
    instance: dg.DagsterInstance, run: dg.DagsterRun, kind: dg.DagsterEventType
) -> dg.RunStatusSensorContext:
    ((entry,),) = [instance.all_logs(run.run_id, of_type=kind)]
    assert entry.dagster_event is not None
    return dg.build_run_status_sensor_context(
        sensor_name="sensor",
        dagster_instance=instance,
        dagster_run=instance.get_run_by_id(run.run_id) or run,
        dagster_event=entry.dagster_event,
    )
