"""Connections of the query root: pages of a collection, and how many there are."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from sandbox.shopify.context import Context, decoder_of
from sandbox.shopify.fields.money import Counted
from sandbox.shopify.filters import Filter, filter_of
from sandbox.shopify.slices import BadPage, Slice, page_size
from sandbox.store import Cursor, Document, Sort

__all__ = [
    "CONNECTIONS",
    "COUNTS",
    "MOST_COUNTED",
    "MOST_OBJECTS",
    "counted",
    "page_of",
]

MOST_OBJECTS: Final = 25_000
MOST_COUNTED: Final = 25_000
CONNECTIONS: Final = {
    "orders": "orders",
    "customers": "customers",
    "abandonedCheckouts": "checkouts",
    "codeDiscountNodes": "discounts",
}
COUNTS: Final = {
    "ordersCount": "orders",
    "customersCount": "customers",
    "abandonedCheckoutsCount": "checkouts",
    "discountCodesCount": "discounts",
}
_SORTS: Final[dict[str, Sort]] = {
    "UPDATED_AT": "updated_at",
    "CREATED_AT": "created_at",
    "PROCESSED_AT": "created_at",
    "STARTS_AT": "created_at",
}


class Place(NamedTuple):
    """Where a page ended. `page_start` is the place its own page came after."""

    value: str
    id: str
    passed: int
    page_start: str | None


@dataclass(frozen=True)
class _Walk:
    """One way through a collection, page by page."""

    filter: Filter
    sort: Sort
    is_descending: bool

    def documents(self, after: Cursor | None, limit: int) -> list[Any]:
        """The next documents that pass, with their facts."""
        found: list[tuple[Document, Any]] = []
        decode = decoder_of(self.filter.collection).decode
        while len(found) < limit:
            documents = self._next(after, limit - len(found))
            for document in documents:
                if not self.filter.is_within(document, self.sort):
                    continue
                facts = decode(document.body)
                if self.filter.test is None or self.filter.test(facts):
                    found.append((document, facts))
            if not documents:
                break
            after = documents[-1].cursor(self.sort)
        return found[:limit]

    def _next(self, after: Cursor | None, limit: int) -> list[Document]:
        context = self.filter.context
        return context.store.page(
            context.company.slug,
            f"shopify/{self.filter.collection}",
            sort=self.sort,
            since=self.filter.since.get(self.sort),
            until=self.filter.until.get(self.sort),
            after=after,
            limit=max(limit, 50),
            is_descending=self.is_descending,
        )


def page_of(
    context: Context, collection: str, arguments: dict[str, Any], path: list[str]
) -> Slice:
    """The page of a root connection that its arguments ask for.

    Raises
    ------
    BadPage
    """
    size = page_size(arguments)
    is_backwards = arguments.get("first") is None
    cursor = arguments.get("before" if is_backwards else "after")
    walk = _Walk(
        filter_of(context, collection, arguments.get("query"), path),
        _SORTS.get(str(arguments.get("sortKey")), "id"),
        bool(arguments.get("reverse")) != is_backwards,
    )
    start, cursor = _faulty_start(context, cursor, walk, size)
    passed = start.passed if start else 0
    if passed + size > MOST_OBJECTS:
        raise BadPage(
            f"Pagination beyond {MOST_OBJECTS:,} objects is not supported; "
            "narrow the query or use a bulk operation"
        )
    found = walk.documents(_stored(start, walk.sort), size + 1)
    has_more, found = len(found) > size, found[:size]
    nodes = [facts for _, facts in found]
    cursors = [
        _text(_place(document, walk.sort, passed + number, cursor))
        for number, (document, _) in enumerate(found, start=1)
    ]
    _misbehave(context, nodes, cursors)
    if is_backwards:
        return Slice(nodes[::-1], cursors[::-1], bool(start), has_more)
    return Slice(nodes, cursors, has_more, bool(start))


def counted(
    context: Context, collection: str, arguments: dict[str, Any], path: list[str]
) -> Counted:
    """How many objects a search finds; never more than `limit`.

    Shopify counts to `MOST_COUNTED` at most, whatever the limit; under the fault
    "inexact_counts" to its `most`.
    """
    found = filter_of(context, collection, arguments.get("query"), path).count()
    limit = arguments.get("limit")
    fault = context.world.faults.standing("inexact_counts", context.path)
    exact = MOST_COUNTED if fault is None else int(fault.options["most"])
    most = exact if limit is None else min(limit, exact)
    return Counted(found) if found <= most else Counted(most, "AT_LEAST")


def _faulty_start(
    context: Context, cursor: str | None, walk: _Walk, size: int
) -> tuple[Place | None, str | None]:
    """Where the page starts, unless a fault repeats the last page or skips this one."""
    start = None if cursor is None else _place_of(cursor)
    if start is not None and context.fault("page_repeated"):
        cursor = start.page_start
        return (None if cursor is None else _place_of(cursor)), cursor
    if context.fault("page_missing"):
        skipped = walk.documents(_stored(start, walk.sort), size)
        if len(skipped) == size:
            passed = start.passed if start else 0
            place = _place(skipped[-1][0], walk.sort, passed + size, cursor)
            return place, _text(place)
    return start, cursor


def _misbehave(context: Context, nodes: list[Any], cursors: list[str]) -> None:
    if nodes and context.fault("duplicate_ids"):
        nodes.insert(0, nodes[0])
        cursors.insert(0, cursors[0])
    skew = context.world.faults.standing("clock_skew", context.path)
    if skew is not None:
        ahead = timedelta(seconds=float(skew.options.get("seconds", 0)))
        nodes[:] = [context.skewed(facts, ahead) for facts in nodes]


def _place(
    document: Document, sort: Sort, passed: int, page_start: str | None
) -> Place:
    value, identifier = document.cursor(sort)
    text = value if isinstance(value, str) else value.isoformat()
    return Place(text, identifier, passed, page_start)


def _stored(place: Place | None, sort: Sort) -> Cursor | None:
    if place is None:
        return None
    value = place.value if sort == "id" else datetime.fromisoformat(place.value)
    return (value, place.id)


def _text(place: Place) -> str:
    # The start of the page before is kept, not that of all pages before it.
    start = place.page_start
    if start is not None:
        start = _encoded(_place_of(start)._replace(page_start=None))
    return _encoded(place._replace(page_start=start))


def _encoded(place: Place) -> str:
    body = {
        "last_id": place.id,
        "last_value": place.value,
        "passed": place.passed,
        "page_start": place.page_start,
    }
    return base64.b64encode(msgspec.json.encode(body)).decode()


def _place_of(cursor: str) -> Place:
    try:
        body = msgspec.json.decode(base64.b64decode(cursor))
        return Place(
            body["last_value"], body["last_id"], body["passed"], body["page_start"]
        )
    except (ValueError, KeyError, TypeError):
        raise BadPage(f"`{cursor}` is not a valid cursor") from None
