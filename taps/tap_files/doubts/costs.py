"""Lines of what a shop pays, as rent, wages or light, among what it sold.

A camp site sells light and a bureau payrolls: a cost is one in a book of cash, beside
*Venta*, behind *Pago*, or taken off where it was never sold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from taps.tap_files.doubts.money_out import (
    CAME_IN,
    MOST,
    MOVING,
    SAYING,
    SOLD,
    asked,
    is_book,
    open_columns,
)
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.question_words import KIND
from taps.tap_files.tables import Row
from taps.tap_files.wording import normalised

__all__ = ["Costs"]

_COSTS = frozenset(
    {"luz", "alquiler", "arriendo", "nomina", "nominas", "sueldo", "sueldos", "salario"}
    | {"proveedor", "proveedores", "suministros", "rent", "payroll", "salary", "wages"}
    | {"salaries", "electricity", "utilities", "supplier", "suppliers", "miete"}
    | {"gehalt", "gehalter", "strom", "lieferant", "loyer", "salaire", "salaires"}
    | {"fournisseur", "affitto", "stipendio", "stipendi", "fornitore", "aluguel"}
    | {"fornecedor", "huur", "remuneraciones"}
)
"""What a shop pays, as the first word of what a row is of, or behind *Pago*."""
_LIGHTER = frozenset(
    {"agua", "gasolina", "telefono", "internet", "seguro", "seguros", "impuestos"}
    | {"autonomos", "gestoria", "compra", "compras", "gasto", "gastos", "expense"}
    | {"expenses", "insurance", "fuel", "taxes", "retiro", "retirada", "apertura"}
    | {"cierre", "arqueo", "fondo", "sangria", "float", "withdrawal", "banktransfer"}
)
"""What many a shop sells, or a till begins with: heard beside rows that were sold."""
_PAID = frozenset({"pago", "pagos", "pagado", "payment", "bill"})
_PAID_FOR = _PAID | {"factura", "recibo"}
_BETWEEN = frozenset(
    {"de", "del", "la", "el", "a", "al", "los", "las", "of", "the", "to"}
)
_SHARE = 3
"""Of so many texts one at most is paid: who lets a flat is paid rent and light."""


class Costs:
    """Asks where a line of a book is of what a shop pays, as rent or wages.

    Parameters
    ----------
    above : the title of the list.
    """

    def __init__(self, log: LogColumns, above: str) -> None:
        self._log, words = log, open_columns(log)
        said = [at for at in words if words[at] & (SAYING | KIND)]
        self._is_book = is_book(log, above)
        self._moving = {at for at in said if words[at] & MOVING}
        self._count = dict.fromkeys(said, 0)
        self._sold: set[int] = set()
        self._in: set[int] = set()
        self._costs: dict[int, dict[str, tuple[int, str]]] = {}
        self._taken_off: dict[int, dict[str, tuple[int, str]]] = {}

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._count.keys()

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        self._count[at] += 1
        if self._count[at] > MOST:
            return
        self._in |= {at} if normalised(text) in CAME_IN else set()
        self._sold |= {at} if normalised(text) in SOLD else set()
        if cost := _cost_in(text):
            is_minus = is_negative(self._log.worth_of(row))
            told = self._taken_off if is_minus else self._costs
            told.setdefault(at, {}).setdefault(cost, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where one is."""
        for at in sorted(self._costs.keys() | self._taken_off.keys()):
            costs = self._costs.get(at, {})
            is_rare = len(costs) <= self._count[at] / _SHARE
            paid = [
                told
                for cost, told in costs.items()
                if self._is_paid(at, cost, told[1], is_rare=is_rare)
            ]
            paid += _never_sold(self._taken_off.get(at, {}), costs)
            if paid:
                raise asked(self._log, at, *min(paid), "")

    def _is_paid(self, at: int, cost: str, text: str, *, is_rare: bool) -> bool:
        """Whether a cost was paid, and not sold as light at a camp site."""
        is_sold, is_heavy = at in self._sold, cost in _COSTS
        is_book = self._is_book or (is_sold and at in self._moving)
        if (is_book or is_sold) and is_heavy:
            return True
        if is_sold and (is_book or cost == normalised(text) or _first(text, _PAID_FOR)):
            return True
        return _first(text, _PAID) and (at in self._in or (is_heavy and is_rare))


def _never_sold(
    taken_off: Mapping[str, tuple[int, str]], sold: Collection[str]
) -> list[tuple[int, str]]:
    """What stands with a minus and was paid: what is sold comes back so."""
    return [
        told
        for cost, told in taken_off.items()
        if cost not in sold
        if cost in {*_COSTS, normalised(told[1])} or _first(told[1], _PAID)
    ]


def _first(text: str, words: frozenset[str]) -> bool:
    """Whether a text of several words begins with one of these."""
    said = text.split()
    return len(said) > 1 and normalised(said[0]) in words


@lru_cache(maxsize=10_000)
def _cost_in(text: str) -> str | None:
    """What a shop pays, that a text begins with: *Pago de luz* -> luz."""
    words = [normalised(word) for word in text.split()]
    is_paid = bool(words) and words[0] in _PAID_FOR
    rest = [word for word in words if word not in _BETWEEN][int(is_paid) :][:1]
    return rest[0] if rest and rest[0] in _COSTS | _LIGHTER else None
