"""Rows that say money went out, beside others that say it came in.

Cash books and ledgers hold both: *Ingreso* and *Gasto*, *Debe* and *Haber*, a sale and
the bill of the light. What was paid would be added up as sold, and with a minus taken
off it, as if a buyer got it back.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import BOOKS, ELSEWHERE, KIND, PRODUCTS, STATE
from taps.tap_files.sums.only_refunds import SALES
from taps.tap_files.tables import Row
from taps.tap_files.wording import normalised, words_in

__all__ = ["Costs", "MoneyOut", "is_book"]

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
    {"gasto", "gastos", "egreso", "egresos", "expense", "expenses", "ausgabe"}
    | {"despesa", "depense", "spesa"}
)
"""What no kind of a sale is called, whatever the others are."""
_DOCUMENTS = frozenset({"factura", "ticket", "boleta"})
_BOUGHT = frozenset(
    {"compra", "compras", "purchase", "purchases", "achat", "achats", "acquisto"}
)
"""What a buyer did as well, beside bills and tickets of it."""
_SOLD = frozenset(
    {"ingreso", "ingresos", "venta", "ventas", "income", "sale", "sales", "inflow"}
    | {"revenue", "incoming", "moneyin", "einnahme", "einnahmen", "verkauf", "recette"}
    | {"recettes", "vente", "ventes", "encaissement", "vendita", "incasso", "venda"}
    | {"receita", "receitas", "recebimento", "inkomsten", "verkoop"}
)
"""Of a line of a book that came in: an *Entrada* is what a pool sells as well."""
_DEBITS = frozenset({"debito", "debit", "dr"})
_CREDITS = frozenset({"credito", "credit", "cr"})
"""Two kinds of cards, unless the header or the file is of movements."""
_MOVING = frozenset(
    {"debe", "haber", "soll", "haben", "dare", "avere", "mov", "movs", "naturaleza"}
    | {"asiento", "apunte", "buchung", "buchungsart", "umsatzart", "sentido", "segno"}
    | {"flujo", "flow", "side", "direction"}
    | (KIND - {"concept", "concepto", "conceito"})
)
"""Words of headers of kinds of movements."""
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
_PAID = frozenset({"pago", "pagos", "pagado", "payment", "bill"})
_PAID_FOR = _PAID | {"factura", "recibo"}
_BETWEEN = frozenset(
    {"de", "del", "la", "el", "a", "al", "los", "las", "of", "the", "to"}
)
_SAYING = frozenset(
    {"concepto", "concept", "detalle", "descripcion", "description", "conceito", "item"}
    | {"beschreibung", "libelle", "descrizione", "descricao", "glosa", "motivo"}
    | {"beleg", "buchungstext", "asunto", "categoria", "category", "rubro", "partida"}
    | {"kategorie", "categorie", "cuenta", "account", "konto", "proveedor", "supplier"}
)
_KINDS = (
    STATE
    | _MOVING
    | _SAYING
    | {"art", "clase", "kind", "class", "signo", "sign", "sens", "causale", "grupo"}
    | {"group", "belegart", "bewegungsart", "vorgangsart", "tipologia", "subtipo"}
)
"""Words of headers of what a row is."""
_SHARE = 3
"""Of so many texts one at most is paid: who lets a flat is paid rent and light."""
_MOST = 400
"""Words of a column beside which it says something else than what a row is."""


class MoneyOut:
    """Asks where a column says of some rows that money came in, and of others out.

    Parameters
    ----------
    above : the title of the list.
    """

    def __init__(self, log: LogColumns, above: str) -> None:
        self._log, words = log, _open_columns(log)
        self._of_kinds = {at for at in words if words[at] & _KINDS}
        self._of_kinds |= {at for at in words if words[at] and words[at] <= _IN | _OUT}
        paying = {at for at in words if words[at] & _PAYING}
        is_open = is_book(log, above)
        moving = {at for at in words if is_open or words[at] & _MOVING} - paying
        self._of_cards = words.keys() - moving
        self._of_goods = {at for at in words if words[at] & (PRODUCTS - KIND)}
        self._count = dict.fromkeys(words, 0)
        self._in: dict[int, dict[str, str]] = {}
        self._out: dict[int, dict[str, tuple[int, str]]] = {}
        self._cards: dict[int, dict[tuple[bool, bool], tuple[int, str]]] = {}

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._count.keys()

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        self._count[at] += 1
        word = normalised(text) if self._count[at] <= _MOST else ""
        if word in _DEBITS | _CREDITS and at in self._of_cards:
            is_minus = is_negative(self._log.worth_of(row))
            told = self._cards.setdefault(at, {})
            told.setdefault((word in _DEBITS, is_minus), (row.line, text))
        elif word in _IN:
            self._in.setdefault(at, {}).setdefault(word, text)
        elif word in _OUT:
            self._out.setdefault(at, {}).setdefault(word, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where both are said, or what no sale is called."""
        for at, told in sorted(self._out.items()):
            for word, place in told.items():
                if beside := self._beside(at, word):
                    beside = f" and {beside!r} of others"
                if beside or (word in _ALONE and at in self._of_kinds):
                    raise _asked(self._log, at, *place, beside)
        for at, cards in sorted(self._cards.items()):
            # Of cards, either comes back: of an account, what was debited went out.
            if cards.keys() == {(False, False), (True, True)}:
                beside = f" and {cards[False, False][1]!r} of others"
                raise _asked(self._log, at, *cards[True, True], beside)

    def _beside(self, at: int, word: str) -> str:
        """What came in beside a word of what went out; "" where nothing did."""
        said = self._in.get(at, {}).items()
        if word in _BOUGHT:
            said = {one: text for one, text in said if one not in _DOCUMENTS}.items()
        if at in self._of_goods or at not in self._of_kinds:
            # A tour is called an entrance, a city Dare: no expense is.
            is_clear = at in self._of_goods or word in _ALONE
            said = {o: t for o, t in said if o in _SOLD and is_clear}.items()
        return next((text for _, text in said), "")


