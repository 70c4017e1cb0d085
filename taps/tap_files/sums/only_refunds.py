"""A file whose rows all are what was given back, written as if they were sales."""

from __future__ import annotations

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import ELSEWHERE, GIVEN_BACK, WHEN
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["SALES", "OnlyRefunds"]

_IDS = frozenset(
    {"id", "number", "numero", "no", "nr", "ref", "reference", "referencia"}
)
SALES = frozenset(
    {
        *("sales", "sale", "orders", "order", "purchases", "payments", "transactions"),
        *("ventas", "venta", "pedidos", "compras", "pagos", "transacciones", "vendas"),
        *("ventes", "commandes", "vendite", "ordini", "verkaufe", "bestellungen"),
    }
)
"""A file that is called after both has months in which nothing came back."""


class OnlyRefunds:
    """Asks where a column of refunds (their reason or number) is never empty.

    So it does of a file that is called after refunds alone.
    """

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        words = {at: words_in(title) for at, title in enumerate(log.header)}
        self._columns = {
            at
            for at in log.holding(GIVEN_BACK)
            if at not in log.read
            and words[at] & (_IDS | ELSEWHERE)
            and not words[at] & WHEN  # asked about in any row
        }
        called = words_in(log.name)
        self._is_called_so = bool(called & GIVEN_BACK) and not called & SALES
        self._is_open = not (log.tells_refunds or binding.has("status"))
        self._count = self._first = 0

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_open:
            return
        if is_negative(self._log.amount_of(row)):
            self._is_open = False
        self._columns = {at for at in self._columns if as_text(row.cells[at])}
        self._first = self._first or row.line
        self._count += 1

    def ask(self) -> None:
        """Raise FileError where each row is of something that came back."""
        if not (self._is_open and self._count):
            return
        if self._columns:
            header = self._log.title(min(self._columns))
            said = f"the column {header!r} is filled in each of them"
            kept = f"ignored_columns={header}"
        elif self._is_called_so:
            said, kept = "the file is called so", "another name of the file"
        else:
            return
        problem = (
            f"the {self._count} rows may all be what was given back ({said}), and "
            "would be added up as sales"
        )
        remedy = (
            "Write what was given back with a minus, or say it of each row with "
            "constants.status=returned and statuses.returned=returned; "
            f"{kept} says that they are sales"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=self._first)
