"""The ad platforms' records, read back from the store."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias

import msgspec

from sandbox.simulation.records import AdDay, AdEntity
from sandbox.store import Store

__all__ = ["AdSource", "read_ad_days", "read_entities"]

AdSource: TypeAlias = Literal["meta_ads", "google_ads"]

_day = msgspec.json.Decoder(AdDay)
_entity = msgspec.json.Decoder(AdEntity)


def read_ad_days(
    store: Store,
    company: str,
    source: AdSource,
    *,
    account_id: str,
    between: tuple[date | None, date | None] = (None, None),
) -> Iterator[AdDay]:
    """What is known now of an account's days, both ends included, in order."""
    first, last = between
    bodies = store.bodies(
        company,
        f"{source}/ad_days",
        sort="created_at",
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )
    for body in bodies:
        day = _day.decode(body)
        if day.account_id == account_id:
            yield day


def read_entities(
    store: Store, company: str, source: AdSource, *, account_id: str
) -> list[AdEntity]:
    """The account's campaigns, ad sets (ad groups) and ads, by level and id."""
    found = [
        _entity.decode(body)
        for body in store.bodies(company, f"{source}/entities", sort="id")
    ]
    return [entity for entity in found if entity.account_id == account_id]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
