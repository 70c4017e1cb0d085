"""Independent programs read the sandbox and land what ours land.

The public taps are unmodified. They prove that the emulators speak the sources' real
language, and where their known defects show, a test names the defect.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.public_taps.conftest import Landing, PublicTap, Sandbox

COMPANY = "tienda_norte"


@pytest.fixture
def shopify(public_tap: Any, sandbox: Sandbox) -> PublicTap:
    known = sandbox.settings(COMPANY, "shopify")
    tap: PublicTap = public_tap("tap-shopify")
    tap.discover(
        {
            "shop": known["shop"],
            "client_id": known["client_id"],
            "client_secret": known["client_secret"],
            "start_date": "2024-11-01T00:00:00Z",
            "date_window_size": "365",
            "user_agent": "test",
        },
        "orders",
    )
    return tap


def test_public_tap_shopify_lands_the_same_orders_and_money(
    shopify: PublicTap, landing: Landing
) -> None:
    landing.land("raw_public", shopify.sync())
    landing.land("raw_shopify", landing.our_tap("shopify", COMPANY))
    theirs = landing.rows(
        """select
            split_part(id, '/', 5),
            (totalpriceset -> 'shopMoney' ->> 'amount')::numeric(18, 2),
            totalpriceset -> 'shopMoney' ->> 'currencyCode'
        from raw_public.orders order by 1"""
    )
    ours = landing.rows(
        """select id, total_price::numeric(18, 2), currency_code
        from raw_shopify.orders order by 1"""
    )
    assert len(ours) > 200
    assert theirs == ours


def test_defect_the_public_tap_gives_line_items_to_the_order_above_them(
    shopify: PublicTap, landing: Landing
) -> None:
    """Children are attached to the last parent seen instead of to their __parentId."""
    theirs: dict[str, str] = {}
    for line in shopify.sync().splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            for item in message["record"]["lineItems"]:
                theirs[item["id"].rsplit("/", 1)[-1]] = message["record"]["id"]
    landing.land("raw_shopify", landing.our_tap("shopify", COMPANY))
    ours = {
        item: f"gid://shopify/Order/{order}"
        for item, order in landing.rows(
            "select id, order_id from raw_shopify.order_line_items"
        )
    }
    misplaced = [item for item in theirs if theirs[item] != ours[item]]
    assert misplaced
    assert len(ours) >= len(theirs)


@pytest.fixture
def facebook(public_tap: Any, sandbox: Sandbox) -> PublicTap:
    known = sandbox.settings(COMPANY, "meta_ads")
    tap: PublicTap = public_tap("tap-facebook", catalog_option="--properties")
    tap.discover(
        {
            "account_id": known["account_ids"][0],
            "access_token": known["access_token"],
            "start_date": "2026-11-01T00:00:00Z",
            "end_date": "2026-11-15T00:00:00Z",
            "insights_buffer_days": "1",
        },
        "ads_insights",
    )
    return tap


def test_public_tap_facebook_lands_the_same_spend_per_ad_and_day(
    facebook: PublicTap, landing: Landing
) -> None:
    landing.land("raw_public", facebook.sync())
    ours = landing.our_tap(
        "meta_ads", COMPANY, start_date="2026-11-01", end_date="2026-11-15"
    )
    landing.land("raw_meta_ads", ours)
    theirs = landing.rows(
        """select ad_id, (date_start at time zone 'UTC')::date,
            spend::numeric(18, 2), impressions::bigint
        from raw_public.ads_insights
        where date_start < '2026-11-16' and date_start >= '2026-11-01'
        order by 1, 2"""
    )
    mine = landing.rows(
        """select ad_id, date, spend::numeric(18, 2), impressions
        from raw_meta_ads.ad_days order by 1, 2"""
    )
    assert len(mine) > 20
    assert theirs == mine


def test_defect_the_public_tap_promises_windows_that_are_gone(
    facebook: PublicTap, landing: Landing
) -> None:
    """7d_view and 28d_view have not been answered since January 2026."""
    lines = facebook.sync().splitlines()
    theirs = [json.loads(line) for line in lines if line.startswith("{")]
    schema = next(m for m in theirs if m["type"] == "SCHEMA")
    records = [m["record"] for m in theirs if m["type"] == "RECORD"]
    actions = [action for record in records for action in record.get("actions") or ()]
    assert "28d_view" in json.dumps(schema)
    assert actions
    assert not any(action.get("28d_view") for action in actions)
    ours = landing.our_tap(
        "meta_ads", COMPANY, start_date="2026-11-15", end_date="2026-11-15"
    )
    assert '"attribution_window":"7d_click"' in ours
    assert "28d_view" not in ours


@pytest.fixture
def search_console(public_tap: Any, sandbox: Sandbox) -> PublicTap:
    known = sandbox.settings(COMPANY, "search_console")
    tap: PublicTap = public_tap("tap-google-search-console")
    tap.discover(
        {
            **{k: known[k] for k in ("client_id", "client_secret", "refresh_token")},
            "site_urls": ",".join(known["site_urls"]),
            "start_date": "2026-11-01T00:00:00Z",
            "user_agent": "test",
        },
        "performance_report_date",
    )
    return tap


_THEIR_CLICKS = """select (date at time zone 'UTC')::date, clicks
    from raw_public.performance_report_date order by 1"""
_OUR_CLICKS = """select date, clicks from raw_search_console.site_days
    where date <= (select max(date) from raw_public.performance_report_date)
    order by 1"""


def test_public_tap_search_console_lands_the_same_clicks(
    search_console: PublicTap, landing: Landing
) -> None:
    landing.land("raw_public", search_console.sync())
    ours = landing.our_tap("search_console", COMPANY, start_date="2026-11-01")
    landing.land("raw_search_console", ours)
    theirs = landing.rows(_THEIR_CLICKS)
    assert len(theirs) > 10
    assert theirs == landing.rows(_OUR_CLICKS)


def test_defect_the_public_tap_drops_the_days_it_looked_back_at(
    search_console: PublicTap, sandbox: Sandbox, landing: Landing
) -> None:
    """It asks for restated days again and then leaves out those it already had."""
    first = search_console.sync()
    landing.land("raw_public", first)
    states = [json.loads(line) for line in first.splitlines() if '"STATE"' in line]
    sandbox.control(
        "restate", company=COMPANY, source="search_console", days=6, factor=1.5
    )
    landing.land("raw_public", search_console.sync(states[-1]["value"]))
    ours = landing.our_tap("search_console", COMPANY, start_date="2026-11-01")
    landing.land("raw_search_console", ours)
    theirs, mine = landing.rows(_THEIR_CLICKS), landing.rows(_OUR_CLICKS)
    assert len(theirs) == len(mine)
    assert sum(row[1] for row in theirs) < sum(row[1] for row in mine)
