"""Each dashboard as a PNG, wide and as on a phone, in each language; no browser.

Same files, same SQL and same reader role as Metabase; set by what sets the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from metabase.content.company import Company
from metabase.content.entities import Dashboard
from metabase.content.labels import read_words
from metabase.content.load import load_content
from metabase.content.roles import within_plan
from metabase.content.warehouse import (
    connect_as,
    data_state,
    find_companies,
    run,
)
from metabase.rendering.cards import DrawnCard, why_empty
from metabase.rendering.formats import number_locale, time_locale
from metabase.rendering.page_parts import banner_of, draw_answer, written_day
from metabase.rendering.report import DrawnSection, Report
from metabase.rendering.report_layout import GRID_WIDTH
from metabase.rendering.report_pdf import Sheet, pictures_of

__all__ = ["SHEETS", "draw_pages", "write_pictures"]

SHEETS = {
    "wide": Sheet(room=1.9, is_paper=False),
    "phone": Sheet(room=0.6, is_paper=False),
}
"""Widths of the pictures, by the last word of their files' names."""

_PHONE = "phone"


def write_pictures(
    url: str,
    company_ids: Sequence[str],
    languages: Sequence[str],
    *,
    root: Path,
    folder: Path,
) -> list[Path]:
    """Write ``<company>-<page>-<language>-<wide|phone>.png``; gives the files.

    Raises
    ------
    ContentError
        A content file is wrong, or there is no such language.
    WarehouseError
        The database does not answer, or a company or its role does not exist.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for company in find_companies(url, tuple(company_ids)):
        for language in languages:
            for page in draw_pages(url, company, language, root):
                for width, sheet in SHEETS.items():
                    name = f"{company.company_id}-{page.template}-{language}-{width}"
                    path = folder / f"{name}.png"
                    shown = _stacked(page) if width == _PHONE else page
                    (picture,) = pictures_of(shown, sheet)
                    path.write_bytes(picture)
                    written.append(path)
    return written


def draw_pages(url: str, company: Company, language: str, root: Path) -> list[Report]:
    """Every dashboard of a company, answered in one snapshot, as a report of its cards.

    The name of its template is that of the page's file.
    """
    labels = read_words(root, language)
    content = within_plan(load_content(root, company, language), company, root)
    with connect_as(url, company.role) as connection:
        state = data_state(connection)
        answers = {
            card_id: run(connection, card.default_sql())
            for card_id, card in content.cards.items()
        }

    def drawn(page: Dashboard) -> tuple[DrawnSection, ...]:
        return tuple(
            DrawnSection(
                tab.name if tab else "",
                _rows(
                    [
                        draw_answer(
                            *(content.cards[at.card_id], at, answers[at.card_id]),
                            *(state, labels),
                        )
                        for at in placements
                    ]
                ),
            )
            for tab, placements in page.sheets()
        )

    return [
        Report(
            template=page.path.stem,
            title=page.name,
            description=page.description,
            company=company,
            labels=labels,
            as_of_date=state.as_of_date,
            data_through=written_day(state.data_through_date, labels),
            as_of=written_day(state.as_of_date, labels),
            # A page says its own period, on the card of its dates.
            period="",
            banner=banner_of(content, state, labels),
            why_empty=why_empty(state, labels),
            sections=drawn(page),
            number_locale=number_locale(company.currency_code, labels["language"]),
            time_locale=time_locale(labels["language"]),
        )
        for page in content.dashboards
    ]


def _rows(cards: Sequence[DrawnCard]) -> tuple[tuple[DrawnCard, ...], ...]:
    """Cards that begin at the same height stand side by side."""
    return tuple(
        tuple(row) for _, row in groupby(cards, lambda card: card.placement.row)
    )


def _stacked(page: Report) -> Report:
    """The page with one card under the other, each as wide as it."""
    sections = tuple(
        replace(section, rows=tuple((_whole(card),) for card in section.cards))
        for section in page.sections
    )
    return replace(page, sections=sections)


def _whole(card: DrawnCard) -> DrawnCard:
    return replace(card, placement=replace(card.placement, size_x=GRID_WIDTH))
