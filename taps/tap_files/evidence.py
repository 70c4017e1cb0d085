"""What the rows of a file show about how its numbers and dates are written."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.tables import Cell, Row, Shown, as_text
from taps.tap_files.values.amounts import (
    has_more_than_cents,
    is_open_amount,
    separator_shown_by,
)
from taps.tap_files.values.currencies import (
    currency_codes,
    currency_written_in,
    is_small,
    is_word_of,
)
from taps.tap_files.values.moments import (
    DAY_FIRST,
    MONTH_FIRST,
    is_open_date,
    order_named,
    order_shown_by,
)

__all__ = ["Evidence"]

_SHORT = re.compile(r"\d\d([-/.])\d\d\1\d\d(?!\d)")
_FEWEST_SWAPPED = 2
_NEARLY_ALL = 0.9
"""Share of the votes that makes the rest typing errors instead of another format."""


class Evidence:
    """Collects, in the first pass, votes on the decimal separator and date order."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._settings = name, settings
        self._header = binding.header
        self._amounts = binding.positions_of("number")
        self._dates = _date_positions(binding)
        self._separators, self._orders = _Votes(), _Votes()
        money = binding.contract.amount_column
        self._money = binding.positions.get(money) if money else None
        self._currencies: set[str | None] = set()
        self._needed = {
            binding.positions[column.name]
            for column in binding.contract.columns
            if column.needed and column.name in binding.positions
        }
        self._named_currency = binding.currency_code
        self._currency = binding.positions.get("currency_code")
        self._open: tuple[int, str] | None = None
        self._quantity = binding.positions.get("quantity")
        self._is_fine = False
        self._years_first = 0
        self._ends: tuple[set[str], set[str]] = set(), set()

    def add(self, row: Row) -> None:
        """Take the votes of a row."""
        for position in self._amounts:
            cell = row.cells[position]
            if not self._is_fine and position != self._quantity:
                self._is_fine = has_more_than_cents(cell)
            if isinstance(cell, str) and (vote := _separator_vote(cell)):
                self._separators.add(vote, row.line)
                if vote == "open" and position in self._needed:
                    self._note_open(row, cell)
        if self._money is not None and _is_something(cell := row.cells[self._money]):
            shown = cell.sign if isinstance(cell, Shown) else str(cell)
            self._currencies.add(currency_written_in(shown))
        for position in self._dates:
            cell = row.cells[position]
            if isinstance(cell, str) and (vote := _order_vote(cell)):
                self._orders.add(vote, row.line)
                self._note_ends(cell.strip())
                if vote == DAY_FIRST and cell.strip()[:2] <= "12":
                    self._orders.add("late", row.line)  # 05.01.2026 is proven, too
            elif isinstance(cell, str) and _is_iso_day(cell):
                self._years_first += 1
                late = cell[8:10] > "12"
                self._orders.add("late" if late else "early", row.line)

    def separator(self, hint: str) -> tuple[str, bool]:
        """The decimal separator, and whether the file or a setting proves it.

        Raises
        ------
        FileError
            Some amounts prove a point and others a comma, or none proves either and
            one that a row needs could be read as a thousand times another.
        """
        if self._settings.decimal_separator != AUTO:
            return self._settings.decimal_separator, True
        if self._separators.disagree(".", ","):
            raise self._disagreement(
                self._separators,
                "amounts",
                (".", ","),
                "Correct them, or set decimal_separator and the others are rejected",
            )
        winner = self._separators.winner(".", ",")
        if winner is None and self._open:
            raise self._unproven(*self._open)
        return winner or hint, winner is not None

    def date_order(self) -> str:
        """DAY_FIRST or MONTH_FIRST.

        Raises
        ------
        FileError
            The dates prove both orders, or leave it open.
        """
        if self._settings.date_format != AUTO:
            return self._settings.date_format
        if self._looks_swapped():
            problem = (
                "the dates that are typed all have a day up to 12, and those left as "
                "text, such as those of this line, all one beyond: a program took the "
                "day for the month where it could"
            )
            remedy = (
                "Export the file again and do not open it in between, or confirm the "
                "dates with the setting date_format"
            )
            line = self._orders.first_lines.get(DAY_FIRST)
            raise FileError(self._name, problem, remedy=remedy, line=line)
        if self._orders.disagree(DAY_FIRST, MONTH_FIRST):
            raise self._disagreement(
                self._orders,
                "dates",
                (DAY_FIRST, MONTH_FIRST),
                "Correct them, or set date_format and the others are rejected",
            )
        winner = self._orders.winner(DAY_FIRST, MONTH_FIRST)
        firsts, lasts = map(len, self._ends)
        if winner == DAY_FIRST and firsts < lasts and not self._years_first:
            raise self._years_at_an_end()
        named = self._order_named()
        if winner and named and winner != named:
            problem = f"the header says {named}, and this date {winner}"
            remedy = "Correct one of them, or say which with the setting date_format"
            line = self._orders.first_lines[winner]
            raise FileError(self._name, problem, remedy=remedy, line=line)
        winner = winner or named
        if winner is None and (line := self._orders.first_lines.get("open")):
            problem = "the dates may be DD/MM/YYYY or MM/DD/YYYY"
            remedy = "Say which with the setting date_format"
            raise FileError(self._name, problem, remedy=remedy, line=line)
        return winner or DAY_FIRST

    def _order_named(self) -> str | None:
        """The order that a header names, as ``Fecha (dd/mm/aaaa)``; or None."""
        named = {order_named(self._header[at]) for at in self._dates} - {None}
        return named.pop() if len(named) == 1 else None

    def writes_years_first(self) -> bool:
        """Whether most dates begin with their year: 26-09-02 is none of 2002."""
        counts, orders = self._orders.counts, (DAY_FIRST, MONTH_FIRST, "open")
        others = sum(counts[order] for order in orders)
        return self._years_first > others

    def _looks_swapped(self) -> bool:
        """Whether only days that are no months were left as they were written."""
        counts = self._orders.counts
        proven = counts[DAY_FIRST] >= _FEWEST_SWAPPED <= counts["early"]
        return proven and not (counts["late"] or counts["open"] or counts[MONTH_FIRST])

    def is_in_cents(self) -> bool:
        """Whether no setting says the separator, and no amount has more than cents."""
        return self._settings.decimal_separator == AUTO and not self._is_fine

    def currency(self) -> str | None:
        """The one currency that every amount but 0 is written with, or None."""
        return next(iter(self._currencies)) if len(self._currencies) == 1 else None

    def _note_open(self, row: Row, cell: str) -> None:
        """Remember an amount that may be two, where the currency has decimals."""
        written = "" if self._currency is None else as_text(row.cells[self._currency])
        code = self._named_currency or written or currency_written_in(cell)
        own = self._settings.currency_code or ""
        code = own if is_word_of(code or "", own) else (code or own).upper()
        if self._open is None and not is_small(_known(code)):
            self._open = row.line, cell.strip()

    def _note_ends(self, text: str) -> None:
        """Remember both ends of a date in which each could be a year: 25-03-04."""
        if _SHORT.match(text):
            self._ends[0].add(text[:2])
            self._ends[1].add(text[6:8])

    def _years_at_an_end(self) -> FileError:
        example = f"{min(self._ends[0])}-..-{min(self._ends[1])}"
        problem = (
            f"the dates are written with two digits throughout ({example}), and what "
            "they begin with changes less than what they end with: it may be the year"
        )
        remedy = (
            "Export the dates with four digits for the year, or say with "
            "date_format=DD/MM/YYYY that they begin with the day"
        )
        line = self._orders.first_lines.get(DAY_FIRST)
        return FileError(self._name, problem, remedy=remedy, line=line)

    def _unproven(self, line: int, cell: str) -> FileError:
        bare = "".join(c for c in cell if c.isdigit() or c in ".,")
        digits = bare.replace(",", ".")
        problem = (
            f"{cell} may be {digits} or {digits.replace('.', '')}, and no other amount "
            "shows which"
        )
        remedy = (
            "Say it with the setting decimal_separator=. (a point) or "
            "decimal_separator=, (a comma)"
        )
        return FileError(self._name, problem, remedy=remedy, line=line)

    def _disagreement(
        self, votes: _Votes, what: str, options: tuple[str, str], remedy: str
    ) -> FileError:
        first, second = options
        lines = votes.first_lines
        problem = (
            f"{what} are written as {first!r} (line {lines[first]}) "
            f"and as {second!r} (line {lines[second]})"
        )
        line = max(lines[first], lines[second])
        return FileError(self._name, problem, remedy=remedy, line=line)


