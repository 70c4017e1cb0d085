"""The content files: read completely or refused with the place of the mistake."""

from __future__ import annotations

import re

import pytest

from metabase.content.company import EXAMPLE, Company
from metabase.content.errors import ContentError
from metabase.content.labels import fill_in
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.validate import file_problems
from tests.metabase.conftest import Edit

_COMMERCE = "pages/commerce"


def test_the_committed_files_have_no_problem() -> None:
    assert file_problems(CONTENT_ROOT) == []


def test_every_card_stands_on_a_dashboard() -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)

    placed = [at.card_id for page in content.dashboards for at in page.placements]

    assert set(placed) == set(content.cards)
    files = sorted(path.stem for path in (CONTENT_ROOT / "pages").glob("*/*.yml"))
    first = ["ventas", "panel", "comunidad_ejecutiva", "ejecutivo_saas", "webinars"]
    last = ["model_health", "conexiones"]
    rest = [name for name in files if name not in (*first, *last)]
    assert [page.path.stem for page in content.dashboards] == [*first, *rest, *last]


def test_every_card_asks_a_question_and_explains_itself() -> None:
    cards = load_content(CONTENT_ROOT, EXAMPLE).cards.values()

    assert all(card.name.startswith("¿") and card.name.endswith("?") for card in cards)
    assert all(len(card.description) > 60 for card in cards)


def test_in_english_every_word_is_another_and_none_is_missing() -> None:
    spanish = load_content(CONTENT_ROOT, EXAMPLE)
    english = load_content(CONTENT_ROOT, EXAMPLE, "en")

    for card_id, card in english.cards.items():
        other = spanish.cards[card_id]
        assert card.name.endswith("?")
        assert not card.name.startswith("¿")
        assert card.description != other.description
        assert (card.when_empty is None) == (other.when_empty is None)
    assert file_problems(CONTENT_ROOT, "en") == []


def test_money_takes_the_currency_and_the_decimals_of_the_company() -> None:
    pesos = load_content(CONTENT_ROOT, Company("andes", "Andes", "CLP"))
    money = [
        column
        for card in pesos.cards.values()
        for column in card.columns.values()
        if column.number_style == "currency"
    ]

    assert "historic_value" in {column.name for column in money}
    assert {(one.currency, one.decimals) for one in money} == {("CLP", 0)}


def test_a_text_that_is_one_key_keeps_the_type_of_its_value() -> None:
    words = {"n": 2, "name": "Acme"}

    filled = fill_in({"decimals": "${n}", "title": "a ${name} b"}, words, "here")

    assert filled == {"decimals": 2, "title": "a Acme b"}


def test_a_language_without_a_file_is_refused_with_those_there_are() -> None:
    with pytest.raises(ContentError, match=r"no labels for 'xx'.*there is: en, es"):
        load_content(CONTENT_ROOT, EXAMPLE, "xx")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("place: [0, 6, 6, 4]", "place: [0, 5, 6, 4]", "overlaps"),
        ("place: [0, 13, 11, 7]", "place: [0, 13, 10, 7]", "at row 0, column 23"),
        ("place: [0, 18, 6, 4]", "place: [0, 19, 6, 4]", "leaves the 24 columns"),
        ("from: reporting.cust", "from: marts.cust", "may only read reporting.*"),
        ("{customer_id: ficha", "{gone: ficha", "a click on 'gone', not shown"),
        ("value_segments.seg", "value_segments.x", "gives the values of 'value_seg"),
        ("value_segments.seg", "gone.seg", "no card gives the values of 'value_seg"),
    ],
)
def test_a_mistake_that_is_written_well_is_named(
    edit: Edit, old: str, new: str, problem: str
) -> None:
    root = edit(f"{_COMMERCE}/clientes.yml", old, new)

    problems = file_problems(root)

    assert any(problem in one for one in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("= {{segment}}", "= '{{segment}}'", "between quotes"),
        (
            "[[and segment_label_${language} = {{segment}}]]",
            "and segment_label_${language} = {{segment}}",
            "write [[{{segment}}]], so that it may lack",
        ),
    ],
)
def test_a_choice_that_could_not_be_made_safely_is_refused(
    edit: Edit, old: str, new: str, message: str
) -> None:
    root = edit(f"{_COMMERCE}/segmentacion.yml", old, new)

    with pytest.raises(ContentError, match=re.escape(message)):
        load_content(root, EXAMPLE)


def test_labels_that_are_no_yaml_are_refused_with_their_line(edit: Edit) -> None:
    root = edit("labels/es.yml", "title: Clientes", "title: Unidad: clientes")

    with pytest.raises(ContentError, match=r"es.yml: not valid YAML.*\n.*line \d+"):
        load_content(root, EXAMPLE)


def test_a_label_that_no_card_uses_is_named(edit: Edit) -> None:
    root = edit("labels/es.yml", "columns:\n", "columns:\n  forgotten: Olvidado\n")

    assert file_problems(root) == [
        "labels/es.yml: no card uses columns.forgotten",
        "labels/en.yml: lacks columns.forgotten",
    ]


def test_a_second_language_must_have_the_same_keys(edit: Edit) -> None:
    root = edit("labels/es.yml", "language: es", "language: es")
    text = (root / "labels/es.yml").read_text(encoding="utf-8")
    english = text.replace("title: Clientes", "headline: Customers", 1)
    (root / "labels/en.yml").write_text(english, encoding="utf-8")

    problems = file_problems(root)

    assert "labels/en.yml: lacks dashboard.clientes.title" in problems
    assert (
        "labels/en.yml: dashboard.clientes.headline is not in labels/es.yml" in problems
    )
