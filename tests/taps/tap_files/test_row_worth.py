"""Columns that say a row is worth something else than its amount are asked about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import RunTap

_DAY = "15/01/2026"


def log(header: str, *rows: str) -> str:
    """A purchase log."""
    return "\n".join([f"fecha,cliente,pedido,{header}", *rows]) + "\n"


def total(rows: list[dict[str, Decimal]]) -> Decimal:
    return sum((row["amount"] for row in rows), Decimal(0))


@pytest.mark.parametrize("kind", ["Nota de crédito", "Abono", "Credit note"])
def test_a_credit_note_without_a_minus_is_no_sale(kind: str, read_text: RunTap) -> None:
    rows = f"{_DAY},a,1,Factura,121", f"{_DAY},b,2,{kind},50"

    run = read_text(log("tipo,total", *rows))
    sold = read_text(log("tipo,total", *rows), ignored_columns="tipo")

    assert (
        f"line 3: the column 'tipo' says {kind!r}, and the amount has no minus"
        in (run.failures[0])
    )
    assert total(sold.purchases) == 171


@pytest.mark.parametrize("kind", ["Devolución", "Refund"])
def test_a_refund_beside_its_sale_needs_a_minus(kind: str, read_text: RunTap) -> None:
    rows = f"{_DAY},a,1,Venta,100", f"{_DAY},a,1,{kind},25"

    run = read_text(log("tipo,total", *rows), columns={"status": "tipo"})

    assert f"line 3: the column 'tipo' says {kind!r}" in run.failures[0]


def test_an_order_that_was_given_back_has_a_status(read_text: RunTap) -> None:
    rows = f"{_DAY},a,1,Venta,100", f"{_DAY},b,2,Devolución,25"

    run = read_text(log("tipo,total", *rows))

    assert "columns.status=tipo" in run.failures[0]


def test_a_credit_note_with_a_minus_is_what_it_says(read_text: RunTap) -> None:
    run = read_text(
        log("tipo,total", f"{_DAY},a,1,Factura,121", f"{_DAY},a,2,Abono,-21")
    )

    assert run.failures == []
    assert total(run.purchases) == 100


def test_a_refund_with_a_minus_needs_no_answer(read_text: RunTap) -> None:
    run = read_text(
        log("tipo,total", f"{_DAY},a,1,Venta,121", f"{_DAY},a,2,Reembolso,-21")
    )

    assert run.failures == []
    assert total(run.purchases) == 100


@pytest.mark.parametrize("discount", ["10", "10 %", "5,50 €"])
def test_a_discount_beside_multiplied_prices_is_asked(
    discount: str, read_text: RunTap
) -> None:
    text = log("cantidad,precio,descuento", f'{_DAY},a,1,2,100,"{discount}"')

    run = read_text(text)
    answered = read_text(text, ignored_columns="descuento")

    assert "prices are read, and the column 'descuento'" in run.failures[0]
    assert total(answered.purchases) == 200


def test_a_discount_is_in_the_total_already(read_text: RunTap) -> None:
    run = read_text(log("subtotal,descuento,total", f"{_DAY},a,1,100,10,90"))

    assert run.failures == []
    assert total(run.purchases) == 90


def test_a_code_of_a_discount_is_no_amount(read_text: RunTap) -> None:
    run = read_text(log("cantidad,precio,cupon", f"{_DAY},a,1,2,100,VERANO"))

    assert run.failures == []


def test_an_amount_that_is_the_price_of_one_of_several_is_asked(
    read_text: RunTap,
) -> None:
    text = log(
        "cantidad,precio,importe", f"{_DAY},a,1,3,10.5,10.5", f"{_DAY},b,2,1,20,20"
    )

    run = read_text(text)
    multiplied = read_text(text, columns={"amount": ""})
    added = read_text(text, ignored_columns="cantidad")

    assert "line 2: the column 'importe' holds the price of one unit" in run.failures[0]
    assert total(multiplied.purchases) == Decimal("51.5")
    assert total(added.purchases) == Decimal("30.5")


def test_an_amount_of_all_units_is_read(read_text: RunTap) -> None:
    run = read_text(
        log("cantidad,precio,importe", f"{_DAY},a,1,3,10,30", f"{_DAY},b,2,2,20,20")
    )

    assert run.failures == []
    assert total(run.purchases) == 50


def test_what_was_sold_and_never_collected_is_asked(read_text: RunTap) -> None:
    run = read_text(log("total,cobrado", f"{_DAY},a,1,121,121", f"{_DAY},b,2,50,0"))

    assert (
        "line 3: the column 'cobrado' may change what a row is worth (here '0')"
        in (run.failures[0])
    )


def test_states_and_refunds_are_read_in_portuguese(read_text: RunTap) -> None:
    run = read_text(
        "Data do pedido;E-mail;Pedido;Valor total;Situação;Estorno\n"
        f"{_DAY};a@x.br;1;1.234,50;Pago;0,00\n"
        f"{_DAY};b@x.br;2;20,00;Cancelado;0,00\n"
        f"{_DAY};c@x.br;3;30,00;Pago;10,00\n"
    )

    told = [(e["amount"], e["status"], e["refunded_amount"]) for e in run.purchases]
    assert told == [
        (Decimal("1234.50"), "paid", 0),
        (20, "cancelled", 0),
        (30, "paid", 10),
    ]


def test_an_invoice_that_is_open_may_have_brought_nothing(read_text: RunTap) -> None:
    run = read_text(
        log(
            "total,cobrado,estado",
            f"{_DAY},a,1,121,121,Cobrado",
            f"{_DAY},b,2,50,0,Pendiente",
        )
    )

    assert run.failures == []
    assert [row["status"] for row in run.purchases] == ["paid", "pending"]


@pytest.mark.parametrize("header", ["Completed", "Pagado", "Captured"])
def test_a_sale_that_was_not_ended_is_asked(header: str, read_text: RunTap) -> None:
    text = log(f"total,{header}", f"{_DAY},a,1,121,TRUE", f"{_DAY},b,2,50,FALSE")

    run = read_text(text)
    answered = read_text(
        text,
        columns={"status": header},
        statuses={"TRUE": "paid", "FALSE": "pending"},
    )

    assert f"line 3: the column {header!r} may change" in run.failures[0]
    assert f"columns.status={header}" in run.failures[0]
    assert [row["status"] for row in answered.purchases] == ["paid", "pending"]


@pytest.mark.parametrize("kind", ["Comisión", "Fee", "Payout"])
def test_a_fee_is_not_money_given_back(kind: str, read_text: RunTap) -> None:
    text = log("tipo,total", f"{_DAY},a,1,Venta,121", f"{_DAY},a,1,{kind},-3")

    run = read_text(text)
    answered = read_text(text, columns={"status": "tipo"}, statuses={"Venta": "paid"})

    assert (
        f"the column 'tipo' may change what a row is worth (here {kind!r})"
        in (run.failures[0])
    )
    assert total(answered.purchases) == 121
    assert f"1 rows are no sales ({kind}); left out" in answered.file["notes"]


def test_a_number_of_a_payment_is_no_payment(read_text: RunTap) -> None:
    run = read_text(log("id de pago,total", f"{_DAY},a,1,777,121"))

    assert run.failures == []


SUBSCRIPTIONS = (
    "subscription_id,customer_id,price,order_interval,created_at\n"
    "1,a@x.es,40.00,month,2026-01-15 10:00:00\n"
)


def test_subscriptions_are_no_purchases(read_text: RunTap) -> None:
    run = read_text(SUBSCRIPTIONS)
    wanted = read_text(SUBSCRIPTIONS, contract="purchases")

    assert "'order_interval' says that rows are subscriptions" in run.failures[0]
    assert total(wanted.purchases) == 40


def test_units_that_came_back_are_asked_about(read_text: RunTap) -> None:
    header = "unidades,precio,unidades devueltas"

    none = read_text(log(header, f"{_DAY},a,1,3,10,0"))
    some = read_text(log(header, f"{_DAY},a,1,3,10,1"))
    told = read_text(log(f"{header},importe devuelto", f"{_DAY},a,1,3,10,1,10"))

    assert (none.failures, told.failures) == ([], [])
    assert "the column 'unidades devueltas' says that 1 came back" in some.failures[0]
    assert told.purchases[0]["refunded_amount"] == 10


@pytest.mark.parametrize("header", ["Borrador", "Proforma"])
def test_a_draft_may_be_no_sale(header: str, read_text: RunTap) -> None:
    text = log(f"total,{header}", f"{_DAY},a,1,121,no", f"{_DAY},b,2,50,si")

    run = read_text(text)

    assert f"line 3: the column {header!r} may change" in run.failures[0]


def test_units_with_a_minus_lower_the_order_they_name(read_text: RunTap) -> None:
    run = read_text(log("cantidad,precio", f"{_DAY},a,1,3,10", "17/01/2026,a,1,-1,10"))

    assert run.failures == []
    assert [row["amount"] for row in run.purchases] == [30, -10]
    assert total(run.purchases) == 20


def test_a_discount_in_a_row_of_its_own_needs_a_minus(read_text: RunTap) -> None:
    sale = f"{_DAY},a,1,Producto,50"

    run = read_text(log("tipo de línea,importe", sale, f"{_DAY},a,1,Descuento,10"))
    minus = read_text(log("tipo de línea,importe", sale, f"{_DAY},a,1,Descuento,-10"))

    assert "line 3: the column 'tipo de línea' says 'Descuento'" in run.failures[0]
    assert total(minus.purchases) == 40


@pytest.mark.parametrize("header", ["Saldo", "Balance due", "Deuda"])
def test_what_is_still_due_is_asked_about(header: str, read_text: RunTap) -> None:
    text = log(f"total,{header}", f"{_DAY},a,1,100,50", f"{_DAY},b,2,20,0")

    run = read_text(text)
    answered = read_text(text, ignored_columns=header)
    day = read_text(log("total,due", f"{_DAY},a,1,100,16/02/2026"))

    assert f"the column {header!r} may change" in run.failures[0]
    assert total(answered.purchases) == 120
    assert day.failures == []


def test_lines_of_an_order_below_it_are_no_totals(read_text: RunTap) -> None:
    lines = log("producto,importe", f"{_DAY},a,1,A,10", ",,,B,20", ",,,C,30")

    run = read_text(lines)

    assert "line 3: 2 of 3 rows: the row has an amount, and neither" in run.failures[0]


def test_a_refund_in_a_row_of_its_own_may_be_said_to_be_one(read_text: RunTap) -> None:
    """As gateways write it, under a number of its own: 121 - 21; one was declined."""
    log = (
        "id,customer,date,type,status,amount\n1,a,2025-03-01,purchase,success,121.00\n"
        "2,b,2025-03-02,purchase,declined 51000,50.00\n"
        "3,a,2025-03-13,refund,success,21.00\n"
    )
    columns = {"status": "status|type", "purchase_id": "id"}
    words = {"purchase": "paid", "success": "paid"}

    first = read_text(log, columns={"purchase_id": "id"})
    asked = read_text(log, columns=columns, statuses=words)
    told = read_text(log, columns=columns, statuses={**words, "refund": "returned"})

    # The column that is read already stays read.
    assert "columns.status=status|type" in first.failures[0]
    assert "statuses.refund=returned takes such a row off" in asked.failures[0]
    assert [(row["amount"], row["status"]) for row in told.purchases] == [
        *((121, "paid"), (50, "failed"), (-21, "paid")),
    ]


def test_rows_of_an_order_of_several_kinds_are_asked_about(read_text: RunTap) -> None:
    """A till tells a sale, its lines and what was paid of it: 72 were sold, once."""
    log = (
        "date,receipt_number,line_type,customer,total\n"
        "2025-03-01,1,Sale,a,72.00\n2025-03-01,1,Sale Line,,60.00\n"
        "2025-03-01,1,Sale Line,,12.00\n2025-03-01,1,Payment,,72.00\n"
    )
    kinds = {"Sale": "paid", "Sale Line": "left_out", "Payment": "left_out"}

    asked = read_text(log)
    told = read_text(log, columns={"status": "line_type"}, statuses=kinds)

    assert "'line_type' says Sale, Sale Line, Payment" in asked.failures[0]
    assert [row["amount"] for row in told.purchases] == [72]


def test_a_log_that_tells_no_buyers_gives_back_to_nobody(read_text: RunTap) -> None:
    log = "fecha,ticket,importe\n2025-03-01,1,60.00\n2025-03-13,2,-20.00\n"

    run = read_text(log, constants={"customer_id": ""})

    assert run.rejects == {}
    assert sum(row["amount"] for row in run.purchases) == 40


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("État", "Paiement accepté|Annulé|En attente de paiement|Remboursé"),
        ("Stato", "Pagamento accettato|Annullato|In attesa di pagamento|Rimborsato"),
        ("Orderstatus", "Verzonden|Geannuleerd|Wacht op betaling|Terugbetaald"),
    ],
)
def test_states_are_read_in_more_languages(
    header: str, words: str, read_text: RunTap
) -> None:
    rows = (
        f"{number},a,2025-03-0{number},100,{word}"
        for number, word in enumerate(words.split("|"), start=1)
    )

    run = read_text("\n".join([f"pedido,cliente,fecha,total,{header}", *rows, ""]))

    states = [row["status"] for row in run.purchases]
    assert states == ["paid", "cancelled", "pending", "refunded"]


def test_a_state_under_another_name_is_asked_about(read_text: RunTap) -> None:
    log = "order,customer,date,total,{0}\n1,a,2025-03-01,100,\n2,b,2025-03-02,50,{1}\n"

    payment = read_text(log.format("Statut interne", "Annulé"))
    delivery = read_text(log.format("Statut de livraison", "Annulé"))

    assert "'Statut interne' may change what a row is worth" in payment.failures[0]
    assert delivery.failures == []
