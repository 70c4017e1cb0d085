"""Reads the cells of one file's rows under its contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from taps.tap_files.inspection import Inspection
from taps.tap_files.problems import RowRejected
from taps.tap_files.statuses import least_of, says_nothing, says_yes, word_of
from taps.tap_files.tables import Cell, Shown, as_text
from taps.tap_files.values.amounts import AmountReader
from taps.tap_files.values.currencies import (
    code_of,
    currencies_of_sign,
    currency_codes,
    currency_written_in,
    is_word_of,
    sign_of,
)
from taps.tap_files.values.mojibake import has_mojibake
from taps.tap_files.values.moments import Moment
from taps.tap_files.wording import normalised, sign_at_end

__all__ = ["CellReader", "LeftOut", "Loaded", "Outcome", "Rejected", "required"]

_LONGEST_TEXT = 500
"""What an index of Postgres holds of any letters, beside the company's name."""
_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "#n/a", "\\n", "<na>", "nat"})
_DOLLARS = currencies_of_sign("$")
_NO_AMOUNT = frozenset({"", "-", "--", "\u2014", "\u2013"})
_YES = frozenset({"true", "t", "yes", "y", "1", "si", "sí", "s", "verdadero"})
_NO = frozenset({"false", "f", "no", "n", "0", "falso"})


class Loaded(NamedTuple):
    """A row that becomes a record of the contract's stream."""

    record: dict[str, Any]
    amount: Decimal | None
    moment: Moment | None


class LeftOut(NamedTuple):
    """A row that is rightly no record: no sale, or one that says its order again."""

    reason: str


class Rejected(NamedTuple):
    """A row that goes to quarantine; ``amount`` when it could still be read."""

    line: int
    reason: str
    amount: Decimal | None
    cells: Sequence[Cell]


Outcome = Loaded | Rejected | LeftOut


