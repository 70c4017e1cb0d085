"""Orders with everything on them, drawn in batches in the order they are placed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from sandbox.catalogue import DISCOUNT_CODES
from sandbox.simulation import ids
from sandbox.simulation.baskets import basket
from sandbox.simulation.companies import Presentment
from sandbox.simulation.journeys import Journey, Journeys
from sandbox.simulation.people import customer_of
from sandbox.simulation.records import (
    Customer,
    FinancialStatus,
    FulfillmentStatus,
    Line,
    Order,
    OrderKind,
    Refund,
)
from sandbox.simulation.schedule import (
    KINDS,
    PROCESSED_SECONDS_BEFORE,
    Schedule,
)
from sandbox.simulation.seasons import Seasons
from sandbox.simulation.timeline import Timeline

__all__ = ["OrderPlan", "orders"]

_BATCH: Final = 5_000
_PARTLY_REFUNDED: Final = 0.05
_REFUND_WITHOUT_MONEY: Final = 0.005
_DISCOUNTED: Final = 0.12
_DISCOUNTED_IN_PROMOTION: Final = 0.6
_AT_THE_COUNTER: Final = 0.02
_VAT: Final = {"ES": 21, "CL": 19}
_UNDONE: Final = frozenset({"refunded", "cancelled"})
_NOT_SENT: Final = frozenset({"voided", "pending", "cancelled", "deleted"})
_NO_PRESENTMENT: Final = 1.0


@dataclass(frozen=True)
class OrderPlan:
    """What orders are drawn from. `channels` names the schedule's channel indices."""

    timeline: Timeline
    schedule: Schedule
    channels: tuple[str, ...]
    seasons: Seasons


def orders(plan: OrderPlan, seed: np.random.SeedSequence) -> Iterator[Order]:
    """All orders, oldest first. Deterministic in `seed`; holds one batch at a time."""
    size = plan.schedule.size
    batches = range(0, size, _BATCH)
    for start, child in zip(batches, seed.spawn(len(batches)), strict=True):
        rows = range(start, min(start + _BATCH, size))
        batch = _Batch(plan, rows, np.random.default_rng(child))
        yield from map(batch.order, range(len(rows)))


