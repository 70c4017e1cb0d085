"""Headers and words compared as people compare them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from taps.tap_files.values.currencies import currency_codes

__all__ = ["currency_in", "is_header_of", "normalised", "sign_at_end", "words_in"]

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[^\W\d_]+")
_LAST_SIGN = re.compile(r"[\s_(\[/]((?:US|R)?\$|[€£])[)\]]?\s*$")
_LAST_WORD = re.compile(r"[\s_(\[/]([A-Z]{3})[)\]]?\s*$")


@lru_cache(maxsize=20_000)
def normalised(text: str) -> str:
    """A text without case, accents, spaces and signs: ``Año-Mes`` -> ``anomes``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORD.sub("", plain)


@lru_cache(maxsize=4_000)
def words_in(text: str) -> frozenset[str]:
    """The words of a text, normalised: ``Nº de pedidos_web`` -> n, de, pedidos, web."""
    return frozenset(map(normalised, _WORD.findall(text)))


def is_header_of(key: str, alias: str) -> bool:
    """Whether a normalised header is this one, with or without a currency code."""
    plain = normalised(alias)
    return key == plain or (
        len(key) == len(plain) + 3
        and key.startswith(plain)
        and key[-3:].upper() in currency_codes()
    )


def currency_in(header: str) -> str | None:
    """The currency code at the end of a header: ``Importe gastado (CLP)`` -> CLP."""
    found = _LAST_WORD.search(header)
    return found[1] if found and found[1] in currency_codes() else None


def sign_at_end(header: str) -> str:
    """The sign of money that a header ends with: ``Total (€)`` -> €; "" without one."""
    found = _LAST_SIGN.search(header)
    return found[1] if found else ""
