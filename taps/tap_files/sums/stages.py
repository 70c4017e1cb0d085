"""One sale told several times: an order, an invoice, a payment; held and captured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import ELSEWHERE, KIND, STATE
from taps.tap_files.settings import Settings
from taps.tap_files.statuses import COUNTED
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Stages"]

_WORDS = {
    "an offer": "presupuesto quote quotation estimate cotizacion proforma angebot "
    "devis preventivo orcamento",
    "an order": "pedido order orden bestellung auftrag commande ordine encomenda",
    "a delivery note": "albaran remito delivery lieferschein ddt bon guia",
    "an invoice": "factura invoice rechnung facture fattura fatura factuur boleta "
    "ticket bill salesinvoice",
    "a payment": "recibo cobro pago payment receipt zahlung zahlungseingang paiement "
    "reglement encaissement pagamento recebimento incasso betaling customerpayment "
    "paymentreceived receivepayment",
    "money that is held": "preauthorization preauth preauthorisation preautorizacion "
    "preautorizacao",
    "an authorisation": "authorization authorisation autorizacion autorizacao",
    "a capture": "capture captured captura postauthorization delayedcapture",
    "a confirmation": "confirmacion confirmation confirmacao",
    "a sale": "venta sale verkauf vente vendita venda",
}
_STAGES = {word: stage for stage, words in _WORDS.items() for word in words.split()}
_LATER = frozenset({"a delivery note", "a payment"})
"""What a sale is told by once more; an order may be one of its kinds."""
_BESIDE_SALES = _LATER | {"money that is held"}
_HELD = ("money that is held", "an authorisation", "an offer")
"""What is left out beside any other stage: no money, whichever stands first."""
_ONLY_HELD = frozenset({"money that is held", "an authorisation"})
"""What alone makes a confirmation one of money: a sale may be called so."""
_TAKEN = frozenset({"capture", "captured", "captura", "completion", "confirmacion"})
_SAYING = STATE | KIND | {
    "concepto", "concept", "documento", "document", "detalle", "descripcion",
    "description", "comprobante", "doc", "conceito", "beleg", "belegart", "libelle",
    "descrizione", "descricao", "clase", "kind", "piece", "memo", "glosa",
}  # fmt: skip
_PROSE = frozenset(
    {"descripcion", "description", "concepto", "concept", "detalle", "libelle"}
    | {"descrizione", "descricao", "conceito", "memo", "glosa"}
)
_FIRST_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(
    r"(?:(?i:n[.\u00ba\u00b0o]{0,2}|num\.?|numero|nr\.?)|#)?\s*(?:[A-Z]{1,4}[-/]?)?\d"
)
_MEMOS = frozenset({"memo", "glosa"})
_INSTALMENT = re.compile(r"\D*\d+\s*(?:de|of|von|di|sur)\s*\d{1,2}\W*", re.IGNORECASE)
"""What a memo says of a part that was paid: *Pago 2 de 3* is of no bill beside it."""
_BETWEEN = frozenset({"de", "del", "of", "for", "per", "von", "du"})

_Told = tuple[int, str]
"""Line and text."""


class Stages:
    """Asks where rows that are added up say that they are different stages of sales.

    With a minus, a payment would be a return.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self,
        log: LogColumns,
        binding: Binding,
        settings: Settings,
        statuses: Mapping[str, str],
    ) -> None:
        self._log = log
        told = {normalised(word) for word in settings.statuses}
        self._known = told | {w for w, m in statuses.items() if m not in COUNTED}
        order = binding.positions.get("purchase_id", -1)
        words = _SAYING | (words_in(log.header[order]) if order >= 0 else set())
        self._prose = set(log.holding(_PROSE))
        self._memos = set(log.holding(_MEMOS))
        shut = log.read - {order, *log.states}
        self._found: dict[int, dict[str, _Told]] = {
            at: {}
            for at in log.holding(words)
            if at == order or not (at in shut or words_in(log.header[at]) & ELSEWHERE)
        }

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._found or not any(
            c in "123456789" for c in self._log.worth_of(row)
        ):
            return
        for at, found in self._found.items():
            text = as_text(row.cells[at])
            if at in self._log.states and normalised(text) in self._known:
                continue
            stage = _stage_of(text, is_prose=at in self._prose)
            is_part = stage == "a payment" and _INSTALMENT.fullmatch(text)
            if stage and not (is_part and at in self._memos):
                found.setdefault(stage, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where there are several."""
        for at, found in self._found.items():
            if not _ONLY_HELD & found.keys():
                found.pop("a confirmation", None)
            is_pair = len(found) == 2 and "a sale" in found
            if len(found) > 1 and (not is_pair or found.keys() & _BESIDE_SALES):
                raise _asked(self._log, at, found)


def _asked(log: LogColumns, at: int, found: dict[str, _Told]) -> FileError:
    *_, last = found
    # What is left out stands behind what is counted.
    second = next((stage for stage in _HELD if stage in found), last)
    first = next(stage for stage in found if stage != second)
    (line, text), (other_line, other) = found[first], found[second]
    header = log.title(at)
    problem = (
        f"the column {header!r} says {text!r} in line {line} and {other!r} in line "
        f"{other_line}: {first} and {second} may tell the same sale, which would "
        "be added up"
    )
    status = log.status_and(header)
    remedy = (
        f"Export one of both; columns.status={status} with "
        f"statuses.{other}=left_out counts the others; ignored_columns={header} "
        "says that each is a sale"
    )
    return FileError(log.name, problem, remedy=remedy, line=max(line, other_line))


@lru_cache(maxsize=10_000)
def _stage_of(text: str, *, is_prose: bool) -> str | None:
    """The stage that a text is, or begins with; in prose only before a number."""
    # A number is no stage, and most rows have one of their own.
    whole = None if text[-1:].isdigit() else _STAGES.get(normalised(text))
    first = _FIRST_WORD.match(text.lstrip())
    stage = _STAGES.get(normalised(first[0])) if first and not whole else None
    is_said = stage is not None and (not is_prose or _is_numbered(text))
    found = stage if is_said else whole
    # AUTHORIZATION_AND_CAPTURE, Preauth completion: it is held no more.
    is_taken = found in _ONLY_HELD and words_in(text.replace("_", " ")) & _TAKEN
    return "a capture" if is_taken else found


def _is_numbered(text: str) -> bool:
    """Whether a number follows the words of stages: Factura F-12, Cobro factura 3."""
    rest = text.split()
    while rest and normalised(rest[0]) in _BETWEEN | _STAGES.keys():
        rest = rest[1:]
    return bool(_NUMBER.match(" ".join(rest)))
