"""Something a server should hold, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PENDING", "Finding", "Resource", "Values"]

PENDING = ("create", "update", "adopt", "archive", "unarchive", "drift")
"""Actions that apply would do; the others only tell."""

Values = Mapping[str, Any]


def _as_sent(body: dict[str, Any]) -> dict[str, Any]:
    return body


def _listed_nowhere(_: int) -> None:
    return None


@dataclass(frozen=True)
class Finding:
    """What a thing is, beside what it should be, in words for the plan."""

    company_id: str
    kind: str
    name: str
    action: str
    detail: str = ""

    def __str__(self) -> str:
        told = f" ({self.detail})" if self.detail else ""
        owner = f" of {self.company_id}" if self.company_id else ""
        return f"{self.action} {self.kind} {self.name}{owner}{told}"


@dataclass(frozen=True)
class Resource:
    """Something a server should hold.

    Parameters
    ----------
    key
        Ours, and the same on every server.
    wanted
        The keys that are ours, given what is there (None: nothing yet).
    candidates
        Ids of what could be it, when it is not known: to be adopted.
    owned
        What the server has, in the shape of ``wanted``.
    complete
        The body of a request, given the keys that differ.
    born_with
        Keys that a POST takes; empty: all.
    sent_together
        Keys of which the server takes all or none.
    never_drifts
        Keys that the server rewrites by itself; that they differ is nobody's doing.
    may_vanish
        Why the server itself may have deleted it; then it is made again, unasked.
    is_hidden_in_bin
        The server answers 404 for it while it is archived; a PUT takes it out.
    listed
        What a list of the server tells of the thing of an id; None: no list has it.
    edits_are_listed
        That list tells when it was last edited, and whatever is wanted counts as an
        edit; else each thing is read alone.
    is_listed_whole
        The list of its endpoint tells all of it that is ours.
    """

    company_id: str
    kind: str
    key: str
    name: str
    endpoint: str
    wanted: Callable[[Values | None], dict[str, Any]]
    candidates: Callable[[], Sequence[int]] = field(default=tuple)
    owned: Callable[[Values], Values] = field(default=dict)
    complete: Callable[[dict[str, Any]], dict[str, Any]] = field(default=_as_sent)
    born_with: tuple[str, ...] = ()
    sent_together: tuple[str, ...] = ()
    must_write: bool = False
    never_drifts: tuple[str, ...] = ()
    may_vanish: str = ""
    is_hidden_in_bin: bool = False
    listed: Callable[[int], Values | None] = field(default=_listed_nowhere)
    edits_are_listed: bool = False
    is_listed_whole: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        """What it is known by."""
        return self.company_id, self.kind, self.key
