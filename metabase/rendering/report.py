"""A report: the cards of a template, answered for one company and drawn for paper.

Same cards, same SQL and same reader role as the dashboards, in one snapshot, so a
report says what the pages say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from metabase.content.company import Company
from metabase.content.entities import Card
from metabase.content.errors import WarehouseError
from metabase.content.labels import read_words
from metabase.content.load import load_content
from metabase.content.logos import Logo, find_logos
from metabase.content.report_templates import (
    ReportSection,
    load_report,
)
from metabase.content.roles import within_plan
from metabase.content.warehouse import (
    DataState,
    connect_as,
    data_state,
    find_companies,
    run,
)
from metabase.rendering.cards import DrawnCard, why_empty
from metabase.rendering.formats import number_locale, time_locale, write_date
from metabase.rendering.page_parts import (
    banner_of,
    columns_with_values,
    draw_answer,
    written_day,
)
from metabase.rendering.report_layout import arranged

__all__ = ["DrawnSection", "Report", "ReportRequest", "draw_report"]

_TO = " \u2013 "
# On paper nobody can ask for the rest of a long list.
_MOST_ROWS = 10
_NOT_BUILT = (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)


@dataclass(frozen=True)
class ReportRequest:
    """Which report, of whom, in which language.

    ``as_of`` is the day the numbers have to be of: a report shows what was computed
    last, so another day is refused instead of shown under a wrong name.
    """

    company_id: str
    template: str
    language: str = "es"
    as_of: date | None = None


@dataclass(frozen=True)
class DrawnSection:
    """A heading and rows of cards; the cards of a row stand side by side.

    ``is_told``: on paper its tables are read as sentences, not as rows.
    """

    heading: str
    rows: tuple[tuple[DrawnCard, ...], ...]
    is_told: bool = False

    @property
    def cards(self) -> tuple[DrawnCard, ...]:
        """All cards, in order."""
        return tuple(card for row in self.rows for card in row)


@dataclass(frozen=True)
class Report:
    """Everything a report says, all of it text, in one language.

    ``as_of_date`` is the day the predictions were made for, ``period`` the days that
    the counts and sums are of; both are None while nothing was computed.
    """

    template: str
    title: str
    description: str
    company: Company
    labels: dict[str, str]
    as_of_date: date | None
    data_through: str
    as_of: str
    period: str
    banner: str | None
    why_empty: str
    sections: tuple[DrawnSection, ...]
    number_locale: dict[str, Any]
    time_locale: dict[str, Any]
    logos: tuple[Logo, ...] = ()

    @property
    def language(self) -> str:
        """Code of its language, such as ``es``."""
        return self.labels["language"]

    @property
    def cards(self) -> tuple[DrawnCard, ...]:
        """All cards of all sections, each once."""
        found = (card for section in self.sections for card in section.cards)
        return tuple({card.name: card for card in found}.values())


def draw_report(url: str, request: ReportRequest, root: Path) -> Report:
    """Answer the cards of a template as the company's own reader.

    Raises
    ------
    ContentError
        There is no such template or language, or a file is wrong.
    WarehouseError
        The database does not answer, there is no such company, nothing was computed
        yet, or it was computed for another day.
    """
    (company,) = find_companies(url, (request.company_id,))
    labels = read_words(root, request.language)
    content = load_content(root, company, request.language)
    chosen = load_report(root, request.template, content, labels)
    try:
        with connect_as(url, company.role) as connection:
            state = data_state(connection)
            _refuse_another_day(state, request)
            sections = tuple(
                _drawn(connection, section, state, labels)
                for section in chosen.sections
            )
            period = _period(connection, chosen.period, labels)
    except _NOT_BUILT as missing:
        raise WarehouseError(
            f"nothing was computed yet for {company.company_id!r}: timonel run "
            f"--company {company.company_id}"
        ) from missing
    return Report(
        template=chosen.name,
        title=chosen.title,
        description=chosen.description,
        company=company,
        labels=labels,
        as_of_date=state.as_of_date,
        data_through=written_day(state.data_through_date, labels),
        as_of=written_day(state.as_of_date, labels),
        period=period,
        banner=banner_of(within_plan(content, company, root), state, labels),
        why_empty=why_empty(state, labels),
        sections=sections,
        number_locale=number_locale(company.currency_code, labels["language"]),
        time_locale=time_locale(labels["language"]),
        logos=find_logos(url, company.company_id),
    )


def _refuse_another_day(state: DataState, request: ReportRequest) -> None:
    company_id, wanted = request.company_id, request.as_of
    if wanted is None or state.as_of_date == wanted:
        return
    computed = f"as of {state.as_of_date}" if state.as_of_date else "for no day yet"
    raise WarehouseError(
        f"the numbers of {company_id!r} were computed {computed}, not as of {wanted}: "
        f"timonel run --company {company_id} --as-of {wanted}, or leave out --as-of"
    )


def _drawn(
    connection: psycopg.Connection,
    section: ReportSection,
    state: DataState,
    labels: dict[str, str],
) -> DrawnSection:
    rows = tuple(
        tuple(
            columns_with_values(
                draw_answer(
                    *(card, place, run(connection, card.default_sql()), state, labels),
                    most_rows=_MOST_ROWS,
                ),
                labels["preview.no_value"],
            )
            for card, place in row
        )
        for row in arranged(section.cards)
    )
    return DrawnSection(section.heading, rows, section.is_told)


def _period(connection: psycopg.Connection, card: Card, labels: dict[str, str]) -> str:
    """The days that the figures are of, as the card of the pages tells them."""
    answer = run(connection, card.default_sql())
    days = [day for row in answer.rows for day in row if day is not None]
    if days:
        return _TO.join(write_date(day, labels["language"]) for day in days)
    return labels["preview.no_value"]
