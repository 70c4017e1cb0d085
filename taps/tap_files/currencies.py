"""ISO 4217 currency codes."""

from __future__ import annotations

from functools import cache, lru_cache

from babel.numbers import get_currency_precision, list_currencies

__all__ = ["currency_codes", "currency_written_in", "has_no_decimals"]

_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "US$": "USD", "R$": "BRL", "S/": "PEN"}
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


def currency_written_in(amount: str) -> str | None:
    """The currency a written amount names: 12,00 € -> EUR; $ may be many."""
    sign = "".join(
        c for c in amount if not c.isdigit() and c not in " .,-+()'\u00a0\u202f"
    )
    return _sign_currency(sign.upper()) if sign else None


@lru_cache(maxsize=1_000)
def _sign_currency(sign: str) -> str | None:
    return _SIGNS.get(sign) or (sign if sign in currency_codes() else None)