class _Batch:
    """Everything random about a run of orders, drawn at once."""

    def __init__(self, plan: OrderPlan, rows: range, rng: np.random.Generator):
        timeline, schedule = plan.timeline, plan.schedule
        size, part = len(rows), slice(rows.start, rows.stop)
        self._company = timeline.company
        self._known_until = timeline.known_until
        self._remembered_from = timeline.remembered_from
        self._start = rows.start
        self._channels = plan.channels
        self._channel = schedule.channel
        self._customer = schedule.customer[part].tolist()
        self._kind = [KINDS[kind] for kind in schedule.kind[part]]
        self._created = schedule.created[part].tolist()
        self._net = schedule.net_minor[part].tolist()
        self._ordinal = schedule.ordinal[part].tolist()
        days = schedule.day[part].tolist()
        codes = {day: plan.seasons.code_of(timeline.date(day)) for day in set(days)}
        self._promotions = [codes[day] for day in days]
        self._journeys = Journeys(timeline.company, size, rng)
        self._luck = rng.integers(2**40, size=size).tolist()
        self._refund = rng.random(size).tolist()
        self._refund_share = rng.uniform(0.1, 0.8, size).tolist()
        self._delay = rng.random(size).tolist()
        self._discount = rng.random(size).tolist()
        self._counter = rng.random(size).tolist()
        self._presentment = rng.random(size).tolist()

    def order(self, row: int) -> Order:
        """The batch's order number `row`."""
        company, kind = self._company, self._kind[row]
        number = self._start + row
        created_at = datetime.fromtimestamp(self._created[row], UTC)
        code = self._code(row)
        partial = self._partial_refund(row)
        bought = basket(
            company, number, self._net[row] + partial, code is not None, self._luck[row]
        )
        undone_at = self._undone_at(row, created_at)
        buyer = self._buyer(row, created_at)
        source = self._source(row)
        is_online = source == "web" and kind != "test"
        visits, moments, days = self._journey(row, created_at, is_online)
        shown = self._shown(row)
        total = self._net[row] + partial
        vat = _VAT[company.country_code]
        return Order(
            id=ids.ORDER + number,
            number=ids.FIRST_NUMBER + number,
            kind=kind,
            customer=buyer,
            email=buyer.email if buyer else None,
            created_at=created_at,
            processed_at=created_at - timedelta(seconds=PROCESSED_SECONDS_BEFORE),
            cancelled_at=undone_at if kind == "cancelled" else None,
            cancel_reason="CUSTOMER" if kind == "cancelled" else None,
            is_test=kind == "test",
            financial_status=_financial_status(kind),
            fulfillment_status=self._fulfillment(kind, created_at),
            source_name=source,
            currency=company.currency,
            exponent=company.exponent,
            presentment_currency=shown.currency,
            presentment_exponent=shown.exponent,
            presentment_rate=shown.rate,
            lines=bought.lines,
            shipping_minor=bought.shipping_minor,
            tax_minor=round(total * vat / (100 + vat)),
            discount_code=code,
            refunds=self._refunds(row, bought.lines, partial, undone_at),
            visits=visits,
            journey_ready_at=self._ready_at(row, created_at) if is_online else None,
            customer_order_index=self._ordinal[row] or None,
            days_to_conversion=days,
            moments_count=moments,
            country_code=company.country_code,
            province_code=company.province_code,
            deleted_at=created_at + timedelta(days=3 + 17 * self._delay[row])
            if kind == "deleted"
            else None,
        )

    def _buyer(self, row: int, created_at: datetime) -> Customer | None:
        """The customer as an order needs it: its own history is told elsewhere."""
        index = self._customer[row]
        if index < 0:
            return None
        return customer_of(self._company, index, created_at)

    def _code(self, row: int) -> str | None:
        promotion = self._promotions[row]
        share = _DISCOUNTED_IN_PROMOTION if promotion else _DISCOUNTED
        if self._discount[row] >= share:
            return None
        return promotion or DISCOUNT_CODES[self._luck[row] % len(DISCOUNT_CODES)]

    def _partial_refund(self, row: int) -> int:
        is_kept = self._kind[row] in {"purchase", "guest"}
        if not is_kept or self._refund[row] >= _PARTLY_REFUNDED:
            return 0
        return max(1, int(self._net[row] * self._refund_share[row]))

    def _undone_at(self, row: int, created_at: datetime) -> datetime:
        """When the order is refunded or cancelled.

        What is meant to be undone whole is undone before the history ends, or the
        last days' truth would count it as a purchase.
        """
        later = created_at + timedelta(days=20 * self._delay[row], hours=1)
        is_history = created_at < self._known_until
        if self._kind[row] in _UNDONE and is_history and later >= self._known_until:
            return created_at + timedelta(hours=1)
        return later

    def _refunds(
        self, row: int, lines: tuple[Line, ...], partial: int, undone_at: datetime
    ) -> tuple[Refund, ...]:
        kind, number = self._kind[row], ids.REFUND + self._start + row
        is_returned = kind == "refunded" or (
            kind == "cancelled" and self._luck[row] % 2 == 0
        )
        if is_returned:
            total = self._net[row]
            only = lines[0] if len(lines) == 1 else None
            quantity = only.quantity if only else 0
            line_id = only.id if only else None
            return (Refund(number, undone_at, total, line_id, quantity, True),)
        if partial:
            line = lines[0]
            is_item = partial <= line.unit_minor
            line_id, quantity = (line.id, 1) if is_item else (None, 0)
            return (Refund(number, undone_at, partial, line_id, quantity, True),)
        if kind == "purchase" and self._refund[row] > 1 - _REFUND_WITHOUT_MONEY:
            amount = min(lines[0].unit_minor, self._net[row])
            return (Refund(number, undone_at, amount, None, 0, False),)
        return ()

    def _source(self, row: int) -> str:
        if self._kind[row] == "guest":
            return "pos" if self._luck[row] % 2 else "web"
        return "pos" if self._counter[row] < _AT_THE_COUNTER else "web"

    def _journey(self, row: int, created_at: datetime, is_online: bool) -> Journey:
        if not is_online:
            return (None, None), 0, None
        index = self._customer[row]
        is_first = self._ordinal[row] == 1
        channel = self._channels[self._channel[index]] if is_first else None
        return self._journeys.of(row, self._start + row, created_at, channel)

    def _ready_at(self, row: int, created_at: datetime) -> datetime:
        """Of orders nobody can see unready any more: at once, which saves a version."""
        if created_at + timedelta(days=3) < self._remembered_from:
            return created_at
        return self._journeys.ready_at(row, created_at)

    def _shown(self, row: int) -> Presentment:
        company, draw = self._company, self._presentment[row]
        for presentment in company.presentments:
            draw -= presentment.share
            if draw < 0:
                return presentment
        return Presentment(
            company.currency, company.exponent, Decimal(1), _NO_PRESENTMENT
        )

    def _fulfillment(self, kind: OrderKind, created_at: datetime) -> FulfillmentStatus:
        waits = self._known_until - created_at < timedelta(days=2)
        return "UNFULFILLED" if kind in _NOT_SENT or waits else "FULFILLED"


def _financial_status(kind: OrderKind) -> FinancialStatus:
    match kind:
        case "voided":
            return "VOIDED"
        case "pending" | "deleted":
            return "PENDING"
        case _:
            return "PAID"
