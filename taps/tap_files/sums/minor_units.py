"""Amounts in cents: 4900 for 49.00, as programs pass them on to each other.

A header says so (``amount_cents``), or the file writes its currencies small and no
amount with decimals, as answers of Stripe's API do.

Source: https://docs.stripe.com/currencies#zero-decimal
"""

from __future__ import annotations

import re
from typing import Final

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.currencies import currency_codes, decimals_of
from taps.tap_files.wording import words_in

__all__ = ["MinorUnits"]

_CENTS: Final = frozenset(
    {
        *("cents", "cent", "minor", "centimos", "centavos", "centimes", "centesimi"),
        *("pence", "pennies", "minorunits", "subunits"),
    }
)
_WHOLE: Final = re.compile(r"[-+]?\d+")
_LEAST: Final = 50
"""The least that Stripe charges, in cents: what costs less is told in whole units.

Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
"""


class MinorUnits:
    """Asks whether whole amounts are cents, where something says so."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._binding = name, binding
        is_open = settings.amount_unit == AUTO and binding.preset is None
        money = [c.name for c in binding.contract.columns if c.currency_suffix]
        places = [binding.positions[each] for each in money if binding.has(each)]
        self._places = places if is_open else []
        self._currency = binding.positions.get("currency_code")
        self._names = next(
            (at for at in self._places if words_in(binding.header[at]) & _CENTS), None
        )
        self._is_looked_for = bool(self._places) and (
            self._names is not None or self._currency is not None
        )
        self._first: tuple[int, int, str] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_looked_for:
            return
        for at in self._places:
            text = as_text(row.cells[at])
            if not text:
                continue
            if not self._may_be_cents(text, row):
                self._is_looked_for = False
                return
            if self._first is None and text.strip("+-0"):
                self._first = row.line, at, text

    def _may_be_cents(self, text: str, row: Row) -> bool:
        """Whether an amount is whole, and its header or its currency says cents."""
        if not _WHOLE.fullmatch(text):
            return False
        if self._names is not None or self._currency is None:
            return True
        if 0 < abs(int(text)) < _LEAST:
            return False
        text = as_text(row.cells[self._currency])
        code = text.upper()
        return text != code and code in currency_codes() and decimals_of(code) > 0

    def ask(self) -> None:
        """Raise FileError where every amount may be so."""
        if not (self._is_looked_for and self._first):
            return
        line, at, text = self._first
        header = self._binding.header[at].strip()
        problem = (
            f"the amounts have no decimals (here {text!r} in the column {header!r}) "
            "and may be in cents"
        )
        remedy = (
            "Say which with the setting amount_unit=cents (4900 is 49.00) or "
            "amount_unit=units (4900 is 4,900)"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)
