"""Amounts as people and programs write them, read exactly."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from taps.tap_files.currencies import currency_written_in, has_no_decimals
from taps.tap_files.problems import RowRejected

__all__ = [
    "AmountReader",
    "amount_reader",
    "bounded",
    "is_open_amount",
    "separator_shown_by",
]

AmountReader = Callable[[str | Decimal, str | None], Decimal]
"""(cell, currency code) -> amount; raises RowRejected."""

_AMOUNT_DECIMALS = 6
_LARGEST = Decimal(10) ** 13
"""Beyond this an amount is a slipped column, and would not fit numeric(18,2)."""

_SYMBOL = r"(?:[A-Za-z]{2,3}\.?\$?|[A-Z]{0,2}\$|S/\.?|[€£¥₡₱₲₩₹₽])?"
_DRESSED = re.compile(rf"{_SYMBOL}\s*([-(\u2212]?){_SYMBOL}([\d.,]+)([-)]?){_SYMBOL}")
_PADDING = str.maketrans("", "", " \t\u00a0\u2009\u202f\u2019'")
_NOT_FINITE = re.compile(r"[-+]?(?:nan|inf|infinity)", re.IGNORECASE)
_EXPONENT = re.compile(r"-?\d+(?:\.\d+)?[eE][-+]?\d{1,2}")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_PLAIN = {
    ".": re.compile(r"\d+(?:\.\d*)?|\.\d+"),
    ",": re.compile(r"\d+(?:,\d*)?|,\d+"),
}
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
}
_SIMPLE = re.compile(r"\d+(?:\.\d{1,2})?")


def separator_shown_by(text: str) -> str | None:
    """The decimal separator that a written amount proves, or None.

    ``1.234,50`` proves a comma, ``12.5`` a point; ``1.234`` and ``15`` prove nothing.
    """
    digits = "".join(c for c in text if c.isdigit() or c in ".,")
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return max(".,", key=digits.rfind)
    if points + commas == 0 or _AMBIGUOUS.fullmatch(digits):
        return None
    if points > 1 or commas > 1:
        return "," if points else "."
    return "." if points else ","


def is_open_amount(text: str) -> bool:
    """Whether the one separator in it could be a decimal or a thousands mark."""
    digits = "".join(c for c in text if c.isdigit() or c in ".,")
    return _AMBIGUOUS.fullmatch(digits) is not None


def amount_reader(
    separator: str, *, is_proven: bool, decimals: int = _AMOUNT_DECIMALS
) -> AmountReader:
    """A reader of amounts for one file.

    Parameters
    ----------
    separator : the file's decimal separator, ``.`` or ``,``.
    is_proven : whether the file (or a setting) shows it, rather than a default.
    decimals : how many decimals are kept; the rest is rounded off.

    Returns
    -------
    A function (cell, currency code) -> Decimal with at most so many decimals,
    negative amounts included. It raises RowRejected for what it cannot read for
    certain.
    """

    @lru_cache(maxsize=50_000)
    def read_text(text: str, currency_code: str | None) -> Decimal:
        if separator == "." and _SIMPLE.fullmatch(text):
            return bounded(Decimal(text), decimals)
        written_in = currency_written_in(text) if currency_code else None
        if written_in not in {None, currency_code}:
            raise RowRejected(
                f"the amount is written in {written_in}, and the row in {currency_code}"
            )
        return bounded(_read(text, currency_code, separator, is_proven), decimals)

    def read(cell: str | Decimal, currency_code: str | None) -> Decimal:
        if isinstance(cell, str):
            return read_text(cell, currency_code)
        return bounded(cell, decimals)

    return read


def _read(
    text: str, currency_code: str | None, separator: str, is_proven: bool
) -> Decimal:
    text = text.translate(_PADDING)
    if not text:
        raise RowRejected("the amount is missing")
    if _NOT_FINITE.fullmatch(text):
        raise RowRejected("the amount is not a finite number")
    if separator == "." and _EXPONENT.fullmatch(text):
        return Decimal(text)
    dressed = _DRESSED.fullmatch(text)
    if dressed is None:
        raise RowRejected("the amount cannot be read")
    opening, digits, closing = dressed.groups()
    value = _digits(digits, currency_code, separator, is_proven)
    return -value if opening or closing else value


def _digits(
    digits: str, currency_code: str | None, separator: str, is_proven: bool
) -> Decimal:
    if (
        _AMBIGUOUS.fullmatch(digits)
        and separator in digits
        and has_no_decimals(currency_code)
    ):
        if is_proven:
            raise RowRejected(f"the amount is ambiguous: {currency_code} has no cents")
        return Decimal(digits.replace(separator, ""))
    thousands = "," if separator == "." else "."
    if _PLAIN[separator].fullmatch(digits):
        return Decimal(digits.replace(separator, "."))
    if _GROUPED[separator].fullmatch(digits):
        return Decimal(digits.replace(thousands, "").replace(separator, "."))
    raise RowRejected("the amount cannot be read")


def bounded(value: Decimal, decimals: int = _AMOUNT_DECIMALS) -> Decimal:
    """The amount with at most so many decimals; raise RowRejected beyond 10^13.

    More decimals than that are the noise of binary fractions (139.20000000000002).
    """
    if abs(value) >= _LARGEST:
        raise RowRejected("the amount is too large to be true")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -decimals:
        return value.quantize(Decimal(1).scaleb(-decimals))
    return value
