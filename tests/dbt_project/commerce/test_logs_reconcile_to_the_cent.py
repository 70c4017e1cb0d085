"""Logs of other shops, read by the real tap, add up to what is in their files.

The files have the shapes of two published logs, Online Retail II (lines of invoices,
credit notes with a C) and Olist (orders, items, payments and customers apart), with
drawn contents. What should come out is computed here, from the same rows, by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from tests.dbt_project.exported_files import load_folder, write_csv
from tests.dbt_project.warehouse import Warehouse

ZERO = Decimal(0)
START = datetime(2025, 3, 28, 20)
IDENTITIES = (
    "assert_file_totals_equal_their_visible_orders",
    "assert_orders_reconcile_with_their_sources",
    "assert_marketplace_orders_are_told_to_the_cent",
    "assert_revenue_entries_add_up_to_net_revenue",
    "assert_channel_days_add_up_to_company_days",
    "assert_customer_values_add_up_to_purchases",
)


@dataclass
class Order:
    """What the rows of a file say of an order, added up."""

    customer: str | None
    day: str
    gross: Decimal = ZERO
    refund: Decimal = ZERO
    reason: str | None = None
    # Day and amount of what came back under a number of its own.
    returns: list[tuple[str, Decimal]] = field(default_factory=list, compare=False)
    own_refund: Decimal = field(default=ZERO, compare=False)


@dataclass
class Shop:
    """A company, its files added up by hand, and the warehouse that read them."""

    warehouse: Warehouse
    company_id: str
    orders: dict[str, Order] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)
    control_total: Decimal = ZERO
    rejected_total: Decimal = ZERO

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query about the company, named as `%s`."""
        return self.warehouse.rows(query, [self.company_id])


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def retail(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Lines in pounds as a spreadsheet of the continent writes them."""
    shop = Shop(warehouse, warehouse.add_pair().acme)
    warehouse.execute(
        "update ops.companies set currency_code = 'GBP', time_zone = 'Europe/London'"
        " where company_id = %s",
        [shop.company_id],
    )
    random, rows = Random(20101209), []
    for number in range(300):
        at = START + timedelta(minutes=37 * number)
        is_credit = number % 9 == 4
        invoice = f"{'C' if is_credit else ''}{536365 + number}"
        customer = None if number % 7 == 3 else str(12346 + number % 40)
        for line in range(random.randint(1, 4)):
            units = random.randint(1, 12) * (-1 if is_credit else 1)
            if not is_credit and line == 3:
                units = -1  # A line that was taken back at the till.
            price = Decimal(random.randint(0, 2999)) / 1000
            row = (invoice, f"{line}A", "Café à la crème", units, at, price, customer)
            rows += [row] * (2 if number % 50 == 9 else 1)
    _add_up_lines(shop, rows)
    folder = tmp_path_factory.mktemp("retail")
    header = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price"]
    write_csv(
        folder / "online_retail.csv",
        [*header, "Customer ID", "Country"],
        [(*row[:5], str(row[5]).replace(".", ","), row[6], "España") for row in rows],
        delimiter=";",
        encoding="latin-1",
    )
    zone = {"time_zone": "Europe/London", "currency_code": "GBP"}
    load_folder(warehouse, shop.company_id, folder, **zone)
    warehouse.build(shop.company_id)
    return shop


def _add_up_lines(shop: Shop, rows: list[tuple[Any, ...]]) -> None:
    seen = set()
    for row in rows:
        invoice, amount, customer = row[0], row[3] * row[5], row[6]
        shop.control_total += amount
        if amount < 0 and customer is None:
            shop.rejected["the amount is negative, and no customer got it back"] += 1
            shop.rejected_total += amount
        elif row in seen:
            shop.rejected["duplicate: equal to an earlier row of the purchase"] += 1
            shop.rejected_total += amount
        else:
            seen.add(row)
            day = row[4].date().isoformat()
            order = shop.orders.setdefault(invoice, Order(customer, day))
            order.gross += max(amount, ZERO)
            order.refund += max(-amount, ZERO)
    _take_off_returns(shop)
    for order in shop.orders.values():
        order.gross, order.refund = cents(order.gross), cents(order.refund)
        if order.refund and not order.gross:
            order.reason = "credit_note"
        elif order.refund and order.refund >= order.gross:
            order.reason = "fully_refunded"
        elif order.customer is None:
            order.reason = "no_customer"


def _take_off_returns(shop: Shop) -> None:
    """Take each return off earlier purchases of its customer (0091, 0205)."""
    equal: dict[tuple[str, Decimal], list[Order]] = defaultdict(list)
    noted: Counter[tuple[str, Decimal]] = Counter()
    pairs: dict[str, Order] = {}
    # Invoices are in the order of their time.
    for number, order in shop.orders.items():
        if order.customer is None:
            continue
        if order.gross > order.refund:
            equal[order.customer, order.gross - order.refund].append(order)
        elif not order.gross:
            amount = (order.customer, order.refund)
            if noted[amount] < len(equal[amount]):
                pairs[number] = equal[amount][noted[amount]]
            noted[amount] += 1
    whole = {id(purchase) for purchase in pairs.values()}
    left: dict[str, list[list[Any]]] = defaultdict(list)
    for number, order in list(shop.orders.items()):
        if order.customer is None:
            continue
        if order.gross > order.refund and id(order) not in whole:
            left[order.customer].append([order, order.gross - order.refund])
        elif not order.gross:
            if number in pairs:
                left[order.customer].append([pairs[number], order.refund])
            order.refund -= _given_back(order, left[order.customer])
            if not order.refund:
                del shop.orders[number]
    for order in shop.orders.values():
        order.own_refund = order.refund
        order.refund += sum((amount for _, amount in order.returns), ZERO)


def _given_back(note: Order, left: list[list[Any]]) -> Decimal:
    """Take what came back off the latest purchases that have money left."""
    back = ZERO
    while left and back < note.refund:
        purchase, amount = left.pop()
        taken = min(amount, note.refund - back)
        purchase.returns.append((note.day, taken))
        back += taken
        if taken < amount:
            left.append([purchase, amount - taken])
    return back


@pytest.fixture(scope="module")
def olist(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Four files in reais, for a company in euros, with a rate for every day."""
    shop = Shop(warehouse, warehouse.add_pair().acme)
    warehouse.execute(
        "update ops.companies set revenue_includes_shipping = true"
        " where company_id = %s",
        [shop.company_id],
    )
    random, folder = Random(20180829), tmp_path_factory.mktemp("olist")
    orders, items, payments, customers = [], [], [], []
    rates: dict[str, Decimal] = {}
    for number in range(200):
        at = START + timedelta(hours=5, minutes=53 * number)
        rate = rates.setdefault(
            at.date().isoformat(), Decimal("0.16") + Decimal(len(rates)) / 1000
        )
        status = ("delivered", "shipped", "canceled", "unavailable", "created")[
            random.choice((0, 0, 0, 0, 1, 2, 3, 4))
        ]
        done = at + timedelta(days=9) if status == "delivered" else None
        orders.append((f"o{number}", f"c{number}", status, at, at, done))
        # Every order has a customer number of its own; people come back.
        customers.append((f"c{number}", f"p{number % 70}", "sao paulo", "SP"))
        told = ZERO
        for item in range(random.randint(0, 3)):
            price = Decimal(random.randint(90, 99999)) / 100
            freight = Decimal(random.randint(0, 4000)) / 100
            items.append((f"o{number}", item + 1, f"prod{item}", price, freight))
            told += price + freight
        interest = Decimal(number % 3)
        paid = (told or Decimal("57.91")) + interest
        payments.append((f"o{number}", 1, "credit_card", 3, paid / 2))
        payments.append((f"o{number}", 2, "voucher", 1, paid - paid / 2))
        # Without items, what was paid is what was charged.
        charged = told or paid
        shop.orders[f"o{number}"] = Order(
            f"marketplace/p{number % 70}",
            at.date().isoformat(),
            cents(charged * rate),
            reason={
                "canceled": "cancelled",
                "unavailable": "cancelled",
                "created": "not_recognised",
            }.get(status),
        )
    files: dict[str, tuple[str, Sequence[Sequence[object]]]] = {
        "olist_orders_dataset": (
            "order_id customer_id order_status order_purchase_timestamp"
            " order_approved_at order_delivered_customer_date",
            orders,
        ),
        "olist_order_items_dataset": (
            "order_id order_item_id product_id price freight_value",
            items,
        ),
        "olist_order_payments_dataset": (
            "order_id payment_sequential payment_type payment_installments"
            " payment_value",
            payments,
        ),
        "olist_customers_dataset": (
            "customer_id customer_unique_id customer_city customer_state",
            customers,
        ),
        "rates": (
            "rate_date from_currency to_currency rate",
            [(day, "BRL", "EUR", rate) for day, rate in rates.items()],
        ),
    }
    for name, (header, rows) in files.items():
        write_csv(folder / f"{name}.csv", header.split(), rows)
    zone = {"time_zone": "Europe/Madrid", "currency_code": "BRL"}
    load_folder(warehouse, shop.company_id, folder, **zone)
    warehouse.build(shop.company_id)
    return shop


@pytest.fixture(params=["retail", "olist"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """One shop after the other."""
    made: Shop = request.getfixturevalue(request.param)
    return made


def test_every_order_has_its_money_its_day_its_buyer_and_its_reason(shop: Shop) -> None:
    rows = shop.rows("select * from marts.orders where company_id = %s")

    assert {
        row["source_order_id"]: Order(
            row["customer_id"],
            row["order_date"].isoformat(),
            row["gross_revenue"],
            row["refund_amount"],
            row["exclusion_reason"],
        )
        for row in rows
    } == shop.orders
    assert all(row["discount_amount"] == 0 for row in rows)
    assert len({order.reason for order in shop.orders.values()}) > 2


def test_the_days_and_the_ledger_add_up_to_the_orders(shop: Shop) -> None:
    kept = [
        order
        for order in shop.orders.values()
        if order.reason not in {"cancelled", "not_recognised"}
    ]
    net: dict[str, Decimal] = defaultdict(Decimal)
    dated: dict[str, Decimal] = defaultdict(Decimal)
    for order in kept:
        net[order.day] += order.gross - order.refund
        given_back = order.own_refund
        dated[order.day] += order.gross - cents(given_back)
        for day, returned in order.returns:
            before, given_back = given_back, given_back + returned
            dated[day] -= cents(given_back) - cents(before)

    for mart, day, amount, expected in (
        ("revenue_entries", "entry_date", "sum(amount)", dated),
        ("company_days", "calendar_date", "sum(net_revenue)", net),
    ):
        rows = shop.rows(
            f"select {day}::text as day, {amount} as net from marts.{mart}"
            f" where company_id = %s group by {day}"
        )
        assert {row["day"]: row["net"] for row in rows if row["net"]} == {
            day: amount for day, amount in expected.items() if amount
        }, mart
    (told,) = shop.rows(
        "select sum(amount) filter (where change_type = 'order') as gross,"
        " sum(-amount) filter (where change_type = 'refund') as refund"
        " from marts.revenue_entries where company_id = %s"
    )
    assert told["gross"] == sum(order.gross for order in kept)
    assert (told["refund"] or 0) == sum(order.refund for order in kept)


def test_what_was_kept_and_what_was_not_are_the_whole_file(retail: Shop) -> None:
    (file,) = retail.rows("select * from raw_files.files where company_id = %s")
    reasons = retail.rows(
        "select reason, count(*) as rows from ops.quarantined_records"
        " where company_id = %s group by reason"
    )

    assert len(retail.rejected) == 2
    assert {row["reason"]: row["rows"] for row in reasons} == retail.rejected
    assert file["control_total"] == retail.control_total
    assert file["rejected_total"] == retail.rejected_total
    assert file["loaded_total"] == retail.control_total - retail.rejected_total
    (quality,) = retail.rows(
        "select * from reporting.data_quality_totals where company_id = %s"
    )
    assert quality["quarantined_row_count"] == retail.rejected.total()
    assert quality["quarantined_amount"] == cents(retail.rejected_total)
    assert quality["credit_note_count"] == sum(
        order.reason == "credit_note" for order in retail.orders.values()
    )


def test_the_identities_hold(retail: Shop, olist: Shop) -> None:
    statuses = retail.warehouse.dbt.run(
        *("test", "--select", *IDENTITIES),
        company_ids=[retail.company_id, olist.company_id],
    )

    assert set(statuses.values()) == {"pass"}
    assert len(statuses) == len(IDENTITIES)
