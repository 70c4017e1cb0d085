"""Files as people and spreadsheets leave them: read to the right value, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import RunTap

LOG = "cliente,fecha,importe\n"

#: How a day or a time is written -> when that is, in Madrid.
DATES = {
    "45662": "2025-01-04T23:00:00+00:00",
    "45662.5": "2025-01-05T11:00:00+00:00",
    "1736035200": "2025-01-05T00:00:00+00:00",
    "1736035200000": "2025-01-05T00:00:00+00:00",
    "5 ene 2025": "2025-01-04T23:00:00+00:00",
    "5 de enero de 2025": "2025-01-04T23:00:00+00:00",
    "05-ene-25": "2025-01-04T23:00:00+00:00",
    "5 sept. 2025": "2025-09-04T22:00:00+00:00",
    '"Jan 5, 2025"': "2025-01-04T23:00:00+00:00",
    '"January 5th, 2025 3:30 PM"': "2025-01-05T14:30:00+00:00",
    '"Sun, 5 Jan 2025 10:00"': "2025-01-05T09:00:00+00:00",
    "domingo 5 enero 2025 10:00": "2025-01-05T09:00:00+00:00",
}


@pytest.mark.parametrize("written", DATES)
def test_a_date_is_read_as_people_write_it(written: str, read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,{written},10.00\n", time_zone="Europe/Madrid")

    assert (run.failures, run.rejects) == ([], {})
    assert run.purchases[0]["purchased_at"] == DATES[written]


AMOUNTS = {
    '"1.234,56 €"': "1234.56",
    '"1.234,56 EUR"': "1234.56",
    '"€ 1,234.56"': "1234.56",
    '"US$ 1,234.56"': "1234.56",
    "12.50 usd": "12.50",
    '"1 234,56"': "1234.56",
    '"S/ 1,234.50"': "1234.50",
    "1'234.50": "1234.50",
}


@pytest.mark.parametrize("written", AMOUNTS)
def test_an_amount_is_read_as_people_write_it(written: str, read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,2025-01-05,{written}\n")

    assert (run.failures, run.rejects) == ([], {})
    assert run.purchases[0]["amount"] == Decimal(AMOUNTS[written])


def test_the_currency_that_amounts_are_written_with_is_theirs(
    read_text: RunTap,
) -> None:
    run = read_text(f'{LOG}a,2025-01-05,"10,50 €"\n', currency_code="CLP")

    assert run.purchases[0]["currency_code"] == "EUR"


def test_one_amount_of_another_currency_is_not_that_of_the_file(
    read_text: RunTap,
) -> None:
    run = read_text(
        f"{LOG}a,2025-01-05,10.00\nb,2025-01-06,£ 5.00\nc,2025-01-07,0\n",
        currency_code="EUR",
    )

    assert [one["currency_code"] for one in run.purchases] == ["EUR", "EUR"]
    assert run.rejects == {
        "log.csv line 3": "amount: the amount is written in GBP, and the row in EUR"
    }


def test_nothing_paid_needs_no_sign(read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,2025-01-05,£ 10.00\nb,2025-01-06,0\n", currency_code="EUR")

    assert [one["currency_code"] for one in run.purchases] == ["GBP", "GBP"]


def test_a_file_of_which_nothing_can_be_read_is_refused(read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,someday,10.00\nb,soon,11.00\n")

    assert (
        "2 of 2 rows cannot be read, mostly: purchased_at: the date cannot be read"
        in (run.failures[0])
    )
    assert run.records("files") == []


def test_a_file_that_is_mostly_lost_is_refused(read_text: RunTap) -> None:
    good = "".join(f"a,2025-01-{day:02},1.00\n" for day in range(1, 11))
    bad = "".join(f"a,2025-13-{day:02},1.00\n" for day in range(1, 12))

    run = read_text(LOG + good + bad)

    assert "11 of 21 rows cannot be read" in run.failures[0]


def test_lines_above_the_header_and_totals_below_are_no_rows(
    read_text: RunTap,
) -> None:
    run = read_text(
        "Ventas de la tienda\n"
        "Del 1 de enero de 2025 al 31 de enero de 2025\n"
        "\n"
        "Cliente;Fecha;Importe\n"
        "a;05/01/2025;1.000,00\n"
        "b;26/01/2025;234,50\n"
        "Total;;1.234,50\n"
    )

    assert (run.failures, run.rejects) == ([], {})
    assert (run.file["row_count"], run.file["control_total"]) == (2, Decimal("1234.50"))
    assert run.purchases[0]["line_number"] == 5
    assert "1 rows of totals are left out" in run.file["notes"]


def test_a_header_among_the_rows_is_no_row(read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,2025-01-05,10.00\n{LOG}b,2025-01-06,5.00\n")

    assert [one["customer_id"] for one in run.purchases] == ["a", "b"]
    assert run.rejects == {}
    assert "1 rows say the header again and are left out" in run.file["notes"]


def test_empty_fields_that_every_row_has_are_no_fields(read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,2025-01-05,10.00,\nb,2025-01-06,5.00,\n")

    assert [one["amount"] for one in run.purchases] == [10, 5]


@pytest.mark.parametrize("footer", ["Total;;3\n", "Total general: 3\n", ";;3,00\n"])
def test_a_separator_line_is_followed(footer: str, read_text: RunTap) -> None:
    run = read_text(
        f"sep=;\ncliente;fecha;importe\na;13/01/2025;1,00\nb;14/01/2025;2,00\n{footer}"
    )

    assert (run.failures, run.rejects) == ([], {})
    assert run.file["control_total"] == 3


ORDERS = "order_id,customer,date,amount"


def test_a_status_is_read(read_text: RunTap) -> None:
    run = read_text(
        f"{ORDERS},status\n1,a,2025-01-05,10,paid\n2,b,2025-01-05,20,Cancelada\n"
    )

    assert [row["status"] for row in run.purchases] == ["paid", "cancelled"]


def test_a_dash_is_no_status(read_text: RunTap) -> None:
    run = read_text(f"{ORDERS},status\n1,a,2025-01-05,10,-\n2,b,2025-01-05,20,n/a\n")

    assert (run.failures, run.rejects) == ([], {})
    assert [row["status"] for row in run.purchases] == [None, None]


def test_of_two_states_the_one_that_says_less_money_holds(read_text: RunTap) -> None:
    run = read_text(
        f"{ORDERS},order_status,payment_status\n1,a,2025-01-05,10,completed,pending\n"
    )

    assert run.purchases[0]["status"] == "pending"


def test_a_word_whose_meaning_is_not_known_is_asked_about(read_text: RunTap) -> None:
    text = f"{ORDERS},status\n1,a,2025-01-05,10,paid\n2,b,2025-01-05,20,En taller\n"

    refused = read_text(text)
    answered = read_text(text, statuses={"En taller": "pending"})

    assert (
        "log.csv line 3: the column 'status' says 'En taller' in 1 rows"
        in (refused.failures[0])
    )
    assert "statuses.En taller=paid" in refused.failures[0]
    assert [row["status"] for row in answered.purchases] == ["paid", "pending"]


def test_a_partial_refund_without_its_amount_is_asked_about(read_text: RunTap) -> None:
    run = read_text(f"{ORDERS},status\n1,a,2025-01-05,10,Partially refunded\n")

    assert "no column says how much was given back" in run.failures[0]


#: A column that may change what a row is worth -> a setting that the question offers.
ASKED = {
    ("captured_amount", "8.00"): "columns.amount=captured_amount",
    ("Importe convertido", "9.20"): "columns.amount=Importe convertido",
    ("Total reembolsos", "3.00"): "columns.refunded_amount=Total reembolsos",
    ("Devuelto en tienda", "10.00"): "columns.refunded_amount=Devuelto en tienda",
    ("Fecha de devolución", "2025-01-09"): "columns.refunded_amount=<column of",
    ("Cancelada", "quizás"): "columns.status=Cancelada",
    ("Tipo", "Reembolso"): "columns.status=Tipo",
    ("presentment currency", "USD"): "columns.currency_code=presentment currency",
}


@pytest.mark.parametrize(("header", "value"), ASKED)
def test_what_may_change_a_rows_worth_is_asked_about(
    header: str, value: str, read_text: RunTap
) -> None:
    text = f"{ORDERS},{header}\n1,a,2025-01-05,10,{value}\n"

    refused = read_text(text, currency_code="EUR")
    ignored = read_text(text, currency_code="EUR", ignored_columns=f"x|{header}")

    assert (
        f"line 2: the column {header!r} may change what a row is worth"
        in (refused.failures[0])
    )
    assert ASKED[header, value] in refused.failures[0]
    assert ignored.failures == []


def test_what_cannot_matter_is_not_asked_about(read_text: RunTap) -> None:
    header = "shipping_status,captured_amount,refund_total,cancelled,note,tax"

    run = read_text(f"{ORDERS},{header}\n1,a,2025-01-05,10,pending,10,0.00,no,net,1\n")

    assert run.failures == []


def test_what_was_given_back_is_read(read_text: RunTap) -> None:
    run = read_text(f"{ORDERS},reembolso\n1,a,2025-01-05,10,4\n2,a,2025-01-06,9,-9\n")

    assert [row["refunded_amount"] for row in run.purchases] == [4, 9]


SCATTERED = f"{ORDERS},product\n7,a,2025-01-05,10,x\n7,b,2025-01-05,10,y\n"


def test_an_id_whose_rows_disagree_is_refused(read_text: RunTap) -> None:
    run = read_text(SCATTERED)

    assert (
        "1 ids in the column 'order_id' stand for rows of different customers"
        in (run.failures[0])
    )
    assert "lines 2 and 3" in run.failures[0]
    assert "columns.purchase_id= (empty)" in run.failures[0]


def test_ids_that_mean_nothing_can_be_left_out(read_text: RunTap) -> None:
    run = read_text(SCATTERED, columns={"purchase_id": ""})

    assert [row["purchase_id"] for row in run.purchases] == [None, None]
    assert run.file["order_count"] == 2


def test_rounded_ids_are_refused(read_text: RunTap) -> None:
    run = read_text(f'{ORDERS}\n"6,80E+12",a,2025-01-05,10\n')

    assert "the column 'order_id' (purchase_id) holds 6,80E+12" in run.failures[0]
    assert "Do not open the file in Excel" in run.failures[0]


def test_rounded_numbers_of_payments_are_refused_too(read_text: RunTap) -> None:
    header = "order_id,payment_id,payment_type,payment_value\n"

    run = read_text(f"{header}o1,6.80E+12,card,10\n")

    assert "the column 'payment_id' (payment_id) holds 6.80E+12" in run.failures[0]


LINES = "1,a,2025-01-05,30,x\n1,a,2025-01-05,30,y\n2,b,2025-01-06,5,x\n"


def test_an_orders_total_on_every_line_counts_once(read_text: RunTap) -> None:
    run = read_text(f"order_id,customer,date,order_total,product\n{LINES}")

    assert [row["amount"] for row in run.purchases] == [30, 5]
    assert (
        "1 rows say their order again, or name its products; left out"
        in (run.file["notes"])
    )


def test_an_amount_that_may_be_the_orders_is_asked_about(read_text: RunTap) -> None:
    text = f"{ORDERS},product\n{LINES}"

    totals = [
        read_text(text, amount_per=answer).file["control_total"]
        for answer in ("order", "line")
    ]

    assert (
        "Say which with the setting amount_per=order or amount_per=line"
        in (read_text(text).failures[0])
    )
    assert totals == [35, 65]


def test_rows_of_nothing_but_delimiters_are_none(read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,2025-01-05,10.00\n,,\nb,2025-01-06,20.00\n,,\n,,\n")

    assert (run.failures, run.rejects) == ([], {})
    assert (run.file["row_count"], run.file["control_total"]) == (2, 30)


#: How a period is written -> its first and last day.
PERIODS = {
    "fecha|2025-01-01 - 2025-01-07": ("2025-01-01", "2025-01-07"),
    "fecha|2025-02": ("2025-02-01", "2025-02-28"),
    "fecha|feb 2025": ("2025-02-01", "2025-02-28"),
    "Mes|feb-25": ("2025-02-01", "2025-02-28"),
    "Mes|febrero 2025": ("2025-02-01", "2025-02-28"),
    "Month|2024-02-01": ("2024-02-01", "2024-02-29"),
    "Semana|2025-01-06": ("2025-01-06", "2025-01-12"),
    "fecha|2025-01-05": ("2025-01-05", None),
}


@pytest.mark.parametrize("written", PERIODS)
def test_a_period_is_never_put_on_its_first_day(
    written: str, read_text: RunTap
) -> None:
    header, value = written.split("|")

    run = read_text(f"{header},canal,gasto\n{value},Meta,310\n")

    assert (run.failures, run.rejects) == ([], {})
    (row,) = run.records("ad_spend")
    assert (row["spend_date"], row["period_end"]) == PERIODS[written]


def test_a_month_is_no_day_of_a_purchase(read_text: RunTap) -> None:
    run = read_text(f"{LOG}a,enero 2025,10.00\n")

    assert "purchased_at: the date cannot be read" in run.failures[0]


SPEND = "Día,Campaña,Gasto total CLP,Alcance\n2025-01-05,x,1500,7\n"


def test_a_currency_in_the_header_stays_when_a_setting_names_the_column(
    read_text: RunTap,
) -> None:
    run = read_text(
        SPEND,
        columns={"spend": "Gasto total CLP"},
        channel="Radio",
        currency_code="EUR",
    )

    (row,) = run.records("ad_spend")
    assert (row["spend"], row["currency_code"], row["channel"]) == (
        1500,
        "CLP",
        "Radio",
    )


def test_a_setting_that_is_missing_is_named_with_what_answers(
    read_text: RunTap,
) -> None:
    run = read_text(SPEND, columns={"spend": "Gasto total CLP"}, contract="ad_spend")

    assert "constants.channel=<text>" in run.failures[0]


def test_numbers_that_each_shop_counts_are_told_apart_by_a_setting(
    read_text: RunTap,
) -> None:
    text = (
        "tienda;ticket;fecha;cliente;importe\n"
        "Centro;1001;13/03/2025;a;10,00\n"
        "Norte;1001;13/03/2025;b;20,00\n"
        "Norte;;14/03/2025;b;30,00\n"
    )

    asked = read_text(text)
    told = read_text(text, columns={"purchase_id": "tienda|ticket"})
    one = read_text(
        text.replace(";b;20", ";a;20"), ignored_columns="tienda", currency_code="EUR"
    )

    assert "columns.purchase_id=tienda|ticket" in asked.failures[0]
    assert [sale["purchase_id"] for sale in told.purchases] == [
        "Centro 1001",
        "Norte 1001",
        None,
    ]
    assert [sale["purchase_id"] for sale in one.purchases] == ["1001", "1001", None]


def test_a_file_without_a_shop_has_no_number_of_it(read_text: RunTap) -> None:
    run = read_text(
        "tienda;boleta;fecha;cliente;importe\nCentro;7;13/03/2025;a;10,00\n",
        columns={"purchase_id": "tienda|ticket"},
    )

    assert [sale["purchase_id"] for sale in run.purchases] == [None]


def test_a_state_in_other_letters_is_asked_about_and_answered(
    read_text: RunTap,
) -> None:
    text = (
        "order_id,date,customer,total,status\n"
        "1,2025-01-15,a,50.00,Оплачен\n2,2025-01-16,b,20.00,Отменён\n"
    )

    asked = read_text(text)
    told = read_text(text, statuses={"Оплачен": "paid", "Отменён": "cancelled"})

    assert "statuses.Оплачен=paid" in asked.failures[0]
    assert [sale["status"] for sale in told.purchases] == ["paid", "cancelled"]


def test_a_date_that_is_the_only_one_is_that_of_the_sale(read_text: RunTap) -> None:
    run = read_text("Paciente;Fecha ticket;Total ticket\nAna;15/01/2025;10,00\n")

    assert (run.failures, run.rejects) == ([], {})
    assert run.purchases[0]["purchased_at"] == "2025-01-15T00:00:00+00:00"
    assert run.purchases[0]["amount"] == Decimal("10.00")


@pytest.mark.parametrize(
    "text",
    [
        # Paid in part, with tax, on another day, to where: none of them is the sale.
        "order,customer,date,order_worth,payment_amount\n1,a,2025-01-15,200.00,50.00\n",
        "order,customer,order_placed_on,completed_at,total\n"
        "1,a,2025-01-15,2025-03-02,10.00\n",
        "order,customer,date,total,notes\n1,a,2025-01-15,10.00,x\n"
        "1,a,2025-01-15,10.00,y\n2,b,2025-01-16,10.00,x\n2,b,2025-01-16,10.00,z\n",
        "order,guest,date,total\n1,2,2025-01-15,10.00\n2,4,2025-01-16,10.00\n",
    ],
)
def test_what_may_be_another_figure_is_asked_about(
    text: str, read_text: RunTap
) -> None:
    assert read_text(text).failures


def test_an_amount_with_tax_is_not_taken_before_that_of_the_line(
    read_text: RunTap,
) -> None:
    run = read_text(
        "order,customer,date,line_total,gross_amount\n1,a,2025-01-15,100.00,121.00\n"
    )

    assert [sale["amount"] for sale in run.purchases] in ([], [Decimal("100.00")])


@pytest.mark.parametrize(
    "title", ["Sales by Customer Type Detail", "Ventas de clientes por vendedor"]
)
def test_groups_of_something_else_are_no_customers(
    title: str, read_text: RunTap
) -> None:
    run = read_text(
        f"{title},,\n,Date,Amount\nRetail,,\n,2025-01-15,10.00\n"
        "Total Retail,,10.00\nLuis,,\n,2025-01-16,5.00\nTotal Luis,,5.00\n"
    )

    assert all(sale["customer_id"] is None for sale in run.purchases)
