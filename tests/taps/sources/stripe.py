"""The API of Stripe, as docs.stripe.com shows its answers; one object on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from taps.declared.tap import declared_tap
from tests.sandbox.serving import listening
from tests.taps.tap_runs import Output, sync

Object = dict[str, Any]


def at(day: str) -> int:
    """Seconds since 1970 of noon in UTC."""
    return int(datetime.fromisoformat(f"{day} 12:00+00:00").timestamp())


def item(
    cents: str, interval: str = "month", quantity: int = 1, **price: Any
) -> Object:
    """An item of a subscription."""
    name = f"{cents}-{interval}"
    recurring = {"interval": interval, "interval_count": 1, "usage_type": "licensed"}
    return {
        "id": f"si_{name}",
        "quantity": quantity,
        "price": {
            "id": f"price_{name}",
            "nickname": None,
            "unit_amount_decimal": cents,
            "currency": "eur",
            "tax_behavior": "exclusive",
            "recurring": recurring,
            **price,
        },
    }


def items(*each: Object) -> Object:
    return {"object": "list", "has_more": False, "data": list(each)}


def subscription(name: str, *of: Object, since: str, **others: Any) -> Object:
    """A subscription as it is now, of a customer of the same name."""
    return {
        "id": f"sub_{name}",
        "customer": f"cus_{name}",
        "status": "active",
        "items": items(*of),
        "discounts": [],
        "pause_collection": None,
        "cancellation_details": {"reason": None, "feedback": None, "comment": "secret"},
        "start_date": at(since),
        "trial_end": None,
        "canceled_at": None,
        "ended_at": None,
        **others,
    }


def changed(now: Object, day: str, kind: str = "updated", **before: Any) -> Object:
    """An event that made a subscription what it is."""
    data = {"object": now, "previous_attributes": before}
    name = f"customer.subscription.{kind}"
    return {"id": f"evt_{now['id']}_{day}", "type": name, "created": at(day)} | {
        "data": data
    }


@dataclass
class Stripe:
    """Where it listens, the objects of each list, and what it was asked."""

    lists: dict[str, list[Object]]
    url: str = ""
    asked: list[Request] = field(default_factory=list)

    def read(self, state: Object | None = None) -> Output:
        config = {"api_url": f"{self.url}/v1", "api_key": "rk_test"}
        config |= {"start_date": "2025-12-01"}
        return sync(declared_tap("stripe"), config, state)

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        query = request.query_params
        first, end = int(query.get("created[gte]", 0)), query.get("created[lt]")
        found = [
            each
            for each in self.lists.get(request.path_params["name"], [])
            if first <= each.get("created", first) < int(end or 10**11)
        ]
        ids = [each["id"] for each in found]
        after = query.get("starting_after")
        start = ids.index(after) + 1 if after else 0
        page, more = found[start : start + 1], start + 1 < len(found)
        return JSONResponse({"object": "list", "data": page, "has_more": more})


@contextmanager
def stripe(**lists: list[Object]) -> Iterator[Stripe]:
    """Serve lists of objects."""
    served = Stripe(lists)
    route = Route("/v1/{name}", served.answer)
    with listening(Starlette(routes=[route])) as served.url:
        yield served
