"""The API of Intercom, as developers.intercom.com shows its answers; two on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from taps.declared.tap import declared_tap
from tests.taps.sources.answering import answering
from tests.taps.tap_runs import Output, sync

__all__ = ["OPENED", "Intercom", "contact", "conversation", "intercom"]

Object = dict[str, Any]
_PAGE = 2

#: 2 March 2026, 9:00 UTC.
OPENED = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp())


def conversation(id_: str, state: str = "closed", **fields: Any) -> Object:
    """A customer wrote, was answered after 30 minutes, 600 seconds of office hours."""
    return {
        "type": "conversation",
        "id": id_,
        "state": state,
        "created_at": OPENED,
        "updated_at": OPENED + 7200,
        "priority": "not_priority",
        "source": {"type": "email", "delivered_as": "customer_initiated", "body": "…"},
        "contacts": {"contacts": [{"type": "contact", "id": "c1"}]},
        "tags": {"tags": [{"id": "1", "name": "vip"}]},
        "ai_agent": None,
        "statistics": {
            "time_to_admin_reply": 600,
            "first_contact_reply_at": OPENED,
            "first_admin_reply_at": OPENED + 1800,
            "last_close_at": OPENED + 7200,
            "count_reopens": 1,
        },
        "conversation_rating": None,
    } | fields


def contact(id_: str, email: str | None, *companies: str) -> Object:
    """Somebody, and Intercom's ids of their companies."""
    listed = [{"type": "company", "id": each} for each in companies]
    return {
        "id": id_,
        "name": "Ana Paz",
        "email": email,
        "companies": {"data": listed},
        "updated_at": OPENED,
    }


@dataclass
class Intercom:
    """Where it listens, what it keeps, and what it was asked."""

    objects: dict[str, list[Object]]
    url: str = ""
    searches: list[Object] = field(default_factory=list)

    def read(self, state: Object | None = None) -> Output:
        config = {"api_url": self.url, "access_token": "token-1"}
        return sync(declared_tap("intercom"), config, state)

    def search(self, names: Mapping[str, str], _: Any, body: Any) -> Object:
        self.searches.append({"kind": names["kind"], **body})
        found = self.objects.get(names["kind"], [])
        start = int(body["pagination"].get("starting_after", 0))
        end = start + _PAGE
        pages = {"next": {"starting_after": str(end)}} if end < len(found) else {}
        listed = "data" if names["kind"] == "contacts" else "conversations"
        return {listed: found[start:end], "total_count": len(found), "pages": pages}

    def companies(self, _: Any, query: Mapping[str, str], __: Any) -> Object:
        found = self.objects.get("companies", [])
        size = int(query["per_page"])
        start = (int(query["page"]) - 1) * size
        return {"data": found[start : start + size], "total_count": len(found)}


@contextmanager
def intercom(**objects: list[Object]) -> Iterator[Intercom]:
    """Serve objects by their kind."""
    api = Intercom(objects)
    answers = {
        "POST /{kind}/search": api.search,
        "GET /companies": api.companies,
    }
    with answering(answers) as api.url:
        yield api
