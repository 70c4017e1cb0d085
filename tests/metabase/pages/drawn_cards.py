"""Committed cards, answered and drawn as one company's reader sees them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from metabase.content.company import EXAMPLE
from metabase.content.entities import Card, Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import Result, connect_as, run
from metabase.rendering.cards import DrawnCard, draw_card
from metabase.rendering.charts import chart_spec

__all__ = ["answer_of", "card_named", "chart", "drawn", "plotted", "shown"]


def card_named(name: str, language: str = "es") -> Card:
    """The card of the file of this name."""
    return _cards(language)[name]


@cache
def _cards(language: str) -> Mapping[str, Card]:
    """Every committed card; no test of pages changes their files."""
    cards = load_content(CONTENT_ROOT, EXAMPLE, language).cards.values()
    return {card.path.stem: card for card in cards}


def answer_of(url: str, card: Card, company: str = "acme", **chosen: Any) -> Result:
    """What the card's SQL gives a company's reader who chose this."""
    told = {name: value for name, value in chosen.items() if value != ""}
    assert set(chosen) <= {one.slug for one in card.parameters}
    with connect_as(url, f"bi_{company}") as connection:
        return run(connection, *card.chosen_sql(told))


def drawn(url: str, name: str, company: str = "acme", **told: Any) -> DrawnCard:
    """The card as a page draws it."""
    card = card_named(name)
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    place = Placement("a", "b", 0, 0, 24, 8)
    answer = answer_of(url, card, company, **told)
    return draw_card(card, place, answer, labels, "Nada.")


def shown(url: str, name: str, company: str = "acme", **told: Any) -> list[list[str]]:
    """The texts of a table's rows."""
    rows = drawn(url, name, company, **told).rows
    return [[cell.text for cell in row] for row in rows]


def chart(url: str, name: str, company: str = "acme", **chosen: Any) -> dict[str, Any]:
    """The Vega-Lite specification of a card with axes."""
    card = card_named(name)
    return chart_spec(card, answer_of(url, card, company, **chosen), "es")


def plotted(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that a chart holds."""
    (values,) = spec["datasets"].values()
    return list(values)
