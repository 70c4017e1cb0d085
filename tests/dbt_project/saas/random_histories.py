"""Random pasts of subscriptions, and what they are worth evening by evening.

The worth is told by asking, at midnight of every day, which version of every item is in
force: no interval is computed, so that no fault of the models can be repeated here.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["FIRST_DAY", "LAST_DAY", "Version", "Worth", "histories", "worth_by_evening"]

FIRST_DAY, LAST_DAY = dt.date(2024, 11, 1), dt.date(2026, 2, 10)
CENT = Decimal("0.01")
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
STATUSES = ("active",) * 10 + ("past_due", "trialing", "unpaid", "paused", "incomplete")
Worth = tuple[Decimal, Decimal]
"""MRR of an evening, by its own rates and by those of the evening before."""


@dataclass(frozen=True)
class Version:
    """A row of a file of subscriptions; moments are in UTC."""

    account_id: str
    subscription_id: str
    item_id: str | None
    billing_interval: str
    interval_count: int
    quantity: int
    unit_amount: Decimal
    currency_code: str
    discount_percent: int
    discount_amount: Decimal
    status: str
    started_at: dt.datetime
    effective_from: dt.datetime | None
    effective_to: dt.datetime | None
    trial_ends_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    ended_at: dt.datetime | None

    @property
    def effective_at(self) -> dt.datetime:
        return self.effective_from or self.started_at

    def amount(self) -> Decimal:
        """Worth a month in its own currency, whatever its state."""
        whole = self.unit_amount * self.quantity
        less = whole - whole * self.discount_percent / 100 - self.discount_amount
        if self.billing_interval in MONTHS:
            divisor = Decimal(MONTHS[self.billing_interval] * self.interval_count)
        else:
            a_year = {"week": 52, "day": 365}[self.billing_interval]
            less *= a_year
            divisor = Decimal(12 * self.interval_count)
        return _cents(max(less / divisor, Decimal(0)))

    def counts_at(self, midnight: dt.datetime) -> bool:
        """Whether it is paid for just before a midnight, being the newest version."""
        end = self.ended_at
        if self.status == "cancelled" and end is None:
            told = [each for each in (self.effective_from, self.cancelled_at) if each]
            if not told:
                return False
            end = max(self.effective_at, *told)
        elif self.status not in {"active", "past_due", "cancelled"}:
            return False
        ends = [each for each in (end, self.effective_to) if each]
        is_over = any(each < midnight for each in ends)
        is_tried = self.trial_ends_at is not None and self.trial_ends_at >= midnight
        return not is_over and not is_tried


def histories(rng: random.Random, account_count: int) -> Iterator[Version]:
    """Every version of the subscriptions of some accounts."""
    for number in range(account_count):
        for each in range(rng.choice((1, 1, 1, 2))):
            yield from _subscription(rng, f"a{number}", f"s{number}.{each}")


def _subscription(rng: random.Random, account: str, name: str) -> Iterator[Version]:
    started = _moment(rng, FIRST_DAY, LAST_DAY)
    items = rng.choice(((None,), (None,), (None, None), ("i1", "i2")))
    currency = rng.choice(("EUR", "EUR", "EUR", "USD", "GBP"))
    moments = sorted(_moment(rng, started.date(), LAST_DAY) for _ in range(4))
    for number, since in enumerate([None, *moments[: rng.randrange(4)]]):
        for item in items:
            if number and item and rng.random() < 0.5:
                continue
            yield _version(rng, (account, name, item, currency), started, since)


def _version(
    rng: random.Random,
    names: tuple[str, str, str | None, str],
    started: dt.datetime,
    since: dt.datetime | None,
) -> Version:
    account, name, item, currency = names
    begins = since or started
    status = rng.choice((*STATUSES, "cancelled") if since else STATUSES[:12])
    later = _moment(rng, begins.date(), LAST_DAY + dt.timedelta(days=60))

    def at_times(share: float, value: Any) -> Any:
        return value if rng.random() < share else None

    is_over = status == "cancelled"
    return Version(
        account_id=account,
        subscription_id=name,
        item_id=item,
        billing_interval=rng.choice((*MONTHS, *MONTHS, "week", "day")),
        interval_count=rng.choice((1, 1, 1, 2, 3)),
        quantity=rng.choice((1, 1, 3, 7, 0)),
        unit_amount=Decimal(rng.randrange(100, 90_000)) / 100,
        currency_code=currency,
        discount_percent=rng.choice((0, 0, 0, 0, 10, 33, 100)),
        discount_amount=Decimal(rng.choice((0, 0, 0, 500))) / 100,
        status=status,
        started_at=started,
        effective_from=since,
        effective_to=at_times(0.1, later),
        trial_ends_at=at_times(0.1, begins + dt.timedelta(days=14)),
        cancelled_at=at_times(0.5, later) if is_over else None,
        ended_at=at_times(0.5, later) if is_over else at_times(0.25, later),
    )


def _moment(rng: random.Random, first: dt.date, last: dt.date) -> dt.datetime:
    """A moment of some day, often at a midnight or close to a month's end."""
    day = first + dt.timedelta(days=rng.randrange(max((last - first).days, 1)))
    if rng.random() < 0.2:
        day = max(day.replace(day=1) - dt.timedelta(days=rng.randrange(2)), first)
    seconds = rng.choice((0, 3 * 3600, 23 * 3600, rng.randrange(86_400)))
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return midnight + dt.timedelta(days=1, seconds=seconds)


def worth_by_evening(
    versions: list[Version],
    rates: Mapping[tuple[str, dt.date], Decimal],
    zone: ZoneInfo,
) -> dict[str, list[Worth]]:
    """Each account's MRR on every evening from the day before the first.

    Parameters
    ----------
    rates : currency and evening -> the rate in force; a currency without is left out.
    """
    items: dict[tuple[str, str, str], list[Version]] = defaultdict(list)
    for version in versions:
        item = version.item_id or "#"
        items[version.account_id, version.subscription_id, item].append(version)
    days = [FIRST_DAY + dt.timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    nothing = Decimal(0)
    worth = {v.account_id: [(nothing, nothing)] * len(days) for v in versions}
    for (account, _, _), told in items.items():
        told.sort(key=lambda each: each.effective_at)
        currency = told[0].currency_code
        if (currency, FIRST_DAY) not in rates:
            continue
        amounts = {id(each): each.amount() for each in told}
        for number, day in enumerate(days):
            midnight = dt.datetime.combine(day + dt.timedelta(1), dt.time(), zone)
            for each in _in_force(told, midnight):
                amount, (now, old) = amounts[id(each)], worth[account][number]
                now += _cents(amount * rates[currency, day])
                old += _cents(amount * rates[currency, day - dt.timedelta(1)])
                worth[account][number] = now, old
    return worth


def _in_force(told: list[Version], midnight: dt.datetime) -> list[Version]:
    """The newest version of an item, or of all of them where none has a name."""
    begun = [each for each in told if each.effective_at < midnight]
    newest = [each for each in begun if each.effective_at == begun[-1].effective_at]
    if newest and newest[0].item_id:
        newest = newest[-1:]
    return [each for each in newest if each.counts_at(midnight)]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
