"""What people asked for in `ops.action_requests`, and what became of it.

Whoever asks through Metabase signs in as `actions_<company>`, which can add a row of
its own company and do nothing else; who works it off is the platform.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "ActionRequest",
    "add_request",
    "finish",
    "list_requests",
    "log_unexpected",
    "refuse",
    "start_waiting",
    "waiting_kinds",
    "was_requested",
]

# The payload as text: one that cannot be read would hold up all that are fetched.
_COLUMNS = """id, kind, payload::text as payload_text, requested_at, requested_by,
    state, reason, finished_at"""


@dataclass(frozen=True)
class ActionRequest:
    """One thing that was asked for; `reason` says why it was refused."""

    id: UUID
    kind: str
    payload_text: str
    requested_at: datetime
    requested_by: str
    state: str
    reason: str | None
    finished_at: datetime | None

    def read_payload(self) -> dict[str, Any]:
        """What was typed.

        Raises
        ------
        RecursionError, ValueError
            It is nested deeper, or has a longer number, than Python reads.
        """
        return dict(json.loads(self.payload_text))

    @property
    def payload(self) -> Mapping[str, Any]:
        """What was typed, to be shown; nothing of it when it cannot be read."""
        try:
            return self.read_payload()
        except (RecursionError, ValueError):
            return {}


def add_request(  # noqa: PLR0913, PLR0917  (one column each)
    url: str,
    company_id: str,
    kind: str,
    payload: Mapping[str, Any],
    idempotency_key: str,
    requested_by: str,
) -> UUID:
    """Ask for something; what has the same key was asked for already, and is given.

    One that was refused does not count: it may be asked again, under the same key.

    Raises
    ------
    UnknownCompany
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.action_requests
                (company_id, kind, payload, idempotency_key, requested_by)
            values (%s, %s, %s, %s, %s)
            on conflict (company_id, idempotency_key) where state <> 'refused'
                do nothing""",
            [company_id, kind, Jsonb(dict(payload)), idempotency_key, requested_by],
        )
        # The one that stands may have been refused since.
        ((found,),) = database.execute(
            """select id from ops.action_requests
            where company_id = %s and idempotency_key = %s
            order by state = 'refused', requested_at desc limit 1""",
            [company_id, idempotency_key],
        ).fetchall()
    return UUID(str(found))


def was_requested(url: str, company_id: str, idempotency_key: str) -> bool:
    """Whether something with this key was ever asked for, refused or not."""
    with connect(url, "orchestrator") as database:
        found = database.execute(
            """select 1 from ops.action_requests
            where company_id = %s and idempotency_key = %s limit 1""",
            [company_id, idempotency_key],
        ).fetchone()
    return found is not None


def waiting_kinds(url: str) -> list[tuple[str, str]]:
    """Company and kind of what was asked for and is not answered."""
    with connect(url, "orchestrator") as database:
        return database.execute(
            """select distinct company_id, kind from ops.action_requests
            where state in ('requested', 'running') order by company_id, kind desc"""
        ).fetchall()


def start_waiting(url: str, company_id: str, kind: str) -> list[ActionRequest]:
    """What is not answered of a kind, oldest first, now marked as running.

    The caller holds the company's turn, so what runs already was left by somebody who
    died, and is begun again.
    """
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(ActionRequest))
        rows = cursor.execute(
            f"""update ops.action_requests set state = 'running'
            where company_id = %s and kind = %s and state in ('requested', 'running')
            returning {_COLUMNS}""".encode(),  # noqa: S608  (names of this module)
            [company_id, kind],
        ).fetchall()
    return sorted(rows, key=lambda one: (one.requested_at, one.id))


def finish(url: str, company_id: str, request_id: UUID) -> None:
    """It is done."""
    _close(url, company_id, request_id, "done", None, None, {})


def refuse(  # noqa: PLR0913, PLR0917  (the reason, in three forms)
    url: str,
    company_id: str,
    request_id: UUID,
    reason: str,
    code: str,
    facts: Mapping[str, str],
) -> None:
    """It cannot be done: a sentence somebody can act on, and what it was made of."""
    _close(url, company_id, request_id, "refused", reason, code, facts)


def log_unexpected(request: ActionRequest) -> str:
    """Log the exception in flight; the name under which it can be found there."""
    name = f"request {str(request.id)[:8]}"
    logging.getLogger(__name__).exception("%s (%s) failed", name, request.kind)
    return name


def list_requests(url: str, company_id: str, kind: str) -> list[ActionRequest]:
    """All of a kind, newest first.

    Raises
    ------
    UnknownCompany
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(ActionRequest))
        return cursor.execute(
            f"""select {_COLUMNS} from ops.action_requests
            where company_id = %s and kind = %s
            order by requested_at desc, id""".encode(),  # noqa: S608
            [company_id, kind],
        ).fetchall()


def _close(  # noqa: PLR0913, PLR0917  (one column each)
    url: str,
    company_id: str,
    request_id: UUID,
    state: str,
    reason: str | None,
    code: str | None,
    facts: Mapping[str, str],
) -> None:
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.action_requests set state = %s, reason = %s,
                reason_code = %s, reason_facts = %s, finished_at = now()
            where company_id = %s and id = %s""",
            [state, reason, code, Jsonb(dict(facts)), company_id, request_id],
        )
