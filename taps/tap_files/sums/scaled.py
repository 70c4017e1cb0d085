"""Money in thousands, which a line above or below the rows says of all of them."""

from __future__ import annotations

import re

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.tables import Row, Table, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Scaled"]

_THOUSANDS = (
    r"(?:miles|millones|milhares|milh[oõ]es|thousands?|millions?|tausend|tsd\.?"
    r"|millionen|mio\.?|milliers|migliaia|milioni|duizend(?:en)?|miljoen(?:en)?)"
)
_MONEY = (
    r"(?:euros?|pesos|d[oó]lar(?:es)?|dollars?|soles|reais|EUR|USD|GBP|CLP|MXN|€|£"
    r"|(?:US)?\$)"
)
_AMOUNTS = (
    r"(?:amounts?|figures|values|numbers|prices|importes?|cifras|montos|valores"
    r"|betr[aä]ge|montants|importi)"
)
_SCALE = re.compile(
    # In miles: of a way, in English.
    rf"\b(?:en|in|em|expressed\s+in|cifras\s+en)\s+(?!miles\b(?!\s+de)){_THOUSANDS}(?!\w)"
    r"|\ben\s+miles\b"
    rf"|(?<![\w.,])(?<!\d\s){_THOUSANDS}\s+(?:de\s+|d['\u2019]\s*|of\s+|di\s+)?{_MONEY}"
    rf"|{_MONEY}\s+{_THOUSANDS}(?!\w)"
    r"|(?:in|en|em|\()\s*(?:TEUR|TUSD|MEUR|kEUR|MM\$|M\$|k€|T€|M€|€k|\$k)(?!\w)"
    r"|^\W*(?:TEUR|TUSD|MEUR|kEUR|MM\$|M\$|k€|T€|M€)\W*$"
    r"|\b(?:TEUR|TUSD|kEUR)(?!\w)"
    r"|(?:EUR|USD|GBP|CLP|MXN|[€$£])\s?['\u2019]?000s?(?!\w)"
    r"|(?<![\w.,])['\u2019]?000s?\s?(?:EUR|USD|GBP|[€$£])"
    rf"|\b{_AMOUNTS}\b[^.;\d]{{0,30}}['\u2019]?000['\u2019]?s?(?!\w|[.,]\d)"
    r"|^\W*(?:in\s+)?['\u2019]?000['\u2019]?s?\W*$",
    re.IGNORECASE,
)

_UNITS = frozenset(
    {"unidad", "unit", "units", "currency", "moneda", "divisa", "einheit", "unite"}
    | {"unidade", "moeda", "waehrung", "wahrung", "devise", "escala", "scale"}
)
_NOTES = frozenset(
    {"note", "notes", "nota", "notas", "comment", "comments", "comentario"}
    | {"comentarios", "observaciones", "remarks", "observacoes", "notiz", "bemerkung"}
)
_OF_ALL = re.compile(
    rf"\W*(?:all|todos los|note:|nota:)?\s*{_AMOUNTS}\b.*", re.IGNORECASE
)
"""What a note begins with that is of all rows, and not of its own."""
_LONGEST_UNIT = 20
_LONGEST = 200


class Scaled:
    """Asks where a title, a footnote or a unit says that amounts are in thousands."""

    def __init__(
        self, name: str, binding: Binding, settings: Settings, table: Table
    ) -> None:
        self._name, self._table = name, table
        self._money = binding.contract.amount_column
        is_told = self._money is None or settings.amount_unit != AUTO
        ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
        # A unit stands in a column of its own; a note in a spreadsheet, in the first.
        self._looked_at = [
            at
            for at, header in enumerate(binding.header)
            if not is_told
            and normalised(header) not in ignored
            and (at == 0 or words_in(header) & (_UNITS | _NOTES))
        ]
        self._notes = {
            at for at in self._looked_at if words_in(binding.header[at]) & _NOTES
        }
        self._is_told = is_told
        self._found = ""

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._looked_at:
            if at == 0 and 0 not in self._notes and any(map(as_text, row.cells[1:])):
                continue  # a note has the row to itself
            text = as_text(row.cells[at])
            if not self._found and _is_scale(text):
                is_unit = len(text) <= _LONGEST_UNIT and at not in {0, *self._notes}
                is_unit = is_unit or bool(at in self._notes and _OF_ALL.match(text))
                others = (cell for cell in row.cells if as_text(cell))
                if is_unit or len(list(others)) == 1:
                    self._found = text

    def ask(self) -> None:
        """Raise FileError where the amounts are not what they are worth."""
        if self._is_told:
            return
        said = next((t for t in self._table.said if _is_scale(t)), self._found).strip()
        if said:
            problem = f"{said!r} says that the amounts are not written whole"
            remedy = (
                "Export them whole, or say it with the setting amount_unit=thousands "
                "(or millions); amount_unit=units reads them as they stand"
            )
            raise FileError(self._name, problem, remedy=remedy)


def _is_scale(text: str) -> bool:
    return 1 < len(text) <= _LONGEST and _SCALE.search(text) is not None
