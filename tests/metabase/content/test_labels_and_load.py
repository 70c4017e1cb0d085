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

_CARDS = "collections/main/timonel"
_RULE = """visualization_settings:
  table.column_formatting:
  - columns:
    - historic_value
    type: gradient
    colors:
    - "#FFFFFF"
"""


def test_the_committed_files_have_no_problem() -> None:
    assert file_problems(CONTENT_ROOT) == []


def test_every_card_stands_on_a_dashboard() -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)

    placed = [at.card_id for page in content.dashboards for at in page.placements]

    assert set(placed) == set(content.cards)
    assert [page.name for page in content.dashboards] == [
        "Dashboard",
        "¿Acertamos?",
        "Adquisición",
        "Clientes",
        "Conexiones y salud de datos",
        "Engagement y Conversión",
        "Ficha de cliente",
        "Marketing",
        "Salud de los modelos",
        "Operaciones y Calidad",
        "Retención y Lealtad",
        "Segmentación y Marketing",
        "Simulador",
    ]


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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("${cards.top_customers.title}", "${cards.gone}", "no label for ${cards.gone}"),
        ("display: table", "display: treemap", "'treemap' is not one of"),
        ("display: table", "dysplay: table", "nobody reads: 'dysplay'"),
        ("table.columns", "table.colums", "needs 'table.columns'"),
        ("limit 25", "limit [[{{n}}]]", "do not name the same: ['n'], [], []"),
        ("visualization_settings:\n", _RULE, "a colour rule is a range"),
        ("model: Card", "model: Cart", "serdes/meta names 'Cart'"),
        ("collection_id: zf0", "collection_id: aa0", "collection_id is not"),
        ("name: ${", "name: [${", "not valid YAML"),
    ],
)
def test_a_wrong_card_is_refused_with_its_file(
    edit: Edit, old: str, new: str, message: str
) -> None:
    root = edit(f"{_CARDS}/top_customers.yaml", old, new)

    with pytest.raises(ContentError) as error:
        load_content(root, EXAMPLE)

    assert message in str(error.value)
    assert "top_customers.yaml" in str(error.value)


def test_a_language_without_a_file_is_refused_with_those_there_are() -> None:
    with pytest.raises(ContentError, match=r"no labels for 'xx'.*there is: en, es"):
        load_content(CONTENT_ROOT, EXAMPLE, "xx")


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("clientes", "col: 6", "col: 5", "overlaps"),
        ("clientes", "size_x: 24", "size_x: 23", "nothing stands at row 0, column 23"),
        ("clientes", "col: 18", "col: 19", "leaves the 24 columns"),
        ("clientes", "card_id: XAm", "card_id: aAm", "no card has entity_id aAm"),
        ("top_customers", "reporting.cust", "marts.cust", "may only read reporting.*"),
        ("top_customers", '["name","last_order_date"]', '["name","x"]', "without a"),
    ],
)
def test_a_mistake_the_official_schema_passes_is_named(
    edit: Edit, file: str, old: str, new: str, problem: str
) -> None:
    root = edit(f"{_CARDS}/{file}.yaml", old, new)

    problems = file_problems(root)

    assert any(problem in one for one in problems), problems


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("segment_customers", "= {{segment}}", "= '{{segment}}'", "between quotes"),
        (
            "segment_customers",
            "[[and segment_label_${language} = {{segment}}]]",
            "and segment_label_${language} = {{segment}}",
            "write [[{{segment}}]], so that it may lack",
        ),
        ("segment_customers", "type: text", "type: number", "is not its parameter"),
        ("segment_customers", "type: string/=", "type: date/single", "must be number"),
        ("segmentacion", "type: link", "type: crossfilter", "must lead to a dashboard"),
        ("segmentacion", "id: customer_id", "id: monetary", "choose by 'customer_id'"),
        ("segmentacion", "source_type: card", "source_type: x", "come from a card"),
    ],
)
def test_a_choice_that_could_not_be_made_safely_is_refused(
    edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    root = edit(f"{_CARDS}/{file}.yaml", old, new)

    with pytest.raises(ContentError, match=re.escape(message)):
        load_content(root, EXAMPLE)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("- segment_label", "- gone", "no card gives the values of 'segment'"),
        ('["name","customer_id"]', '["name","gone"]', "choose by 'gone'"),
        ("targetId: ", "targetId: gone # ", "'customer_id' leads nowhere"),
    ],
)
def test_a_list_or_a_click_that_leads_nowhere_is_named(
    edit: Edit, old: str, new: str, problem: str
) -> None:
    root = edit(f"{_CARDS}/segmentacion.yaml", old, new)

    try:
        problems = file_problems(root)
    except ContentError as error:
        problems = [str(error)]

    assert any(problem in one for one in problems), problems


_TOO_MUCH = (
    "a chart takes one dimension and its metrics, or two dimensions and one metric"
)


@pytest.mark.parametrize(
    ("card", "old", "new", "problem"),
    [
        (
            "no_purchase_distribution",
            "  - probability_range\n",
            "  - probability_range\n" * 3,
            _TOO_MUCH,
        ),
        (
            "backtest_tracking",
            "  - days\n",
            "  - days\n  - actual_orders\n",
            _TOO_MUCH,
        ),
        (
            "cost_against_value",
            "  - channel_label\n",
            "",
            "a scatter plot takes two dimensions, the axis and what the points are, "
            "and one metric",
        ),
    ],
)
def test_a_chart_of_too_much_is_named(
    edit: Edit, card: str, old: str, new: str, problem: str
) -> None:
    root = edit(f"{_CARDS}/{card}.yaml", old, new)

    (found,) = file_problems(root)

    assert found.endswith(f"{card}.yaml: {problem}")


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
