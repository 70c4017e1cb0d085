"""What a note, a parcel, a mark or any other column says, where no status is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import (
    ELSEWHERE,
    FLAG,
    GIVEN_BACK,
    KIND,
    NO,
    STATE,
    STATUS,
    TESTS,
    WARRANTIES,
)
from taps.tap_files.statuses import YES, word_of
from taps.tap_files.sums.discounts import PRICES
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["NOTES", "VALID", "Said", "SaidElsewhere", "SaidInactive"]
__all__ += ["StatesUnnamed"]

NOTES = frozenset(
    {
        "note", "notes", "nota", "notas", "observacion", "observaciones", "comentario",
        "comentarios", "comment", "comments", "remarks", "bemerkung", "bemerkungen",
        "notiz", "observacoes", "commentaire", "commentaires", "incidencia",
        "incidencias", "observacao", "anotacao", "anotacoes", "anotacion", "obs",
        "anotaciones", "apuntes", "aclaraciones", "remarque", "remarques",
        "osservazioni", "opmerking", "opmerkingen",
    }
)  # fmt: skip
VALID = frozenset(
    {
        *("valido", "valida", "valid", "vigente", "gultig", "valide", "active"),
        *("activo", "activa", "livemode"),
        *("confirmed", "confirmado", "confirmada", "approved", "aprobado", "aprobada"),
        *("accepted", "aceptado", "aceptada", "authorized", "autorizado"),
        *("success", "successful", "exitoso", "exitosa"),
    }
)
_CAME = frozenset({"attended", "asistio", "asistencia", "acudio", "showed", "presente"})
_IS = frozenset({"is", "es", "esta", "order", "pedido", "orden", "est", "ist"})
"""Words that a header of yes and no may have besides: is_active."""
_RUNNING = frozenset({"active", "activa", "activo", "vigente", "trialing", "past_due"})
_STOPPED = frozenset(
    {
        "paused", "pausada", "pausado", "suspended", "suspendida", "suspendido",
        "frozen", "congelada", "congelado", "churned", "expired", "vencida", "vencido",
        "baja", "cancelled", "canceled", "cancelada", "cancelado", "deleted",
        "eliminada", "test", "demo", "internal", "interna", "interno", "prueba",
    }
)  # fmt: skip
_UNDONE = GIVEN_BACK | FLAG | {"cancel", "cancellation", "cancelation", "return"}
_UNDONE |= {"returns", "cancelamento", "anulacao", "cancellazione", "annullamento"}
_WHY = frozenset(
    {"reason", "reasons", "motivo", "motivos", "razon", "causa", "grund", "motif"}
    | {"raison", "reden"}
)
"""Words of headers of why a sale was undone: what they hold says that it was."""
_CODES = frozenset({"codigo", "cod", "code"})
"""The same, of what came back: why a bank sent a receipt back."""
_OF_CODES = frozenset({"de", "del", "la", "of", "recibo", "sepa", "banco", "bank"})
"""What such a header may say besides: any other code is of a label, or of a coupon."""
_NO_REASON = frozenset(
    {"na", "notapplicable", "noaplica", "sindevolucion", "ninguno", "ninguna"}
    | {"noreturn", "sinmotivo", "kein", "keine", "aucun", "aucune", "nessuno"}
)
_CAME_BACK = frozenset({"refunded", "returned"})
_DOUBT = frozenset(
    {
        "fraud", "fraude", "fraudulent", "fraudulento", "duplicate", "duplicated",
        "duplicado", "duplicada", "intercompany", "intragrupo", "exchange",
        "replacement", "reposicion", "propio", "muestra", "sample", "invalid",
        "invalido", "demo", "training", "entrenamiento", "layaway", "apartado",
        "consignment", "gasto", "egreso", "expense", "prestamo", "loan",
    }
)  # fmt: skip
"""Words of headers whose yes says that a row is hardly a sale."""
_LOANS = frozenset({"prestamo", "loan"})
"""The same, unless the header says of what: a garage lends a car to who pays."""
_UNDER = frozenset({"en", "por", "bajo", "under", "in", "on", "sous", "unter", "auf"})
_UNDER |= {"cambio", "claim", "reemplazo", "sustitucion"}
"""Words of headers of what was changed under warranty, where others say no."""
_SAYING = NOTES | STATUS | VALID | _DOUBT | WARRANTIES
_MEASURED = frozenset(
    {"id", "rate", "score", "size", "number", "count", "code", "name", "date", "value"}
    | {"tasa", "numero", "codigo", "nombre", "fecha"}
    | {"part", "parts", "pieza", "piezas"}
)
"""Words of headers of what is not said with yes and no: an exchange's rate."""
_GONE = _CAME_BACK | {"cancelled"}
"""Of a parcel that is cancelled another may be sent."""
_ASKED = STATE | KIND | FLAG
"""Words of headers that are asked about whatever they say."""
_LOST = _GONE | {"failed"}
_OTHERWISE = frozenset(
    {"baja", "lost", "removed", "blocked", "error", "return", "returned"}
)
"""Words that say as often something else: a priority, a customer, a policy."""
_MOST_WORDS = 3
_BUYERS = (["customer"], ["client"], ["buyer"], ["guest"], ["shopper"])
_MOST_STATES = 40


