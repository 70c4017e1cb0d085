"""What exports of shops leave open is asked; rows that say less than they seem to."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.taps.tap_files.conftest import Run, RunTap

EXPORTS = Path(__file__).parent / "exports"


def export(name: str) -> str:
    """A file that a program exports."""
    (file,) = EXPORTS.rglob(f"{name}.csv")
    return file.read_text("utf-8")


def sold(run: Run) -> dict[str, Decimal]:
    """What was paid less what was given back, by currency."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in run.purchases:
        if row["status"] in {None, "paid", "partially_refunded", "refunded"}:
            found[row["currency_code"]] += row["amount"] - (row["refunded_amount"] or 0)
    return dict(found)


def test_hotmart_is_read_in_spanish_and_in_utf_16(read_text: RunTap) -> None:
    run = read_text(export("hotmart_spanish").encode("utf-16"))

    assert (run.failures, run.rejects) == ([], {})
    # 121 + 60.50 - 60.50; one was begun and not paid
    assert sold(run) == {"EUR": Decimal(121)}
    assert [row["status"] for row in run.purchases] == ["paid", "pending", "refunded"]


def test_hotmarts_buyers_pay_in_their_own_currency(read_text: RunTap) -> None:
    text = export("hotmart_sales").replace("Curso;BRL;97,50", "Curso;USD;97,50")

    run = read_text(text, currency_code="EUR")

    assert sold(run) == {"BRL": Decimal(1297), "USD": Decimal("97.50")}


def test_a_sale_of_somebody_elses_product_is_asked_about(read_text: RunTap) -> None:
    text = export("hotmart_sales").replace("bia@x.br;Produtor", "bia@x.br;Afiliado")

    run = read_text(text)
    answered = read_text(text, statuses={"Afiliado": "left_out"})

    assert "the column 'Venda feita como' says 'Afiliado' in 1 rows" in run.failures[0]
    assert sold(answered) == {"BRL": Decimal(1297)}


@pytest.mark.parametrize(
    ("name", "column", "before", "after"),
    [
        ("etsy_order_items", "Discount Amount", "10.00,,,0,", "10.00,SALE,,3.00,"),
        ("shopee_orders", "Cupom do vendedor", "10.00,0.00,110", "10.00,5.00,110"),
        ("sumup_transactions", "Zahlungsart", "TA2,Umsatz", "TA2,Rückerstattung"),
        ("sumup_transactions", "Trinkgeldbetrag", "0.43,0.0", "0.43,0.5"),
        ("clover_payments", "Service Charge Amount", "15.00,,Ana", "15.00,3.00,Ana"),
        ("shopee_orders", "Returned quantity", ",1,0,20.00", ",1,1,20.00"),
    ],
)
def test_what_an_export_leaves_open_is_asked_when_it_matters(
    name: str, column: str, before: str, after: str, read_text: RunTap
) -> None:
    text = export(name).replace(before, after)

    run = read_text(text, currency_code="BRL")
    answered = read_text(text, currency_code="BRL", ignored_columns=column)

    assert f"the column {column!r} says" in run.failures[0]
    assert f"ignored_columns={column} leaves the column out" in run.failures[0]
    assert answered.failures == []


def test_an_order_whose_rows_tell_other_totals_is_not_read(read_text: RunTap) -> None:
    text = export("ebay_orders").replace(
        '"$20.00","","","",', '"$20.00","","$20.00","",'
    )

    run = read_text(text, currency_code="USD")

    assert "stand for rows of different totals" in run.failures[0]


def test_a_till_gives_back_to_nobody(read_text: RunTap) -> None:
    run = read_text(export("loyverse_receipts"), currency_code="EUR")

    (back,) = (row for row in run.purchases if row["amount"] < 0)
    assert (back["customer_id"], back["purchase_id"], back["amount"]) == (
        *(None, "1-0005"),
        -88,
    )


