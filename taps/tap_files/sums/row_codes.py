"""Codes of a sign or two letters that say what a row is: V and D, + and -, D and H."""

from __future__ import annotations

import re
from collections.abc import Set

from taps.tap_files.doubts.money_out import is_book
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["RowCodes"]

_KINDS = frozenset(
    {
        "type", "tipo", "typ", "kind", "clase", "movimiento", "mov", "movement",
        "signo", "sign", "vorzeichen", "sinal", "segno", "signe", "operacion",
        "operation", "d", "h", "dh", "dc", "sh", "naturaleza", "ig", "ie", "hd",
    }
)  # fmt: skip
_EITHER = frozenset(
    {"i", "g", "e", "c", "d", "h", "s", "cr", "dr", "debe", "haber", "ingreso", "gasto"}
    | {"ingresos", "gastos", "egreso", "egresos", "entrada", "salida", "cargo", "abono"}
    | {"debit", "credit", "debito", "credito", "income", "expense", "soll", "haben"}
    | {"dare", "avere", "in", "out", "venta", "compra", "cobro", "pago"}
)
"""What a header says two of that a row may be: I/G, Debe/Haber."""
_OF_ROWS = frozenset(
    {"de", "del", "la", "of", "row", "line", "linea", "fila", "registro", "record"}
    | {"documento", "document", "doc", "venta", "sale", "transaccion", "transaction"}
    | {"code", "codigo", "cod", "apunte", "asiento", "entry", "beleg", "buchung"}
)
"""What else a header of codes of rows holds; any other word is of something else."""
_IDENTITIES = frozenset(
    {"DN", "CC", "CE", "TI", "PA", "PP", "RC", "CI", "NI", "PS", "NT", "TE"}
)
"""Kinds of a buyer's papers."""
_GLUED = frozenset({"dh", "dc", "sh", "ig", "ie", "hd"})
"""Headers of two letters, which hold either: *DC* is a distribution centre as well."""
_CARDS = (
    frozenset({"c", "d"}),
    frozenset({"cr", "dr"}),
    frozenset({"credit", "debit"}),
    frozenset({"credito", "debito"}),
)
"""What a header says two of that are kinds of cards too; *D/C* is of an account."""
_MOVING = frozenset(
    {"movimiento", "mov", "movement", "operacion", "operation", "signo", "sign"}
    | {"vorzeichen", "sinal", "segno", "signe", "naturaleza", "apunte", "asiento"}
)
"""Words of headers of kinds of movements, which no series of invoices are."""
_CODE = re.compile(r"[+\-\u2212]|[^\W\d_]{1,2}")
_SERIES = frozenset("ABCEM")
"""Of Argentina's invoices, all of which are sales."""
_OUT = {("C", False), ("D", True)}
_MOST = 6


class RowCodes:
    """Asks what the codes of a column mean that has several."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        words = {at: words_in(title) for at, title in enumerate(log.header)}
        self._codes: dict[int, dict[str, int]] = {
            at: {}
            for at, said in words.items()
            if log.keys[at] and at not in log.read and _are_of_rows(said)
        }
        self._series = {at for at, said in words.items() if not said & _MOVING}
        cards = {} if is_book(log) else words
        self._cards = {
            at: set[tuple[str, bool]]()
            for at, said in cards.items()
            if said in _CARDS and log.keys[at] != "dc"
        }

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._codes:
            return
        for at in [*self._codes]:
            text = as_text(row.cells[at]).strip()
            if text and (not _CODE.fullmatch(text) or len(self._codes[at]) > _MOST):
                del self._codes[at]
            elif text:
                self._codes[at].setdefault(text.upper(), row.line)
                is_minus = is_negative(self._log.worth_of(row))
                self._cards.get(at, set()).add((text.upper()[0], is_minus))

    def ask(self) -> None:
        """Raise FileError where rows have different ones."""
        for at, codes in self._codes.items():
            if len(codes) < 2 or self._are_others(at, codes.keys()):
                continue
            header, said = self._log.title(at), ", ".join(codes)
            problem = f"what {said} mean in the column {header!r} is not known, and "
            problem += "whether such a row is a sale"
            status = self._log.status_and(header)
            said = f"columns.status={status} with statuses.<code>=paid, and returned "
            said += "or left_out for those that are no sales"
            if not all(map(str.isalpha, codes)):
                said = "Write the minus before the amounts themselves"
            remedy = f"{said}; ignored_columns={header} adds all up"
            line = max(codes.values())
            raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def _are_others(self, at: int, codes: Set[str]) -> bool:
        """Whether codes of a column are of papers, invoices, cards or places."""
        letters = {code[0].lower() for code in codes}
        key = self._log.keys[at]
        return (
            codes <= _IDENTITIES
            or (at in self._series and {"A", "B"} <= codes <= _SERIES)
            # What was paid with either card comes back; what was debited went out.
            or self._cards.get(at, _OUT) != _OUT
            or (key in _GLUED and not letters <= {*key, "+", "-", "\u2212"})
        )


def _are_of_rows(words: frozenset[str]) -> bool:
    """Whether a header of these words holds codes of what a row is."""
    is_of_kinds = bool(words & _KINDS) and words <= _KINDS | _OF_ROWS
    return is_of_kinds or (len(words) == 2 and words <= _EITHER)
