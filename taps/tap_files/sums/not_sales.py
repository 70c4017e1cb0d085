"""Lists of what is no sale: quotes, carts, bills of suppliers, refunds alone.

They have a customer, a day and an amount as sales have. What they are is told by the
name of the file, by the number that each row has, or by a minus in every one of them.
"""

from __future__ import annotations

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.sums.only_refunds import SALES
from taps.tap_files.tables import Row
from taps.tap_files.wording import words_in

__all__ = ["NotSales"]

_OFFERS = frozenset(
    {
        "presupuesto", "presupuestos", "quote", "quotes", "quotation", "quotations",
        "estimate", "estimates", "cotizacion", "cotizaciones", "proforma", "proformas",
        "angebot", "angebote", "devis", "preventivo", "preventivi", "orcamento",
        "orcamentos", "cart", "carts", "carrito", "carritos", "warenkorb", "panier",
        "paniers", "carrello", "albaran", "albaranes", "lieferschein", "lieferscheine",
        "dispute", "disputes", "disputa", "disputas", "contracargo", "contracargos",
        "chargeback", "chargebacks", "claim", "claims", "reclamacion", "reclamaciones",
    }
)  # fmt: skip
"""What comes before a sale, or is said of one afterwards."""
_OF_OTHERS = frozenset(
    {
        "recibidas", "recibidos", "gasto", "gastos", "expense", "expenses", "ausgaben",
        "depenses", "spese", "despesas", "proveedor", "proveedores", "supplier",
        "suppliers", "fournisseurs", "lieferanten", "fornitori", "fornecedores",
        "nomina", "nominas", "payroll", "payables",
    }
)  # fmt: skip
"""What a company pays itself."""
_IDS = frozenset(
    {"id", "number", "numero", "no", "n", "nr", "num", "ref", "reference", "referencia"}
    | {"de", "del", "of", "codigo", "code", "nummer"}
)


class NotSales:
    """Asks where a list says that its rows are something else, or all come back."""

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        called = words_in(log.name)
        offers = _OFFERS - {"quote", "quotes"}  # of marks, as often
        self._called = (
            sorted(called & (offers | _OF_OTHERS)) if not called & SALES else []
        )
        order = binding.positions.get("purchase_id")
        self._numbers = [
            at
            for at in log.holding(_OFFERS)
            if words_in(log.header[at]) <= _OFFERS | _IDS and order in {None, at}
        ]
        self._is_open = not binding.has("status")
        self._is_looked_for = self._is_open
        self._count = self._sold = self._first = 0

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_looked_for:
            return
        amount = self._log.worth_of(row)
        if any(c in "123456789" for c in amount):
            self._first = self._first or row.line
            self._count += 1
            self._sold += not is_negative(amount)
            is_plain = not (self._numbers or self._called)
            self._is_looked_for = not (self._sold and is_plain)

    def ask(self) -> None:
        """Raise FileError where no row is a sale."""
        if not (self._is_open and self._count):
            return
        if self._numbers:
            header = self._log.title(self._numbers[0])
            said, kept = f"the column {header!r}", f"ignored_columns={header}"
        elif self._called:
            said = f"{self._called[0]!r} in the name of the file"
            kept = "another name of the file"
        elif not self._sold:
            said, kept = "a minus in each of them", "constants.status=paid"
        else:
            return
        problem = f"the {self._count} rows may all be no sales ({said})"
        remedy = f"Export what was sold; {kept} says that they are sales"
        raise FileError(self._log.name, problem, remedy=remedy, line=self._first)
