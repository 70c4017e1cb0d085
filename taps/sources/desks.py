"""Support desks: the clocks of a ticket, and what is left of a person's address.

Source: developer.zendesk.com/api-reference/ticketing (exports, SLA policies),
developers.intercom.com/docs/references/2.16 (contacts).
"""

from __future__ import annotations

from typing import Any

from taps.api_source.errors import AccessDenied
from taps.declared.asking import AskingStream, Part

__all__ = ["contacts", "sla_policies", "tickets", "users"]

Rows = list[dict[str, Any]]


def tickets(body: Any) -> Rows:
    """Tickets with their clocks, which stand in them or in a list beside them."""
    beside = {each["ticket_id"]: each for each in body.get("metric_sets") or ()}
    return [
        {**each, "metric_set": each.get("metric_set") or beside.get(each.get("id"))}
        for each in body["tickets"]
    ]


def sla_policies(stream: AskingStream, part: Part) -> None:
    """Read what is due when; a plan without policies denies them, and has none."""
    try:
        found = stream.ask(part, {})
    except AccessDenied:
        stream.logger.warning("This plan of Zendesk has no SLA policies.")
        return
    stream.write(found)


def users(body: Any) -> Rows:
    """Zendesk's people, with the domain of their address: nothing reads the rest."""
    return [_without_address(each) for each in body["users"]]


def contacts(body: Any) -> Rows:
    """Intercom's likewise."""
    return [_without_address(each) for each in body["data"]]


def _without_address(person: dict[str, Any]) -> dict[str, Any]:
    address = person.get("email") or ""
    return {"email_domain": address.rpartition("@")[2].strip().lower() or None} | person
