"""Documents of the store: the neutral records of the world, version by version.

The API's search is not instant: a version becomes visible some seconds after the moment
that made it (`INDEX_LAG_SECONDS` at most). Who reads up to "now" without looking back
misses what was being indexed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from sandbox.shopify.facts import (
    CheckoutFacts,
    CustomerFacts,
    DiscountFacts,
    LineFacts,
    OrderFacts,
    RefundFacts,
    VisitFacts,
)
from sandbox.shopify.money import exchange_text
from sandbox.shopify.odd_orders import KINDS
from sandbox.simulation import ids, records
from sandbox.store import Version

__all__ = [
    "INDEX_LAG_SECONDS",
    "checkout_versions",
    "customer_versions",
    "discount_versions",
    "moment_text",
    "order_versions",
    "placed_version",
    "refunded_version",
]

INDEX_LAG_SECONDS: Final = 120
# Ids of orders that are placed while the sandbox runs begin this far on.
_PLACED: Final = 500_000_000


def order_versions(order: records.Order) -> Iterator[Version]:
    """The order's document at each moment that changed it, oldest first.

    A refund and the cancellation bump `updatedAt`; the journey becoming ready does not.
    """
    refunds = sorted(order.refunds, key=lambda refund: refund.at)
    events = sorted(
        {refund.at for refund in refunds}
        | {at for at in (order.cancelled_at, order.journey_ready_at) if at is not None}
    )
    lag = _index_lag(order.id)
    last = order.deleted_at
    for at in [order.created_at, *(at for at in events if at > order.created_at)]:
        if last is not None and at >= last:
            break
        facts, updated_at = _order_at(order, refunds, at)
        yield Version(
            id=str(order.id),
            visible_from=at + lag,
            created_at=order.created_at,
            updated_at=updated_at,
            body=_encode(facts),
        )
    if last is not None:
        yield Version(
            str(order.id), last + lag, order.created_at, last, b"{}", is_deleted=True
        )


def _order_at(
    order: records.Order, refunds: list[records.Refund], at: datetime
) -> tuple[OrderFacts, datetime]:
    done = [refund for refund in refunds if refund.at <= at]
    is_cancelled = order.cancelled_at is not None and order.cancelled_at <= at
    changes = [order.created_at, *(refund.at for refund in done)]
    if order.cancelled_at is not None and is_cancelled:
        changes.append(order.cancelled_at)
    updated_at = max(changes)
    ready = None if order.journey_ready_at is None else order.journey_ready_at <= at
    first, last = order.visits if ready else (None, None)
    facts = OrderFacts(
        id=order.id,
        number=order.number,
        created_at=moment_text(order.created_at),
        processed_at=moment_text(order.processed_at),
        updated_at=moment_text(updated_at),
        financial_status=order.financial_status,
        money=exchange_text(
            order.currency,
            order.exponent,
            order.presentment_currency,
            order.presentment_exponent,
            order.presentment_rate,
        ),
        lines=[_line(line) for line in order.lines],
        fulfillment_status=order.fulfillment_status,
        source_name=order.source_name,
        customer_id=order.customer.id if order.customer else None,
        email=order.email,
        cancelled_at=_text(order.cancelled_at) if is_cancelled else None,
        cancel_reason=order.cancel_reason if is_cancelled else None,
        is_test=order.is_test,
        subtotal=order.subtotal_minor,
        discounts=order.discount_minor,
        shipping=order.shipping_minor,
        tax=order.tax_minor,
        discount_code=order.discount_code,
        refunds=[_refund(refund) for refund in done],
        is_journey_ready=ready,
        first_visit=_visit(first),
        last_visit=_visit(last),
        customer_order_index=order.customer_order_index if ready else None,
        days_to_conversion=order.days_to_conversion if ready else None,
        moments_count=order.moments_count if ready else 0,
        country_code=order.country_code,
        province_code=order.province_code,
        tags=list(order.tags),
    )
    return facts, updated_at


def placed_version(
    body: bytes, sequence: int, at: datetime, kind: str | None = None
) -> Version:
    """A new order like a stored one, placed and visible at a moment.

    Its ids are beyond those of the world's own orders, told apart by `sequence`; `kind`
    is one of `odd_orders`, or None for an ordinary one.
    """
    facts = msgspec.json.decode(body, type=OrderFacts)
    facts.id = ids.ORDER + _PLACED + sequence
    facts.number = ids.FIRST_NUMBER + _PLACED + sequence
    facts.created_at = facts.processed_at = facts.updated_at = moment_text(at)
    facts.lines = [
        msgspec.structs.replace(line, id=ids.LINE + _PLACED + 100 * sequence + place)
        for place, line in enumerate(facts.lines)
    ]
    facts.is_journey_ready = False
    facts.first_visit = facts.last_visit = None
    if kind is not None:
        KINDS[kind](facts, moment_text(at))
    return Version(str(facts.id), at, at, at, _encode(facts))


def refunded_version(body: bytes, refund: records.Refund) -> Version:
    """A version of a stored order with one more refund, visible from its moment."""
    facts = msgspec.json.decode(body, type=OrderFacts)
    facts.refunds = [*facts.refunds, _refund(refund)]
    facts.updated_at = moment_text(refund.at)
    return Version(
        id=str(facts.id),
        visible_from=refund.at,
        created_at=datetime.fromisoformat(facts.created_at),
        updated_at=refund.at,
        body=_encode(facts),
    )


def customer_versions(customer: records.Customer) -> Iterator[Version]:
    """The customer's document at each of its states."""
    for state in customer.states:
        facts = CustomerFacts(
            id=customer.id,
            created_at=moment_text(customer.created_at),
            updated_at=moment_text(state.at),
            email=customer.email,
            first_name=customer.first_name,
            last_name=customer.last_name,
            money=f"{customer.currency} {customer.exponent}",
            state=customer.state,
            email_marketing=customer.email_marketing,
            phone=customer.phone,
            phone_marketing=customer.phone_marketing,
            country_code=customer.country_code,
            tags=list(customer.tags),
            number_of_orders=state.number_of_orders,
            amount_spent=state.amount_spent_minor,
            is_email_verified=customer.is_email_verified,
        )
        yield Version(
            id=str(customer.id),
            visible_from=state.at + _index_lag(customer.id),
            created_at=customer.created_at,
            updated_at=state.at,
            body=_encode(facts),
        )


