"""Company after company: neither one that fails nor a lost server keeps others back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import dagster as dg
import psycopg
from rich.markup import escape
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from orchestration.cli.asset_runs import PhaseFailed
from orchestration.cli.console import console
from orchestration.cli.refresh import Refresher
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.company_removal import is_removed, removed_message
from orchestration.lib.warehouse.database import await_database
from orchestration.lib.warehouse.server_errors import with_advice

__all__ = ["FORESEEN", "in_turn", "in_words"]

#: What a run may end with that is no fault of the code. Dagster's own history (SQLite,
#: through SQLAlchemy) and every file may meet a full disk.
FORESEEN = (
    PhaseFailed,
    PlainError,
    psycopg.Error,
    dg.DagsterError,
    SQLAlchemyError,
    OSError,
)


def in_turn(
    refresher: Refresher,
    companies: Iterable[Company],
    work: Callable[[Refresher, Company], None],
    *,
    alerts: bool = True,
) -> list[str]:
    """Do the work for each company; return a sentence for each that failed.

    A server that was lost is waited for, the embedded one started, before the next.
    """
    failures = []
    for each in companies:
        console.print(f"[bold]{escape(each.name)}[/bold]")
        try:
            refresher = replace(
                refresher, url=await_database(refresher.settings, refresher.url)
            )
            work(refresher, each)
        except FORESEEN as failure:
            if _is_removed(refresher.url, each.company_id):
                failures.append(removed_message(each.company_id))
                continue
            failures.append(f"{each.name}: {in_words(failure)}")
        if alerts:
            refresher.dispatch_alerts(each)
    return failures


def in_words(failure: BaseException) -> str:
    """What happened, without the statement in which it did, and what to do."""
    if isinstance(failure, DBAPIError) and failure.orig is not None:
        failure = failure.orig
    return with_advice(str(failure).strip() or type(failure).__name__)


def _is_removed(url: str, company_id: str) -> bool:
    try:
        return is_removed(url, company_id)
    except psycopg.OperationalError:
        return False  # nobody there to ask
