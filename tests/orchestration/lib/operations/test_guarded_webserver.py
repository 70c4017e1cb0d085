"""Dagster's webserver answers its own pages and programs, and no page beside them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

_OWN = {"origin": "http://localhost:3000"}
_FOREIGN = {"origin": "http://evil.example"}
_SOCKET = "ws://localhost:3000/graphql"
_QUERY = {"query": "{ version }"}


def _client(address: str = "http://localhost:3000") -> TestClient:
    # Dagster's whole server comes with it, a second of each worker's start.
    from orchestration.lib.operations.guarded_webserver import OwnPagesOnly  # noqa: PLC0415

    async def answer(_request: object) -> PlainTextResponse:
        return PlainTextResponse("answered")

    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("answered")
        await websocket.close()

    app = Starlette(
        routes=[
            Route("/graphql", answer, methods=["GET", "POST"]),
            Route("/runs", answer),
            WebSocketRoute("/graphql", talk),
        ]
    )
    guarded = OwnPagesOnly(app, frozenset({"dagster.acme.example"}))
    return TestClient(guarded, base_url=address)


@pytest.mark.parametrize(
    "headers", [{}, _OWN], ids=["a program", "a page of this server"]
)
def test_own_pages_and_programs_are_answered(headers: dict[str, str]) -> None:
    assert _client().post("/graphql", headers=headers).text == "answered"
    assert _client().get("/runs", headers=headers).text == "answered"
    with _client().websocket_connect(_SOCKET, headers=headers) as session:
        assert session.receive_text() == "answered"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:3001",
        "http://localhost.evil.example:3000",
        "null",
        "http://[",
    ],
)
def test_a_page_of_another_origin_changes_nothing(origin: str) -> None:
    answer = _client().post("/graphql", headers={"origin": origin})

    assert answer.status_code == 403
    assert answer.text == f"A page of {origin} may not ask this of localhost:3000.\n"
    with (
        pytest.raises(WebSocketDisconnect),
        _client().websocket_connect(_SOCKET, headers={"origin": origin}) as session,
    ):
        session.receive_text()


@pytest.mark.parametrize("asked", ["/graphql?query=mutation", "/graphql/?a=1&query="])
def test_nothing_is_asked_by_get(asked: str) -> None:
    answer = _client().get(asked)

    assert (answer.status_code, answer.text) == (
        403,
        "GraphQL is answered by POST only.\n",
    )
    assert _client().head(asked).status_code == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://127.0.0.1:3000", 200),
        ("http://[::1]:3000", 200),
        ("https://dagster.acme.example", 200),
        ("http://evil.example:3000", 403),
        ("http://localhost.evil.example", 403),
    ],
)
def test_it_answers_to_its_own_names_only(address: str, status: int) -> None:
    answer = _client(address).get("/runs")

    assert answer.status_code == status
    assert ("TIMONEL_DAGSTER_URL" in answer.text) == (status == 403)


def test_a_host_that_is_none_is_refused() -> None:
    assert _client().get("/runs", headers={"host": "["}).status_code == 403


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the webserver of `timonel dev` answers, without code of ours behind it."""
    folder = tmp_path_factory.mktemp("webserver")
    (folder / "workspace.yaml").write_text("load_from: []\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module = "orchestration.lib.operations.guarded_webserver"
    options = ["--port", str(port), "--workspace", str(folder / "workspace.yaml")]
    with subprocess.Popen(
        [sys.executable, "-m", module, *options],
        env={**_environment(folder)},
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield _answering(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


def _environment(folder: Path) -> dict[str, str]:
    root = Path(__file__).parents[4]
    return {"DAGSTER_HOME": str(folder), "PYTHONPATH": str(root)}


def _answering(address: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        assert process.poll() is None
        try:
            requests.get(f"{address}/server_info", timeout=10)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return address
    raise AssertionError("it did not answer")


def test_dagster_itself_is_guarded(address: str) -> None:
    asked = f"{address}/graphql"

    foreign = requests.post(asked, json=_QUERY, headers=_FOREIGN, timeout=30)
    program = requests.post(asked, json=_QUERY, timeout=30)
    by_get = requests.get(asked, params=_QUERY, timeout=30)

    assert foreign.status_code == 403
    assert set(program.json()["data"]) == {"version"}
    assert by_get.status_code == 403
