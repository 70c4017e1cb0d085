"""Credit notes, discounts and refunds beside their sale, without a minus."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping

from taps.tap_files.log_columns import LogColumns, Place, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.statuses import word_of
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, without_code, words_in

__all__ = ["CreditNotes", "CreditSeries"]

_CREDIT_NOTES = frozenset(
    {
        "abono", "notadecredito", "notadeabono", "notacredito", "creditnote",
        "creditmemo", "facturarectificativa", "rectificativa", "facturadeabono",
        "devoluciondeventa", "notadedevolucion", "nc", "egreso",
        "discount", "descuento", "desconto", "coupon", "cupon", "bonificacion",
        "gutschrift", "rechnungskorrektur", "stornorechnung", "rabatt", "kreditnota",
        "notadicredito", "notaaccredito", "notadiaccredito", "avoir", "facturedavoir",
        "notedecredit", "creditnota", "creditfactuur", "creditinvoice", "ncr", "rec",
    }
)  # fmt: skip
_LONG_NOTES = tuple(
    word for word in _CREDIT_NOTES if len(word) > 8 and word != "descuento"
)
"""Also within more words, as Nota de Crédito Electrónica."""
_CODES_OF_NOTES = frozenset({"61", "112"})
"""Of Chile's electronic documents: https://www.sii.cl/factura_electronica/."""
_SHORT_NOTE = re.compile(
    r"nc(?:[abcemtx]|e[abc]?|el|f|re)?|(?:nota?|n)(?:de)?cred.*|td0[48]"
)
"""Short for it: NC-B, N/C, Nota Créd.; TD04 of Italy's electronic invoices."""
_CODED_NOTES = {
    # Argentina: https://www.afip.gob.ar/fe/documentos/TABLACOMPROBANTES.xls; Peru's 07.
    "comprobante": {"8", "13", "53", "203", "208", "213", "003", "008", "013", "053"}
    | {"07"},
    # Spain's VERI*FACTU, where a correction may have no minus.
    "factura": {"r1", "r2", "r3", "r4", "r5"},
}
"""Word that a header of kinds (*Tipo*) holds besides -> codes of credit notes."""
_CODED = frozenset({"tipo", "comprobante"})
_ARGENTINE = frozenset({"2", "6", "11", "12", "13"})
"""Codes of Argentina, beside which a 3 is a note, and a 7 a bill. In Peru 03 is a
ticket, and 07 a note: a spreadsheet takes the 0 away.
"""
_DOCUMENTS = frozenset({"doc", "documento", "dte", "document"})
_GIVEN_BACK = frozenset(
    {
        "devolucion", "devoluciones", "reembolso", "reembolsos", "refund", "refunds",
        "return", "returns", "devolucao", "estorno", "erstattung", "ruckerstattung",
        "retoure",
    }
)  # fmt: skip
_KINDS = frozenset(
    {
        "type", "tipo", "document", "documento", "comprobante", "clase", "kind", "doc",
        "dte", "art", "typ", "belegart", "beleg", "action", "accion", "operation",
        "operacion", "concept", "concepto", "movement", "movimiento", "transaction",
    }
)  # fmt: skip


_SERIES = frozenset(
    {"r", "rec", "rect", "nc", "na", "cn", "cm", "ab", "abo", "abono", "av", "avoir"}
    | {"gs", "sr", "dev", "ret", "rma", "ref", "credit"}
)
"""Letters that numbers of credit notes begin with."""
_SERIES_OF = frozenset({"serie", "series", "prefijo", "prefix", "nummernkreis"})
_NUMBERS = frozenset(
    {"documento", "document", "doc", "beleg", "numero", "number", "num"}
)
"""Words of headers of numbers of papers, where none is of an order."""
_PEOPLE = frozenset({"cliente", "client", "customer", "kunde", "nif", "cif", "dni"})
_PEOPLE |= {"rut", "identidad", "identity", "fiscal", "vat"}
"""Words of headers of numbers of people."""
_NUMBER = re.compile(r"([^\W\d_]{1,6})[\s_/.-]{0,2}\d")
_SUFFIX = re.compile(r".*\d[\s_/.-]{0,2}(dev|ret|ref|nc|rma|abono)", re.IGNORECASE)
_PLAIN = re.compile(r"()#?\d+")
"""Numbers without letters, beside which a few that have them may be of notes."""


