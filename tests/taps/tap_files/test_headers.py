"""Headers are matched tolerantly, in an order of preference."""

from __future__ import annotations

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import Binding, bind, recognise
from taps.tap_files.settings import Settings
from taps.tap_files.wording import normalised
from tests.taps.tap_files.conftest import RunTap

SETTINGS = Settings(paths=())


def purchases(*header: str, **overrides: str) -> Binding:
    return bind(load_contracts()["purchases"], header, overrides)


def test_case_accents_and_signs_do_not_matter() -> None:
    assert normalised(" Año-Mes (€) ") == "anomes"
    assert normalised("Customer ID") == normalised("customer_id")


@pytest.mark.parametrize(
    "header",
    [
        ("CustomerID", "InvoiceDate", "Revenue"),
        ("ID Cliente", "Fecha venta", "Monto total"),
        ("Customer ID", "order_timestamp", "total_price"),
        ("cliente", "Fecha", "Importe"),
        ("email", "created_at", "net_amount"),
    ],
)
def test_a_purchase_log_is_recognised(header: tuple[str, ...]) -> None:
    binding = recognise("log.csv", header, SETTINGS)

    assert binding.contract.name == "purchases"
    assert [
        binding.positions[c] for c in ("customer_id", "purchased_at", "amount")
    ] == [
        0,
        1,
        2,
    ]


def test_the_better_alias_wins_wherever_it_stands() -> None:
    binding = purchases("email", "total", "customer_id", "amount", "date")

    assert binding.positions["customer_id"] == 2
    assert binding.positions["amount"] == 3


def test_the_amounts_header_may_name_the_currency() -> None:
    binding = purchases("customer_id", "date", "amount_gbp")

    assert (binding.currency_code, binding.missing) == ("GBP", ())


def test_quantity_times_price_stands_in_for_an_amount() -> None:
    without = purchases("customer_id", "date", "qty", "price")
    with_amount = purchases("customer_id", "date", "qty", "price", "amount")

    assert without.missing == ()
    assert {"quantity", "unit_price"} <= without.positions.keys()
    assert "amount" not in without.positions
    assert not {"quantity", "unit_price"} & with_amount.positions.keys()


def test_a_price_alone_is_the_amount() -> None:
    assert purchases("customer_id", "date", "price").positions["amount"] == 2


def test_the_columns_setting_overrules_the_aliases() -> None:
    binding = purchases("customer_id", "date", "amount", "Bezahlt", amount="bezahlt")

    assert binding.positions["amount"] == 3


def test_a_columns_setting_that_names_no_column_leaves_it_missing() -> None:
    binding = purchases("customer_id", "date", "amount", amount="paid")

    assert [column.name for column in binding.missing] == ["amount"]


def test_a_shopify_export_is_not_taken_for_a_purchase_log() -> None:
    header = ["Name", "Email", "Financial Status", "Currency", "Total", "Created at"]
    header += ["Lineitem quantity", "Lineitem name", "Lineitem price"]

    assert recognise("x.csv", header, SETTINGS).contract.name == "shopify_orders"


def test_metas_spend_column_names_its_currency() -> None:
    header = ("Day", "Platform", "Campaign name", "Amount spent (EUR)")

    binding = recognise("ads.csv", header, SETTINGS)

    assert (binding.contract.name, binding.currency_code) == ("ad_spend", "EUR")


def test_a_till_that_tells_no_buyers_is_told_how_to_say_so(read_text: RunTap) -> None:
    text = "Fecha;Ticket;Importe\n13/03/2025;1;10,00\n14/03/2025;2;20,00\n"

    asked = read_text(text, currency_code="EUR")
    told = read_text(text, currency_code="EUR", constants={"customer_id": ""})

    assert "or say with constants.customer_id= (empty)" in asked.failures[0]
    assert [(row["customer_id"], row["amount"]) for row in told.purchases] == [
        (None, 10),
        (None, 20),
    ]
