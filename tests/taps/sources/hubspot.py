"""The API of HubSpot, as developers.hubspot.com shows its answers; two on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from taps.declared.tap import declared_tap
from tests.taps.sources.answering import answering
from tests.taps.tap_runs import Output, sync

__all__ = ["HubSpot", "hubspot", "record"]

Object = dict[str, Any]
_PAGE = 2


def record(id_: str, changed: str, **properties: Any) -> Object:
    """An object that was made on the first of March, changed at a moment."""
    stamp = f"{changed}:00.123Z"
    names = {"lastmodifieddate": stamp, "hs_lastmodifieddate": stamp}
    return {
        "id": id_,
        "properties": {**names, **properties},
        "createdAt": "2026-03-01T09:00:00.000Z",
        "updatedAt": stamp,
        "archived": False,
    }


@dataclass
class HubSpot:
    """Where it listens, what it keeps, and which searches it was asked."""

    objects: dict[str, list[Object]]
    url: str = ""
    searches: list[Object] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)

    def read(self, state: Object | None = None) -> Output:
        config = {"api_url": self.url, "access_token": "service-key"}
        return sync(declared_tap("hubspot"), config, state)

    def search(self, names: Mapping[str, str], _: Any, body: Any) -> Any:
        self.searches.append(body)
        found = self.objects.get(names["kind"], [])
        for each in body["filterGroups"][0]["filters"]:
            found = [one for one in found if _passes(one, each)]
        found = sorted(found, key=lambda one: int(one["id"]))
        return _page(found, 0)

    def listed(self, names: Mapping[str, str], query: Any, _: Any) -> Any:
        return _page(self.objects.get(names["kind"], []), int(query.get("after", 0)))

    def histories(self, _: Any, __: Any, body: Any) -> Any:
        self.batches.append([each["id"] for each in body["inputs"]])
        moved = {"value": "lead", "timestamp": "2026-03-02T09:00:00.000Z"}
        told = {"lifecyclestage": [moved], "hs_lead_status": []}
        ids = self.batches[-1]
        return {"results": [{"id": id_, "propertiesWithHistory": told} for id_ in ids]}

    def associations(self, _: Any, __: Any, body: Any) -> Any:
        # Whoever has no company is left out.
        id_ = body["inputs"][0]["id"]
        to = [{"toObjectId": "7", "associationTypes": [{"typeId": 1}]}]
        return {"results": [{"from": {"id": id_}, "to": to}]}


@contextmanager
def hubspot(**objects: list[Object]) -> Iterator[HubSpot]:
    """Serve objects by their kind."""
    api, base = HubSpot(objects), "/crm/objects/2026-09"
    tied = "/crm/associations/2026-09/contacts/companies"
    answers = {
        f"POST {base}/contacts/batch/read": api.histories,
        f"POST {base}/{{kind}}/search": api.search,
        f"GET {base}/{{kind}}": api.listed,
        f"POST {tied}/batch/read": api.associations,
        "GET /crm/{kind}/2026-09": api.listed,
    }
    with answering(answers) as api.url:
        yield api


def _passes(one: Object, condition: Mapping[str, str]) -> bool:
    name, wanted = condition["propertyName"], int(condition["value"])
    if name == "hs_object_id":
        return int(one["id"]) > wanted
    at = datetime.fromisoformat(one["properties"][name]).timestamp() * 1000
    return at >= wanted if condition["operator"] == "GTE" else at < wanted


def _page(found: list[Object], start: int) -> Object:
    end = start + _PAGE
    more = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
    return {"total": len(found), "results": found[start:end], **more}
