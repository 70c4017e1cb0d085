"""The API of Zendesk, as developer.zendesk.com shows its answers; two on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from taps.declared.tap import declared_tap
from tests.taps.sources.answering import answering
from tests.taps.tap_runs import Output, sync

__all__ = ["Zendesk", "policy", "rating", "survey", "ticket", "user", "zendesk"]

Object = dict[str, Any]
_OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
_PAGE = 2


def _at(hours: float) -> str:
    return f"{_OPENED + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def ticket(id_: int, status: str = "solved", hours: float = 3, **fields: Any) -> Object:
    """A ticket of 2 March 2026, 9:00 UTC, that changed so many hours later."""
    return {
        "id": id_,
        "status": status,
        "created_at": _at(0),
        "updated_at": _at(0),
        "generated_timestamp": int((_OPENED + timedelta(hours=hours)).timestamp()),
        "organization_id": 7,
        "requester_id": 9,
        "priority": "high",
        "tags": ["billing"],
        "via": {"channel": "email", "source": {"rel": None}},
        "metric_set": {
            "ticket_id": id_,
            "reply_time_in_minutes": {"calendar": 95, "business": 35},
            "reply_time_in_seconds": {"calendar": None},
            "reopens": 1,
            "solved_at": _at(2),
        },
    } | fields


def user(id_: int, email: str | None, organization_id: int | None = None) -> Object:
    """Somebody who may ask."""
    return {
        "id": id_,
        "name": "Ana Paz",
        "email": email,
        "organization_id": organization_id,
        "updated_at": _at(0),
    }


def policy(
    id_: int,
    *conditions: tuple[str, str, object],
    position: int = 1,
    **minutes: tuple[int, bool],
) -> Object:
    """A policy of first replies: minutes by priority, and whether of office hours."""
    fields = ("field", "operator", "value")
    metric = {"metric": "first_reply_time"}
    return {
        "id": id_,
        "title": "Clients",
        "position": position,
        "filter": {
            "all": [dict(zip(fields, each, strict=True)) for each in conditions],
            "any": [],
        },
        "policy_metrics": [
            {"priority": priority, "target": due, "business_hours": is_business}
            | {"target_in_seconds": due * 60, **metric}
            for priority, (due, is_business) in minutes.items()
        ],
    }


def rating(id_: int, score: str, ticket_id: int) -> Object:
    """An answer in the older system."""
    given = {"created_at": _at(5), "updated_at": _at(5)}
    return {"id": id_, "score": score, "ticket_id": ticket_id, "comment": "…"} | given


def survey(id_: str, stars: int, ticket_id: int, best: int = 5) -> Object:
    """An answered survey in the newer one: a rating, and words that are skipped."""
    given = {"created_at": _at(6), "updated_at": _at(6)}
    options = [{"rating": each} for each in range(1, best + 1)]
    rated = {"id": "01R", "type": "rating_scale_numeric", "options": options}
    words = {"id": "01C", "type": "open_ended"}
    return {
        "id": id_,
        "subject_zrns": [f"zen:ticket:{ticket_id}"],
        "answers": [
            {"type": "rating_scale", "question": rated, "rating": stars, **given},
            {"type": "skipped", "question": words, **given},
        ],
    }


@dataclass
class Zendesk:
    """Where it listens, what it keeps, and what it was asked for tickets."""

    objects: dict[str, list[Object]]
    url: str = ""
    asked: list[Mapping[str, str]] = field(default_factory=list)
    is_turning: bool = False
    has_policies: bool = True

    def read(self, state: Object | None = None) -> Output:
        config = {"api_url": self.url, "subdomain": "acme"}
        secrets = {"email": "ana@acme.test", "api_token": "token-1"}
        return sync(declared_tap("zendesk"), config | secrets, state)

    def tickets(self, _: Any, query: Mapping[str, str], __: Any) -> Object:
        self.asked.append(query)
        clocks = {"metric_sets": self.objects.get("metric_sets", [])}
        return self._exported("tickets", query) | clocks

    def users(self, _: Any, query: Mapping[str, str], __: Any) -> Object:
        return self._exported("users", query)

    def _exported(self, kind: str, query: Mapping[str, str]) -> Object:
        # A cursor is named on the last page as well.
        found, start = self.objects.get(kind, []), int(query.get("cursor", 0))
        cursor = start + _PAGE if not self.is_turning else 2
        is_last = start + _PAGE >= len(found) and not self.is_turning
        page = {kind: found[start : start + _PAGE], "end_of_stream": is_last}
        return page | {"after_cursor": str(cursor)}

    def policies(self, _: Any, query: Mapping[str, str], __: Any) -> Any:
        if not self.has_policies:
            return 403, {"error": "Forbidden", "description": "Not in this plan"}
        found, start = self.objects.get("sla_policies", []), int(query.get("page", 0))
        end = start + _PAGE
        after = f"{self.url}/slas/policies?page={end}" if end < len(found) else None
        page = {"sla_policies": found[start:end], "count": len(found)}
        return page | {"next_page": after, "previous_page": None}

    def listed(self, names: Mapping[str, str], query: Mapping[str, str], _: Any) -> Any:
        kind, start = names["kind"], int(query.get("page[after]", 0))
        found = self.objects.get(kind, [])
        more = start + _PAGE < len(found)
        meta = {"has_more": more, "after_cursor": str(start + _PAGE)}
        return {kind: found[start : start + _PAGE], "meta": meta}


@contextmanager
def zendesk(**objects: list[Object]) -> Iterator[Zendesk]:
    """Serve objects by their kind."""
    api = Zendesk(objects)
    answers = {
        "GET /incremental/tickets/cursor": api.tickets,
        "GET /incremental/users/cursor": api.users,
        "GET /slas/policies": api.policies,
        "GET /guide/{kind}": api.listed,
        "GET /{kind}": api.listed,
    }
    with answering(answers) as api.url:
        yield api
