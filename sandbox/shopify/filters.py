"""Search conditions applied to documents."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from sandbox.shopify.access import earliest_order
from sandbox.shopify.context import Context, decoder_of
from sandbox.shopify.fields.discounts import Discount, status
from sandbox.shopify.fields.orders import financial_status
from sandbox.shopify.search import (
    And,
    Node,
    Not,
    Or,
    Term,
    parsed_as_told,
    parsed_search,
    terms,
)
from sandbox.store import Document, Sort

__all__ = ["Filter", "filter_of"]

_Value: TypeAlias = Callable[[Any, Context], Any]
_Test: TypeAlias = Callable[[Any], bool]

_MOMENTS: Final = {
    "customer_date",
    "created_at",
    "updated_at",
    "processed_at",
    "starts_at",
    "ends_at",
}
_STORED: Final = {"created_at", "updated_at"}
_ANY: Final = "any"


def _upper(getter: Callable[[Any], Any]) -> _Value:
    return lambda facts, _: str(getter(facts)).upper()


_COMMON: Final[dict[str, _Value]] = {
    "id": lambda facts, _: facts.id,
    "created_at": lambda facts, _: facts.created_at,
    "updated_at": lambda facts, _: facts.updated_at,
}
_FIELDS: Final[dict[str, dict[str, _Value]]] = {
    "orders": {
        **_COMMON,
        "processed_at": lambda facts, _: facts.processed_at,
        "name": lambda facts, _: f"#{facts.number}",
        "email": lambda facts, _: facts.email,
        "customer_id": lambda facts, _: facts.customer_id,
        "financial_status": _upper(financial_status),
        "fulfillment_status": _upper(lambda facts: facts.fulfillment_status),
        "status": lambda facts, _: (
            "CANCELLED"
            if facts.cancelled_at
            else "CLOSED"
            if facts.fulfillment_status == "FULFILLED"
            else "OPEN"
        ),
        "test": _upper(lambda facts: facts.is_test),
        "tag": lambda facts, _: facts.tags,
        "discount_code": lambda facts, _: facts.discount_code,
        "source_name": lambda facts, _: facts.source_name,
    },
    "customers": {
        "id": _COMMON["id"],
        "updated_at": _COMMON["updated_at"],
        # Not created_at, which other searches have.
        "customer_date": _COMMON["created_at"],
        "email": lambda facts, _: facts.email,
        "state": _upper(lambda facts: facts.state),
        "tag": lambda facts, _: facts.tags,
        "orders_count": lambda facts, _: facts.number_of_orders,
    },
    "checkouts": {
        **_COMMON,
        "email": lambda facts, _: facts.email,
        "status": lambda facts, _: "CLOSED" if facts.completed_at else "OPEN",
        "recovery_state": lambda facts, _: (
            "RECOVERED" if facts.completed_at else "NOT_RECOVERED"
        ),
    },
    "discounts": {
        **_COMMON,
        "title": lambda facts, _: facts.title,
        "code": lambda facts, _: facts.code,
        "starts_at": lambda facts, _: facts.starts_at,
        "ends_at": lambda facts, _: facts.ends_at,
        "status": lambda facts, context: status(Discount(facts), context.now),
        "times_used": lambda facts, _: facts.usage_count,
    },
}


@dataclass(frozen=True)
class Filter:
    """What a search text leaves of a collection.

    `since` and `until` bound the stored instants (half-open), `test` is what else has
    to be true of the facts; None when nothing else has.
    """

    collection: str
    since: dict[str, datetime]
    until: dict[str, datetime]
    test: _Test | None
    context: Context

    @property
    def narrowest(self) -> Sort:
        """The index that leaves the fewest documents to look at."""
        return "updated_at" if "updated_at" in self.since else "created_at"

    def documents(self) -> Iterator[tuple[Document, Any]]:
        """All documents that pass and their facts, in the order of `narrowest`."""
        sort = self.narrowest
        decode = decoder_of(self.collection).decode
        for document in self.context.store.iterate(
            self.context.company.slug,
            f"shopify/{self.collection}",
            sort=sort,
            since=self.since.get(sort),
            until=self.until.get(sort),
        ):
            if self.is_within(document, sort):
                facts = decode(document.body)
                if self.test is None or self.test(facts):
                    yield document, facts

    def count(self) -> int:
        """How many documents pass."""
        if self.test is None and len(self.since.keys() | self.until.keys()) <= 1:
            sort = self.narrowest
            return self.context.store.count(
                self.context.company.slug,
                f"shopify/{self.collection}",
                sort=sort,
                since=self.since.get(sort),
                until=self.until.get(sort),
            )
        return sum(1 for _ in self.documents())

    def is_within(self, document: Document, walked: Sort) -> bool:
        """Whether the bounds on the other index hold."""
        for name in _STORED:
            if name == walked:
                continue
            moment = getattr(document, name)
            if name in self.since and moment < self.since[name]:
                return False
            if name in self.until and moment >= self.until[name]:
                return False
        return True


def filter_of(
    context: Context, collection: str, text: str | None, path: list[str]
) -> Filter:
    """The filter that a search text states; unknown fields only leave a warning."""
    condition = parsed_search(text)
    unknown = [term for term in terms(condition) if not _is_known(collection, term)]
    if unknown:
        context.warnings.append(
            {
                "path": path,
                "query": text,
                "parsed": parsed_as_told(condition),
                "warnings": [
                    {
                        "field": term.field,
                        "message": "Invalid search field for this query.",
                        "code": "invalid_field",
                    }
                    for term in unknown
                ],
            }
        )
    parts = condition.parts if isinstance(condition, And) else (condition,)
    since: dict[str, datetime] = {}
    until: dict[str, datetime] = {}
    tests: list[_Test] = []
    for part in parts:
        if not _bounded(context, collection, part, since, until):
            tests.append(_test(context, collection, part))
    wall = earliest_order(context) if collection == "orders" else None
    if wall is not None:
        since["created_at"] = max(wall, since.get("created_at", wall))
    test = None if not tests else lambda facts: all(test(facts) for test in tests)
    return Filter(collection, since, until, test, context)


def _is_known(collection: str, term: Term) -> bool:
    if term.field not in _FIELDS[collection]:
        return False
    return term.field not in _MOMENTS or _moment(term.value, UTC) is not None


def _bounded(
    context: Context,
    collection: str,
    part: Node,
    since: dict[str, datetime],
    until: dict[str, datetime],
) -> bool:
    """Turn a condition on a stored instant into bounds; False if it is none."""
    if not (isinstance(part, Term) and part.field in _STORED):
        return False
    if not _is_known(collection, part):
        return False
    span = _moment(part.value, context.company.zone)
    if span is None:
        return False
    start, end = span
    if part.comparator in {">=", ">", "="}:
        bound = end if part.comparator == ">" else start
        since[part.field] = max(bound, since.get(part.field, bound))
    if part.comparator in {"<=", "<", "="}:
        bound = start if part.comparator == "<" else end
        until[part.field] = min(bound, until.get(part.field, bound))
    return True


def _test(context: Context, collection: str, node: Node) -> _Test:
    match node:
        case And(parts):
            tests = [_test(context, collection, part) for part in parts]
            return lambda facts: all(test(facts) for test in tests)
        case Or(parts):
            tests = [_test(context, collection, part) for part in parts]
            return lambda facts: any(test(facts) for test in tests)
        case Not(part):
            negated = _test(context, collection, part)
            return lambda facts: not negated(facts)
        case Term():
            if not _is_known(collection, node):
                return lambda _: True
            return _term_test(context, collection, node)


def _term_test(context: Context, collection: str, term: Term) -> _Test:
    value = _FIELDS[collection][term.field]
    if term.field in _MOMENTS:
        return _moment_test(context, term, value)
    if term.value.lower() == _ANY:
        return lambda _: True
    if term.field in {"id", "orders_count", "times_used", "customer_id"}:
        wanted = int(term.value.rsplit("/", 1)[-1]) if term.value[-1:].isdigit() else -1
        return lambda facts: _compares(value(facts, context), term.comparator, wanted)

    def is_equal(facts: Any) -> bool:
        found = value(facts, context)
        if isinstance(found, list):
            return term.value in found
        return str(found).lower().lstrip("#") == term.value.lower().lstrip("#")

    return is_equal


def _moment_test(context: Context, term: Term, value: _Value) -> _Test:
    span = _moment(term.value, context.company.zone)
    if span is None:
        return lambda _: True
    start, end = span

    def holds(facts: Any) -> bool:
        text = value(facts, context)
        if text is None:
            return False
        moment = datetime.fromisoformat(text)
        if term.comparator == "=":
            return start <= moment < end
        bound = end if term.comparator in {">", "<="} else start
        is_after = moment >= bound
        return is_after if term.comparator in {">=", ">"} else not is_after

    return holds


def _compares(found: int | None, comparator: str, wanted: int) -> bool:
    if found is None:
        return False
    return {
        ">=": found >= wanted,
        "<=": found <= wanted,
        ">": found > wanted,
        "<": found < wanted,
        "=": found == wanted,
    }[comparator]


def _moment(text: str, zone: ZoneInfo | Any) -> tuple[datetime, datetime] | None:
    """The instants that a text covers: a second, or a whole day of the shop's zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    is_day = len(text) <= len("2026-11-01")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    if not is_day:
        return moment, moment + timedelta(seconds=1)
    next_day = datetime.combine(moment.date() + timedelta(days=1), time(), zone)
    return moment, next_day
