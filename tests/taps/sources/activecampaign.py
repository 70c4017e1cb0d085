"""The API of ActiveCampaign, as its documentation shows its answers; two on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from taps.declared.tap import declared_tap
from tests.taps.sources.answering import answering
from tests.taps.tap_runs import Output, sync

__all__ = ["ActiveCampaign", "activecampaign", "campaign", "contact", "score"]

Object = dict[str, Any]


def contact(id_: str, email: str, changed: str = "2026-03-02") -> Object:
    """A contact; moments carry the account's offset."""
    made = "2026-03-01T22:00:00-05:00"
    told = {"id": id_, "email": email, "phone": "", "cdate": made}
    return {**told, "udate": f"{changed}T09:00:00-05:00", "deleted": "0"}


def score(contact_id: str, points: int, *, rules: str = "2") -> Object:
    """Points of a contact, as they stand since October 2018."""
    told = {"score": rules, "contact": contact_id, "deal": None, "id": "1"}
    changed = "2018-10-22T20:15:28-05:00"
    return {**told, "scoreValue": str(points), "cdate": changed, "mdate": changed}


def campaign(id_: str, name: str, sent: int = 0, **counts: int) -> Object:
    """A campaign that was sent on the second of March, or not at all."""
    names = ("uniqueopens", "subscriberclicks", "hardbounces", "softbounces")
    counted = dict.fromkeys((*names, "unsubscribes"), 0) | counts
    at = "2026-03-02T09:00:00-05:00" if sent else None
    told = {"id": id_, "name": name, "type": "single", "status": "5"}
    texts = {key: str(count) for key, count in counted.items()}
    return {**told, "send_amt": str(sent), "sdate": at, "ldate": at, **texts}


@dataclass
class ActiveCampaign:
    """Where it listens and its lists."""

    lists: dict[str, list[Object]]
    url: str = ""

    def read(self, state: Object | None = None) -> Output:
        config = {"account_url": self.url, "api_key": "key"}
        return sync(declared_tap("activecampaign"), config, state)

    def answer(self, names: Any, query: Any, _: Any) -> Any:
        name, since = names["name"], query.get("filters[updated_after]", "")
        found = [e for e in self.lists.get(name, []) if e.get("udate", "9") >= since]
        if name == "contacts":
            after = int(query.get("id_greater", 0))
            page = [each for each in found if int(each["id"]) > after][:2]
            if query.get("include") == "scoreValues":
                ids = {each["id"] for each in page}
                scores = self.lists.get("scoreValues", [])
                beside = [each for each in scores if each["contact"] in ids]
                return {"scoreValues": beside, name: page, "meta": {"total": "3"}}
        else:
            page = found[int(query["offset"]) :][: int(query["limit"])]
        return {name: page, "meta": {"total": str(len(found))}}


@contextmanager
def activecampaign(**lists: list[Object]) -> Iterator[ActiveCampaign]:
    """Serve lists of objects."""
    api = ActiveCampaign(lists)
    with answering({"GET /api/3/{name}": api.answer}) as api.url:
        yield api
