"""Colours: one list of them, each with one meaning, and lights that are coloured."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest

from metabase.content.compile import compile_pages
from metabase.content.conditional_formatting import shades
from metabase.content.entities import Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT
from metabase.content.palette import COLORS, MEANINGS
from metabase.rendering.cards import draw_card
from tests.metabase.pages.drawn_cards import answer_of, card_named

_HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
GOOD, WARN, POOR, BAD = (MEANINGS[name][0] for name in ("good", "warn", "poor", "bad"))


def test_a_colour_has_one_meaning() -> None:
    for one, other in combinations(MEANINGS.values(), 2):
        assert set(one) & set(other) == set()


def test_files_and_templates_use_the_palette_and_nothing_else() -> None:
    files = [
        path
        for folder in ("pages", "content", "rendering", "server")
        for path in (CONTENT_ROOT / folder).rglob("*")
        if path.suffix in (".yml", ".py", ".css", ".j2", ".typ", ".js")
    ]
    used = {
        (path.name, color.lower()[:7])
        for path in files
        for color in _HEX.findall(path.read_text(encoding="utf-8"))
    }

    assert len(used) > 50
    assert {one for one in used if one[1] not in COLORS} == set()


def test_series_and_lights_have_colours_of_their_own_kind() -> None:
    for path, document in compile_pages(CONTENT_ROOT).items():
        settings = document.get("visualization_settings", {})
        series = settings.get("series_settings", {})
        for one in (series[name] for name in series if "color" in series[name]):
            told = MEANINGS["series"] + MEANINGS["range"]
            assert one["color"].lower() in told, path.name
        for rule in settings.get("table.column_formatting", []):
            told = GOOD, WARN, POOR, BAD
            if rule["type"] == "range":
                assert {one.lower() for one in rule["colors"]} <= set(
                    MEANINGS["amount"]
                ), path.name
            else:
                assert rule["color"].lower() in told, path.name
        for segment in settings.get("scalar.segments", []):
            assert segment["color"].lower() in MEANINGS["bad"], path.name


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("next_euro", "traffic_light_label", {"Verde": GOOD, "Rojo": BAD}),
        ("connection_lights", "connection_status", {"Verde": GOOD, "Rojo": BAD}),
        ("account_bands", "band_label", {"Crítica": POOR, "Sana": GOOD}),
        (
            "publication_gates",
            "outcome",
            {"Superada": GOOD, "Aviso": WARN, "Bloquea": BAD},
        ),
    ],
)
def test_a_light_has_its_colour(
    shops_url: str, name: str, column: str, expected: dict[str, str]
) -> None:
    card = card_named(name)
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    place = Placement("a", "b", 0, 0, 24, 8)

    drawn = draw_card(card, place, answer_of(shops_url, card), labels, "")

    at = card.shown_columns().index(column)
    seen = {
        row[at].text.split(":")[0]: (row[at].shade or "").lower() for row in drawn.rows
    }
    assert seen == expected
    assert {cell.shade for row in drawn.rows for cell in row[:at]} <= {None}


def test_a_text_is_its_value_or_begins_with_it_and_the_first_rule_counts() -> None:
    rules = [_rule("=", "Rojo", "#one"), _rule("starts-with", "Ro", "#two")]
    rows = [("Rojo",), ("Rosa",), ("El Rojo",), (None,), ("",)]

    found = shades({"table.column_formatting": rules}, ["light"], rows)

    assert found == [{"light": "#one"}, {"light": "#two"}, {}, {}, {}]


def _rule(operator: str, value: str, color: str) -> dict[str, Any]:
    return {
        "columns": ["light"],
        "type": "single",
        "operator": operator,
        "value": value,
        "color": color,
        "highlight_row": False,
    }