class Said:
    """What is asked of the first row that is said to be gone."""

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        self._log, self.meanings = log, statuses
        self.is_open = not (log.states or log.tells_refunds)
        self.first: dict[int, tuple[int, str]] = {}

    def note(self, row: Row, at: int, text: str) -> None:
        """Keep a row in mind, if it holds money and is the first of the column."""
        amount = self._log.worth_of(row)
        is_sold = any(c in "123456789" for c in amount) and not is_negative(amount)
        if is_sold:
            self.first.setdefault(at, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where one is."""
        if not self.first:
            return
        at, (line, text) = min(self.first.items(), key=lambda one: one[1])
        header = self._log.title(at)
        problem = (
            f"the column {header!r} says {text!r}, and whether the row is still a sale "
            "is not known"
        )
        remedy = (
            f"Take out what is none, or say it with columns.status={header} and "
            f"statuses.{text}=cancelled (or another meaning); ignored_columns={header} "
            "counts each row"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


class SaidElsewhere(Said):
    """Asks where a note, a parcel or a mark says that a row is gone.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        super().__init__(log, statuses)
        columns = set(log.holding(_SAYING)) - log.read
        words = {at: words_in(log.header[at]) for at in columns}
        # Any other state is asked about whatever it says.
        self._parcels = {at for at in columns if words[at] & STATUS}
        columns -= {at for at in self._parcels if not words[at] & ELSEWHERE}
        self._columns = sorted(columns) if self.is_open else []
        under = {at for at in self._columns if _is_under_warranty(words[at])}
        doubts = {at for at in self._columns if _is_doubt(words[at])} | under
        measured = {at for at in doubts if words[at] & _MEASURED}
        self._doubts = doubts - measured
        self._columns = [at for at in self._columns if at not in measured]
        self._marks = {at for at in self._columns if words[at] - _IS <= VALID}
        self._marks |= _of_coming(log) if self.is_open else set()
        self._whys = _whys_of(log) if self.is_open else set[int]()
        self._columns = sorted({*self._columns, *self._marks, *self._whys})
        self._in_some, self._more, self._unset = under, set[int](), set[int]()

    @property
    def reads(self) -> Sequence[int]:
        """Positions of the columns whose words it reads."""
        return self._columns

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        if at in self._doubts and normalised(text) not in YES | NO:
            self._more.add(at)
        elif normalised(text) in NO:
            self._unset.add(at)
        if text and self._is_gone(at, text):
            self.note(row, at, text)

    def ask(self) -> None:
        """Raise FileError where one is gone."""
        for at in self._more | (self._in_some - self._unset):
            # It says more than yes and no: a size, a reason.
            self.first.pop(at, None)
        super().ask()

    def _is_gone(self, at: int, text: str) -> bool:
        if at in self._whys:
            return normalised(text) not in NO | _NO_REASON
        if at in self._doubts:
            return normalised(text) in YES
        if at in self._marks:
            return normalised(text) in NO - {""}
        if normalised(text) in TESTS and at not in self._parcels:
            return True
        gone = _CAME_BACK if at in self._parcels else _GONE
        return any(self.meanings.get(each) in gone for each in _begun(text))


def _whys_of(log: LogColumns) -> set[int]:
    """Columns of why a sale was undone, unless a setting says what all rows are."""
    whys = set(log.holding(_WHY)) & set(log.holding(_UNDONE))
    words = {at: words_in(log.header[at]) for at in log.holding(_CODES)}
    whys |= {
        at
        for at, said in words.items()
        if said & GIVEN_BACK and said <= _CODES | GIVEN_BACK | _OF_CODES
    }
    return set() if log.is_one_status else whys - log.read


def _is_doubt(words: frozenset[str]) -> bool:
    """Whether a header's yes says that a row is hardly a sale: a car is lent to one."""
    said = words & _DOUBT
    return bool(said) and (not said <= _LOANS or words <= _LOANS | _IS | _UNDER)


def _is_under_warranty(words: frozenset[str]) -> bool:
    return bool(words & WARRANTIES and words & _UNDER and not words & _DOUBT)


def _of_coming(log: LogColumns) -> set[int]:
    """Columns of who came: who did not paid no price of what is done there."""
    is_price = log.amount is None or log.keys[log.amount] in PRICES
    return set(log.holding(_CAME)) - log.read if is_price else set()


def _begun(text: str) -> list[str]:
    """The words that a text begins with, as those of a status are looked up.

    Of *Returned customer* none: who comes back buys again.
    """
    words = text.replace(":", " ").replace(".", " ").split()
    if [normalised(word) for word in words[1:]] in _BUYERS:
        return []
    words = words[:_MOST_WORDS]
    counts = range(1, len(words) + 1)
    return [word_of(" ".join(words[:count])) for count in counts]


class SaidInactive(Said):
    """Asks where a mark says that a subscription stopped, and a state that it runs."""

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        super().__init__(log, statuses)
        marks = set(log.holding(VALID)) - log.read
        self._marks = [at for at in marks if words_in(log.header[at]) - _IS <= VALID]
        ends = set(log.holding(_STOPPED)) - log.read
        self._ends = [at for at in ends if words_in(log.header[at]) - _IS <= _STOPPED]

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._marks:
            text = as_text(row.cells[at])
            states = {as_text(row.cells[each]).lower() for each in self._log.states}
            if normalised(text) in NO - {""} and states & _RUNNING:
                self.note(row, at, text)
        for at in self._ends:
            text = as_text(row.cells[at])
            states = {as_text(row.cells[each]).lower() for each in self._log.states}
            if normalised(text) in YES and states & _RUNNING:
                self.note(row, at, text)


class StatesUnnamed(Said):
    """Asks where any column of a few words says that a row is gone."""

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        super().__init__(log, statuses)
        known = ELSEWHERE | _ASKED | NOTES | VALID | _DOUBT
        self._count: dict[int, int] = {
            at: 0
            for at, header in enumerate(log.header if self.is_open else ())
            if at not in log.read and log.keys[at] and not words_in(header) & known
        }

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._count.keys()

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text: of many words none is a state."""
        if self._count[at] > _MOST_STATES:
            return
        word = word_of(text)
        if self.meanings.get(word) in _LOST and word not in _OTHERWISE:
            self.note(row, at, text)
        self._count[at] += 1
