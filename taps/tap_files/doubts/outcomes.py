"""What came of a payment or a deal, said in a column that nobody reads as its state."""

from __future__ import annotations

from collections.abc import Mapping

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.question_words import CAME_IN, ELSEWHERE
from taps.tap_files.statuses import COUNTED, says_nothing, word_of
from taps.tap_files.sums.said_elsewhere import Said
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["SaidOutcomes"]

_OUTCOMES = frozenset(
    {"outcome", "result", "resultado", "ergebnis", "resultat", "risultato", "response"}
    | {"respuesta", "resposta", "antwort", "reponse", "risposta", "fase", "etapa"}
    | {"stage", "phase", "etape", "fasi"}
)
_STAGES = frozenset({"fase", "etapa", "stage", "phase", "etape", "fasi"})
_CLOSED = CAME_IN | {
    *("won", "closedwon", "ganado", "ganada", "cerradoganado", "cerradaganada"),
    *("gewonnen", "gagne", "gagnee", "ganho", "ganha", "vinto", "vinta"),
    *("lost", "closedlost", "lostdeal", "cerradoperdido", "cerradaperdida"),
}
"""What a stage of a deal says in the end: a building site is delivered as well."""
_ASKED_OF_PEOPLE = frozenset(
    {"survey", "encuesta", "umfrage", "enquete", "sondage", "sondaggio", "nps", "csat"}
    | {"feedback", "question", "pregunta", "frage", "quiz", "form", "formulario"}
)
"""Words of headers of what people answered, and no bank."""
_DONE = frozenset({"00", "000", "0000", "ok"})


class SaidOutcomes(Said):
    """Asks of a word that is not known, where another row says whether it was paid.

    A stage of a building site, and what people answer, say nothing of it.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        super().__init__(log, statuses)
        words = {at: words_in(title) for at, title in enumerate(log.header)}
        self._columns = [
            at
            for at in (log.holding(_OUTCOMES) if self.is_open else ())
            if at not in log.read and not words[at] & (ELSEWHERE | _ASKED_OF_PEOPLE)
        ]
        self._stages = {at for at in self._columns if words[at] & _STAGES}
        self._done: set[int] = set()

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._columns:
            text = as_text(row.cells[at])
            word = word_of(text)
            means = "paid" if word in _DONE else self.meanings.get(word)
            if means and (at not in self._stages or word in _CLOSED):
                self._done.add(at)
            if means not in COUNTED and not says_nothing(word):
                self.note(row, at, text)

    def ask(self) -> None:
        """Raise FileError where both are there."""
        self.first = {at: told for at, told in self.first.items() if at in self._done}
        super().ask()
