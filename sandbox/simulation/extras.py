"""Beside the orders: checkouts that were left, and the discounts of the shop."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from sandbox.catalogue import DISCOUNT_CODES
from sandbox.simulation import ids
from sandbox.simulation.baskets import basket
from sandbox.simulation.people import email_of
from sandbox.simulation.records import Checkout, DiscountCode
from sandbox.simulation.schedule import Schedule
from sandbox.simulation.seasons import Seasons
from sandbox.simulation.timeline import Timeline

__all__ = ["checkouts", "discounts"]

_LEFT_PER_ORDER: Final = 0.35
_RECOVERED: Final = 0.2
_ANONYMOUS: Final = 0.15
_TEN_PERCENT: Final = Decimal("0.1")


def checkouts(
    timeline: Timeline, schedule: Schedule, rng: np.random.Generator
) -> Iterator[Checkout]:
    """Checkouts left by people who buy, before or after; some come back to finish."""
    company = timeline.company
    rows = np.flatnonzero(
        (rng.random(schedule.size) < _LEFT_PER_ORDER) & (schedule.customer >= 0)
    )
    is_recovered = rng.random(rows.size) < _RECOVERED
    is_anonymous = rng.random(rows.size) < _ANONYMOUS
    for number, row in enumerate(rows.tolist()):
        luck = int(rng.integers(2**40))
        at = datetime.fromtimestamp(int(schedule.created[row]), UTC)
        left_at = at + timedelta(minutes=luck % 4_000)
        found = basket(company, number, int(schedule.net_minor[row]), False, luck)
        who = None if is_anonymous[number] else int(schedule.customer[row])
        back_at = left_at + timedelta(hours=2 + luck % 90)
        yield Checkout(
            id=ids.CHECKOUT + number,
            created_at=left_at - timedelta(minutes=6),
            updated_at=left_at,
            completed_at=back_at if is_recovered[number] else None,
            customer_id=None if who is None else ids.CUSTOMER + who,
            email=None if who is None else email_of(who),
            currency=company.currency,
            exponent=company.exponent,
            lines=found.lines,
            shipping_minor=found.shipping_minor,
            discount_code=None,
        )


def discounts(timeline: Timeline, seasons: Seasons) -> Iterator[DiscountCode]:
    """The standing codes of the shop, and those of its promotions."""
    company = timeline.company
    started_at = timeline.midnight(0)
    codes = [(code, code.capitalize(), started_at, None) for code in DISCOUNT_CODES]
    seen = set(DISCOUNT_CODES)
    for promotion in seasons.promotions:
        if promotion.code not in seen:
            seen.add(promotion.code)
            codes.append((promotion.code, promotion.name, started_at, None))
    for number, (code, title, starts_at, ends_at) in enumerate(codes):
        yield DiscountCode(
            id=ids.DISCOUNT + 500_000 + number,
            discount_id=ids.DISCOUNT + number,
            code=code,
            title=title,
            kind="DiscountCodeBasic",
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=started_at,
            updated_at=started_at,
            usage_count=0,
            usage_limit=None,
            percentage=_TEN_PERCENT,
            amount_minor=None,
            currency=company.currency,
            exponent=company.exponent,
        )
