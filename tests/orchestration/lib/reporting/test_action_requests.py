"""Who may ask for an action can ask for their own company, and do nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.reporting.action_requests import (
    add_request,
    finish,
    list_requests,
    refuse,
    start_waiting,
    waiting_kinds,
    was_requested,
)
from orchestration.lib.tenancy.companies import Company, add_company, writer_role
from orchestration.lib.tenancy.company_removal import remove_company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
BOLT = Company("bolt", "Bolt", "CLP", "America/Santiago")
ASK = """
    insert into ops.action_requests (kind, payload, idempotency_key)
    values ('scenario', '{"name": "x"}', 'once')
"""


@pytest.fixture
def url(database_url: str) -> str:
    for company in (ACME, BOLT):
        add_company(database_url, company)
    add_request(database_url, "bolt", "scenario", {"name": "secret"}, "once", "ana")
    return database_url


@pytest.fixture
def writer(url: str) -> Iterator[psycopg.Connection]:
    """The login of acme's people, as Metabase has it."""
    role = sql.Identifier(writer_role("acme"))
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} password 'a secret'").format(role))
    with psycopg.connect(
        url, user=writer_role("acme"), password="a secret", autocommit=True
    ) as connection:
        yield connection


def test_a_request_belongs_to_the_company_of_the_login(
    url: str, writer: psycopg.Connection
) -> None:
    writer.execute(ASK)

    (request,) = list_requests(url, "acme", "scenario")
    assert (request.state, request.requested_by) == ("requested", "metabase")
    assert len(list_requests(url, "bolt", "scenario")) == 1
    assert waiting_kinds(url) == [("acme", "scenario"), ("bolt", "scenario")]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from ops.action_requests",
        "select count(*) from ops.action_requests",
        "update ops.action_requests set state = 'done'",
        "update ops.action_requests set payload = '{}'",
        "delete from ops.action_requests",
        "truncate ops.action_requests",
        "insert into ops.action_requests (company_id, kind, payload)"
        " values ('bolt', 'scenario', '{}')",
        "insert into ops.action_requests (company_id, kind, payload)"
        " values ('acme', 'scenario', '{}')",
        "insert into ops.action_requests (kind, payload, state)"
        " values ('scenario', '{}', 'done')",
        "insert into ops.action_requests (kind, payload, requested_by)"
        " values ('scenario', '{}', 'the boss')",
        "insert into ops.action_requests (kind, payload)"
        " values ('scenario', '{}') returning id",
        "insert into ops.action_requests (kind, payload, idempotency_key)"
        " values ('scenario', '{}', 'once')"
        " on conflict (company_id, idempotency_key) where state <> 'refused'"
        " do update set payload = '{}'",
        "copy ops.action_requests (kind, payload) from stdin",
        "insert into ops.companies values ('evil', 'Evil', 'EUR', 'UTC')",
        "select * from ops.companies",
        "select * from ops.connections",
        "select * from predictions.scenarios",
        "insert into predictions.scenarios default values",
        "create table ops.mine (x int)",
        "create table public.mine (x int)",
        "set role actions_bolt",
        "set role action_writer; insert into ops.action_requests (kind, payload)"
        " values ('scenario', '{}')",
        "set role orchestrator",
        "set session authorization actions_bolt",
        "alter table ops.action_requests disable row level security",
    ],
)
def test_the_login_can_do_nothing_else(
    url: str, writer: psycopg.Connection, statement: str
) -> None:
    *before, last = statement.split("; ")
    for part in before:
        writer.execute(part.encode())

    with pytest.raises(
        (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)
    ):
        writer.execute(last.encode())

    assert list_requests(url, "acme", "scenario") == []
    (theirs,) = list_requests(url, "bolt", "scenario")
    assert (theirs.state, theirs.payload) == ("requested", {"name": "secret"})


def test_the_same_key_of_another_company_is_another_request(
    url: str, writer: psycopg.Connection
) -> None:
    again = ASK + " on conflict do nothing"

    counts = [writer.execute(again.encode()).rowcount for _ in range(2)]

    assert counts == [1, 0]
    assert len(list_requests(url, "acme", "scenario")) == 1


@pytest.mark.parametrize(
    "payload", ["[]", "1", '"text"', '{"name": "' + "n" * 4000 + '"}']
)
def test_a_payload_is_an_object_of_a_reasonable_size(
    writer: psycopg.Connection, payload: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        writer.execute(
            "insert into ops.action_requests (kind, payload) values ('scenario', %s)",
            [payload],
        )


def test_a_request_is_begun_once_more_when_somebody_died(url: str) -> None:
    (first,) = start_waiting(url, "bolt", "scenario")
    (again,) = start_waiting(url, "bolt", "scenario")

    assert (first.id, first.state) == (again.id, "running")
    assert start_waiting(url, "acme", "scenario") == []


def test_what_is_answered_waits_no_longer(url: str) -> None:
    done = add_request(url, "acme", "scenario", {}, "a", "ana")
    refused = add_request(url, "acme", "scenario", {}, "b", "ana")

    finish(url, "acme", done)
    refuse(url, "acme", refused, "Too much: ask for 5.", "beyond", {"limit": "5"})
    finish(url, "acme", uuid4())

    told = {one.id: one for one in list_requests(url, "acme", "scenario")}
    assert (told[done].state, told[done].reason) == ("done", None)
    assert (told[refused].state, told[refused].reason) == (
        "refused",
        "Too much: ask for 5.",
    )
    assert told[refused].finished_at is not None
    assert waiting_kinds(url) == [("bolt", "scenario")]


def test_a_key_is_free_again_once_its_request_was_refused(
    url: str, writer: psycopg.Connection
) -> None:
    told = [url, "acme", "scenario", {"name": "x"}, "once", "ana"]
    first = add_request(*told)  # type: ignore[arg-type]
    assert add_request(*told) == first  # type: ignore[arg-type]

    refuse(url, "acme", first, "Too much: ask for 5.", "beyond", {"limit": "5"})
    again = add_request(*told)  # type: ignore[arg-type]
    finish(url, "acme", again)

    assert again != first
    assert add_request(*told) == again  # type: ignore[arg-type]
    # The login that may only insert is told of no index, and meets the same one.
    press = (ASK + " on conflict do nothing").encode()
    assert writer.execute(press).rowcount == 0
    refuse(url, "acme", again, "Too much: ask for 5.", "beyond", {"limit": "5"})
    assert [writer.execute(press).rowcount for _ in range(2)] == [1, 0]
    assert was_requested(url, "acme", "once")
    assert not was_requested(url, "acme", "never")


def test_a_company_that_goes_takes_its_requests_and_its_login_along(url: str) -> None:
    remove_company(url, "bolt")

    with psycopg.connect(url) as admin:
        rows = admin.execute("select company_id from ops.action_requests").fetchall()
        roles = admin.execute(
            "select rolname from pg_roles where rolname = 'actions_bolt'"
        ).fetchall()
    assert (rows, roles) == ([], [])