class CreditNotes:
    """Looks for rows that say credit note, or refund beside the sale of their order.

    A row that says refund and is all there is of its order may be an order that was
    given back, which is a status and asked as such where its word is known as one.
    """

    def __init__(
        self,
        log: LogColumns,
        settings: Settings,
        statuses: Mapping[str, str],
        *,
        is_of_bills: bool = False,
    ) -> None:
        self._log, self._kinds = log, log.holding(_KINDS)
        self._asked = _GIVEN_BACK - {word for word in _GIVEN_BACK if word in statuses}
        self._is_of_bills = is_of_bills
        self._told = {word_of(word) for word in settings.statuses}
        self._note: Place | None = None
        self._unsure = _Unsure(is_argentine=settings.currency_code == "ARS")
        self._refunds: dict[int, Place] = {}
        self._sales = array("q")

    def add(self, row: Row) -> None:
        """Look at a row."""
        for position in self._kinds:
            text, amount = as_text(row.cells[position]), self._log.amount_of(row)
            order_id = hash(self._log.id_of(row) or row.line)
            is_sold = not is_negative(amount) and any(c in "123456789" for c in amount)
            is_state = position in self._log.states
            if is_state and word_of(text) in self._told:
                continue
            header = self._log.title(position)
            said = _GIVEN_BACK if is_state else self._asked
            is_note = _is_credit_note(text, header) or normalised(text) in said
            self._unsure.look((row.line, position, text), header, is_sold=is_sold)
            if is_sold and is_note:
                self._note = self._note or (row.line, position, text)
            elif is_sold and normalised(text) in _GIVEN_BACK:
                self._refunds.setdefault(order_id, (row.line, position, text))
            else:
                self._sales.append(order_id)

    def ask(self) -> None:
        """Raise FileError where a row is one."""
        beside = self._refunds.keys() & set(self._sales) if self._refunds else set()
        found = (
            self._note
            or self._unsure.note
            or min((self._refunds[each] for each in beside), default=None)
        )
        if found is None:
            return
        line, position, text = found
        header = self._log.title(position)
        problem = f"the column {header!r} says {text!r}, and the amount has no minus"
        remedy = _remedy(self._log, header, text, is_of_bills=self._is_of_bills)
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


class CreditSeries:
    """Asks where a few numbers begin as those of credit notes do, and have no minus."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        order = log.named("purchase_id")
        people = {*log.holding(_PEOPLE)}
        papers = [] if log.tells_status else log.holding(_NUMBERS)
        papers = [at for at in papers if at not in log.read and at not in people]
        numbers = papers[:1] if order is None else [order]
        series = [at for at in log.holding(_SERIES_OF) if at not in log.read]
        # A shop or a year may stand in a series: what the numbers say is heard as well.
        self._ends = dict.fromkeys(numbers, "")
        self._ends |= dict.fromkeys([] if log.tells_status else series[:1], "1")
        #: Position -> letters -> the first line with them, and how many sales have.
        self._series: dict[int, dict[str, list[int]]] = {at: {} for at in self._ends}

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.amount_of(row)
        if is_negative(amount) or not any(c in "123456789" for c in amount):
            return
        for at, end in self._ends.items():
            text = as_text(row.cells[at]) + end
            found = _SUFFIX.fullmatch(text) or _NUMBER.match(text)
            if found := found or _PLAIN.fullmatch(text):
                counted = self._series[at].setdefault(found[1].lower(), [row.line, 0])
                counted[1] += 1

    def ask(self) -> None:
        """Raise FileError where a series beside others may be of credit notes."""
        for at, counted in self._series.items():
            others = (n for name, (_, n) in counted.items() if name not in _SERIES)
            most = max(others, default=0)
            for series, (line, count) in counted.items():
                if series in _SERIES and count <= most:
                    raise self._asked(at, series, line)

    def _asked(self, at: int, series: str, line: int) -> FileError:
        header = self._log.title(at)
        problem = (
            f"numbers in {header!r} that begin with {series.upper()} may "
            "be of credit notes, and their amounts have no minus"
        )
        remedy = (
            "Write what is given back with a minus, or "
            f"ignored_columns={header} if they are sales"
        )
        return FileError(self._log.name, problem, remedy=remedy, line=line)


def _remedy(log: LogColumns, header: str, text: str, *, is_of_bills: bool) -> str:
    if is_of_bills:
        return (
            f"Write what is given back with a minus; if it is a bill, "
            f"ignored_columns={header} says so"
        )
    status = log.status_and(header)
    return (
        "Write what is given back with a minus, or in a column of its own "
        "(columns.refunded_amount), or say what it is with "
        f"columns.status={status}: statuses.{text}=returned takes such a row off "
        f"its sale, statuses.{text}=refunded is the sale itself. If it is a sale "
        f"that was kept, ignored_columns={header} says so"
    )


class _Unsure:
    """Codes that are of notes in one country, and of bills in another."""

    def __init__(self, *, is_argentine: bool) -> None:
        self._is_argentine = is_argentine
        self._first: dict[str, Place] = {}

    def look(self, place: Place, header: str, *, is_sold: bool) -> None:
        """Read the code of a row, where the header says that there are codes."""
        code = place[2]
        if code in _ARGENTINE | {"3", "7"} and words_in(header) >= _CODED:
            self._is_argentine |= code in _ARGENTINE
            if is_sold:
                self._first.setdefault(code, place)

    @property
    def note(self) -> Place | None:
        """The first row that is a note, or None."""
        return self._first.get("3" if self._is_argentine else "7")


def _is_credit_note(text: str, header: str) -> bool:
    word, plain = normalised(text), normalised(without_code(text))
    if word in _CODES_OF_NOTES:
        return bool(_DOCUMENTS & words_in(header))
    words = words_in(header)
    if "tipo" in words and any(word in _CODED_NOTES.get(of, ()) for of in words):
        return True
    if _SHORT_NOTE.fullmatch(word):
        return True
    is_note = not _CREDIT_NOTES.isdisjoint([word, plain])
    return is_note or any(note in word for note in _LONG_NOTES)
