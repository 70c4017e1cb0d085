"""When what a source tells of happened: how its newest event is dated.

An order happened when the API says it last changed. A day of an advertising account,
a site or the weather happened when it ended, in the company's time zone. A file does
not say when its rows came about: they happened when it was loaded. What is asked for
by its change is known up to the moment of asking, and each table dates it in its own
way: there is no newest event. A source declares which of these it has; a calendar has
none.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection as Database
from psycopg import sql

from orchestration.lib.connections.source_declarations import Events
from orchestration.lib.connections.sources import SOURCES, Source
from orchestration.lib.warehouse.database import has_relation

__all__ = ["kind_of", "newest_day", "newest_event"]


def kind_of(source_slug: str) -> Events | None:
    """How the events of a source are dated; None if it has none."""
    known = SOURCES.get(source_slug)
    return known.events if known else None


def newest_event(
    database: Database,
    company_id: str,
    source: Source,
    newest: dict[str, str],
    now: datetime,
) -> datetime | None:
    """Time of the newest event that has landed, None when nobody can tell.

    Parameters
    ----------
    database
        As a role that reads the raw tables.
    newest
        Latest replication key of each stream of the read, as the loader tells it.
    now
        A day that is not over by then is no event yet.
    """
    match source.events:
        case "orders":
            told = newest.get("orders")
            return datetime.fromisoformat(told) if told else None
        case "days":
            ends = newest_day(database, company_id, source, now)
            return ends[0] if ends else None
        case "files":
            return _last_file(database, company_id)
        case _:
            return None


def newest_day(
    database: Database, company_id: str, source: Source, before: datetime
) -> tuple[datetime, datetime] | None:
    """End of the newest day that was read and over at ``before``, and of the next.

    Slices are a row per account and day, so this does not grow with what they hold.
    """
    if not has_relation(database, f"{source.schema}.slices"):
        return None
    row = database.execute(
        sql.SQL(
            """select max(slices.date + 1)::timestamp at time zone companies.time_zone,
                max(slices.date + 2)::timestamp at time zone companies.time_zone
            from {} as slices
            join ops.companies as companies using (company_id)
            where slices.company_id = %(company)s
                and (slices.date + 1)::timestamp at time zone companies.time_zone
                    <= %(before)s
            group by companies.time_zone"""
        ).format(sql.Identifier(source.schema, "slices")),
        {"company": company_id, "before": before},
    ).fetchone()
    return (row[0], row[1]) if row else None


def _last_file(database: Database, company_id: str) -> datetime | None:
    if not has_relation(database, "raw_files.files"):
        return None
    row = database.execute(
        "select max(_sdc_batched_at) from raw_files.files where company_id = %s",
        (company_id,),
    ).fetchone()
    return row[0] if row else None