class CellReader:
    """Takes the columns of a contract out of a row.

    Every method returns None for an empty cell or a column the file does not have.
    """

    def __init__(self, inspection: Inspection, currency_code: str | None) -> None:
        self.binding = inspection.binding
        self._positions = inspection.binding.positions
        self._amounts, self._moments = inspection.amounts, inspection.moments
        self._rates = inspection.rates
        self._statuses = inspection.statuses
        self._may_be_garbled = not inspection.table.is_ascii
        self._named_currency = inspection.binding.currency_code
        amount = self._positions.get(inspection.binding.contract.amount_column or "")
        header = "" if amount is None else inspection.binding.header[amount]
        self._header_sign = sign_at_end(header)
        self.default_currency = (
            inspection.shown_currency
            or currency_written_in(self._header_sign)
            or currency_code
        )
        columns = inspection.binding.contract.columns
        self._unneeded = {column.name for column in columns if not column.needed}
        self._checked = [
            position
            for column in columns
            if column.needed and column.type == "string"
            for position in self._all_positions(column.name)
        ]
        self.dropped, self.noted = Counter[str](), Counter[str]()
        """Values left out for a flaw of no weight, by column; what rows leave open."""

    def text(self, cells: Sequence[Cell], column: str) -> str | None:
        """A cell as text; of columns that mean the same, the first not empty."""
        constant = self.binding.constants.get(column)
        if constant is not None:
            return constant or None
        for position in self._all_positions(column):
            text = self.text_at(cells, position, column)
            if text is not None:
                return text
        return None

    def text_at(self, cells: Sequence[Cell], position: int, column: str) -> str | None:
        """The cell of a position as text; ``column`` is what errors call it."""
        text = as_text(cells[position])
        if text.lower() in _NOTHING:
            return None
        flaw = ""
        if "\0" in text:
            flaw = f"{column} holds a zero character"
        elif len(text) > _LONGEST_TEXT:
            flaw = f"{column} is longer than {_LONGEST_TEXT} characters"
        elif column in self._unneeded and self._is_garbled([text]):
            flaw = "garbled"
        if flaw and column in self._unneeded:
            self.dropped[column] += 1
            return None
        if flaw:
            raise RowRejected(flaw)
        return text

    def status(self, cells: Sequence[Cell]) -> str | None:
        """What the row's states mean for money, the one that says least; or None."""
        states = [as_text(cells[at]) for at in self._all_positions("status")]
        states.append(self.binding.constants.get("status", ""))
        words = map(word_of, states)
        said = [self._statuses[word] for word in words if not says_nothing(word)]
        for position, means in self.binding.flags.items():
            if says_yes(as_text(cells[position])):
                said.append(means)
        return least_of(said)

    def left_out_by(self, cells: Sequence[Cell]) -> str | None:
        """The value that makes a row none of the records; None when it is one."""
        for position, values in self.binding.left_out_when:
            text = as_text(cells[position])
            if normalised(text) in values:
                return text
        return None

    def _all_positions(self, column: str) -> tuple[int, ...]:
        first = self._positions.get(column)
        if first is None:
            return ()
        return (first, *self.binding.others.get(column, ()))

    def _is_garbled(self, cells: Sequence[Cell]) -> bool:
        return self._may_be_garbled and has_mojibake(cells)

    def currency(self, cells: Sequence[Cell]) -> str | None:
        """The row's code: of the header, or the column, or the setting; unchecked."""
        if self._named_currency:
            return self._named_currency
        written = self.text(cells, "currency_code")
        own = self.default_currency
        return own if not written or is_word_of(written, own) else code_of(written)

    def check_currency(self, code: str | None) -> None:
        """Raise RowRejected for what is not an ISO 4217 code."""
        if code is None and "currency_code" in self._positions:
            raise RowRejected("the currency is missing")
        if code is not None and code not in currency_codes():
            raise RowRejected("the currency is not an ISO 4217 code")

    def amount(
        self, cells: Sequence[Cell], column: str, currency: str | None
    ) -> Decimal | None:
        """A cell as an exact amount, which may be negative; with what belongs to it."""
        read, binding = self._amounts, self.binding
        amount = self._number(cells, column, currency, read)
        is_whole = column == binding.contract.amount_column
        if amount is None and is_whole:
            return None
        for at in binding.also if is_whole else binding.others.get(column, ()):
            further = self._read(cells[at], column, currency, read)
            amount = further if amount is None else amount + (further or 0)
        for at in binding.less if is_whole else ():
            off = abs(self._read(cells[at], column, currency, read) or Decimal(0))
            amount = (amount or Decimal(0)) - off
        return amount

    def told_at(
        self, cells: Sequence[Cell], positions: Iterable[int], currency: str | None
    ) -> Iterator[Decimal]:
        """Amounts other than 0 beside those of the contract."""
        read = self._amounts
        told = (
            self._read(cells[at], "refunded_amount", currency, read) for at in positions
        )
        return (value for value in told if value)

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
        if (at := self._positions.get(column)) is None:
            return None
        return self._read(cells[at], column, currency, read)

    def _read(
        self, cell: Cell, column: str, currency: str | None, read: AmountReader
    ) -> Decimal | None:
        if isinstance(cell, str) and cell.strip().lower() in _NO_AMOUNT:
            return None
        try:
            self._refuse_dollars(cell, currency)
            return read(cell, currency)
        except RowRejected as rejected:
            if column in self._unneeded:
                self.dropped[column] += 1
                return None
            raise RowRejected(f"{column}: {rejected.reason}") from None

    def _refuse_dollars(self, cell: Cell, currency: str | None) -> None:
        """Refuse a bare $ where only the company says that the money is another."""
        if currency is None or currency in _DOLLARS:
            return
        is_told = self._named_currency or self.binding.has("currency_code")
        is_shown = sign_of(cell.sign if isinstance(cell, Shown) else str(cell)) == "$"
        if not is_told and (is_shown or self._header_sign == "$"):
            raise RowRejected(
                f"the amount is written with $, which is no sign of {currency}"
            )

    def moment(self, cells: Sequence[Cell], column: str) -> Moment | None:
        """A cell as a point in time."""
        text = self.text(cells, column)
        if text is None:
            return None
        time = self.binding.time_position
        if time is not None and column == self.binding.contract.date_column:
            text = f"{text} {as_text(cells[time])}".strip()
        try:
            return self._moments(text)
        except RowRejected as rejected:
            if column in self._unneeded:
                self.dropped[column] += 1
                return None
            raise RowRejected(f"{column}: {rejected.reason}") from None

    def date(self, text: str, column: str) -> Moment:
        """A text as a point in time."""
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
            if column in self._unneeded:
                self.dropped[column] += 1
                return None
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

    def unless(
        self, value: Decimal | None, column: str, is_flawed: Callable[[Decimal], bool]
    ) -> Decimal | None:
        """The value of a column that its row does not need, unless it is flawed."""
        if value is None or not is_flawed(value):
            return value
        self.dropped[column] += 1
        return None

    def check_text(self, cells: Sequence[Cell]) -> None:
        """Raise RowRejected for garbled text in a column that the row needs."""
        if self._is_garbled([cells[position] for position in self._checked]):
            raise RowRejected("the text is garbled (mojibake: wrong encoding)")


def required(value: Any, column: str) -> Any:
    """The value itself; raise RowRejected when there is none."""
    if value is None:
        raise RowRejected(f"{column} is missing")
    return value
