"""Money that a file tells twice, in two currencies, and does not say which it wants.

``Coste`` beside ``Coste (convertido)``, ``Amount`` beside ``Amount (EUR)``. Where the
header of what is read names the company's currency, or its row does, nothing is asked.
"""

from __future__ import annotations

import re

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import CURRENCY
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.currencies import code_of, currencies_of_sign, currency_codes
from taps.tap_files.wording import normalised, sign_at_end

__all__ = ["OtherCurrencies"]

_CONVERTED = CURRENCY | frozenset(
    {
        "converted", "convertido", "convertida", "presentment", "local", "original",
        "base", "exchanged", "umgerechnet", "converti", "convertie", "convertito",
        "omgerekend", "in", "en", "em",
    }
)  # fmt: skip
"""Words of a header that say in which currency its money is, not what it is."""
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"[^\w]*[\d.,\s]*[1-9][\d.,\s]*[^\w]*(?:[A-Za-z]{2,3})?")


class OtherCurrencies:
    """Looks for a second column that means the money of a file, and differs from it."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._binding = name, binding
        self._own = settings.currency_code
        self._code = binding.positions.get("currency_code")
        self._pairs = list(_pairs(binding, settings))
        self._first: tuple[int, str, int, int] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._first or not self._pairs or self._is_own(row):
            return
        for column, read, other in self._pairs:
            one, two = as_text(row.cells[read]), as_text(row.cells[other])
            if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(two) and one != two:
                self._first = row.line, column, read, other
                return

    def ask(self) -> None:
        """Raise FileError where it is open in which currency the money is read."""
        if self._first is None:
            return
        line, column, read, other = self._first
        one, two = (self._binding.header[at].strip() for at in (read, other))
        problem = (
            f"the columns {one!r} and {two!r} tell the same money in two currencies, "
            f"and which is in {self._own or 'that'}, the company's, is not known"
        )
        currency = "constants.currency_code=<code>"
        if self._code is not None:
            currency = "columns.currency_code=<column of its currency>"
        remedy = (
            f"Say it: columns.{column}={two} reads that one, with {currency} if it is "
            f"not the company's; ignored_columns={two} reads {one!r}"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)

    def _is_own(self, row: Row) -> bool:
        """Whether a column says that what is read is in the company's currency."""
        if self._code is None or self._binding.currency_code:
            return False
        return code_of(as_text(row.cells[self._code])) == self._own


def _pairs(binding: Binding, settings: Settings) -> list[tuple[str, int, int]]:
    """(contract column, what is read, what else means it) of money left open."""
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    money = {c.name: c for c in binding.contract.columns}
    amount = money.get(binding.contract.amount_column or "")
    if amount is None:
        return []
    found = []
    for column in (amount.name, *amount.product_of):
        read = binding.positions.get(column)
        if (
            read is None
            or column in settings.columns
            or not money[column].currency_suffix
        ):
            continue
        if _names_own(binding, read, settings.currency_code):
            continue
        preset = binding.preset
        aliases = preset.columns.get(column, ()) if preset else money[column].aliases
        meant = {normalised(alias) for alias in aliases}
        for other, header in enumerate(binding.header):
            is_known = preset is not None and preset.explains(header) is not None
            is_free = other not in binding.used and normalised(header) not in ignored
            if is_free and not is_known and _is_told_again(header, meant):
                found.append((column, read, other))
    return found


def _names_own(binding: Binding, position: int, own: str | None) -> bool:
    sign = sign_at_end(binding.header[position])
    named = (
        {binding.currency_code} if binding.currency_code else currencies_of_sign(sign)
    )
    return own in named


def _is_told_again(header: str, meant: set[str]) -> bool:
    """Whether a header is one of these, with words of its currency beside it."""
    words = _WORD.findall(header)
    plain = [
        word
        for word in words
        if normalised(word) not in _CONVERTED and word.upper() not in currency_codes()
    ]
    is_told = len(plain) < len(words) or bool(sign_at_end(header))
    return is_told and normalised("".join(plain)) in meant
