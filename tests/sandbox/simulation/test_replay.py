"""The replayed log is the published one, moved by whole days."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import cdnow
from sandbox.simulation.world import World
from tests.sandbox.simulation.conftest import ANCHOR

ZONE = ZoneInfo("America/New_York")


def replayed(world: World) -> list[tuple[int, date, int, Any]]:
    found = []
    for document in world.store.iterate("cdnow", "shopify/orders", sort="created_at"):
        facts = document.json()
        line = facts["lines"][0]
        local = document.created_at.astimezone(ZONE)
        found.append((facts["customer_id"], local.date(), line[7], local.hour))
    return found


def test_every_purchase_is_there_on_its_day_to_the_cent(world: World) -> None:
    orders = replayed(world)
    log = cdnow.purchase_log()
    shift = ANCHOR - timedelta(days=1) - date(1998, 6, 30)

    published = Counter((line.day + shift, int(line.amount * 100)) for line in log)

    assert len(orders) == 6_919
    assert len({customer for customer, *_ in orders}) == 2_357
    assert Counter((day, cents) for _, day, cents, _ in orders) == published
    assert {hour for *_, hour in orders} == {12}
    assert any(cents == 0 for _, _, cents, _ in orders)


def test_every_customer_bought_on_the_published_days(world: World) -> None:
    shift = ANCHOR - timedelta(days=1) - date(1998, 6, 30)
    published = {
        (int(line.customer_id), line.day + shift) for line in cdnow.purchase_log()
    }
    base = 7_000_000_000_000

    assert {(who - base, day) for who, day, *_ in replayed(world)} == published


def test_the_published_answers_move_along(world: World) -> None:
    truth = world.truth()["cdnow"]
    as_of = date.fromisoformat(truth["as_of_date"])

    assert truth["is_published"]
    assert truth["holdout"]["end_date"] == "2026-11-20"
    assert ANCHOR - timedelta(days=1) - as_of == date(1998, 6, 30) - date(1997, 9, 30)
    seen = [order for order in replayed(world) if order[1] <= as_of]
    assert truth["totals"]["as_of"]["order_count"] == len(seen)
