"""Rows that say money went out, beside others that say it came in.

Cash books and ledgers hold both: *Ingreso* and *Gasto*, *Debe* and *Haber*, a sale and
the bill of the light. Without a minus, what was paid would be added up as sold.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import ELSEWHERE, KIND, PRODUCTS, STATE
from taps.tap_files.sums.only_refunds import SALES
from taps.tap_files.tables import Row
from taps.tap_files.wording import normalised, words_in

__all__ = ["Costs", "MoneyOut"]

_IN = frozenset(
    {"ingreso", "ingresos", "entrada", "entradas", "venta", "ventas", "cobro", "cobros"}
    | {"income", "sale", "sales", "inflow", "revenue", "incoming", "moneyin", "in"}
    | {"einnahme", "einnahmen", "einzahlung", "verkauf", "recette", "recettes", "vente"}
    | {"ventes", "encaissement", "entrata", "entrate", "vendita", "incasso", "venda"}
    | {"receita", "receitas", "recebimento", "haber", "credito", "credit", "cr"}
    | {"abono", "haben", "avere", "inkomsten", "verkoop", "factura", "ticket", "boleta"}
)
_OUT = frozenset(
    {"gasto", "gastos", "egreso", "egresos", "salida", "salidas", "compra", "compras"}
    | {"pago", "pagos", "expense", "expenses", "purchase", "purchases", "outflow"}
    | {"outgoing", "spend", "spending", "cost", "costs", "moneyout", "out", "bill"}
    | {"ausgabe", "ausgaben", "einkauf", "auszahlung", "depense", "depenses", "achat"}
    | {"achats", "decaissement", "uscita", "uscite", "acquisto", "spesa", "spese"}
    | {"despesa", "despesas", "saida", "saidas", "debe", "debito", "debit", "dr"}
    | {"cargo", "soll", "dare", "uitgave", "uitgaven", "inkoop", "coste", "costo"}
    | {"supplierpayment", "vendorpayment", "pagoaproveedor", "facturarecibida"}
    | {"facturadecompra", "facturaproveedor", "purchaseinvoice", "vendorbill"}
)
_ALONE = frozenset(
    {
        "gasto",
        "gastos",
        "egreso",
        "egresos",
        "expense",
        "expenses",
        "ausgabe",
        "despesa",
    }
    | {"depense", "spesa"}
)
"""What no kind of a sale is called, whatever the others are."""
_OF_CARDS = frozenset({"debe", "debito", "debit", "dr", "haber", "credito", "credit"})
"""Two kinds of cards, where a column tells how a sale was paid."""
_PAYING = frozenset(
    {"pago", "payment", "tarjeta", "card", "paiement", "pagamento", "zahlung", "cobro"}
    | {"medio", "forma", "metodo", "method", "betaling", "tender"}
)
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
_PAID_FOR = frozenset(
    {"pago", "pagos", "pagado", "factura", "recibo", "payment", "bill"}
)
_BETWEEN = frozenset(
    {"de", "del", "la", "el", "a", "al", "los", "las", "of", "the", "to"}
)
_SAYING = frozenset(
    {"concepto", "concept", "detalle", "descripcion", "description", "conceito", "item"}
    | {"beschreibung", "libelle", "descrizione", "descricao", "glosa", "motivo"}
    | {"beleg", "buchungstext", "asunto", "categoria", "category", "rubro", "partida"}
    | {"kategorie", "categorie", "cuenta", "account", "konto", "proveedor", "supplier"}
)
_BOOKS = frozenset(
    {"caja", "cash", "cashbook", "kassenbuch", "cassa", "caixa", "movimientos"}
    | {"movements", "ledger", "diario", "contabilidad", "tesoreria", "caisse"}
)
"""Words of the name of a file, or of its title, that is a book of both."""
_FEWEST = 2
_SHARE = 3
"""Of so many texts one at most is a cost: who lets a flat sells rent and light."""
_MOST = 400
"""Words of a column beside which it says something else than what a row is."""


class MoneyOut:
    """Asks where a column says of some rows that money came in, and of others out."""

    def __init__(self, log: LogColumns) -> None:
        self._log, words = log, _open_columns(log)
        self._of_kinds = {at for at in words if words[at] & (STATE | KIND | _SAYING)}
        self._paying = {at for at in words if words[at] & _PAYING}
        self._count = dict.fromkeys(words, 0)
        self._in: dict[int, str] = {}
        self._out: dict[int, tuple[int, str]] = {}

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._count.keys()

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        self._count[at] += 1
        word = normalised(text) if self._count[at] <= _MOST else ""
        if word in _OF_CARDS and at in self._paying:
            return
        if word in _IN:
            self._in.setdefault(at, text)
        elif word in _OUT:
            self._out.setdefault(at, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where both are said, or what no sale is called."""
        for at, told in sorted(self._out.items()):
            if at in self._in:
                raise _asked(self._log, at, *told, f" and {self._in[at]!r} of others")
            if normalised(told[1]) in _ALONE and at in self._of_kinds:
                raise _asked(self._log, at, *told, "")


