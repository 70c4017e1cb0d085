"""Draw the dashboards of ``pages/`` on one page that needs no network.

Same files, same SQL and same reader role as Metabase, so what the page shows is
what the role of that company may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metabase.content.company import Company
from metabase.content.entities import Content, Dashboard
from metabase.content.labels import read_words
from metabase.content.load import load_content
from metabase.content.warehouse import (
    connect_as,
    data_state,
    find_companies,
    run,
)
from metabase.rendering.cards import DrawnCard, why_empty
from metabase.rendering.formats import number_locale, time_locale
from metabase.rendering.page_parts import (
    asset,
    banner,
    chart_library,
    draw_answer,
    page_templates,
    written_day,
)

__all__ = ["render_preview"]


@dataclass(frozen=True)
class _DrawnSheet:
    """One tab of a page, or all of a page without tabs (``name`` is None)."""

    name: str | None
    cards: tuple[DrawnCard, ...]


@dataclass(frozen=True)
class _DrawnDashboard:
    name: str
    description: str
    sheets: tuple[_DrawnSheet, ...]

    @property
    def has_chart(self) -> bool:
        return any(card.chart for sheet in self.sheets for card in sheet.cards)


@dataclass(frozen=True)
class _Section:
    company: Company
    data_through: str
    as_of: str
    banner: str | None
    why_empty: str
    dashboards: tuple[_DrawnDashboard, ...]
    number_locale: dict[str, Any]
    time_locale: dict[str, Any]


def render_preview(
    url: str, company_ids: Sequence[str], *, root: Path, language: str = "es"
) -> str:
    """The page as HTML, one tab per company, all companies when none is named.

    Parameters
    ----------
    url : str
        The platform's database, as a user who may act as each ``bi_<company>``.
    company_ids : sequence of str
        Companies in the order of their tabs.
    root : Path
        Folder with ``pages/`` and ``labels/``.

    Raises
    ------
    ContentError
        A content file is wrong.
    WarehouseError
        The database does not answer, or a company or its role does not exist.
    """
    labels = read_words(root, language)
    sections = [
        _section(url, company, load_content(root, company, language), labels)
        for company in find_companies(url, tuple(company_ids))
    ]
    has_chart = any(page.has_chart for one in sections for page in one.dashboards)
    return (
        page_templates()
        .get_template("page.html.j2")
        .render(
            sections=sections,
            label=labels,
            style=asset("page.css"),
            script=asset("page.js"),
            chart_library=chart_library() if has_chart else "",
        )
    )


def _section(
    url: str, company: Company, content: Content, labels: dict[str, str]
) -> _Section:
    with connect_as(url, company.role) as connection:
        state = data_state(connection)
        answers = {
            card_id: run(connection, card.default_sql())
            for card_id, card in content.cards.items()
        }

    def drawn(dashboard: Dashboard) -> _DrawnDashboard:
        sheets = tuple(
            _DrawnSheet(
                tab.name if tab else None,
                tuple(
                    draw_answer(
                        *(content.cards[at.card_id], at, answers[at.card_id]),
                        *(state, labels),
                    )
                    for at in placements
                ),
            )
            for tab, placements in dashboard.sheets()
        )
        return _DrawnDashboard(dashboard.name, dashboard.description, sheets)

    return _Section(
        company=company,
        data_through=written_day(state.data_through_date, labels),
        as_of=written_day(state.as_of_date, labels),
        banner=banner(state, labels),
        why_empty=why_empty(state, labels),
        dashboards=tuple(drawn(dashboard) for dashboard in content.dashboards),
        number_locale=number_locale(company.currency_code, labels["language"]),
        time_locale=time_locale(labels["language"]),
    )
