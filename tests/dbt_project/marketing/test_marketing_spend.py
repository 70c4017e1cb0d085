"""Spend counts once, in the company's money, and adds up to its account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, rates
from tests.dbt_project.raw_marketing import (
    google_day,
    land,
    meta_action,
    meta_day,
    search_day,
    slice_of_campaigns,
)
from tests.dbt_project.warehouse import Pair, Warehouse

MONDAY, TUESDAY = "2026-01-05", "2026-01-06"
RECONCILIATION = "assert_campaign_days_add_up_to_their_accounts"


def spent(channel: str, day: str, spend: object, **others: object) -> dict[str, object]:
    row = {"channel": channel, "spend_date": day, "spend": spend}
    return {**row, "currency_code": "EUR", **others}


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Acme spends on Meta, Google and, told by files, elsewhere; bolt on Meta only."""
    pair = warehouse.add_pair()
    land(
        warehouse.url,
        pair.acme,
        "raw_meta_ads.campaign_days",
        meta_day("1", MONDAY, "12.34"),
        meta_day("2", MONDAY, "7.66"),
    )
    land(
        warehouse.url,
        pair.acme,
        "raw_meta_ads.campaign_action_days",
        # One purchase under three names, and a link click.
        meta_action("1", MONDAY, ("omni_purchase", "value"), 3, 90),
        meta_action("1", MONDAY, ("purchase", "value"), 3, 90),
        meta_action(
            "1", MONDAY, ("offsite_conversion.fb_pixel_purchase", "value"), 2, 9
        ),
        meta_action("1", MONDAY, ("omni_purchase", "1d_click"), 2, 60),
        meta_action("2", MONDAY, ("purchase", "7d_click"), 1, 30),
        meta_action("2", MONDAY, ("link_click", "value"), 10, None),
    )
    land(
        warehouse.url,
        pair.acme,
        "raw_meta_ads.slices",
        slice_of_campaigns(MONDAY, 2, "20.00"),
    )
    land(
        warehouse.url,
        pair.acme,
        "raw_google_ads.campaign_days",
        google_day(
            "1", MONDAY, "5.123456", conversions="1.5", conversions_value="60.5"
        ),
    )
    first = RawFile(
        "spend.csv",
        [
            spent("TikTok", MONDAY, 20, impressions=100, attributed_revenue=50),
            spent("Facebook Ads", MONDAY, 99),
            spent("Facebook Ads", TUESDAY, 8, campaign_name="Marca"),
            spent("google", MONDAY, 77, account_id="123-456-7890"),
            spent("google", MONDAY, 3, account_id="999-000-0000"),
            spent("Amazon Ads", MONDAY, 10, currency_code="USD"),
            spent("Amazon Ads", MONDAY, 10, currency_code="GBP"),
            spent("Valla publicitaria", MONDAY, 40),
        ],
        contract="ad_spend",
    )
    # Exported later: Tuesday's campaign cost 9 in two advertisements, not 8.
    second = RawFile(
        "spend_tuesday.csv",
        [
            spent("Facebook Ads", TUESDAY, 4, campaign_name="Marca"),
            spent("Facebook Ads", TUESDAY, 5, campaign_name="Marca"),
        ],
        version=2,
        contract="ad_spend",
    )
    # Friday's rate of the pound holds until Monday; nobody told one of the dollar.
    pounds = rates(("2026-01-02", "GBP", "EUR", "1.20"))
    warehouse.load(pair.acme, first, second, pounds)
    land(
        warehouse.url,
        pair.bolt,
        "raw_meta_ads.campaign_days",
        meta_day("1", MONDAY, 15000, currency_code="CLP"),
    )
    for company in (pair.acme, pair.bolt):
        land(
            warehouse.url,
            company,
            "raw_search_console.site_days",
            search_day("sc-domain:shop.com", MONDAY, 12),
        )
    land(
        warehouse.url,
        pair.acme,
        "raw_search_console.query_days",
        search_day("sc-domain:shop.com", MONDAY, 5, query="acme", is_brand=True),
        search_day("sc-domain:shop.com", MONDAY, 4, query="jabón", is_brand=False),
    )
    warehouse.build(pair.acme, pair.bolt)
    return pair


