"""The columns of a log of purchases, or of bills, that somebody may have to explain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taps.tap_files.headers import Binding
from taps.tap_files.question_words import CAME_IN, MEMBERS, WHEN
from taps.tap_files.statuses import says_no, says_yes
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["DAYS", "LogColumns", "Place", "changes_nothing", "is_negative"]
__all__ += ["is_number", "is_said_paid", "is_something"]

DAYS = frozenset(
    {"date", "fecha", "data", "at", "on", "dia", "day", "datum", "tag"}
    | {"jour", "giorno", "dag", "am", "le", "il", "op"}
)
"""Words of headers of days."""
_PAID = CAME_IN - MEMBERS
_PAID -= {"received", "recibido", "recebido", "ontvangen", "collected"}
"""Words of payments alone: goods are received, and collected, as well."""
_PAYMENT = _PAID | {"pago", "cobro", "payment"}
_OF = frozenset({"de", "del", "of", "on", "at", "is", "es", "esta"})
_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}\b.*")
_CODED = re.compile(r"[^\W\d_]+[-_#]?\d+")
_ROUND = re.compile(r"[.,]0+$")
Place = tuple[int, int, str]
"""Line, position and text of what is asked about."""


def is_negative(amount: str) -> bool:
    """Whether an amount is written with a minus, or in brackets."""
    return amount.startswith(("-", "(", "\u2212")) or amount.endswith("-")


class LogColumns:
    """The columns of a log that somebody may have to explain."""

    def __init__(self, name: str, binding: Binding, ignored: set[str]) -> None:
        self.name, self.header = name, binding.header
        self.read = binding.used
        self.amount = binding.positions.get(binding.contract.amount_column or "")
        self.day = binding.positions.get("purchased_at")
        self.number = binding.positions.get("purchase_id")
        self.tells_refunds = "refunded_amount" in binding.positions
        self.tells_status = "status" in binding.positions or bool(binding.flags)
        self.is_one_status = "status" in binding.constants
        states = (binding.positions.get("status"), *binding.others.get("status", ()))
        self.states = [at for at in states if at is not None]
        self._columns = {column.name: column for column in binding.contract.columns}
        answered = binding.positions.get("discount_amount")
        #: The headers as they are compared; "" where a setting leaves one out.
        self.keys = [
            "" if at == answered or normalised(title) in ignored else normalised(title)
            for at, title in enumerate(binding.header)
        ]
        self._worth = self.amount
        if self.amount is None and "unit_price" in self._columns:
            self._worth = binding.positions.get("unit_price")

    def holding(self, words: frozenset[str]) -> list[int]:
        """Positions of headers that hold one of these words."""
        return [
            position
            for position, header in enumerate(self.header)
            if self.keys[position] and words & words_in(header)
        ]

    def named(self, column: str) -> int | None:
        """Position of a column of the contract, also if it is not read."""
        aliases = map(normalised, self._columns[column].aliases)
        return next((self.keys.index(a) for a in aliases if a in self.keys), None)

    def id_of(self, row: Row) -> str:
        """The id of a row's order, as written."""
        return "" if self.number is None else as_text(row.cells[self.number])

    def amount_of(self, row: Row) -> str:
        """The amount of a row, as written."""
        return "" if self.amount is None else as_text(row.cells[self.amount])

    def worth_of(self, row: Row) -> str:
        """The amount of a row, or the price that is multiplied, as written."""
        return "" if self._worth is None else as_text(row.cells[self._worth])

    def status_and(self, header: str) -> str:
        """What ``columns.status`` has to say to read a column as well."""
        read = [self.title(at) for at in self.states]
        return "|".join(dict.fromkeys([*read, header]))

    def title(self, position: int | None) -> str:
        """The header of a position."""
        return self.header[position or 0].strip()


def changes_nothing(text: str, unless: Sequence[str] = ()) -> bool:
    """Whether a cell is none, no, 0 or one of these."""
    if says_no(text) or (is_number(text) and not is_something(text)):
        return True
    said = {normalised(each) for each in unless}
    return bool({normalised(text), normalised(_ROUND.sub("", text.strip()))} & said)


def is_something(text: str) -> bool:
    """Whether a cell is a number other than 0."""
    return is_number(text) and any(c in "123456789" for c in text)


def is_number(text: str) -> bool:
    """Whether a cell is a number, and no day and no code."""
    digits = sum(c.isdigit() for c in text)
    is_day = any(c in text[1:] for c in "-/:") or _DAY.match(text)
    is_money = not is_day and not _CODED.fullmatch(text.strip())
    return digits > 0 and digits * 2 >= len(text.strip()) and is_money


def is_said_paid(binding: Binding, row: Row) -> bool:
    """Whether a row says in plain words, with a yes or with a day that it was paid.

    Words beside them say as often something else: the day that a payment is due, a
    deposit or a commission that was paid. No more than these words is taken for it.
    """
    states = binding.positions.get("status"), *binding.others.get("status", ())
    for at, cell in enumerate(row.cells):
        text, words = as_text(cell), words_in(binding.header[at])
        if at in states and _are_of(words_in(text), _PAID):
            return True
        is_day = bool(words & WHEN)
        if says_yes(text) and _are_of(words - WHEN, _PAYMENT if is_day else _PAID):
            return True
    return False


def _are_of(words: frozenset[str], those: frozenset[str]) -> bool:
    """Whether words are those, and no others."""
    return bool(words & those) and words <= those | _OF
