"""A second column whose name means the amount of a file as well, and which differs.

``Importe`` beside ``Total``, ``cost`` beside ``spend``, ``amount`` beside ``price``:
which of both is the money is nothing that their names tell. What taxes, shipping,
discounts and the like explain is not asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import (
    CAME_IN,
    CREDIT,
    FEES,
    GIVEN_BACK,
    OWED,
    SHIPPING,
    TIPS,
)
from taps.tap_files.settings import Settings
from taps.tap_files.sums.discounts import DISCOUNT
from taps.tap_files.sums.keyed_amounts import size_written
from taps.tap_files.sums.tax_parts import TAX
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, sign_at_end, words_in

__all__ = ["TwoAmounts"]

_PARTS = (
    TAX | SHIPPING | TIPS | DISCOUNT | FEES | GIVEN_BACK | OWED | CAME_IN | CREDIT
) | {"paid", "pago", "vale", "voucher", "points", "puntos", "rounding", "redondeo"}
_UNITS = frozenset({"sales", "ventas", "venta", "spend"})
"""Names that mean money, and as often how many were sold; or what customers spent."""
_ORDERS = ("order", "pedido", "orden", "commande", "bestell", "ordine", "factura")
_SOME = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_SEPARATORS = ".,"
_CENT = 0.015
_MOST_PARTS = 4
_CONTRACTS = frozenset({"purchases", "ad_spend"})


class TwoAmounts:
    """Looks for money that is told twice, and not the same."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._header = name, binding.header
        self._column = binding.contract.amount_column or ""
        self._amount = binding.positions.get(self._column, -1)
        self._id = binding.positions.get("purchase_id")
        is_open = binding.contract.name in _CONTRACTS and binding.preset is None
        is_open = is_open and self._amount >= 0 and self._column not in settings.columns
        self._others = _others(binding, settings) if is_open else []
        self._parts = [
            at
            for at, header in enumerate(binding.header)
            if at != self._amount and words_in(header) & _PARTS
        ]
        self._first: dict[int, tuple[int, str]] = {}
        self._separators = list(_SEPARATORS)
        self._seen = set[int]()
        self._repeats = False

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._others:
            return
        if self._id is not None and (order := as_text(row.cells[self._id])):
            self._repeats = self._repeats or hash(order) in self._seen
            self._seen.add(hash(order))
        amount = as_text(row.cells[self._amount])
        for at in self._others:
            text = as_text(row.cells[at])
            is_told = _SOME.fullmatch(amount) and _SOME.fullmatch(text)
            is_open = is_told and text != amount and at not in self._first
            pair = (self._amount, at)
            if is_open and not _explains(row, pair, self._parts, self._separators):
                self._first[at] = row.line, text

    def ask(self) -> None:
        """Raise FileError where another column may be the money."""
        for at, (line, text) in self._first.items():
            header = self._header[at].strip()
            if self._repeats and any(w in normalised(header) for w in _ORDERS):
                continue  # the total of an order, beside its lines
            raise self._asked(line, header, text)

    def _asked(self, line: int, header: str, text: str) -> FileError:
        amount = self._header[self._amount].strip()
        problem = (
            f"the column {amount!r} is read, and {header!r} (here {text!r}) may be "
            "its money as well, and differs"
        )
        remedy = (
            f"Say it: columns.{self._column}={header} reads that one, "
            f"ignored_columns={header} reads {amount!r}"
        )
        return FileError(self._name, problem, remedy=remedy, line=line)


def _explains(
    row: Row, columns: Sequence[int], parts: Sequence[int], separators: list[str]
) -> bool:
    """Whether both are equal, or what the parts of the row lie between them."""
    for separator in separators:
        amount, value, *sizes = (
            size_written(as_text(row.cells[at]), separator) for at in (*columns, *parts)
        )
        told = [part for part in sizes if part][:_MOST_PARTS]
        for signs in product((0, 1, -1), repeat=len(told)):
            between = sum(s * part for s, part in zip(signs, told, strict=True))
            if abs(value + between - amount) < _CENT:
                # A file writes its cents one way: the next row is read so first.
                separators.sort(key=separator.__ne__)
                return True
    return False


def _others(binding: Binding, settings: Settings) -> list[int]:
    """Columns that nobody reads and whose name means the amount, or a price."""
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    aliases = {
        column.name: set(map(normalised, column.aliases))
        for column in binding.contract.columns
    }
    keys = [normalised(header) for header in binding.header]
    amount = binding.positions[binding.contract.amount_column or ""]
    sign = sign_at_end(binding.header[amount])
    words = {word for header in binding.header for word in words_in(header)}
    is_of_order = any(word in keys[amount] for word in _ORDERS)
    meant = aliases[binding.contract.amount_column or ""] - _UNITS
    if "quantity" in aliases and not (aliases["quantity"] & words or is_of_order):
        meant |= aliases["unit_price"]
    free = (at for at in range(len(keys)) if at not in binding.used)
    return [
        at
        for at in free
        if keys[at] in meant
        and keys[at] not in ignored
        and sign_at_end(binding.header[at]) in {"", sign}  # of another currency
    ]
