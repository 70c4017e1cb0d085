"""What stays of a sale after goods, shipping and what taking the money costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.media_mix_marts import read_margin_rate
from ml_assets.assets.scenario_tables import told_margin_rate
from orchestration.lib.tenancy.company_settings import change_settings, load_settings
from orchestration.lib.warehouse.database import connect
from tests.dbt_project.raw_files import RawFile, purchase, shopify_row
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
MARTS = ("performance_months", "contribution_margins")
COSTS = {
    "gross_margin_rate": Decimal("0.6"),
    "shipping_cost_per_order": Decimal(5),
    "payment_fee_rate": Decimal("0.02"),
    "payment_fee_per_order": Decimal("0.3"),
}


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """One order of 100 each; Acme tells what orders cost, Bolt only its margin."""
    pair = warehouse.add_pair()
    change_settings(warehouse.url, pair.acme, **COSTS)
    change_settings(warehouse.url, pair.bolt, gross_margin_rate=Decimal("0.6"))
    for company, currency in ((pair.acme, "EUR"), (pair.bolt, "CLP")):
        money = {"currency_code": currency}
        sold = shopify_row("1", AT, 100, email="a@x", subtotal=100, taxes=0, **money)
        spent = {"channel": "meta_ads", "spend_date": "2026-01-10", "spend": 20} | money
        warehouse.load(
            company,
            RawFile("o.csv", [sold], contract="shopify_orders"),
            RawFile("s.csv", [spent], contract="ad_spend"),
        )
    build(warehouse, pair)
    for company in (pair.acme, pair.bolt):
        warehouse.execute(
            """insert into predictions.media_mix_totals values (%s, 'value_12m',
                'published', null, null, 100, 1.8, 1.75, 1.85, 'EUR', 'mix',
                '2026-01-31', '1', now())""",
            [company],
        )
    return pair


def build(warehouse: Warehouse, pair: Pair) -> None:
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-01-31")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=MARTS)


@pytest.fixture(scope="module")
def readers(warehouse: Warehouse, companies: Pair) -> tuple[str, str]:
    """Those who read Acme's rows, and Bolt's."""
    return warehouse.add_reader(companies.acme), warehouse.add_reader(companies.bolt)


def margin(warehouse: Warehouse, company: str) -> dict[str, Any]:
    (row,) = warehouse.rows(
        "select * from marts.contribution_margins where company_id = %s", [company]
    )
    return row


def test_an_order_leaves_what_no_cost_takes(
    warehouse: Warehouse, companies: Pair
) -> None:
    """100 - 40 of goods - 5 of shipping - 2 % - 0.30 = 52.70."""
    told, untold = (margin(warehouse, one) for one in (companies.acme, companies.bolt))

    assert told["contribution_margin_rate"] == Decimal("0.527")
    assert told["costs_included"] == "goods_shipping_payment"
    # Without costs of orders it is the gross margin; the other company's are its own.
    assert untold["contribution_margin_rate"] == untold["gross_margin_rate"]
    assert untold["gross_margin_rate"] == Decimal("0.6")
    assert untold["costs_included"] == "goods"


def test_a_month_tells_its_costs_one_by_one(
    warehouse: Warehouse, readers: tuple[str, str]
) -> None:
    """52.70 less 20 of ads are 32.70; a gross margin of 27.3 % would just do."""
    query = """select gross_margin, variable_costs, spend, contribution_after_ads,
        break_even_gross_margin from reporting.performance_by_month where is_complete"""
    told, untold = (warehouse.rows(query, role=reader) for reader in readers)

    def amounts(*texts: str) -> tuple[Decimal, ...]:
        return tuple(map(Decimal, texts))

    assert [tuple(row.values()) for row in told] == [
        amounts("60", "7.3", "20", "32.7", "0.273")
    ]
    assert [tuple(row.values()) for row in untold] == [
        (Decimal(60), None, Decimal(20), Decimal(40), Decimal("0.2"))
    ]


def test_advice_reckons_with_what_stays_after_all_costs(
    warehouse: Warehouse, companies: Pair, readers: tuple[str, str]
) -> None:
    """A return of 1.8 pays at a margin of 60 %, and loses where 52.7 % stay."""
    query = "select * from reporting.incremental_returns"
    (told,), (untold,) = (warehouse.rows(query, role=reader) for reader in readers)

    assert (told["verdict"], untold["verdict"]) == ("not_covered", "covered")
    assert told["costs_es"] == "Mercancía, envío y comisiones de pago"
    assert untold["costs_es"] == "Mercancía"
    assert float(told["break_even_return"]) == pytest.approx(1 / 0.527)
    with connect(warehouse.url, "scientist") as database:
        assert read_margin_rate(database, companies.acme) == 0.527
        assert read_margin_rate(database, companies.bolt) == 0.6


def test_plans_reckon_with_costs_from_the_moment_they_are_set(
    warehouse: Warehouse, companies: Pair
) -> None:
    """The marts know them with their next build, and then say the same."""
    rates = []
    with connect(warehouse.url, "scientist") as database:
        for shipping in (Decimal(5), Decimal(10), None):
            change_settings(
                warehouse.url, companies.acme, shipping_cost_per_order=shipping
            )
            settings = load_settings(warehouse.url, companies.acme)
            rates.append(told_margin_rate(database, companies.acme, settings))
        untold = load_settings(warehouse.url, companies.bolt)
        assert told_margin_rate(database, companies.bolt, untold) == 0.6
        # Of who never sold anything nobody knows what orders take of a sale.
        settings = load_settings(warehouse.url, companies.acme)
        assert told_margin_rate(database, "nobody", settings) is None
    build(warehouse, companies)

    assert rates == [pytest.approx(rate) for rate in (0.527, 0.477, 0.577)]
    now = margin(warehouse, companies.acme)
    assert (now["contribution_margin_rate"], now["costs_included"]) == (
        Decimal("0.577"),
        "goods_payment",
    )


def test_what_files_tell_of_fees_is_reckoned_with_and_settings_of_the_others(
    warehouse: Warehouse, companies: Pair, readers: tuple[str, str]
) -> None:
    """Of 180 kept, fees take 3.00 - 0.60 as told, 2 % of 100 and 0.30 as set: 4.70."""
    paid = {"purchase_id": "1", "payment_fee": 3}
    back = {"purchase_id": "1", "payment_fee": Decimal("-0.6")}
    failed = {"purchase_id": "2", "payment_fee": 9, "status": "failed"}
    log = RawFile(
        "p.csv",
        [
            purchase("b@x", "2026-01-06 10:00+00", 100, **paid),
            purchase("b@x", "2026-01-08 10:00+00", -20, **back),
            purchase("c@x", "2026-01-07 10:00+00", 50, **failed),
        ],
    )
    warehouse.load(companies.acme, log)
    change_settings(warehouse.url, companies.acme, shipping_cost_per_order=None)
    build(warehouse, companies)

    now = margin(warehouse, companies.acme)
    assert now["contribution_margin_rate"] == Decimal("0.573889")  # .6 - 4.7 / 180
    with connect(warehouse.url, "scientist") as database:
        settings = load_settings(warehouse.url, companies.acme)
        rate = told_margin_rate(database, companies.acme, settings)
    assert rate == pytest.approx(0.6 - 4.7 / 180)
    (told,) = warehouse.rows(
        "select costs_es from reporting.incremental_returns", role=readers[0]
    )
    assert told["costs_es"] == (
        "Mercancía y comisiones de pago, según los archivos en el 50 % de los pedidos "
        "y según los ajustes en el resto"
    )