class Costs:
    """Asks where a line of a book is of what a shop pays, as rent or wages.

    Parameters
    ----------
    above : the title of the list.
    """

    def __init__(self, log: LogColumns, above: str) -> None:
        self._log, words = log, _open_columns(log)
        said = [at for at in words if words[at] & (_SAYING | KIND)]
        called = words_in(log.name) | words_in(above)
        self._is_book = bool(called & _BOOKS) and not called & SALES
        self._count = dict.fromkeys(said, 0)
        self._sold: set[int] = set()
        self._costs: dict[int, dict[str, tuple[int, str]]] = {}

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._count.keys()

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        self._count[at] += 1
        if self._count[at] > _MOST:
            return
        if normalised(text) in _IN:
            self._sold.add(at)
        if cost := _cost_in(text):
            self._costs.setdefault(at, {}).setdefault(cost, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where one is."""
        for at, costs in sorted(self._costs.items()):
            is_sold = at in self._sold
            heard = _COSTS | _LIGHTER if is_sold else _COSTS
            paid = [told for cost, told in costs.items() if cost in heard]
            is_few = _FEWEST <= len(paid) <= self._count[at] / _SHARE
            if paid and (is_sold or self._is_book or is_few):
                raise _asked(self._log, at, *min(paid), "")


def _open_columns(log: LogColumns) -> dict[int, frozenset[str]]:
    """Position of a column that may say what a row is -> the words of its header."""
    words = {at: words_in(title) for at, title in enumerate(log.header)}
    return {
        at: kind
        for at, kind in words.items()
        if log.keys[at] and at not in log.read
        if not kind & (ELSEWHERE - PRODUCTS) or kind & (STATE | KIND)
    }


def _asked(log: LogColumns, at: int, line: int, text: str, beside: str) -> FileError:
    header = log.title(at)
    problem = (
        f"the column {header!r} says {text!r}{beside}: money that went out would be "
        "added up as sold"
    )
    status = log.status_and(header)
    remedy = (
        "Take out what was paid to others, or write it with a minus; "
        f"columns.status={status} with statuses.{text}=left_out and paid for what was "
        f"sold; ignored_columns={header} adds all up"
    )
    return FileError(log.name, problem, remedy=remedy, line=line)


@lru_cache(maxsize=10_000)
def _cost_in(text: str) -> str | None:
    """What a shop pays, that a text begins with: *Pago de luz* -> luz."""
    words = [normalised(word) for word in text.split()]
    is_paid = bool(words) and words[0] in _PAID_FOR
    rest = [word for word in words if word not in _BETWEEN][int(is_paid) :][:1]
    return rest[0] if rest and rest[0] in _COSTS | _LIGHTER else None
