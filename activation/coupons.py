"""Shopify: a discount code for the customers who have a tag, made once.

Source: shopify.dev, GraphQL Admin API 2026-10: segmentCreate ("Segment names must be
unique"), discountCodeBasicCreate, codeDiscountNodeByCode; "Segment query language
reference" for ``customer_tags CONTAINS``. Codes are unique in a shop, whatever their
case; the title says whose a code is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from activation.places import Access, made_once, without_people
from activation.shopify import granted, shop_client
from taps.api_source.errors import SourceError

__all__ = ["Coupon", "Coupons"]

_NEEDED = ("write_customers", "write_discounts")
_SEGMENTS = """query Segments($after: String) {
  segments(first: 250, after: $after) {
    nodes { id name }
    pageInfo { hasNextPage endCursor }
  }
}"""
_MAKE_SEGMENT = """mutation Segment($name: String!, $query: String!) {
  segmentCreate(name: $name, query: $query) {
    segment { id }
    userErrors { message }
  }
}"""
_FIND = """query Code($code: String!) {
  codeDiscountNodeByCode(code: $code) {
    id
    codeDiscount { ... on DiscountCodeBasic { title } }
  }
}"""
_MAKE = """mutation Coupon($given: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $given) {
    codeDiscountNode { id }
    userErrors { code message }
  }
}"""


@dataclass(frozen=True)
class Coupon:
    """What is made.

    Parameters
    ----------
    title
        Ours alone: a code with another title is somebody else's.
    percent
        Off everything, above 0 and at most 100, as text.
    tag
        Of the customers who may use it, each once.
    starts_at, ends_at
        ISO 8601 in UTC.
    """

    code: str
    title: str
    percent: str
    tag: str
    usage_limit: int
    starts_at: str
    ends_at: str


class _UserError(msgspec.Struct):
    message: str
    code: str | None = None


class _Id(msgspec.Struct):
    id: str


class _Segment(msgspec.Struct):
    id: str
    name: str


class _PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool
    end_cursor: str | None


class _Segments(msgspec.Struct, rename="camel"):
    nodes: list[_Segment]
    page_info: _PageInfo


class _SegmentsRoot(msgspec.Struct):
    segments: _Segments


class _SegmentMade(msgspec.Struct, rename="camel"):
    segment: _Id | None
    user_errors: list[_UserError]


class _SegmentMadeRoot(msgspec.Struct, rename="camel"):
    segment_create: _SegmentMade


class _Titled(msgspec.Struct):
    # Another kind of discount has no title here: it is not ours.
    title: str = ""


class _Found(msgspec.Struct, rename="camel"):
    id: str
    code_discount: _Titled


class _FoundRoot(msgspec.Struct, rename="camel"):
    code_discount_node_by_code: _Found | None


class _Made(msgspec.Struct, rename="camel"):
    code_discount_node: _Id | None
    user_errors: list[_UserError]


class _MadeRoot(msgspec.Struct, rename="camel"):
    discount_code_basic_create: _Made


class _Taken(Exception):
    """Somebody else's discount has this code."""


class Coupons:
    """The discounts of one shop, with the access of the connection that reads it."""

    def __init__(
        self, config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = shop_client(config, sleep)
        self._once = shop_client(config, sleep, attempts=1)
        self._sleep = sleep

    def check(self) -> Access:
        """See the shop and the scopes of the app."""
        return granted(self._client, _NEEDED)

    def make(self, coupon: Coupon) -> str | None:
        """The id of the discount, found by its code or made; None if it is not ours.

        Raises
        ------
        SourceError
            The shop refuses it; its words are told.
        """
        segment_id = made_once(
            lambda: self._find_segment(coupon.tag),
            lambda: self._make_segment(coupon.tag),
            self._sleep,
        )
        try:
            return made_once(
                lambda: self._find(coupon),
                lambda: self._make(coupon, segment_id),
                self._sleep,
            )
        except _Taken:
            return None

    def _find_segment(self, name: str) -> str | None:
        after: str | None = None
        while True:
            page = self._client.query(
                _SEGMENTS, {"after": after}, "segments", _SegmentsRoot
            ).data.segments
            for each in page.nodes:
                if each.name == name:
                    return each.id
            if not page.page_info.has_next_page:
                return None
            after = page.page_info.end_cursor

    def _make_segment(self, tag: str) -> str:
        call = f"segment {tag!r}"
        variables = {"name": tag, "query": f"customer_tags CONTAINS '{tag}'"}
        told = self._once.query(
            _MAKE_SEGMENT, variables, call, _SegmentMadeRoot
        ).data.segment_create
        if told.segment is None:
            raise _refused(told.user_errors, call)
        return told.segment.id

    def _find(self, coupon: Coupon) -> str | None:
        variables = {"code": coupon.code}
        found = self._client.query(
            _FIND, variables, f"code {coupon.code}", _FoundRoot
        ).data.code_discount_node_by_code
        if found is None:
            return None
        if found.code_discount.title != coupon.title:
            raise _Taken
        return found.id

    def _make(self, coupon: Coupon, segment_id: str) -> str:
        call = f"coupon {coupon.code}"
        given = {
            "title": coupon.title,
            "code": coupon.code,
            "startsAt": coupon.starts_at,
            "endsAt": coupon.ends_at,
            "usageLimit": coupon.usage_limit,
            "appliesOncePerCustomer": True,
            "context": {"customerSegments": {"add": [segment_id]}},
            "customerGets": {
                "value": {"percentage": float(coupon.percent) / 100},
                "items": {"all": True},
            },
        }
        told = self._once.query(
            _MAKE, {"given": given}, call, _MadeRoot
        ).data.discount_code_basic_create
        if told.code_discount_node is not None:
            return told.code_discount_node.id
        if any(each.code == "TAKEN" for each in told.user_errors):
            raise _Taken
        raise _refused(told.user_errors, call)


def _refused(errors: list[_UserError], call: str) -> SourceError:
    words = "; ".join(each.message for each in errors) or "it did not say why"
    return SourceError(f"Shopify refuses it: {without_people(words)}", call=call)
