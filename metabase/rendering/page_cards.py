"""Draw the cards of one company's pages, and what they say for what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from metabase.content.entities import Content, Dashboard, Placement
from metabase.content.warehouse import DataState, Result, run
from metabase.rendering.cards import DrawnCard
from metabase.rendering.charts import chart_points
from metabase.rendering.page_choices import (
    Choice,
    Drawn,
    Variant,
    choices_of,
    variants_of,
)
from metabase.rendering.page_parts import columns_with_values, draw_answer

__all__ = ["CompanyAnswers", "drawn_card", "drawn_variants"]

# Rows of a table that can be searched and sorted; Metabase has the whole list.
_MOST_ROWS = 500


@dataclass(frozen=True)
class CompanyAnswers:
    """What every card answers while nothing is chosen, and what each page offers.

    ``answers`` are by the card's entity id, ``choices`` by the dashboard's.
    """

    connection: psycopg.Connection
    content: Content
    state: DataState
    labels: dict[str, str]
    answers: Mapping[str, Result]
    choices: Mapping[str, tuple[Choice, ...]]

    @classmethod
    def ask(
        cls,
        connection: psycopg.Connection,
        content: Content,
        state: DataState,
        labels: dict[str, str],
    ) -> CompanyAnswers:
        """Run every card, as the connection's reader."""
        answers = {
            card_id: run(connection, card.default_sql())
            for card_id, card in content.cards.items()
        }
        choices = {
            page.entity_id: choices_of(page, content, answers, labels["language"])
            for page in content.dashboards
        }
        return cls(connection, content, state, labels, answers, choices)


def drawn_card(told: CompanyAnswers, at: Placement) -> DrawnCard:
    """A placed card as it stands while nothing is chosen."""
    return _drawn(told, at, told.answers[at.card_id])


def drawn_variants(
    told: CompanyAnswers, page: Dashboard, at: Placement, drawn: DrawnCard
) -> tuple[Variant, ...]:
    """The card for each value that the page offers of what it takes."""
    card = told.content.cards[at.card_id]

    def draw(chosen: Mapping[str, Any]) -> Drawn:
        answer = run(told.connection, *card.chosen_sql(chosen))
        points = (
            chart_points(card, answer, told.labels["language"]) if drawn.chart else None
        )
        return _drawn(told, at, answer, draws_chart=points is None), points

    return variants_of(page, at, told.choices[page.entity_id], draw)


def _drawn(
    told: CompanyAnswers, at: Placement, answer: Result, *, draws_chart: bool = True
) -> DrawnCard:
    card = draw_answer(
        *(told.content.cards[at.card_id], at, answer, told.state, told.labels),
        most_rows=_MOST_ROWS,
        draws_chart=draws_chart,
    )
    return columns_with_values(_linked(told, at, card), told.labels["preview.no_value"])


def _linked(told: CompanyAnswers, at: Placement, drawn: DrawnCard) -> DrawnCard:
    """The card with links where the page behind offers the value."""
    shown = told.content.cards[at.card_id].shown_columns()
    targets = {
        shown.index(link.column): target
        for link in at.links
        if link.column in shown
        and (target := _offered(told, link.dashboard_id, link.parameter_id))
    }
    if not targets:
        return drawn
    rows = tuple(
        tuple(
            replace(cell, link=targets[place].get(cell.full or cell.text))
            if place in targets
            else cell
            for place, cell in enumerate(row)
        )
        for row in drawn.rows
    )
    return replace(drawn, rows=rows)


def _offered(
    told: CompanyAnswers, dashboard_id: str, parameter_id: str
) -> dict[str, str]:
    """Addresses on this page by the value that each chooses, as it is read."""
    (page,) = (one for one in told.content.dashboards if one.entity_id == dashboard_id)
    (slug,) = (one.slug for one in page.parameters if one.parameter_id == parameter_id)
    return {
        str(value): f"{page.path.stem}?{slug}={value}"
        for choice in told.choices[dashboard_id]
        if choice.slug == slug
        for value, _ in choice.values
    }
