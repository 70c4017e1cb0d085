"""Titles among the rows of a log below which other things than sales begin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["OtherSections", "is_other_section"]

_WORD = re.compile(r"[^\W\d_]+")
_OTHER = frozenset(
    {
        "refund", "refunds", "refunded", "return", "returns", "devolucion",
        "devoluciones", "reembolso", "reembolsos", "devolucoes", "estornos", "abonos",
        "abono", "chargebacks", "contracargos", "cancelled", "canceled", "cancelados",
        "canceladas", "anulados", "anuladas", "anulaciones", "cancelaciones", "voids",
        "voided", "rechazados", "failed", "fallidos", "pending", "pendientes",
        "unpaid", "impagados", "quotes", "presupuestos", "drafts", "borradores",
        "expenses", "gastos", "fees", "comisiones", "payouts", "liquidaciones",
        "erstattungen", "retouren", "stornos", "gutschriften", "offene", "angebote",
    }
)  # fmt: skip
_MOST_WORDS = 5


def is_other_section(cells: Sequence[Cell]) -> bool:
    """Whether a row is nothing but a title such as ``Devoluciones de enero``."""
    texts = [text for text in map(as_text, cells) if text]
    if len(texts) != 1 or any(map(str.isdigit, texts[0][:1])):
        return False
    words = [normalised(word) for word in _WORD.findall(texts[0])]
    return len(words) <= _MOST_WORDS and not _OTHER.isdisjoint(words)


class OtherSections:
    """Looks for such a title, and for rows below it."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._title: tuple[int, str] | None = None
        self._is_followed = False

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.amount
        if self._title is not None:
            self._is_followed = True
        elif (amount is None or row.cells[amount] == "") and is_other_section(
            row.cells
        ):
            self._title = row.line, next(filter(None, map(as_text, row.cells)))

    def ask(self) -> None:
        """Raise FileError where rows below a title would be added up as sales."""
        if self._title is None or not self._is_followed:
            return
        line, title = self._title
        problem = (
            f"below the title {title!r} rows begin that are no sales as the others"
        )
        remedy = (
            "Put them in a file of their own, with a minus before what was given back, "
            "or take them out"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)
