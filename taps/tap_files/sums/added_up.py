"""Rows that stand for several sales, or add up other rows of their order."""

from __future__ import annotations

from array import array
from decimal import Decimal, InvalidOperation

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["CountedSales", "OrderSums"]

_SALES = frozenset(
    {
        "orders", "pedidos", "ordenes", "tickets", "transactions", "transacciones",
        "operaciones", "facturas", "invoices", "bestellungen", "commandes", "ordini",
        "encomendas", "transacoes",
    }
)  # fmt: skip
_COUNTS = frozenset(
    {"n", "no", "num", "numero", "number", "of", "de", "count", "total", "cantidad"}
    | {"anzahl", "nombre", "qty", "quantidade", "der", "quantita", "di", "nb"}
)
_SEVERAL = 1
_LINES = 3
_FEWEST = 2
"""Orders: of one the prices may come to each other by chance."""
_KINDS = frozenset({"type", "tipo", "kind", "clase", "typ"})
_HALF_A_CENT = 0.005
_SEPARATORS = ".,"


class CountedSales:
    """Asks where a column counts the sales of a row, and there are several.

    Where rows have the number of an order, it counts those of the buyer.
    """

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        is_told = "purchase_id" in binding.positions
        self._columns = [
            at
            for at in (() if is_told else log.holding(_SALES))
            if at not in log.read and words_in(log.header[at]) <= _SALES | _COUNTS
        ]
        self._first: tuple[int, int, str] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._columns:
            text = as_text(row.cells[at])
            if self._first is None and text.isdecimal() and int(text) > _SEVERAL:
                self._first = row.line, at, text

    def ask(self) -> None:
        """Raise FileError where a row stands for several."""
        if self._first is None:
            return
        line, at, text = self._first
        header = self._log.title(at)
        problem = (
            f"the column {header!r} says {text}: the row adds up several sales, whose "
            "days and buyers it does not tell"
        )
        remedy = (
            "Export each sale in a row of its own; if each row is one, "
            f"ignored_columns={header} says so"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


class OrderSums:
    """Asks where one row of every order of several is what its others come to."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._tells_kinds = bool(set(log.holding(_KINDS)) - log.read)
        self._last = ""
        self._before: Row | None = None
        self._ids, self._lines = array("q"), array("q")
        self._amounts = {one: array("d") for one in _SEPARATORS}

    def add(self, row: Row) -> None:
        """Look at a row; those of an order follow each other."""
        order_id = self._log.id_of(row)
        if order_id != self._last:
            self._last, self._before = order_id, row
        elif order_id:
            for each in (self._before, row):
                self._keep(order_id, each)
            self._before = None

    def _keep(self, order_id: str, row: Row | None) -> None:
        amount = "" if row is None else self._log.amount_of(row)
        if row is None or not any(c in "123456789" for c in amount):
            return
        self._ids.append(hash(order_id))
        self._lines.append(row.line)
        for separator, amounts in self._amounts.items():
            amounts.append(_number(amount, separator))

    def ask(self) -> None:
        """Raise FileError where each order has such a row, the same one of each."""
        ids = np.array(self._ids)
        order = np.argsort(ids, kind="stable")
        starts = np.flatnonzero(np.diff(ids[order], prepend=ids[:1] - 1))
        sizes = np.diff(starts, append=len(ids))
        many = sizes >= _LINES
        if many.sum() < (1 if self._tells_kinds else _FEWEST):
            return
        first, last = starts[many], (starts + sizes - 1)[many]
        for amounts in self._amounts.values():
            sorted_amounts = np.array(amounts)[order]
            sums = np.add.reduceat(sorted_amounts, starts)[many]
            for at in (first, last):
                if (np.abs(sums - 2 * sorted_amounts[at]) < _HALF_A_CENT).all():
                    raise self._asked(int(np.array(self._lines)[order][at[0]]))

    def _asked(self, line: int) -> FileError:
        problem = (
            "one row of each order comes to what its others do: it may be their sum, "
            "and would be added up with them"
        )
        remedy = (
            "Export the lines of the orders alone, or the orders alone; if every row "
            "is a line, amount_per=line says so"
        )
        return FileError(self._log.name, problem, remedy=remedy, line=line)


def _number(text: str, separator: str) -> float:
    """0 where there is no number."""
    try:
        return float(Decimal(written_number(text, separator)))
    except InvalidOperation:
        return 0.0
