"""Senders of the sandbox deliver over HTTP, signed, to a receiver of this process."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import Sandbox, SandboxBroken
from orchestration.lib.ingestion.webhooks.examples import (
    deliver_example,
    receiver_here,
)
from orchestration.lib.ingestion.webhooks.hooks import hook_statuses
from orchestration.lib.ingestion.webhooks.reading import (
    DeliveriesRead,
    last_told,
    read_deliveries,
)
from orchestration.lib.tenancy.companies import Company, add_company
from sandbox.community.webhooks import live_body
from sandbox.webhooks import NotDelivered, keep_bodies, send, webhooks_of
from tests.sandbox.serving import listening

STATUSES = [
    {"id": "m", "timestamp": "1793527443", "status": name}
    for name in ("sent", "delivered")
]
CHATS = [
    json.dumps(
        {
            "entry": [
                {
                    "id": "waba",
                    "changes": [{"field": "messages", "value": {"statuses": [one]}}],
                }
            ]
        }
    )
    for one in STATUSES
]
MAIL = {"event": "click", "email": "a@x.test", "timestamp": 1793527443}
MAILS = [json.dumps([{**MAIL, "sg_event_id": each} for each in "abc"])]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    path = tmp_path / "world.sqlite"
    keep_bodies(path, "acme", "whatsapp", CHATS)
    keep_bodies(path, "acme", "sendgrid", MAILS)
    return path


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    for company_id in ("acme", "bolt"):
        add_company(database_url, Company(company_id, "A", "EUR", "UTC"))
    return Settings(tmp_path, database_url)


@contextmanager
def playing(world: Path, **secrets: str) -> Iterator[Sandbox]:
    """A sandbox of two companies, of which acme has senders."""

    def connections(_: Request) -> JSONResponse:
        told = webhooks_of(world, "acme")
        for sender, secret in secrets.items():
            told[sender] = {"secret": secret}
        return JSONResponse({"acme": {"webhooks": told}, "bolt": {}})

    def deliver(body: bytes) -> JSONResponse:
        try:
            return JSONResponse(send(world, json.loads(body)))
        except NotDelivered as failure:
            return JSONResponse({"error": str(failure)}, 400)

    async def asked(request: Request) -> JSONResponse:
        return await run_in_threadpool(deliver, await request.body())

    routes = [
        Route("/_sandbox/connections", connections),
        Route("/_sandbox/deliver", asked, methods=["POST"]),
    ]
    with listening(Starlette(routes=routes)) as address:
        yield Sandbox(address)


def test_what_is_delivered_is_kept_and_read_once(
    database_url: str, settings: Settings, world: Path
) -> None:
    with playing(world) as sandbox:
        first = deliver_example(database_url, settings, sandbox, "acme")
        read = read_deliveries(database_url, "acme")
        told = last_told(database_url, "acme")
        again = deliver_example(database_url, settings, sandbox, "acme")
        nothing = deliver_example(database_url, settings, sandbox, "bolt")

    assert (first, again, nothing) == (3, 3, 0)
    assert read == DeliveriesRead(3, 5)
    assert read_deliveries(database_url, "acme") == DeliveriesRead()
    assert last_told(database_url, "acme") == told
    assert read_deliveries(database_url, "bolt") == DeliveriesRead()
    assert {
        (status.sender, status.delivery_count, status.refusal_count)
        for status in hook_statuses(database_url, "acme")
    } == {("whatsapp", 2, 0), ("sendgrid", 1, 0)}


def test_what_happens_meanwhile_is_told_once_and_its_wait_is_measured(
    database_url: str, settings: Settings, world: Path
) -> None:
    notice = live_body("phone\n+34600000001\n\n+34600000002\n")
    keep_bodies(world, "acme", "whatsapp.live", [notice])
    with playing(world) as sandbox:
        first = deliver_example(database_url, settings, sandbox, "acme")
        again = deliver_example(database_url, settings, sandbox, "acme")
    read_deliveries(database_url, "acme")

    assert (first, again) == (4, 3)
    with psycopg.connect(database_url) as database:
        waits = database.execute(
            """select written_at - occurred_at from raw_webhooks.events
            where company_id = 'acme' and payload::text like '%camp=aviso%'"""
        ).fetchall()
    # Two people, sent and delivered; seconds ago, and not when the world was made.
    assert len(waits) == 4
    assert all(timedelta(0) < wait < timedelta(minutes=5) for (wait,) in waits)


def test_who_signs_otherwise_is_refused_and_it_is_said(
    database_url: str, settings: Settings, world: Path
) -> None:
    with (
        playing(world, whatsapp="another") as sandbox,
        pytest.raises(SandboxBroken, match="whatsapp: 401 Refused: signature"),
    ):
        deliver_example(database_url, settings, sandbox, "acme")

    assert read_deliveries(database_url, "acme") == DeliveriesRead()


def test_the_receiver_ends_with_the_block(
    database_url: str, settings: Settings
) -> None:
    with receiver_here(database_url, settings) as address:
        port = urlsplit(address).port or 0
        assert _is_open(port)

    assert not _is_open(port)


@pytest.mark.parametrize(
    ("addresses", "why"),
    [
        ({"whatsapp": "http://example.com/hooks"}, "delivers to 127.0.0.1 only"),
        ({"stripe": "http://127.0.0.1/hooks"}, "acme has no webhook of stripe"),
    ],
)
def test_the_sandbox_delivers_what_it_has_and_to_this_machine(
    world: Path, addresses: dict[str, str], why: str
) -> None:
    with pytest.raises(NotDelivered, match=why):
        send(world, {"company": "acme", "addresses": addresses})


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
