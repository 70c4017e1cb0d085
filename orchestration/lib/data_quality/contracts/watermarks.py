"""How far what landed has been judged, so that every row is, once.

Rows that broke a blocking promise are judged again by every run until they are put
right: otherwise running again would be enough to get past the gate.
"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.lib.connections.sources import Source
from orchestration.lib.warehouse.database import connect

__all__ = ["mark_judged", "unjudged_since"]

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def unjudged_since(url: str, company_id: str, source: Source) -> datetime | None:
    """Moment from which rows are to be judged; None if nothing changed since."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select judged_at from ops.source_landings
            where company_id = %s and source_slug = %s
                and revision > judged_revision""",
            (company_id, source.slug),
        ).fetchone()
    return None if row is None else row[0] or _BEGINNING


def mark_judged(
    url: str, company_id: str, source: Source, started_at: datetime
) -> None:
    """Remember that everything that landed before this reading has been judged.

    What this reading brought is counted by its revision, and looked at once more with
    the next: a row that was written while it was judged is not missed.
    """
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.source_landings
            set judged_revision = revision, judged_at = %s
            where company_id = %s and source_slug = %s""",
            (started_at, company_id, source.slug),
        )
