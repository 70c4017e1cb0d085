"""First and last visit before an order, within Shopify's 30 days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taps.api_source.schemas import instant, schema, text
from taps.tap_shopify import nodes
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import (
    ORDER_ID,
    ORDER_UPDATED_AT,
    OrderTreeStream,
    Record,
)

__all__ = ["OrderVisitsStream", "VisitRecord", "visit_records"]

_KEY = ("order_id", "visit_role")
_COLUMNS = (
    ORDER_ID,
    text("visit_role", "first or last of the 30 days before the order."),
    ORDER_UPDATED_AT,
    text("visit_id", "Shopify's number of the visit; one may be first and last."),
    instant("occurred_at", "When it began."),
    text("source", "Where it came from in Shopify's words: Google, direct ..."),
    text("source_type", "Kind of tactic, lower case: seo ..."),
    text("landing_page", "First page, with its parameters."),
    text("referrer_url", "Page that led there."),
    text("referral_code", "Referral code, if there was one."),
    text("utm_source", "utm_source of the landing page."),
    text("utm_medium", "utm_medium likewise."),
    text("utm_campaign", "utm_campaign likewise."),
    text("utm_content", "utm_content likewise."),
    text("utm_term", "utm_term likewise."),
)


class VisitRecord(Record, kw_only=True):
    """A row of ``order_visits``."""

    order_id: str
    visit_role: str
    order_updated_at: str
    visit_id: str
    occurred_at: str
    source: str
    source_type: str | None
    landing_page: str | None
    referrer_url: str | None
    referral_code: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    utm_content: str | None
    utm_term: str | None


def visit_records(
    journey: nodes.Journey, order_id: str, order_updated_at: str
) -> Iterator[VisitRecord]:
    """The rows of a journey: none, one or two."""
    for role, visit in (("first", journey.first_visit), ("last", journey.last_visit)):
        if visit is not None:
            yield _record(visit, role, order_id, order_updated_at)


def _record(
    visit: nodes.Visit, role: str, order_id: str, order_updated_at: str
) -> VisitRecord:
    utm = visit.utm_parameters
    return VisitRecord(
        order_id=order_id,
        visit_role=role,
        order_updated_at=order_updated_at,
        visit_id=number_of(visit.id),
        occurred_at=visit.occurred_at,
        source=visit.source,
        source_type=visit.source_type.lower() if visit.source_type else None,
        landing_page=visit.landing_page,
        referrer_url=visit.referrer_url,
        referral_code=visit.referral_code,
        utm_source=utm.source if utm else None,
        utm_medium=utm.medium if utm else None,
        utm_campaign=utm.campaign if utm else None,
        utm_content=utm.content if utm else None,
        utm_term=utm.term if utm else None,
    )


class OrderVisitsStream(OrderTreeStream):
    """Visits that led to orders."""

    name = "order_visits"
    primary_keys: Sequence[str] = _KEY
    record_schema = schema(_COLUMNS, _KEY)
