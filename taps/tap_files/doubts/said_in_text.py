"""Words in a name, a note or a way of paying that undo the sale they stand beside.

People strike a sale out where there is room: *Bea (ANULADO)*, *CANCELADO - Pantalón*,
*Forma de pago: Pendiente*, *devolvió todo*.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import PRODUCTS, TESTS, TIPS, WARRANTIES
from taps.tap_files.statuses import TICKS, YES, word_of
from taps.tap_files.sums.said_elsewhere import NOTES, Said
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Prepaid", "SaidInText"]

_PIECES = re.compile(r"[()\[\]{}*#]|\s[-\u2013\u2014|/]\s|:\s|\s-(?=\S)")
_STRUCK = re.compile(r"[()\[\]{}*#:|\u2013\u2014]|\s[-/]|[A-Z]{4}")
"""What a name needs in it to say more than a name, but for one word alone."""
_LONGEST = 40
_GONE = frozenset({"cancelled", "refunded", "returned"})
_OTHERWISE = frozenset({"baja", "lost", "removed", "void", "return", "gutschrift"})
"""Words that are as often something else: a leave, a credit that was bought."""
_STOCK = frozenset({"returned"})
"""What a name of goods says of their state, unless it is shouted or in brackets."""
_PAYMENTS = frozenset(
    {"pago", "payment", "paiement", "pagamento", "betaling", "cobro", "zahlung"}
)
_WAYS = frozenset(
    {"forma", "metodo", "method", "medio", "tipo", "type", "modo", "mode"}
)
_WAYS |= {"methode", "via", "means", "moyen", "mezzo"}
_OWN_WORD = frozenset({"zahlungsart", "zahlart", "zahlweise", "zahlungsweise"})
_CHANGED = frozenset(
    {"engarantia", "porgarantia", "bajogarantia", "underwarranty", "cambioporgarantia"}
    | {"warrantyreplacement"}
)
_NEVER_PAID = frozenset(
    {"pendiente", "pending", "debe", "adeber", "fiado", "unpaid", "notpaid", "gratis"}
    | {"cortesia", "invitacion", "sincargo", "free", "complimentary", "comp", "regalo"}
    | {"porcobrar", "sincobrar", "nopagado", "nopagada", "nopago", "impagado", "impago"}
    | {"sinpagar", "porpagar", "pendientedepago", "pendientepago", "pendientedecobro"}
    | {"awaitingpayment", "offen", "unbezahlt", "ausstehend", "kostenlos", "gratuit"}
    | {"enattente", "nonpaye", "impaye", "nonpagato", "insospeso", "omaggio"}
    | {"gratuito", "pendente", "naopago", "onbetaald", "openstaand", "trueque", "canje"}
    | {"consumointerno", "consumopropio", "autoconsumo", "invitacioncasa", "housecomp"}
    | {"invitaciondelacasa", "onthehouse", "staffmeal", "comped"}
    | (WARRANTIES | _CHANGED)
)
"""What stands for a way of paying where nobody paid."""
_HOUSE = _NEVER_PAID | {"house", "casa"}
"""The same of ways of paying: of a plain *Payment* it may be what is rented."""
_VOUCHERS = frozenset(
    {"bono", "bonos", "vale", "vales", "voucher", "vouchers", "gutschein"}
    | {"monedero", "prepago", "prepaid", "credits", "creditos", "puntos"}
    | {"pack", "packs", "pass", "passes", "package", "paquete", "membership"}
    | {"abono", "carnet", "mehrfachkarte", "buono"}
)
"""Words of what is paid once, and spent later."""
_MARKING = frozenset(
    {"con", "usa", "usado", "uso", "used", "uses", "is", "es", "with", "mit", "avec"}
    | {"pagado", "paid", "pago", "de", "del", "por", "sesion", "session", "si", "no"}
)
"""What a header of a mark holds besides."""
_OF_OTHERS = frozenset(
    {"restaurante", "restaurant", "comida", "gourmet", "edenred", "sodexo", "pluxee"}
    | {"cuenta", "banco", "bizum", "account", "bank", "konto", "compte", "conto"}
)
"""Words of money that somebody else pays: *Vale restaurante*, *Abono en cuenta*."""
_UNDONE = re.compile(
    r"(?:(?:lo|la|los|las|se|me|nos|le|cliente|ya|al final|finalmente)\s+)*"
    r"(?:devolvi[oó]|devolvieron|cancel[oó]|cancelaron|anul[oó]|anularon|no\s+pag[oó]"
    r"|no\s+pagaron|no\s+(?:lo\s+)?compr[oó]|no\s+cobrad[oa]|no\s+cobrar|no\s+cont(?:ar|abilizar)"
    r"|sin\s+(?:pagar|cobrar|cargo)|falta\s+(?:pagar|cobrar|el\s+pago)|por\s+cobrar"
    r"|pendiente\s+(?:de\s+)?(?:pago|cobro|pagar|cobrar)|impagad[oa]s?|impag[oa]"
    r"|cortes[ií]a|debe(?:n)?(?:\s+(?:todav[ií]a|a[uú]n|todo|dinero"
    r"|\d).*)?$|not\s+paid|unpaid|never\s+paid|awaiting\s+payment"
    r"|(?:gave|sent)\s+(?:it\s+)?back|returned\s+by|money\s+back|free\s+of\s+charge"
    r"|(?:regalo|muestra|env[ií]o|gift|sample)\s+(?:(?:para|a|for|to)\s+)?(?:(?:una?|an?)\s+)?"
    r"(?:influencer|prensa|youtuber|press|empleado|equipo)"
    r"|(?:replacement|reemplazo|reposici[oó]n|ersatz)\s+(?:for|of|del?|f[uü]r)"
    r"|sustituye\s+al?|do\s+not\s+count|nicht\s+bezahlt|unbezahlt|zur[uü]ckgeschickt"
    r"|non\s+pay[eé]|impay[eé]|non\s+pagato|n[aã]o\s+pag(?:o|ou))(?!-?\w)",
    re.IGNORECASE,
)
"""What a note begins with that says a sale was none, or was not paid."""
_OVER = (
    r"(?=\s*(?:$|[^\w\s-]|-\s|\w*\d)|\s+(?:por|al?|el|en|hoy|ayer|nadie|y|con|pero|ya"
    r"|by|to|due|because|as|since|and|was|wegen)\b)"
)
"""Where a statement ends, or goes on with how, when and why, and of nothing else."""
_OF_SALE = (
    r"(?:\s+(?:de|del|la|el|los|las|of|the|lost|damaged|missing|mismo|misma|same))*"
    r"\s+(?:[#\w-]*\d|(?:pedido|orden|order|venta|sale|compra|purchase|cobro|cargo|pago"
    r"|payment|charge|entry|row|line|l[ií]nea|registro|parcel|package|paquete|items?"
    r"|products?|productos?|art[ií]culos?|goods|ticket|reserva|booking)\b)"
)
_CHANGE = (
    r"(?:cambi(?:o|ad[oa])|reemplazo|reposici[oó]n|sustituci[oó]n|entrega|replac(?:ed|ement)"
    r"|exchanged?|sent|austausch|ersatz|umtausch|remplacement)\s+"
)
_UNDER = r"(?:(?:en|por|de|bajo|under|by|in|as|on|auf|sous)\s+)"
_NOT_LONG = r"(?!.*(?:\d|a[nñ]os?|mes|extend|inclu|oficial|year|month|jahr|monat))"
_WARRANTY = (
    rf"(?:(?:{_CHANGE}{_UNDER}*|{_UNDER}+)(?P<under>)|)"
    r"(?:garant[ií]a|warranty|garantie|garanzia|gewährleistung)"
    r"(?:\s+(?:replacement|claim|exchange)(?=\s*(?:$|[.,;)(]))"
    rf"|(?(under)(?=\s*(?:$|[.,;)(]))|(?=\s*(?:$|[.,;)(]{_NOT_LONG}))))"
)
"""What was sent for nothing, as it is said alone: *Garantía, 2 años* is sold."""
_AGAIN = re.compile(
    rf"{_WARRANTY}|"
    r"(?:ya\s+|est[aá]\s+)?(?:duplicad[oa]s?|repetid[oa]s?|duplicate[ds]?|reenv[ií]o"
    rf"|reship(?:ped|ment)?|resend|resent)(?:{_OF_SALE}|{_OVER})"
    r"|(?:(?:el|la|cliente|clienta|al\s+final|finalmente|pero|he|she)\s+)*no\s+vino"
    rf"{_OVER}",
    re.IGNORECASE,
)
"""What a note begins with, and is of the sale itself: not of its bill, or of wine."""
_NOUNS = r"(?:reembolso|refund|estorno|rimborso|remboursement)"
_UNDONE_SINCE = re.compile(
    r"(?<![\w-])(?:cancel[oó]|cancelou|cancell?ed|cancelad[oa]s?|anul[oó]|anulou"
    r"|anulad[oa]s?|devolvi[oó]|devolvieron|devolveu|devuelt[oa]s?|devuelven?"
    r"|devolvid[oa]s?|reembolsó|reembolsou|reembolsad[oa]s?|refunded"
    r"|returned(?!\s+(?:customer|client|buyer|guest)\W*$)|storniert|erstattet"
    r"|zur[uü]ck(?:ge(?:schickt|geben|sandt)|gezahlt|erstattet)|annul[eé]e?s?|rembours[eé]e?s?|rimborsat[oa]|annullat[oa]|stornat[oa]"
    r"|geretourneerd|terugbetaald|geannuleerd|chargeback|no[\s-]show|estornad[oa]"
    r"|no\s+(?:se\s+)?(?:present[oó]|asisti[oó]|acudi[oó]|apareci[oó])"
    rf"|(?:full|partial|total|parcial)\s+{_NOUNS}"
    rf"|(?<!contra\s){_NOUNS}\s+(?:issued|given"
    r"|done|made|sent|processed|hecho|realizado|emitido|efectuado|feito|total|parcial"
    r"|(?:of\s+|de\s+|por\s+)?[$€£]?\d[\d.,]*)"
    r"|pdte\.?\s*(?:de\s+)?(?:pago|cobro|pagar|cobrar))(?!-?\w)"
    r"|^\s*pdte\.?\s*$|^\s*(?:estimad[oa]|aproximad[oa]|previst[oa]|estimate[d]?|forecast)\s*$",
    re.IGNORECASE,
)
"""What a note says anywhere that happened to a sale afterwards.

