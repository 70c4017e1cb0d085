"""Pages are compiled to what servers have, and a mistake in one names its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from metabase.content.company import EXAMPLE
from metabase.content.compile import compile_pages, write_documents
from metabase.content.entity_ids import EntityIds
from metabase.content.errors import ContentError
from metabase.content.load import CONTENT_ROOT, load_content
from orchestration.lib.core.yaml_files import parsed
from tests.metabase.conftest import Edit

GOLDEN = Path(__file__).parent.parent / "golden"
CLIENTES = "pages/commerce/clientes.yml"
MARKETING = "pages/marketing/marketing.yml"


def test_pages_compile_to_what_servers_have() -> None:
    expected = {path.stem: parsed(path) for path in GOLDEN.rglob("*.yaml")}

    found = {path.stem: one for path, one in compile_pages(CONTENT_ROOT).items()}

    assert len(expected) == 113
    assert {name: found.get(name) for name in expected} == expected
    # A page that was made since is not among them.
    new = set(found) - set(expected)
    assert not new & set(_kept("cards"))


def test_what_is_written_is_read_as_it_was_compiled(tmp_path: Path) -> None:
    documents = compile_pages(CONTENT_ROOT)

    written = write_documents(documents, tmp_path)

    assert [parsed(path) for path in written] == list(documents.values())
    assert {path.parent.name for path in written} == {"main", "timonel"}


def test_an_id_is_kept_or_follows_from_the_name() -> None:
    ids = EntityIds({"cards": {"old": "kept"}})

    assert ids.card("old") == "kept"
    assert ids.card("new") == EntityIds({}).card("new") != ids.card("newer")
    assert ids.place("one", "new") != ids.place("two", "new")
    assert re.fullmatch(r"[A-Za-z0-9_-]{21}", ids.card("new"))
    assert str(UUID(ids.parameter("x"))) == ids.parameter("x")


def test_ids_that_are_kept_belong_to_something() -> None:
    """What nothing has is only in the way."""
    content = load_content(CONTENT_ROOT, EXAMPLE)
    cards = {card.entity_id for card in content.cards.values()}
    places = {at.entity_id for page in content.dashboards for at in page.placements}

    assert set(_kept("cards").values()) <= cards
    assert {one for page in _kept("places").values() for one in page.values()} <= places


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cards:", "cards: [", "clientes.yml: not valid YAML"),
        ("parameters:", "filters:", "nobody reads 'filters'; allowed: cards, id, para"),
        (
            "quiet_days: number",
            "quiet_days: date",
            "parameter quiet_days: type is",
        ),
        ("parameters:", "refresh_seconds: 5\nparameters:", "is 5; write a number"),
        ("values: value_segments.segment_label", "values: x", "write <card>.<column>"),
        ("limit: 25", "limits: 25", "card top_customers: nobody reads 'limits'; allow"),
        (
            "kind: number",
            "kind: treemap",
            "kind is 'treemap', not one of number",
        ),
        ("metric: predicted", "metrics: predicted", "nobody reads 'metrics'; allowed"),
        (
            "limit: 25",
            "sql: select 1",
            "card top_customers: write either 'sql' or",
        ),
        (
            "place: [43, 0, 24, 14]",
            "place: [1, 2]",
            "write ['row', 'column', 'width', 'height']",
        ),
        ("tab: explorer", "tab: x", "stands on tab 'x'; the page has ['explorer', 'ov"),
        ("ficha.customer", "ficha", "leads to 'ficha'; write <page>.<parameter>"),
        ("ficha.customer", "ficha.x", "leads to 'ficha.x', which is no <page>.<param"),
        (": rounded_money", ": euros", "predicted_value_12m is 'euros', not one of da"),
        ("formats: {pred", "formats: {x: date, pred", "formats has 'x'; it draws pre"),
        (
            "  quiet_days: number\n",
            "",
            "{{quiet_days}}, which is no parameter of",
        ),
        (
            "id: 6LOOLhkQGZGEJWb-j97zo\n",
            "",
            "id is None, by which servers",
        ),
    ],
)
def test_a_wrong_page_is_refused_with_its_file(
    edit: Edit, old: str, new: str, message: str
) -> None:
    _refused(edit(CLIENTES, old, new), message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("metrics: [value_per_customer]", "metrics: []", "metrics is []; write a list"),
        (
            "metrics: [value_per_c",
            "metrics: [spend, value_per_c",
            "with 'by'",
        ),
        ("lights.green: good", "lights.green: fine", "'fine' is no colour: good, warn"),
        ("begins: ", "ends: ", "write one of equals, begins"),
        ("shared: conexiones", "shared: panel", "conexiones has it, not panel"),
    ],
)
def test_a_wrong_chart_or_colour_is_refused_with_its_file(
    edit: Edit, old: str, new: str, message: str
) -> None:
    _refused(edit(MARKETING, old, new), message, "marketing.yml")


def test_a_card_declared_twice_is_refused_with_both_files(edit: Edit) -> None:
    root = edit(CLIENTES, "  top_customers:\n", "  next_euro:\n")

    _refused(root, "clientes.yml has one of that name; write `shared: cl", "marketing")


def test_a_page_of_no_domain_is_refused(edit: Edit) -> None:
    root = edit(CLIENTES, "id:", "id:")
    (root / "pages/sales").mkdir()
    (root / CLIENTES).rename(root / "pages/sales/clientes.yml")

    _refused(root, "its folder is no domain: core, commerce, marketing, community")


def test_months_on_an_axis_of_numbers_are_refused(edit: Edit) -> None:
    told = "metrics: [seat_dau_ratio, seat_mau_ratio, stickiness_ratio]\n"
    page = "pages/saas/ejecutivo_saas.yml"

    root = edit(page, told, f"{told}    scale: linear\n")

    _refused(root, "calendar_month is a month, no number", "ejecutivo_saas.yml")


def test_a_column_of_two_formats_is_refused(edit: Edit) -> None:
    root = edit("pages/columns.yml", "date:\n", "date:\n  - spend\n")

    _refused(root, "'spend' is money and date", "columns.yml")


def _refused(root: Path, message: str, file: str = "clientes.yml") -> None:
    with pytest.raises(ContentError, match=re.escape(message)) as error:
        compile_pages(root)

    assert file in str(error.value)


def _kept(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = EntityIds.read(CONTENT_ROOT)._kept[kind]
    return found
