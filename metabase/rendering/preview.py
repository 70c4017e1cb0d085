"""Draw the dashboards of ``pages/`` on one page that needs no network.

Same files, same SQL and same reader role as Metabase, so what the page shows is
what the role of that company may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from metabase.content.company import Company
from metabase.content.entities import Content, Dashboard, Placement
from metabase.content.labels import read_words
from metabase.content.load import load_content
from metabase.content.roles import within_plan
from metabase.content.warehouse import connect_as, data_state, find_companies
from metabase.rendering.cards import DrawnCard, why_empty
from metabase.rendering.formats import number_locale, time_locale
from metabase.rendering.page_cards import CompanyAnswers, drawn_card, drawn_variants
from metabase.rendering.page_choices import Choice, Variant
from metabase.rendering.page_grid import bands, closed_up
from metabase.rendering.page_parts import (
    asset,
    banner_of,
    chart_library,
    page_templates,
    written_day,
)

__all__ = ["render_preview"]


@dataclass(frozen=True)
class _PlacedCard:
    """A card at its place, and as it stands for each value that can be chosen."""

    card: DrawnCard
    at: Placement
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class _DrawnSheet:
    """One tab of a page, or all of a page without tabs (``name`` is None).

    Cards that share rows are together: where one of them needs the whole width, they
    stand one below the other.
    """

    name: str | None
    bands: tuple[tuple[_PlacedCard, ...], ...]

    @property
    def cards(self) -> list[_PlacedCard]:
        return [one for band in self.bands for one in band]


@dataclass(frozen=True)
class _DrawnPage:
    name: str
    slug: str
    description: str
    choices: tuple[Choice, ...]
    sheets: tuple[_DrawnSheet, ...]
    #: Whether it says anything that no other page is the home of.
    has_own: bool

    @property
    def cards(self) -> list[DrawnCard]:
        return [one.card for sheet in self.sheets for one in sheet.cards]


@dataclass(frozen=True)
class _Missing:
    """Cards that lack the same, and what it is."""

    reason: str
    cards: tuple[str, ...]


@dataclass(frozen=True)
class _Section:
    company: Company
    data_through: str
    as_of: str
    banner: str | None
    pages: tuple[_DrawnPage, ...]
    missing: tuple[_Missing, ...]
    number_locale: dict[str, Any]
    time_locale: dict[str, Any]

    @property
    def told(self) -> int:
        """Cards that have something to say."""
        return sum(len(page.cards) for page in self.pages)


def render_preview(
    url: str, company_ids: Sequence[str], *, root: Path, language: str = "es"
) -> str:
    """The page as HTML: companies and their pages in a menu, one page at a time.

    It opens on the company that has most to tell. Cards without an answer are left out
    of the pages, and listed once with what they lack.

    Parameters
    ----------
    url : str
        The platform's database, as a user who may act as each ``bi_<company>``.
    company_ids : sequence of str
        Companies in the order of the menu; all of them when none is named.
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
        _section(url, company, _content(root, company, language), labels)
        for company in find_companies(url, tuple(company_ids))
    ]
    drawn = [card for one in sections for page in one.pages for card in page.cards]
    return (
        page_templates()
        .get_template("page.html.j2")
        .render(
            sections=sections,
            first=max(sections, key=lambda one: one.told, default=None),
            label=labels,
            style=asset("page.css"),
            script=asset("page.js"),
            chart_library=chart_library() if any(card.chart for card in drawn) else "",
        )
    )


def _content(root: Path, company: Company, language: str) -> Content:
    return within_plan(load_content(root, company, language), company, root)


def _section(
    url: str, company: Company, content: Content, labels: dict[str, str]
) -> _Section:
    with connect_as(url, company.role) as connection:
        state = data_state(connection)
        pages = _Pages(CompanyAnswers.ask(connection, content, state, labels))
        drawn = [pages.drawn(dashboard) for dashboard in content.dashboards]
    return _Section(
        company=company,
        data_through=written_day(state.data_through_date, labels),
        as_of=written_day(state.as_of_date, labels),
        banner=banner_of(content, state, labels),
        pages=tuple(page for page in drawn if page.has_own),
        missing=pages.missing(why_empty(state, labels)),
        number_locale=number_locale(company.currency_code, labels["language"]),
        time_locale=time_locale(labels["language"]),
    )


class _Pages:
    """The pages of one company, and what was left out of them."""

    def __init__(self, told: CompanyAnswers) -> None:
        self._told = told
        self._left_out: dict[str, str] = {}

    def drawn(self, page: Dashboard) -> _DrawnPage:
        """The page without the cards that have no answer."""
        sheets = (
            _DrawnSheet(tab.name if tab else None, self._sheet(page, placements))
            for tab, placements in page.sheets()
        )
        shown = tuple(sheet for sheet in sheets if sheet.bands)
        cards = self._told.content.cards
        return _DrawnPage(
            page.name,
            page.path.stem,
            page.description,
            self._told.choices[page.entity_id],
            shown,
            has_own=any(
                cards[one.at.card_id].path.parent == page.path
                for sheet in shown
                for one in sheet.cards
            ),
        )

    def missing(self, of_all: str) -> tuple[_Missing, ...]:
        """What was left out, by what it lacks; ``of_all`` a banner says already."""
        by_reason = sorted(self._left_out.items(), key=lambda one: one[1])
        return tuple(
            _Missing(reason, tuple(sorted(name for name, _ in cards)))
            for reason, cards in groupby(by_reason, key=lambda one: one[1])
            if reason != of_all
        )

    def _sheet(
        self, page: Dashboard, placements: Sequence[Placement]
    ) -> tuple[tuple[_PlacedCard, ...], ...]:
        cards = {at: drawn_card(self._told, at) for at in placements}
        for card in cards.values():
            if card.empty_reason:
                self._left_out[card.name] = card.empty_reason
        kept = [at for at, card in cards.items() if not card.empty_reason]
        declared = {at.entity_id: at for at in kept}

        def placed(place: Placement) -> _PlacedCard:
            at = declared[place.entity_id]
            variants = drawn_variants(self._told, page, at, cards[at])
            return _PlacedCard(cards[at], place, variants)

        return tuple(
            tuple(placed(place) for place in band)
            for band in bands(closed_up(placements, kept))
        )
