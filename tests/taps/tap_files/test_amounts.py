"""Amounts are read exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taps.tap_files.problems import RowRejected
from taps.tap_files.values.amounts import (
    amount_reader,
    has_more_than_cents,
    is_open_amount,
    separator_shown_by,
)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("12.5", "."),
        ("12,50", ","),
        ("1,234.50", "."),
        ("1.234,50", ","),
        ("1,234,567", "."),
        ("1.234.567", ","),
        ("0.125", "."),
        ("1234,567", ","),
        ("15", None),
        ("1.234", None),
        ("1,234", None),
    ],
)
def test_an_amount_proves_its_separator_or_nothing(
    text: str, separator: str | None
) -> None:
    assert separator_shown_by(text) == separator


def test_only_one_mark_before_three_digits_is_open() -> None:
    assert [is_open_amount(text) for text in ("1.234", "1,234", "0.123", "12.34")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("separator", "text", "amount"),
    [
        (".", "1,234.50", "1234.50"),
        (".", " $ 12.50 ", "12.50"),
        (".", "12.50 €", "12.50"),
        (".", "USD 12.50", "12.50"),
        (".", "US$12", "12"),
        (".", "1e3", "1000"),
        (".", "-5", "-5"),
        (".", "5.00-", "-5"),
        (".", "(5.00)", "-5"),
        (".", "\u22125", "-5"),
        (".", "139.20000000000002", "139.2"),
        (".", ".5", "0.5"),
        (",", "1.234,50", "1234.50"),
        (",", "1\u00a0234,5 €", "1234.5"),
        (",", "12,50", "12.50"),
        (",", "1.234", "1234"),
    ],
)
def test_an_amount_is_read(separator: str, text: str, amount: str) -> None:
    read = amount_reader(separator, is_proven=True)

    assert read(text, "USD" if "US" in text else "EUR") == Decimal(amount)


@pytest.mark.parametrize("text", ["USD 5.00", "5.00 £", "US$5", "CLP 5.00"])
def test_an_amount_of_another_currency_than_its_row_is_not_read(text: str) -> None:
    read = amount_reader(".", is_proven=True)

    with pytest.raises(RowRejected, match=r"is written in .*, and the row in EUR"):
        read(text, "EUR")
    assert read("$ 5.00", "EUR") == 5  # of many countries


@pytest.mark.parametrize(
    ("separator", "text"),
    [(".", "12,50"), (",", "12.50"), (".", "1.2.3"), (".", "12%"), (".", "1,23,456")],
)
def test_an_amount_in_another_format_is_not_guessed(separator: str, text: str) -> None:
    read = amount_reader(separator, is_proven=True)

    with pytest.raises(RowRejected):
        read(text, "EUR")


@pytest.mark.parametrize(
    "number", ["1.234", "-12.345", "999.120", "1.2340000000000002"]
)
def test_a_typed_number_among_cents_may_be_thousands(number: str) -> None:
    cents = amount_reader(".", is_proven=False, is_in_cents=True)
    mills = amount_reader(".", is_proven=False)

    with pytest.raises(RowRejected, match="it may be "):
        cents(Decimal(number), "EUR")
    for read, currency in ((mills, "EUR"), (cents, "KWD")):  # a dinar has 1,000 fils
        assert read(Decimal(number), currency) == round(Decimal(number), 6)


@pytest.mark.parametrize("number", ["12.34", "0.125", "1234.567"])
def test_another_typed_number_is_what_it_says(number: str) -> None:
    read = amount_reader(".", is_proven=False, is_in_cents=True)

    assert read(Decimal(number), "EUR") == Decimal(number)


def test_more_than_cents_is_told_of_text_and_of_numbers() -> None:
    cells: list[str | Decimal] = [
        "0.125",
        "1.234",
        "12.34",
        Decimal("0.125"),
        Decimal("82.64462809917355"),
    ]
    cells += [Decimal("139.20000000000002"), Decimal("1e99")]

    told = [has_more_than_cents(cell) for cell in cells]

    assert told == [True, False, False, True, True, False, False]


def test_a_currency_without_cents_makes_thousands_of_an_open_amount() -> None:
    read = amount_reader(".", is_proven=False)

    assert read("1.234", "CLP") == 1234
    assert read("1.234", "EUR") == Decimal("1.234")


@given(st.decimals(0, 10**9, places=2))
def test_what_is_written_with_either_separator_is_read_back(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    spanish = english.translate(str.maketrans(".,", ",."))

    assert amount_reader(".", is_proven=True)(english, "EUR") == amount
    assert amount_reader(",", is_proven=True)(spanish, "EUR") == amount


def test_lakhs_are_read_where_they_are_written() -> None:
    read = amount_reader(".", is_proven=True)

    assert read("1,23,456.00", "INR") == Decimal("123456.00")
    assert read("12,34,56,789", "INR") == 123456789
    with pytest.raises(RowRejected):
        read("1,23,456.00", "EUR")


@pytest.mark.parametrize(
    ("unit", "text", "currency", "amount"),
    [
        ("cents", "4900", "EUR", "49.00"),
        ("cents", "-5", "EUR", "-0.05"),
        ("cents", "4900", "CLP", "4900"),
        ("cents", "4900", "KWD", "4.900"),
        # No money.
        ("cents", "3", None, "3"),
        ("thousands", "12.5", "EUR", "12500"),
        ("millions", "-1.25", "CLP", "-1250000"),
        ("units", "4900", "EUR", "4900"),
    ],
)
def test_an_amount_is_what_its_unit_says(
    unit: str, text: str, currency: str | None, amount: str
) -> None:
    read = amount_reader(".", is_proven=False, unit=unit)

    assert read(text, currency) == Decimal(amount)
    assert read(Decimal(text), currency) == Decimal(amount)
