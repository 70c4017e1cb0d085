"""The data tests of the project pass on sound data and fail on broken data."""

from __future__ import annotations

import re

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, Row, purchase, shopify_row
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
SOUND = "sound"


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> dict[str, Pair]:
    """Two shops to stay sound and two for each breach, built at once."""
    pairs = {name: warehouse.add_pair() for name in (SOUND, *BREACHES)}
    companies = [one for pair in pairs.values() for one in (pair.acme, pair.bolt)]
    for company_id in companies:
        load(warehouse, company_id)
    warehouse.build(*companies)
    return pairs


def load(warehouse: Warehouse, company_id: str) -> None:
    """Overlapping logs and exports, with a copy, a guest and a refund in them."""
    warehouse.load(
        company_id,
        RawFile(
            "january.csv",
            [
                purchase("7", AT, "10.10", purchase_id="A"),
                purchase("7", AT, "0.01", purchase_id="A"),
                purchase(None, AT, 3),
            ],
        ),
        RawFile("february.csv", [purchase("7", AT, 9, purchase_id="A")], version=2),
        RawFile(
            "orders.csv",
            [
                shopify_row("1", AT, 50, discount_amount=5, refunded_amount=1),
                shopify_row("1", AT, 50, discount_amount=5, refunded_amount=1),
            ],
            contract="shopify_orders",
        ),
        RawFile("old_spend.csv", [_spent(80), _spent(9, "c2")], 0, "ad_spend"),
        RawFile("spend.csv", [_spent(30), _spent(40)], contract="ad_spend"),
    )


def _spent(spend: int, campaign_id: str = "c1") -> Row:
    return {
        "channel": "Meta",
        "campaign_id": campaign_id,
        "spend_date": "2026-01-05",
        "currency_code": "EUR",
        "spend": spend,
    }


def run_tests(warehouse: Warehouse, *names: str, companies: list[str]) -> set[str]:
    """Names of the data tests that passed."""
    statuses = warehouse.dbt.run("test", "--select", *names, company_ids=companies)
    return {name for name, status in statuses.items() if status == "pass"}


def test_they_all_pass_on_sound_data(
    warehouse: Warehouse, shops: dict[str, Pair]
) -> None:
    companies = [shops[SOUND].acme, shops[SOUND].bolt]

    passed = run_tests(warehouse, "test_type:data", companies=companies)

    assert "assert_file_totals_equal_their_visible_orders" in passed
    assert "assert_file_spend_is_in_campaign_days" in passed
    assert "assert_orders_reconcile_with_their_sources" in passed
    assert "orders_gross_less_what_is_taken_off_is_net" in passed


# Each statement breaks the company's data the way a bug would.
BREACHES = {
    "assert_file_totals_equal_their_visible_orders": (
        "delete from raw_files.purchases where company_id = %s and customer_id is null"
    ),
    "assert_file_spend_is_in_campaign_days": (
        "update marts.campaign_days set original_spend = original_spend - 1"
        " where company_id = %s and campaign_id = 'c1'"
    ),
    "assert_orders_reconcile_with_their_sources": (
        "delete from marts.orders where company_id = %s and order_id = 'purchases/A'"
    ),
    "orders_gross_less_what_is_taken_off_is_net": (
        "update marts.orders set net_revenue = net_revenue + 0.01"
        " where company_id = %s and order_id = 'purchases/A'"
    ),
    # The order still adds up, and its company leaves nothing out.
    "assert_excluded_amounts_follow_the_settings": (
        "update marts.orders set net_revenue = net_revenue - 1,"
        " excluded_amount = 1 where company_id = %s and order_id = 'shopify/1'"
    ),
    # Its entries still add up, and say something else.
    "assert_revenue_entries_add_up_to_net_revenue": (
        "update marts.revenue_entries set entry_type = 'discount'"
        " where company_id = %s and entry_type = 'refund'"
    ),
    "assert_customer_values_add_up_to_purchases": (
        "update marts.customers set historic_value = 0 where company_id = %s"
    ),
    "no_foreign_company_ids_orders_company_id": (
        "update marts.orders set company_id = 'stranger' where company_id = %s"
        " and order_id = 'purchases/A'"
    ),
    "orders_is_purchase_means_no_exclusion_reason": (
        "update marts.orders set is_purchase = true where company_id = %s"
        " and customer_id is null"
    ),
}


