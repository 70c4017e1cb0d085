"""Service levels: how long what happens at a source takes to be read by people.

Measured when marts were built, or nothing was to build, for each source whose readable
data reach further than they did. ``data_as_of`` is when the source was asked;
everything that happened there before ``complete_until`` can be read since
``readable_at``. For orders and files the two are one moment. A day counts when it is
over, so a source that tells days is complete until the end of the day after the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.connections.sources import source
from orchestration.lib.ingestion.source_events import kind_of, newest_day
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["ServiceLevel", "levels_of", "load_levels", "measure"]

# Events older than the read before, by this much, came late and still count.
_LATE_BY = timedelta(days=1)
_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class ServiceLevel:
    """One row of ``reporting.service_levels``, and the source furthest behind.

    Ages and targets are minutes.
    """

    service_level: str
    source_slug: str
    data_as_of: datetime | None
    age_minutes: float | None
    target_minutes: int
    is_met: bool


@dataclass(frozen=True)
class _Read:
    """The last read of a source that went through, and the measurement before it."""

    source_slug: str
    data_as_of: datetime
    landed_at: datetime
    before_as_of: datetime | None
    before_landed_at: datetime | None
    before_until: datetime | None


def measure(url: str, company_id: str) -> int:
    """Keep how far what can be read reaches; the number of sources that moved.

    A read is readable once the marts were built on it, or if it changed nothing. Doing
    this twice keeps the first time.
    """
    with connect(url, "transformer") as database:
        reads = database.cursor(row_factory=class_row(_Read)).execute(
            _READABLE, {"company": company_id}
        )
        rows = [
            (read, until, _latencies(database, company_id, read, until))
            for read in reads.fetchall()
            if (until := _complete_until(database, company_id, read))
        ]
    with connect(url, "orchestrator") as database:
        for read, until, latencies in rows:
            _save(database, company_id, read, until, latencies)
        database.execute(
            """delete from ops.freshness_measurements
            where company_id = %s and readable_at < now() - %s""",
            (company_id, _KEPT),
        )
    return len(rows)


def load_levels(url: str, company_id: str) -> list[ServiceLevel]:
    """How each service level of a company stands; empty before anything is built."""
    with connect(url, "orchestrator") as database:
        return levels_of(database, company_id)


def levels_of(database: psycopg.Connection, company_id: str) -> list[ServiceLevel]:
    """As `load_levels`, within a transaction of the orchestrator's."""
    if not has_relation(database, "reporting.service_levels"):
        return []
    cursor = database.cursor(row_factory=class_row(ServiceLevel))
    return cursor.execute(
        """select service_level, source_slug, data_as_of, age_minutes::float8,
            target_minutes, is_met
        from reporting.service_levels where company_id = %s
        order by target_minutes""",
        (company_id,),
    ).fetchall()


def _complete_until(
    database: psycopg.Connection, company_id: str, read: _Read
) -> datetime | None:
    """Before when everything has been read; None when nobody can tell."""
    kind = kind_of(read.source_slug)
    if kind != "days":
        return read.data_as_of if kind else None
    ends = newest_day(database, company_id, source(read.source_slug), read.data_as_of)
    return ends[1] if ends else None


def _latencies(
    database: psycopg.Connection, company_id: str, read: _Read, until: datetime
) -> list[tuple[int, int, int]]:
    """Minutes to landing, minutes to being readable, number of events.

    Nothing of a first read: history was not waiting for us. Nothing of a source whose
    tables date their rows each in their own way either.
    """
    if read.before_as_of is None or kind_of(read.source_slug) == "reads":
        return []
    values = {
        "company": company_id,
        "oldest": read.before_as_of - _LATE_BY,
        "landed_before": read.before_landed_at,
        "landed": read.landed_at,
        "until": until,
        "until_before": read.before_until,
    }
    statement = {"orders": _ORDERS, "days": _DAYS, "files": _FILES}[
        kind_of(read.source_slug) or "files"
    ]
    slices = sql.Identifier(source(read.source_slug).schema, "slices")
    return database.execute(
        sql.SQL(statement + _GROUPED).format(slices=slices), values
    ).fetchall()


