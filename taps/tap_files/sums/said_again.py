"""Rows of one order that differ in nothing but their state, and when it was so.

A sale that was paid and then sent, or given back, is one sale.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import DAYS, LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.statuses import COUNTED
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["SaidAgain", "UnreadNumbers", "Versions"]

_CHANGED = frozenset(
    {"updated", "modified", "changed", "actualizado", "actualizada", "actualizacion"}
    | {
        "modificado",
        "modificada",
        "modificacion",
        "version",
        "revision",
        "aktualisiert",
    }
    | {"geandert", "modifie", "modification", "atualizado", "atualizacao", "aggiornato"}
)
"""Words of headers of when a row was as it is told."""
_NUMBERS = frozenset(
    {"id", "number", "numero", "num", "no", "n", "nr", "nro", "ref", "reference"}
    | {"referencia", "documento", "document", "doc", "nummer", "code", "codigo"}
    | {"order", "pedido", "orden", "sale", "venta", "invoice", "factura", "ticket"}
)
_OF_OTHERS = frozenset(
    {"customer", "cliente", "client", "kunde", "user", "product", "producto", "item"}
    | {"produto", "articulo", "sku", "artikel", "phone", "telefono", "postal", "zip"}
    | {"store", "tienda", "payment", "pago", "country", "pais", "cpf", "cnpj", "nif"}
    | {"discount", "descuento", "coupon", "cupon", "tax", "vat", "currency", "total"}
    | {"type", "tipo", "table", "mesa", "tisch", "mesero", "waiter"}
)
"""Words of headers of numbers, and of those that are of something else than a sale."""


class SaidAgain:
    """Looks for orders that are said again, where each row is counted.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self, log: LogColumns, binding: Binding, statuses: Mapping[str, str]
    ) -> None:
        self._log, self._meanings = log, statuses
        first = binding.positions.get("status")
        further = binding.others.get("status", ())
        self._states = () if first is None else (first, *further)
        self._differing = {*self._states, *log.holding(DAYS), log.day}
        self._seen = {column: array("q") for column in ("row", "state", "line")}

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.amount_of(row)
        is_sold = not is_negative(amount) and any(c in "123456789" for c in amount)
        if not (self._states and is_sold and self._log.id_of(row)):
            return
        state = tuple(normalised(as_text(row.cells[p])) for p in self._states)
        if any(self._meanings.get(word, "paid") not in COUNTED for word in state):
            return
        rest = (c for i, c in enumerate(row.cells) if i not in self._differing)
        self._seen["row"].append(hash(tuple(rest)))
        self._seen["state"].append(hash(state))
        self._seen["line"].append(row.line)

    def ask(self) -> None:
        """Raise FileError where an order is said again."""
        seen = {k: np.frombuffer(v, dtype=np.int64) for k, v in self._seen.items()}
        order = np.lexsort((seen["line"], seen["row"]))
        rows, states, lines = (seen[k][order] for k in ("row", "state", "line"))
        again = np.flatnonzero((rows[1:] == rows[:-1]) & (states[1:] != states[:-1]))
        if not len(again):
            return
        header = self._log.title(self._states[0])
        problem = (
            f"{len(again)} rows say their order again with another {header!r} (lines "
            f"{lines[again[0]]} and {lines[again[0] + 1]}), and would be added up"
        )
        remedy = (
            "Export one row for each order, with its last state; if they are equal "
            "lines of one order, amount_per=line says so"
        )
        raise FileError(self._log.name, problem, remedy=remedy)


class Versions:
    """Asks where an order is told as it was, and as it became."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._at = min(set(log.holding(_CHANGED)) - log.read, default=None)
        self._first: dict[int, tuple[str, str, int]] = {}
        self._again: tuple[int, int] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        order_id = self._log.id_of(row)
        if self._at is None or self._again or not order_id:
            return
        amount, changed = self._log.amount_of(row), as_text(row.cells[self._at])
        told = self._first.setdefault(hash(order_id), (amount, changed, row.line))
        if changed and amount != told[0] and changed != told[1]:
            self._again = told[2], row.line

    def ask(self) -> None:
        """Raise FileError where it is."""
        if self._again is None:
            return
        header = self._log.title(self._at)
        problem = (
            f"lines {self._again[0]} and {self._again[1]} tell an order with another "
            f"amount and another {header!r}: it may be the same one as it became, and "
            "would be added up"
        )
        remedy = (
            "Export one row for each order, as it is now; if they are lines of one "
            f"order, ignored_columns={header} says so"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=self._again[1])


class UnreadNumbers:
    """Asks where a number that nobody reads may be an order's, and its total repeated.

    Of an order whose number is read, its rows are looked at with those of others.
    """

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        is_open = "purchase_id" not in binding.positions and log.amount is not None
        others = set(log.holding(_OF_OTHERS)) | log.read
        found = log.holding(_NUMBERS) if is_open else []
        self._numbers = [at for at in found if at not in others]
        self._same = [
            at
            for at in (log.amount, log.day, binding.positions.get("customer_id"))
            if at is not None
        ]
        self._above: Row | None = None
        self._found: tuple[int, int, int] | None = None

    def add(self, row: Row) -> None:
        """Look at a row, and at the one above it."""
        above, self._above = self._above, row
        amount = self._log.amount_of(row)
        is_some = any(c in "123456789" for c in amount) and not is_negative(amount)
        if self._found or above is None or not (self._numbers and is_some):
            return
        if any(row.cells[at] != above.cells[at] for at in self._same):
            return
        for at in self._numbers:
            number = as_text(row.cells[at])
            is_number = any(map(str.isdigit, number))
            is_again = is_number and number == as_text(above.cells[at])
            if is_again and [*row.cells] != [*above.cells]:
                self._found = at, above.line, row.line
                return

    def ask(self) -> None:
        """Raise FileError where there is one."""
        if self._found is None:
            return
        at, first, line = self._found
        number, header = self._log.title(at), self._log.title(self._log.amount)
        problem = (
            f"lines {first} and {line} hold the same {number!r} and the same "
            f"{header!r}: it may be the total of an order, repeated, or the amount of "
            "each row"
        )
        remedy = (
            f"Say which with columns.purchase_id={number} and amount_per=order or "
            f"amount_per=line; ignored_columns={number} if it is no number of an order"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)
