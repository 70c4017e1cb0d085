"""Revenue is net sales unless told otherwise: goods, without taxes and shipping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from taps.tap_files.sums.net_sales import NetSales
from tests.dbt_project.raw_files import RawFile, purchase, rates, shopify_row
from tests.dbt_project.raw_shopify import Row, order, sale, shop
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
LATER = "2026-02-10 10:00+00"
APRIL = "2026-04-10 10:00+00"
MAY = ("2026-05-05 10:00+00", "2026-05-06 10:00+00", "2026-05-20 10:00+00")
MARTS = ("orders", "revenue_entries", "sales_days")
IDENTITIES = (
    "assert_file_totals_equal_their_visible_orders",
    "assert_excluded_amounts_follow_the_settings",
    "assert_revenue_entries_add_up_to_net_revenue",
)
# Goods of 90, 10 of shipping and 19 % on both, in the price or on top of it.
INSIDE = {"total_tax": 19, "total_shipping": "11.90", "taxes_included": True}
ON_TOP = {"total_tax": 19, "total_shipping": 10, "taxes_included": False}


def exported(order_id: str, **amounts: object) -> Row:
    return shopify_row(order_id, AT, 119, email=f"{order_id}@x", **amounts)


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """The same orders by API and by file; bolt's file tells no taxes.

    Order 3 has a ledger: half of its goods came back in February, and a code took the
    shipping of order 4 off.
    """
    pair = warehouse.add_pair()
    back = {"reason": "return", "action_type": "return", "happened_at": LATER}
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(
        pair.acme,
        "orders",
        order("1", AT, 119, **INSIDE),
        order("2", AT, 119, **ON_TOP),
        order("3", AT, 119, **INSIDE, current_total_price="65.45"),
        order("4", AT, "107.10", total_tax="17.10", current_total_price="107.10"),
    )
    warehouse.land(
        pair.acme,
        "order_sales",
        sale("1", "3", "107.10", tax="17.10"),
        sale("2", "3", "11.90", tax="1.90", line_type="shipping"),
        sale("3", "3", "-53.55", tax="-8.55", agreement_id="later", **back),
        sale("4", "4", "107.10", tax="17.10"),
        sale("5", "4", 0, discount=10, line_type="shipping"),
    )
    inside = {"subtotal": "107.10", "shipping": "11.90", "taxes": 19}
    on_top = {"subtotal": 90, "shipping": 10, "taxes": 19}
    rows = [exported("51", **inside), exported("52", **on_top)]
    warehouse.load(pair.acme, RawFile("o.csv", rows, contract="shopify_orders"))
    untold = [exported("51")]
    warehouse.load(pair.bolt, RawFile("o.csv", untold, contract="shopify_orders"))
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-02-28")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=MARTS)
    return pair


def test_taxes_and_shipping_are_left_out_wherever_they_are_told(
    warehouse: Warehouse, companies: Pair
) -> None:
    found = warehouse.orders(companies.acme)

    assert {
        key.removeprefix("shopify/"): o["net_revenue"] for key, o in found.items()
    } == {
        **dict.fromkeys(("1", "2", "4", "51", "52"), 90),
        "3": 45,
    }
    (untold,) = warehouse.orders(companies.bolt).values()
    assert untold["net_revenue"] == 119


def test_days_are_told_as_the_shops_own_report_tells_them(
    warehouse: Warehouse, companies: Pair
) -> None:
    """Six orders with goods of 90; half of one, with 8.55 of taxes, went back."""
    days = warehouse.rows(
        """select calendar_date, order_count, gross_sales, discount_amount,
            returned_amount, net_sales, shipping_amount, tax_amount, total_sales
        from marts.sales_days where company_id = %s order by 1""",
        [companies.acme],
    )

    assert [tuple(day.values()) for day in days] == [
        *[
            (
                date(2026, 1, 5),
                6,
                540,
                0,
                0,
                540,
                50,
                Decimal("112.10"),
                Decimal("702.10"),
            )
        ],
        (date(2026, 2, 10), 0, 0, 0, -45, -45, 0, Decimal("-8.55"), Decimal("-53.55")),
    ]


def bought(order_id: str, at: str, amount: str, tax: str, **others: object) -> Row:
    row = purchase(order_id, at, amount, purchase_id=order_id)
    return {"shipping_amount": 0, **row, **others, "tax_amount": tax}


TOLD = [
    bought("A", AT, "131.00", "21.00", shipping_amount="10.00"),
    bought("A", LATER, "-60.50", "-10.50"),
    bought("B", AT, "60.50", "10.50", refunded_amount="12.10"),
    *(bought("C", AT, "24.20", "4.20") for _ in range(2)),
    bought("D", AT, "119.00", "19.00", currency_code="USD"),
    bought("G", APRIL, "-60.50", "-10.50"),
    bought("H", MAY[0], "121.00", "21.00"),
    bought("I", MAY[1], "60.50", "10.50", customer_id="H"),
    bought("J", MAY[2], "-90.75", "-12.00", customer_id="H"),
]
UNTOLD = [
    purchase("E", LATER, 50, purchase_id="E"),
    purchase("F", "2026-03-10 10:00+00", 30, purchase_id="F"),
]


@pytest.fixture(scope="module")
def logs(warehouse: Warehouse) -> Pair:
    """Logs that tell taxes and shipping, and one that tells none.

    A: goods of 100, taxes of 21 and shipping of 10; in February half of the goods
    came back, with half of the taxes and none of the shipping. B: 50 and 10.50, of
    which a fifth was given back, and the file does not tell of what. C: two lines of 20
    and 4.20. D: 100 and 19 dollars at 0.90. E and F of 50 and 30 tell nothing. G is
    given back and was never bought. H and I, of one customer, are 100 and 21, 50 and
    10.50; a return of 90.75 with 12 of taxes takes the 60.50 of I and 30.25 of H. Bolt
    has the same in another currency.
    """
    pair = warehouse.add_pair()
    moments = (AT, LATER, "2026-03-10", APRIL, *MAY)
    days = [moment[:10] for moment in moments]
    acme = rates(("2026-01-05", "USD", "EUR", "0.90"))
    bolt = rates(*((d, c, "CLP", "0.013") for d in days for c in ("EUR", "USD")))
    for company, exchange in ((pair.acme, acme), (pair.bolt, bolt)):
        files = (RawFile("told.csv", TOLD), RawFile("untold.csv", UNTOLD))
        warehouse.load(company, *files, exchange)
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-05-31")
    only = (*MARTS, "sales_months", *IDENTITIES)
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=only)
    return pair


def test_a_log_that_tells_taxes_and_shipping_gives_net_sales(
    warehouse: Warehouse, logs: Pair
) -> None:
    found = warehouse.orders(logs.acme).values()

    assert {o["source_order_id"]: o["net_revenue"] for o in found} == {
        "A": 50,
        **dict.fromkeys("BC", 40),
        **{"D": 90, "E": 50, "F": 30, "G": -50},
        # Twelve of taxes came back: 8 with the 60.50, and 4 with the rest.
        **{"H": Decimal("73.75"), "I": Decimal("-2.50")},
    }


def test_the_dry_run_says_the_net_sales_of_the_warehouse(
    warehouse: Warehouse, logs: Pair
) -> None:
    """By currency, before the rate of 0.90; with what was given back of no sale."""
    net = NetSales()
    amounts = ("amount", "tax_amount", "shipping_amount", "refunded_amount")
    for row in (*TOLD, *UNTOLD):
        known = {key: Decimal(str(row[key])) for key in amounts if key in row}
        untold = dict.fromkeys((*amounts, "status", "is_untaxed"))
        net.add({**untold, **row, **known})

    said = {code: each["net sales"] for code, each in net.told()["money"].items()}
    kept = sum(o["net_revenue"] for o in warehouse.orders(logs.acme).values())
    assert said == {"EUR": "231.25", "USD": "100.00"}
    assert Decimal(said["EUR"]) + Decimal(said["USD"]) * Decimal("0.90") == kept


def test_a_month_in_which_only_some_orders_tell_their_taxes_is_mixed(
    warehouse: Warehouse, logs: Pair
) -> None:
    months = warehouse.rows(
        """select tax_basis, gross_sales, returned_amount, net_sales, shipping_amount,
            tax_amount, total_sales
        from marts.sales_months where company_id = %s order by month_start_date""",
        [logs.acme],
    )

    assert [tuple(month.values()) for month in months] == [
        # What was paid: 131 + 60.50 - 12.10 + 48.40 + 107.10.
        ("excluded", 280, -10, 270, 10, Decimal("54.90"), Decimal("334.90")),
        ("mixed", 50, -50, 0, 0, Decimal("-10.50"), Decimal("-10.50")),
        ("not_told", 30, 0, 30, 0, 0, 30),
        ("excluded", 0, -50, -50, 0, Decimal("-10.50"), Decimal("-60.50")),
        (
            *("excluded", 150, Decimal("-78.75"), Decimal("71.25"), 0),
            *(Decimal("19.50"), Decimal("90.75")),
        ),
    ]
