"""What people change on the server is told, and never lost without being asked."""

from __future__ import annotations

import pytest
import yaml

from metabase.content.compile import compile_pages
from metabase.content.errors import DriftFoundError, MetabaseError
from metabase.server.export import export
from tests.metabase.server.servers import PAGE, Server, without_top

BEST = "¿Qué clientes comprarán más en los próximos 12 meses?"


def test_a_plan_tells_which_key_people_changed_and_apply_stops(
    filled_small: Server,
) -> None:
    card = filled_small.card(BEST)
    card["visualization_settings"] = {"table.columns": []}
    card["description"] = "Changed by hand"

    planned = filled_small.pending()
    with pytest.raises(DriftFoundError, match="--force") as stopped:
        filled_small.run()

    assert planned == [
        f"drift card {BEST} of acme "
        "(changed on the server: description, visualization_settings)"
    ]
    assert planned[0] in str(stopped.value)
    assert filled_small.written() == []
    assert card["description"] == "Changed by hand"


def test_force_overwrites_what_people_changed_and_nothing_else(
    filled_small: Server,
) -> None:
    card = filled_small.card(BEST)
    card["description"] = "Changed by hand"

    filled_small.run(force=True)

    ((verb, _, body),) = filled_small.fake.writes
    assert (verb, list(body)) == ("PUT", ["description"])
    assert card["description"] != "Changed by hand"
    assert filled_small.pending() == []


def test_a_changed_file_is_an_update_and_no_drift(filled_small: Server) -> None:
    filled_small.edit(PAGE, "limit: 25", "limit: 50")

    planned = filled_small.pending()

    assert planned == [f"update card {BEST} of acme (dataset_query)"]
    assert filled_small.run() == planned


def test_a_dashboard_renamed_by_hand_is_found_again(filled_small: Server) -> None:
    filled_small.page()["name"] = "Mine now"

    planned = filled_small.pending()
    filled_small.run(force=True)

    assert planned == ["drift dashboard Clientes of acme (changed on the server: name)"]
    assert [one["name"] for one in filled_small.fake.dashboards.values()] == [
        "Clientes"
    ]


def test_a_card_deleted_by_hand_is_told_and_made_anew_when_forced(
    filled_small: Server,
) -> None:
    del filled_small.fake.cards[filled_small.named(filled_small.fake.cards, BEST)]

    planned = filled_small.pending()
    filled_small.run(force=True)

    assert planned[0] == (
        f"drift card {BEST} of acme (somebody deleted it on the server)"
    )
    assert not filled_small.card(BEST)["archived"]
    assert filled_small.pending() == []


def test_a_card_archived_by_hand_comes_back_to_its_folder(filled_small: Server) -> None:
    card = filled_small.card(BEST)
    folder = card["collection_id"]
    card["archived"] = True

    planned = filled_small.pending()
    filled_small.run(force=True)

    (told,) = planned
    assert told.startswith(f"drift card {BEST}")
    assert "archived" in told
    assert (card["archived"], card["collection_id"]) == (False, folder)


def test_what_returns_to_the_files_leaves_the_archive_with_its_id(
    filled_small: Server,
) -> None:
    path = filled_small.request.root / PAGE
    text = path.read_text()
    ids = set(filled_small.fake.cards)
    without_top(filled_small.request.root)
    filled_small.run()
    assert filled_small.card(BEST)["archived"]
    path.write_text(text)

    changes = filled_small.run()

    assert any(one.startswith(f"unarchive card {BEST}") for one in changes)
    assert not filled_small.card(BEST)["archived"]
    assert set(filled_small.fake.cards) == ids
    assert filled_small.pending() == []


