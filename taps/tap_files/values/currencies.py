"""ISO 4217 currency codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from babel.numbers import get_currency_precision, list_currencies

__all__ = ["currencies_of_sign", "currency_codes", "currency_written_in"]
__all__ += ["currency_told_in"]
__all__ += [
    "code_of",
    "decimals_of",
    "has_no_decimals",
    "is_small",
    "is_word_of",
    "sign_of",
]

_DOLLARS = (
    "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD "
    "NIO NZD SBD SGD SRD TTD TWD USD UYU XCD ZWL"
)
_SIGNS = {
    "$": _DOLLARS, "US$": "USD", "A$": "AUD", "C$": "CAD NIO", "J$": "JMD",
    "S$": "SGD", "NT$": "TWD", "RD$": "DOP", "R$": "BRL", "€": "EUR", "£": "GBP",
    "¥": "CNY JPY", "₡": "CRC", "₱": "PHP", "₲": "PYG", "₩": "KRW", "₹": "INR",
    "₽": "RUB", "S/": "PEN", "KR": "DKK ISK NOK SEK", "RS": "INR LKR MUR NPR PKR",
    "BS": "BOB VES", "FR": "CHF", "FT": "HUF", "KC": "CZK", "LEI": "RON", "RM": "MYR",
    "RP": "IDR", "TL": "TRY", "ZL": "PLN", "DH": "AED MAD", "DHS": "AED MAD",
    "EUROS": "EUR", "DOLARES": "USD", "DÓLARES": "USD", "SOLES": "PEN",
    "PESOS": "ARS CLP COP CUP DOP MXN PHP UYU", "REAIS": "BRL", "LIBRAS": "GBP",
    "DOLLARS": _DOLLARS, "POUNDS": "GBP", "FRANKEN": "CHF",
}  # fmt: skip
_TOLD = re.compile(
    r"\b(?:moneda|divisa|moeda|currency|importes en|montos en|valores en|amounts in|"
    r"expresado en|expressed in)\b[\s:;,=]*(?:del? )?([A-Z]{3}|[$€£])(?![A-Za-z])",
    re.IGNORECASE,
)
_SMALL = frozenset({"ARS", "COP", "HUF", "IDR"})
"""Currencies with cents of which a thousand are about a dollar, or less."""
_LETTERS_OF_A_CODE = 3
_NOT_MONEY = frozenset({"XXX", "XTS"})
"""ISO codes that mean "no currency" and "for testing"."""


@cache
def currency_codes() -> frozenset[str]:
    """Every code that names money, past and present."""
    return frozenset(list_currencies()) - _NOT_MONEY


@lru_cache(maxsize=1_000)
def code_of(written: str) -> str:
    """The code of a currency that is written as its code or as a sign of it alone."""
    code = written.strip().upper()
    if code in currency_codes():
        return code
    meant = currencies_of_sign(code)
    return next(iter(meant)) if len(meant) == 1 else code


def is_word_of(written: str, currency_code: str | None) -> bool:
    """Whether it is a word that may mean a currency, as pesos do in Chile."""
    is_word = len(written.strip()) > _LETTERS_OF_A_CODE
    return is_word and currency_code in currencies_of_sign(written)


@cache
def has_no_decimals(currency_code: str | None) -> bool:
    """Whether the currency has no cents in daily use, as the Chilean peso."""
    return currency_code is not None and decimals_of(currency_code) == 0


def is_small(currency_code: str | None) -> bool:
    """Whether nothing is sold for less than 1.000 of it: 119.000 pesos are no 119."""
    return currency_code in _SMALL or has_no_decimals(currency_code)


@cache
def decimals_of(currency_code: str) -> int:
    """Decimals of a currency in daily use: two of the euro, three of the dinar."""
    return get_currency_precision(currency_code)


def sign_of(amount: str) -> str:
    """What a written amount is dressed with: 12,00 € -> €; "" of a bare number."""
    return "".join(
        c for c in amount if not c.isdigit() and c not in " .,-+()'\u00a0\u202f"
    )


def currency_written_in(amount: str) -> str | None:
    """The currency a written amount names: 12,00 € -> EUR; $ may be many."""
    sign = sign_of(amount)
    found = currencies_of_sign(sign) if sign else ()
    return next(iter(found)) if len(found) == 1 else None


def currency_told_in(lines: Sequence[str]) -> str | None:
    """The currency that lines above a table say it is in: ``Moneda: USD``."""
    told = {code_of(each) for line in lines for each in _TOLD.findall(line)}
    found = told & currency_codes()
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1_000)
def currencies_of_sign(sign: str) -> frozenset[str]:
    """The currencies that a sign or a code may mean; none if it is of no money."""
    key = sign.upper().strip(" .")
    if key in _SIGNS:
        return frozenset(_SIGNS[key].split())
    letters = key.removesuffix("$")
    if letters in currency_codes():
        return frozenset({letters})
    of_country = {code for code in _DOLLARS.split() if code[:2] == letters}
    return frozenset(of_country if key.endswith("$") else ())
