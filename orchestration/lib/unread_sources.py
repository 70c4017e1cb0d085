"""Which sources a prediction rests on could not be read up to its date."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from orchestration.lib.companies import Company
from orchestration.lib.connection_states import list_statuses
from orchestration.lib.database import connect
from orchestration.lib.sources import Feed, source

__all__ = ["has_landed", "unread_sources"]


def unread_sources(url: str, company: Company, as_of_date: date, feed: Feed) -> str:
    """Why this feed is not complete up to the date, in a sentence; empty if it is.

    A source that was never read is no part of the predictions yet. One that failed
    today, after it was read to the end of the date, is missing nothing.
    """
    zone = ZoneInfo(company.time_zone)
    return "\n".join(
        f"{each.company_id}/{each.connection_id} was last read on "
        f"{each.last_read_at.astimezone(zone).date()}: {each.last_error} If it is gone "
        f"for good: timonel connect remove {each.connection_id} --company "
        f"{each.company_id}"
        for each in list_statuses(url)
        if each.company_id == company.company_id
        and each.state == "failing"
        and feed in source(each.source_slug).feeds
        and each.last_read_at is not None
        and each.last_read_at.astimezone(zone).date() <= as_of_date
    )


def has_landed(url: str, company_id: str) -> bool:
    """Whether any source of the company ever brought something."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select 1 from ops.source_landings
            where company_id = %s and revision > 0 limit 1""",
            (company_id,),
        ).fetchone()
    return row is not None
