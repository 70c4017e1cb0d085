"""Reads the cells of one file's rows under its contract."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from taps.tap_files.amounts import AmountReader
from taps.tap_files.currencies import currency_codes
from taps.tap_files.inspection import Inspection
from taps.tap_files.mojibake import has_mojibake
from taps.tap_files.moments import Moment
from taps.tap_files.problems import RowRejected
from taps.tap_files.tables import Cell, as_text

__all__ = ["CellReader", "Loaded", "Outcome", "Rejected", "required"]

_LONGEST_TEXT = 500
"""What an index of Postgres holds of any letters, beside the company's name."""
_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "#n/a", "\\n", "<na>", "nat"})
_YES = frozenset({"true", "t", "yes", "y", "1", "si", "sí", "s", "verdadero"})
_NO = frozenset({"false", "f", "no", "n", "0", "falso"})


class Loaded(NamedTuple):
    """A row that becomes a record of the contract's stream."""

    record: dict[str, Any]
    amount: Decimal | None
    moment: Moment | None


class Rejected(NamedTuple):
    """A row that goes to quarantine; ``amount`` when it could still be read."""

    line: int
    reason: str
    amount: Decimal | None
    cells: Sequence[Cell]


Outcome = Loaded | Rejected


class CellReader:
    """Takes the columns of a contract out of a row.

    Every method returns None for an empty cell or a column the file does not have.
    """

    def __init__(self, inspection: Inspection, currency_code: str | None) -> None:
        self._positions = inspection.binding.positions
        self._amounts, self._moments = inspection.amounts, inspection.moments
        self._rates = inspection.rates
        self._may_be_garbled = not inspection.table.is_ascii
        self._named_currency = inspection.binding.currency_code
        self._default_currency = currency_code

    def text(self, cells: Sequence[Cell], column: str) -> str | None:
        """A cell as text."""
        position = self._positions.get(column)
        if position is None:
            return None
        text = as_text(cells[position])
        if text.lower() in _NOTHING:
            return None
        if "\0" in text:
            raise RowRejected(f"{column} holds a zero character")
        if len(text) > _LONGEST_TEXT:
            raise RowRejected(f"{column} is longer than {_LONGEST_TEXT} characters")
        return text

    def currency(self, cells: Sequence[Cell]) -> str | None:
        """The row's currency code, not yet checked.

        A header that names the currency wins over a column, and a column over the
        setting.
        """
        if self._named_currency:
            return self._named_currency
        written = self.text(cells, "currency_code")
        return written.upper() if written else self._default_currency

    def check_currency(self, code: str | None) -> None:
        """Raise RowRejected for what is not an ISO 4217 code."""
        if code is None and "currency_code" in self._positions:
            raise RowRejected("the currency is missing")
        if code is not None and code not in currency_codes():
            raise RowRejected("the currency is not an ISO 4217 code")

    def amount(
        self, cells: Sequence[Cell], column: str, currency: str | None
    ) -> Decimal | None:
        """A cell as an exact amount, which may be negative."""
        return self._number(cells, column, currency, self._amounts)

    def rate(self, cells: Sequence[Cell], column: str) -> Decimal | None:
        """A cell as a rate, with more decimals than an amount has."""
        return self._number(cells, column, None, self._rates)

    def _number(
        self,
        cells: Sequence[Cell],
        column: str,
        currency: str | None,
        read: AmountReader,
    ) -> Decimal | None:
        position = self._positions.get(column)
        if position is None:
            return None
        cell = cells[position]
        if isinstance(cell, str) and not cell.strip():
            return None
        try:
            return read(cell, currency)
        except RowRejected as rejected:
            raise RowRejected(f"{column}: {rejected.reason}") from None

    def moment(self, cells: Sequence[Cell], column: str) -> Moment | None:
        """A cell as a point in time."""
        text = self.text(cells, column)
        if text is None:
            return None
        try:
            return self._moments(text)
        except RowRejected as rejected:
            raise RowRejected(f"{column}: {rejected.reason}") from None

    def count(self, cells: Sequence[Cell], column: str) -> int | None:
        """A cell as a whole number of at least zero."""
        value = self.amount(cells, column, None)
        if value is None:
            return None
        if value < 0 or value != value.to_integral_value():
            raise RowRejected(f"{column} is not a whole number")
        return int(value)

    def yes_or_no(self, cells: Sequence[Cell], column: str) -> bool | None:
        """A cell as a truth value."""
        text = self.text(cells, column)
        if text is None:
            return None
        if text.lower() not in _YES | _NO:
            raise RowRejected(f"{column} is neither yes nor no")
        return text.lower() in _YES

    def check_text(self, cells: Sequence[Cell]) -> None:
        """Raise RowRejected for garbled text anywhere in the row."""
        if self._may_be_garbled and has_mojibake(cells):
            raise RowRejected("the text is garbled (mojibake: wrong encoding)")


def required(value: Any, column: str) -> Any:
    """The value itself; raise RowRejected when there is none."""
    if value is None:
        raise RowRejected(f"{column} is missing")
    return value
