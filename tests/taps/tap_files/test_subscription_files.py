"""Files of a subscription business are told by their headers and read row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import recognise
from taps.tap_files.settings import Settings
from tests.taps.tap_files.conftest import RunTap

KINDS = ("accounts", "subscriptions", "invoices", "payments")
SPANISH = {
    "accounts": "id_cuenta;nombre_cuenta;fecha_alta;pais;segmento",
    "subscriptions": "id_suscripcion;id_cuenta;plan;periodicidad;monto;estado;"
    "fecha_inicio;fecha_termino",
    "invoices": "id_factura;id_cuenta;estado;monto;fecha_emision;fecha_vencimiento",
    "payments": "id_pago;id_factura;id_cuenta;estado;monto;fecha_intento",
}
BEFORE = {
    # What was read as something else stays that, whoever is named beside it.
    "purchases": "customer_id,date,amount,account_id,account_name,invoice_id,status",
    "ad_spend": "account_id,account_name,day,campaign,platform,amount_spent",
    "marketplace_users": "user_id,account_id,registered_at,segment",
}
HEADER = (
    "subscription_id,account_id,plan,interval,quantity,unit_amount,status,started_at,"
    "effective_from\n"
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_contracts_own_columns_say_which_file_it_is(kind: str) -> None:
    header = [column.name for column in load_contracts()[kind].columns]

    binding = recognise("export.csv", header, Settings(paths=()))

    assert binding.contract.name == kind
    assert set(binding.positions) == set(header)


@pytest.mark.parametrize("kind", KINDS)
def test_spanish_headers_say_it_too(kind: str) -> None:
    binding = recognise("export.csv", SPANISH[kind].split(";"), Settings(paths=()))

    assert binding.contract.name == kind


@pytest.mark.parametrize("kind", BEFORE)
def test_other_files_are_what_they_were(kind: str) -> None:
    binding = recognise("export.csv", BEFORE[kind].split(","), Settings(paths=()))

    assert binding.contract.name == kind


def test_words_are_read_in_both_languages(read_text: RunTap) -> None:
    run = read_text(
        f"{HEADER}s1,a1,Pro,Mensual,3,29.00,Activa,2026-01-05,\n"
        "s1,a1,Pro,annual,3,290.00,canceled,2026-01-05,2026-02-01 09:00\n"
    )

    first, second = run.records("subscriptions")
    assert (first["billing_interval"], first["status"]) == ("month", "active")
    assert (second["billing_interval"], second["status"]) == ("year", "cancelled")
    assert first["unit_amount"] == Decimal("29.00")
    assert first["effective_from"] is None


def test_what_cannot_be_read_goes_to_quarantine_with_its_reason(
    read_text: RunTap,
) -> None:
    run = read_text(
        f"{HEADER}s1,a1,Pro,month,1,29.00,active,2026-01-05,\n"
        "s2,a1,Pro,fortnight,1,29.00,active,2026-01-05,\n"
        "s3,a1,Pro,month,-1,29.00,active,2026-01-05,\n"
        "s4,a1,Pro,month,1,29.00,asleep,2026-01-05,\n"
        "s5,,Pro,month,1,29.00,active,2026-01-05,\n"
        "s6,a1,Pro,month,1,29.00,active,someday,\n"
    )

    assert [row["subscription_id"] for row in run.records("subscriptions")] == ["s1"]
    assert run.rejects == {
        "log.csv line 3": "billing_interval is none of day, week, month, quarter, "
        "half_year, year",
        "log.csv line 4": "quantity is below 0",
        "log.csv line 5": "status is none of active, past_due, trialing, unpaid, "
        "paused, cancelled, incomplete, incomplete_expired",
        "log.csv line 6": "account_id is missing",
        "log.csv line 7": "started_at: the date cannot be read",
    }


def test_an_invoice_made_void_and_a_failed_payment_are_kept(read_text: RunTap) -> None:
    run = read_text(
        "payment_id,invoice_id,account_id,status,failure_reason,amount,attempted_at\n"
        "p1,i1,a1,rechazado,insufficient_funds,29.00,2026-01-05 10:00\n"
        "p2,i1,a1,succeeded,,29.00,2026-01-08 10:00\n"
    )

    assert [row["status"] for row in run.records("payments")] == ["failed", "succeeded"]
    assert run.file["loaded_total"] == Decimal("58.00")


_API = (
    "subscription_id,account_id,interval,unit_amount,quantity,currency,status,"
    "started_at\n"
)
_IN_CENTS = f"{_API}s1,a1,month,4900,2,eur,active,2026-01-05\n"


def test_what_may_be_cents_is_asked_about_and_read_as_it_is_answered(
    read_text: RunTap,
) -> None:
    (question,) = read_text(_IN_CENTS).failures
    assert "amount_unit=cents" in question

    for unit, price in {"cents": "49.00", "units": "4900"}.items():
        (row,) = read_text(_IN_CENTS, amount_unit=unit).records("subscriptions")
        assert (row["unit_amount"], row["quantity"]) == (Decimal(price), 2)


@pytest.mark.parametrize(
    ("price", "currency"), [("49.00", "eur"), ("4900", "EUR"), ("4900", "clp")]
)
def test_prices_with_cents_or_of_a_currency_without_are_not(
    price: str, currency: str, read_text: RunTap
) -> None:
    run = read_text(f"{_API}s1,a1,month,{price},2,{currency},active,2026-01-05\n")

    assert [r["unit_amount"] for r in run.records("subscriptions")] == [Decimal(price)]


def test_a_tax_beside_the_price_is_asked_about(read_text: RunTap) -> None:
    text = (
        "subscription_id,account_id,interval,amount,iva,status,started_at\n"
        "s1,a1,month,59.29,10.29,active,2026-01-05\n"
    )

    (question,) = read_text(text).failures
    assert "ignored_columns=iva" in question
    (row,) = read_text(text, ignored_columns="iva").records("subscriptions")
    assert row["amount"] == Decimal("59.29")


@pytest.mark.parametrize("charged", ["Total", "Amount", "Importe"])
def test_what_is_left_to_pay_is_not_what_was_charged(
    charged: str, read_text: RunTap
) -> None:
    run = read_text(
        f"invoice_id,account_id,issued_at,{charged},Amount due,Amount paid,Status\n"
        "i1,a1,2026-01-03,100.00,0.00,100.00,paid\n"
        "i2,a2,2026-02-05,80.00,30.00,50.00,open\n"
    )

    told = [(r["amount_due"], r["amount_paid"]) for r in run.records("invoices")]
    assert told == [(Decimal(100), Decimal(100)), (Decimal(80), Decimal(50))]


@pytest.mark.parametrize(
    "innocent",
    # A refund of less than any charge, a currency without cents, none at all.
    ["1200,25,usd", "5000,0,jpy", "5000,0.0,", "n/a,0,usd"],
)
def test_one_row_does_not_say_that_the_others_are_no_cents(
    innocent: str, read_text: RunTap
) -> None:
    rows = [f"o{n},c{n},2026-09-0{n}," for n in (1, 2)]
    header = "order_id,customer_id,date,amount,refunded_amount,currency"

    run = read_text(f"{header}\n{rows[0]}4900,0,usd\n{rows[1]}{innocent}\n")

    assert ["may be in cents" in failure for failure in run.failures] == [True]


def test_what_ads_cost_is_not_read_with_its_tax(read_text: RunTap) -> None:
    taxed = "fecha,campaña,canal,Coste (sin IVA),Coste (con IVA)"
    run = read_text(f"{taxed}\n2026-09-01,A,Meta,100.00,121.00\n")

    assert len(run.failures) == 1
    (sale,) = read_text(
        "fecha,cliente,Total (con IVA)\n2026-09-01,ana@example.com,121.00\n"
    ).purchases
    assert sale["amount"] == Decimal(121)


def test_a_price_that_stands_in_a_setting_is_no_column(read_text: RunTap) -> None:
    run = read_text(
        "id,customer_id,date,currency\n1,c1,2026-09-01,eur\n",
        constants={"amount": "4900"},
    )

    assert all("cents" not in failure for failure in run.failures)


@pytest.mark.parametrize("amount", ["4900", "4900.0", "25"])
def test_a_header_that_says_cents_is_asked_about_whatever_it_holds(
    amount: str, read_text: RunTap
) -> None:
    text = f"order_id,customer_id,date,amount_cents\no1,c1,2026-09-01,{amount}\n"

    (question,) = read_text(text, columns={"amount": "amount_cents"}).failures
    assert "may be in cents" in question


def test_a_subscription_that_is_marked_as_paused_and_runs_is_asked_about(
    read_text: RunTap,
) -> None:
    log = (
        "ID suscripción;Cliente;Plan;Importe;Periodicidad;Fecha de inicio;Estado;"
        "Pausada\n"
        "s1;a1;Pro;60,00;6 meses;15/01/2026;Activa;no\n"
    )

    asked = read_text(log + "s2;a2;Pro;50,00;Mensual;16/01/2026;Activa;sí\n")
    read = read_text(log)

    assert "'Pausada' says 'sí'" in asked.failures[0]
    assert read.failures == []
    (one,) = read.records("subscriptions")
    assert (one["account_id"], one["billing_interval"]) == ("a1", "half_year")


@pytest.mark.parametrize(
    ("interval", "told", "found"),
    [
        ("month", {}, [Decimal(10)]),
        ("Mensual", {}, [Decimal(10)]),
        ("year", {}, []),
        ("year", {"unit_amount": "Price per seat"}, [Decimal(10)]),
    ],
)
def test_a_price_per_seat_is_asked_about_unless_it_is_billed_by_the_month(
    read_text: RunTap, interval: str, told: dict[str, str], found: list[Decimal]
) -> None:
    run = read_text(
        "subscription_id,account_id,plan,status,Price per seat,seats,interval,"
        f"started_at\ns1,a1,Pro,active,10,5,{interval},2026-01-21\n",
        columns=told,
    )

    assert [row["unit_amount"] for row in run.records("subscriptions")] == found
    assert len(run.failures) == (not found)


STRIPE = (
    "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Created (UTC),"
    "Current Period Start (UTC),Current Period End (UTC)\n"
)


def stripe(*rows: tuple[str, int, str]) -> str:
    """An export of subscriptions: plan, seats and amount of each."""
    day = "2026-01-05 10:00,2026-01-05 10:00,2026-02-05 10:00"
    return STRIPE + "".join(
        f'sub_{at},cus_{at},{plan},{seats},eur,month,"{amount}",active,{day}\n'
        for at, (plan, seats, amount) in enumerate(rows)
    )


@pytest.mark.parametrize(
    ("rows", "unit_amounts", "amounts"),
    [
        # 1 and 5 seats for 10 each, and an only one of a year.
        ([("a", 1, "10,00"), ("a", 5, "10,00"), ("b", 3, "90,00")], [10, 10, 90], []),
        (
            [("a", 2, "20.00"), ("a", 5, "50.00"), ("b", 3, "1,090.00")],
            [],
            [20, 50, 1090],
        ),
    ],
)
def test_seats_of_stripe_are_multiplied_where_one_price_shows_that_they_are(
    rows: list[tuple[str, int, str]],
    unit_amounts: list[int | None],
    amounts: list[int | None],
    read_text: RunTap,
) -> None:
    run = read_text(stripe(*rows))

    assert run.failures == []
    found = run.records("subscriptions")
    assert [row["quantity"] for row in found] == [seats for _, seats, _ in rows]
    assert [row["unit_amount"] for row in found] == (unit_amounts or [None] * 3)
    assert [row["amount"] for row in found] == (amounts or [None] * 3)


@pytest.mark.parametrize(
    "rows",
    [
        # Each price has one number of seats; one is of one seat, and one of all.
        [("a", 5, "10.00"), ("b", 3, "90.00")],
        [("a", 1, "10.00"), ("a", 5, "10.00"), ("b", 2, "20.00"), ("b", 4, "40.00")],
        # A price that changed.
        [("a", 1, "10.00"), ("a", 5, "10.00"), ("a", 1, "12.00")],
    ],
)
def test_seats_of_stripe_are_asked_about_where_no_price_shows_it(
    rows: list[tuple[str, int, str]], read_text: RunTap
) -> None:
    run = read_text(stripe(*rows))

    assert "whether the amount is of one unit or of all" in run.failures[0]
