"""ActiveCampaign's scores of contacts, which stand in a list beside a page of them.

Source: developers.activecampaign.com, "List all contacts" (include) and "Retrieve a
contact's score value".
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from taps.declared.asking import AskingStream, Part

__all__ = ["contacts", "of_contact"]

Rows = list[dict[str, Any]]
_NAMES: Final = {"score": "score", "points": "scoreValue", "changed": "mdate"}


def contacts(body: Any) -> Rows:
    """Contacts with their scores, which stand beside them, or in them for their ids."""
    beside: dict[str, Rows] = defaultdict(list)
    for each in body.get("scoreValues") or ():
        beside[str(each.get("contact"))].append(each)
    return [
        {**each, "scoreValues": beside.get(str(each.get("id"))) or _told(each)}
        for each in body["contacts"]
    ]


def _told(contact: dict[str, Any]) -> Rows:
    return [v for v in contact.get("scoreValues") or () if isinstance(v, dict)]


def of_contact(stream: AskingStream, part: Part) -> None:
    """Write the scores of a contact, each as it is since its last change."""
    for score in part.known["scores"] or ():
        told = {name: score.get(place) for name, place in _NAMES.items()}
        known = {"contact_id": part.known["contact_id"], **told}
        stream.write(stream.ask(Part(known), {}))
