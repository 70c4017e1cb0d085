"""What was paid on account, and the rest of it, or the whole that contains it."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Parts"]

_FIRST = (
    *("acuenta", "pagoacuenta", "entregaacuenta", "anticipo", "adelanto", "senal"),
    *("pagaysenal", "deposito", "deposit", "downpayment", "prepayment", "advance"),
    *("acompte", "arrhes", "anzahlung", "acconto", "caparra", "sinal", "aanbetaling"),
    *("abonoinicial", "pagoinicial", "primerpago", "advancepayment", "onaccount"),
)
_LAST = (
    *("resto", "restante", "elresto", "saldo", "balance", "facturafinal", "pagofinal"),
    *("liquidacion", "liquidacionfinal", "restzahlung", "schlussrechnung", "solde"),
    *("remaining", "remainder", "finalpayment", "finalinvoice", "finalbalance"),
    *("restopendiente", "pagoresto", "pagodelresto", "saldofinal", "saldopendiente"),
    *("restantes", "totalfinal", "restbetrag", "segundopago", "restinvoice"),
)
_WHOLE = "total"
"""Said alone: a product may begin with it."""
_PARTS = frozenset(_FIRST + _LAST)
_WAYS = frozenset(
    {"forma", "metodo", "method", "medio", "modo", "mode", "via", "means"}
)
"""Words of headers of how it was paid: at a bank (*Depósito*), or from a wallet."""
_MOST_WORDS = 3
_MOST = 400
"""Words of a column beside which it says something else than what a row is."""


class Parts:
    """Asks where a column says both: the last may hold the first, or be owed yet.

    Alone, or as what a text begins with of one buyer: a tank is a *depósito* as well.
    """

    def __init__(self, log: LogColumns, buyer: int | None) -> None:
        self._log, self._buyer = log, buyer
        self._count = {
            at: 0
            for at, key in enumerate(log.keys)
            if key
            and at not in log.read
            and not log.tells_status
            and not words_in(log.header[at]) & _WAYS
        }
        self._first: dict[tuple[int, str], tuple[int, str]] = {}
        self._last: dict[tuple[int, str], tuple[int, str]] = {}

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._count.keys()

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        self._count[at] += 1
        part = _part_in(text) if self._count[at] <= _MOST else None
        if part is None:
            return
        found = self._first if part in _FIRST else self._last
        if part == normalised(text):
            found.setdefault((at, ""), (row.line, text))
        buyer = "" if self._buyer is None else as_text(row.cells[self._buyer]).strip()
        if buyer:
            # Of buyers without a name, two hardly are one.
            found.setdefault((at, buyer), (row.line, text))

    def ask(self) -> None:
        """Raise FileError where a column says both."""
        for (at, buyer), (line, text) in sorted(self._last.items()):
            if (at, buyer) not in self._first:
                continue
            header, (first, begun) = self._log.title(at), self._first[at, buyer]
            problem = (
                f"the column {header!r} says {begun!r} in line {first} and {text!r} in "
                f"line {line}: the one may be a part of the other, or not be paid yet, "
                "and both would be added up"
            )
            remedy = (
                "Export one row for each sale with all of its amount; "
                f"ignored_columns={header} says that each amount was paid for itself"
            )
            raise FileError(self._log.name, problem, remedy=remedy, line=line)


@lru_cache(maxsize=10_000)
def _part_in(text: str) -> str | None:
    """The part that a text is, or begins with: *Resto pedido 12* -> resto."""
    words = [normalised(word) for word in text.replace(":", " ").split()[:_MOST_WORDS]]
    begun = ["".join(words[:count]) for count in range(len(words), 0, -1)]
    whole = normalised(text)
    if whole == _WHOLE:
        return whole
    return next((part for part in [whole, *begun] if part in _PARTS), None)