A noun alone did not happen: *contra reembolso* is a way of paying.
"""
_OTHER_THINGS = frozenset(
    {"cheque", "cheques", "check", "scheck", "assegno", "versandkosten", "porto"}
    | {"portes", "flete", "frete", "postage", "freight", "verzendkosten", "envase"}
    | {"envases", "embalaje", "packaging", "leergut", "emballage"}
    | TIPS
)
"""What comes and goes beside a sale: how it was paid at first, postage, packaging."""
_ARTICLES = frozenset(
    {"el", "la", "los", "las", "the", "o", "os", "le", "les", "il", "die", "das", "der"}
)
_CLAUSE = re.compile(r"[.,;:!?()/\n]")


class SaidInText(Said):
    """Asks where a name, a note or a way of paying says so.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self, log: LogColumns, binding: Binding, statuses: Mapping[str, str]
    ) -> None:
        super().__init__(log, statuses)
        words = {
            at: words_in(title)
            for at, title in enumerate(log.header if self.is_open else ())
            if log.keys[at]
        }
        self._buyer = binding.positions.get("customer_id", -1)
        buyers = {self._buyer, binding.positions.get("purchase_id", -1)} & words.keys()
        names = {at for at in words if words[at] & PRODUCTS and at != log.amount}
        self._names, self._goods = names | buyers, names - buyers
        self._notes = {at for at in words.keys() - log.read if words[at] & NOTES}
        self._ways = set(_ways_of_paying(log) if self.is_open else [])

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._names | self._notes | self._ways

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        is_gone = at in self._names and self._is_struck_out(at, text)
        is_gone = is_gone or (at in self._notes and _is_undone(text))
        never = _HOUSE if words_in(self._log.header[at]) & _WAYS else _NEVER_PAID
        if is_gone or (at in self._ways and normalised(text) in never):
            self.note(row, at, text)

    def _is_struck_out(self, at: int, text: str) -> bool:
        if at == self._buyer and normalised(text) in TESTS:
            return True
        if not _STRUCK.search(text):
            return text.isalpha() and self._is_gone(text)
        shouted = [word for word in text.split() if word.isupper() and word != text]
        for piece in (*_PIECES.split(text), *shouted[:1], *shouted[-1:]):
            plain = piece.strip(" -.:")
            is_quiet = not plain.isupper() and f"({plain}" not in text
            is_quiet = is_quiet and at in self._goods
            if f"({plain}" in text and normalised(plain) in _CHANGED:
                return True
            is_short = plain and len(plain) <= _LONGEST
            if is_short and self._is_gone(plain, is_quiet=is_quiet):
                return True
        return False

    def _is_gone(self, text: str, *, is_quiet: bool = False) -> bool:
        word = word_of(text)
        if is_quiet and word in _STOCK:
            return False
        is_gone = word not in _OTHERWISE and self.meanings.get(word) in _GONE
        return is_gone or text == "RETURN"


