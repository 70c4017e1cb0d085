"""Columns of an amount without its tax or fee, beside it: both make up the amount."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from itertools import product
from operator import mul

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.statuses import says_no, says_yes
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["EQUIVALENCE", "TAX", "WITHOUT", "TaxInSome", "TaxParts"]

WITHOUT = frozenset(
    {"net", "neto", "neta", "liquido", "subtotal", "base", "afecto", "netto"}
    | {"zwischensumme"}
)
"""Words of headers of amounts without tax."""
EQUIVALENCE = frozenset({"equivalencia", "equiv", "re"})
"""Words of headers of what a small shop of Spain pays on top of the tax."""
TAX = EQUIVALENCE | frozenset(
    {
        *(
            "tax",
            "taxes",
            "vat",
            "gst",
            "cgst",
            "sgst",
            "igst",
            "hst",
            "pst",
            "qst",
            "iva",
            "igv",
            "impuesto",
            "impuestos",
            "imposto",
            "itbis",
            "isv",
        ),
        *("mwst", "ust", "umsatzsteuer", "mehrwertsteuer", "steuer", "tva", "btw"),
    }
)
"""Words of headers of taxes."""
_FEES = frozenset(
    {
        *("fee", "fees", "commission", "comision", "comisiones", "comissao"),
        *("gebuhr", "gebuhren", "provision"),
    }
)
"""Words of headers of what taking the payment cost."""
_HELD = frozenset(
    {"included", "incluido", "incluida", "incluidos", "incl", "inclusive", "inkl"}
    | {"inclus", "compris", "incluso", "inbegrepen", "includes", "incluye"}
)
_SEPARATORS = ".,"
_MOST_PARTS = 4


class TaxParts:
    """Which columns are the amount without its tax, or its fee, row by row.

    `amount` is the position of the amount that is read, None where none is.
    """

    def __init__(self, binding: Binding, amount: int | None) -> None:
        words = {
            position: words_in(header) for position, header in enumerate(binding.header)
        }
        self._amount = amount
        self._shipping = binding.positions.get("shipping_amount")
        self._separators = list(_SEPARATORS)
        self._without = {at for at, one in words.items() if one & WITHOUT}
        refunded = binding.positions.get("refunded_amount")
        self._taxes = [
            at
            for at, one in words.items()
            if at == refunded or (one & (TAX | _FEES) and not one & WITHOUT)
        ]
        few = self._taxes if len(self._taxes) <= _MOST_PARTS else []
        #: The signs with which taxes, fees and refunds may be between both.
        self._signs = [
            signs
            for signs in product((0, 1, -1), repeat=len(few))
            if sum(map(abs, signs)) > 1
        ]

    def explains(self, row: Row, position: int) -> bool:
        """Whether this column, a tax or fee, and the shipping make up the amount."""
        if self._amount is None or position not in self._without:
            return False
        whole, part = row.cells[self._amount], row.cells[position]
        shipping = "" if self._shipping is None else row.cells[self._shipping]
        for separator in self._separators:
            for tax in self._taxes:
                if _adds_up(part, row.cells[tax], whole, shipping, separator):
                    # A file writes its cents one way: the next row is asked so first.
                    self._separators.sort(key=separator.__ne__)
                    return True
            if self._is_sum(row, position, separator):
                return True
        return False

    def _is_sum(self, row: Row, position: int, separator: str) -> bool:
        """Whether several of them are between this column and the amount."""
        whole = _number(row.cells[self._amount or 0], separator)
        part = _number(row.cells[position], separator)
        taxes = [_number(row.cells[at], separator) for at in self._taxes]
        numbers = (whole, part, *taxes)
        last = min(int(number.as_tuple().exponent) for number in numbers)
        for signs in self._signs if whole and part else ():
            between = sum(map(mul, signs, taxes), Decimal(0))
            if abs(part + between - whole) <= Decimal(1).scaleb(min(last, 0)):
                # Of the next row the same is between them.
                self._signs.sort(key=signs.__ne__)
                return True
        return False


class TaxInSome:
    """Asks where a column says that some amounts hold their tax, and others not."""

    def __init__(self, log: LogColumns) -> None:
        found = set(log.holding(_HELD)) & set(log.holding(TAX)) - log.read
        self._log, self._columns = log, sorted(found)
        self._said: dict[tuple[int, bool], int] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._columns:
            text = as_text(row.cells[at])
            if says_yes(text) or (text and says_no(text)):
                self._said.setdefault((at, says_yes(text)), row.line)

    def ask(self) -> None:
        """Raise FileError where both are said."""
        for at in self._columns:
            if (at, True) in self._said and (at, False) in self._said:
                header = self._log.title(at)
                problem = (
                    f"the column {header!r} says that some amounts hold their tax and "
                    "others not: they would be added up as they stand"
                )
                remedy = (
                    "Export all amounts with tax, or all without; "
                    f"ignored_columns={header} adds them up"
                )
                line = self._said[at, False]
                raise FileError(self._log.name, problem, remedy=remedy, line=line)


def _adds_up(
    part: Cell, tax: Cell, whole: Cell, shipping: Cell, separator: str
) -> bool:
    """But for the last digit: what a line pays is rounded apart from its tax."""
    numbers = [_number(cell, separator) for cell in (part, tax, whole)]
    if not all(numbers):
        return False
    last = min(int(number.as_tuple().exponent) for number in numbers)
    without, taxed, told = numbers
    sent = _number(shipping, separator)
    # Many write what is taken off with a minus.
    sums = (without + taxed + sent, without - taxed + sent)
    return min(abs(each - told) for each in sums) <= Decimal(1).scaleb(min(last, 0))


def _number(cell: Cell, separator: str) -> Decimal:
    """0 where there is no number."""
    point = separator if isinstance(cell, str) else "."
    try:
        return Decimal(written_number(as_text(cell), point))
    except InvalidOperation:
        return Decimal(0)
