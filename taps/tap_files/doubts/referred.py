"""Rows that name another row of the file: its parts, its bill, what came instead of it.

An order and its parts, a ticket and the bill made of it, an invoice and the one that
takes its place: two rows with money, and one sale.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping

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
    | {"documento", "document", "bestellung", "rechnung"}
    | {"commande", "facture", "ordine", "fattura"}
)
"""Words of headers of numbers, which a number without letters needs to be one."""
_REFERS = frozenset(
    {"origen", "origin", "original", "origine", "origem", "ursprung", "related"}
    | {"relacionado", "relacionada", "rectifica", "rectificada", "rectificado"}
    | {"corrige", "corrects", "corrected", "korrigiert", "sustituye", "substitui"}
    | {"sustituida", "sustituido", "replaces", "replaced", "remplace", "sostituisce"}
    | {"ersetzt", "anula", "annule", "annulla", "cancels", "storniert"}
)
"""Words of headers of what a row was made of, or takes the place of."""
_OF_ORDERS = frozenset(
    {"order", "pedido", "orden", "sale", "venta", "bestellung", "commande", "ordine"}
)
_REFERENCE = frozenset({"ref", "reference", "referencia", "referenz", "riferimento"})
_ELSEWHERE = ELSEWHERE | {
    *("talla", "size", "taille", "taglia", "ubicacion", "location", "mesa", "table"),
    *("asiento", "seat", "aula", "room", "habitacion", "pago", "payment", "pagamento"),
}
"""Words of headers of codes of another kind: sizes, places, customers, payments."""
_FEWEST = 2
"""Rows that have to be named where no header says so: one number is chance."""
_EARLIER = frozenset(
    {"previous", "anterior", "last", "ultimo", "ultima", "first", "primer", "primera"}
    | {"primero", "prior", "next", "siguiente", "duplicate", "duplicado"}
)
"""Words of headers of another sale of the same customer."""
_LETTERED = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w#./-]{2,40}")
_PLAIN = re.compile(r"#?\d{4,}")
_MOST = 10_000
"""Cells of a column that are kept: one that names other rows does so early on."""
_MOST_WORDS = 1_000
"""Cells without a number after which a column has none."""


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
        words = _open_columns(log) if is_told else {}
        own = {at for at, kind in words.items() if not kind & ELSEWHERE}
        self._parents = {at for at in own if words[at] & _PARENT}
        self._told = {at for at in own if _refers(words[at])}
        numbered = {at for at, kind in words.items() if kind & _NUMBERS}
        self._numbered = numbered | self._told
        self._columns = [*words]
        self._filled = {*words}
        self._words = dict.fromkeys(words, 0)
        self._ids = array("q")
        self._named: dict[int, dict[int, int]] = {at: {} for at in words}
        self._numberings = _Numberings(words.keys() - self._told)

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._columns or not _is_sale(self._log, self._meanings, row):
            return
        order_id = self._log.id_of(row)
        self._ids.append(hash(order_id))
        for at in [*self._columns]:
            text = as_text(row.cells[at])
            if not text:
                self._filled.discard(at)
            elif at in self._parents or _is_number(text, is_told=at in self._numbered):
                named = self._named[at]
                self._numberings.add(at, text, order_id)
                if text != order_id and len(named) < _MOST:
                    named.setdefault(hash(text), row.line)
            elif not self._named[at]:
                self._words[at] += 1
                if self._words[at] > _MOST_WORDS:
                    self._columns.remove(at)

    def ask(self) -> None:
        """Raise FileError where both are there."""
        ids = np.array(self._ids)
        for at, named in self._named.items():
            # What each row has is another number of its own, and names no other row.
            if at in self._filled - self._parents or at in self._numberings:
                continue
            keys = np.fromiter(named, dtype=np.int64, count=len(named))
            found = keys[np.isin(keys, ids)]
            if len(found) >= (1 if at in self._told else _FEWEST):
                raise _asked(self._log, at, min(named[int(key)] for key in found))


class _Numberings:
    """Columns with numbers of their own, which those of orders may equal by chance."""

    def __init__(self, columns: Iterable[int]) -> None:
        #: Position -> last number, of columns whose numbers rise from row to row.
        self._rising = dict.fromkeys(columns, -1)
        self._open = frozenset(self._rising)
        self._own: set[int] = set()

    def add(self, at: int, text: str, order_id: str) -> None:
        """Look at a number: that of its own order is no other row's."""
        if at in self._open and text == order_id:
            self._own.add(at)
        if (last := self._rising.pop(at, None)) is not None:
            number = int("".join(filter(str.isdecimal, text)) or 0)
            if number > last:
                self._rising[at] = number

    def __contains__(self, at: int) -> bool:
        """Whether a column is one."""
        return at in self._own or at in self._rising


def _is_sale(log: LogColumns, meanings: Mapping[str, str], row: Row) -> bool:
    worth = log.worth_of(row)
    if is_negative(worth) or not any(c in "123456789" for c in worth):
        return False
    words = (word_of(as_text(row.cells[at])) for at in log.states)
    return all(meanings.get(word, "paid") in COUNTED for word in words)


def _open_columns(log: LogColumns) -> dict[int, frozenset[str]]:
    """Position of a column that may name another row -> the words of its header."""
    words = {at: words_in(title) for at, title in enumerate(log.header)}
    return {
        at: kind
        for at, kind in words.items()
        if at not in log.read and log.keys[at] and not kind & _EARLIER
        if not kind & _ELSEWHERE or (not kind & ELSEWHERE and _refers(kind))
    }


def _refers(kind: frozenset[str]) -> bool:
    """Whether a header of these words says that it names another row."""
    return bool(kind & (_PARENT | _REFERS) or (kind & _REFERENCE and kind & _OF_ORDERS))


def _is_number(text: str, *, is_told: bool) -> bool:
    """Whether a text is an id; of digits alone, where the header tells a number."""
    return bool(_LETTERED.fullmatch(text) or (is_told and _PLAIN.fullmatch(text)))


class Kits:
    """Asks where a row names another one of its order as its whole: SKU padre."""

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        is_told = "purchase_id" in binding.positions
        words = [words_in(title) for title in (log.header if is_told else ())]
        self._wholes = {
            at: whole
            for at, kind in enumerate(words)
            if kind & _PARENT and kind & _PRODUCTS and log.keys[at]
            for whole, other in enumerate(words)
            if whole != at and other == kind - _PARENT - _OF
        }
        self._parts = {at: dict[tuple[str, str], int]() for at in self._wholes}
        self._sold = {at: set[tuple[str, str]]() for at in self._wholes}

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not any(c in "123456789" for c in self._log.worth_of(row)):
            return
        order_id = self._log.id_of(row)
        for at, whole in self._wholes.items():
            if named := as_text(row.cells[at]):
                self._parts[at].setdefault((order_id, named), row.line)
            self._sold[at].add((order_id, as_text(row.cells[whole])))

    def ask(self) -> None:
        """Raise FileError where both are there."""
        for at, parts in self._parts.items():
            if lines := [
                line for part, line in parts.items() if part in self._sold[at]
            ]:
                raise _asked(self._log, at, min(lines))


def _asked(log: LogColumns, at: int, line: int) -> FileError:
    header = log.title(at)
    problem = (
        f"the column {header!r} names what is a row of the file as well: the whole and "
        "its parts, or a sale and what took its place, would be added up"
    )
    remedy = (
        "Export the orders without their parts, or the parts alone, and of a sale told "
        "twice the last; if each is a sale of its own, "
        f"ignored_columns={header} says so"
    )
    return FileError(log.name, problem, remedy=remedy, line=line)