def test_a_stage_of_a_deal_that_a_company_made_up_is_asked(read_text: RunTap) -> None:
    text = export("hubspot_deals").replace("Contract Sent", "Won (Partners)")

    run = read_text(text)
    answered = read_text(text, statuses={"Won (Partners)": "paid"})

    assert "says 'Won (Partners)' in 1 rows" in run.failures[0]
    assert sold(answered) == {"EUR": Decimal(1800)}


def test_what_hubspot_calls_a_record_is_a_person_only_with_an_address(
    read_text: RunTap,
) -> None:
    run = read_text("Record ID,Ticket name,Create Date\n7,Help,2025-12-01 10:00\n")

    assert run.records("contacts") == []
    assert "no column for email of the contract contacts" in run.failures[0]


def test_what_is_left_of_an_order_says_what_was_given_back(read_text: RunTap) -> None:
    text = export("etsy_orders").replace('"1,200.00",9.00,"1', '"1,100.00",9.00,"1')

    run = read_text(text, currency_code="EUR")

    assert [row["refunded_amount"] for row in run.purchases][-1] == 100
    # 53.50 + 1200 - 100; one was cancelled
    assert sold(run) == {"USD": Decimal("1153.50")}


def test_more_than_was_paid_cannot_be_left(read_text: RunTap) -> None:
    text = export("etsy_orders").replace('"1,200.00",9.00,"1', '"1,300.00",9.00,"1')

    run = read_text(text, currency_code="EUR")

    assert list(run.rejects.values()) == ["more is left of the purchase than was paid"]


def test_loyverses_items_add_up_to_their_receipts(read_text: RunTap) -> None:
    header = "Date,Receipt number,Receipt type,Item,Quantity,Gross sales,Discounts,"
    row = "8/17/26 12:16 PM,1-0003,Sale"

    run = read_text(
        f"{header}Net sales,Taxes,Customer name,Status\n"
        f"{row},Ramen,2,160.00,10.00,150.00,0,Ann,Closed\n"
        f"{row},Tea,1,20.00,0.00,20.00,0,Ann,Closed\n",
        currency_code="EUR",
    )

    assert "read as Loyverse, items of receipts" in run.file["notes"]
    assert (run.file["order_count"], sold(run)) == (1, {"EUR": Decimal(170)})


@pytest.mark.parametrize(
    ("written", "code"),
    [("€", "EUR"), ("eur", "EUR"), ("US$", "USD"), ("R$", "BRL")],
)
def test_a_column_of_currencies_may_hold_signs(
    written: str, code: str, read_text: RunTap
) -> None:
    run = read_text(
        f"fecha,cliente,pedido,importe,moneda\n2026-01-15,a,1,5,{written}\n"
    )

    assert sold(run) == {code: Decimal(5)}


def test_a_sign_of_many_currencies_is_none(read_text: RunTap) -> None:
    run = read_text("fecha,cliente,pedido,importe,moneda\n2026-01-15,a,1,5,$\n")

    assert list(run.rejects.values()) == ["the currency is not an ISO 4217 code"]


def test_a_tax_that_ebay_collects_is_taken_off_where_the_total_holds_it(
    read_text: RunTap,
) -> None:
    says = "eBay Collected Tax and Fees Included in Total"
    header = (
        "Sales Record Number,Order Number,Buyer Username,Shipping And Handling,"
        "eBay Collected Tax,Total Price,Sale Date"
    )
    rows = ("1,01-1,ana,$5.00,$2.06,$47.06,Jan-25-25", "2,01-2,leo,$0.00,$9.00,$30.00")

    told = read_text(
        f"{header},{says}\n{rows[0]},Yes\n{rows[1]},Jan-26-25,No\n",
        currency_code="USD",
        name="told.csv",
    )
    open_file = read_text(
        f"{header}\n{rows[0]}\n", currency_code="USD", name="open.csv"
    )

    taxes = [(row["file_name"], row["tax_amount"]) for row in told.purchases]
    assert taxes == [("told.csv", Decimal("2.06")), ("told.csv", 0)]
    (row,) = [each for each in open_file.purchases if each["file_name"] == "open.csv"]
    assert (row["amount"], row["tax_amount"]) == (Decimal("47.06"), None)