def test_a_dashboard_that_left_the_files_is_archived_and_may_return(
    filled_acme: Server,
) -> None:
    path = filled_acme.request.root / "pages/marketing/simulador.yml"
    text = path.read_text()
    roles = filled_acme.request.root / "roles.yml"
    before = roles.read_text()
    path.unlink()
    roles.write_text(before.replace(", simulador", ""))

    gone = filled_acme.run(company_ids=("acme",))
    path.write_text(text)
    roles.write_text(before)
    back = filled_acme.run(company_ids=("acme",))

    assert "archive dashboard Simulador of acme" in gone
    assert any(one.startswith("unarchive dashboard Simulador") for one in back)
    assert not filled_acme.page("Simulador")["archived"]
    assert filled_acme.pending(company_ids=("acme",)) == []


def test_a_card_that_people_use_elsewhere_is_kept_and_told(
    filled_small: Server,
) -> None:
    card = filled_small.named(filled_small.fake.cards, BEST)
    fake = filled_small.fake
    mine = fake.post_dashboard(
        {"name": "Mine", "collection_id": filled_small.top("acme")}
    )
    fake.dashboards[mine["id"]]["dashcards"] = [{"id": 1, "card_id": card}]
    without_top(filled_small.request.root)

    filled_small.run()

    assert not fake.cards[card]["archived"]
    assert [one for one in filled_small.plan() if not one.startswith("skipped")] == [
        f"kept card id {card} of acme (still shown on 'Mine', which is not ours)"
    ]


def test_a_lost_map_is_filled_again_without_writing_to_the_server(
    filled_small: Server,
) -> None:
    filled_small.sql("delete from ops.metabase_objects")

    planned = filled_small.pending()
    filled_small.run()

    assert {one.split()[0] for one in planned} == {"adopt"}
    assert filled_small.written() == []
    assert filled_small.pending() == []


def test_two_that_could_be_ours_are_an_error_with_their_ids(
    filled_small: Server,
) -> None:
    filled_small.sql("delete from ops.metabase_objects")
    card = filled_small.named(filled_small.fake.cards, BEST)
    twin = filled_small.fake._new_id()
    filled_small.fake.cards[twin] = dict(filled_small.fake.cards[card])

    with pytest.raises(MetabaseError, match="2 on the server could be it") as error:
        filled_small.plan()

    assert str(card) in str(error.value)
    assert str(twin) in str(error.value)


def test_another_server_at_the_same_address_is_noticed_and_adopted(
    filled_small: Server,
) -> None:
    # A server restored from elsewhere gives everything another entity id.
    for things in (
        filled_small.fake.collections,
        filled_small.fake.cards,
        filled_small.fake.dashboards,
    ):
        for key, one in things.items():
            one["entity_id"] = f"other{key:016d}"

    told = filled_small.plan()
    planned = filled_small.pending()
    filled_small.run()

    assert told[0].startswith("replaced server https://bi.example.com")
    assert {one.split()[0] for one in planned} == {"adopt"}
    assert filled_small.written() == []
    assert filled_small.pending() == []


def test_export_writes_what_people_changed_as_files(
    filled_small: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    card, page = filled_small.card(BEST), filled_small.page()
    stage = card["dataset_query"]["stages"][0]
    stage["native"] = stage["native"].replace("limit 25", "limit 99")
    page["dashcards"][0]["size_y"] += 3
    folder = tmp_path_factory.mktemp("export")

    written = export(filled_small.request, folder)

    inside = folder / "collections/main/timonel"
    files = {
        path.stem: document
        for path, document in compile_pages(filled_small.request.root).items()
    }
    exported = yaml.safe_load((inside / "top_customers.yaml").read_text())
    original = files["top_customers"]
    sql = exported["dataset_query"]["stages"][0]["native"]
    assert sql == original["dataset_query"]["stages"][0]["native"].strip().replace(
        "limit 25", "limit 99"
    )
    assert exported["name"] == BEST
    assert exported.keys() == original.keys()
    placed = yaml.safe_load((inside / "clientes.yaml").read_text())["dashcards"]
    before = files["clientes"]["dashcards"]
    assert {one["card_id"] for one in placed} == {one["card_id"] for one in before}
    assert sum(one["size_y"] for one in placed) == 3 + sum(
        one["size_y"] for one in before
    )
    assert len(written) == len(filled_small.cards_of("acme")) + 1
