"""What the simulated companies' sources show adds up to what is told as true."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.placing import NothingToCopy, place_orders
from sandbox.restating import restate
from sandbox.simulation.making import WorldPlan, open_world
from sandbox.simulation.world import World
from tests.sandbox.simulation.conftest import ANCHOR, NOON, clock_at

SIMULATED = pytest.mark.parametrize("company", ["tienda_norte", "andes"])


def orders(world: World, company: str) -> list[dict[str, Any]]:
    """Facts of the orders of complete days, with their local date."""
    zone = world.company(company).zone
    until = datetime.combine(world.anchor, time(), zone)
    found = []
    for document in world.store.iterate(
        company, "shopify/orders", sort="created_at", until=until
    ):
        day = document.created_at.astimezone(zone).date()
        found.append(json.loads(document.body) | {"day": day})
    return found


def total(order: dict[str, Any]) -> int:
    lines = sum(line[6] * line[7] - line[8] for line in order["lines"])
    return int(lines + order.get("shipping", 0))


def refunded(order: dict[str, Any]) -> int:
    return sum(refund[2] for refund in order.get("refunds", ()) if refund[5])


def is_purchase(order: dict[str, Any]) -> bool:
    """As the marts see it."""
    return (
        order["financial_status"] == "PAID"
        and not order.get("is_test")
        and not order.get("cancelled_at")
        and order.get("customer_id") is not None
        and refunded(order) < total(order)
    )


def revenue(world: World, company: str) -> Decimal:
    kept = [order for order in orders(world, company) if is_purchase(order)]
    minor = sum(total(order) - refunded(order) for order in kept)
    return Decimal(minor).scaleb(-world.company(company).exponent)


@SIMULATED
def test_the_truth_adds_up_to_what_the_shop_shows(world: World, company: str) -> None:
    told = world.truth()[company]["totals"]["as_of"]
    kept = [order for order in orders(world, company) if is_purchase(order)]
    days = Counter(who for who, _ in {(o["customer_id"], o["day"]) for o in kept})

    assert told["order_count"] == len(kept)
    assert Decimal(told["net_revenue"]) == revenue(world, company)
    assert told["customer_count"] == len(days)
    assert told["repeat_customer_count"] == sum(n > 1 for n in days.values())
    assert told["repeat_purchase_day_count"] == sum(n - 1 for n in days.values())


@SIMULATED
def test_the_truth_stays_true_as_refunds_come_in(world: World, company: str) -> None:
    before = world.truth()[company]["totals"]["as_of"]["net_revenue"]
    world.clock.freeze(NOON + timedelta(days=25))

    after = world.truth()[company]["totals"]["as_of"]["net_revenue"]

    assert Decimal(after) < Decimal(before)
    assert Decimal(after) == revenue(world, company)


@SIMULATED
def test_orders_go_on_appearing_as_time_passes(world: World, company: str) -> None:
    now = world.store.count(company, "shopify/orders")
    world.clock.freeze(NOON + timedelta(days=10))

    later = world.store.count(company, "shopify/orders")

    newest = world.store.page(
        company, "shopify/orders", sort="created_at", is_descending=True, limit=1
    )
    assert later > now
    assert newest[0].created_at <= world.clock.now()


@SIMULATED
def test_everything_a_model_should_not_see_is_there(world: World, company: str) -> None:
    kinds = world.truth()[company]["totals"]["order_count_by_kind"]
    seen = orders(world, company)

    assert {"guest", "refunded", "voided", "pending", "cancelled"} <= set(kinds)
    assert sum(1 for order in seen if order.get("is_test")) == kinds["test"]
    assert any(order.get("source_name") == "pos" for order in seen)
    assert len({order["money"] for order in seen}) > 1  # other currencies shown


def test_a_deleted_order_is_shown_until_it_goes(world: World) -> None:
    def shown(days: int) -> set[str]:
        world.clock.freeze(NOON + timedelta(days=days))
        return {
            document.id
            for document in world.store.iterate("tienda_norte", "shopify/orders")
        }

    seen = set.union(*(shown(days) for days in range(-36, 36, 8)))

    assert seen - shown(59)


def test_two_companies_share_ids_of_orders_and_customers(world: World) -> None:
    for collection in ("shopify/orders", "shopify/customers"):
        mine, theirs = (
            {document.id for document in world.store.iterate(slug, collection)}
            for slug in ("tienda_norte", "andes")
        )
        assert len(mine & theirs) > 100


def test_pesos_have_no_cents(world: World) -> None:
    truth = world.truth()["andes"]

    assert "." not in truth["totals"]["as_of"]["net_revenue"]
    assert truth["currency_code"] == "CLP"


def test_a_journey_becomes_ready_without_an_update(world: World) -> None:
    def waiting() -> dict[str, datetime]:
        return {
            document.id: document.updated_at
            for document in world.store.iterate("andes", "shopify/orders")
            if document.json().get("is_journey_ready") is False
        }

    before = waiting()
    world.clock.freeze(NOON + timedelta(days=2, hours=1))
    ready = set(before) - set(waiting())

    assert before
    assert ready == set(before)
    untouched = [
        identifier
        for identifier in ready
        if (found := world.store.get("andes", "shopify/orders", identifier))
        and found.updated_at == before[identifier]
    ]
    assert untouched


@SIMULATED
@pytest.mark.parametrize("source", ["meta_ads", "google_ads"])
def test_reported_spend_is_the_true_spend(
    world: World, company: str, source: str
) -> None:
    # A month on, every day of the history is final and no phantom is left.
    world.clock.freeze(NOON + timedelta(days=30))
    reported: Counter[str] = Counter()
    for document in world.store.iterate(
        company, f"{source}/ad_days", sort="created_at", until=_midnight(world.anchor)
    ):
        day = document.json()
        assert day["is_final"]
        reported[day["channel"]] += day["spend_micros"]

    media = world.truth()[company]["media"]
    true = {
        slug: int(Decimal(channel["spend_total"]) * 1_000_000)
        for slug, channel in media.items()
        if channel["source"] == source
    }
    assert reported == true


def test_a_day_grows_is_restated_and_matures(world: World) -> None:
    def told(after: timedelta) -> tuple[int, int]:
        world.clock.freeze(_midnight(ANCHOR) + after)
        days = [
            document.json()
            for document in world.store.iterate(
                "tienda_norte",
                "meta_ads/ad_days",
                sort="created_at",
                since=_midnight(ANCHOR),
                until=_midnight(ANCHOR) + timedelta(days=1),
            )
            if "Prueba" not in document.json()["campaign_name"]
        ]
        return (
            sum(day["spend_micros"] for day in days),
            sum(day["conversions"]["28d_click"]["count"] for day in days),
        )

    partial, final, mature = (
        told(timedelta(hours=hours)) for hours in (5, 30, 24 * 29)
    )

    assert told(timedelta(hours=-2)) == (0, 0)
    assert 0 < partial[0] < final[0] == mature[0]
    assert final[1] <= mature[1]


def test_some_rows_vanish_two_days_later(world: World) -> None:
    def phantoms() -> set[str]:
        return {
            document.id
            for document in world.store.iterate("tienda_norte", "meta_ads/ad_days")
            if document.json()["campaign_name"] == "Prueba A/B"
        }

    seen: set[str] = set()
    for days in range(0, 40):
        world.clock.freeze(NOON + timedelta(days=days))
        seen |= phantoms()
    world.clock.freeze(NOON + timedelta(days=42))

    assert seen
    assert not seen & phantoms()


def test_search_is_late_and_first_told_in_part(world: World) -> None:
    def newest() -> dict[str, Any]:
        found = world.store.page(
            "andes",
            "search_console/site_days",
            sort="created_at",
            is_descending=True,
            limit=1,
        )
        told: dict[str, Any] = found[0].json()
        return told

    fresh = newest()
    assert not fresh["is_final"]
    world.clock.freeze(NOON + timedelta(days=2))
    found = world.store.get(
        "andes", "search_console/site_days", f"{fresh['site_url']}/{fresh['date']}"
    )
    assert found is not None
    assert found.json()["is_final"]
    assert found.json()["clicks"] > fresh["clicks"]


@SIMULATED
def test_first_orders_show_the_channel_that_brought_the_customer(
    world: World, company: str
) -> None:
    sources: Counter[str] = Counter()
    for order in orders(world, company):
        visit = order.get("first_visit")
        if order.get("customer_order_index") == 1 and visit:
            sources[visit[2]] += 1

    assert set(sources) == {"Google", "google", "facebook", "instagram", "tiktok"}


@pytest.fixture
def mine(tmp_path: Any) -> World:
    """A world that a test may change for good."""
    return open_world(WorldPlan(60, 3, has_files=False), tmp_path, clock_at(NOON))


class TestRestating:
    """Alone on a world of its own: what is restated stays so."""

    def spend(self, world: World) -> dict[str, int]:
        found: Counter[str] = Counter()
        for document in world.store.iterate("andes", "meta_ads/ad_days"):
            found[document.json()["date"]] += document.json()["spend_micros"]
        return dict(found)

    def test_ads_change_on_exactly_those_days_and_for_good(self, mine: World) -> None:
        before = self.spend(mine)

        restate(mine, "andes", "meta_ads", days=28, factor=2.0)

        after = self.spend(mine)
        changed = {date.fromisoformat(d) for d in after if after[d] != before[d]}
        assert changed <= {ANCHOR - timedelta(days=n) for n in range(1, 29)}
        assert len(changed) > 20
        day = max(changed).isoformat()
        mine.clock.freeze(NOON + timedelta(days=29))
        assert self.spend(mine)[day] == after[day]

    def test_refunds_that_are_added_are_true(self, mine: World) -> None:
        before = mine.truth()["andes"]["totals"]["as_of"]["net_revenue"]

        changed = restate(mine, "andes", "shopify", days=28, factor=1.0)

        told = mine.truth()["andes"]["totals"]["as_of"]["net_revenue"]
        assert changed > 0
        assert Decimal(told) < Decimal(before)
        assert Decimal(told) == revenue(mine, "andes")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def test_orders_placed_now_are_there_at_once_under_ids_of_their_own(
    mine: World,
) -> None:
    before = {order["id"] for order in orders_until_now(mine)}

    ids = [place_orders(mine, "tienda_norte", 3) for _ in range(2)]

    placed = {int(each) for some in ids for each in some}
    assert len(placed) == 6
    assert placed.isdisjoint(before)
    now = mine.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    told = [each for each in orders_until_now(mine) if each["id"] in placed]
    assert {order["created_at"] for order in told} == {now}
    assert {order["financial_status"] for order in told} == {"PAID"}
    lines = [line[0] for order in told for line in order["lines"]]
    assert len(set(lines)) == len(lines)


def orders_until_now(world: World) -> list[dict[str, Any]]:
    bodies = world.store.bodies("tienda_norte", "shopify/orders")
    return [json.loads(body) for body in bodies]


def test_a_shop_without_a_paid_order_has_none_to_copy(mine: World) -> None:
    mine.clock.shift(timedelta(days=3650))

    with pytest.raises(NothingToCopy, match="no paid order"):
        place_orders(mine, "tienda_norte", 1)
