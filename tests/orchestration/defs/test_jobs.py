"""Who is run when: nightly, weekly, hourly, tactically; late, once, again, alone."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from orchestration.definitions import defs
from orchestration.defs import jobs
from orchestration.defs.jobs import is_due
from orchestration.defs.tenancy import companies
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.operations.cadence import Rhythm
from orchestration.lib.tenancy.companies import Company


def _ticks_of(company: Company, first_day: datetime, days: int) -> list[datetime]:
    ticks = (first_day + timedelta(minutes=15 * n) for n in range(days * 96))
    return [tick for tick in ticks if is_due(company, tick)]


@pytest.mark.parametrize(
    ("time_zone", "utc_time"),
    [
        ("Europe/Madrid", "01:00"),
        ("America/Santiago", "05:00"),
        ("Asia/Kathmandu", "20:15"),
        ("Pacific/Auckland", "13:00"),
    ],
)
def test_a_company_is_due_when_it_is_two_in_the_morning_there(
    time_zone: str, utc_time: str
) -> None:
    company = Company("acme", "Acme", "EUR", time_zone)

    due = _ticks_of(company, datetime(2026, 1, 15, tzinfo=UTC), days=1)

    there = [tick.astimezone(ZoneInfo(time_zone)) for tick in due]
    assert utc_time in {tick.strftime("%H:%M") for tick in due}
    assert min(tick.time() for tick in there) == time(2, 0)


@pytest.mark.parametrize(
    ("time_zone", "day", "hours"),
    [
        ("Europe/Madrid", "2026-03-29", 23),
        ("Europe/Madrid", "2026-10-25", 25),
        # Chile's clocks change at midnight: one day ends late, another begins late.
        ("America/Santiago", "2026-04-04", 25),
        ("America/Santiago", "2026-09-06", 23),
    ],
)
def test_no_day_is_skipped_or_doubled_when_the_clocks_change(
    time_zone: str, day: str, hours: int
) -> None:
    company = Company("acme", "Acme", "EUR", time_zone)
    changes = date.fromisoformat(day)
    eve = datetime.combine(changes - timedelta(days=1), time(12), tzinfo=UTC)

    due = _ticks_of(company, eve, days=4)

    first_tick: dict[date, datetime] = {}
    for tick in due:
        first_tick.setdefault(company.last_complete_day(tick), tick)
    days = [changes + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2)]
    assert list(first_tick) == [each for each in days if each in first_tick]
    assert len(first_tick) == 5
    local = {
        each: tick.astimezone(ZoneInfo(time_zone)) for each, tick in first_tick.items()
    }
    # Madrid has no 02:00 on the morning its clocks go forward: the hour after 01:00.
    nights = [local[each].strftime("%H:%M") for each in days[1:]]
    assert set(nights) <= {"02:00", "03:00"}
    assert nights.count("03:00") == (time_zone == "Europe/Madrid" and hours == 23)
    midnights = [
        datetime.combine(each, time(), ZoneInfo(time_zone)).astimezone(UTC)
        for each in (changes, changes + timedelta(days=1))
    ]
    assert midnights[1] - midnights[0] == timedelta(hours=hours)


class _AnyWarehouse:
    def url(self) -> str:
        return "postgresql://nowhere"


PUBLISHED_WEEKLY = {"predictions_customer", "channel_attributions", "marketing_curves"}
MADRID = Company("madrid", "Madrid", "EUR", "Europe/Madrid")
SANTIAGO = Company("santiago", "Santiago", "CLP", "America/Santiago")
_SHOP = frozenset({"shopify", "calendar"})


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    # A schedule opens its instance by reference, which a wholly ephemeral one lacks.
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_dynamic_partitions("companies", ["madrid", "santiago"])
        yield instance


@pytest.fixture
def rhythms(monkeypatch: pytest.MonkeyPatch) -> list[Rhythm]:
    """What the database would say of the companies: change it in place."""
    found = [
        Rhythm(MADRID, source_slugs=_SHOP),
        Rhythm(SANTIAGO, source_slugs=_SHOP),
    ]
    monkeypatch.setattr(jobs, "list_rhythms", lambda url: found)
    return found


def _evaluated(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, tick: str
) -> Any:
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=datetime.fromisoformat(tick),
        resources={"warehouse": _AnyWarehouse()},
        repository_def=_repository(),
    )
    return schedule(context)


@cache
def _repository() -> dg.RepositoryDefinition:
    return defs().get_repository_def()


def _requested(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, tick: str
) -> list[str | None]:
    result = _evaluated(schedule, instance, tick)
    assert isinstance(result, list), result
    return [request.partition_key for request in result]


def _skipped(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, tick: str
) -> str:
    result = _evaluated(schedule, instance, tick)
    assert isinstance(result, dg.SkipReason), result
    return result.skip_message or ""


def _add_run(
    instance: dg.DagsterInstance,
    company_day: str,
    status: dg.DagsterRunStatus,
    job: str = "refresh_company",
    **tags: str,
) -> None:
    company_id, day = company_day.split("|")
    partition = {
        "dagster/partition": company_day,
        "dagster/partition/company": company_id,
        "dagster/partition/day": day,
    }
    instance.add_run(
        dg.DagsterRun(
            job_name=job, run_id=str(uuid4()), status=status, tags=partition | tags
        )
    )


def test_a_machine_that_slept_at_two_catches_up(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    rhythms.append(Rhythm(Company("unseen", "No partition yet", "EUR", "Etc/UTC")))

    # 09:07 UTC: the machine slept through both of their 02:00.
    first = _requested(jobs.daily_refresh, instance, "2026-01-15T09:07:00+00:00")

    assert first == ["madrid|2026-01-14", "santiago|2026-01-14"]


@pytest.mark.parametrize(
    "ended", [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
)
def test_a_day_that_went_wrong_is_asked_for_again_and_holds_up_nobody(
    instance: dg.DagsterInstance, rhythms: list[Rhythm], ended: dg.DagsterRunStatus
) -> None:
    # Runs are dated by the clock: tomorrow it is long enough ago.
    tomorrow = datetime.now(UTC).replace(hour=12) + timedelta(days=1)
    first = _evaluated(jobs.daily_refresh, instance, tomorrow.isoformat())
    _add_run(instance, first[0].partition_key, ended)

    again = _evaluated(jobs.daily_refresh, instance, tomorrow.isoformat())

    keys = [[request.partition_key for request in each] for each in (first, again)]
    assert keys[0] == keys[1]
    # The same key would be taken for the run that went wrong, and dropped.
    assert again[0].run_key != first[0].run_key
    assert again[1].run_key == first[1].run_key


def test_what_is_promised_in_minutes_goes_before_the_nights() -> None:
    priorities = [
        int(defs().resolve_job_def(name).tags["dagster/priority"])
        for name in ("refresh_orders", "refresh_operations", "refresh_company")
    ]

    assert priorities == sorted(priorities, reverse=True)
    assert len(set(priorities)) == 3


@pytest.mark.parametrize("name", ["dagster.yaml", "dagster.compose.yaml"])
def test_nights_leave_a_place_to_what_is_promised_in_minutes(name: str) -> None:
    settings = yaml.safe_load(
        (PROJECT_ROOT / "orchestration/deploy" / name).read_text()
    )
    runs = settings["concurrency"]["runs"]
    limits = {
        each.get("value"): each["limit"]
        for each in runs["tag_concurrency_limits"]
        if each["key"] == "timonel/rhythm"
    }

    rhythm = defs().resolve_job_def("refresh_company").tags["timonel/rhythm"]
    assert limits[rhythm] < runs["max_concurrent_runs"]
    # Whose machine died: its company must not wait for ever.
    assert settings["run_monitoring"]["enabled"]
    assert settings["run_monitoring"]["max_runtime_seconds"] > 0


def test_a_new_company_is_requested_once_it_is_a_partition_without_a_restart(
    instance: dg.DagsterInstance,
    rhythms: list[Rhythm],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = Company("new", "New", "EUR", "Europe/Madrid")
    rhythms[:] = [Rhythm(new, source_slugs=_SHOP)]
    tick = "2026-01-15T09:20:00+00:00"
    assert _requested(jobs.daily_refresh, instance, tick) == []
    assert "new becomes a partition" in _skipped(jobs.hourly_refresh, instance, tick)

    # Madrid is no company any more.
    monkeypatch.setattr(companies, "with_data", lambda url: [new, SANTIAGO])
    context = dg.build_sensor_context(
        instance=instance, resources={"warehouse": _AnyWarehouse()}
    )
    added: Any = companies.company_added(context)
    request, gone = added.dynamic_partitions_requests
    instance.add_dynamic_partitions("companies", request.partition_keys)
    assert request.partition_keys == ["new"]
    assert gone.partition_keys == ["madrid"]

    assert _requested(jobs.daily_refresh, instance, tick) == ["new|2026-01-14"]
    assert _requested(jobs.hourly_refresh, instance, tick) == ["new|2026-01-14"]


def test_a_company_told_weekly_gets_its_models_on_monday_only(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    # 2026-01-18 is a Sunday: its run on Monday publishes.
    weekly = Rhythm(MADRID, "weekly", last_published=date(2026, 1, 11))
    rhythms[:] = [weekly]

    (saturday,) = _evaluated(jobs.daily_refresh, instance, "2026-01-17T09:00:00+00:00")
    (monday,) = _evaluated(jobs.daily_refresh, instance, "2026-01-19T09:00:00+00:00")

    rooms = {key.path[0] for key in saturday.asset_selection}
    assert {"raw_shopify", "marts", "reporting", "dashboards"} <= rooms
    assert "audience_uplifts" in _predictions(saturday)
    assert not _predictions(saturday) & PUBLISHED_WEEKLY
    assert monday.asset_selection is None


def _predictions(request: dg.RunRequest) -> set[str]:
    selection = request.asset_selection or ()
    return {key.path[1] for key in selection if key.path[0] == "predictions"}


def test_a_week_whose_monday_was_slept_through_is_published_by_the_next_run(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    rhythms[:] = [Rhythm(MADRID, "weekly", last_published=date(2026, 1, 11))]

    (tuesday,) = _evaluated(jobs.daily_refresh, instance, "2026-01-20T09:00:00+00:00")
    rhythms[:] = [Rhythm(MADRID, "weekly", last_published=date(2026, 1, 19))]
    (wednesday,) = _evaluated(jobs.daily_refresh, instance, "2026-01-21T09:00:00+00:00")

    assert tuesday.asset_selection is None
    assert not _predictions(wednesday) & PUBLISHED_WEEKLY


def test_a_source_that_was_late_is_asked_again_in_the_next_hour(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    del rhythms[1]
    (first,) = _evaluated(jobs.hourly_refresh, instance, "2026-01-15T09:20:00+00:00")
    _add_run(
        *(instance, "madrid|2026-01-14", dg.DagsterRunStatus.FAILURE),
        job="refresh_operations",
    )

    (again,) = _evaluated(jobs.hourly_refresh, instance, "2026-01-15T10:20:00+00:00")

    assert again.partition_key == first.partition_key
    # The same key would be taken for the run that failed, and dropped.
    assert again.run_key != first.run_key


def test_an_hour_takes_companies_with_a_shop_or_ads(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    rhythms[1:] = [
        Rhythm(SANTIAGO, source_slugs=frozenset({"files", "calendar"})),
    ]

    requested = _requested(jobs.hourly_refresh, instance, "2026-01-15T09:20:00+00:00")

    assert requested == ["madrid|2026-01-14"]


@pytest.mark.parametrize(
    "slug", ["ga4", "hubspot", "activecampaign", "zoom", "stripe", "zendesk"]
)
def test_an_hour_takes_a_programme_without_a_shop(
    instance: dg.DagsterInstance, rhythms: list[Rhythm], slug: str
) -> None:
    rhythms[:] = [Rhythm(MADRID, source_slugs=frozenset({"files", slug}))]

    requested = [
        _requested(jobs.hourly_refresh, instance, f"2026-01-15T09:{minute}:00+00:00")
        for minute in (20, 50)
    ]

    # Twice within the hour that is promised.
    assert requested == [["madrid|2026-01-14"]] * 2
    schedule = jobs.hourly_refresh
    assert schedule.cron_schedule == "20,50 * * * *"
    assert dg.AssetKey([f"raw_{slug}", "x"]).path[0] in _read_by(schedule.job_name)


def _read_by(job: str) -> set[str]:
    """Schemas of the sources that a job reads."""
    graph = _repository().get_job(job).asset_layer.asset_graph
    return {key.path[0] for key in graph.materializable_asset_keys}


def test_minutes_are_for_who_asked_for_them(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    tick = "2026-01-15T09:05:00+00:00"
    nobody = _skipped(jobs.tactical_refresh, instance, tick)
    rhythms[1] = replace(rhythms[1], is_read_tactically=True)

    assert nobody == "No company is read at the tactical level."
    assert _requested(jobs.tactical_refresh, instance, tick) == ["santiago|2026-01-14"]


@pytest.mark.parametrize(
    # A queued run differs only in that it can be made by the daemon alone.
    "status",
    [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED],
)
def test_a_run_that_is_not_over_is_neither_overlapped_nor_queued_behind(
    instance: dg.DagsterInstance, rhythms: list[Rhythm], status: dg.DagsterRunStatus
) -> None:
    tick = "2026-01-15T09:20:00+00:00"
    _add_run(instance, "madrid|2026-01-14", status, job="refresh_operations")

    others = _requested(jobs.hourly_refresh, instance, tick)
    del rhythms[1]
    reason = _skipped(jobs.hourly_refresh, instance, tick)

    assert others == ["santiago|2026-01-14"]
    assert reason.startswith("refresh_operations ")
    assert f"of madrid is {status.value.lower()}" in reason


def test_a_command_that_was_killed_holds_up_nobody(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    nobody = subprocess.Popen(["true"])
    nobody.wait()
    for pid, company in ((nobody.pid, "madrid"), (os.getpid(), "santiago")):
        tags = {"timonel/pid": str(pid)}
        _add_run(instance, f"{company}|2026-01-14", dg.DagsterRunStatus.STARTED, **tags)

    requested = _requested(jobs.hourly_refresh, instance, "2026-01-15T09:20:00+00:00")

    assert requested == ["madrid|2026-01-14"]


def test_an_hour_that_comes_twice_when_clocks_go_back_is_requested_twice(
    instance: dg.DagsterInstance, rhythms: list[Rhythm]
) -> None:
    first, second = (
        _evaluated(jobs.hourly_refresh, instance, f"2026-10-25T{hour}:20:00+00:00")
        for hour in ("00", "01")
    )

    assert first[0].run_key != second[0].run_key


def test_frequent_jobs_run_no_model_and_only_the_sources_of_their_level() -> None:
    graph = defs().resolve_asset_graph()
    groups = {
        name: {
            graph.get(key).group_name
            for key in defs().resolve_job_def(name).asset_layer.executable_asset_keys
        }
        for name in ("refresh_operations", "refresh_orders", "refresh_delivered")
    }

    marts = {"dbt_staging", "dbt_personal", "dbt_intermediate", "dbt_marts"}
    assert groups["refresh_delivered"] == marts
    assert groups["refresh_orders"] == marts | {"ingest_shopify"}
    assert groups["refresh_operations"] == marts | {
        "ingest_shopify",
        "ingest_meta_ads",
        "ingest_google_ads",
        "ingest_stripe",
        "ingest_activecampaign",
        "ingest_ga4",
        "ingest_hubspot",
        "ingest_intercom",
        "ingest_zendesk",
        "ingest_zoom",
    }


@pytest.mark.parametrize("job", ["refresh_operations", "refresh_orders"])
def test_frequent_jobs_plan_no_check_that_they_leave_out(job: str) -> None:
    layer = defs().resolve_job_def(job).asset_layer

    rooms = {key.asset_key.path[0] for key in layer.asset_graph.asset_check_keys}

    assert "marts" in rooms
    assert "raw_shopify" in rooms
    assert not rooms & {"staging", "intermediate", "personal"}
