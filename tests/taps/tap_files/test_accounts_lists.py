"""Lists of accounts: bills with their payments, and buyers above their sales."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import RunTap

HEADER = "Cliente;Fecha;Concepto;Importe"
GROUPED = "\n".join(
    [HEADER, "Ana;;;", ";13/01/2026;Venta;100,00", "Leo;;;", ";14/01/2026;Venta;20,00"]
)


@pytest.mark.parametrize("paid", ["100,00", "-100,00"])
def test_a_bill_and_its_payment_are_not_added_up(paid: str, read_text: RunTap) -> None:
    rows = [HEADER, "Ana;13/01/2026;Factura;100,00", f"Ana;14/01/2026;Cobro;{paid}"]

    run = read_text("\n".join(rows))
    sold = read_text(
        "\n".join(rows),
        columns={"status": "Concepto"},
        statuses={"Factura": "paid", "Cobro": "left_out"},
    )

    assert "line 3: the column 'Concepto' says 'Factura' in line 2" in run.failures[0]
    assert "statuses.Cobro=left_out" in run.failures[0]
    assert [row["amount"] for row in sold.purchases] == [Decimal(100)]


def test_payments_alone_are_sales(read_text: RunTap) -> None:
    rows = [HEADER, "Ana;13/01/2026;Cobro;100,00", "Leo;14/01/2026;Cobro;20,00"]

    assert read_text("\n".join(rows)).failures == []


def test_buyers_in_rows_of_their_own_are_asked_about(read_text: RunTap) -> None:
    run = read_text(GROUPED)
    without = read_text(
        GROUPED, columns={"customer_id": ""}, constants={"customer_id": ""}
    )

    assert "line 2: the column 'Cliente' names a buyer ('Ana')" in run.failures[0]
    assert sum(row["amount"] for row in without.purchases) == 120
    assert without.rejects.keys() == {"log.csv line 2", "log.csv line 4"}
