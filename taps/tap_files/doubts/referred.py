"""Rows that name another row of the file: its parts, its bill, what came instead of it.

An order and its parts, a ticket and the bill made of it, an invoice and the one that
takes its place: two rows with money, and one sale.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import ELSEWHERE
from taps.tap_files.statuses import COUNTED, word_of
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["ReferredRows"]

_PARENT = frozenset({"parent", "padre", "pai", "parente", "principal", "eltern"})
_PRODUCTS = frozenset(
    {"sku", "product", "producto", "item", "articulo", "line", "linea", "produto"}
    | {"artikel", "produit", "prodotto", "referencia", "codigo", "code"}
)
_OF = frozenset({"de", "del", "of"})
_NUMBERS = frozenset(
    {"id", "number", "numero", "num", "ref", "reference", "referencia", "nummer"}
    | {"order", "pedido", "orden", "sale", "venta", "invoice", "factura", "ticket"}
    | {"origen", "origin", "original", "related", "relacionado", "rectifica"}
    | {"sustituye", "replaces", "documento", "document", "bestellung", "rechnung"}
    | {"commande", "facture", "origine", "ordine", "fattura"}
)
"""Words of headers of numbers, which a number without letters needs to be one."""
_EARLIER = frozenset(
    {"previous", "anterior", "last", "ultimo", "ultima", "first", "primer", "primera"}
    | {"primero", "prior", "next", "siguiente", "duplicate", "duplicado"}
)
"""Words of headers of another sale of the same customer."""
_LETTERED = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w#./-]{2,40}")
_PLAIN = re.compile(r"#?\d{4,}")
_MOST = 10_000
"""Cells of a column that are kept: one that names other rows does so early on."""


class ReferredRows:
    """Asks where a column names another row of the file, and both hold money.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self, log: LogColumns, binding: Binding, statuses: Mapping[str, str]
    ) -> None:
        self._log, self._meanings = log, statuses
        is_told = "purchase_id" in binding.positions
        words = {at: words_in(title) for at, title in enumerate(log.header)}
        open_columns = [
            at
            for at in (words if is_told else ())
            if at not in log.read and log.keys[at] and not words[at] & _EARLIER
        ]
        self._parents = {
            at for at in open_columns if words[at] & _PARENT - ELSEWHERE
        } - {at for at in open_columns if words[at] & ELSEWHERE}
        self._numbered = {at for at in open_columns if words[at] & _NUMBERS}
        # A kit is a row of its order, and so are its parts: SKU beside SKU padre.
        self._wholes = {
            at: whole
            for at in (words if is_told else ())
            if words[at] & _PARENT and words[at] & _PRODUCTS and log.keys[at]
            for whole in words
            if whole != at and words[whole] == words[at] - _PARENT - _OF
        }
        self._parts = {at: set[tuple[str, str]]() for at in self._wholes}
        self._sold = {at: set[tuple[str, str]]() for at in self._wholes}
        self._columns = open_columns
        self._filled = {*open_columns}
        self._ids = array("q")
        self._named: dict[int, dict[int, int]] = {at: {} for at in open_columns}

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._columns or not self._is_sale(row):
            return
        order_id = self._log.id_of(row)
        self._ids.append(hash(order_id))
        self._filled = {at for at in self._filled if as_text(row.cells[at])}
        for at, whole in self._wholes.items():
            self._parts[at].add((order_id, as_text(row.cells[at])))
            self._sold[at].add((order_id, as_text(row.cells[whole])))
        for at in self._columns:
            text = as_text(row.cells[at])
            named = self._named[at]
            is_other = text and text != order_id and len(named) < _MOST
            if is_other and self._is_number(at, text):
                named.setdefault(hash(text), row.line)

    def _is_sale(self, row: Row) -> bool:
        worth = self._log.worth_of(row)
        if is_negative(worth) or not any(c in "123456789" for c in worth):
            return False
        words = (word_of(as_text(row.cells[at])) for at in self._log.states)
        return all(self._meanings.get(word, "paid") in COUNTED for word in words)

    def _is_number(self, at: int, text: str) -> bool:
        if at in self._parents:
            return True
        is_plain = at in self._numbered and _PLAIN.fullmatch(text)
        return bool(is_plain or _LETTERED.fullmatch(text))

    def ask(self) -> None:
        """Raise FileError where both are there."""
        for at in self._wholes:
            if any(name for _, name in self._parts[at] & self._sold[at]):
                raise self._asked(at, None)
        ids = np.array(self._ids)
        for at, named in self._named.items():
            # What each row has is another number of its own, and names no other row.
            if at in self._filled - self._parents:
                continue
            keys = np.fromiter(named, dtype=np.int64, count=len(named))
            found = keys[np.isin(keys, ids)]
            if len(found):
                raise self._asked(at, min(named[int(key)] for key in found))

    def _asked(self, at: int, line: int | None) -> FileError:
        header = self._log.title(at)
        problem = (
            f"the column {header!r} names what is a row of the file as well: the whole "
            "and its parts, or a sale and what took its place, would be added up"
        )
        remedy = (
            "Export the orders without their parts, or the parts alone, and of a sale "
            "told twice the last; if each is a sale of its own, "
            f"ignored_columns={header} says so"
        )
        return FileError(self._log.name, problem, remedy=remedy, line=line)
