"""Amounts in cents: 4900 for 49.00, or in thousands of pesos: 49.9 for 49.900.

Of cents a header says so (``amount_cents``), or the file writes its currencies small
and no amount with decimals, as answers of Stripe's API do. Of thousands, a currency of
which nobody sells anything for 49.9: a program took the point for that of decimals.

Source: https://docs.stripe.com/currencies#zero-decimal
"""

from __future__ import annotations

import re
from typing import Final

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.currencies import code_of, currency_codes, decimals_of
from taps.tap_files.wording import words_in

__all__ = ["LostThousands", "MinorUnits"]

_CENTS: Final = frozenset(
    {
        *("cents", "cent", "minor", "centimos", "centavos", "centimes", "centesimi"),
        *("pence", "pennies", "minorunits", "subunits"),
    }
)
_NUMBER: Final = re.compile(r"[-+]?[\d.,]+")
_WHOLE: Final = re.compile(r"[-+]?\d+")
_TINY: Final = frozenset({"CLP", "COP", "PYG", "ARS", "IDR", "VND", "KRW"})
"""Currencies of which a thousand are about a dollar, or less."""
_SHORT: Final = re.compile(r"\D*\d{1,3}[.,](?:\d|\d[1-9])\D*")
"""How 119.000 and 49.990 are written once they were numbers: 119.0 and 49.99."""
_ROUND: Final = re.compile(r"\D*\d+[.,]0+\D*")
_CENTS_TOLD: Final = re.compile(r"\D*[\d.,]*\d[.,]\d\d\D*")
"""12.00, whatever its last decimals are."""
_COUNTED_IN_CENTS: Final = re.compile(r"\D*[\d.,]*\d{3}[.,](?!0+\D*$)\d{1,2}\D*")
"""1250.50: a hundred or more, with cents."""
_UNPOINTED: Final = re.compile(r"\D*\d{4,}\D*")
"""12000: no point of thousands was there to be lost."""
_OPEN: Final = re.compile(r"\D*\d{1,3}(?:[.,]\d{3})?\D*")
_LEAST: Final = 50
"""The least that Stripe charges, in cents: what costs less is told in whole units.

Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
"""


class MinorUnits:
    """Asks whether whole amounts are cents, where something says so."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._binding = name, binding
        self._places = _places_of_money(binding) if _is_open(binding, settings) else []
        self._currency = binding.positions.get("currency_code")
        amounts = (binding.contract.amount_column or "", "unit_amount")
        self._amounts = {binding.positions.get(each) for each in amounts}
        titles = ((at, binding.header[at]) for at in self._places)
        self._names = next((at for at, h in titles if words_in(h) & _CENTS), None)
        is_told = self._names is not None or self._currency is not None
        self._is_looked_for = bool(self._places) and is_told
        self._first: tuple[int, int, str] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_looked_for:
            return
        written = (
            as_text(row.cells[self._currency]) if self._currency is not None else ""
        )
        code = written.upper()
        if code in currency_codes() and not decimals_of(code):
            return
        if self._names is None and code and (written == code or len(code) != 3):
            self._is_looked_for = False
            return
        for at in self._places:
            text = as_text(row.cells[at])
            if not _NUMBER.fullmatch(text) or not text.strip("+-0.,"):
                continue
            is_whole = _WHOLE.fullmatch(text) and not self._is_too_small(at, text)
            # A header that says cents says so of 4900.0 as well.
            if self._names is None and not is_whole:
                self._is_looked_for = False
                return
            if code or self._names is not None:
                self._first = self._first or (row.line, at, text)

    def _is_too_small(self, at: int, text: str) -> bool:
        """Whether nobody is charged so little, in cents of a currency that has them."""
        return at in self._amounts and 0 < abs(int(text)) < _LEAST

    def ask(self) -> None:
        """Raise FileError where every amount may be so."""
        if not (self._is_looked_for and self._first):
            return
        line, at, text = self._first
        header = self._binding.header[at].strip()
        problem = (
            f"the amounts (here {text!r} in the column {header!r}) may be in cents"
        )
        remedy = (
            "Say which with the setting amount_unit=cents (4900 is 49.00) or "
            "amount_unit=units (4900 is 4,900)"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)


class LostThousands:
    """Asks whether pesos with decimals are thousands of them.

    They are where no amount is above 999; and where one is, but none of these has
    decimals that others have, as a program writes them that counts in cents.
    """

    def __init__(self, log: LogColumns, settings: Settings, binding: Binding) -> None:
        self._log, self._own = log, settings.currency_code
        self._is_looked_for = settings.amount_unit == AUTO
        self._currency = binding.positions.get("currency_code")
        self._named = binding.currency_code
        self._short: Place | None = None
        self._fine: Place | None = None
        self._is_above, self._is_padded = False, True

    def add(self, row: Row) -> None:
        """Look at a row."""
        text = self._log.worth_of(row)
        if not self._is_looked_for or not any(c in "123456789" for c in text):
            return
        at = self._currency
        written = "" if at is None else code_of(as_text(row.cells[at]))
        code = self._named or written or self._own
        if code not in _TINY:
            return
        # Two decimals of each amount are a program's; of these currencies it has none.
        self._is_padded &= bool(_CENTS_TOLD.fullmatch(text)) and bool(decimals_of(code))
        if _SHORT.fullmatch(text):
            self._short = self._short or (row.line, 0, text)
            if not _ROUND.fullmatch(text):
                self._fine = self._fine or (row.line, 0, text)
        elif not _OPEN.fullmatch(text):
            self._is_above = True
            is_kept = _COUNTED_IN_CENTS.fullmatch(text) or _UNPOINTED.fullmatch(text)
            self._is_looked_for = not is_kept

    def ask(self) -> None:
        """Raise FileError where every amount may be so."""
        told = self._short
        if self._is_above:
            told = None if self._is_padded else self._fine
        if not (self._is_looked_for and told):
            return
        line, _, text = told
        problem = (
            f"the amounts (here {text!r}) may be thousands whose point a program took "
            "for that of decimals"
        )
        remedy = (
            "Export the file again and do not open it in between, or say it with "
            "amount_unit=thousands (49.9 is 49,900) or amount_unit=units (it is 49.9)"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


def _is_open(binding: Binding, settings: Settings) -> bool:
    """Whether neither a setting nor a known program says what amounts are told in."""
    return settings.amount_unit == AUTO and binding.preset is None


def _places_of_money(binding: Binding) -> list[int]:
    money = [c.name for c in binding.contract.columns if c.currency_suffix]
    return [binding.positions[name] for name in money if name in binding.positions]
