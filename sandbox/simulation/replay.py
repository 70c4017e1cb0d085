"""A company that replays a real purchase log, moved in time to end yesterday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sandbox import cdnow
from sandbox.shopify.documents import customer_versions, order_versions
from sandbox.simulation import ids
from sandbox.simulation.companies import Company
from sandbox.simulation.loading import Loader
from sandbox.simulation.records import Customer, CustomerState, Line, Order
from sandbox.store import Version

__all__ = ["LoggedPurchase", "cdnow_log", "cdnow_truth", "load_replay", "shift_of"]

_SIGNED_UP_BEFORE: Final = timedelta(seconds=90)
_PAID_BEFORE_CREATED: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class LoggedPurchase:
    """One line of a log; the customer's number as the log has it."""

    customer: int
    day: date
    amount_minor: int


def cdnow_log() -> list[LoggedPurchase]:
    """The published CDNOW sample, oldest first; zero amounts kept."""
    return sorted(
        (
            LoggedPurchase(int(line.customer_id), line.day, int(line.amount * 100))
            for line in cdnow.purchase_log()
        ),
        key=attrgetter("day"),
    )


def shift_of(log: list[LoggedPurchase], anchor: date) -> timedelta:
    """Whole days by which the log moves so that its last purchase is yesterday."""
    return anchor - timedelta(days=1) - max(line.day for line in log)


def cdnow_truth(shift: timedelta) -> dict[str, Any]:
    """The published answers, with their dates moved like the log."""
    truth = cdnow.truth(cdnow.purchase_log())
    truth["as_of_date"] = _moved(truth["as_of_date"], shift)
    truth["holdout"]["end_date"] = _moved(truth["holdout"]["end_date"], shift)
    return truth | {"moved_by_days": shift.days, "time_zone": "America/New_York"}


def load_replay(
    loader: Loader, company: Company, log: list[LoggedPurchase], shift: timedelta
) -> None:
    """Write the log as orders, placed at noon at the shop, and its customers."""
    moments = list(_moments(company, log, shift))
    loader.load("shopify/orders", _orders(company, log, moments), of=len(log))
    histories: dict[int, list[CustomerState]] = {}
    for line, at in zip(log, moments, strict=True):
        states = histories.setdefault(line.customer, [_signed_up(at)])
        last = states[-1]
        states.append(
            CustomerState(
                at,
                last.number_of_orders + 1,
                last.amount_spent_minor + line.amount_minor,
            )
        )
    loader.load(
        "shopify/customers",
        (
            version
            for number, states in sorted(histories.items())
            for version in customer_versions(_customer(company, number, states))
        ),
        of=len(histories),
    )


def _moved(day: str, shift: timedelta) -> str:
    return (date.fromisoformat(day) + shift).isoformat()


def _moments(
    company: Company, log: list[LoggedPurchase], shift: timedelta
) -> Iterator[datetime]:
    """Noon, and a second later for each further purchase of the day."""
    for day, lines in groupby(log, key=attrgetter("day")):
        noon = datetime.combine(day + shift, time(12), company.zone).astimezone(UTC)
        for second, _ in enumerate(lines):
            yield noon + timedelta(seconds=second)


def _orders(
    company: Company, log: list[LoggedPurchase], moments: list[datetime]
) -> Iterator[Version]:
    for number, (line, at) in enumerate(zip(log, moments, strict=True)):
        customer = _customer(company, line.customer, [_signed_up(at)])
        order = _order(company, number, line, at, customer)
        yield from order_versions(order)


def _order(
    company: Company,
    number: int,
    line: LoggedPurchase,
    at: datetime,
    customer: Customer,
) -> Order:
    return Order(
        id=ids.ORDER + number,
        number=ids.FIRST_NUMBER + number,
        kind="purchase",
        customer=customer,
        email=customer.email,
        created_at=at,
        processed_at=at - _PAID_BEFORE_CREATED,
        cancelled_at=None,
        cancel_reason=None,
        is_test=False,
        financial_status="PAID",
        fulfillment_status="FULFILLED",
        source_name="web",
        currency=company.currency,
        exponent=company.exponent,
        presentment_currency=company.currency,
        presentment_exponent=company.exponent,
        presentment_rate=Decimal(1),
        lines=(
            Line(
                id=ids.LINE + number,
                product_id=ids.PRODUCT,
                variant_id=ids.VARIANT,
                sku="CD",
                name="Compact discs",
                vendor=company.name,
                quantity=1,
                unit_minor=line.amount_minor,
                discount_minor=0,
            ),
        ),
        shipping_minor=0,
        tax_minor=0,
        discount_code=None,
        refunds=(),
        visits=(None, None),
        journey_ready_at=None,
        customer_order_index=None,
        days_to_conversion=None,
        moments_count=0,
        country_code=company.country_code,
        province_code=company.province_code,
    )


def _signed_up(at: datetime) -> CustomerState:
    return CustomerState(at - _SIGNED_UP_BEFORE, 0, 0)


def _customer(company: Company, number: int, states: list[CustomerState]) -> Customer:
    return Customer(
        id=ids.CUSTOMER + number,
        created_at=states[0].at,
        email=f"customer.{number}@example.com",
        first_name="Customer",
        last_name=f"{number:05d}",
        phone=None,
        state="DISABLED",
        email_marketing="NOT_SUBSCRIBED",
        phone_marketing="NOT_SUBSCRIBED",
        country_code=company.country_code,
        tags=(),
        currency=company.currency,
        exponent=company.exponent,
        states=tuple(states),
    )
