"""Write values the way the reader's language writes them."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from metabase.content.entities import Column

__all__ = [
    "number_locale",
    "number_pattern",
    "time_locale",
    "write_date",
    "write_month",
    "write_value",
]

_FRACTION = re.compile(r"0(\.[0#]+)?(?![0-9#.])")


def write_value(value: Any, column: Column, language: str) -> str:
    """Write one value of a column: 12345.6 as «12.345,60 €», 0.42 as «42 %»."""
    if isinstance(value, date):
        return (write_month if column.is_month else write_date)(value, language)
    if not isinstance(value, (int, float, Decimal)):
        return str(value)
    value *= column.scale
    written = _write_number(value, column, language)
    if value < 0 and not any(digit in written for digit in "123456789"):
        written = _write_number(0, column, language)  # -0 % is 0 %
    return f"{written}{column.suffix}"


def _write_number(value: float | Decimal, column: Column, language: str) -> str:
    # As people and Metabase round: a half goes up.
    with localcontext(rounding=ROUND_HALF_UP):
        written: str = _pattern(column, language).apply(value, _locale(language))
    return written


@cache
def _locale(language: str) -> Locale:
    # Babel parses the name again for each number that is given a name.
    return Locale.parse(language)


@cache
def _pattern(column: Column, language: str) -> NumberPattern:
    pattern = parse_pattern(number_pattern(column, language))
    if column.currency:
        # Once: Babel looks up the currency's name in words for each number otherwise.
        symbol = get_currency_symbol(column.currency, language).replace("'", "''")
        pattern.prefix = _with_symbol(pattern.prefix, symbol)
        pattern.suffix = _with_symbol(pattern.suffix, symbol)
    return pattern


def _with_symbol(ends: tuple[str, str], symbol: str) -> tuple[str, str]:
    of_positive, of_negative = ends
    return of_positive.replace("¤", symbol), of_negative.replace("¤", symbol)


def number_pattern(column: Column, language: str) -> str:
    """The language's own pattern for the column, with the column's decimals."""
    locale = _locale(language)
    pattern = {
        "currency": locale.currency_formats["standard"],
        "percent": locale.percent_formats[None],
    }.get(column.number_style or "", locale.decimal_formats[None])
    written = str(pattern.pattern)
    if column.number_style == "currency" and _is_a_word(column.currency, language):
        written = written.replace("¤#", "¤\u00a0#")
    if column.decimals is None:
        return written
    fraction = "." + "0" * column.decimals if column.decimals else ""
    return _FRACTION.sub("0" + fraction, written, count=1)


def _is_a_word(currency: str | None, language: str) -> bool:
    # A code such as CLP needs a space before the number; a sign such as $ does not.
    symbol = get_currency_symbol(currency, language) if currency else ""
    return symbol[-1:].isalpha()


def write_date(day: date, language: str) -> str:
    """Write a day with its month as a short word: «30 sept 1997»."""
    return format_date(day, "d MMM y", locale=_locale(language))


def write_month(day: date, language: str) -> str:
    """Write the month of a day: «dic 2025»."""
    return format_date(day, "MMM y", locale=_locale(language))


def number_locale(currency_code: str, language: str) -> dict[str, Any]:
    """The same habits for charts, as the locale definition that d3 takes."""
    locale = _locale(language)
    symbols = locale.number_symbols["latn"]
    symbol = get_currency_symbol(currency_code, language)
    space = "\u00a0" if symbol[-1].isalpha() else ""
    is_before = locale.currency_formats["standard"].pattern.startswith("¤")
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": [symbol + space, ""] if is_before else ["", f"\u00a0{symbol}"],
        "percent": locale.percent_formats[None].suffix[0],
    }


def time_locale(language: str) -> dict[str, Any]:
    """Names of months and days for charts, as the locale definition that d3 takes."""
    locale = _locale(language)
    # Babel's week starts on Monday, that of d3 on Sunday.
    days = [6, 0, 1, 2, 3, 4, 5]
    return {
        "dateTime": "%-d %b %Y, %H:%M",
        "date": "%-d %b %Y",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": [locale.days["stand-alone"]["wide"][day] for day in days],
        "shortDays": [locale.days["stand-alone"]["abbreviated"][day] for day in days],
        "months": list(locale.months["stand-alone"]["wide"].values()),
        "shortMonths": list(locale.months["stand-alone"]["abbreviated"].values()),
    }
