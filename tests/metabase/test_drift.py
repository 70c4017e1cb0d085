"""What people change on the server is told, and never lost without being asked."""

from __future__ import annotations

import pytest
import yaml

from metabase.metabase_as_code.errors import DriftFoundError, MetabaseError
from metabase.metabase_as_code.export import export
from tests.metabase.server import TOP, Server, without_top

BEST = "¿Qué clientes comprarán más en los próximos 12 meses?"
PAGE = "collections/main/timonel/clientes.yaml"


def test_a_plan_tells_which_key_people_changed_and_apply_stops(small: Server) -> None:
    small.run()
    card = small.card(BEST)
    card["visualization_settings"] = {"table.columns": []}
    card["description"] = "Changed by hand"

    planned = small.pending()
    with pytest.raises(DriftFoundError, match="--force") as stopped:
        small.run()

    assert planned == [
        f"drift card {BEST} of acme "
        "(changed on the server: description, visualization_settings)"
    ]
    assert planned[0] in str(stopped.value)
    assert small.written() == []
    assert card["description"] == "Changed by hand"


def test_force_overwrites_what_people_changed_and_nothing_else(small: Server) -> None:
    small.run()
    card = small.card(BEST)
    card["description"] = "Changed by hand"

    small.run(force=True)

    ((verb, _, body),) = small.fake.writes
    assert (verb, list(body)) == ("PUT", ["description"])
    assert card["description"] != "Changed by hand"
    assert small.pending() == []


def test_a_changed_file_is_an_update_and_no_drift(small: Server) -> None:
    small.run()
    small.edit(TOP, "limit 25", "limit 50")

    planned = small.pending()

    assert planned == [f"update card {BEST} of acme (dataset_query)"]
    assert small.run() == planned


def test_a_dashboard_renamed_by_hand_is_found_again(small: Server) -> None:
    small.run()
    small.page()["name"] = "Mine now"

    planned = small.pending()
    small.run(force=True)

    assert planned == ["drift dashboard Clientes of acme (changed on the server: name)"]
    assert [one["name"] for one in small.fake.dashboards.values()] == ["Clientes"]


def test_a_card_deleted_by_hand_is_told_and_made_anew_when_forced(
    small: Server,
) -> None:
    small.run()
    del small.fake.cards[small.named(small.fake.cards, BEST)]

    planned = small.pending()
    small.run(force=True)

    assert planned[0] == (
        f"drift card {BEST} of acme (somebody deleted it on the server)"
    )
    assert not small.card(BEST)["archived"]
    assert small.pending() == []


def test_a_card_archived_by_hand_comes_back_to_its_folder(small: Server) -> None:
    small.run()
    card = small.card(BEST)
    folder = card["collection_id"]
    card["archived"] = True

    planned = small.pending()
    small.run(force=True)

    (told,) = planned
    assert told.startswith(f"drift card {BEST}")
    assert "archived" in told
    assert (card["archived"], card["collection_id"]) == (False, folder)


def test_what_returns_to_the_files_leaves_the_archive_with_its_id(
    small: Server,
) -> None:
    small.run()
    texts = {name: (small.request.root / name).read_text() for name in (TOP, PAGE)}
    ids = set(small.fake.cards)
    without_top(small.request.root)
    small.run()
    assert small.card(BEST)["archived"]
    for name, text in texts.items():
        (small.request.root / name).write_text(text)

    changes = small.run()

    assert any(one.startswith(f"unarchive card {BEST}") for one in changes)
    assert not small.card(BEST)["archived"]
    assert set(small.fake.cards) == ids
    assert small.pending() == []


def test_a_dashboard_that_left_the_files_is_archived_and_may_return(
    setting: Server,
) -> None:
    setting.run(company_ids=("acme",))
    path = setting.request.root / "collections/main/timonel/simulador.yaml"
    text = path.read_text()
    roles = setting.request.root / "roles.yml"
    before = roles.read_text()
    path.unlink()
    roles.write_text(before.replace(", simulador", ""))

    gone = setting.run(company_ids=("acme",))
    path.write_text(text)
    roles.write_text(before)
    back = setting.run(company_ids=("acme",))

    assert "archive dashboard Simulador of acme" in gone
    assert any(one.startswith("unarchive dashboard Simulador") for one in back)
    assert not setting.page("Simulador")["archived"]
    assert setting.pending(company_ids=("acme",)) == []


def test_a_card_that_people_use_elsewhere_is_kept_and_told(small: Server) -> None:
    small.run()
    card = small.named(small.fake.cards, BEST)
    fake = small.fake
    mine = fake.post_dashboard({"name": "Mine", "collection_id": small.top("acme")})
    fake.dashboards[mine["id"]]["dashcards"] = [{"id": 1, "card_id": card}]
    without_top(small.request.root)

    small.run()

    assert not fake.cards[card]["archived"]
    assert [one for one in small.plan() if not one.startswith("skipped")] == [
        f"kept card id {card} of acme (still shown on 'Mine', which is not ours)"
    ]


def test_a_lost_map_is_filled_again_without_writing_to_the_server(
    small: Server,
) -> None:
    small.run()
    small.sql("delete from ops.metabase_objects")

    planned = small.pending()
    small.run()

    assert {one.split()[0] for one in planned} == {"adopt"}
    assert small.written() == []
    assert small.pending() == []


def test_two_that_could_be_ours_are_an_error_with_their_ids(small: Server) -> None:
    small.run()
    small.sql("delete from ops.metabase_objects")
    card = small.named(small.fake.cards, BEST)
    twin = small.fake._new_id()
    small.fake.cards[twin] = dict(small.fake.cards[card])

    with pytest.raises(MetabaseError, match="2 on the server could be it") as error:
        small.plan()

    assert str(card) in str(error.value)
    assert str(twin) in str(error.value)


def test_another_server_at_the_same_address_is_noticed_and_adopted(
    small: Server,
) -> None:
    small.run()
    # A server restored from elsewhere gives everything another entity id.
    for things in (small.fake.collections, small.fake.cards, small.fake.dashboards):
        for key, one in things.items():
            one["entity_id"] = f"other{key:016d}"

    told = small.plan()
    planned = small.pending()
    small.run()

    assert told[0].startswith("replaced server https://bi.example.com")
    assert {one.split()[0] for one in planned} == {"adopt"}
    assert small.written() == []
    assert small.pending() == []


def test_export_writes_what_people_changed_as_files(
    small: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    small.run()
    card, page = small.card(BEST), small.page()
    stage = card["dataset_query"]["stages"][0]
    stage["native"] = stage["native"].replace("limit 25", "limit 99")
    page["dashcards"][0]["size_y"] += 3
    folder = tmp_path_factory.mktemp("export")

    written = export(small.request, folder)

    inside = folder / "main/timonel"
    exported = yaml.safe_load((inside / "top_customers.yaml").read_text())
    original = yaml.safe_load((small.request.root / TOP).read_text())
    sql = exported["dataset_query"]["stages"][0]["native"]
    assert sql == original["dataset_query"]["stages"][0]["native"].strip().replace(
        "limit 25", "limit 99"
    )
    assert exported["name"] == BEST
    assert exported.keys() == original.keys()
    placed = yaml.safe_load((inside / "clientes.yaml").read_text())["dashcards"]
    before = yaml.safe_load((small.request.root / PAGE).read_text())["dashcards"]
    assert {one["card_id"] for one in placed} == {one["card_id"] for one in before}
    assert sum(one["size_y"] for one in placed) == 3 + sum(
        one["size_y"] for one in before
    )
    assert len(written) == len(small.cards_of("acme")) + 1
