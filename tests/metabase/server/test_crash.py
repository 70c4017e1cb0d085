"""A run that dies after any write is continued, and nothing is made twice."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg import sql

from metabase.content.errors import MetabaseError
from metabase.server.desired_state import EMBEDDING_VARIABLE
from tests.metabase.server.filled import ASKING
from tests.metabase.server.servers import Server, new_server, without_top


@pytest.fixture
def full(small: Server) -> Server:
    """Acme with everything that can be written: also mails, actions and embedding."""
    with psycopg.connect(small.request.database_url, autocommit=True) as admin:
        role = sql.Identifier("actions_acme")
        with suppress(psycopg.errors.DuplicateObject):
            admin.execute(
                sql.SQL("create role {} login in role action_writer").format(role)
            )
        admin.execute(
            "insert into ops.metabase_settings (company_id, daily_recipients)"
            " values ('acme', '{ana@example.com}')"
        )
    _keep_the_models(small)
    _equip(small)
    return small


def test_a_crash_after_every_write_ends_in_the_same_state(full: Server) -> None:
    full.run()
    writes = len(full.fake.writes)
    expected = full.state()
    assert writes > 25
    assert expected["pulses"]
    assert full.fake.actions

    for number in range(writes):
        full.sql("delete from ops.metabase_objects")
        with new_server(
            full.request.database_url, full.request.root, ("acme",)
        ) as other:
            _equip(other)
            assert _die_and_go_on(other, number)

            assert other.state() == expected, f"after write {number}"


def test_an_update_that_dies_after_every_write_is_continued(full: Server) -> None:
    """Here almost every write is a PUT, over things that are known."""
    root, number, is_through = full.request.root, 0, False
    before = {path: path.read_text() for path in root.rglob("*.y*ml")}
    states: list[dict[str, Any]] = []
    while not is_through:
        for path, text in before.items():
            path.write_text(text)
        full.sql("delete from ops.metabase_objects")
        full.sql("update ops.metabase_settings set daily_recipients = '{a@b.com}'")
        with new_server(full.request.database_url, root, ("acme",)) as other:
            _equip(other)
            other.run()
            _change_everything(other)
            is_through = not _die_and_go_on(other, number)
            states.append(other.state())
        number += 1

    assert number > 5
    assert [one for one in states if one != states[-1]] == []


def _die_and_go_on(server: Server, number: int) -> bool:
    """Whether it died; the next run finishes, and one more writes nothing."""
    server.fake.dies_after_writes = number
    # Where there were fewer writes it does not die, and the run ends well.
    with suppress(MetabaseError):
        server.run()
    has_died = server.fake.dies_after_writes is None
    server.fake.dies_after_writes = None
    server.run()

    assert server.run() == [], f"after write {number}"
    assert server.written() == []
    return has_died


def _equip(server: Server) -> None:
    server.fake.settings["email-configured?"] = True
    server.environment = {
        **ASKING,
        EMBEDDING_VARIABLE: "0f" * 32,
    }


def _keep_the_models(server: Server) -> None:
    """The page that is left has other cards: ask beside three of those."""
    server.edit("actions.yml", "model: saved_scenarios", "model: active_customers")
    server.edit("actions.yml", "model: coupon_requests", "model: repeat_share")
    server.edit(
        "actions.yml", "model: followed_recommendations", "model: promising_newcomers"
    )
    server.edit("actions.yml", "  also_over: [community_recommendations]\n", "")


def _change_everything(server: Server) -> None:
    """A card less, another title, other readers, and nobody embeds any more."""
    without_top(server.request.root)
    server.edit(
        "labels/es.yml", "clientes:\n    title: Clientes", "clientes:\n    title: X"
    )
    server.edit("labels/importer/es.yml", "title: Pedir un escenario", "title: Pedir")
    server.sql("update ops.metabase_settings set daily_recipients = '{c@d.com}'")
    del server.environment[EMBEDDING_VARIABLE]
