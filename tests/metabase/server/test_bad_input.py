"""What can go wrong on the way to a server, and what the person at it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import Any

import psycopg
import pytest

from metabase.content.errors import ContentError, MetabaseError
from metabase.content.preflight import rule_problems
from metabase.server.apply import apply, plan
from metabase.server.client import Admin, Metabase, sign_in
from metabase.server.desired_state import EMBEDDING_VARIABLE
from metabase.server.identity import Identities, lock
from metabase.server.verify import verify
from metabase.server.verify_content import Server as Live
from metabase.server.verify_content import content_problems
from tests.metabase.conftest import Edit
from tests.metabase.server.contract import Body
from tests.metabase.server.double_people import ALL_USERS
from tests.metabase.server.servers import PASSWORDS, Server, connect

RunCard = Callable[[Body, Body], list[Any]]


@pytest.mark.parametrize("version", ["v0.59.12", "v0.65.0", "v1.59.3", "vUNKNOWN"])
def test_a_version_that_is_not_known_is_refused_before_anything_is_written(
    small: Server, version: str
) -> None:
    small.fake.version = version

    with pytest.raises(MetabaseError, match=r"supported are 0\.60 to 0\.64") as error:
        small.run()

    assert version in str(error.value)
    assert small.written() == []


@pytest.mark.parametrize("version", ["v0.60.7", "v0.62.4.3", "v0.64.1", "v1.63.15"])
def test_a_version_that_is_known_is_taken(small: Server, version: str) -> None:
    small.fake.version = version

    (told,) = small.pending()

    assert told.startswith("create account admin@example.com")


def test_a_server_that_is_down_is_named_with_what_to_do(small: Server) -> None:
    nowhere = replace(small.request, metabase_url="http://127.0.0.1:9", wait_seconds=0)

    with pytest.raises(MetabaseError, match="not healthy after 0 seconds; look at its"):
        apply(nowhere, PASSWORDS)


def test_a_wait_is_told_while_it_lasts(
    small: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metabase.server.client._PAUSE_SECONDS", 0)
    small.fake.unhealthy_answers = 2
    told: list[str] = []

    plan(small.request, PASSWORDS, tell=told.append)

    assert len([one for one in told if "is not ready: waited 0 of 300 s" in one]) == 2


def test_a_revoked_key_says_how_to_get_another(filled_small: Server) -> None:
    filled_small.fake.api_keys.add("mb_good")
    assert filled_small.pending(admin=Admin("", "", "mb_good")) == []

    with pytest.raises(MetabaseError, match="METABASE_API_KEY") as error:
        filled_small.run(admin=Admin("", "", "mb_revoked"))

    assert "mb_revoked" not in str(error.value)
    assert filled_small.written() == []


def test_a_session_that_ends_half_way_is_told_and_continued(
    filled_small: Server,
) -> None:
    filled_small.fake.sessions.clear()
    recognise = filled_small.fake._recognise
    left = iter(range(20))

    def expire(who: dict[str, object]) -> None:
        if next(left, None) is None:
            filled_small.fake.sessions.clear()
        recognise(who)

    filled_small.fake._recognise = expire  # type: ignore[method-assign]
    with pytest.raises(MetabaseError, match="the session has ended"):
        filled_small.run()
    filled_small.fake._recognise = recognise  # type: ignore[method-assign]

    assert filled_small.run() == []


def test_two_applies_at_once_are_refused_and_told_whose_the_other_is(
    small: Server,
) -> None:
    with psycopg.connect(small.request.database_url) as other:
        lock(other)

        with pytest.raises(MetabaseError, match="another apply is running") as error:
            small.run()

    assert "metabase apply " in str(error.value)
    assert "since 20" in str(error.value)
    assert small.written() == []


def test_a_column_that_vanished_stops_before_anything_is_written(
    small: Server,
) -> None:
    small.sql(
        "alter table reporting.customer_value_totals"
        " rename active_customer_count to active_customers"
    )

    with pytest.raises(ContentError, match=r"clientes\.yml/active_customers:") as error:
        small.run()

    assert "timonel run" in str(error.value)
    assert small.written() == []


def test_views_that_are_not_built_yet_are_waited_for(small: Server) -> None:
    small.sql("drop table reporting.customer_value_totals cascade")
    told: list[str] = []

    apply(small.request, PASSWORDS, tell=told.append)

    assert told[-1].endswith("cards wait for the first run of the company's data")


def test_a_missing_label_stops_before_anything_is_written(small: Server) -> None:
    small.edit("labels/es.yml", "  clientes:\n", "  other_page:\n")

    with pytest.raises(ContentError, match=r"no label for \$\{dashboard.clientes"):
        small.run()

    assert small.written() == []


def test_a_missing_word_of_the_importer_names_its_folder(small: Server) -> None:
    small.edit("labels/importer/es.yml", "\n  technical:", "\n  tech:")

    with pytest.raises(ContentError, match=r"lacks folders\.technical"):
        small.run()


def test_a_company_that_is_removed_is_put_away_and_closed(filled_all: Server) -> None:
    _name_readers(filled_all, "bolt")
    filled_all.run(company_ids=())
    top, database = filled_all.top("bolt"), filled_all.database("bolt")
    analyst = filled_all.group("bolt: analista")
    filled_all.sql("delete from ops.companies where company_id = 'bolt'")

    planned = filled_all.pending(company_ids=())
    filled_all.run(company_ids=())

    fake = filled_all.fake
    assert "archive collection Bolt (bolt) of bolt" in planned
    assert fake.collections[top]["archived"]
    assert {level for (_, one), level in fake.levels.items() if one == database} <= {
        "no",
        "query-builder-and-native",
    }
    assert fake.levels[analyst, database] == "no"
    assert not [key for key, _ in fake.access if key == analyst and _ == str(top)]
    assert analyst in fake.groups
    assert database in fake.databases
    assert "archive subscription" in " ".join(planned)
    assert fake.pulses == {}
    assert filled_all.pending(company_ids=()) == []
    assert filled_all.run(company_ids=()) == []
    assert filled_all.written() == []


def test_a_company_that_returns_gets_its_pages_and_its_mails_back(
    filled_all: Server,
) -> None:
    _name_readers(filled_all, "bolt")
    filled_all.run(company_ids=())
    pages = set(filled_all.fake.dashboards)
    filled_all.sql("delete from ops.companies where company_id = 'bolt'")
    filled_all.run(company_ids=())
    filled_all.sql("insert into ops.companies values ('bolt', 'Bolt', 'CLP', 'UTC')")
    _name_readers(filled_all, "bolt")

    planned = filled_all.pending(company_ids=())
    filled_all.run(company_ids=())

    assert "unarchive collection Bolt (bolt) of bolt (archived)" in planned
    assert [one for one in planned if one.startswith("drift")] == []
    assert set(filled_all.fake.dashboards) == pages
    assert {one["archived"] for one in filled_all.fake.dashboards.values()} == {False}
    assert len(filled_all.fake.pulses) == 1
    assert filled_all.run(company_ids=()) == []


def _name_readers(server: Server, company_id: str) -> None:
    server.sql(
        "insert into ops.metabase_settings (company_id, daily_recipients)"
        " values (%s, '{ana@example.com}')",
        company_id,
    )
    server.fake.settings["email-configured?"] = True


def test_a_platform_without_companies_is_ready_and_closed(small: Server) -> None:
    small.sql("delete from ops.companies")

    small.run(company_ids=())

    assert (ALL_USERS, "root") not in small.fake.access
    assert small.fake.cards == {}
    assert small.run(company_ids=()) == []


def test_words_of_the_importer_are_checked_with_the_files(edit: Edit) -> None:
    root = edit("labels/importer/en.yml", "workspace:", "workroom:")

    assert [one.split(": ", 1)[1] for one in rule_problems(root)] == [
        "lacks workspace",
        "nothing uses workroom",
    ]


def test_a_run_for_one_company_leaves_the_others_alone(filled_all: Server) -> None:
    filled_all.sql("delete from ops.companies where company_id = 'bolt'")

    assert filled_all.run(company_ids=("acme",)) == []


def test_verify_proves_the_double_and_leaves_no_account_open(
    setting: Server, rows: RunCard
) -> None:
    setting.fake.run_card = rows
    told: list[str] = []
    request = replace(setting.request, company_ids=())

    problems = verify(request, PASSWORDS, tell=told.append)
    again = verify(request, PASSWORDS, tell=told.append)

    assert problems == again == []
    assert "looking as acme: analista" in told
    assert [one["is_active"] for one in setting.fake.users.values()] == [False]


def test_verify_tells_a_card_that_fails_and_a_door_that_is_open(
    filled_small: Server,
) -> None:
    def fail(card: dict[str, object], details: dict[str, object]) -> list[object]:
        raise ValueError("column x does not exist")

    filled_small.fake.run_card = fail
    may = filled_small.fake.may
    technical = filled_small.named(filled_small.fake.collections, "6. Vista técnica")
    filled_small.fake.may = (  # type: ignore[method-assign]
        lambda collection, level: collection == technical or may(collection, level)
    )

    problems = verify(filled_small.request, PASSWORDS, tell=lambda _: None)

    assert any("does not answer: column x does not exist" in one for one in problems)
    assert "acme: consultor may read technical of acme" in problems


def test_verify_tells_each_fault_that_was_planted(small: Server) -> None:
    small.environment[EMBEDDING_VARIABLE] = "0f" * 32
    small.fake.embedding_secret = "another secret" * 3
    small.fake.may_query = lambda database, level: True  # type: ignore[method-assign]

    def fail(card: dict[str, object], details: dict[str, object]) -> list[object]:
        raise ValueError("no such tag")

    small.fake.run_card = fail

    problems = verify(small.request, small.environment, tell=lambda _: None)

    assert any("a signed link does not open 'Clientes'" in one for one in problems)
    assert "acme: consultor may ask the connection warehouse of acme by SQL" in problems
    stands = "with nothing chosen, does not answer: no such tag"
    assert len([one for one in problems if stands in one]) == len(
        small.page()["dashcards"]
    )


def test_verify_misses_a_report_that_is_gone(small: Server, rows: RunCard) -> None:
    _name_readers(small, "acme")
    small.run()
    small.fake.run_card = rows
    with psycopg.connect(small.request.database_url) as connection:
        identities = Identities(connection, "https://bi.example.com")
    metabase = Metabase(small.request.metabase_url)
    sign_in(metabase, small.request.admin, language="es")
    server = Live(metabase, identities, ("acme",))
    assert list(content_problems(server, lambda _: None)) == []
    small.fake.pulses.clear()

    (problem,) = content_problems(server, lambda _: None)

    assert problem.startswith("there is no subscription daily:")


def test_verify_looks_for_nothing_of_a_company_that_is_gone(
    filled_all: Server, rows: RunCard
) -> None:
    filled_all.fake.run_card = rows
    request = replace(filled_all.request, company_ids=())
    filled_all.sql("delete from ops.companies where company_id = 'bolt'")

    assert verify(request, PASSWORDS, tell=lambda _: None) == []


@pytest.fixture
def rows() -> Iterator[RunCard]:
    """What a card's SQL gives the login of its connection, which signs in once."""
    with ExitStack() as signed_in:

        @cache
        def connection_of(details: str) -> psycopg.Connection:
            connection = connect(json.loads(details))
            signed_in.callback(connection.close)
            connection.autocommit = True
            return connection

        def run(card: Body, details: Body) -> list[Any]:
            text = card["dataset_query"]["stages"][0]["native"]
            # As Metabase does with an optional part whose parameter nobody chose.
            text = re.sub(r"\[\[.*?\]\]", "", text, flags=re.DOTALL)
            connection = connection_of(json.dumps(details, sort_keys=True))
            return list(connection.execute(text.encode()).fetchall())

        yield run
