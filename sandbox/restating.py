"""Sources change their minds: the last days' numbers, told anew from now on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import msgspec

from sandbox.shopify.documents import refunded_version
from sandbox.simulation import ids
from sandbox.simulation.records import AdConversions, AdDay, Refund, SiteDay
from sandbox.simulation.world import World
from sandbox.store import Document, Version

__all__ = ["NothingToRestate", "restate"]

_ADS: Final = ("meta_ads", "google_ads")
_ORDERS_PER_DAY: Final = 2
_REFUND_IDS: Final = ids.REFUND + 500_000_000
_LINE_UNIT: Final = 7


class NothingToRestate(ValueError):
    """The company has no such source, or the source cannot be restated."""


def restate(
    world: World, company: str, source: str, *, days: int, factor: float
) -> int:
    """Tell the last `days` whole days anew; return how many documents changed.

    Spend, claimed purchases and clicks are multiplied by `factor`, for good; of a
    shop's days, two paid orders each get a refund now.
    """
    now = world.clock.now()
    today = now.astimezone(world.company(company).zone).date()
    since = datetime.combine(today - timedelta(days=days), time(), UTC)
    until = datetime.combine(today, time(), UTC)
    if source in _ADS:
        collection = f"{source}/ad_days"
        versions = _ad_days(world, company, collection, (since, until), factor)
    elif source == "search_console":
        collection = "search_console/site_days"
        versions = _site_days(world, company, collection, (since, until), factor)
    elif source == "shopify":
        collection = "shopify/orders"
        versions = _refunded(world, company, collection, (since, until))
    else:
        raise NothingToRestate(f"{source!r} never restates anything")
    changed = list(versions)
    for version in changed:
        world.store.overrule(company, collection, version)
    return len(changed)


def _documents(
    world: World, company: str, collection: str, span: tuple[datetime, datetime]
) -> Iterator[Document]:
    return world.store.iterate(
        company, collection, sort="created_at", since=span[0], until=span[1]
    )


def _ad_days(
    world: World,
    company: str,
    collection: str,
    span: tuple[datetime, datetime],
    factor: float,
) -> Iterator[Version]:
    for document in _documents(world, company, collection, span):
        day = msgspec.json.decode(document.body, type=AdDay)
        step = 10 ** (6 - day.exponent)
        restated = replace(
            day,
            spend_micros=round(day.spend_micros * factor / step) * step,
            conversions={
                window: AdConversions(
                    round(claimed.count * factor), round(claimed.value_minor * factor)
                )
                for window, claimed in day.conversions.items()
            },
        )
        yield _restated(world, document, restated)


def _site_days(
    world: World,
    company: str,
    collection: str,
    span: tuple[datetime, datetime],
    factor: float,
) -> Iterator[Version]:
    for document in _documents(world, company, collection, span):
        day = msgspec.json.decode(document.body, type=SiteDay)
        clicks = round(day.clicks * factor)
        impressions = max(clicks, round(day.impressions * factor))
        restated = replace(day, clicks=clicks, impressions=impressions)
        yield _restated(world, document, restated)


def _restated(world: World, document: Document, body: AdDay | SiteDay) -> Version:
    now = world.clock.now()
    return Version(
        document.id, now, document.created_at, now, msgspec.json.encode(body)
    )


def _refunded(
    world: World, company: str, collection: str, span: tuple[datetime, datetime]
) -> Iterator[Version]:
    """Refunds of a product's price, of orders that were paid and kept until now."""
    now = world.clock.now().replace(microsecond=0)
    zone = world.company(company).zone
    counted_until = datetime.combine(world.anchor, time(), zone)
    per_day: dict[Any, int] = {}
    for document in _documents(world, company, collection, span):
        day = document.created_at.astimezone(zone).date()
        facts = json.loads(document.body)
        if per_day.get(day, 0) >= _ORDERS_PER_DAY or not _is_kept(facts):
            continue
        per_day[day] = per_day.get(day, 0) + 1
        line = facts["lines"][0]
        amount = max(1, line[_LINE_UNIT] // 2)
        refund = Refund(
            _REFUND_IDS + int(document.id) - ids.ORDER, now, amount, None, 0, True
        )
        if document.created_at < counted_until and facts.get("customer_id"):
            world.refund_later(company, now, amount)
        yield refunded_version(document.body, refund)


def _is_kept(facts: dict[str, Any]) -> bool:
    spoilt = ("refunds", "cancelled_at", "is_test")
    is_clean = not any(facts.get(name) for name in spoilt)
    return is_clean and facts["financial_status"] == "PAID"
