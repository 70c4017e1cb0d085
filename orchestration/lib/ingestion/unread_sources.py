"""Which sources a prediction rests on could not be read up to its date."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from orchestration.lib.connections.connection_states import list_statuses
from orchestration.lib.connections.sources import Feed, source
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.warehouse.database import connect

__all__ = ["has_landed", "unread_sources"]


def unread_sources(url: str, company: Company, as_of_date: date, feed: Feed) -> str:
    """Why this feed is not complete up to the date, in a sentence; empty if it is.

    A source that was never read is no part of the predictions yet. One that failed
    today, after it was read to the end of the date, is missing nothing.
    """
    zone = ZoneInfo(company.time_zone)
    missed = _missed(url, company.company_id)
    return "\n".join(
        f"{each.company_id}/{each.connection_id} was last read on "
        f"{each.last_read_at.astimezone(zone).date()}: "
        f"{each.last_error or missed[each.connection_id]} If it is gone "
        f"for good: timonel connect remove {each.connection_id} --company "
        f"{each.company_id}"
        for each in list_statuses(url)
        if each.company_id == company.company_id
        and (each.state == "failing" or each.connection_id in missed)
        and feed in source(each.source_slug).feeds
        and each.last_read_at is not None
        and each.last_read_at.astimezone(zone).date() <= as_of_date
    )


def _missed(url: str, company_id: str) -> dict[str, str]:
    """Why the newest read of a connection failed, by its id.

    One that gave way to another company's failed too, and the connection did not.
    """
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            """select connection_id, error from (
                select distinct on (connection_id) connection_id, outcome, error
                from ops.connection_reads where company_id = %s
                order by connection_id, started_at desc, read_id desc
            ) as newest
            where outcome = 'failed'""",
            (company_id,),
        ).fetchall()
    return {connection_id: error or "" for connection_id, error in rows}


def has_landed(url: str, company_id: str) -> bool:
    """Whether any source of the company ever brought something."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select 1 from ops.source_landings
            where company_id = %s and revision > 0 limit 1""",
            (company_id,),
        ).fetchone()
    return row is not None
