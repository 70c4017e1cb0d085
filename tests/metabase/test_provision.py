"""Provisioning over real HTTP: complete, closed, and nothing to do twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from metabase.metabase_as_code.cli import app
from metabase.metabase_as_code.errors import MetabaseError, WarehouseError
from metabase.metabase_as_code.http_api import Admin, Metabase, wait_until_healthy
from metabase.metabase_as_code.load import CONTENT_ROOT
from metabase.metabase_as_code.provision import Request, provision
from tests.metabase.double import ADMINISTRATORS, ALL_USERS, FakeMetabase, serving

PASSWORDS = {"TIMONEL_BI_PASSWORD": "reader secret"}
_TOP = "collections/main/timonel/top_customers.yaml"


@dataclass
class _Setting:
    fake: FakeMetabase
    request: Request

    def run(self, **changes: Any) -> list[str]:
        """Provision; gives what was changed."""
        self.fake.writes.clear()
        return provision(replace(self.request, **changes), PASSWORDS)

    def written(self) -> list[str]:
        """What the server was asked to write since the last run began."""
        return [f"{verb} {path}" for verb, path, _ in self.fake.writes]

    def named(self, things: dict[int, Any], name: str) -> int:
        """Id of the one thing with that name."""
        (key,) = (key for key, one in things.items() if one["name"] == name)
        return key

    def page(self, name: str = "Clientes") -> dict[str, Any]:
        """The one dashboard with that name."""
        return self.fake.dashboards[self.named(self.fake.dashboards, name)]

    def home(self, company: str, collection: str) -> tuple[int, int, int]:
        """Database, collection and group id of a company."""
        fake = self.fake
        return (
            self.named(fake.databases, f"timonel_{company}"),
            self.named(fake.collections, collection),
            self.named(fake.groups, f"timonel_{company}"),
        )


def _sign_in(details: dict[str, Any]) -> bool:
    """What Metabase does before it stores a connection."""
    try:
        psycopg.connect(
            host=details["host"],
            port=details["port"],
            dbname=details["dbname"],
            user=details["user"],
            password=details["password"],
        ).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def setting(reporting_url: str, tmp_path: Path) -> Iterator[_Setting]:
    for folder in ("collections", "labels"):
        shutil.copytree(CONTENT_ROOT / folder, tmp_path / folder)
    fake = FakeMetabase(can_connect=_sign_in)
    with serving(fake) as url:
        request = Request(
            metabase_url=url,
            admin=Admin("admin@example.com", "admin secret"),
            database_url=reporting_url,
            company_ids=("acme", "bolt"),
            root=tmp_path,
        )
        yield _Setting(fake, request)


def test_an_empty_server_gets_everything_of_each_company(setting: _Setting) -> None:
    setting.run()

    fake = setting.fake
    assert fake.admin == ("admin@example.com", "admin secret")
    for company, name in (("acme", "Acme Música (acme)"), ("bolt", "Bolt (bolt)")):
        database, collection, _ = setting.home(company, name)
        cards = [c for c in fake.cards.values() if c["collection_id"] == collection]
        pages = {
            one["name"]: one
            for one in fake.dashboards.values()
            if one["collection_id"] == collection
        }
        assert fake.databases[database]["details"]["user"] == f"bi_{company}"
        assert len(cards) == 78
        assert {card["dataset_query"]["database"] for card in cards} == {database}
        assert {name: _cells(page) for name, page in pages.items()} == {
            "Adquisición": 24 * 29,
            "Clientes": 24 * 49,
            "Conexiones y salud de datos": 24 * 45,
            "Engagement y Conversión": 24 * 35,
            "Ficha de cliente": 24 * 23,
            "Marketing": 24 * 52,
            "Operaciones y Calidad": 24 * 37,
            "Retención y Lealtad": 24 * 30,
            "Salud de los modelos": 24 * 48,
            "Segmentación y Marketing": 24 * 26,
            "Simulador": 24 * 29,
        }
        assert {page["width"] for page in pages.values()} == {"full"}


def _cells(page: dict[str, Any]) -> int:
    return sum(one["size_x"] * one["size_y"] for one in page["dashcards"])


def test_a_second_run_writes_nothing(setting: _Setting) -> None:
    setting.run()

    changes = setting.run()

    assert changes == []
    assert setting.written() == []


def test_nobody_but_its_group_sees_a_company(setting: _Setting) -> None:
    setting.fake.post_group({"name": "Analysts made by hand"})

    setting.run()

    fake = setting.fake
    homes = {
        "acme": setting.home("acme", "Acme Música (acme)"),
        "bolt": setting.home("bolt", "Bolt (bolt)"),
    }
    for _, collection, group in homes.values():
        readers = {g for (g, c), _ in fake.access.items() if c == str(collection)}
        assert readers == {group}
        assert fake.access[group, str(collection)] == "read"
    assert (ALL_USERS, "root") not in fake.access
    assert {
        level for (group, _), level in fake.levels.items() if group != ADMINISTRATORS
    } == {"no"}


def test_doors_are_closed_before_there_is_a_card_behind_them(
    setting: _Setting,
) -> None:
    setting.run()

    written = setting.written()

    assert written.index("PUT /api/permissions/graph") < written.index("POST /api/card")
    assert written.index("PUT /api/collection/graph") < written.index("POST /api/card")


def test_a_connection_opened_by_hand_is_closed_again(setting: _Setting) -> None:
    setting.run()
    database, _, _ = setting.home("acme", "Acme Música (acme)")
    setting.fake.levels[ALL_USERS, database] = "query-builder"

    changes = setting.run()

    assert changes == ["closed the connections to queries by hand"]
    assert setting.fake.levels[ALL_USERS, database] == "no"


def test_a_changed_file_writes_only_its_card(setting: _Setting) -> None:
    setting.run(company_ids=("acme",))
    path = setting.request.root / _TOP
    path.write_text(path.read_text().replace("limit 25", "limit 50"))

    setting.run(company_ids=("acme",))

    ((verb, _, body),) = setting.fake.writes
    assert (verb, list(body)) == ("PUT", ["dataset_query"])
    assert "limit 50" in body["dataset_query"]["stages"][0]["native"]


def test_a_new_title_keeps_the_card_and_its_place(setting: _Setting) -> None:
    setting.run(company_ids=("acme",))
    cards, pages = set(setting.fake.cards), str(setting.fake.dashboards)
    path = setting.request.root / _TOP
    path.write_text(
        path.read_text().replace("name: ${cards.top_customers.title}", "name: Otro")
    )

    changes = setting.run(company_ids=("acme",))

    assert changes == ["updated card Otro"]
    assert set(setting.fake.cards) == cards
    assert str(setting.fake.dashboards) == pages


def test_a_card_moved_by_hand_goes_back_and_keeps_its_id(setting: _Setting) -> None:
    setting.run(company_ids=("acme",))
    page = setting.page()
    ids = sorted(one["id"] for one in page["dashcards"])
    page["dashcards"][0]["row"] += 40

    changes = setting.run(company_ids=("acme",))

    assert changes == ["updated dashboard Clientes"]
    assert sorted(one["id"] for one in page["dashcards"]) == ids
    assert max(one["row"] for one in page["dashcards"]) == 35


def test_a_card_that_left_the_files_is_archived_and_others_stay(
    setting: _Setting,
) -> None:
    setting.run(company_ids=("acme",))
    _, collection, _ = setting.home("acme", "Acme Música (acme)")
    by_hand = setting.fake.post_card(
        {
            "name": "Made by hand",
            "display": "table",
            "visualization_settings": {},
            "collection_id": collection,
            "dataset_query": {
                "lib/type": "mbql/query",
                "database": next(iter(setting.fake.databases)),
                "stages": [{"lib/type": "mbql.stage/native", "native": "select 1"}],
            },
        }
    )
    _remove_top_customers(setting.request.root)

    changes = setting.run(company_ids=("acme",))

    archived = [one["name"] for one in setting.fake.cards.values() if one["archived"]]
    page = setting.page()
    assert archived == ["¿Qué clientes comprarán más en los próximos 12 meses?"]
    assert f"archived card {archived[0]}" in changes
    assert not setting.fake.cards[by_hand["id"]]["archived"]
    assert len(page["dashcards"]) == 10
    assert setting.run(company_ids=("acme",)) == []


def _remove_top_customers(root: Path) -> None:
    (root / _TOP).unlink()
    dashboard = root / "collections/main/timonel/clientes.yaml"
    text = dashboard.read_text()
    start = text.index("- entity_id: hRnhSZvKLDKx9zk8rNbx6")
    end = text.index("serdes/meta:\n- id: 6LOO")
    dashboard.write_text(text[:start] + text[end:])


def test_a_run_that_died_half_way_is_continued(setting: _Setting) -> None:
    with pytest.raises(MetabaseError, match="no such card"):
        _run_until_the_dashboard(setting)

    setting.run()

    _, collection, _ = setting.home("acme", "Acme Música (acme)")
    cards = [c for c in setting.fake.cards.values() if c["collection_id"] == collection]
    assert len(cards) == 78
    assert setting.run() == []


def _run_until_the_dashboard(setting: _Setting) -> None:
    placed = setting.fake._placed

    def fail(key: int, dashcard: dict[str, Any]) -> dict[str, Any]:
        lost = {"card_id": -1, "parameter_mappings": []}
        return placed(key, {**dashcard, **lost})

    setting.fake._placed = fail  # type: ignore[method-assign]
    try:
        setting.run()
    finally:
        setting.fake._placed = placed  # type: ignore[method-assign]


def test_a_renamed_company_keeps_its_collection(setting: _Setting) -> None:
    setting.run()
    _, collection, _ = setting.home("bolt", "Bolt (bolt)")
    with psycopg.connect(setting.request.database_url) as admin:
        admin.execute("update ops.companies set name = 'Rayo' where name = 'Bolt'")

    changes = setting.run()

    assert changes == ["renamed a collection to Rayo (bolt)"]
    assert setting.fake.collections[collection]["name"] == "Rayo (bolt)"


def test_two_companies_of_one_name_do_not_share_a_collection(
    setting: _Setting,
) -> None:
    with psycopg.connect(setting.request.database_url) as admin:
        admin.execute("update ops.companies set name = 'Bolt'")

    setting.run()

    names = {one["name"] for one in setting.fake.collections.values()}
    assert names == {"Bolt (acme)", "Bolt (bolt)"}


def test_a_new_password_reaches_both_the_login_and_metabase(
    setting: _Setting,
) -> None:
    setting.run()
    request = replace(setting.request, company_ids=("acme",))

    changes = provision(request, {"TIMONEL_BI_PASSWORD_ACME": "another secret"})

    assert changes == ["updated database connection timonel_acme"]
    database, _, _ = setting.home("acme", "Acme Música (acme)")
    details = setting.fake.databases[database]["details"]
    assert details["password"] == "another secret"
    assert _sign_in(details)


def test_passwords_can_be_sent_again_on_demand(setting: _Setting) -> None:
    setting.run(company_ids=("acme",))

    changes = setting.run(company_ids=("acme",), renew_passwords=True)

    assert changes == ["updated database connection timonel_acme"]


def test_a_setting_that_the_server_loses_is_reported(setting: _Setting) -> None:
    setting.fake.lost_card_keys = {"visualization_settings"}

    with pytest.raises(MetabaseError, match="did not keep visualization_settings"):
        setting.run()


def test_a_click_on_a_customer_leads_to_the_companys_own_sheet(
    setting: _Setting,
) -> None:
    setting.run()

    sheets = {
        one["collection_id"]: key
        for key, one in setting.fake.dashboards.items()
        if one["name"] == "Ficha de cliente"
    }
    lists = [
        (page, dashcard["visualization_settings"]["column_settings"])
        for page in setting.fake.dashboards.values()
        for dashcard in page["dashcards"]
        if dashcard["visualization_settings"]
    ]
    assert len(lists) == 2 * 5
    for page, columns in lists:
        click = columns['["name","customer_id"]']["click_behavior"]
        (chosen,) = click["parameterMapping"]
        sheet = sheets[page["collection_id"]]
        assert click["targetId"] == sheet
        known = {one["id"] for one in setting.fake.dashboards[sheet]["parameters"]}
        assert chosen in known


def test_segments_to_choose_from_are_those_of_the_companys_own_card(
    setting: _Setting,
) -> None:
    setting.run()

    for page in setting.fake.dashboards.values():
        if page["name"] != "Segmentación y Marketing":
            continue
        (parameter,) = page["parameters"]
        source = parameter["values_source_config"]
        card = setting.fake.cards[source["card_id"]]
        assert card["collection_id"] == page["collection_id"]
        assert card["name"] == "¿Cuántos clientes hay en cada segmento?"
        assert source["value_field"][1] == "segment_label"
        assert parameter["type"] == "string/="


def test_an_empty_card_says_why_in_its_description(setting: _Setting) -> None:
    setting.run()

    told = [
        card["description"]
        for card in setting.fake.cards.values()
        if card["name"] == "¿Qué parte validó su RUT?"
    ]
    assert len(told) == 2
    assert all("una tienda no pide RUT" in one for one in told)


def test_a_missing_password_is_named_before_anything_is_written(
    setting: _Setting,
) -> None:
    with pytest.raises(WarehouseError, match="bi_acme: set TIMONEL_BI_PASSWORD_ACME"):
        provision(setting.request, {})

    assert setting.fake.writes == []


def test_a_wrong_admin_password_is_refused_without_showing_it(
    setting: _Setting,
) -> None:
    setting.run()

    with pytest.raises(MetabaseError) as error:
        setting.run(admin=Admin("admin@example.com", "wrong secret"))

    assert "POST /api/session was refused (401)" in str(error.value)
    assert "wrong secret" not in str(error.value)


def test_two_runs_at_once_are_refused(setting: _Setting) -> None:
    with psycopg.connect(setting.request.database_url) as other:
        other.execute("select pg_advisory_lock(5260817394)")

        with pytest.raises(MetabaseError, match="another provision is running"):
            setting.run()


def test_it_waits_for_a_server_that_is_still_migrating() -> None:
    fake = FakeMetabase()
    fake.unhealthy_answers = 3
    pauses: list[float] = []

    with serving(fake) as url:
        wait_until_healthy(
            Metabase(url), seconds=60, sleep=pauses.append, clock=lambda: 0.0
        )

    assert len(pauses) == 3


def test_it_gives_up_on_a_server_that_never_answers() -> None:
    times = iter([0.0, 5.0, 10.0, 15.0])

    with pytest.raises(MetabaseError, match="not healthy after 12 seconds"):
        wait_until_healthy(
            Metabase("http://127.0.0.1:9"),
            seconds=12,
            sleep=lambda _: None,
            clock=lambda: next(times),
        )


def test_the_command_takes_what_it_needs_from_the_environment(
    setting: _Setting,
) -> None:
    environment = {
        **PASSWORDS,
        "TIMONEL_DATABASE_URL": setting.request.database_url,
        "METABASE_URL": setting.request.metabase_url,
        "METABASE_ADMIN_EMAIL": "admin@example.com",
        "METABASE_ADMIN_PASSWORD": "admin secret",
    }

    first = CliRunner().invoke(app, ["provision"], env=environment)
    second = CliRunner().invoke(app, ["provision"], env=environment)

    assert first.exit_code == 0, first.output
    assert "created database connection timonel_nueva" in first.output
    assert "secret" not in first.output
    assert second.output.strip() == "nothing to change"
