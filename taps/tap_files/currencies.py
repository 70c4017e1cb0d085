"""ISO 4217 currency codes."""

from __future__ import annotations

from functools import cache

from babel.numbers import get_currency_precision, list_currencies

__all__ = ["currency_codes", "has_no_decimals"]

_NOT_MONEY = frozenset({"XXX", "XTS"})
"""ISO codes that mean "no currency" and "for testing"."""


@cache
def currency_codes() -> frozenset[str]:
    """Every code that names money, past and present."""
    return frozenset(list_currencies()) - _NOT_MONEY


@cache
def has_no_decimals(currency_code: str | None) -> bool:
    """Whether the currency has no cents in daily use, as the Chilean peso."""
    return currency_code is not None and get_currency_precision(currency_code) == 0