def _date_positions(binding: Binding) -> tuple[int, ...]:
    """Positions of every column that is read as a date or a moment."""
    kinds = {c.name for c in binding.contract.columns if c.type != "string"}
    others = [
        position
        for name, positions in binding.others.items()
        if name in kinds
        for position in positions
    ]
    return (*binding.positions_of("date", "date-time"), *others)


class _Votes:
    """How often each option was seen, and where first."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first_lines: dict[str, int] = {}

    def add(self, option: str, line: int) -> None:
        self.counts[option] += 1
        self.first_lines.setdefault(option, line)

    def winner(self, first: str, second: str) -> str | None:
        best = max(first, second, key=self.counts.__getitem__)
        return best if self.counts[best] else None

    def disagree(self, first: str, second: str) -> bool:
        counts = self.counts[first], self.counts[second]
        return sum(counts) > 0 and max(counts) < _NEARLY_ALL * sum(counts)


@lru_cache(maxsize=50_000)
def _separator_vote(text: str) -> str | None:
    return separator_shown_by(text) or ("open" if is_open_amount(text) else None)


def _is_something(cell: Cell) -> bool:
    """Whether an amount is there and not 0, which many write without a sign."""
    return any(c in "123456789" for c in str(cell))


def _is_iso_day(text: str) -> bool:
    return text[4:5] == "-" == text[7:8] and text[8:10].isdigit()


def _order_vote(text: str) -> str | None:
    return None if text[4:5] == "-" else _slashed_vote(text.strip())


@lru_cache(maxsize=20_000)
def _slashed_vote(text: str) -> str | None:
    return order_shown_by(text) or ("open" if is_open_date(text) else None)


def _known(code: str) -> str | None:
    return code if code in currency_codes() else None
