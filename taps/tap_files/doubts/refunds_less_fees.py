"""Refunds that are told without the fee which came back as well."""

from __future__ import annotations

from collections.abc import Mapping

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import FEES, SHIPPING
from taps.tap_files.sums.keyed_amounts import size_written
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["RefundsLessFees"]

_OF_RETURNS = frozenset(
    {"restocking", "devolucion", "return", "returns", "reposicion", "cancelacion"}
    | {"cancellation", "penalty", "penalizacion", "rate", "tasa", "tipo", "id", "date"}
    | {"fecha", "descripcion", "description", "entrega", "booking", "reserva"}
    | {"lieferung", "consegna", "buchung", "reservation"}
    | SHIPPING
)
"""Words of headers of what a shop keeps of a refund, and of what is no fee."""
_SEPARATORS = ".,"
_HALF_A_CENT = 0.005


class RefundsLessFees:
    """Asks where a refund and the fee beside it come to what was paid.

    Who names the column of refunds (``answered``) takes off what it says.

    Marketplaces give their fee back, and tell what the seller lost: 17 of a sale of 20
    with a fee of 3. The buyer got 20, or 3 were kept: the numbers do not say.
    """

    def __init__(
        self, log: LogColumns, binding: Binding, answered: Mapping[str, str]
    ) -> None:
        self._log = log
        self._refunded = refunded = binding.positions.get("refunded_amount")
        is_open = refunded is not None and "refunded_amount" not in answered
        self._fees = [
            at
            for at in (log.holding(FEES) if is_open else ())
            if at not in {log.amount, refunded}
            and not words_in(log.header[at]) & _OF_RETURNS
        ]
        self._first: tuple[int, int, str] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._fees or self._first:
            return
        amount = self._log.amount_of(row)
        given = as_text(row.cells[self._refunded or 0])
        if is_negative(amount) or not any(c in "123456789" for c in given):
            return
        for separator in _SEPARATORS:
            kept = size_written(amount, separator) - size_written(given, separator)
            fees = [size_written(as_text(row.cells[f]), separator) for f in self._fees]
            told = {at: fee for at, fee in zip(self._fees, fees, strict=True) if fee}
            if kept < _HALF_A_CENT or not told:
                continue
            for at, fee in told.items():
                if min(abs(kept - fee), abs(kept - sum(fees))) < _HALF_A_CENT:
                    self._first = row.line, at, given
                    return

    def ask(self) -> None:
        """Raise FileError where they do."""
        if self._first is None:
            return
        line, fee, given = self._first
        header, title = self._log.title(self._refunded), self._log.title(fee)
        problem = (
            f"what {header!r} gives back (here {given}) and the fee in {title!r} come "
            "to what was paid: whether the buyer got all of it is not known"
        )
        remedy = (
            "Export what buyers got back, or a column that says which sales were given "
            f"back whole; columns.refunded_amount={header} takes off what it says"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)