class Prepaid:
    """Asks where a list sells vouchers, and counts what is paid with them again."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._ways = _ways_of_paying(log)
        self._products = [at for at in log.holding(PRODUCTS) if at != log.amount]
        # A mark says it as well: Bono = Sí, beside what was done for it.
        self._marks = {
            at: min(words & _VOUCHERS)
            for at, words in enumerate(map(words_in, log.header))
            if at not in log.read and log.keys[at] and at not in self._products
            if words & _VOUCHERS and words <= _VOUCHERS | _MARKING
        }
        self._sold: set[str] = set()
        self._spent: dict[str, tuple[int, int, str]] = {}

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return {*self._products, *self._ways}

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        words = words_in(text)
        if at in self._products:
            self._sold |= words & _VOUCHERS
        elif not words & _OF_OTHERS:
            for word in words & _VOUCHERS:
                self._spent.setdefault(word, (row.line, at, text))

    def add(self, row: Row) -> None:
        """Look at the marks of a row, which does not sell what is marked."""
        for at, word in self._marks.items():
            text = as_text(row.cells[at])
            is_set = normalised(text) in YES or text in TICKS
            if not is_set or not any(c in "123456789" for c in self._log.worth_of(row)):
                continue
            sold = (words_in(as_text(row.cells[of])) for of in self._products)
            if not any(words & _VOUCHERS for words in sold):
                self._spent.setdefault(word, (row.line, at, text))

    def ask(self) -> None:
        """Raise FileError where one word is sold, and paid with."""
        for word in sorted(self._sold & self._spent.keys()):
            line, at, text = self._spent[word]
            header = self._log.title(at)
            problem = (
                f"the column {header!r} says {text!r}, and other rows sell such: what "
                "was paid when it was sold would be counted again when it is spent"
            )
            remedy = (
                "Take out the rows that are paid so, or those that sell it; "
                f"ignored_columns={header} counts both"
            )
            raise FileError(self._log.name, problem, remedy=remedy, line=line)


def _is_undone(note: str) -> bool:
    text = note.strip()
    if _AGAIN.match(text):
        return True
    said = [*filter(None, [_UNDONE.match(text)]), *_UNDONE_SINCE.finditer(text)]
    return any(not _is_of_another(text[: at.start()], text[at.end() :]) for at in said)


def _is_of_another(before: str, after: str) -> bool:
    """Whether what happened is said of the thing beside it: *chèque annulé*."""
    last = _CLAUSE.split(before)[-1].split()[-1:]
    rest = [normalised(word) for word in _CLAUSE.split(after)[0].split()]
    first = [word for word in rest if word not in _ARTICLES][:1]
    return not _OTHER_THINGS.isdisjoint([*map(normalised, last), *first])


def _ways_of_paying(log: LogColumns) -> list[int]:
    """Positions of columns, which nobody reads, of how a sale was paid."""
    found = {*log.holding(_PAYMENTS)} & {*log.holding(_WAYS)}
    plain = {at for at in log.holding(_PAYMENTS) if log.keys[at] in _PAYMENTS}
    return sorted((found | plain | {*log.holding(_OWN_WORD)}) - log.read)