def spend_by_channel(warehouse: Warehouse, company: str) -> dict[str, Any]:
    query = """
        select channel_id, sum(spend) as spend from marts.campaign_days
        where company_id = %s and exclusion_reason is null group by channel_id
    """
    rows = warehouse.rows(query, [company])
    return {row["channel_id"]: row["spend"] for row in rows}


def test_spend_of_a_channel_counts_once(warehouse: Warehouse, companies: Pair) -> None:
    assert spend_by_channel(warehouse, companies.acme) == {
        # 12.34 + 7.66 from Meta, and 4 + 5 from the file exported last.
        "meta_ads": 29,
        # The API's account, and another that only the file knows.
        "google_ads": Decimal("8.123456"),
        "tiktok_ads": 20,
        "amazon_ads": 12,
        "other": 40,
    }
    assert spend_by_channel(warehouse, companies.bolt) == {"meta_ads": 15000}


def test_what_does_not_count_says_why(warehouse: Warehouse, companies: Pair) -> None:
    query = """
        select channel_id, exclusion_reason, original_spend, spend
        from marts.campaign_days
        where company_id = %s and exclusion_reason is not null order by channel_id
    """

    found = [tuple(r.values()) for r in warehouse.rows(query, [companies.acme])]

    assert found == [
        ("amazon_ads", "missing_currency_rate", 10, None),
        ("google_ads", "told_by_api", 77, 77),
        ("meta_ads", "told_by_api", 99, 99),
    ]


def test_a_purchase_under_several_names_counts_once(
    warehouse: Warehouse, companies: Pair
) -> None:
    days = """
        select campaign_id, reported_conversion_count, reported_revenue
        from marts.campaign_days
        where company_id = %s and source_slug = 'meta_ads' order by campaign_id
    """
    windows = """
        select campaign_id, attribution_window, conversion_count, reported_revenue
        from marts.campaign_conversion_days where company_id = %s
        order by campaign_id, attribution_window
    """

    def found(query: str) -> list[tuple[Any, ...]]:
        rows = warehouse.rows(query, [companies.acme])
        return [tuple(row.values()) for row in rows]

    # Campaign 2 sold within seven days of a click, but not by its own setting.
    assert found(days) == [("1", 3, 90), ("2", 0, 0)]
    assert found(windows) == [
        ("1", "1d_click", 2, 60),
        ("1", "value", 3, 90),
        ("2", "7d_click", 1, 30),
    ]


def test_campaigns_keep_their_last_name(warehouse: Warehouse, companies: Pair) -> None:
    query = """
        select campaign_id, campaign_name, first_spend_date::text
        from marts.campaigns
        where company_id = %s and channel_id = 'meta_ads' order by campaign_id
    """

    found = [tuple(r.values()) for r in warehouse.rows(query, [companies.acme])]

    assert found == [
        ("1", "Meta 1", MONDAY),
        ("2", "Meta 2", MONDAY),
        ("channel/Facebook Ads", None, MONDAY),
        ("name/Marca", "Marca", TUESDAY),
    ]


def test_searches_are_split_by_brand_as_far_as_google_tells(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select click_count, brand_click_count, non_brand_click_count
        from marts.search_days where company_id = %s
    """

    def found(company: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in warehouse.rows(query, [company])]

    assert found(companies.acme) == [(12, 5, 4)]
    assert found(companies.bolt) == [(12, 0, 0)]


def test_campaigns_that_do_not_add_up_to_their_account_are_noticed(
    warehouse: Warehouse, companies: Pair
) -> None:
    test = ("test", "--select", RECONCILIATION)
    scope = {"company_ids": [companies.acme]}
    assert warehouse.dbt.run(*test, **scope) == {RECONCILIATION: "pass"}

    raise_control_total = """
        update raw_meta_ads.slices set control_total = control_total + %s
        where company_id = %s
    """
    warehouse.execute(raise_control_total, ["0.03", companies.acme])
    with pytest.raises(DbtFailed, match=RECONCILIATION):
        warehouse.dbt.run(*test, **scope)
    warehouse.execute(raise_control_total, ["-0.03", companies.acme])
