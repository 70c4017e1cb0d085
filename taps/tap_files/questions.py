"""Columns that may change what a row is worth, and words whose meaning is not known.

What a preset or a setting explains is not asked. Nothing is added up in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from taps.tap_files.doubts.given_away import GivenAway
from taps.tap_files.doubts.refund_rows import RefundRows
from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import (
    changes_nothing,
    is_negative,
    is_number,
    is_said_paid,
    is_something,
)
from taps.tap_files.presets import Asked
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import (
    CAME_IN,
    CREDIT,
    CURRENCY,
    DONE,
    ELSEWHERE,
    FEES,
    FLAG,
    GIVEN_BACK,
    KIND,
    MEMBERS,
    MONEY,
    NO,
    OWED,
    REFUSED,
    STATE,
    STATUS,
    TRANSFERS,
    WHEN,
    is_owed,
)
from taps.tap_files.settings import Settings
from taps.tap_files.statuses import COUNTED, says_no, says_nothing, says_yes, word_of
from taps.tap_files.sums.discounts import DISCOUNT
from taps.tap_files.sums.tax_parts import TaxParts
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.currencies import code_of, currency_codes
from taps.tap_files.wording import normalised, words_in

__all__ = ["Questions"]

_MOST_WORDS = 200
_OF_OTHERS = {
    "subscriptions": DISCOUNT | CURRENCY,
    "payments": GIVEN_BACK | CURRENCY,
    "invoices": CURRENCY,
    "ad_spend": CREDIT | FEES | CURRENCY,
}
"""Words of columns that are asked about in files that are no log of purchases."""
_OF_LOGS = MONEY | STATE | KIND | FLAG | CURRENCY
_OF_PROGRAMS = GIVEN_BACK | CURRENCY


class Questions:
    """Looks in the first pass at the columns that nobody explained."""

    def __init__(
        self,
        name: str,
        binding: Binding,
        settings: Settings,
        statuses: Mapping[str, str],
    ) -> None:
        self._name, self._binding, self._meanings = name, binding, statuses
        is_log = binding.contract.name == "purchases"
        first = binding.positions.get("status") if is_log else None
        others = binding.others.get("status", ())
        self._status = [] if first is None else [first, *others]
        self._words: Counter[tuple[int, str]] = Counter()
        self._first: dict[tuple[int, str], int] = {}
        amount = binding.positions.get("amount")
        self._amount = amount if is_log else None
        self._taxed = TaxParts(binding, self._amount)
        ignored = {normalised(h) for h in settings.ignored_columns.split("|")}
        # A column may say which rows are none, and of the others what is not known.
        bound = {*binding.positions.values()}
        sorted_out = {p for p, _ in binding.left_out_when} - bound
        read = binding.used - binding.flags.keys() - sorted_out
        unread = [
            (at, words_in(header))
            for at, header in enumerate(binding.header)
            if at not in read and normalised(header) not in ignored
        ]
        # A preset knows its program's columns, not those that a shop added to them.
        asked = (
            _OF_LOGS if is_log else _OF_OTHERS.get(binding.contract.name, frozenset())
        )
        if binding.preset:
            asked &= GIVEN_BACK if binding.has("currency_code") else _OF_PROGRAMS
        self._own = binding.currency_code or settings.currency_code
        self._told = dict(_told_by(binding, [position for position, _ in unread]))
        self._unread = [
            (position, words)
            for position, words in unread
            if position in self._told
            or (words & asked and not self._is_explained(position))
        ]
        self._found: dict[int, tuple[int, str]] = {}
        self._in_rows = {p for p, told in self._told.items() if told.is_said_in_rows}
        self._refunds, self._given = RefundRows(), GivenAway()

    def add(self, row: Row) -> None:
        """Look at a row."""
        for position in self._status:
            word = as_text(row.cells[position])
            is_word = not says_nothing(word_of(word))
            if is_word and len(self._words) < _MOST_WORDS:
                self._words[position, word] += 1
                self._first.setdefault((position, word), row.line)
        for position in self._in_rows:
            text = as_text(row.cells[position])
            self._refunds.add(position, text, self._amount_of(row))
        for position, words in self._unread:
            if position not in self._found:
                text = as_text(row.cells[position])
                if text and self._may_matter(row, position, text, words):
                    self._found[position] = (row.line, text)

    def ask(self) -> None:
        """Raise FileError with the setting that answers, if there is a question."""
        self._refuse_unknown_constant()
        for (position, word), count in self._words.items():
            if word_of(word) not in self._meanings:
                raise self._unknown_word(position, word, count)
        self._refuse_unsaid_refunds()
        for position, (line, text) in {**self._given.beside(), **self._found}.items():
            if position in self._in_rows and self._refunds.say_the_same(position):
                continue
            raise self._unread_column(position, line, text)

    def _is_explained(self, position: int) -> bool:
        preset = self._binding.preset
        header = self._binding.header[position]
        return preset is not None and preset.explains(header) is not None

    def _may_matter(
        self, row: Row, position: int, text: str, words: frozenset[str]
    ) -> bool:
        if told := self._told.get(position):
            return not changes_nothing(text, told.unless)
        if self._taxed.explains(row, position):
            return False
        if words & CURRENCY:
            return self._is_other_currency(row, text)
        if self._binding.contract.name in _OF_OTHERS:
            return not changes_nothing(text)
        return self._changes_a_sale(row, position, text, words)

    def _changes_a_sale(
        self, row: Row, position: int, text: str, words: frozenset[str]
    ) -> bool:
        if position in self._binding.flags:
            return not says_yes(text) and not says_no(text)
        if words & ELSEWHERE:
            return bool(words & GIVEN_BACK and words & WHEN) and not self._status
        if words & STATE or (words & KIND and not words & (MONEY | FLAG)):
            is_said = self._status or not words & STATUS or says_nothing(word_of(text))
            means = self._meanings.get(word_of(text), "paid" if is_said else "unknown")
            amount = self._amount_of(row)
            if means == "refunded":
                return not is_negative(amount)
            said = {normalised(text), normalised(text.partition(" ")[0])}
            if is_negative(amount) and said & TRANSFERS:
                return True
            is_again = is_something(amount) and self._given.is_again(
                position, row.line, text
            )
            return is_again or means not in COUNTED
        return self._may_be_money(row, text, words)

    def _may_be_money(self, row: Row, text: str, words: frozenset[str]) -> bool:
        if words & GIVEN_BACK and is_something(text):
            return True
        if is_owed(words) and is_something(text):
            return not self._is_uncounted(row)
        if words & (CAME_IN | DONE) and normalised(text) in REFUSED:
            is_paid = words <= MEMBERS and is_said_paid(self._binding, row)
            return not is_paid and not self._is_uncounted(row)
        if words & (MONEY - DONE - OWED) and self._is_other_amount(row, text, words):
            return True
        return bool(words & FLAG) and normalised(text) not in NO and not is_number(text)

    def _is_other_currency(self, row: Row, text: str) -> bool:
        known = self._binding.positions.get("currency_code")
        own = self._own if known is None else code_of(as_text(row.cells[known]))
        return code_of(text) in currency_codes() and code_of(text) != own

    def _is_other_amount(self, row: Row, text: str, words: frozenset[str]) -> bool:
        amount = self._amount_of(row)
        if not is_something(text):
            # Nothing came in for something that was sold.
            is_none = bool(words & CAME_IN) and is_number(text)
            return is_none and is_something(amount) and not self._is_uncounted(row)
        return self._amount is not None and text != amount

    def _is_uncounted(self, row: Row) -> bool:
        """Whether a column that is read says that the row is no money."""
        words = (word_of(as_text(row.cells[position])) for position in self._status)
        return any(self._meanings.get(word, "paid") not in COUNTED for word in words)

    def _amount_of(self, row: Row) -> str:
        return "" if self._amount is None else as_text(row.cells[self._amount])

    def _unknown_word(self, position: int, word: str, count: int) -> FileError:
        header = self._binding.header[position].strip()
        problem = (
            f"the column {header!r} says {word!r} in {count} rows, and whether such a "
            "row is money is not known"
        )
        remedy = (
            f"Say it with the setting statuses.{word}=paid (or refunded, pending, "
            "failed, cancelled, trial, left_out, or returned if it says what was given "
            "back of another row); if the column is no status, "
            "columns.status= (empty) leaves it out"
        )
        line = self._first[position, word]
        return FileError(self._name, problem, remedy=remedy, line=line)

    def _refuse_unknown_constant(self) -> None:
        word = self._binding.constants.get("status", "")
        is_log = self._binding.contract.name == "purchases"
        if is_log and not says_nothing(word) and word_of(word) not in self._meanings:
            problem = f"constants.status is {word!r}, which says nothing of money"
            remedy = f"Say what it means with statuses.{word}=paid (or another meaning)"
            raise FileError(self._name, problem, remedy=remedy)

    def _refuse_unsaid_refunds(self) -> None:
        if "refunded_amount" in self._binding.positions:
            return
        for position, word in self._words:
            if self._meanings[word_of(word)] == "partially_refunded":
                header = self._binding.header[position].strip()
                problem = (
                    f"the column {header!r} says {word!r}, and no column says how much "
                    "was given back"
                )
                remedy = (
                    "Export the refunded amount too, and name its column with the "
                    "setting columns.refunded_amount=<column of the file>"
                )
                line = self._first[position, word]
                raise FileError(self._name, problem, remedy=remedy, line=line)

    def _unread_column(self, position: int, line: int, text: str) -> FileError:
        header = self._binding.header[position].strip()
        if told := self._told.get(position):
            remedy = f"{told.answer}, or " if told.answer else ""
            remedy = f"Say it: {remedy}ignored_columns={header} leaves the column out"
            problem = f"the column {header!r} says {text!r}, and {told.because}"
            return FileError(self._name, problem, remedy=remedy, line=line)
        said = f"the column {header!r} may change what a row is worth (here {text!r})"
        problem = f"{said} and is not understood"
        options = ", ".join(self._answers(header, text))
        remedy = f"Say what it is: {options}, or ignored_columns={header} leaves it out"
        return FileError(self._name, problem, remedy=remedy, line=line)

    def _answers(self, header: str, text: str) -> Iterator[str]:
        words = words_in(header)
        # One that is read stays: what a row is worth may stand in two columns.
        states = [self._binding.header[at].strip() for at in self._status]
        status = f"columns.status={'|'.join([*states, header])}"
        if normalised(text) in REFUSED:
            yield status
        elif words & CURRENCY:
            yield f"columns.currency_code={header}"
        elif self._binding.contract.name == "subscriptions":
            yield f"columns.discount_amount={header} (money)"
            yield f"columns.discount_percent={header}"
        elif self._binding.contract.name == "ad_spend":
            yield "columns.spend=<column of what was spent in the end>"
        elif self._binding.contract.name in _OF_OTHERS:
            yield "columns.status=<column that says refunded>"
        elif words & WHEN:
            yield "columns.refunded_amount=<column of what was given back>"
        elif words & (STATE | KIND | FLAG) and not (words & MONEY and is_number(text)):
            yield status
        else:
            yield f"columns.refunded_amount={header} (taken off)"
            yield f"columns.amount={header} (read instead)"


def _told_by(binding: Binding, unread: Sequence[int]) -> Iterator[tuple[int, Asked]]:
    """Of columns that nobody reads, those that the preset asks about."""
    asked = binding.preset.asked if binding.preset else {}
    keys = {normalised(header): told for header, told in asked.items()}
    for position in unread:
        if told := keys.get(normalised(binding.header[position])):
            yield position, told
