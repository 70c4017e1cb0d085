"""Rows that say money went out, beside others that say it came in.

Cash books and ledgers hold both: *Ingreso* and *Gasto*, *Debe* and *Haber*, a sale and
the bill of the light. What was paid would be added up as sold, and with a minus taken
off it, as if a buyer got it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import (
    BOOKS,
    ELSEWHERE,
    KIND,
    PRODUCTS,
    STATE,
    WHEN,
)
from taps.tap_files.sums.only_refunds import SALES
from taps.tap_files.tables import Row
from taps.tap_files.wording import normalised, without_code, words_in

__all__ = ["CAME_IN", "MOST", "MOVING", "SAYING", "SOLD", "MoneyOut"]
__all__ += ["asked", "is_book", "open_columns"]

CAME_IN = frozenset(
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
SOLD = frozenset(
    {"ingreso", "ingresos", "venta", "ventas", "income", "sale", "sales", "inflow"}
    | {"revenue", "incoming", "moneyin", "einnahme", "einnahmen", "verkauf", "recette"}
    | {"recettes", "vente", "ventes", "encaissement", "vendita", "incasso", "venda"}
    | {"receita", "receitas", "recebimento", "inkomsten", "verkoop"}
)
"""Of a line of a book that came in: an *Entrada* is what a pool sells as well."""
_DEBITS = frozenset({"debito", "debit", "dr"})
_CREDITS = frozenset({"credito", "credit", "cr"})
"""Two kinds of cards, unless the file is of movements, or nothing tells of cards."""
_UNSIGNED = {(True, False), (False, False)}
_SIGNED = {(True, True), (False, False)}
MOVING = frozenset(
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
_BRANDS = frozenset(
    {"visa", "mastercard", "amex", "americanexpress", "maestro", "redcompra", "elo"}
    | {"dinersclub", "diners", "cabal", "naranja", "carnet", "redcompradebito", "jcb"}
    | {"efectivo", "cash", "contado", "bar", "especes", "contanti", "dinheiro", "pix"}
    | {"bizum", "paypal", "prepago", "prepaid", "prepagada", "cheque", "check"}
)
"""What a card is of, and other ways of paying: beside them a debit is a card."""
_RECEIPTS = frozenset(
    {"folio", "boleta", "ticket", "pedido", "order", "orden", "factura", "invoice"}
    | {"venta", "sale", "receipt", "commande", "bestellung", "beleg", "belegnummer"}
)
"""What a shop numbers of what it sells, and of nothing that it pays."""
_TERMINALS = frozenset(
    {"terminal", "tid", "autorizacion", "authorization", "authorisation", "auth"}
    | {"autorizacao", "afiliacion", "adquirente", "acquirer", "digitos", "digits"}
    | {"masked"}
)
"""What terminals of cards write beside a payment."""
_BATCHES = frozenset({"lote", "batch", "cupon", "voucher", "comercio", "merchant"})
"""The same, of which two stand beside each other: books have batches as well."""
SAYING = frozenset(
    {"concepto", "concept", "detalle", "descripcion", "description", "conceito", "item"}
    | {"beschreibung", "libelle", "descrizione", "descricao", "glosa", "motivo"}
    | {"beleg", "buchungstext", "asunto", "categoria", "category", "rubro", "partida"}
    | {"kategorie", "categorie", "cuenta", "account", "konto", "proveedor", "supplier"}
)
_KINDS = (
    STATE
    | MOVING
    | SAYING
    | {"art", "clase", "kind", "class", "signo", "sign", "sens", "causale", "grupo"}
    | {"group", "belegart", "bewegungsart", "vorgangsart", "tipologia", "subtipo"}
)
"""Words of headers of what a row is."""
MOST = 400
"""Words of a column beside which it says something else than what a row is."""


class MoneyOut:
    """Asks where a column says of some rows that money came in, and of others out.

    Parameters
    ----------
    above : the title of the list.
    """

    def __init__(self, log: LogColumns, above: str) -> None:
        self._log, words = log, open_columns(log)
        self._of_kinds = {at for at, said in words.items() if _is_kind(said)}
        moving = words if is_book(log, above) else _holding(words, MOVING)
        self._of_cards = (words.keys() - moving) | _holding(words, _PAYING)
        self._of_goods = _holding(words, PRODUCTS - KIND)
        self._plain = self._of_cards & _plain_kinds(log, words)
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
        word = normalised(without_code(text)) if self._count[at] <= MOST else ""
        if word in _DEBITS | _CREDITS and at in self._of_cards:
            kind = word in _DEBITS, is_negative(self._log.worth_of(row))
            self._cards.setdefault(at, {}).setdefault(kind, (row.line, text))
        elif word in _BRANDS:
            self._plain.clear()
        elif word in CAME_IN:
            self._in.setdefault(at, {}).setdefault(word, text)
        elif word in _OUT:
            self._out.setdefault(at, {}).setdefault(word, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where both are said, or what no sale is called."""
        for at, told in sorted(self._out.items()):
            for word, place in told.items():
                beside = self._beside(at, word)
                if beside or (word in _ALONE and at in self._of_kinds):
                    raise asked(self._log, at, *place, beside)
        for at, cards in sorted(self._cards.items()):
            # Of cards, either comes back: of an account, what was debited went out.
            is_signed = cards.keys() == _SIGNED
            if is_signed or (at in self._plain and cards.keys() == _UNSIGNED):
                beside = f" and {cards[False, False][1]!r} of others"
                raise asked(self._log, at, *cards[True, is_signed], beside)

    def _beside(self, at: int, word: str) -> str:
        """What came in beside a word of what went out; "" where nothing did."""
        is_goods, is_kind = at in self._of_goods, at in self._of_kinds
        for one, text in self._in.get(at, {}).items():
            if _are_both(one, word, is_goods=is_goods, is_kind=is_kind):
                return f" and {text!r} of others"
        return ""


