"""Amounts that are the price of one unit, also where several were sold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["ONE", "UNITS", "UnitAmounts"]

UNITS = frozenset(
    {
        "unidades", "units", "cantidad", "quantity", "qty", "quantidade", "items",
        "uds", "unds", "unid", "cant", "qtd", "qtde", "pcs", "piezas", "menge",
        "anzahl", "stuck", "stueck", "quantite", "qte", "quantita", "aantal", "noches",
        "nights", "noites", "nachte", "nuits", "notti", "personas", "pax", "persons",
        "kilos", "kg", "horas", "hours", "meses", "months", "litros", "metros",
        "plazas", "entradas", "asistentes", "guests", "huespedes", "boletos",
    }
)  # fmt: skip
ONE = re.compile(r"1(?:[.,]0+)?")
_PRICES = frozenset({"price", "precio", "preco", "preis", "prix", "prezzo", "prijs"})


class UnitAmounts:
    """Amounts that are the price of one unit in every row of several units."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        quantity, price = log.named("quantity"), log.named("unit_price")
        self._quantity = _first_of(log, UNITS) if quantity is None else quantity
        self._price = _first_of(log, _PRICES) if price is None else price
        self._lines: Sequence[int] = ()
        self._is_looked_for = (
            log.amount not in {None, self._price}
            and self._quantity is not None
            and self._price is not None
        )

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_looked_for:
            return
        amount = self._log.amount_of(row)
        quantity = as_text(row.cells[self._quantity or 0])
        is_sale = any(c in "123456789" for c in amount) and quantity.strip("0.,")
        if not is_sale or ONE.fullmatch(quantity):
            return
        if as_text(row.cells[self._price or 0]) != amount:
            self._is_looked_for, self._lines = False, ()
        else:
            self._lines = self._lines or (row.line,)

    def ask(self) -> None:
        """Raise FileError where no row says otherwise."""
        if not self._lines:
            return
        quantity = self._log.title(self._quantity)
        problem = (
            f"the column {self._log.title(self._log.amount)!r} holds the price of one "
            f"unit also where {quantity!r} says that several were sold"
        )
        remedy = (
            "columns.amount= (empty) multiplies price and quantity, or "
            f"ignored_columns={quantity} adds the amounts up as they are"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=self._lines[0])


def _first_of(log: LogColumns, words: frozenset[str]) -> int | None:
    """Position of the first column, which nobody reads, of units or of prices."""
    found = (at for at in log.holding(words) if at not in log.read)
    kinds = {at: words_in(log.header[at]) for at in found}
    # A price of a night is no number of nights.
    others = _PRICES if words is UNITS else frozenset[str]()
    return next((at for at, kind in kinds.items() if not kind & others), None)
