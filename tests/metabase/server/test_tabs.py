"""Tabs of a page: made with their cards, kept by position, put back when changed."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from metabase.content.company import Company
from metabase.content.compile import compile_pages
from metabase.content.errors import ContentError
from metabase.content.load import load_content
from metabase.rendering.preview import render_preview
from metabase.server.export import export
from tests.metabase.conftest import Edit
from tests.metabase.server.servers import PAGE, Server

ACME = Company("acme", "Acme", "EUR")


def test_a_page_has_its_tabs_and_every_card_stands_on_one(filled_small: Server) -> None:
    assert _tabs(filled_small) == {"Resumen": 6, "Explorador": 8}
    assert filled_small.pending() == []
    assert filled_small.run() == []
    assert filled_small.written() == []


def test_another_title_renames_a_tab_and_moves_no_card(filled_small: Server) -> None:
    before = {
        one["id"]: one["dashboard_tab_id"] for one in filled_small.page()["dashcards"]
    }
    filled_small.edit("labels/es.yml", "explorer: Explorador", "explorer: Buscar")

    changes = filled_small.run()

    assert changes == ["update dashboard Clientes of acme (tabs)"]
    # Tabs sent without the cards would be taken for tabs without cards.
    ((_, _, body),) = filled_small.fake.writes
    assert set(body) == {"tabs", "dashcards"}
    assert _tabs(filled_small) == {"Resumen": 6, "Buscar": 8}
    assert before == {
        one["id"]: one["dashboard_tab_id"] for one in filled_small.page()["dashcards"]
    }


def test_a_card_dragged_to_another_tab_is_drift_and_goes_back(
    filled_small: Server,
) -> None:
    page = filled_small.page()
    page["dashcards"][0]["dashboard_tab_id"] = _other_tab(page, page["dashcards"][0])

    planned = filled_small.pending()
    filled_small.run(force=True)

    assert planned == [
        "drift dashboard Clientes of acme (changed on the server: dashcards)"
    ]
    assert _tabs(filled_small) == {"Resumen": 6, "Explorador": 8}


def test_a_tab_deleted_by_hand_comes_back_with_its_cards(filled_small: Server) -> None:
    page = filled_small.page()
    gone = page["tabs"].pop()["id"]
    page["dashcards"] = [
        one for one in page["dashcards"] if one["dashboard_tab_id"] != gone
    ]

    filled_small.run(force=True)

    assert _tabs(filled_small) == {"Resumen": 6, "Explorador": 8}
    assert filled_small.pending() == []


def test_a_page_that_loses_its_tabs_keeps_its_cards(filled_small: Server) -> None:
    path = filled_small.request.root / PAGE
    page = yaml.safe_load(path.read_text())
    cards = page["cards"].values()
    height = max(one["place"][0] + one["place"][3] for one in cards)
    for one in cards:
        if one.pop("tab") == page["tabs"][1]:
            one["place"][0] += height
    path.write_text(yaml.safe_dump({**page, "tabs": []}, sort_keys=False))

    changes = filled_small.run()

    assert changes == ["update dashboard Clientes of acme (tabs, dashcards)"]
    assert filled_small.page()["tabs"] == []
    assert len(filled_small.page()["dashcards"]) == 14


def test_export_says_on_which_tab_each_card_stands(
    filled_small: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = filled_small.page()
    page["tabs"][1]["name"] = "Buscador"
    folder = tmp_path_factory.mktemp("export")

    export(filled_small.request, folder)

    root = filled_small.request.root
    before = compile_pages(root)[root / PAGE]
    exported = folder / "collections/main/timonel/clientes.yaml"
    after = yaml.safe_load(exported.read_text())
    assert [one["name"] for one in after["tabs"]] == ["Explorador", "Buscador"]
    assert [one["entity_id"] for one in after["tabs"]] == [
        one["entity_id"] for one in before["tabs"]
    ]
    assert _standing(after) == _standing(before)


def test_the_preview_heads_the_cards_of_each_tab(shops_url: str, edit: Edit) -> None:
    root = edit("labels/es.yml", "explorer: Explorador", "explorer: Lista & más")

    html = render_preview(shops_url, ["acme"], root=root)

    sheets = [one.split("</h2>")[0] for one in html.split('<h2 class="sheet">')[1:]]
    assert sheets[:2] == ["Lista &amp; más", "Resumen"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tabs: [", "tab: [", "nobody reads 'tab'; allowed: cards, id, parameters"),
        ("tab: overview", "tab: another", "stands on tab 'another'; the page has"),
    ],
)
def test_tabs_that_are_wrong_are_told(
    edit: Edit, old: str, new: str, said: str
) -> None:
    root = edit(PAGE, old, new)

    with pytest.raises(ContentError, match=said):
        load_content(root, ACME)


def _tabs(server: Server) -> dict[str, int]:
    """Number of cards by the name of their tab."""
    page = server.page()
    placed = [one["dashboard_tab_id"] for one in page["dashcards"]]
    return {one["name"]: placed.count(one["id"]) for one in page["tabs"]}


def _other_tab(page: dict[str, Any], card: dict[str, Any]) -> int:
    (other,) = {one["id"] for one in page["tabs"]} - {card["dashboard_tab_id"]}
    return int(other)


def _standing(page: dict[str, Any]) -> dict[str, str]:
    return {one["card_id"]: one["dashboard_tab_id"][1] for one in page["dashcards"]}
