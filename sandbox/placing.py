"""Orders that somebody places now: like some of late, under ids of their own."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice
from typing import Final

from sandbox.shopify.documents import placed_version
from sandbox.simulation.world import World

__all__ = ["NothingToCopy", "place_orders"]

_ORDERS: Final = "shopify/orders"
_LATELY: Final = timedelta(days=60)
# Where the last id is kept, so that none is used twice.
_FACT: Final = "placed_orders"


class NothingToCopy(ValueError):
    """The company had no paid order lately that a new one could be like."""


def place_orders(
    world: World, company: str, number: int, kind: str | None = None
) -> list[str]:
    """Have so many orders placed now, visible at once; return their ids.

    They are paid and have no journey; `kind` is one of `odd_orders`, None for ordinary
    ones. The truth of the world ends before them.
    """
    now = world.clock.now().replace(microsecond=0)
    lately = world.store.bodies(
        company, _ORDERS, sort="created_at", since=now - _LATELY, until=now
    )
    models = [body for body in islice(lately, 1_000) if _is_clean(body)]
    if not models:
        raise NothingToCopy(
            f"{company} had no paid order in the last {_LATELY.days} days that a new "
            "one could be like"
        )
    placed = int(world.store.fact(_FACT) or 0)
    world.store.keep_fact(_FACT, str(placed + number))
    numbers = range(placed, placed + number)
    return list(_placed(world, company, models, numbers, kind))


def _placed(
    world: World,
    company: str,
    models: list[bytes],
    sequence: range,
    kind: str | None,
) -> Iterator[str]:
    now = world.clock.now().replace(microsecond=0)
    for at, body in zip(sequence, cycle(models), strict=False):
        version = placed_version(body, at, now, kind)
        world.store.add(company, _ORDERS, [version])
        yield version.id


def _is_clean(body: bytes) -> bool:
    spoilt = (b'"refunds"', b'"cancelled_at"', b'"is_test"')
    return b'"financial_status":"PAID"' in body and not any(w in body for w in spoilt)
