"""Numbers and days as a Spanish reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from metabase.content.entities import Column
from metabase.rendering.formats import number_locale, write_value


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (
            Decimal("1234567.8"),
            Column("a", "A", "currency", "EUR", 2),
            "1.234.567,80 €",
        ),
        (Decimal("1234567.8"), Column("a", "A", "currency", "CLP", 0), "1.234.568 CLP"),
        (0.4567, Column("a", "A", "percent", decimals=1), "45,7 %"),
        (0.4567, Column("a", "A", "percent", decimals=0), "46 %"),
        (1234, Column("a", "A", "decimal", decimals=0), "1.234"),
        (-1.25, Column("a", "A", "decimal", decimals=1), "-1,3"),
        (-0.004, Column("a", "A", "percent", decimals=0), "0 %"),
        (Decimal("-0.004"), Column("a", "A", "currency", "EUR", 2), "0,00 €"),
        (0.083, Column("a", "A", "decimal", None, 1, " p. p.", 100), "8,3 p. p."),
        (
            Decimal("-0.0004"),
            Column("a", "A", "decimal", None, 1, " p. p.", 100),
            "0,0 p. p.",
        ),
        (1234, Column("a", "A"), "1.234"),
        (date(1997, 9, 30), Column("a", "A"), "30 sept 1997"),
        (date(2025, 12, 1), Column("a", "A", is_month=True), "dic 2025"),
        ("0012", Column("a", "A"), "0012"),
    ],
)
def test_a_value_is_written_in_spanish(value: Any, column: Column, text: str) -> None:
    assert write_value(value, column, "es").replace("\u00a0", " ") == text


def test_another_language_needs_no_code() -> None:
    column = Column("a", "A", "currency", "EUR", 2)

    assert write_value(1234.5, column, "en") == "€1,234.50"


def test_charts_write_numbers_as_the_cards_do() -> None:
    locale = number_locale("CLP", "es")

    assert (locale["decimal"], locale["thousands"]) == (",", ".")
    assert locale["currency"][1].strip() == "CLP"


def test_a_code_stands_apart_from_its_number_and_a_sign_does_not() -> None:
    pesos = Column("value", "Value", "currency", "CLP", 0)
    pounds = Column("value", "Value", "currency", "GBP", 0)

    assert write_value(1234, pesos, "en") == "CLP\xa01,234"
    assert write_value(1234, pounds, "en") == "£1,234"
    assert write_value(1234, pesos, "es") == "1.234\xa0CLP"


def test_charts_write_money_and_percent_where_the_language_does() -> None:
    english, spanish = number_locale("CLP", "en"), number_locale("CLP", "es")

    assert (english["currency"], english["percent"]) == (["CLP\xa0", ""], "%")
    assert (spanish["currency"], spanish["percent"]) == (["", "\xa0CLP"], "\xa0%")
