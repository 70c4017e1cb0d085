"""Jobs and schedules: what is run when, argued in docs/decisions/0043 and 0061."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.lib.connections.sources import ServiceLevel, sources_read
from orchestration.lib.operations.active_runs import run_under_way
from orchestration.lib.operations.attempts import next_attempt
from orchestration.lib.operations.by_itself import schedule_status
from orchestration.lib.operations.cadence import Rhythm, list_rhythms
from orchestration.lib.operations.run_phases import READING, is_model
from orchestration.lib.operations.run_tags import HOURLY, NIGHTLY, RHYTHM, TACTICAL
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.partitions import partition_key
from orchestration.lib.warehouse.warehouse import Warehouse

_START = time(2, 0)
# Where runs wait for a place, the more urgent goes first; of the nights, a place stays
# free for the others (deploy/dagster.yaml).
_PRIORITY = "dagster/priority"
_NIGHT = {_PRIORITY: "0", RHYTHM: NIGHTLY}
_HOUR = {_PRIORITY: "10", RHYTHM: HOURLY}
_MINUTES = {_PRIORITY: "20", RHYTHM: TACTICAL}
_VIEWS = ("dbt_staging", "dbt_personal", "dbt_intermediate")

refresh_company = dg.define_asset_job(
    name="refresh_company",
    selection=dg.AssetSelection.all(),
    tags=_NIGHT,
    description="Everything of one company and day, from its sources to its dashboard.",
)


def _of_level(level: ServiceLevel) -> dg.AssetSelection:
    """Sources of a service level and all marts: dbt leaves out what is unchanged.

    Checks of views are left to the nights: a run that plans a check and leaves it out
    hides from Dagster's pages what the night found.
    """
    sources = (f"{READING}{source.slug}" for source in sources_read(level))
    views = dg.AssetSelection.groups(*_VIEWS).without_checks()
    return dg.AssetSelection.groups(*sources, "dbt_marts") | views


refresh_operations = dg.define_asset_job(
    name="refresh_operations",
    selection=_of_level("operational"),
    tags=_HOUR,
    description="Orders and ads of one company, up to the marts; no model.",
)
refresh_orders = dg.define_asset_job(
    name="refresh_orders",
    selection=_of_level("tactical"),
    tags=_MINUTES,
    description="What changed of one company's orders, up to the marts; no model.",
)

refresh_delivered = dg.define_asset_job(
    name="refresh_delivered",
    selection=dg.AssetSelection.groups("dbt_marts")
    | dg.AssetSelection.groups(*_VIEWS).without_checks(),
    tags=_MINUTES,
    description="What was delivered to one company by webhook, in its marts; no model.",
)


@dg.schedule(
    job=refresh_company,
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    default_status=schedule_status(),
    description=(
        "Requests each company's last complete day from 02:00 there, and twice more if "
        "it fails. Ticks every 15 minutes because time zones differ by quarters of an "
        "hour."
    ),
)
def daily_refresh(
    context: dg.ScheduleEvaluationContext, warehouse: Warehouse
) -> list[dg.RunRequest]:
    """Request every company whose day is complete and was not run well yet.

    A machine that slept at 02:00 catches up at its first tick, and what failed or was
    cancelled is asked for again, unless a gate said no (`next_attempt`). A company that
    is told its predictions weekly gets everything but the models until its week is
    over.
    """
    tick = context.scheduled_execution_time.astimezone(UTC)
    instance = context.instance
    requests = []
    for rhythm in list_rhythms(warehouse.url()):
        company = rhythm.company
        day = company.last_complete_day(tick)
        key = partition_key(company.company_id, day)
        # The sensor adds the partition of a new company within a minute.
        is_there = instance.has_dynamic_partition("companies", company.company_id)
        if not is_there or not is_due(company, tick):
            continue
        attempt = next_attempt(instance, refresh_company.name, key, tick)
        if attempt is not None:
            # A key that was used is taken for the run that had it, and dropped.
            run_key = key if attempt == 1 else f"{key} attempt {attempt}"
            # None is all of the job.
            assets = None if rhythm.is_publishing_due(day) else _but_models(context)
            requests.append(
                dg.RunRequest(
                    run_key=run_key, partition_key=key, asset_selection=assets
                )
            )
    return requests


@dg.schedule(
    job=refresh_operations,
    # Twice within the hour that is promised: a run left out is made up for in time. Not
    # on the hour, when everybody asks the same interfaces.
    cron_schedule="20,50 * * * *",
    execution_timezone="UTC",
    default_status=schedule_status(),
    description=(
        "Twice an hour, companies with a connected shop, ads account or Stripe: what "
        "is new up to the marts. One that is still being run is left out."
    ),
)
def hourly_refresh(
    context: dg.ScheduleEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason | list[dg.RunRequest]:
    """Request the companies whose numbers are an hour old at most and are not run."""
    return _frequent(
        context, warehouse, "operational", lambda rhythm: rhythm.is_read_hourly
    )


@dg.schedule(
    job=refresh_orders,
    # What happens, its wait for a tick, the read and dbt have to fit into five minutes.
    cron_schedule="*/2 * * * *",
    execution_timezone="UTC",
    default_status=schedule_status(),
    description=(
        "Every two minutes, companies that want it (timonel company set --tactical): "
        "what changed in the shop. One that is still being run is left out."
    ),
)
def tactical_refresh(
    context: dg.ScheduleEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason | list[dg.RunRequest]:
    """Request the companies that are read tactically and are not being run."""
    return _frequent(
        context, warehouse, "tactical", lambda rhythm: rhythm.is_read_tactically
    )


def is_due(company: Company, tick: datetime) -> bool:
    """Whether it is 02:00 or later where the company is.

    On the night clocks go forward 02:00 does not exist in some zones; the moment
    meant is then the one an hour after 01:00, so that no day is skipped.
    """
    zone = ZoneInfo(company.time_zone)
    start = datetime.combine(tick.astimezone(zone).date(), _START, tzinfo=zone)
    return start.astimezone(UTC) <= tick


def _frequent(
    context: dg.ScheduleEvaluationContext,
    warehouse: Warehouse,
    level: ServiceLevel,
    wants: Callable[[Rhythm], bool],
) -> dg.SkipReason | list[dg.RunRequest]:
    """One run per company that wants it, has such a source and is not being run.

    Runs of a company are never queued behind each other: what the next one finds is
    all that this one would have, so a run that is left out is not missed.
    """
    tick = context.scheduled_execution_time.astimezone(UTC)
    slugs = {source.slug for source in sources_read(level)}
    wanted = [
        rhythm
        for rhythm in list_rhythms(warehouse.url())
        if wants(rhythm) and rhythm.source_slugs & slugs
    ]
    waiting = dict(_waiting(context.instance, wanted))
    for reason in waiting.values():
        context.log.info(f"Left out: {reason}.")
    if len(waiting) == len(wanted):
        reasons = "; ".join(waiting.values())
        return dg.SkipReason(reasons or f"No company is read at the {level} level.")
    return [
        dg.RunRequest(
            run_key=f"{level} {rhythm.company.company_id} {tick:%Y-%m-%dT%H:%M}",
            # The last complete day: readers then read what is new, today's included,
            # and no mart moves to another date before the night.
            partition_key=partition_key(
                rhythm.company.company_id, rhythm.company.last_complete_day(tick)
            ),
        )
        for rhythm in wanted
        if rhythm.company.company_id not in waiting
    ]


def _waiting(
    instance: dg.DagsterInstance, rhythms: Iterable[Rhythm]
) -> Iterator[tuple[str, str]]:
    """Company id and reason of those that must not be requested now."""
    for company_id in (rhythm.company.company_id for rhythm in rhythms):
        if not instance.has_dynamic_partition("companies", company_id):
            yield company_id, f"{company_id} becomes a partition within a minute"
        elif reason := run_under_way(instance, company_id):
            yield company_id, reason


def _but_models(context: dg.ScheduleEvaluationContext) -> list[dg.AssetKey]:
    graph = context.repository_def.asset_graph
    return [
        key
        for key in graph.materializable_asset_keys
        if not is_model(graph.get(key).group_name or "")
    ]
