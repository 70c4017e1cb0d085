"""What stands on the screen: the answer of a card, or a sentence that was shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql
from psycopg.rows import class_row, dict_row

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.reporting.lineage.lineage import Number
from orchestration.lib.tenancy.companies import reader_role
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Answer",
    "CardBroken",
    "Insight",
    "TraceUnknown",
    "answer_of",
    "find_insight",
    "is_trace_id",
    "source_rows",
]

_TRACE = re.compile(r"[0-9a-f]{32}")
_MOST_ROWS = 5


class TraceUnknown(PlainError, LookupError):
    """No insight with this trace id was ever shown to the company."""


class CardBroken(PlainError, RuntimeError):
    """A card could not be answered; the message says why."""


@dataclass(frozen=True)
class Answer:
    """A card as its company reads it: its SQL, its first rows, and of how many."""

    title: str
    sql: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    row_count: int

    def column(self, name: str) -> list[str]:
        """The values of a column, or none where the card has no such column."""
        if name not in self.columns:
            return []
        position = list(self.columns).index(name)
        return [str(row[position]) for row in self.rows]


@dataclass(frozen=True)
class Insight:
    """A sentence as it was shown, the number in it, and where that number came from.

    ``estimate_unit`` says what the estimate is counted in; ``promised`` is money of 30
    days, None where nothing was promised.
    """

    trace_id: str
    as_of_date: date
    rule_id: str
    source_view: str
    source_key: str
    sentence_en: str
    sentence_es: str
    estimate_unit: str
    estimate: float
    estimate_lower: float
    estimate_upper: float
    promised: float | None
    promised_lower: float | None
    promised_upper: float | None
    currency_code: str | None

    @property
    def number(self) -> Number:
        """The view it was read from, as a number to be followed back."""
        return Number(self.trace_id, (self.source_view,), ())


def is_trace_id(asked: str) -> bool:
    """Whether it looks like the trace of a sentence, and not like a name."""
    return bool(_TRACE.fullmatch(asked))


def answer_of(url: str, company_id: str, card: str, language: str) -> Answer:
    """Run a card's own SQL with the role of its company.

    Raises
    ------
    CardBroken
    """
    told = ["--company", company_id, "--language", language]
    done = subprocess.run(
        [sys.executable, "-m", "metabase", "card", card, *told],
        env=os.environ | {"TIMONEL_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().removeprefix("error: ")
        raise CardBroken(f"The card {card} cannot be answered: {reason}")
    return Answer(**json.loads(done.stdout))


def find_insight(url: str, company_id: str, trace_id: str) -> Insight:
    """The sentence that was shown to a company under this trace id.

    Raises
    ------
    TraceUnknown
    """
    with connect(url, "orchestrator") as database:
        found = (
            database.cursor(row_factory=class_row(Insight))
            .execute(_INSIGHT, {"company": company_id, "trace": trace_id})
            .fetchone()
        )
    if found is None:
        raise TraceUnknown(
            f"Nothing with the trace {trace_id} was shown to {company_id}. Copy it "
            "from the table of the day's sentences; each company has its own."
        )
    return found


def source_rows(url: str, company_id: str, insight: Insight) -> list[dict[str, Any]]:
    """The rows of its view that speak of the same thing, as they are now."""
    with connect(url, reader_role(company_id)) as database:
        return (
            database.cursor(row_factory=dict_row)
            .execute(
                sql.SQL(_SOURCE).format(
                    sql.Identifier("reporting", insight.source_view)
                ),
                [company_id, insight.source_key, _MOST_ROWS],
            )
            .fetchall()
        )


# Kept when the views are published; what is shown since is in the view alone.
_INSIGHT = """
    select trace_id, as_of_date, rule_id, source_view, source_key, sentence_en,
        sentence_es, estimate_unit, estimate, estimate_lower, estimate_upper, promised,
        promised_lower, promised_upper, currency_code
    from ops.shown_insights where company_id = %(company)s and trace_id = %(trace)s
    union all
    select trace_id, as_of_date, rule_id, source_view, source_key, sentence_en,
        sentence_es, estimate_unit, estimate, estimate_lower, estimate_upper, null,
        null, null, currency_code
    from reporting.insights where company_id = %(company)s and trace_id = %(trace)s
    limit 1
"""
_SOURCE = """
    select * from {} as told where company_id = %s and exists (
        select from jsonb_each_text(to_jsonb(told)) as cell where cell.value = %s
    ) limit %s
"""