def _plain_kinds(log: LogColumns, words: Mapping[int, frozenset[str]]) -> set[int]:
    """Columns whose header says no more than kind, where nothing tells of cards."""
    plain = {at for at, said in words.items() if said and said <= _KINDS | {"de"}}
    return set() if _tells_cards(log) else plain


def _tells_cards(log: LogColumns) -> bool:
    """Whether a file tells how its rows were paid, or numbers them as what it sold."""
    number = words_in(log.title(log.number)) if log.number is not None else set()
    titles = list(map(words_in, log.header))
    is_of_terminal = len(_BATCHES & frozenset().union(*titles)) > 1
    return (
        is_of_terminal
        or bool(_RECEIPTS & number)
        or any(words & (_TERMINALS | _PAYING) and not words & WHEN for words in titles)
    )


def _is_kind(words: frozenset[str]) -> bool:
    """Whether a header of these words tells what a row is."""
    return bool(words & _KINDS) or (bool(words) and words <= CAME_IN | _OUT)


def _holding(words: Mapping[int, frozenset[str]], any_of: frozenset[str]) -> set[int]:
    return {at for at, said in words.items() if said & any_of}


def _are_both(came: str, went: str, *, is_goods: bool, is_kind: bool) -> bool:
    """Whether a column of these words says of rows that money came in, and went out.

    A tour is called an entrance, and a city Dare: no expense is.
    """
    if went in _BOUGHT and came in _DOCUMENTS:
        return False
    if is_goods or not is_kind:
        return came in SOLD and (is_goods or went in _ALONE)
    return True


def is_book(log: LogColumns, above: str = "") -> bool:
    """Whether the name or the title of a file says that it is a book of both."""
    called = words_in(log.name) | words_in(above)
    return bool(called & BOOKS) and not called & SALES


def open_columns(log: LogColumns) -> dict[int, frozenset[str]]:
    """Position of a column that may say what a row is -> the words of its header."""
    words = {at: words_in(title) for at, title in enumerate(log.header)}
    return {
        at: kind
        for at, kind in words.items()
        if log.keys[at] and at not in log.read
        if not kind & (ELSEWHERE - PRODUCTS) or kind & (STATE | KIND)
    }


def asked(log: LogColumns, at: int, line: int, text: str, beside: str) -> FileError:
    """The question about a text of a line, and what is said beside it."""
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
