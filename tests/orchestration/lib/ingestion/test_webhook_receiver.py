"""The receiver keeps what it acknowledged, apart by company, and tells no secret."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from orchestration.lib.connections.connection_secrets import rotate_key
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.app import Limits, receiver
from orchestration.lib.ingestion.webhooks.hooks import (
    Hook,
    HookBroken,
    add_hook,
    hook_statuses,
    load_hooks,
)
from orchestration.lib.ingestion.webhooks.signatures import Sender
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_removal import remove_company

SECRET = "app-secret-5e1f"
SMALL = Limits(body_bytes=2000)


def _add(url: str, settings: Settings, company_id: str, **hook: Any) -> Hook:
    add_company(url, Company(company_id, company_id, "EUR", "UTC"))
    sender: Sender = hook.pop("sender", "whatsapp")
    asked = Hook(company_id, "chat", sender, "", hook.pop("secret", SECRET))
    return add_hook(url, settings, asked)


def _signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}"}


def _bodies(url: str) -> list[tuple[str, bytes]]:
    with psycopg.connect(url) as database:
        return database.execute(
            "select company_id, body from raw_webhooks.deliveries order by 1, 2"
        ).fetchall()


@contextmanager
def _receiving(
    url: str, settings: Settings, limits: Limits = SMALL
) -> Iterator[TestClient]:
    with TestClient(receiver(url, settings, limits)) as client:
        yield client


def test_two_companies_with_one_name_stay_apart(
    database_url: str, settings: Settings
) -> None:
    ours = _add(database_url, settings, "acme", secret="one")
    theirs = _add(database_url, settings, "bolt", secret="two")

    with _receiving(database_url, settings) as client:
        for hook, secret in ((ours, "one"), (theirs, "two")):
            answer = client.post(
                hook.path, content=b"{}", headers=_signed(b"{}", secret)
            )
            assert answer.status_code == 200
        # Neither the other's secret nor the other's key opens an address.
        crossed = theirs.path.replace(theirs.key, ours.key)
        for path, secret in ((ours.path, "two"), (crossed, "one"), (crossed, "two")):
            answer = client.post(path, content=b"x", headers=_signed(b"x", secret))
            assert answer.status_code in {401, 404}

    assert _bodies(database_url) == [("acme", b"{}"), ("bolt", b"{}")]
    assert [
        [status.refusals for status in hook_statuses(database_url, company)]
        for company in ("acme", "bolt")
    ] == [["signature 1"], ["address 2"]]


def test_the_bytes_are_kept_once_as_they_came(
    database_url: str, settings: Settings
) -> None:
    hook = _add(database_url, settings, "acme")
    body = b'{"a": 1,\n "b":"\\u0000"}\xff'

    with _receiving(database_url, settings) as client:
        answers = [
            client.post(hook.path, content=body, headers=_signed(body))
            for _ in range(2)
        ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert _bodies(database_url) == [("acme", body)]


def test_unsigned_deliveries_with_ids_of_their_own_are_two(
    database_url: str, settings: Settings
) -> None:
    hook = _add(database_url, settings, "acme", sender="shared", secret="")

    with _receiving(database_url, settings) as client:
        for delivery_id in ("1", "2", "2"):
            headers = {"webhook-id": delivery_id}
            client.post(hook.path, content=b"click", headers=headers)

    assert _bodies(database_url) == [("acme", b"click")] * 2


def test_what_is_refused_is_counted_and_not_kept(
    database_url: str, settings: Settings
) -> None:
    hook = _add(database_url, settings, "acme")
    big = b"x" * 2001

    with _receiving(database_url, settings, Limits(body_bytes=2000, rate=2)) as client:
        statuses = [
            client.post(hook.path, content=content, headers=headers).status_code
            for content, headers in (
                (b"x", {}),
                (b"x", _signed(b"y")),
                (big, _signed(big)),
                (iter([big[:1500], big[1500:]]), _signed(big)),
            )
        ]
        # The fifth within a moment; two a second are allowed, four at once.
        too_many = {client.post(hook.path, content=b"x").status_code for _ in range(4)}

    assert statuses == [401, 401, 413, 413]
    assert 429 in too_many
    assert _bodies(database_url) == []
    (status,) = hook_statuses(database_url, "acme")
    assert status.refusal_count == 8
    assert "signature 1, size 2, unsigned" in status.refusals


def test_meta_hears_its_challenge_and_only_with_the_token(
    database_url: str, settings: Settings
) -> None:
    hook = _add(database_url, settings, "acme")
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}

    with _receiving(database_url, settings) as client:
        right = client.get(
            hook.path, params=asked | {"hub.verify_token": hook.verify_token}
        )
        wrong = client.get(hook.path, params=asked | {"hub.verify_token": "guess"})

    assert (right.status_code, right.text) == (200, "1158201444")
    assert wrong.status_code == 403
    assert "1158201444" not in wrong.text


def test_zoom_is_answered_and_its_question_is_no_delivery(
    database_url: str, settings: Settings
) -> None:
    hook = _add(database_url, settings, "acme", sender="zoom")
    body = b'{"event":"endpoint.url_validation","payload":{"plainToken":"p"}}'
    at = str(int(time.time()))
    signed = f"v0:{at}:".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    headers = {"x-zm-signature": f"v0={digest}", "x-zm-request-timestamp": at}

    with _receiving(database_url, settings) as client:
        answer = client.post(hook.path, content=body, headers=headers)
        unsigned = client.post(hook.path, content=body)

    expected = hmac.new(SECRET.encode(), b"p", hashlib.sha256).hexdigest()
    assert answer.json() == {"plainToken": "p", "encryptedToken": expected}
    assert unsigned.status_code == 401
    assert _bodies(database_url) == []


def test_a_company_that_left_is_told_to_nobody_as_kept(
    database_url: str, settings: Settings
) -> None:
    gone, other = (_add(database_url, settings, name) for name in ("acme", "bolt"))

    with _receiving(database_url, settings) as client:
        remove_company(database_url, "acme")
        answers = [
            client.post(hook.path, content=b"{}", headers=_signed(b"{}")).status_code
            for hook in (gone, other)
        ]

    assert answers == [404, 200]
    assert _bodies(database_url) == [("bolt", b"{}")]


def test_without_its_database_it_asks_to_come_again(
    database_url: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    hook = _add(database_url, settings, "acme")
    away = "postgresql://timonel:pass-77c1@127.0.0.1:1/timonel"

    with _receiving(away, settings) as client:
        unknown = client.post(hook.path, content=b"{}", headers=_signed(b"{}"))
        alive = client.get("/healthy")
    with _receiving(database_url, settings) as client:
        with psycopg.connect(database_url) as database:
            database.execute("alter table raw_webhooks.deliveries rename to elsewhere")
        lost = client.post(hook.path, content=b"{}", headers=_signed(b"{}"))
        with psycopg.connect(database_url) as database:
            database.execute("alter table raw_webhooks.elsewhere rename to deliveries")
        again = client.post(hook.path, content=b"{}", headers=_signed(b"{}"))

    assert (unknown.status_code, alive.status_code) == (503, 204)
    assert (lost.status_code, again.status_code) == (503, 200)
    assert "pass-77c1" not in caplog.text


def test_no_secret_stands_in_a_row_an_answer_or_the_log(
    database_url: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="timonel.receiver")
    # The client of this test writes the address it asks, as senders may.
    caplog.set_level(logging.WARNING, logger="httpx")
    hook = _add(database_url, settings, "acme", sender="shared")
    headers = {"x-webhook-secret": SECRET, "cookie": "session-91"}

    with _receiving(database_url, settings) as client:
        told = [
            client.post(hook.path, content=b"{}", headers=sent).text
            for sent in (headers, {"authorization": f"Basic {SECRET}"}, {})
        ]
    with psycopg.connect(database_url) as database:
        rows = database.execute(
            """select d::text from raw_webhooks.deliveries as d
            union all select h::text from ops.webhooks as h
            union all select r::text from ops.webhook_refusals as r"""
        ).fetchall()

    everything = f"{told} {rows} {caplog.text} {hook!r}"
    assert len(rows) > 2
    for secret in (SECRET, hook.key, hook.verify_token, "session-91"):
        assert secret not in everything


def test_another_secret_keeps_the_address_unless_a_new_one_is_wanted(
    database_url: str, settings: Settings
) -> None:
    first = _add(database_url, settings, "acme")
    asked = Hook("acme", "chat", "whatsapp", "", "rolled")

    second = add_hook(database_url, settings, asked)
    third = add_hook(database_url, settings, asked, has_new_address=True)

    assert second.key == first.key != third.key
    assert load_hooks(database_url, settings, "acme") == ([third], [])
    with pytest.raises(HookBroken, match="signs"):
        add_hook(database_url, settings, Hook("acme", "chat", "stripe", ""))


def test_another_key_of_the_secrets_changes_no_address(
    database_url: str, settings: Settings
) -> None:
    hook = _add(database_url, settings, "acme")

    assert rotate_key(database_url, settings) == 1
    assert load_hooks(database_url, settings) == ([hook], [])


def test_killed_under_load_it_has_everything_it_acknowledged(
    database_url: str, settings: Settings, tmp_path: Path
) -> None:
    hook = _add(database_url, settings, "acme")
    port = _free_port()
    acknowledged: list[bytes] = []
    enough = threading.Event()

    def deliver(sender: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            for number in range(10_000):
                body = f"{sender}/{number}".encode()
                try:
                    connection.request("POST", hook.path, body, _signed(body))
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException):
                    return
                if answer.status == 200:
                    acknowledged.append(body)
                if len(acknowledged) >= 300:
                    enough.set()

    with _process(database_url, settings, port, tmp_path / "log") as process:
        threads = [threading.Thread(target=deliver, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        is_loaded = enough.wait(60)
        process.kill()
        for thread in threads:
            thread.join()

    kept = [body for _, body in _bodies(database_url)]
    assert is_loaded
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))
    log = (tmp_path / "log").read_text()
    assert SECRET not in log
    assert hook.key not in log


def _free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def _process(
    url: str, settings: Settings, port: int, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The receiver as a process of its own, once it answers."""
    command = ["receiver", "serve", "--port", str(port)]
    environment = os.environ | {
        "TIMONEL_HOME": str(settings.home),
        "TIMONEL_DATABASE_URL": url,
    }
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from orchestration.cli import app; app()",
                *command,
            ],
            env=environment,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            _await(port, process)
            yield process
        finally:
            process.kill()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The receiver did not start.")
