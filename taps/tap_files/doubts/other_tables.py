"""What a file holds beside what is read of it: another table, another unit."""

from __future__ import annotations

import re

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["SeatPrices", "SecondTable"]

_COUNTED = re.compile(r"\d+$")
_OF_SEATS = frozenset({"priceperseat", "precioporusuario"})
_MONTH = "month"


class SecondTable:
    """Refuses a file whose columns of day and money are there again: Fecha 2."""

    def __init__(self, name: str, binding: Binding) -> None:
        self._name, self._header = name, binding.header
        contract = binding.contract
        names = (contract.date_column, contract.amount_column)
        own = [binding.positions.get(each or "") for each in names]
        plain = [_COUNTED.sub("", normalised(cell)) for cell in binding.header]
        again = [
            at
            for at, key in enumerate(plain)
            if any(p not in {None, at} and key == plain[p or 0] for p in own)
            and at not in binding.used
        ]
        is_whole = len({plain[at] for at in again}) >= len(names)
        self._again = [] if None in own or not is_whole else again
        self._is_filled = False

    def add(self, row: Row) -> None:
        """Look at a row: where nobody wrote into them, they are no table."""
        if self._again and not self._is_filled:
            self._is_filled = any(as_text(row.cells[at]) for at in self._again)

    def ask(self) -> None:
        """Raise FileError where there is one."""
        if not self._is_filled:
            return
        header = self._header[self._again[0]].strip()
        problem = f"a second table stands beside the first one (its column {header!r})"
        remedy = "Put its rows below the others, or into a file of their own"
        raise FileError(self._name, problem, remedy=remedy, line=1)


class SeatPrices:
    """Asks what a price per seat is paid for, where it is not billed by the month.

    Lists of prices tell them by the month, also of what is billed by the year.
    """

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._header = name, binding.header
        price = binding.positions.get("unit_amount")
        told = "" if price is None else normalised(binding.header[price])
        is_of_seats = told in _OF_SEATS and "unit_amount" not in settings.columns
        self._price = price if is_of_seats else None
        self._interval = binding.positions.get("billing_interval", -1)
        self._every = binding.positions.get("interval_count", -1)
        columns = {column.name: column for column in binding.contract.columns}
        self._spelled = columns["billing_interval"].spelled if is_of_seats else {}
        self._always = binding.constants.get("billing_interval", "")
        self._first: tuple[int, str] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._price is None or self._first:
            return
        at, every = self._interval, self._every
        text = self._always if at < 0 else as_text(row.cells[at])
        word = text.strip().lower().replace(" ", "_")
        count = "1" if every < 0 else as_text(row.cells[every]) or "1"
        if self._spelled.get(word, word) != _MONTH or count != "1":
            self._first = row.line, text

    def ask(self) -> None:
        """Raise FileError where one is billed otherwise."""
        if self._first is None:
            return
        line, text = self._first
        header = self._header[self._price or 0].strip()
        problem = (
            f"the column {header!r} may tell the price of a month, and this is billed "
            f"otherwise ({text!r})"
        )
        remedy = (
            f"columns.unit_amount={header} says that it is the price of the time "
            "between two bills; if it is that of a month, say so in the file: the "
            "price of the whole time"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)
