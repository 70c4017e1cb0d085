"""Amounts as people and programs write them, read exactly."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from taps.tap_files.problems import RowRejected
from taps.tap_files.tables import Shown
from taps.tap_files.values.currencies import (
    currencies_of_sign,
    currency_codes,
    decimals_of,
    has_no_decimals,
    is_small,
)

__all__ = [
    "AMOUNT_UNITS",
    "AmountReader",
    "amount_reader",
    "bounded",
    "has_more_than_cents",
    "is_open_amount",
    "separator_shown_by",
]

AmountReader = Callable[[str | Decimal, str | None], Decimal]
"""(cell, currency code) -> amount; raises RowRejected."""

_ZEROS = {"thousands": 3, "millions": 6}
AMOUNT_UNITS = ("units", "cents", *_ZEROS)
"""What amounts may be told in."""
_AMOUNT_DECIMALS = 6
_LARGEST = Decimal(10) ** 13
"""Beyond this an amount is a slipped column, and would not fit numeric(18,2)."""

_WORDS = "(?i:euros|d[oó]lares|dollars|pesos|soles|reais)"
_SYMBOL = rf"((?:{_WORDS}|[A-Za-z]{{2,3}}\.?\$?|[A-Z]{{0,2}}\$|S/\.?|[€£¥₡₱₲₩₹₽])?)"
_DRESSED = re.compile(
    rf"{_SYMBOL}\s*([-+(\u2212]?){_SYMBOL}([\d.,]+)(?:{_SYMBOL}(?=\)))?([-)]?){_SYMBOL}"
)
_GAPS = " \t\u00a0\u2009\u202f\u2019'"
_PADDING = str.maketrans("", "", _GAPS)
_PARTED = re.compile(rf"\d[{_GAPS}]+\d")
_IN_THOUSANDS = re.compile(rf"\D*\d{{1,3}}(?:[{_GAPS}]\d{{3}})+(?:[.,]\d*)?\D*")
_NEGATIVE = frozenset({("-", ""), ("\u2212", ""), ("", "-"), ("(", ")")})
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
_IN_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
"""How amounts of these currencies are grouped: 1,23,456.00."""
_OF_LAKHS = frozenset({"INR", "PKR", "BDT", "NPR", "LKR"})
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


def has_more_than_cents(cell: str | Decimal) -> bool:
    """Whether an amount surely has more than two decimals: 0.125, not 1.234."""
    return _has_more_than_cents(cell if isinstance(cell, str) else _plain(cell))


@lru_cache(maxsize=50_000)
def _has_more_than_cents(text: str) -> bool:
    separator = separator_shown_by(text)
    if separator is None or separator not in text:
        return False
    return sum(c.isdigit() for c in text.rpartition(separator)[2]) > 2


def _plain(value: Decimal) -> str:
    """A typed amount as written, without the noise of binary fractions."""
    text = str(value)
    if "E" not in text and len(text.partition(".")[2]) <= _AMOUNT_DECIMALS:
        return text
    try:
        return format(bounded(value).normalize(), "f")
    except RowRejected:
        return ""


def amount_reader(
    separator: str,
    *,
    is_proven: bool,
    decimals: int = _AMOUNT_DECIMALS,
    is_in_cents: bool = False,
    unit: str = "units",
) -> AmountReader:
    """A reader of amounts for one file.

    Parameters
    ----------
    separator : the file's decimal separator, ``.`` or ``,``.
    is_proven : whether the file (or a setting) shows it, rather than a default.
    decimals : how many decimals are kept; the rest is rounded off.
    is_in_cents : whether no other amount of the file has more than two decimals, so
        that ``1.234`` may well be a thousand times as much, typed or not: a program
        of another country makes that number of it.
    unit : what amounts of a currency are told in, one of `AMOUNT_UNITS`: cents are its
        smallest unit, so that 4900 is 49.00 of a currency with cents.

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
        in_cents = is_in_cents and is_proven
        value = _read(text, currency_code, separator, is_proven, in_cents)
        return bounded(value, decimals)

    def read(cell: str | Decimal, currency_code: str | None) -> Decimal:
        if isinstance(cell, str):
            return read_text(cell, currency_code)
        if isinstance(cell, Shown):
            _refuse_other_currency(cell.sign, currency_code)
            cell = Decimal(cell)
        if is_in_cents:
            _refuse_open(_plain(cell).lstrip("-"), currency_code, ".", least=0)
        return bounded(cell, decimals)

    return _in_units(read, unit) if unit in {"cents", *_ZEROS} else read


