"""Columns that say a row is worth something else than its amount, as a question.

A credit note written without a minus, a discount beside prices that are multiplied, an
amount that is of one unit where several were sold: what no column of the contract reads
would be added up as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["DISCOUNT", "RowWorth", "is_negative"]

DISCOUNT = frozenset(
    {
        "discount", "discounts", "coupon", "coupons", "descuento", "descuentos",
        "cupon", "cupones", "desconto", "descontos", "cupom", "cupons",
    }
)  # fmt: skip
_CREDIT_NOTES = frozenset(
    {
        "abono", "notadecredito", "notadeabono", "notacredito", "creditnote",
        "creditmemo", "facturarectificativa", "rectificativa", "facturadeabono",
        "devoluciondeventa", "notadedevolucion", "nc",
    }
)  # fmt: skip
_KINDS = frozenset(
    {"type", "tipo", "document", "documento", "comprobante", "clase", "kind"}
)
_PRICES = frozenset({"price", "precio", "preco"})
_WORD = re.compile(r"[^\W\d_]+")
_OFF = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_ONE = re.compile(r"1(?:[.,]0+)?")


def is_negative(amount: str) -> bool:
    """Whether an amount is written with a minus, or in brackets."""
    return amount.startswith(("-", "(", "\u2212")) or amount.endswith("-")


@dataclass
class _Units:
    """Rows of several units, and how many of them hold the price of one."""

    line: int = 0
    count: int = 0
    same: int = 0


@dataclass
class RowWorth:
    """Looks in the first pass at a log of purchases that no preset explains."""

    name: str
    binding: Binding
    settings: Settings
    _found: dict[str, FileError] = field(default_factory=dict)
    _units: _Units = field(default_factory=_Units)

    def __post_init__(self) -> None:
        is_log = self.binding.contract.name == "purchases" and not self.binding.preset
        header = self.binding.header if is_log else ()
        ignored = {normalised(h) for h in self.settings.ignored_columns.split("|")}
        words = [
            set()
            if normalised(h) in ignored
            else set(map(normalised, _WORD.findall(h)))
            for h in header
        ]
        self._amount = self.binding.positions.get("amount")
        self._kinds = [i for i, found in enumerate(words) if found & _KINDS]
        self._discounts = [
            i for i, found in enumerate(words) if found & DISCOUNT and self._is_price()
        ]
        open_keys = [
            "" if not found else normalised(header[i]) for i, found in enumerate(words)
        ]
        self._quantity = self._named(open_keys, "quantity")
        self._price = self._named(open_keys, "unit_price")

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = "" if self._amount is None else as_text(row.cells[self._amount])
        for position in self._kinds:
            text = as_text(row.cells[position])
            is_note = normalised(text) in _CREDIT_NOTES and not is_negative(amount)
            if is_note and any(c in "123456789" for c in amount):
                self._found.setdefault("note", self._credit_note(row, position))
        for position in self._discounts:
            if _OFF.fullmatch(as_text(row.cells[position])):
                self._found.setdefault("discount", self._discount(row, position))
        self._add_units(row, amount)

    def ask(self) -> None:
        """Raise FileError with the setting that answers, if there is a question."""
        for error in self._found.values():
            raise error
        if self._units.count and self._units.count == self._units.same:
            raise self._one_unit()

    def _is_price(self) -> bool:
        """Whether an order's discount can hardly be in the amount."""
        if self._amount is None:
            return True
        return normalised(self.binding.header[self._amount]) in _PRICES

    def _named(self, keys: Sequence[str], column: str) -> int | None:
        contract = self.binding.contract
        aliases = next((c.aliases for c in contract.columns if c.name == column), ())
        found = (keys.index(a) for a in map(normalised, aliases) if a in keys)
        return next(found, None)

    def _add_units(self, row: Row, amount: str) -> None:
        at = self._amount, self._quantity, self._price
        if any(position is None for position in at) or self._price == self._amount:
            return
        quantity = as_text(row.cells[self._quantity or 0])
        is_sale = any(c in "123456789" for c in amount) and quantity.strip("0.,")
        if is_sale and not _ONE.fullmatch(quantity):
            self._units.line = self._units.line or row.line
            self._units.count += 1
            self._units.same += as_text(row.cells[self._price or 0]) == amount

    def _credit_note(self, row: Row, position: int) -> FileError:
        header, text = self._header(position), as_text(row.cells[position])
        problem = f"the column {header!r} says {text!r}, and the amount has no minus"
        remedy = (
            "Write what is given back with a minus, or in a column of its own "
            "(columns.refunded_amount); if such a row is a sale, "
            f"ignored_columns={header} says so"
        )
        return FileError(self.name, problem, remedy=remedy, line=row.line)

    def _discount(self, row: Row, position: int) -> FileError:
        header, text = self._header(position), as_text(row.cells[position])
        problem = (
            f"prices are read, and the column {header!r} (here {text!r}) may be taken "
            "off them"
        )
        remedy = (
            "Export what each row was sold for and name it with columns.amount=<column "
            f"of the file>, or ignored_columns={header} if the prices are without it"
        )
        return FileError(self.name, problem, remedy=remedy, line=row.line)

    def _one_unit(self) -> FileError:
        amount, quantity = (
            self._header(self._amount or 0),
            self._header(self._quantity or 0),
        )
        problem = (
            f"the column {amount!r} holds the price of one unit also where "
            f"{quantity!r} says that several were sold"
        )
        remedy = (
            "columns.amount= (empty) multiplies price and quantity, or "
            f"ignored_columns={quantity} adds the amounts up as they are"
        )
        return FileError(self.name, problem, remedy=remedy, line=self._units.line)

    def _header(self, position: int) -> str:
        return self.binding.header[position].strip()
