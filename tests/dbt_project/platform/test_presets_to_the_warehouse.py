"""Exports of the newest presets, from the file to what the warehouse counts of them.

Each lands once, as a run lands it; what it comes to is made by hand beside the file.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse

FILES = Path(__file__).parents[2] / "taps/tap_files"
#: Export of spend -> its campaign, its currency and what was spent. None has a channel
#: of its own, and two call the same campaign 1.
SPENT = {
    "reddit_full": ("reddit_ads/55", "USD", "30"),
    "taboola_full": ("taboola/1", "USD", "30"),
    "outbrain_sum": ("outbrain/name/A", "EUR", "30"),
    "x_ads": ("x_ads/abc", "USD", "30"),
    "criteo": ("criteo/name/Prosp", "EUR", "30.50"),
    "apple_search": ("apple_search_ads/1", "USD", "30"),
    "dv360": ("display_video_360/2", "USD", "30"),
}
#: Export of sales -> its currency, what of them counts, and its taxes.
SOLD = {
    # 70 + 50 - 20; one failed, one is pending
    "gocardless": ("GBP", "100", "0"),
    # 121 + 50 - 20; one was declined, one is void
    "braintree_transactions": ("USD", "151", "21"),
    # 55 + 49.50; each sale has a row of its lines and one of its payment
    "lightspeed_x": ("EUR", "104.50", "9.50"),
    # 121 + 50 (told on two lines), taxes and all; one is a draft
    "zoho_invoices": ("USD", "171", "0"),
    # One is not paid.
    "xero": ("GBP", "120", "20"),
    # 400 + 250 - 100, before Airbnb's fee; payouts are none
    "airbnb_history": ("EUR", "550", "0"),
    # 200 + 60 + 375 - 25 of two buyers who stand above their sales
    "quickbooks_by_customer": ("EUR", "610", "0"),
    # One was won, one is open, one was lost.
    "pipedrive": ("EUR", "1000", "0"),
}
BILLED = {"chargebee_invoices": (4, "310")}
"""Export of invoices -> how many, and what of them is due."""


@pytest.fixture(scope="module")
def landed(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A company whose folder holds them all, and another without any."""
    pair, folder = warehouse.add_pair(), tmp_path_factory.mktemp("exports")
    for name in (*SPENT, *SOLD, *BILLED):
        (file,) = FILES.rglob(f"{name}.csv")
        (folder / file.name).write_bytes(file.read_bytes())
    told = {"currency_code": "EUR", "time_zone": "Europe/Madrid"}
    load_folder(warehouse, pair.acme, folder, **told)
    return pair


def test_spend_of_each_program_is_that_of_its_file(
    warehouse: Warehouse, landed: Pair
) -> None:
    rows = warehouse.rows(
        """select company_id, campaign_id, currency_code, sum(spend) as spend
        from intermediate.int_ad_spend_deduplicated
        where company_id = any(%s) group by 1, 2, 3""",
        [[landed.acme, landed.bolt]],
    )

    assert {(r["campaign_id"], r["currency_code"], r["spend"]) for r in rows} == {
        (campaign, currency, Decimal(spend))
        for campaign, currency, spend in SPENT.values()
    }
    assert {row["company_id"] for row in rows} == {landed.acme}


def test_what_each_program_sold_is_that_of_its_file(
    warehouse: Warehouse, landed: Pair
) -> None:
    rows = warehouse.rows(
        """select file_name, currency_code,
            sum(gross_revenue - refund_amount) as kept, sum(tax_amount) as tax
        from intermediate.int_orders_unioned
        where company_id = %s and is_recognised group by 1, 2""",
        [landed.acme],
    )

    assert {
        row["file_name"].removesuffix(".csv"): (
            row["currency_code"],
            row["kept"],
            row["tax"] or 0,
        )
        for row in rows
    } == {
        name: (currency, Decimal(kept), Decimal(tax))
        for name, (currency, kept, tax) in SOLD.items()
    }


def test_what_a_biller_invoiced_is_that_of_its_file(
    warehouse: Warehouse, landed: Pair
) -> None:
    (row,) = warehouse.rows(
        """select count(*) as count, sum(amount_due) as due
        from staging.stg_files__invoices where company_id = %s""",
        [landed.acme],
    )

    count, due = BILLED["chargebee_invoices"]
    assert (row["count"], row["due"]) == (count, Decimal(due))