def checkout_versions(checkout: records.Checkout) -> Iterator[Version]:
    """The checkout when it was left, and again when it was recovered."""
    facts = CheckoutFacts(
        id=checkout.id,
        created_at=moment_text(checkout.created_at),
        updated_at=moment_text(checkout.updated_at),
        money=f"{checkout.currency} {checkout.exponent}",
        lines=[_line(line) for line in checkout.lines],
        completed_at=_text(checkout.completed_at),
        customer_id=checkout.customer_id,
        email=checkout.email,
        shipping=checkout.shipping_minor,
        discount_code=checkout.discount_code,
    )
    version = Version(
        id=str(checkout.id),
        visible_from=checkout.updated_at + _index_lag(checkout.id),
        created_at=checkout.created_at,
        updated_at=checkout.updated_at,
        body=_encode(facts),
    )
    if checkout.completed_at is None:
        yield version
        return
    left_at = min(checkout.updated_at, checkout.completed_at)
    facts.completed_at, facts.updated_at = None, moment_text(left_at)
    yield replace(
        version,
        visible_from=left_at + _index_lag(checkout.id),
        updated_at=left_at,
        body=_encode(facts),
    )
    facts.completed_at = moment_text(checkout.completed_at)
    facts.updated_at = facts.completed_at
    yield replace(
        version,
        visible_from=checkout.completed_at + _index_lag(checkout.id),
        updated_at=checkout.completed_at,
        body=_encode(facts),
    )


def discount_versions(discount: records.DiscountCode) -> Iterator[Version]:
    """The discount, once: its uses are counted as of its last update."""
    facts = DiscountFacts(
        id=discount.discount_id,
        code_id=discount.id,
        code=discount.code,
        title=discount.title,
        kind=discount.kind,
        created_at=moment_text(discount.created_at),
        updated_at=moment_text(discount.updated_at),
        starts_at=moment_text(discount.starts_at),
        money=f"{discount.currency} {discount.exponent}",
        ends_at=_text(discount.ends_at),
        usage_count=discount.usage_count,
        usage_limit=discount.usage_limit,
        percentage=None if discount.percentage is None else str(discount.percentage),
        amount=discount.amount_minor,
    )
    yield Version(
        id=str(discount.discount_id),
        visible_from=discount.created_at + _index_lag(discount.discount_id),
        created_at=discount.created_at,
        updated_at=discount.updated_at,
        body=_encode(facts),
    )


def moment_text(moment: datetime) -> str:
    """An instant as the API writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)


def _index_lag(identifier: int) -> timedelta:
    return timedelta(seconds=identifier * 37 % (INDEX_LAG_SECONDS + 1))


def _line(line: records.Line) -> LineFacts:
    return LineFacts(*line)


def _refund(refund: records.Refund) -> RefundFacts:
    return RefundFacts(
        refund.id,
        moment_text(refund.at),
        refund.amount_minor,
        refund.line_id,
        refund.quantity,
        refund.money_moved,
    )


def _visit(visit: records.Visit | None) -> VisitFacts | None:
    if visit is None:
        return None
    return VisitFacts(
        visit.id,
        moment_text(visit.at),
        visit.source,
        visit.source_type,
        visit.landing_page,
        visit.referrer,
        visit.utm,
    )


_encode = msgspec.json.Encoder().encode
