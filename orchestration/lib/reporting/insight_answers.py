"""What people say became of a recommendation: followed, dismissed, or open again.

`reporting.recommendations` holds what people were shown against facts; some of it no
fact tells, and of the rest people may know better. Both are shown, side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from psycopg.rows import class_row

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "AdviceUnknown",
    "Answer",
    "Recommendation",
    "answer",
    "list_recommendations",
]

Answer = Literal["open", "followed", "dismissed"]


class AdviceUnknown(PlainError, LookupError):
    """The company was shown no such recommendation, or several begin like that."""


@dataclass(frozen=True)
class Recommendation:
    """One of `reporting.recommendations`: what was told, what facts and people say.

    `acted_on` is None while nobody and nothing tells.
    """

    trace_id: str
    as_of_date: date
    state: str
    answer: str
    answer_note: str | None
    acted_on: bool | None
    sentence_es: str
    sentence_en: str


def list_recommendations(url: str, company_id: str) -> list[Recommendation]:
    """All that advise something, newest first.

    Raises
    ------
    UnknownCompany
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as database:
        return (
            database.cursor(row_factory=class_row(Recommendation))
            .execute(
                """select trace_id, as_of_date, state, answer, answer_note, acted_on,
                    sentence_es, sentence_en
                from reporting.recommendations
                where company_id = %s and state <> 'nothing_to_do'
                order by as_of_date desc, trace_id""",
                [company_id],
            )
            .fetchall()
        )


def answer(  # noqa: PLR0913  (one column each)
    url: str,
    company_id: str,
    which: str,
    given: Answer,
    *,
    answered_by: str,
    note: str | None = None,
    answered_at: datetime | None = None,
) -> str:
    """Keep what somebody says of a recommendation; the trace it was kept under.

    `which` is the beginning of the trace of any day it was shown on. Told again, what
    was said later (`answered_at`, without one now) counts: of one day here, of several
    days of one recommendation in the view.

    Raises
    ------
    AdviceUnknown, UnknownCompany
    """
    load_company(url, company_id)
    trace_id = _trace_of(url, company_id, which)
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.insight_answers
                (company_id, trace_id, answer, note, answered_by, answered_at)
            values (%s, %s, %s, %s, %s, coalesce(%s, now()))
            on conflict (company_id, trace_id) do update set
                answer = excluded.answer,
                note = excluded.note,
                answered_by = excluded.answered_by,
                answered_at = excluded.answered_at
            where excluded.answered_at >= insight_answers.answered_at""",
            [company_id, trace_id, given, note, answered_by, answered_at],
        )
    return trace_id


def _trace_of(url: str, company_id: str, which: str) -> str:
    with connect(url, "orchestrator") as database:
        found = database.execute(
            """select trace_id from ops.shown_insights
            where company_id = %s and starts_with(trace_id, %s)
            order by trace_id limit 2""",
            [company_id, which],
        ).fetchall()
    if len(found) != 1:
        many = "Several begin" if found else "None begins"
        raise AdviceUnknown(
            f"{many} with '{which}' among what was shown to {company_id}: "
            f"timonel recommendations list --company {company_id}"
        )
    return str(found[0][0])
