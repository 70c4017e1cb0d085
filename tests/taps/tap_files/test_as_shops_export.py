"""Exports of programs without a preset: the total counted by hand, or a question."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from taps.tap_files.look_alikes import load_look_alikes
from tests.taps.tap_files.conftest import RunTap

_SALES = "Fecha;Pedido;Cliente;Importe\n"

#: What is read -> a file and the sum of its rows, by hand.
TOTALS: dict[str, tuple[str, str]] = {
    "a subtotal with a date, in the column of customers": (
        f"{_SALES}15/01/2026;1;a;100,00\n31/01/2026;;Subtotal enero;100,00\n"
        "15/02/2026;3;c;10,00\n28/02/2026;;Total febrero 2026:;10,00\n",
        "110.00",
    ),
    "a total that only a column nobody reads tells": (
        "Fecha;Pedido;Cliente;Concepto;Importe\n15/01/2026;1;a;Gorro;100,00\n"
        "31/01/2026;;;TOTAL MES;100,00\n",
        "100.00",
    ),
    "units under another name": (
        "Fecha;Pedido;Cliente;Uds.;Precio\n15/01/2026;1;a;3;10,00\n"
        "16/01/2026;2;b;1;25,00\n",
        "55.00",
    ),
    "units and prices in Portuguese": (
        "Data do pedido;Pedido;Cliente;Quantidade;Preço unitário\n"
        "15/01/2026;1;a;2;10,50\n16/01/2026;2;b;1;5,00\n",
        "26.00",
    ),
    "a product that is called total": (
        "Fecha;Pedido;Cliente;Concepto;Importe\n15/01/2026;1;a;Total;100,00\n"
        "16/01/2026;2;b;Gorro;5,00\n",
        "105.00",
    ),
    "guests, of whom one paid what two others did": (
        f"{_SALES}15/01/2026;1;a;10,00\n15/01/2026;2;b;20,00\n15/01/2026;;;30,00\n"
        "16/01/2026;;;12,00\n16/01/2026;;;13,00\n",
        "85.00",
    ),
    "a till of few prices that knows nobody": (
        f"{_SALES}15/01/2026;;;10\n15/01/2026;;;10\n15/01/2026;;;20\n"
        "16/01/2026;;;10\n16/01/2026;;;10\n16/01/2026;;;20\n",
        "80",
    ),
    "an amount without its tax that adds up to the total": (
        "Folio;Fecha;Cliente;Neto;IVA;Total\n1;03-02-2025;a;10000;1900;11900\n"
        "2;14-02-2025;b;20000;3800;23800\n3;25-02-2025;a;15126;2874;18000\n",
        "53700",
    ),
    "the same with cents, a minus and a line that is rounded": (
        "Pedido;Fecha;Cliente;Importe neto;21 % IVA;Importe\n"
        "1;13/02/2025;a;1.000,00;210,00;1.210,00\n"
        "2;14/02/2025;b;10,33;2,17;12,51\n3;25/02/2025;a;-10,00;-2,10;-12,10\n",
        "1210.41",
    ),
    "a list in German, with a title, tax and a total": (
        "Verkäufe 2025;;;;\n;;;;\nDatum;Bestellnummer;Kunde;MwSt;Betrag\n"
        "31.01.2025;B-1;Anna;190,00;1.190,00 €\n1. Feb. 2025;B-2;Jörg;19,00;119,00 €\n"
        "Gesamtsumme;;;209,00;1.309,00 €\n",
        "1309.00",
    ),
    "a list in Portuguese with signs of money": (
        "Data;Pedido;Cliente;Forma de pagamento;Valor (R$)\n"
        "31/01/2025;1;Ana;Pix;1.234,56\n01/02/2025;2;João;Cartão;99,90\n"
        "02/02/2025;3;Ana;Pix;-34,56\n;;;Total;1.299,90\n",
        "1299.90",
    ),
    "an invoice that waits for its money and says what is due": (
        "Fecha;Num;Cliente;Subtotal;IVA;Total;Pagado;Pendiente;Estado\n"
        "15/01/2025;F-1;Ana SL;1.000,00;210,00;1.210,00;1.210,00;0,00;Pagado\n"
        "16/01/2025;F-2;Leo SL;100,00;21,00;121,00;0,00;121,00;Pendiente\n",
        "1331.00",
    ),
    "what was received once a fee was taken off": (
        "Fecha;Pedido;Cliente;Total;Comisión;Neto recibido\n"
        "13/03/2025;1;a;100,00;-3,00;97,00\n14/03/2025;2;b;50,00;-1,50;48,50\n",
        "150.00",
    ),
    "every sale paid, on a day of its own": (
        "Fecha pedido;Fecha pago;Pedido;Cliente;Total\n"
        "15/01/2026;16/01/2026;1;a;100,00\n20/01/2026;20/01/2026;2;b;50,00\n",
        "150.00",
    ),
}


@pytest.mark.parametrize("what", TOTALS)
def test_the_total_is_that_of_the_shop(what: str, read_text: RunTap) -> None:
    text, expected = TOTALS[what]

    run = read_text(text, currency_code="EUR", time_zone="Europe/Madrid")

    assert run.failures == []
    assert sum(row["amount"] for row in run.purchases) == Decimal(expected)


#: What is told -> a file, and by hand what was paid of it, its taxes and its shipping.
PARTS: dict[str, tuple[str, tuple[str, str, str]]] = {
    # 121 = 100 + 21, and 131.89 = 100 + 9 + 21 + 1.89: the taxes of the shipping too.
    "WooCommerce by its fields, the order's on every line": (
        "order_id,order_date,status,billing_email,order_currency,order_shipping,"
        "order_shipping_tax,order_tax,order_total,item_name\n"
        "1,2026-01-05 10:00:00,completed,ana@x.com,EUR,0,0,21.00,121.00,Gorro\n"
        "2,2026-01-06 10:00:00,completed,leo@x.com,EUR,9.00,1.89,21.00,131.89,Gorro\n"
        "2,2026-01-06 10:00:00,completed,leo@x.com,EUR,9.00,1.89,21.00,131.89,Pala\n",
        ("252.89", "43.89", "9.00"),
    ),
    "WooCommerce's total of all taxes": (
        "order_id,date,status,billing_email,shipping_total,shipping_tax_total,tax_total,"
        "order_total\n"
        "1,2026-01-06 10:00:00,completed,leo@x.com,9.00,1.89,22.89,131.89\n",
        ("131.89", "22.89", "9.00"),
    ),
    "a log whose columns add up": (
        "Fecha;Pedido;Cliente;Neto;IVA;Envío;Total\n"
        "15/01/2026;1;a;100,00;21,00;10,00;131,00\n16/01/2026;2;b;50,00;10,50;0;60,50\n",
        ("191.50", "31.50", "10.00"),
    ),
    "tips in what was paid, which are no sales": (
        "Fecha;Boleta;Cliente;Subtotal;Propina;Envío;IVA;Total\n"
        "15/01/2026;1;a;100,00;5,00;10,00;21,00;136,00\n"
        "16/01/2026;2;b;50,00;0;0;10,50;60,50\n",
        ("191.50", "31.50", "10.00"),
    ),
    "a discount between them, and a credit note": (
        "Fecha;Pedido;Cliente;Subtotal;Descuento;IVA;Total\n"
        "15/01/2026;1;a;110,00;10,00;21,00;121,00\n"
        "16/01/2026;1;a;-50,00;0;-10,50;-60,50\n",
        ("60.50", "10.50", "0"),
    ),
    "taxes that are a rate of the rest": (
        "Fecha;Boleta;RUT;IVA;Total\n15-01-2026;1;a;1900;11900\n"
        "16-01-2026;2;b;2874;18000\n",
        ("29900", "4774", "0"),
    ),
    "taxes beside amounts that do not hold them": (
        "Fecha;Boleta;Cliente;IVA;Importe\n15/01/2026;1;a;21,00;100,00\n"
        "16/01/2026;2;b;10,50;50,00\n",
        ("150.00", "0", "0"),
    ),
    "a tax whose header names its rate": (
        "Fecha;Nº factura;Cliente;Base imponible;IVA 21%;Total factura\n"
        "15/01/2026;F1;a;100,00;21,00;121,00\n16/01/2026;F2;b;50,00;10,50;60,50\n"
        "17/01/2026;R1;b;-50,00;-10,50;-60,50\n",
        ("121.00", "21.00", "0"),
    ),
    "a column of rates": (
        "Fecha;Boleta;Cliente;IVA;Importe\n15/01/2026;1;a;21;100,00\n"
        "16/01/2026;2;b;10;50,00\n",
        ("150.00", "0", "0"),
    ),
    # Of every line, and of all of its order on each: the goods are lines, and told.
    "shipping that stands beside the goods": (
        "Fecha;Pedido;Cliente;Envío;Importe\n15/01/2026;1;a;5,00;100,00\n"
        "15/01/2026;1;a;5,00;50,00\n",
        ("150.00", "0", "0"),
    ),
}


@pytest.mark.parametrize("what", PARTS)
def test_taxes_and_shipping_are_told_apart(what: str, read_text: RunTap) -> None:
    text, expected = PARTS[what]

    run = read_text(text, currency_code="EUR", time_zone="Europe/Madrid")

    assert (run.failures, run.rejects) == ([], {})
    told = [
        sum(row[column] or 0 for row in run.purchases)
        for column in ("amount", "tax_amount", "shipping_amount")
    ]
    assert told == [Decimal(each) for each in expected]


def test_shipping_that_no_number_shows_is_told_and_a_setting_takes_it_off(
    read_text: RunTap,
) -> None:
    """Goods of 100, shipping of 5, 21 % of both; whether the total holds it is open."""
    text = (
        "Fecha;Pedido;Cliente;Total;IVA;Envío\n15/01/2026;1;a;127,05;22,05;5,00\n"
        "16/01/2026;2;b;60,50;10,50;0\n"
    )

    read = read_text(text, currency_code="EUR")
    told = read_text(text, currency_code="EUR", columns={"shipping_amount": "Envío"})

    (note,) = read.file["notes"]
    assert "'Envío' is not known: it stays in them; columns.shipping_amount=" in note
    assert [row["shipping_amount"] for row in read.purchases] == [None, None]
    (first, _) = told.purchases
    parts = ("amount", "tax_amount", "shipping_amount")
    assert [first[part] for part in parts] == [
        *(Decimal("127.05"), Decimal("22.05"), 5),
    ]
    assert told.file["notes"] == []


def test_tips_that_nothing_explains_are_asked_about(read_text: RunTap) -> None:
    text = (
        "Fecha;Boleta;Cliente;Propina;Total\n15/01/2026;1;a;5,00;105,00\n"
        "16/01/2026;2;b;0;50,00\n"
    )

    asked = read_text(text, currency_code="EUR")
    within = read_text(
        text, currency_code="EUR", columns={"discount_amount": "Propina"}
    )
    beside = read_text(text, currency_code="EUR", ignored_columns="Propina")

    assert "'Propina' holds tips (here '5,00'), which are no sales" in asked.failures[0]
    assert [
        sum(row["amount"] for row in run.purchases) for run in (within, beside)
    ] == [150, 155]


def test_a_setting_names_the_taxes_and_flawed_ones_are_set_aside(
    read_text: RunTap,
) -> None:
    text = (
        "Fecha;Boleta;Cliente;Tasas;Total\n15/01/2026;1;a;30,00;130,00\n"
        "16/01/2026;2;b;x;60,00\n17/01/2026;3;c;70,00;60,00\n18/01/2026;4;d;;5,00\n"
    )

    run = read_text(text, columns={"tax_amount": "Tasas"}, currency_code="EUR")

    assert [row["tax_amount"] for row in run.purchases] == [30, None]
    assert list(run.rejects.values()) == [
        "tax_amount: the amount cannot be read",
        "tax and shipping are no part of the amount",
    ]
    # Set aside, and still in the total of the file.
    assert (run.file["control_total"], run.file["rejected_total"]) == (255, 120)


#: What is asked -> a file, words of the question, settings that answer, the sum then.
ASKED: dict[str, tuple[str, str, dict[str, str], str]] = {
    "a credit note with more words": (
        "Fecha;Tipo documento;Folio;RUT;Monto\n15-01-2026;Factura;1;a;10000\n"
        "16-01-2026;Nota de Crédito Electrónica;2;a;4000\n",
        "the amount has no minus",
        {"ignored_columns": "Tipo documento"},
        "14000",
    ),
    "a credit note by its code": (
        "Fecha;Tipo Doc;Folio;RUT;Monto\n15-01-2026;33;1;a;10000\n"
        "16-01-2026;61;2;a;4000\n",
        "'Tipo Doc' says '61'",
        {"ignored_columns": "Tipo Doc"},
        "14000",
    ),
    "units beside a price": (
        "Fecha;Pedido;Cliente;Nº unidades;Precio\n15/01/2026;1;a;3;10,00\n"
        "16/01/2026;2;b;1;25,00\n",
        "says that 3 were sold",
        {
            "columns.quantity": "Nº unidades",
            "columns.unit_price": "Precio",
            "columns.amount": "",
        },
        "55.00",
    ),
    "an amount without tax that once does not add up": (
        "Folio;Fecha;Cliente;Neto;IVA;Total\n1;03-02-2025;a;10000;1900;11900\n"
        "2;14-02-2025;b;20000;3800;20000\n3;25-02-2025;b;7000;3800;20000\n",
        "'Neto' may change what a row is worth (here '7000')",
        {"columns.amount": "Neto"},
        "37000",
    ),
    "a day of payment that some lack": (
        "Fecha pedido;Fecha pago;Pedido;Cliente;Total\n"
        "15/01/2026;16/01/2026;1;a;100,00\n20/01/2026;;2;b;50,00\n",
        "'Fecha pago' is empty where others tell",
        {"columns.purchased_at": "Fecha pago"},
        "100.00",
    ),
    "what is still to be paid": (
        "Fecha;Factura;Cliente;Total;Pendiente\n15/01/2026;F1;a;100,00;0,00\n"
        "16/01/2026;F2;b;50,00;50,00\n",
        "'Pendiente' may change what a row is worth",
        {"ignored_columns": "Pendiente"},
        "150.00",
    ),
    "an order that is said again with its next state": (
        "Date,Order,Customer,Status,Total\n2026-01-15,1,a,Paid,100.00\n"
        "2026-01-15,1,a,Refunded,100.00\n",
        "1 rows say their order again with another 'Status' (lines 2 and 3)",
        {"amount_per": "line"},
        "200.00",
    ),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_may_change_the_total_is_asked(what: str, read_text: RunTap) -> None:
    text, words, answer, expected = ASKED[what]
    columns = {k.partition(".")[2]: v for k, v in answer.items() if "." in k}
    settings = {k: v for k, v in answer.items() if "." not in k}
    told = {"currency_code": "EUR", "time_zone": "Europe/Madrid"}

    asked = read_text(text, **told)
    answered = read_text(text, **told, **settings, columns=columns)

    assert words in asked.failures[0]
    assert asked.purchases == []
    assert answered.failures == []
    assert sum(row["amount"] for row in answered.purchases) == Decimal(expected)


def test_a_payment_that_failed_before_is_not_asked(read_text: RunTap) -> None:
    run = read_text(
        "Date,Order,Customer,Status,Total\n2026-01-15,1,a,Failed,100.00\n"
        "2026-01-15,1,a,Paid,100.00\n",
        currency_code="EUR",
    )

    assert run.failures == []
    states = [(row["status"], row["amount"]) for row in run.purchases]
    assert states == [("failed", 100), ("paid", 100)]


@pytest.mark.parametrize("label", ["Total", "Total enero", "SUBTOTAL"])
def test_a_total_of_spend_that_has_a_day_is_set_aside(
    label: str, read_text: RunTap
) -> None:
    run = read_text(
        "Fecha;Canal;Gasto EUR\n15/01/2026;Meta;100,00\n15/01/2026;Google;50,00\n"
        f"15/01/2026;{label};150,00\n"
    )

    assert sum(row["spend"] for row in run.records("ad_spend")) == 150
    (reason,) = run.rejects.values()
    assert reason == "a row of totals that has a date of its own"


#: Exports that are no log of purchases, as their programs write them.
LOOK_ALIKES = {
    "Adyen, settlement details": (
        "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Me"
        "thod,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross"
        " Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net "
        "Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Pa"
        "yment Method Variant,Modification Merchant Reference,Batch Number\n"
        "Acme,AcmeES,8835,O-1,visa,2026-01-05 10:00:00,CET,Settled,8836,EUR,,100.00,1"
        ",EUR,,98.50,,0.5,0.5,0.5,visacredit,,12\n"
    ),
    "Klarna, settlement": (
        "short_order_id,order_id,type,detailed_type,currency,amount,capture_date,sale"
        "_date,merchant_reference1,payout_date,payment_reference,shipping_country\n"
        "K1,o1,SALE,PURCHASE,EUR,120.00,2026-01-05,2026-01-05,R1,2026-01-12,P1,ES\n"
    ),
    "WooCommerce, revenue": (
        'Fecha,Pedidos,"Ventas brutas",Devoluciones,Cupones,"Ventas netas",Impuestos,'
        'Envío,"Ventas totales"\n'
        "2025-06-01,3,120.00,0.00,10.00,110.00,23.10,5.00,138.10\n"
    ),
    "Loyverse, sales summary": (
        "Date,Gross sales,Refunds,Discounts,Net sales,Cost of goods,Gross profit,"
        "Margin,Taxes\n9/19/26,1000.00,20.00,30.00,950.00,400.00,550.00,57.89%,152.00\n"
    ),
    "Amazon, business report": (
        "Date,Ordered Product Sales,Units Ordered,Total Order Items,Sessions - Total\n"
        '1/1/25,"$1,029.99",12,11,200\n'
    ),
    "Gumroad, payout": (
        "Type,Date,Purchase ID,Item Name,Buyer Name,Buyer Email,Taxes ($),Shipping ($),"
        "Sale Price ($),Gumroad Fees ($),Net Total ($)\n"
        "Sale,2026-01-05,g1==,Book,Ann,ann@x.com,0.0,0.0,20.0,2.3,17.7\n"
    ),
    "Amazon, settlement": (
        "settlement-id\tcurrency\ttransaction-type\torder-id\tamount-type\t"
        "amount-description\tamount\tposted-date\n"
        "189\tEUR\tOrder\t206-1\tItemPrice\tPrincipal\t29.99\t02.03.2026\n"
        "189\tEUR\tOrder\t206-1\tItemFees\tCommission\t-4.50\t02.03.2026\n"
    ),
    "Etsy, payments statement": (
        "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net,Tax Details\n"
        '"31 July, 2026",Sale,Payment for Order #413,,GBP,£29.99,-£1.44,£28.55,--\n'
        '"30 July, 2026",Fee,Transaction fee: Mug,Order #413,GBP,--,-£1.95,-£1.95,--\n'
    ),
    "eBay, transaction report": (
        "Transaction creation date,Type,Order number,Buyer username,Net amount,"
        "Payout date,Payout ID,Item subtotal,Gross transaction amount\n"
        '"Jan 5, 2025",Order,01-1,ana77,22.7,"Jan 8, 2025",p1,20,25\n'
    ),
    "Shopify, payment transactions": (
        "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,"
        "Available On,Amount,Fee,Net,Currency\n2026-01-15 10:00:00 -0300,charge,#1001,"
        "visa,online,paid,2026-01-18,2026-01-18,50.00,1.75,48.25,USD\n"
    ),
    "Shopify, payouts": (
        "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,"
        "Retried Amount,Total,Currency\n"
        "2026-01-15,paid,100.00,-10.00,0.00,0.00,-3.00,0.00,87.00,USD\n"
    ),
    "Shopify, sales report": (
        "Día,Pedidos,Ventas brutas,Descuentos,Devoluciones,Ventas netas,Impuestos,"
        "Ventas totales\n2026-01-15,3,100.00,-10.00,0.00,90.00,18.90,108.90\n"
    ),
    "Stripe, customers": (
        "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,"
        "Payment Count,Refunded Volume,Dispute Losses\n"
        "cus_1,,a@x.com,Ana,2026-01-15 10:00,false,,,150.00,2,0.00,0.00\n"
    ),
}


@pytest.mark.parametrize("title", LOOK_ALIKES)
def test_an_export_of_something_else_tells_which_to_take(
    title: str, read_text: RunTap
) -> None:
    (known,) = [each for each in load_look_alikes() if each.title == title]

    run = read_text(LOOK_ALIKES[title])

    assert run.records("files") == []
    assert f"this is the export {title!r}" in run.failures[0]
    assert known.instead in run.failures[0]


def test_who_says_what_a_look_alike_holds_is_believed(read_text: RunTap) -> None:
    run = read_text(
        LOOK_ALIKES["Shopify, payment transactions"],
        contract="purchases",
        preset="none",
        columns={"customer_id": "Order", "purchased_at": "Transaction Date"},
        ignored_columns="Payout Status|Net|Type",
    )

    assert not any("this is the export" in failure for failure in run.failures)


@pytest.mark.parametrize(
    "header", ["Session source / medium", "Fuente/medio de la sesión"]
)
def test_source_and_medium_in_one_column_are_two(
    header: str, read_text: RunTap
) -> None:
    run = read_text(
        "# ----------------------------------------\n# Traffic acquisition\n"
        "# ----------------------------------------\n#\n# Start date: 20260101\n"
        f"Date,{header},Sessions\n"
        "20260105,google / cpc,10\n20260106,(direct) / (none),4\n"
    )

    assert (run.failures, run.rejects) == ([], {})
    told = [
        (row["session_source"], row["session_medium"], row["sessions"])
        for row in run.records("web_sessions")
    ]
    assert told == [("google", "cpc", 10), ("(direct)", "(none)", 4)]


@pytest.mark.parametrize(
    "rows",
    [
        "15/01/2026;1;a;1.010,00\n15/01/2026;2;b;20,00\n15/01/2026;;;1.030,00\n"
        "16/01/2026;3;a;5,00\n16/01/2026;4;c;7,50\n16/01/2026;;;12,50\n",
        "15/01/2026;1;a;10\n15/01/2026;2;b;20\n15/01/2026;;;5\n15/01/2026;3;c;4\n"
        "15/01/2026;;;39\n",
    ],
    ids=["each day", "once, with a guest above"],
)
def test_a_subtotal_without_a_word_is_refused(rows: str, read_text: RunTap) -> None:
    run = read_text(f"{_SALES}{rows}", currency_code="EUR", time_zone="Europe/Madrid")

    (failure,) = run.failures
    assert "is what the rows above it add up to" in failure
    assert "take those rows out" in failure
    assert "if each is a sale of its own, amount_per=line says so" in failure
    assert run.purchases == []


def test_rows_of_nobody_are_sales_where_a_setting_says_so(read_text: RunTap) -> None:
    # Three people paid in cash what two others did together: no total, by chance.
    rows = "15/01/2026;1;a;10\n15/01/2026;2;b;20\n15/01/2026;3;c;4\n15/01/2026;;;34\n"

    asked = read_text(f"{_SALES}{rows}", currency_code="EUR")
    told = read_text(f"{_SALES}{rows}", currency_code="EUR", amount_per="line")

    assert (len(asked.failures), told.failures) == (1, [])
    assert sum(row["amount"] for row in told.purchases) == 68


def test_a_buyer_above_their_sales_is_theirs_and_a_job_is_a_buyer_of_its_own(
    read_text: RunTap,
) -> None:
    file = Path(__file__).parent / "countries" / "books" / "quickbooks_jobs.csv"

    run = read_text(file.read_text("utf-8"), currency_code="USD")

    told = [(row["customer_id"], row["amount"]) for row in run.purchases]
    assert [who for who, _ in told] == ["Amy", "Kitchen", "Amy"]
    assert sum(amount for _, amount in told) == Decimal("125.00")
