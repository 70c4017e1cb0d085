"""The double answers what a real server was recorded to answer, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from metabase.content.errors import MetabaseError
from metabase.server.client import Metabase
from tests.metabase.server.filled import ASKING, Start, Starts
from tests.metabase.server.recorded import RECORDED, differences
from tests.metabase.server.servers import Server

_SESSION = {"x-metabase-session": "recorded"}
_NONSENSE = {"query": "select nonsense"}


@pytest.fixture(scope="module")
def server(starts: Starts) -> Iterator[Server]:
    """A double with everything on it: cards, pages, actions, a subscription."""
    with starts.filled("asking", Start(environment=ASKING)) as server:
        server.sql(
            "insert into ops.metabase_settings (company_id, daily_recipients)"
            " values ('acme', '{ana@example.com}')"
        )
        server.fake.settings["email-configured?"] = True
        server.run()
        server.fake.sessions["recorded"] = 0
        yield server


def _path(server: Server, endpoint: str) -> str:
    """Where to ask: for a thing that is there."""
    fake = server.fake
    ids = {
        "/api/collection/:id": next(iter(fake.collections)),
        "/api/database/:id": next(iter(fake.databases)),
        "/api/card/:id": next(iter(fake.cards)),
        "/api/dashboard/:id": next(iter(fake.dashboards)),
        "/api/action/:id": next(iter(fake.actions)),
    }
    path = endpoint.split(" ", 1)[1]
    for pattern, key in ids.items():
        if path.startswith(pattern):
            return path.replace(":id", str(key))
    return path


@pytest.mark.parametrize("endpoint", sorted(RECORDED))
def test_the_double_says_nothing_that_a_real_server_does_not_say(
    server: Server, endpoint: str
) -> None:
    method, _, _ = endpoint.partition(" ")
    body: dict[str, Any] = {}
    if endpoint == "POST /api/dataset":
        body = {"database": _database(server), "type": "native", "native": _NONSENSE}

    answer = server.fake.answer(method, _path(server, endpoint), body, _SESSION)

    assert list(differences(RECORDED[endpoint], answer)) == []


def _database(server: Server) -> int:
    return next(iter(server.fake.databases))


@pytest.mark.parametrize("endpoint", [one for one in RECORDED if one[:3] == "GET"])
def test_what_nobody_set_is_there_and_empty(server: Server, endpoint: str) -> None:
    url = f"{server.request.metabase_url}{_path(server, endpoint)}"

    answer = requests.get(url, headers=_SESSION, timeout=30)

    assert answer.status_code == 200
    lacking = list(_lacking(RECORDED[endpoint], answer.json()))
    assert lacking == []


def _lacking(shape: Any, answer: Any) -> Iterator[str]:
    if isinstance(shape, dict) and isinstance(answer, dict):
        yield from shape.keys() - answer.keys()
        for key in shape.keys() & answer.keys():
            yield from _lacking(shape[key], answer[key])
    elif isinstance(shape, list) and isinstance(answer, list):
        for one in answer:
            yield from _lacking(shape[0], one)


def test_refusals_are_text_and_what_asks_the_warehouse_is_accepted(
    server: Server,
) -> None:
    url = server.request.metabase_url
    card = next(iter(server.fake.cards))

    gone = requests.get(f"{url}/api/card/999999", headers=_SESSION, timeout=30)
    asked = requests.post(
        f"{url}/api/card/{card}/query", json={}, headers=_SESSION, timeout=30
    )

    assert (gone.status_code, gone.text) == (404, "Not found.")
    assert asked.status_code == 202


def test_a_body_that_lacks_a_key_is_refused_as_by_a_real_server(
    server: Server,
) -> None:
    """POST /api/collection without a name."""
    recorded = (
        '{"specific-errors":{"name":["missing required key, received: nil"]},'
        '"errors":{"name":"value must be a non-blank string."}}'
    )
    metabase = Metabase(server.request.metabase_url)
    metabase.use_session("recorded")
    url = f"{server.request.metabase_url}/api/collection"

    answer = requests.post(url, json={}, headers=_SESSION, timeout=30)
    with pytest.raises(MetabaseError) as refusal:
        metabase.post("/api/collection", {})

    assert (answer.status_code, answer.json()) == (400, json.loads(recorded))
    assert str(refusal.value) == (
        "POST /api/collection was refused (400): "
        "name: value must be a non-blank string."
    )
