"""Spend of a row that covers several days is spread over them, to the last digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.warehouse import Warehouse


def test_a_period_is_spread_evenly_and_adds_up(warehouse: Warehouse) -> None:
    """100 over three days; a day alone stays whole; 10 impressions are 3 + 4 + 3."""
    pair = warehouse.add_pair()
    rows = [
        {
            "spend_date": "2026-01-30",
            "period_end": "2026-02-01",
            "channel": "Meta Ads",
            "campaign_name": "Verano",
            "currency_code": "EUR",
            "spend": 100,
            "impressions": 10,
        },
        {
            "spend_date": "2026-02-02",
            "channel": "Meta Ads",
            "campaign_name": "Verano",
            "currency_code": "EUR",
            "spend": 7,
        },
    ]
    warehouse.load(pair.acme, RawFile("meta.csv", rows, contract="ad_spend"))

    days = warehouse.rows(
        "select spend_date, spend, impression_count"
        " from intermediate.int_ad_spend_deduplicated"
        " where company_id = %s order by spend_date",
        [pair.acme],
    )

    assert [tuple(row.values()) for row in days] == [
        (date(2026, 1, 30), Decimal("33.333333"), 3),
        (date(2026, 1, 31), Decimal("33.333334"), 4),
        (date(2026, 2, 1), Decimal("33.333333"), 3),
        (date(2026, 2, 2), Decimal("7.000000"), None),
    ]
