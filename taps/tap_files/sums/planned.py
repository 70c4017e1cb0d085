"""Rows of what was planned, beside those of what was spent or sold."""

from __future__ import annotations

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import KIND, STATE
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Planned"]

_KINDS = (
    STATE | KIND | {"escenario", "scenario", "version", "cenario", "szenario", "dato"}
)
_PLANNED = frozenset(
    {
        "previsto", "prevista", "prevision", "presupuestado", "presupuestada",
        "planificado", "planificada", "planeado", "presupuesto", "objetivo",
        "forecast", "forecasted", "planned", "plan", "budget", "budgeted", "projected",
        "estimado", "estimada", "estimated", "estimate", "target", "proyectado",
        "proyectada", "geplant", "prognose", "prevu", "prevue", "budgete", "orcado",
        "planejado", "preventivato", "begroot",
    }
)  # fmt: skip
_CONTRACTS = frozenset({"ad_spend", "purchases"})


class Planned:
    """Asks where a row says that its money is planned."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._binding = name, binding
        ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
        is_open = binding.contract.name in _CONTRACTS and binding.preset is None
        self._columns = [
            at
            for at, header in enumerate(binding.header if is_open else ())
            if at not in binding.used
            and words_in(header) & _KINDS
            and normalised(header) not in ignored
        ]
        self._first: tuple[int, int, str] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._columns:
            text = as_text(row.cells[at])
            if self._first is None and normalised(text) in _PLANNED:
                self._first = row.line, at, text

    def ask(self) -> None:
        """Raise FileError where one is."""
        if self._first is None:
            return
        line, at, text = self._first
        header = self._binding.header[at].strip()
        problem = (
            f"the column {header!r} says {text!r}: what was planned would be added to "
            "what was"
        )
        remedy = (
            "Export what was alone, or take the other rows out; if all of it was, "
            f"ignored_columns={header} says so"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)
