"""Mutations that make discount codes and the segments they are for.

Source: shopify.dev, GraphQL Admin API 2026-10: discountCodeBasicCreate (scope
write_discounts), segmentCreate (write_customers), codeDiscountNodeByCode, segments.
"""

import hashlib
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from sandbox.shopify.context import Context
from sandbox.shopify.documents import moment_text
from sandbox.shopify.facts import DiscountFacts, SegmentFacts
from sandbox.shopify.fields.shops import UserError
from sandbox.store import Version

__all__ = ["discount_by_code", "discount_created", "segment_created", "segments"]

_INPUT: Final = "basicCodeDiscount"
_LONGEST: Final = 255
_SEGMENT: Final = "gid://shopify/Segment/"


class DiscountMade(NamedTuple):
    """A `DiscountCodeBasicCreatePayload`."""

    node: DiscountFacts | None
    errors: list[UserError]


class SegmentMade(NamedTuple):
    """A `SegmentCreatePayload`."""

    segment: SegmentFacts | None
    errors: list[UserError]


def segments(context: Context) -> list[SegmentFacts]:
    """The shop's segments, in the order they were made."""
    bodies = context.store.bodies(
        context.company.slug, "shopify/segments", sort="created_at"
    )
    return [msgspec.json.decode(body, type=SegmentFacts) for body in bodies]


def segment_created(context: Context, name: str, query: str) -> SegmentMade:
    """A new segment; no two have one name."""
    if not name.strip():
        return SegmentMade(None, [UserError("Name can't be blank", None, ["name"])])
    if any(each.name == name for each in segments(context)):
        taken = UserError("Name has already been taken", None, ["name"])
        return SegmentMade(None, [taken])
    if "customer_tags CONTAINS '" not in query:
        unread = UserError("Query is invalid", None, ["query"])
        return SegmentMade(None, [unread])
    made = SegmentFacts(_number(context, name), name, query)
    _keep(context, "segments", made.id, made)
    return SegmentMade(made, [])


def discount_by_code(context: Context, code: str) -> DiscountFacts | None:
    """The discount of a code, in upper or lower case the same."""
    bodies = context.store.bodies(context.company.slug, "shopify/discounts")
    found = (msgspec.json.decode(body, type=DiscountFacts) for body in bodies)
    return next((each for each in found if each.code.lower() == code.lower()), None)


def discount_created(context: Context, given: dict[str, Any]) -> DiscountMade:
    """A new percentage off everything, for the customers of segments."""
    errors = list(_problems(context, given))
    if errors:
        return DiscountMade(None, errors)
    now = moment_text(context.now)
    made = DiscountFacts(
        id=_number(context, given["code"]),
        code_id=_number(context, f"code {given['code']}"),
        code=given["code"],
        title=given["title"],
        kind="DiscountCodeBasic",
        created_at=now,
        updated_at=now,
        starts_at=_text(given["startsAt"]),
        money=f"{context.company.currency} {context.company.exponent}",
        ends_at=_text(given["endsAt"]) if given.get("endsAt") else None,
        usage_limit=given.get("usageLimit"),
        percentage=str(given["customerGets"]["value"]["percentage"]),
        is_once_per_customer=bool(given.get("appliesOncePerCustomer")),
        segment_ids=[
            int(each.removeprefix(_SEGMENT))
            for each in given["context"]["customerSegments"]["add"]
        ],
    )
    _keep(context, "discounts", made.id, made)
    return DiscountMade(made, [])


def _problems(context: Context, given: dict[str, Any]) -> list[UserError]:
    found = []

    def wrong(message: str, code: str, *path: str) -> None:
        found.append(UserError(message, code, [_INPUT, *path]))

    for name in ("title", "code", "startsAt", "customerGets", "context"):
        if not given.get(name):
            wrong(f"{name} can't be blank", "BLANK", name)
    if found:
        return found
    if len(given["code"]) > _LONGEST or len(given["title"]) > _LONGEST:
        wrong("is too long", "TOO_LONG", "title")
    if discount_by_code(context, given["code"]):
        wrong("Code must be unique. Please try a different code.", "TAKEN", "code")
    share = given["customerGets"].get("value", {}).get("percentage")
    if share is None or not 0 < share <= 1:
        wrong(
            "Value must be between 0.0 and 1.0",
            "VALUE_OUTSIDE_RANGE",
            *("customerGets", "value", "percentage"),
        )
    if not (given["customerGets"].get("items") or {}).get("all"):
        wrong("Items can't be blank", "BLANK", "customerGets", "items")
    ends = given.get("endsAt")
    if ends and _moment(ends) <= _moment(given["startsAt"]):
        wrong("Ends at needs to be after starts_at", "END_BEFORE_START", "endsAt")
    if given.get("usageLimit") is not None and given["usageLimit"] < 1:
        wrong("Usage limit is too small", "GREATER_THAN", "usageLimit")
    chosen = (given["context"].get("customerSegments") or {}).get("add") or []
    known = {f"{_SEGMENT}{each.id}" for each in segments(context)}
    if not chosen or not {*chosen} <= known:
        wrong("Customer segments are invalid", "INVALID", "context")
    return found


def _keep(context: Context, collection: str, number: int, facts: Any) -> None:
    version = Version(
        id=str(number),
        visible_from=context.now,
        created_at=context.now,
        updated_at=context.now,
        body=msgspec.json.encode(facts),
    )
    context.store.add(context.company.slug, f"shopify/{collection}", [version])


def _number(context: Context, text: str) -> int:
    digest = hashlib.sha256(f"{context.company.slug}/{text}".encode()).hexdigest()
    return 9_000_000_000_000 + int(digest[:10], 16)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(moment: str) -> str:
    return moment_text(_moment(moment))
