"""Headers and words compared as people compare them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from taps.tap_files.values.currencies import currency_codes

__all__ = ["currency_in", "is_header_of", "keys_of", "normalised", "sign_at_end"]
__all__ += ["without_code", "without_notes", "words_in"]

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[^\W\d_]+")
_LAST_SIGN = re.compile(r"[\s_(\[/]((?:US|R)?\$|[€£])[)\]]?\s*$")
_LAST_WORD = re.compile(r"[\s_(\[/]([A-Z]{3})[)\]]?\s*$")
_TAX = r"(?:iva|igv|vat|tax(?:es)?|impuestos?|mwst|ust|tva|btw|gst)\.?"
_IN = (
    r"(?:incl(?:\.|uido|uidos|uded|uding|usive)?|inc\.?|inkl\.?|con|with|mit|com|avec)"
)
_TAXED = rf"(?:{_IN}[\s_]*{_TAX}|{_TAX}[\s_]*{_IN})"
_CODE = re.compile(r"\s*[A-Z0-9]{1,3}\s*[-.:)\u2013]\s+(?=[^\W\d_]{3})")
_LONGEST_HEADER = 200
_NOTES = re.compile(
    # Dates are written so; a column has to be filled in.
    r"\s*[(\[](?:[dmyajtgh]{1,4}(?:[/.: -]+[dmyajtghs]{1,4})+|\*|obligatori[oa]"
    r"|required)[)\]]",
    re.IGNORECASE,
)
_HOLDS_TAX = re.compile(
    rf"\s*\({_TAXED}\)\s*$|(?<=[\w€$£])[\s,_-]+{_TAXED}(?=\)?\s*$)", re.IGNORECASE
)


@lru_cache(maxsize=20_000)
def without_notes(header: str, *, is_money: bool = True) -> str:
    """A header without how its cells are written, and of money that it holds the tax.

    ``Fecha (dd/mm/aaaa)`` -> ``Fecha``, ``Total (€, con IVA)`` -> ``Total (€)``.
    """
    if len(header) > _LONGEST_HEADER:
        return header
    plain = _NOTES.sub("", header)
    return _HOLDS_TAX.sub("", plain) if is_money else plain


def without_code(text: str) -> str:
    """What a row is, without its code: ``E - Egreso`` -> ``Egreso``."""
    return _CODE.sub("", text, count=1)


@lru_cache(maxsize=20_000)
def normalised(text: str) -> str:
    """A text without case, accents, spaces and signs: ``Año-Mes`` -> ``anomes``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORD.sub("", plain)


def keys_of(header: Sequence[str], *, is_money: bool = False) -> list[str]:
    """Headers as they are compared: without notes, unless two would be the same.

    ``is_money`` says that columns of what was sold are looked for, which may hold tax.
    """
    whole = [normalised(cell) for cell in header]
    plain = [normalised(without_notes(cell, is_money=is_money)) for cell in header]
    return [
        short if plain.count(short) == 1 and short else key
        for key, short in zip(whole, plain, strict=True)
    ]


@lru_cache(maxsize=4_000)
def words_in(text: str) -> frozenset[str]:
    """The words of a text, normalised: ``Nº de pedidos_web`` -> n, de, pedidos, web."""
    return frozenset(map(normalised, _WORD.findall(text.replace("R.E.", "RE"))))


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
    found = _LAST_WORD.search(without_notes(header))
    return found[1] if found and found[1] in currency_codes() else None


def sign_at_end(header: str) -> str:
    """The sign of money that a header ends with: ``Total (€)`` -> €; "" without one."""
    found = _LAST_SIGN.search(without_notes(header))
    return found[1] if found else ""