def _in_units(read: AmountReader, unit: str) -> AmountReader:
    """A reader of what another one reads in another unit."""

    def read_other(cell: str | Decimal, currency_code: str | None) -> Decimal:
        value = read(cell, currency_code)
        if currency_code is None:
            return value  # no money
        if currency_code not in currency_codes():
            raise RowRejected("the currency is not an ISO 4217 code")
        places = _ZEROS.get(unit, -decimals_of(currency_code))
        return bounded(value.scaleb(places))

    return read_other


def _read(
    text: str,
    currency_code: str | None,
    separator: str,
    is_proven: bool,
    in_cents: bool,
) -> Decimal:
    if _PARTED.search(text) and not _IN_THOUSANDS.fullmatch(text):
        raise RowRejected("the amount cannot be read")  # 10 20: two, not 1020
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
    before, opening, between, digits, within, closing, after = dressed.groups()
    opening = "" if opening == "+" else opening
    if (opening or closing) and (opening, closing) not in _NEGATIVE:
        raise RowRejected("the amount cannot be read")
    for sign in filter(None, (before, between, within, after)):
        _refuse_other_currency(sign, currency_code)
    if in_cents:
        _refuse_open(digits, currency_code, separator, least=1)
    value = _digits(digits, currency_code, separator, is_proven)
    return -value if opening or closing else value


def _refuse_other_currency(sign: str, currency_code: str | None) -> None:
    meant = currencies_of_sign(sign)
    # A bare $ is of thirty countries, and what shops abroad are shown by their tools.
    if currency_code is None or currency_code in meant or sign == "$":
        return
    if len(meant) == 1:
        written = f"in {next(iter(meant))}, and the row in {currency_code}"
    else:
        written = f"with {sign}, which is no sign of {currency_code}"
    raise RowRejected(f"the amount is written {written}")


def _refuse_open(
    digits: str, currency_code: str | None, separator: str, *, least: int
) -> None:
    """Refuse 1.234 where all others have cents and the currency has no more."""
    is_open = _AMBIGUOUS.fullmatch(digits) and separator in digits
    if is_open and currency_code and least <= decimals_of(currency_code) < 3:
        whole = digits.replace(separator, "")
        raise RowRejected(f"the amount is ambiguous: it may be {whole}")


def _digits(
    digits: str, currency_code: str | None, separator: str, is_proven: bool
) -> Decimal:
    if (
        _AMBIGUOUS.fullmatch(digits)
        and separator in digits
        and is_small(currency_code)
        and (has_no_decimals(currency_code) or not is_proven)
    ):
        if is_proven:
            raise RowRejected(f"the amount is ambiguous: {currency_code} has no cents")
        return Decimal(digits.replace(separator, ""))
    thousands = "," if separator == "." else "."
    if _PLAIN[separator].fullmatch(digits):
        return Decimal(digits.replace(separator, "."))
    is_in_lakhs = currency_code in _OF_LAKHS and _IN_LAKHS.fullmatch(digits)
    if _GROUPED[separator].fullmatch(digits) or (separator == "." and is_in_lakhs):
        return Decimal(digits.replace(thousands, "").replace(separator, "."))
    raise RowRejected("the amount cannot be read")


def bounded(value: Decimal, decimals: int = _AMOUNT_DECIMALS) -> Decimal:
    """The amount with at most so many decimals; raise RowRejected beyond 10^13.

    More decimals than that are the noise of binary fractions (139.20000000000002).
    """
    if value.copy_abs() >= _LARGEST:
        raise RowRejected("the amount is too large to be true")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -decimals:
        return value.quantize(Decimal(1).scaleb(-decimals))
    return value
