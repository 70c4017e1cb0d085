"""What is long, large or odd stays readable in the preview."""

from __future__ import annotations

from typing import Any

import pytest

from metabase.content.company import EXAMPLE
from metabase.content.entities import Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import Result
from metabase.rendering.cards import draw_card
from metabase.rendering.chart_parts import PALETTE
from metabase.rendering.charts import chart_spec
from tests.metabase.pages.drawn_cards import card_named

_PLACE = Placement("a", "b", 0, 0, 24, 8)


def _origins(*rows: tuple[str, float]) -> dict[str, Any]:
    """The chart of sales by channel, whose amounts are money."""
    card = card_named("sales_origins")
    return chart_spec(card, Result((*card.dimensions, *card.metrics), rows), "es")


@pytest.mark.parametrize(("amount", "is_short"), [(9_999_999, False), (1e7, True)])
def test_an_axis_counts_in_millions_where_its_numbers_would_not_fit(
    amount: float, is_short: bool
) -> None:
    axis = _origins(("Meta Ads", amount), ("Bing", 5))["encoding"]["x"]

    assert ("labelExpr" in axis["axis"]) is is_short
    assert ("format" in axis["axis"]) is not is_short
    assert axis["title"].endswith("(EUR)") is is_short


def test_the_names_under_bars_are_all_there_when_they_are_long() -> None:
    card = card_named("returns_by_channel")

    def axis(name: str) -> dict[str, Any]:
        row = (name, *([1.0] * len(card.metrics)))
        spec = chart_spec(card, Result((*card.dimensions, *card.metrics), (row,)), "es")
        return dict(spec["encoding"]["x"]["axis"])

    assert axis("Google Ads Performance Max")["labelOverlap"] is False
    assert axis("Bing")["labelOverlap"] == "greedy"


def test_no_colour_of_the_palette_means_two_series() -> None:
    assert len(set(PALETTE)) == len(PALETTE) == 12


def test_a_control_character_is_shown_as_something_unknown() -> None:
    card = card_named("quiet_vips")
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    columns = card.shown_columns()
    row = ("a\x01b\x1fc\x7f", *(None for _ in columns[1:]))

    drawn = draw_card(card, _PLACE, Result(tuple(columns), (row,)), labels, "")

    assert drawn.rows[0][0].text == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_list_that_may_be_empty_says_why(language: str) -> None:
    labels = read_labels(CONTENT_ROOT / "labels", language)
    content = load_content(CONTENT_ROOT, EXAMPLE, language)
    cards = {
        card.path.stem: card
        for card in content.cards.values()
        if f"cards.{card.path.stem}.title" in labels
    }

    unsaid = [
        name
        for name, card in cards.items()
        if card.display not in ("scalar", "object") and not card.when_empty
    ]

    assert unsaid == []