def _save(
    database: psycopg.Connection,
    company_id: str,
    read: _Read,
    until: datetime,
    latencies: list[tuple[int, int, int]],
) -> None:
    key = (company_id, read.source_slug, read.data_as_of)
    inserted = database.execute(
        """insert into ops.freshness_measurements (company_id, source_slug, data_as_of,
            complete_until, event_count, landed_at, readable_at)
        values (%s, %s, %s, %s, %s, %s, now()) on conflict do nothing""",
        (*key, until, sum(count for _, _, count in latencies), read.landed_at),
    )
    if not inserted.rowcount:
        return
    for landing_minutes, readable_minutes, count in latencies:
        database.execute(
            """insert into ops.event_latencies (company_id, source_slug, data_as_of,
                landing_minutes, readable_minutes, event_count, readable_at)
            values (%s, %s, %s, %s, %s, %s, now())""",
            (*key, landing_minutes, readable_minutes, count),
        )


# Of each connection the last read that reached the present; a source is as complete as
# the connection that is furthest behind. A run looks whether there are other files
# before it reads any, so files are known as of now.
_READABLE = """
with last_reads as (
    select distinct on (connections.company_id, connections.connection_id)
        connections.company_id, connections.source_slug, reads.started_at,
        reads.finished_at
    from ops.connections as connections
    left join ops.connection_reads as reads
        on reads.company_id = connections.company_id
        and reads.connection_id = connections.connection_id
        and reads.source_slug = connections.source_slug
        and reads.outcome = 'succeeded' and reads.read_from is null
    where connections.company_id = %(company)s
    order by connections.company_id, connections.connection_id,
        reads.started_at desc nulls last
), by_source as (
    select company_id, source_slug, max(finished_at) as landed_at,
        case source_slug when 'files' then now() else min(started_at) end as data_as_of
    from last_reads group by company_id, source_slug
    having bool_and(started_at is not null)
), last_measured as (
    select distinct on (company_id, source_slug)
        company_id, source_slug, data_as_of, landed_at, complete_until
    from ops.freshness_measurements where company_id = %(company)s
    order by company_id, source_slug, data_as_of desc
)
select by_source.source_slug, by_source.data_as_of, by_source.landed_at,
    last_measured.data_as_of as before_as_of,
    last_measured.landed_at as before_landed_at,
    last_measured.complete_until as before_until
from by_source
left join last_measured using (company_id, source_slug)
left join ops.source_landings as landings using (company_id, source_slug)
left join ops.raw_reads as marts using (company_id)
where by_source.data_as_of > coalesce(last_measured.data_as_of, '-infinity')
    and (
        marts.read_at >= by_source.landed_at
        or landings.changed_at is null
        or marts.read_at >= landings.changed_at
    )
"""

_ORDERS = """
with events as (
    select updated_at as happened_at, _sdc_batched_at as landed_at
    from raw_shopify.orders
    where company_id = %(company)s
        and _sdc_batched_at > %(landed_before)s and _sdc_batched_at <= %(landed)s
        and updated_at > %(oldest)s
)
"""

# One event per day that came to its end, and was read, since the measurement before.
# What is complete reaches a day further than the newest one.
_DAYS = """
with events as (
    select distinct slices.date,
        (slices.date + 1)::timestamp at time zone companies.time_zone as happened_at,
        %(landed)s::timestamptz as landed_at
    from {slices} as slices
    join ops.companies as companies using (company_id)
    where slices.company_id = %(company)s
        and (slices.date + 2)::timestamp at time zone companies.time_zone
            > %(until_before)s
        and (slices.date + 2)::timestamp at time zone companies.time_zone <= %(until)s
)
"""

_FILES = """
with events as (
    select _sdc_batched_at as happened_at, _sdc_batched_at as landed_at
    from raw_files.files
    where company_id = %(company)s
        and _sdc_batched_at > %(landed_before)s and _sdc_batched_at <= %(landed)s
)
"""

_GROUPED = """
select
    greatest(0, ceil(extract(epoch from landed_at - happened_at) / 60))::integer,
    greatest(0, ceil(extract(epoch from now() - happened_at) / 60))::integer,
    count(*)
from events group by 1, 2 order by 1, 2
"""
