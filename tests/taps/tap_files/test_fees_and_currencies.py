"""Answers to what a log leaves open of its fees, tips, taxes and currencies."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taps.tap_files.sums.net_sales import NetSales
from tests.taps.tap_files.conftest import Run, RunTap

FOLDER = Path(__file__).parent / "countries"


def file(name: str) -> str:
    """The text of a file that is asked about."""
    (path,) = FOLDER.rglob(name)
    return path.read_text("utf-8")


def net_of(run: Run, currency: str) -> Decimal:
    """What it comes to without taxes and shipping."""
    net = NetSales()
    for row in run.purchases:
        net.add(row)
    return Decimal(net.told()["money"][currency]["net sales"])


#: File -> settings that answer it, and what it comes to then, by hand.
ANSWERS: dict[str, list[tuple[dict[str, Any], str]]] = {
    # Sold for 20 and 30, of which 2 and 3 were kept as a fee.
    "fee_gross_net.csv": [
        ({"columns": {"amount": "gross"}}, "50"),
        ({"ignored_columns": "fee|gross"}, "45"),
    ],
    "fee_payout.csv": [({"columns": {"amount": "Item price"}}, "50")],
    "two_fees.csv": [
        ({"columns": {"amount": "Item price"}}, "50"),
        ({"ignored_columns": "Selling fee|Payment fee"}, "44"),
    ],
    # 20 and 30 with 2 and 3 on top of them.
    "service_charge.csv": [
        ({"columns": {"discount_amount": "Service charge"}}, "50"),
        ({"ignored_columns": "Service charge"}, "55"),
    ],
    # As above with a tax of 2 and 3, which is found once the fee is off.
    "service_fee_and_tax.csv": [
        ({"columns": {"discount_amount": "Service fee"}}, "50"),
    ],
    # 50 of which 20 were paid with credit, and 20.
    "store_credit.csv": [({"columns": {"amount": "subtotal"}}, "70")],
    "gift_card_sold.csv": [({"ignored_columns": "product"}, "70")],
    # 4 units of 5.00, of which one came back.
    "units_back.csv": [
        ({"columns": {"amount": ""}}, "15"),
        ({"ignored_columns": "quantity"}, "25"),
    ],
    "net_of_fees.csv": [
        (
            {"columns": {"amount": "gross_amount"}, "ignored_columns": "net_amount"},
            "150",
        ),
        (
            {"columns": {"amount": "gross_amount", "untaxed_amount": "net_amount"}},
            "145.20",
        ),
        ({"ignored_columns": "gross_amount"}, "145.20"),
    ],
    # 100 and 21 of tax, less 15 that the buyer withheld.
    "irpf.csv": [({"ignored_columns": "IRPF"}, "106")],
    # 50 and 45 were paid, and of one 20 came back: in no row of this export.
    "mollie_payments.csv": [
        ({"columns": {"refunded_amount": "Amount refunded"}}, "75"),
        ({"ignored_columns": "Amount refunded"}, "95"),
    ],
    "amount_and_amount_eur.csv": [
        ({"columns": {"amount": "Amount (EUR)"}}, "92"),
        ({"ignored_columns": "Amount (EUR)"}, "100"),
    ],
    "total_converted.csv": [
        (
            {
                "columns": {"amount": "total_converted", "currency_code": ""},
                "ignored_columns": "currency",
            },
            "96",
        ),
    ],
}


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [(name, *each) for name, answers in ANSWERS.items() for each in answers],
)
def test_an_answer_gives_the_right_total(
    name: str, settings: dict[str, Any], expected: str, read_text: RunTap
) -> None:
    asked = read_text(file(name), currency_code="EUR")
    currency = "USD" if name == "service_fee_and_tax.csv" else "EUR"

    run = read_text(file(name), currency_code=currency, **settings)

    assert len(asked.failures) == 1
    assert run.failures == []
    assert net_of(run, currency) == Decimal(expected)


@pytest.mark.parametrize(
    ("settings", "spent"),
    [
        ({"columns": {"spend": "Coste (convertido)"}}, "92"),
        ({"ignored_columns": "Coste (convertido)"}, "100"),
    ],
)
def test_a_converted_cost_is_read_where_it_is_named(
    settings: dict[str, Any], spent: str, read_text: RunTap
) -> None:
    run = read_text(file("coste_convertido.csv"), currency_code="EUR", **settings)

    assert run.failures == []
    assert run.file["control_total"] == Decimal(spent)


def test_a_setting_tells_two_columns_apart_by_their_sign(read_text: RunTap) -> None:
    text = file("total_signs.csv")

    euros, dollars = (
        read_text(text, currency_code=own, columns={"amount": f"Total ({sign})"})
        for own, sign in (("EUR", "€"), ("USD", "$"))
    )

    assert [run.file["control_total"] for run in (euros, dollars)] == [92, 100]


def test_a_column_that_says_the_same_in_the_companys_currency_is_not_asked_about(
    read_text: RunTap,
) -> None:
    header = "order_id,customer_id,date,total,total_local\n"

    run = read_text(
        f"{header}1,a,2026-01-13,10.00,10.00\n2,b,2026-01-14,20.00,20.00\n",
        currency_code="EUR",
    )

    assert run.failures == []
    assert run.file["control_total"] == 30


def test_refunds_that_stand_in_no_row_of_mollie_are_taken_off(
    read_text: RunTap,
) -> None:
    header, paid, _ = file("mollie_refunded.csv").splitlines()

    run = read_text(
        f"{header}\n{paid}\n",
        currency_code="EUR",
        columns={"refunded_amount": "Amount refunded"},
    )

    assert run.failures == []
    assert net_of(run, "EUR") == 80


def test_rows_that_cannot_be_read_are_told_with_their_first_line_and_column(
    read_text: RunTap,
) -> None:
    (failure,) = read_text(file("in_thousands.csv"), currency_code="EUR").failures

    assert failure.startswith("log.csv line 2: 2 of 2 rows cannot be read, mostly: ")
    assert "(column 'Importe')" in failure


def test_parts_explain_a_second_amount(read_text: RunTap) -> None:
    header = "order_id,customer_id,date,amount,{},total\n"
    row = "1,a,2026-01-13,20.00,5.00,{}\n"

    asked = read_text(header.format("seats") + row.format("25.00"))
    told = read_text(header.format("shipping") + row.format("25.00"))

    assert "'total' (here '25.00') may be its money as well" in asked.failures[0]
    assert told.failures == []
    # The total is read, and its shipping told.
    assert [(r["amount"], r["shipping_amount"]) for r in told.purchases] == [(25, 5)]


def test_a_refusal_says_file_line_column_and_what_to_do(read_text: RunTap) -> None:
    for name in ANSWERS:
        (failure,) = read_text(file(name), currency_code="EUR").failures

        assert failure.startswith("log.csv line "), name
        assert "ignored_columns=" in failure or "columns." in failure, name
