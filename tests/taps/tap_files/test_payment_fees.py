"""What taking a payment cost, as programs tell it: a cost of its sale, once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.taps.tap_files.conftest import RunTap

EXPORTS = Path(__file__).parent / "exports"
#: Export -> what its rows cost; negative where a fee came back with a refund.
FEES = {
    # In the account's euros, of 100 USD that were 92: 3.20 x 100 / 92.
    "stripe_payments": "3.478261 1.902174 0.00 2.217391 0.00",
    "stripe_balance_history": "3.20 1.70 0.00",
    "paypal_activity": "35.00 3.00 -5.00 0.00",
    "paypal_german": "28.26 -0.52 0.00",
    "mercadopago_account": "700 -700 350",
    "mercadopago_activity": "400 200 0 0",
    "square_transactions": "0.70 0.00 0.00",
    "sumup_transactions": "0.3 0.0 0.0",
    "etsy_orders": "2.00 1.00 9.00",
}


@pytest.mark.parametrize("name", FEES)
def test_a_program_tells_what_its_payments_cost(name: str, read_text: RunTap) -> None:
    (file,) = EXPORTS.rglob(f"{name}.csv")

    run = read_text(file.read_text("utf-8"), currency_code="USD")

    fees = [row["payment_fee"] for row in run.purchases]
    assert fees == [Decimal(fee) for fee in FEES[name].split()]


def test_what_instalments_cost_is_a_part_of_the_fee(read_text: RunTap) -> None:
    (file,) = EXPORTS.rglob("mercadopago_released.csv")
    text = file.read_text("utf-8").replace("-1000.00;0.00;", "-700.00;-300.00;")

    run = read_text(text)

    assert [row["payment_fee"] for row in run.purchases] == [1000, 600, -600]


def test_a_fee_in_a_currency_that_nothing_tells_is_not_told(read_text: RunTap) -> None:
    header = "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Status"
    rows = "c,2025-01-05 10:00,{0},0,{1},true,{2},Paid,a@x.es\n"
    one, other, large = (
        rows.format(*cells)
        for cells in (("100", "usd", "3"), ("50", "eur", "2"), ("5", "eur", "60"))
    )

    run = read_text(
        f"{header},Customer Email\n{one}{other}{large}", currency_code="EUR"
    )

    # More than its sale is no fee: the value is left out, and that is said.
    assert [row["payment_fee"] for row in run.purchases] == [None, 2, None]
    assert any("payment_fee" in note for note in run.file["notes"])


def test_a_log_names_its_fees(read_text: RunTap) -> None:
    run = read_text(
        "cliente;fecha;importe;comision de pago\na;2025-03-01;10,00;-0,45\n"
        "b;2025-03-02;20,00;\n"
    )

    told = [(row["amount"], row["payment_fee"]) for row in run.purchases]
    assert told == [(10, Decimal("0.45")), (20, None)]