# What is said of it: the amount that is missing, and where to look.
TOLD = {
    "assert_file_totals_equal_their_visible_orders": (
        r"january.csv of \S+: its rows come to 13.11 in any number of orders, and 10.11"
        r" in 1 orders were made of them: 3.00 missing. 2 of 3 rows are there"
    ),
    # 30 and 40 of campaign c1 in the newest file.
    "assert_file_spend_is_in_campaign_days": (
        r"spend.csv of \S+: of a campaign on 2026-01-05 its rows \(line 2, 3\) come to"
        r" 70.00, and its campaign days to 69.00: 1.00 missing"
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_each_finds_its_own_breach(
    warehouse: Warehouse, shops: dict[str, Pair], name: str
) -> None:
    acme = shops[name].acme
    warehouse.execute(BREACHES[name], [acme])

    with pytest.raises(DbtFailed, match=name) as failure:
        run_tests(warehouse, name, companies=[acme])
    assert re.search(TOLD.get(name, name), str(failure.value))

    warehouse.execute("delete from marts.orders where company_id = 'stranger'")


def sales(name: str, customer: str, *, days: int = 24, paid: int = 0) -> RawFile:
    """A sale a day, each of another customer and amount; some with other amounts."""
    rows = [
        purchase(
            customer.format(day),
            f"2026-01-{day:02} 10:00+00",
            f"{day + (10 if day <= paid else 0)}.50",
            purchase_id=f"{name}{day}",
        )
        for day in range(1, days + 1)
    ]
    return RawFile(name, rows)


TWICE = "assert_no_two_sources_tell_the_same_sales"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        # Ten of twelve, by the address that both know them by: 3.50 + ... + 12.50.
        (
            sales("stripe.csv", "c{}@example.com", days=12, paid=2),
            r"shop.csv and stripe.csv of \S+ tell the same sales: 10 of 12 orders of "
            r"their last common days have the same customer, day and amount in both, "
            r"and 80.00 would be counted twice. Keep one of them",
        ),
        # All of 24, by day and amount: 1.50 + 2.50 + ... + 24.50.
        (
            sales("stripe.csv", "cus_{}"),
            r"24 of 24 orders of their last common days have the same day and amount "
            r"in both, and 312.00 would be counted twice",
        ),
    ],
)
def test_the_same_sales_of_a_shop_and_its_gateway_are_told(
    warehouse: Warehouse, other: RawFile, told: str
) -> None:
    acme = warehouse.add_pair().acme
    warehouse.load(acme, sales("shop.csv", "c{}@example.com"), other)
    warehouse.build(acme, only=["orders"])

    with pytest.raises(DbtFailed, match=told):
        run_tests(warehouse, TWICE, companies=[acme])


@pytest.mark.parametrize(
    "other",
    [
        # Nine of twelve, ten of them needed; and too few for amounts alone.
        sales("till.csv", "c{}@example.com", days=12, paid=3),
        sales("till.csv", "t{}", days=19),
        # The same customers, at other prices.
        sales("till.csv", "c{}@example.com", paid=24),
    ],
)
def test_sales_of_two_shops_are_not(warehouse: Warehouse, other: RawFile) -> None:
    acme = warehouse.add_pair().acme
    warehouse.load(acme, sales("shop.csv", "c{}@example.com"), other)
    warehouse.build(acme, only=["orders"])

    assert run_tests(warehouse, TWICE, companies=[acme]) == {TWICE}


def spends(name: str, campaigns: int, *, days: int = 8, dearer: int = 0) -> RawFile:
    """Spend of each day, by that many campaigns; of some days a euro more."""
    rows: list[Row] = [
        {
            "channel": "Meta",
            "campaign_id": f"{name}{number}" if campaigns > 1 else None,
            "campaign_name": f"{name}{number}",
            "spend_date": f"2026-01-{day:02}",
            "currency_code": "EUR",
            "spend": (12 * day + (day <= dearer)) / campaigns,
        }
        for day in range(1, days + 1)
        for number in range(campaigns)
    ]
    return RawFile(name, rows, contract="ad_spend")


SPEND_TWICE = "assert_no_two_files_tell_the_same_spend"


def test_the_same_spend_by_campaign_and_by_day_is_told(warehouse: Warehouse) -> None:
    acme = warehouse.add_pair().acme
    warehouse.load(acme, spends("meta.csv", 2), spends("sheet.csv", 1, dearer=1))
    warehouse.build(acme, only=["campaign_days"])

    # 24 + 36 + ... + 96.
    told = (
        r"meta.csv and sheet.csv of \S+ tell the same spend of meta_ads: on 7 of 8 "
        r"common days both come to the same, and 420.00 would be counted twice"
    )
    with pytest.raises(DbtFailed, match=told):
        run_tests(warehouse, SPEND_TWICE, companies=[acme])


def test_spend_of_two_accounts_and_newer_exports_are_not(warehouse: Warehouse) -> None:
    pair = warehouse.add_pair()
    warehouse.load(pair.acme, spends("one.csv", 2), spends("two.csv", 2, dearer=2))
    newer = RawFile("new.csv", spends("one.csv", 2).rows, 2, "ad_spend")
    warehouse.load(pair.bolt, spends("one.csv", 2), newer)
    warehouse.build(pair.acme, pair.bolt, only=["campaign_days"])

    companies = [pair.acme, pair.bolt]
    assert run_tests(warehouse, SPEND_TWICE, companies=companies) == {SPEND_TWICE}
