"""A day that went wrong is tried again, later and later, unless a gate said no."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import dagster as dg
import pytest

from orchestration.lib.operations.attempts import next_attempt
from orchestration.lib.operations.dagster_home import own_process_tag

KEY = "acme|2026-01-31"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class How(dg.Config):
    """What becomes of the run: how its one check ends, and whether it fails after."""

    check: str = "passed"
    fails: bool = False


@dg.asset(
    check_specs=[
        dg.AssetCheckSpec("gate", asset="numbers", blocking=True),
        dg.AssetCheckSpec("told", asset="numbers"),
    ]
)
def numbers(
    config: How,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    for name in ("gate", "told"):
        is_warning = config.check == f"{name} warns"
        yield dg.AssetCheckResult(
            check_name=name,
            passed=config.check not in {name, f"{name} warns"},
            severity=dg.AssetCheckSeverity.WARN
            if is_warning
            else dg.AssetCheckSeverity.ERROR,
        )
    if config.fails:
        raise dg.Failure("The source is down.")
    yield dg.MaterializeResult()


NIGHT = dg.Definitions(
    assets=[numbers], jobs=[dg.define_asset_job("night", selection="numbers")]
)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def run(
    instance: dg.DagsterInstance, check: str = "passed", *, fails: bool, **tags: str
) -> datetime:
    """Run the night; when it ended."""
    result = NIGHT.resolve_job_def("night").execute_in_process(
        instance=instance,
        tags={"dagster/partition": KEY, **tags},
        run_config={"ops": {"numbers": {"config": {"check": check, "fails": fails}}}},
        raise_on_error=False,
    )
    record = instance.get_run_record_by_id(result.run_id)
    assert record is not None
    assert record.end_time is not None
    return datetime.fromtimestamp(record.end_time, UTC)


def test_a_day_is_tried_three_times_with_growing_waits(
    instance: dg.DagsterInstance,
) -> None:
    due = partial(next_attempt, instance, "night", KEY)
    assert due(datetime.now(UTC)) == 1

    ended = run(instance, fails=True)
    assert due(ended + 14 * MINUTE) is None
    assert due(ended + 15 * MINUTE) == 2

    ended = run(instance, fails=True)
    assert due(ended + 59 * MINUTE) is None
    assert due(ended + 60 * MINUTE) == 3

    ended = run(instance, fails=True)
    assert due(ended + DAY) is None


def test_what_went_well_is_not_tried_again(instance: dg.DagsterInstance) -> None:
    run(instance, fails=True)
    ended = run(instance, fails=False)

    assert next_attempt(instance, "night", KEY, ended + DAY) is None
    assert next_attempt(instance, "night", "acme|2026-02-01", ended + DAY) == 1
    assert next_attempt(instance, "night", "bolt|2026-01-31", ended + DAY) == 1


@pytest.mark.parametrize(
    ("check", "again"),
    [
        ("gate", None),
        # A gate that only warns, or a check that blocks nothing, such as a source
        # that was not read, is no reason to give the day up.
        ("gate warns", 2),
        ("told", 2),
    ],
)
def test_what_a_gate_blocked_is_for_people(
    instance: dg.DagsterInstance, check: str, again: int | None
) -> None:
    ended = run(instance, check, fails=True)

    assert next_attempt(instance, "night", KEY, ended + DAY) == again


def test_a_run_that_was_cancelled_before_it_began_is_tried_again(
    instance: dg.DagsterInstance,
) -> None:
    # A queued one can be made by the daemon alone, and differs in nothing here.
    queued = instance.create_run_for_job(
        NIGHT.resolve_job_def("night"),
        tags={"dagster/partition": KEY},
        status=dg.DagsterRunStatus.NOT_STARTED,
    )
    later = datetime.now(UTC) + DAY
    assert next_attempt(instance, "night", KEY, later) is None

    instance.report_run_canceled(queued)

    assert next_attempt(instance, "night", KEY, later) == 2


def test_runs_of_the_command_line_are_not_counted(
    instance: dg.DagsterInstance,
) -> None:
    ended = run(instance, fails=True, **own_process_tag())

    assert next_attempt(instance, "night", KEY, ended) == 1
