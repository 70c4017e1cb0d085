"""A currency that a title, a footnote or a note says the amounts are in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.sums.said_elsewhere import NOTES
from taps.tap_files.tables import Row, Table, as_text
from taps.tap_files.values.currencies import currency_told_in, sign_of
from taps.tap_files.wording import normalised, words_in

__all__ = ["SaidCurrency"]

_CONTRACTS: Final = frozenset({"purchases", "invoices", "ad_spend"})
_LONGEST_NOTE: Final = 20
_NAMES: Final = {
    r"d[oó]lar(?:es)?(?:\s+americanos)?|(?:us\s+)?dollars?|USD|US\$": "USD",
    r"euros?|EUR": "EUR",
    r"libras(?:\s+esterlinas)?|pounds(?:\s+sterling)?|GBP": "GBP",
    r"pesos\s+mexicanos|MXN": "MXN",
    r"pesos\s+chilenos|CLP": "CLP",
    r"pesos\s+colombianos|COP": "COP",
    r"pesos\s+argentinos|ARS": "ARS",
    r"reais|BRL": "BRL",
    r"soles|PEN": "PEN",
    r"francos\s+suizos|schweizer\s+franken|swiss\s+francs|CHF": "CHF",
}
_SAID: Final = {
    code: re.compile(
        rf"(?:\b(?:en|in|em|amounts?|importes?|montos?|valores|cifras|moneda|currency)"
        rf"\b[\s:,]*(?:(?:en|in|em|are|son)\s+)?|[(\[]\s*)(?:{names})(?!\w)",
        re.IGNORECASE,
    )
    for names, code in _NAMES.items()
}


_OF_PAYING: Final = frozenset(
    {"pago", "pagado", "pagada", "paga", "pagos", "paid", "payment", "pays", "cobrado"}
    | {"cobro", "cobrada", "precio", "price", "importe", "amount", "total", "monto"}
    | {"valor", "efectivo", "cash", "transferencia", "tarjeta", "card", "factura"}
    | {"facturado", "facturada", "venta", "sale", "todo", "all", "es", "esta", "is"}
    | {"bezahlt", "betrag", "bar", "paye", "montant", "en", "in", "em", "son", "are"}
)
"""Words of a note that says what the sale itself was paid in, and not its change."""


class SaidCurrency:
    """Asks where they are said to be in another currency than the company's.

    Where a column, a header or each amount names a currency, nobody has to ask.
    """

    def __init__(
        self, name: str, binding: Binding, settings: Settings, table: Table
    ) -> None:
        ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
        log = LogColumns(name, binding, ignored)
        self._log, self._own, self._table = log, settings.currency_code, table
        is_told = binding.has("currency_code") or binding.currency_code is not None
        is_of_money = binding.contract.name in _CONTRACTS and binding.preset is None
        self._is_open = is_of_money and not is_told and self._own is not None
        self._notes = sorted(set(log.holding(NOTES)) - log.read)
        self._first: tuple[int | None, str] | None = None
        self._is_bare = False

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_open:
            return
        if not self._is_bare:
            self._is_bare = not sign_of(self._log.worth_of(row))
        for at in self._notes:
            text = as_text(row.cells[at])
            is_short = len(text) <= _LONGEST_NOTE  # not of a size, in a sentence
            is_of_sale = is_short and _rest_of(text) <= _OF_PAYING
            if self._first is None and is_of_sale and self._is_other(text):
                self._first = row.line, text

    def ask(self) -> None:
        """Raise FileError where one is said."""
        if not (self._is_open and self._is_bare):
            return
        if currency_told_in(self._table.above) is None:
            said = [line for line in self._table.said if self._is_other(line)]
            if said:
                self._first = None, said[0].strip()
        if self._first is None:
            return
        line, text = self._first
        problem = (
            f"{text!r} says a currency, and the amounts are read in {self._own}, the "
            "company's"
        )
        remedy = (
            "Say it with constants.currency_code=<code> of all rows, or a column with "
            "the code of each and columns.currency_code=<column of the file>"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def _is_other(self, text: str) -> bool:
        """Whether a text names currencies, and not the company's."""
        named = _named_in(text)
        return bool(named) and self._own not in named


@lru_cache(maxsize=10_000)
def _named_in(text: str) -> frozenset[str]:
    return frozenset(code for code, said in _SAID.items() if said.search(text))


@lru_cache(maxsize=10_000)
def _rest_of(note: str) -> frozenset[str]:
    """The words of a note beside the currencies it names."""
    for said in _SAID.values():
        note = said.sub(" ", note)
    return words_in(note)
