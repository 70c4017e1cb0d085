"""From the central bank's answer to converted money: each company its own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, rates
from tests.dbt_project.raw_shopify import order, refund
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.taps.sources.ecb import central_bank
from tests.taps.target_postgres.singer import Loader

# 2 January 2026 is a Friday.
FRIDAY, SUNDAY, MONDAY, LATE = "2026-01-02", "2026-01-04", "2026-01-05", "2026-01-14"


def test_a_rate_holds_over_easter_and_a_second_load_changes_nothing(
    warehouse: Warehouse, pair: Pair
) -> None:
    def built() -> list[dict[str, object]]:
        with central_bank() as bank:
            messages = bank.read("2026-04-02", "2026-04-05").messages
        settings = {"schema": "raw_ecb_rates", "company_id": pair.acme}
        Loader(warehouse.url).load(*messages, **settings)
        warehouse.build(pair.acme, pair.bolt, only=("currency_rates",))
        return warehouse.rows(
            "select company_id, rate_date, rate, quoted_date, source_slug"
            " from marts.currency_rates where company_id in (%s, %s)"
            " and currency_code = 'GBP' order by rate_date",
            (pair.acme, pair.bolt),
        )

    first = built()

    # Seven days after Maundy Thursday nobody knows.
    thursday = dt.date(2026, 4, 2)
    assert first == built()
    assert first == [
        {
            "company_id": pair.acme,
            "rate_date": thursday + dt.timedelta(days=days),
            "rate": Decimal("1.25"),
            "quoted_date": thursday,
            "source_slug": "ecb",
        }
        for days in range(8)
    ]


def publish(warehouse: Warehouse, company: str, day: str, **told: float) -> None:
    """What a euro was worth that day, landed as the tap lands it."""
    for currency, rate in told.items():
        warehouse.execute(
            "insert into raw_ecb_rates.rates (company_id, date, currency, rate)"
            " values (%s, %s, %s, %s)",
            (company, day, currency, rate),
        )


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> Pair:
    """Shops that sold for dollars: of acme, in euros, and bolt, in pesos.

    A euro was 1.25 dollars and 1000 pesos on Friday, 2 dollars on Monday, of which
    bolt's own file says 900 pesos to the dollar. Acme gave 10 dollars of an order in
    euros back, late.
    """
    pair = warehouse.add_pair()
    days = (FRIDAY, SUNDAY, MONDAY, LATE)
    for company in (pair.acme, pair.bolt):
        warehouse.land(
            company,
            "orders",
            *(
                order(str(n), f"{day} 15:00+00", 100, currency_code="USD")
                for n, day in enumerate(days, start=1)
            ),
            order("5", f"{FRIDAY} 15:00+00", 100),
        )
        publish(warehouse, company, FRIDAY, USD=1.25, CLP=1000)
        publish(warehouse, company, MONDAY, USD=2, CLP=1000)
    given_back = refund(
        "1", "5", 10, currency_code="USD", created_at=f"{LATE} 15:00+00"
    )
    warehouse.land(pair.acme, "order_refunds", given_back)
    spend = {"spend_date": LATE, "channel": "Radio", "spend": 50}
    warehouse.load(
        pair.acme,
        RawFile("s.csv", [{**spend, "currency_code": "USD"}], contract="ad_spend"),
    )
    warehouse.load(pair.bolt, rates((MONDAY, "USD", "CLP", 900)))
    warehouse.build(pair.acme, pair.bolt)
    return pair


def told(orders: dict[str, dict[str, Any]]) -> dict[str, tuple[object, object]]:
    return {
        key.removeprefix("shopify/"): (each["net_revenue"], each["exclusion_reason"])
        for key, each in orders.items()
    }


def built_keys(warehouse: Warehouse, company: str) -> object:
    """For how many orders they were built last; of all of them none."""
    (row,) = warehouse.rows(
        "select changed_key_count from ops.mart_builds"
        " where company_id = %s and mart = 'orders'",
        [company],
    )
    return row["changed_key_count"]


def test_money_goes_through_the_euro_and_waits_for_a_rate_that_comes_late(
    warehouse: Warehouse, shops: Pair
) -> None:
    missing = "missing_currency_rate"
    # 100 / 1.25, over the weekend too; 100 / 2; nine days later nobody knows.
    assert told(warehouse.orders(shops.acme)) == {
        "1": (80, None),
        "2": (80, None),
        "3": (50, None),
        "4": (100, missing),
        "5": (90, missing),
    }
    # 100 * 1000 / 1.25, and on Monday by the file; euros by the bank.
    assert told(warehouse.orders(shops.bolt)) == {
        "1": (80000, None),
        "2": (80000, None),
        "3": (90000, None),
        "4": (100, missing),
        "5": (100000, None),
    }
    assert spent(warehouse, shops.acme) == [(None, missing)]

    for company in (shops.acme, shops.bolt):
        publish(warehouse, company, "2026-01-13", USD=1.6, CLP=800)
    warehouse.build(shops.acme, shops.bolt)

    # 100 / 1.6 and 100 * 800 / 1.6; 10 dollars are 6.25 euros.
    acme, bolt = (told(warehouse.orders(c)) for c in (shops.acme, shops.bolt))
    assert (acme["4"], acme["5"]) == ((Decimal("62.5"), None), (Decimal("93.75"), None))
    assert bolt["4"] == (50000, None)
    assert spent(warehouse, shops.acme) == [(Decimal("31.25"), None)]
    # Nothing but what waited was made anew.
    assert (built_keys(warehouse, shops.acme), built_keys(warehouse, shops.bolt)) == (
        2,
        1,
    )

    warehouse.build(shops.bolt)

    assert built_keys(warehouse, shops.bolt) == 0
    assert warehouse.rows(
        "select exchange_rate::integer as rate, source_slug"
        " from reporting.exchange_rates where company_id = %s"
        " and currency_code = 'USD' and rate_date = any(%s)"
        " order by rate_date",
        [shops.bolt, [SUNDAY, MONDAY, LATE]],
    ) == [
        {"rate": 800, "source_slug": "ecb"},
        {"rate": 900, "source_slug": "files"},
        {"rate": 500, "source_slug": "ecb"},
    ]


def spent(warehouse: Warehouse, company: str) -> list[tuple[object, object]]:
    query = (
        "select spend, exclusion_reason from marts.campaign_days where company_id = %s"
    )
    return [
        (r["spend"], r["exclusion_reason"]) for r in warehouse.rows(query, [company])
    ]


def test_the_examples_of_the_models_hold(warehouse: Warehouse) -> None:
    models = ("currency_rates", "int_currency_rates_filled", "int_euro_rates_crossed")
    more = ("int_euro_rates_unioned", "int_file_rates_told")
    statuses = warehouse.dbt.run("test", "--select", *models, *more)

    assert set(statuses.values()) == {"pass"}
    assert len(statuses) == 7
