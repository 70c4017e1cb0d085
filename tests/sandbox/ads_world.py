"""A small world for the emulators of ads, search and weather."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sandbox.clock import Clock
from sandbox.simulation.companies import ANDES, TIENDA_NORTE, Company
from sandbox.simulation.records import AdConversions, AdDay, AdEntity, AdLevel, SiteDay
from sandbox.simulation.world import World
from sandbox.store import Store, Version

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_world(directory: Path) -> World:
    """Two companies without data, on a frozen clock."""
    clock = Clock()
    clock.freeze(NOW)
    store = Store(directory / "world.sqlite", clock)
    companies = {company.slug: company for company in (TIENDA_NORTE, ANDES)}
    return World(store, anchor=TODAY, seed=7, companies=companies)


def entity(
    company: Company, source: str, level: AdLevel, number: int, **changes: Any
) -> AdEntity:
    """A campaign, ad set or ad; the latter two of campaign `number // 100`."""
    account = (
        company.meta_account_id if source == "meta_ads" else company.google_customer_id
    )
    campaign = number if level == "campaign" else number // 100
    found = AdEntity(
        level=level,
        account_id=account,
        id=str(number),
        name=f"{level} {number}",
        status="ACTIVE",
        campaign_id=str(campaign),
        adset_id=str(campaign * 100 + 1) if level == "ad" else None,
        channel="prospecting",
        kind="OUTCOME_SALES" if source == "meta_ads" else "SEARCH",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        updated_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    return replace(found, **changes)


def ad_day(
    company: Company, source: str, number: int, on: date, **changes: Any
) -> AdDay:
    """A day of the ad `number`: 14.35 spent, 185 seen, 9 clicks, 3 purchases."""
    campaign = number // 100
    account = (
        company.meta_account_id if source == "meta_ads" else company.google_customer_id
    )
    found = AdDay(
        account_id=account,
        currency=company.currency,
        exponent=company.exponent,
        time_zone=company.time_zone,
        campaign_id=str(campaign),
        campaign_name=f"campaign {campaign}",
        campaign_status="ACTIVE",
        campaign_kind="OUTCOME_SALES" if source == "meta_ads" else "SEARCH",
        channel="prospecting",
        adset_id=str(campaign * 100 + 1),
        adset_name=f"adset {campaign * 100 + 1}",
        ad_id=str(number),
        ad_name=f"ad {number}",
        date=on,
        spend_micros=14_350_000,
        impressions=185,
        clicks=9,
        inline_link_clicks=7,
        reach=160,
        conversions={
            "1d_click": AdConversions(1, 6_050),
            "7d_click": AdConversions(2, 12_050),
            "28d_click": AdConversions(2, 12_050),
            "30d_click": AdConversions(2, 12_050),
            "1d_view": AdConversions(1, 6_000),
        },
        platform_shares={"facebook": 0.6, "instagram": 0.4},
        is_final=True,
    )
    return replace(found, **changes)


def add_entities(world: World, company: Company, source: str, *rows: AdEntity) -> None:
    """Put campaigns, ad sets and ads into the store."""
    world.store.add(
        company.slug,
        f"{source}/entities",
        [
            Version(
                f"{row.level}/{row.id}",
                row.created_at,
                row.created_at,
                row.updated_at,
                msgspec.json.encode(row),
            )
            for row in rows
        ],
    )


def add_ad_days(world: World, company: Company, source: str, *rows: AdDay) -> None:
    """Put days into the store, visible from the day itself."""
    world.store.add(
        company.slug,
        f"{source}/ad_days",
        [
            Version(
                f"{row.account_id}/{row.date}/{row.ad_id or row.campaign_id}",
                midnight(row.date),
                midnight(row.date),
                midnight(row.date),
                msgspec.json.encode(row),
            )
            for row in rows
        ],
    )


def add_site_days(world: World, company: Company, *rows: SiteDay) -> None:
    """Put days of organic search into the store, visible from the day itself."""
    world.store.add(
        company.slug,
        "search_console/site_days",
        [
            Version(
                f"{row.site_url}/{row.date}",
                midnight(row.date),
                midnight(row.date),
                midnight(row.date),
                msgspec.json.encode(row),
            )
            for row in rows
        ],
    )


def midnight(day: date) -> datetime:
    """The day's beginning, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_before(count: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=count)