class Costs:
    """Asks where a line of a book is of what a shop pays, as rent or wages.

    Parameters
    ----------
    above : the title of the list.
    """

    def __init__(self, log: LogColumns, above: str) -> None:
        self._log, words = log, _open_columns(log)
        said = [at for at in words if words[at] & (_SAYING | KIND)]
        self._is_book = is_book(log, above)
        self._moving = {at for at in said if words[at] & _MOVING}
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
        if self._count[at] > _MOST:
            return
        word = normalised(text)
        if word in _SOLD:
            self._sold.add(at)
        if word in _IN:
            self._in.add(at)
        if cost := _cost_in(text):
            is_minus = is_negative(self._log.worth_of(row))
            told = self._taken_off if is_minus else self._costs
            told.setdefault(at, {}).setdefault(cost, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where one is."""
        for at in sorted(self._costs.keys() | self._taken_off.keys()):
            costs = self._costs.get(at, {})
            # What is sold comes back with a minus; what never was is paid.
            paid = [
                told
                for cost, told in self._taken_off.get(at, {}).items()
                if cost not in costs and (cost in _COSTS or cost == normalised(told[1]))
            ]
            few = self._count[at] / _SHARE
            paid += self._heard(at, costs, is_rare=len(costs) <= few)
            if paid:
                raise _asked(self._log, at, *min(paid), "")

    def _heard(
        self, at: int, costs: dict[str, tuple[int, str]], *, is_rare: bool
    ) -> list[tuple[int, str]]:
        """Where costs stand that were paid, and not sold as light at a camp site."""
        is_sold = at in self._sold
        is_book = self._is_book or (is_sold and at in self._moving)
        heard = []
        for cost, (line, text) in costs.items():
            is_heavy, is_alone = cost in _COSTS, cost == normalised(text)
            first = normalised(text.split()[0])
            is_paid = first in _PAID and not is_alone
            is_cost = (is_book or is_sold) and is_heavy
            is_cost |= is_sold and (is_book or is_alone or first in _PAID_FOR)
            is_cost |= is_paid and (at in self._in or (is_heavy and is_rare))
            if is_cost:
                heard.append((line, text))
        return heard


def is_book(log: LogColumns, above: str = "") -> bool:
    """Whether the name or the title of a file says that it is a book of both."""
    called = words_in(log.name) | words_in(above)
    return bool(called & BOOKS) and not called & SALES


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
        "added up as sold, or taken off"
    )
    status = log.status_and(header)
    remedy = (
        "Take out what was paid to others (a minus takes it off what was sold); "
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
