"""What a row says beside its amount: that the sale was undone, or in which dollars."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import RunTap

LOG = "cliente,fecha,importe\n"


@pytest.mark.parametrize(
    ("header", "no", "yes"),
    [
        ("cancelado", "no", "sí"),
        ("cancelled_at", "", "2025-03-03"),
        ("Fecha de anulación", "", "03/03/2025 10:00"),
        ("Anulado", "", "X"),
        ("refunded", "0", "1"),
        ("Reembolsado", "false", "true"),
        ("test", "FALSE", "TRUE"),
    ],
)
def test_a_yes_or_a_day_that_undoes_a_sale_is_understood(
    header: str, no: str, yes: str, read_text: RunTap
) -> None:
    log = f"cliente;fecha;importe;{header}\na;2025-03-01;10.00;{no}\n"

    run = read_text(f"{log}b;2025-03-02;99.00;{yes}\n")

    assert (run.failures, run.rejects) == ([], {})
    assert any(f"{header!r} makes a row" in note for note in run.file["notes"])
    counted = [
        row["amount"] - (row["refunded_amount"] or 0)
        for row in run.purchases
        if row["status"] in {None, "paid", "refunded"}
    ]
    assert sum(counted) == 10


def test_dollars_are_never_the_euros_of_the_company(read_text: RunTap) -> None:
    mixed = LOG + "a,2025-03-01,10.00 €\nb,2025-03-02,$20.00\n"

    one, all_of_them = (
        read_text(text, currency_code="EUR")
        for text in (mixed, f"{LOG}b,2025-03-02,$20.00\n")
    )
    named = read_text(f"{LOG}b,2025-03-02,$20.00\n", currency_code="USD")
    peso = read_text(f"{LOG}b,2025-03-02,$20.000\n", currency_code="CLP")

    says = "the amount is written with $, which is no sign of EUR"
    assert one.rejects == {"log.csv line 3": f"amount: {says}"}
    assert [row["amount"] for row in one.purchases] == [10]
    assert says in all_of_them.failures[0]
    assert "currency_code" in all_of_them.failures[0]
    assert [named.purchases[0]["amount"], peso.purchases[0]["amount"]] == [20, 20000]


def test_the_sign_of_a_header_is_that_of_its_amounts(read_text: RunTap) -> None:
    row = "a,2025-03-01,20.00\n"

    refused = read_text(f"cliente,fecha,total ($)\n{row}", currency_code="EUR")
    euros = read_text(f"cliente,fecha,Total (€)\n{row}", currency_code="CLP")
    pesos = read_text(f"cliente,fecha,Total ($)\n{row}", currency_code="CLP")

    assert "written with $, which is no sign of EUR" in refused.failures[0]
    told = [run.purchases[0]["currency_code"] for run in (euros, pesos)]
    assert told == ["EUR", "CLP"]


@pytest.mark.parametrize(
    ("above", "currency"),
    [
        ("Moneda: USD", "USD"),
        ("Currency;USD", "USD"),
        ("Ventas de enero (importes en USD)", "USD"),
        ("Divisa: €", "EUR"),
        ("Moneda: la de la cuenta", "EUR"),
    ],
)
def test_a_line_above_the_header_may_say_the_currency(
    above: str, currency: str, read_text: RunTap
) -> None:
    run = read_text(
        f"Mi tienda;;\n{above};;\ncliente;fecha;importe\na;2025-03-01;20,00\n",
        currency_code="EUR",
    )

    assert run.failures == []
    assert [row["currency_code"] for row in run.purchases] == [currency]


_PLAIN_COLUMNS = {
    # Beside the number of an order, or empty.
    "Número de pedido": (
        *("Vigencia desde", "Validez del cupón", "Invalidez", "IVA recuperado"),
        *("recovered", "Recovered by FunnelKit", "abandoned_cart_id", "Valid until"),
        *("Warranty valid until", "Billing Interval", "return_reason"),
    ),
    "id": ("Vigencia desde", "Cliente recuperado", "dispute_reason"),
}


def test_columns_that_look_like_those_of_other_lists_are_not_asked_about(
    read_text: RunTap,
) -> None:
    for number, headers in _PLAIN_COLUMNS.items():
        for header in headers:
            cell = "" if header in {"dispute_reason", "return_reason"} else "No"
            run = read_text(
                f"{number};Fecha;Cliente;Total;{header}\n"
                f"A1;2026-09-01;ana@example.com;10,50;{cell}\n"
                f"A2;2026-09-13;luis@example.com;20,25;{cell}\n"
            )
            assert run.failures == [], header
            assert [row["amount"] for row in run.purchases] == [
                Decimal("10.50"),
                Decimal("20.25"),
            ], header


def test_a_total_without_cents_is_of_amounts_with_them(read_text: RunTap) -> None:
    text = (
        "Fecha;Cliente;Total\n2026-09-01;ana@example.com;10,25\n"
        "2026-09-13;luis@example.com;20,50\nTotal;;{}\n"
    )

    assert read_text(text.format("31")).failures == []
    (question,) = read_text(text.format("32")).failures
    assert "totals=ignored" in question
    run = read_text(text.format("32"), totals="ignored")
    assert sum(row["amount"] for row in run.purchases) == Decimal("30.75")


def test_a_total_of_what_was_not_cancelled_is_one(read_text: RunTap) -> None:
    run = read_text(
        "Fecha;Cliente;Estado;Total\n2026-09-01;ana@example.com;Pagado;10,00\n"
        "2026-09-13;luis@example.com;Pendiente;20,00\n"
        "2026-09-14;eva@example.com;Cancelado;30,00\nTotal;;;30,00\n"
    )

    assert run.failures == []
