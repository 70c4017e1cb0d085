"""Applications on a real port: in a thread of this process, or as the real server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.declared.endpoints import source_routes
from sandbox.declared.source import Source
from sandbox.faults import Faults
from sandbox.middleware import hide_cut_connections
from sandbox.server import Emulator, app
from sandbox.simulation.world import World

_PATIENCE_SECONDS = 60


@contextmanager
def listening(application: ASGIApp) -> Iterator[str]:
    """Serve for the length of a block; gives the address."""
    hide_cut_connections()
    # The Date header is the sandbox's, which may live on another day than we do.
    config = uvicorn.Config(
        application,
        port=0,
        log_level="warning",
        date_header=False,
        lifespan="off",
        # A client that stopped reading must not keep the test waiting for ever.
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it listened"
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_SECONDS)


@contextmanager
def serving(world: World, *emulators: Emulator) -> Iterator[requests.Session]:
    """The emulators, and what steers them; ``world.base_url`` says where."""
    with listening(app(world, emulators)) as url, requests.Session() as session:
        world.base_url = url
        yield session


@contextmanager
def serving_source(
    source: Source, now: datetime, kept: Path | None = None
) -> Iterator[str]:
    """A declared source, as the sandbox makes it up at a moment; gives the address.

    ``kept`` is the world that holds rows of accounts.
    """
    clock = Clock()
    clock.freeze(now)
    store = SimpleNamespace(path=kept)
    world = SimpleNamespace(clock=clock, faults=Faults(), store=store)
    routes = source_routes(world, source)  # type: ignore[arg-type]
    with listening(Starlette(routes=routes)) as url:
        yield url


@dataclass(frozen=True)
class Sandbox:
    """The real server, as a process, and its steering wheel."""

    url: str

    def ask(self, method: str, name: str, body: Any = None) -> Any:
        answer = requests.request(
            method, f"{self.url}/_sandbox/{name}", json=body, timeout=_PATIENCE_SECONDS
        )
        assert answer.ok, answer.text
        return answer.json()

    def config(self, company: str, source: str) -> dict[str, Any]:
        """Settings and secrets of a connection."""
        told = self.ask("GET", "connections")[company]["connections"][source]
        return {**told["settings"], **told["secrets"]}

    def fail(self, kind: str, **options: Any) -> None:
        self.ask("POST", "faults", {"kind": kind, **options})

    def heal(self) -> None:
        self.ask("DELETE", "faults")


@contextmanager
def sandbox_process(home: Path, *options: str) -> Iterator[Sandbox]:
    """``python -m sandbox serve`` for the length of a block, of those with an API."""
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(home)]
    usual = ("--port", "0", "--customers", "60", "--no-files", "--exit-with-parent")
    with subprocess.Popen(
        [*command, *usual, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield Sandbox(json.loads(process.stdout.readline())["url"])
        finally:
            process.stdin.close()
            process.wait(timeout=_PATIENCE_SECONDS)
