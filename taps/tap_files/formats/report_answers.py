"""Answers to polls and questions in Zoom's reports, as rows of webinar_interactions.

Below ``Poll Details`` a row is a person's answers: who and when, then pairs of a
question and what they chose. Each question is a poll of its own. Below ``Question
Details`` a row is a question, and rows without one go on with its answers. What was
written or chosen is not kept, only which question it was, as a hash.

Source: https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0067389
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from taps.tap_files.wording import normalised

__all__ = ["ANSWERS", "INTERACTIONS", "QUESTION_COUNT", "Answers"]

#: Headers of a table of answers or questions, beside those of people.
ANSWERS: Final = {
    "answered_at": (
        *("Submitted Date/Time", "Submitted Date and Time", "Submitted Time"),
        *("Fecha/hora de envío", "Fecha y hora de envío"),
    ),
    "question": ("Question", "Pregunta"),
    "asked_at": (
        *("Question Time", "Created Time", "Create Time", "Asked Time"),
        *("Hora de la pregunta", "Hora de creación"),
    ),
}
#: Of the webinar's own table.
QUESTION_COUNT: Final = (
    *("# Question", "# Questions", "Number of Questions"),
    *("N.º de preguntas", "Número de preguntas"),
)
INTERACTIONS: Final = (
    *("webinar_id", "interaction_id", "registrant_id", "email", "kind"),
    *("occurred_at", "poll_id"),
)
_NOBODY: Final = ("anonymous", "anonim")


@dataclass
class Answers:
    """Of one report: a row per answer to a question of a poll, and per question."""

    rows: list[Mapping[str, str]] = field(default_factory=list)
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def question_count(self) -> int:
        """How many questions people asked."""
        return sum(self._asked.values())

    def add_poll(self, cells: Mapping[str, str], pairs: Sequence[str]) -> None:
        """A person's answers, question and choice by turns; no choice is no answer."""
        for question, chosen in zip(pairs[::2], pairs[1::2], strict=False):
            if question.strip() and chosen.strip():
                poll = _hash(question)
                moment = cells.get("answered_at", "")
                self._add(cells, "poll", f"{poll} {moment}", moment, poll_id=poll)

    def add_question(self, cells: Mapping[str, str]) -> None:
        """A question; a row without one only answers that of a row above."""
        question = cells.get("question", "")
        if question:
            asked = (_hash(question), cells["registrant_id"])
            self._asked[asked] += 1
            named = f"{asked[0]} {self._asked[asked]}"
            self._add(cells, "question", named, cells.get("asked_at", ""))

    def _add(
        self,
        cells: Mapping[str, str],
        kind: str,
        named: str,
        moment: str,
        poll_id: str = "",
    ) -> None:
        name = normalised(cells.get("name", ""))
        is_nobody = not cells.get("email") and (
            not name or any(word in name for word in _NOBODY)
        )
        # Two who are nobody have nothing that tells them apart but their row.
        person = f"row {len(self.rows)}" if is_nobody else cells["registrant_id"]
        self.rows.append(
            {
                "webinar_id": cells["webinar_id"],
                "email": cells.get("email", ""),
                "registrant_id": "" if is_nobody else person,
                "interaction_id": f"{kind} {named} {person}",
                "kind": kind,
                "occurred_at": moment,
                "poll_id": poll_id,
            }
        )


def _hash(text: str) -> str:
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:16]
