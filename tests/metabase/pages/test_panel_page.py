"""Dashboard: the first page, what it says and what it says when it knows nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from metabase.content.company import EXAMPLE
from metabase.content.entities import Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import Result
from metabase.rendering.cards import DrawnCard, draw_card
from tests.metabase.pages.drawn_cards import (
    answer_of,
    card_named,
    chart,
    plotted,
    shown,
)

CARDS = (
    "real_return",
    "capital_at_risk",
    "return_facts",
    "return_kinds",
    "acquisition_efficiency",
    "insight_feed",
    "capital_details",
    "top_at_risk",
)


def drawn(url: str, name: str, company: str) -> DrawnCard:
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    card = card_named(name)
    place = Placement("a", "b", 0, 0, 6, 4)
    return draw_card(card, place, answer_of(url, card, company), labels, "Nada.")


def test_the_header_is_what_the_mix_tells_beside_its_range(shops_url: str) -> None:
    assert shown(shops_url, "real_return") == [["2,5\u00a0\u00d7"]]
    card = drawn(shops_url, "real_return", "acme")
    assert card.range == "90 %: de 1,6\u00a0\u00d7 a 3,4\u00a0\u00d7"
    (told,) = shown(shops_url, "return_facts")
    assert told == [
        *("Paga", "1,6\u00a0\u00d7", "3,4\u00a0\u00d7", "2,3\u00a0\u00d7"),
        *("50\xa0%", "43\xa0%", "Mercancía y envío", "40\xa0%", "—", "29 sept 1997"),
    ]


def test_a_mix_that_may_not_tell_has_words_instead_of_a_number(shops_url: str) -> None:
    assert shown(shops_url, "real_return", "bolt") == []
    assert drawn(shops_url, "real_return", "bolt").range is None
    (why,) = shown(shops_url, "return_facts", "bolt")

    assert (why[0], why[8]) == ("No puede decirlo", "Se movió.")
    assert why[1:8] == ["—"] * 7


def test_the_last_click_keeps_its_own_range(shops_url: str) -> None:
    (facts,) = shown(shops_url, "acquisition_efficiency")
    assert facts[:6] == [
        *("Cubre lo que cuesta", "3,1\u00a0\u00d7", "5,3\u00a0\u00d7"),
        *("50,00\xa0€", "210,00\xa0€", "3,0\u00a0\u00d7"),
    ]


def test_returns_stand_side_by_side_and_one_nobody_tells_is_left_out(
    shops_url: str,
) -> None:
    def bars(company: str) -> list[tuple[str, float]]:
        points = plotted(chart(shops_url, "return_kinds", company))
        return [(row["return_kind"], row["return_per_unit"]) for row in points]

    assert bars("acme") == [
        ("Según la plataforma", 2),
        ("Clic, ya comprado", 1.5),
        ("Clic, a 12 meses", 4.2),
        ("Incremental", 2.5),
    ]
    assert bars("bolt") == [
        ("Clic, ya comprado", 1.5),
        ("Clic, a 12 meses", 4.2),
    ]


def test_capital_at_risk_is_red_and_none_is_not(shops_url: str) -> None:
    lost = drawn(shops_url, "capital_at_risk", "acme")
    safe = drawn(shops_url, "capital_at_risk", "bolt")

    assert (lost.rows[0][0].text, lost.number_color) == ("4.250\xa0€", "#C0392B")
    assert safe.number_color is None
    # What was known a week before, or that nothing was.
    assert lost.range == "▲ 540\xa0€ desde el 23 sept 1997"
    assert safe.range == (
        "Aún sin comparación: hace falta una predicción de una semana antes"
        " con la misma versión del modelo"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [("0.3", "= 0"), ("-0.3", "= 0"), ("0", "= 0"), ("0.5", "▲ 1"), ("-20", "▼ 20")],
)
def test_a_change_that_is_written_as_nothing_has_no_arrow(
    change: str, told: str
) -> None:
    card = card_named("capital_at_risk")
    known = Result(
        ("capital_at_risk", "capital_at_risk_change", "compared_date"),
        ((Decimal(90), Decimal(change), date(1997, 9, 23)),),
    )
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    card_drawn = draw_card(card, Placement("a", "b", 0, 0, 24, 8), known, labels, "")

    assert card_drawn.range == f"{told}\xa0€ desde el 23 sept 1997"


def test_the_change_of_a_week_says_with_which_day_it_compares(shops_url: str) -> None:
    (acme,) = shown(shops_url, "capital_details")
    (bolt,) = shown(shops_url, "capital_details", "bolt")

    assert acme[:4] == ["540\xa0€", "23 sept 1997", "12", "9.100\xa0€"]
    assert bolt[:2] == ["—", "—"]


def test_one_sentence_of_each_kind_is_read_with_what_to_do_and_its_trace(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "insight_feed")

    assert [row[:3] for row in rows] == [
        ["Oportunidad", "Mover ese dinero", "Frase de acme sobre opportunity."],
        ["Alerta", "—", "Frase de acme sobre alert."],
        ["Éxito", "Repetirlo", "Frase de acme sobre success."],
    ]
    assert [row[4] for row in rows] == ["01234567…", "—", "—"]


def test_the_list_says_for_how_long_silence_is_usual_and_who_says_so(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "top_at_risk")

    assert [[row[0], *row[4:]] for row in rows] == [
        ["acme-1", "90", "30", "Su ritmo"],
        ["acme-2", "61", "60", "La empresa"],
    ]


@pytest.mark.parametrize("name", CARDS)
def test_a_company_sees_its_own_numbers_and_an_empty_card_says_why(
    shops_url: str, name: str
) -> None:
    card = card_named(name)

    assert answer_of(shops_url, card, "nueva").rows == ()
    assert card.when_empty or name == "insight_feed"
    rows = json.dumps(answer_of(shops_url, card, "bolt").rows, default=str)
    assert "acme" not in rows


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_stands_in_both_languages_and_fills_its_grid(language: str) -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE, language)

    (page,) = [one for one in content.dashboards if one.name == "Dashboard"]
    width = max(at.col + at.size_x for at in page.placements)
    assert width == 24
    taken = sum(at.size_x * at.size_y for at in page.placements)
    assert taken == 24 * max(at.row + at.size_y for at in page.placements)
