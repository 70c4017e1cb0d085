"""A simulated company, from what it spends to what its customers buy."""

from typing import Any

import numpy as np

from sandbox.shopify.documents import (
    checkout_versions,
    customer_versions,
    discount_versions,
    order_versions,
)
from sandbox.simulation.ad_entities import entity_versions
from sandbox.simulation.ad_reports import ad_day_versions
from sandbox.simulation.buying import draw_purchases
from sandbox.simulation.campaign import with_campaign
from sandbox.simulation.demand import draw_demand
from sandbox.simulation.extras import checkouts, discounts
from sandbox.simulation.loading import Loader
from sandbox.simulation.orders import OrderPlan, orders
from sandbox.simulation.people import customers
from sandbox.simulation.schedule import draw_schedule
from sandbox.simulation.search_reports import site_day_versions
from sandbox.simulation.seasons import seasons_of
from sandbox.simulation.spend import Spend, draw_spend
from sandbox.simulation.timeline import Timeline
from sandbox.simulation.truth import Drawn, Tally, simulated_truth

__all__ = ["load_simulated"]


def load_simulated(
    loader: Loader, timeline: Timeline, size: int, seed: np.random.SeedSequence
) -> tuple[Drawn, dict[str, Any]]:
    """Draw the company, write all its documents, return what was drawn and its truth.

    `size` new customers are expected within the history. Purchases are held as
    numbers, about 80 bytes each; documents are written as they are made.
    """
    company = timeline.company
    # One stream of numbers per thing: a new one must not change the others.
    spend_seed, demand_seed, buying_seed, schedule_seed, order_seed, *rest = seed.spawn(
        9
    )
    spends = draw_spend(timeline, size, np.random.default_rng(spend_seed))
    seasons = seasons_of(timeline)
    demand = draw_demand(
        timeline, spends, seasons, size, np.random.default_rng(demand_seed)
    )
    purchases = draw_purchases(
        demand,
        timeline.days,
        company.exponent,
        company.euro_rate,
        np.random.default_rng(buying_seed),
    )
    purchases, campaign = with_campaign(
        purchases, timeline, np.random.default_rng(rest[3])
    )
    schedule = draw_schedule(purchases, timeline, np.random.default_rng(schedule_seed))
    plan = OrderPlan(timeline, schedule, demand.channels, seasons)
    tally = Tally(timeline.known_until)
    loader.load(
        "shopify/orders",
        (
            version
            for order in orders(plan, order_seed)
            for version in order_versions(tally.add(order))
        ),
        of=schedule.size,
    )
    loader.load(
        "shopify/customers",
        (
            version
            for customer in customers(timeline, schedule)
            for version in customer_versions(customer)
        ),
        of=purchases.channel.size,
    )
    loader.load(
        "shopify/checkouts",
        (
            version
            for checkout in checkouts(
                timeline, schedule, np.random.default_rng(rest[0])
            )
            for version in checkout_versions(checkout)
        ),
    )
    loader.load(
        "shopify/discounts",
        (
            version
            for discount in discounts(timeline, seasons)
            for version in discount_versions(discount)
        ),
    )
    _load_ads(loader, timeline, spends, np.random.default_rng(rest[1]))
    loader.load(
        "search_console/site_days",
        site_day_versions(timeline, demand, np.random.default_rng(rest[2])),
    )
    drawn = Drawn(timeline, spends, seasons, demand, purchases, campaign)
    return drawn, simulated_truth(drawn, tally)


def _load_ads(
    loader: Loader,
    timeline: Timeline,
    spends: tuple[Spend, ...],
    rng: np.random.Generator,
) -> None:
    for source in ("meta_ads", "google_ads"):
        mine = tuple(spend for spend in spends if spend.channel.source == source)
        loader.load(f"{source}/entities", entity_versions(timeline, mine))
        for spend in mine:
            loader.load(f"{source}/ad_days", ad_day_versions(timeline, spend, rng))
