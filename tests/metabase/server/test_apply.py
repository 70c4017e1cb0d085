"""Applying over real HTTP: complete, closed, and nothing to do twice."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from metabase.cli import app
from metabase.content.company import EXAMPLE
from metabase.content.errors import DriftFoundError, MetabaseError, WarehouseError
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.server.apply import apply
from metabase.server.client import Admin, Metabase, wait_until_healthy
from metabase.server.diff import PENDING, Finding
from tests.metabase.server.double import FakeMetabase
from tests.metabase.server.double_people import ALL_USERS
from tests.metabase.server.filled import Start, Starts
from tests.metabase.server.servers import (
    PAGE,
    PASSWORDS,
    Server,
    sign_in,
    without_top,
)
from tests.metabase.server.serving import serving


def test_an_empty_server_gets_everything_of_each_company(setting: Server) -> None:
    setting.run()

    fake = setting.fake
    assert fake.admin == ("admin@example.com", "admin secret")
    for company in ("acme", "bolt"):
        database = setting.database(company)
        cards = setting.cards_of(company)
        pages = {
            one["name"]: one
            for one in fake.dashboards.values()
            if one["collection_id"] in setting.folders(company)
        }
        assert fake.databases[database]["details"]["user"] == f"bi_{company}"
        files = load_content(CONTENT_ROOT, EXAMPLE)
        assert len(cards) == len(files.cards)
        assert {card["dataset_query"]["database"] for card in cards} == {database}
        assert {name: _places(page["dashcards"]) for name, page in pages.items()} == {
            page.name: sorted(
                (at.row, at.col, at.size_x, at.size_y) for at in page.placements
            )
            for page in files.dashboards
        }
        assert {page["width"] for page in pages.values()} == {"full"}


def _places(dashcards: Sequence[dict[str, Any]]) -> list[tuple[int, ...]]:
    return sorted(
        tuple(one[key] for key in ("row", "col", "size_x", "size_y"))
        for one in dashcards
    )


def test_pages_stand_in_the_order_of_roles_yml(filled: Server) -> None:
    order: dict[int, list[tuple[int, str]]] = {}
    for page in filled.fake.dashboards.values():
        place = (page["collection_position"], page["name"])
        order.setdefault(page["collection_id"], []).append(place)

    pages = [[name for _, name in sorted(inside)] for inside in order.values()]
    assert ["Ventas", "Dashboard", "Clientes", "Ficha de cliente"] in pages
    assert ["Marketing", "Simulador"] in pages


def test_a_second_run_writes_nothing(setting: Server) -> None:
    setting.run()

    changes = setting.run()

    assert changes == []
    assert setting.written() == []
    assert setting.pending() == []
    assert setting.fake.unknown_displays == []


def test_a_run_without_change_reads_lists_and_no_card_alone(
    filled_acme: Server,
) -> None:
    first = filled_acme.cards_of("acme")[0]
    filled_acme.run(company_ids=("acme",))
    filled_acme.fake.reads.clear()

    filled_acme.run(company_ids=("acme",))
    alone = _cards_read(filled_acme)
    first["display"] = "waterfall"
    with pytest.raises(DriftFoundError, match="display"):
        filled_acme.run(company_ids=("acme",))

    assert alone == []
    assert len(_cards_read(filled_acme)) == 1


def test_a_run_without_change_asks_little_more_than_once_a_page_and_folder(
    filled: Server,
) -> None:
    """Counted, not timed; of fifty companies it is the same of each."""
    companies = len(filled.request.company_ids)
    pages, folders = len(filled.fake.dashboards), len(filled.fake.collections)
    filled.run()
    filled.fake.reads.clear()

    assert filled.run() == []

    asked = len(filled.fake.reads)
    # Connections, lists, the graphs of rights, and what the server says of itself.
    assert asked <= pages + folders + 5 * companies + 12
    assert asked / companies <= 60


def _cards_read(server: Server) -> list[str]:
    return [path for path in server.fake.reads if re.fullmatch(r"/api/card/\d+", path)]


def test_doors_are_closed_before_there_is_a_card_behind_them(
    setting: Server,
) -> None:
    setting.run()

    written = setting.written()

    assert written.index("PUT /api/permissions/graph") < written.index("POST /api/card")
    assert written.index("PUT /api/collection/graph") < written.index("POST /api/card")


def test_a_connection_opened_by_hand_is_closed_again(filled: Server) -> None:
    database = filled.database("acme")
    filled.fake.levels[ALL_USERS, database] = "query-builder"

    changes = filled.run()

    assert changes == ["update rights queries by hand (who may use them: All Users)"]
    assert filled.fake.levels[ALL_USERS, database] == "no"


def test_a_changed_file_writes_only_its_card(filled_acme: Server) -> None:
    filled_acme.edit(PAGE, "limit: 25", "limit: 50")

    filled_acme.run(company_ids=("acme",))

    ((verb, _, body),) = filled_acme.fake.writes
    assert (verb, list(body)) == ("PUT", ["dataset_query"])
    assert "limit 50" in body["dataset_query"]["stages"][0]["native"]


def test_a_new_title_keeps_the_card_and_its_place(filled_acme: Server) -> None:
    cards, pages = set(filled_acme.fake.cards), str(filled_acme.fake.dashboards)
    title = "title: ¿Qué clientes comprarán más en los próximos 12 meses?"
    filled_acme.edit("labels/es.yml", title, "title: Otro")

    changes = filled_acme.run(company_ids=("acme",))

    assert changes == ["update card Otro of acme (name)"]
    assert set(filled_acme.fake.cards) == cards
    assert str(filled_acme.fake.dashboards) == pages


def test_a_card_moved_by_hand_goes_back_and_keeps_its_id(filled_acme: Server) -> None:
    page = filled_acme.page()
    ids = sorted(one["id"] for one in page["dashcards"])
    page["dashcards"][0]["row"] += 40

    changes = filled_acme.run(company_ids=("acme",), force=True)

    assert changes == [
        "drift dashboard Clientes of acme (changed on the server: dashcards)"
    ]
    assert sorted(one["id"] for one in page["dashcards"]) == ids
    assert max(one["row"] for one in page["dashcards"]) == 43


def test_a_card_that_left_the_files_is_archived_and_others_stay(
    filled_acme: Server,
) -> None:
    collection = filled_acme.top("acme")
    by_hand = filled_acme.fake.post_card(
        {
            "name": "Made by hand",
            "display": "table",
            "visualization_settings": {},
            "collection_id": collection,
            "dataset_query": {
                "lib/type": "mbql/query",
                "database": next(iter(filled_acme.fake.databases)),
                "stages": [{"lib/type": "mbql.stage/native", "native": "select 1"}],
            },
        }
    )
    without_top(filled_acme.request.root)

    changes = filled_acme.run(company_ids=("acme",))

    archived = [
        one["name"] for one in filled_acme.fake.cards.values() if one["archived"]
    ]
    page = filled_acme.page()
    assert archived == ["¿Qué clientes comprarán más en los próximos 12 meses?"]
    assert f"archive card {archived[0]} of acme" in changes
    assert not filled_acme.fake.cards[by_hand["id"]]["archived"]
    assert len(page["dashcards"]) == 14
    assert filled_acme.run(company_ids=("acme",)) == []


def test_a_run_that_died_half_way_is_continued(setting: Server) -> None:
    with pytest.raises(MetabaseError, match="no such card"):
        _run_until_the_dashboard(setting)

    setting.run()

    files = load_content(CONTENT_ROOT, EXAMPLE)
    assert len(setting.cards_of("acme")) == len(files.cards)
    assert setting.run() == []


def _run_until_the_dashboard(setting: Server) -> None:
    placed = setting.fake._placed

    def fail(key: int, dashcard: dict[str, Any]) -> dict[str, Any]:
        lost = {"card_id": -1, "parameter_mappings": []}
        return placed(key, {**dashcard, **lost})

    setting.fake._placed = fail  # type: ignore[method-assign]
    try:
        setting.run()
    finally:
        setting.fake._placed = placed  # type: ignore[method-assign]


def test_a_renamed_company_keeps_its_collection(filled: Server) -> None:
    collection = filled.top("bolt")
    with psycopg.connect(filled.request.database_url) as admin:
        admin.execute("update ops.companies set name = 'Rayo' where name = 'Bolt'")

    changes = filled.run()

    assert changes == ["update collection Rayo (bolt) of bolt (name)"]
    assert filled.fake.collections[collection]["name"] == "Rayo (bolt)"


def test_two_companies_of_one_name_do_not_share_a_collection(
    setting: Server,
) -> None:
    with psycopg.connect(setting.request.database_url) as admin:
        admin.execute("update ops.companies set name = 'Bolt'")

    setting.run()

    tops = (setting.top("acme"), setting.top("bolt"))
    names = {setting.fake.collections[one]["name"] for one in tops}
    assert names == {"Bolt (acme)", "Bolt (bolt)"}


def test_a_new_password_reaches_both_the_login_and_metabase(
    filled: Server,
) -> None:
    request = replace(filled.request, company_ids=("acme",))

    renewed = {**PASSWORDS, "TIMONEL_BI_PASSWORD_ACME": "another secret"}
    changes = apply(request, renewed)

    assert _pending(changes) == ["update connection timonel_acme of acme (password)"]
    database = filled.database("acme")
    details = filled.fake.databases[database]["details"]
    assert details["password"] == "another secret"
    assert sign_in(details)


def test_passwords_can_be_sent_again_on_demand(filled_acme: Server) -> None:
    changes = filled_acme.run(company_ids=("acme",), renew_passwords=True)

    assert changes == ["update connection timonel_acme of acme (password)"]


def test_a_setting_that_the_server_loses_is_reported(setting: Server) -> None:
    setting.fake.lost_card_keys = {"visualization_settings"}

    with pytest.raises(MetabaseError, match="did not keep visualization_settings"):
        setting.run()


def test_a_click_on_a_customer_leads_to_the_companys_own_sheet(
    filled: Server,
) -> None:
    homes = {
        folder: company
        for company in ("acme", "bolt")
        for folder in filled.folders(company)
    }
    sheets, accounts, explorers = (
        {
            homes[one["collection_id"]]: key
            for key, one in filled.fake.dashboards.items()
            if one["name"] == name
        }
        for name in ("Ficha de cliente", "Ficha de cuenta", "Clientes")
    )
    lists = [
        (page, dashcard["visualization_settings"]["column_settings"])
        for page in filled.fake.dashboards.values()
        for dashcard in page["dashcards"]
        if dashcard["visualization_settings"]
    ]
    clicked = [key for _, columns in lists for key in columns]
    assert clicked.count('["name","customer_id"]') == 2 * 8
    assert clicked.count('["name","segment_label"]') == 2 * 3
    assert clicked.count('["name","account_name"]') == 2 * 4
    for page, columns in lists:
        ((column, told),) = columns.items()
        click = told["click_behavior"]
        (chosen,) = click["parameterMapping"]
        to = {"customer_id": sheets, "account_name": accounts}.get(
            json.loads(column)[1], explorers
        )
        sheet = to[homes[page["collection_id"]]]
        assert click["targetId"] == sheet
        known = {one["id"] for one in filled.fake.dashboards[sheet]["parameters"]}
        assert chosen in known


def test_segments_to_choose_from_are_those_of_the_companys_own_card(
    filled: Server,
) -> None:
    for page in filled.fake.dashboards.values():
        if page["name"] != "Segmentación y Marketing":
            continue
        (parameter,) = page["parameters"]
        source = parameter["values_source_config"]
        card = filled.fake.cards[source["card_id"]]
        assert card["collection_id"] == page["collection_id"]
        assert card["name"] == "¿Cuántos clientes hay en cada segmento?"
        assert source["value_field"][1] == "segment_label"
        assert parameter["type"] == "string/="


def test_an_empty_card_says_why_in_its_description(filled: Server) -> None:
    told = [
        card["description"]
        for card in filled.fake.cards.values()
        if card["name"] == "¿Qué parte validó su RUT?"
    ]
    assert len(told) == 2
    assert all("una tienda no pide RUT" in one for one in told)


def test_a_missing_password_is_named_before_anything_is_written(
    setting: Server,
) -> None:
    with pytest.raises(WarehouseError, match="bi_acme: set TIMONEL_BI_PASSWORD_ACME"):
        apply(setting.request, {})

    assert setting.fake.writes == []


def test_a_wrong_admin_password_is_refused_without_showing_it(
    filled: Server,
) -> None:
    with pytest.raises(MetabaseError) as error:
        filled.run(admin=Admin("admin@example.com", "wrong secret"))

    assert "POST /api/session was refused (401)" in str(error.value)
    assert "wrong secret" not in str(error.value)


def test_it_waits_for_a_server_that_is_still_migrating() -> None:
    fake = FakeMetabase()
    fake.unhealthy_answers = 3
    pauses: list[float] = []

    with serving(fake) as url:
        wait_until_healthy(
            Metabase(url), seconds=60, sleep=pauses.append, clock=lambda: 0.0
        )

    assert len(pauses) == 3


def test_a_server_that_takes_the_question_and_says_nothing_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("metabase.server.client._REQUEST_TIMEOUT_SECONDS", 1e-3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        assert not Metabase(f"http://127.0.0.1:{port}").is_healthy()


def test_it_gives_up_on_a_server_that_never_answers() -> None:
    times = iter([0.0, 5.0, 10.0, 15.0])

    with pytest.raises(MetabaseError, match="not healthy after 12 seconds"):
        wait_until_healthy(
            Metabase("http://127.0.0.1:9"),
            seconds=12,
            sleep=lambda _: None,
            clock=lambda: next(times),
        )


def test_the_commands_take_what_they_need_from_the_environment(
    setting: Server,
) -> None:
    with serving(setting.fake) as url:
        _command_from_nothing_to_equal(setting, url)


def _command_from_nothing_to_equal(setting: Server, url: str) -> None:
    environment = {
        **PASSWORDS,
        "TIMONEL_DATABASE_URL": setting.request.database_url,
        "METABASE_URL": url,
        "METABASE_ADMIN_EMAIL": "admin@example.com",
        "METABASE_ADMIN_PASSWORD": "admin secret",
        "COLUMNS": "200",
    }

    def invoke(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, arguments, env=environment)
        return done.exit_code, done.output

    before = invoke("plan")
    first = invoke("apply")
    after = invoke("plan")

    assert before[0] == 2
    assert first[0] == 0, first[1]
    assert "timonel_nueva" in first[1]
    assert "secret" not in first[1]
    assert after[0] == 0
    assert after[1].endswith("as they should be\n")


def _pending(findings: Sequence[Finding]) -> list[str]:
    return [str(one) for one in findings if one.action in PENDING]


def test_a_copy_of_a_filled_server_is_what_an_apply_leaves(
    setting: Server, filled: Server
) -> None:
    setting.run()

    assert filled.state() == setting.state()
    assert _remembered(filled) == _remembered(setting)
    assert filled.run() == []
    assert filled.written() == []


def _remembered(server: Server) -> list[Any]:
    return server.sql(
        "select company_id, kind, key, metabase_id from ops.metabase_objects"
        " order by 1, 2, 3"
    )


def test_what_one_test_does_to_a_filled_server_no_other_sees(starts: Starts) -> None:
    start = Start(("acme",), "clientes")
    with starts.filled("small", start) as one:
        expected = one.state()
        one.edit(PAGE, "limit: 25", "limit: 50")
        one.run()
        one.fake.cards.clear()
        one.sql("delete from ops.metabase_objects")
        one.sql("alter role bi_acme password 'another'")

    with starts.filled("small", start) as other:
        assert other.state() == expected
        assert other.pending() == []
