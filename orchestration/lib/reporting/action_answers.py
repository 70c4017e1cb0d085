"""Requests of readers, answered one kind at a time by the handler of that kind.

A kind without a handler stays open: another version of the platform may know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import psycopg

from orchestration.lib.reporting.action_requests import (
    ActionRequest,
    finish,
    log_unexpected,
    refuse,
    start_waiting,
)
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import one_at_a_time

__all__ = ["Answered", "Handler", "Refusal", "answer_waiting"]


class Refusal(Protocol):
    """Why something cannot be done; as text it is a sentence somebody can act on."""

    @property
    def code(self) -> str:
        """The kind of reason, as seeds of refusals name it."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What the sentence is made of."""


@dataclass(frozen=True)
class Handler:
    """Who answers requests of one kind.

    Parameters
    ----------
    kind
        As `ops.action_requests` spells it.
    answer
        Does what a company's request asks for, given the database's address, the
        company and the request; returns why it cannot be done, or None when it is.
    fault
        The refusal for what fails by itself, given the name the log has it under.
    """

    kind: str
    answer: Callable[[str, str, ActionRequest], Refusal | None]
    fault: Callable[[str], Refusal]


@dataclass(frozen=True)
class Answered:
    """How many requests were done, and how many refused."""

    done: int = 0
    refused: int = 0


def answer_waiting(url: str, company_id: str, handler: Handler) -> Answered:
    """Answer all of the handler's kind that wait, oldest first.

    Somebody who dies meanwhile leaves the request open; the next call goes on. What
    fails by itself is refused and logged: left open, it would hold up all that come
    later.

    Raises
    ------
    CompanyRemoved
    psycopg.OperationalError, psycopg.InterfaceError
        The database, not the request: it stays open, and is tried again.
    """
    with (
        company_held(url, company_id),
        one_at_a_time(url, f"actions of {company_id}"),
    ):
        outcomes = [
            _is_done(url, company_id, request, handler)
            for request in start_waiting(url, company_id, handler.kind)
        ]
    return Answered(outcomes.count(True), outcomes.count(False))


def _is_done(
    url: str, company_id: str, request: ActionRequest, handler: Handler
) -> bool:
    try:
        refusal = handler.answer(url, company_id, request)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    # Whatever it is, it would come again each time.
    except Exception:
        refusal = handler.fault(log_unexpected(request))
    if refusal is None:
        finish(url, company_id, request.id)
        return True
    reason = (str(refusal), refusal.code, refusal.facts)
    refuse(url, company_id, request.id, *reason)
    return False
