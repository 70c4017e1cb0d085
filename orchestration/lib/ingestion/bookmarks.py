"""Bookmarks: how far each tap of each company has read (Singer state)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.types.json import Jsonb

from orchestration.lib.warehouse.database import connect

__all__ = ["bookmark_keeper", "load_bookmark"]


def load_bookmark(url: str, company_id: str, tap: str) -> dict[str, Any]:
    """The last state a tap handed over, empty before its first run."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            "select state from ops.singer_bookmarks where company_id = %s and tap = %s",
            (company_id, tap),
        ).fetchone()
    return dict(row[0]) if row else {}


@contextmanager
def bookmark_keeper(
    url: str, company_id: str, tap: str
) -> Iterator[Callable[[dict[str, Any]], None]]:
    """A function that keeps each state whose records are committed, at once.

    One connection serves a whole run: a first read hands over thousands of states.
    """
    with connect(url, "orchestrator", autocommit=True) as database:

        def keep(state: dict[str, Any]) -> None:
            database.execute(
                """insert into ops.singer_bookmarks (company_id, tap, state)
                values (%s, %s, %s)
                on conflict (company_id, tap) do update
                    set state = excluded.state, updated_at = now()""",
                (company_id, tap, Jsonb(state)),
            )

        yield keep
