"""One sandbox, and programs that read it: other people's taps, and ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = PROJECT / ".venv" / "public"
REDIRECT = Path(__file__).with_name("redirect.py")
TODAY = "2026-11-21"


@dataclass(frozen=True)
class Sandbox:
    """The running server, and what its companies' owners know."""

    url: str

    def settings(self, company: str, source: str) -> dict[str, Any]:
        told = requests.get(f"{self.url}/_sandbox/connections", timeout=30).json()
        connection = told[company]["connections"][source]
        return {**connection["settings"], **connection["secrets"]}

    def control(self, action: str, **body: Any) -> None:
        answer = requests.post(f"{self.url}/_sandbox/{action}", json=body, timeout=60)
        answer.raise_for_status()

    def requests(self) -> str:
        return requests.get(f"{self.url}/_sandbox/requests", timeout=30).text


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(home)]
    options = ["--port", "0", "--customers", "150", "--no-files", "--today", TODAY]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield Sandbox(json.loads(process.stdout.readline())["url"])
        process.terminate()


@dataclass(frozen=True)
class PublicTap:
    """A tap from the package index, unmodified, in an environment of its own."""

    name: str
    sandbox: Sandbox
    folder: Path
    catalog_option: str = "--catalog"

    def discover(self, config: dict[str, Any], *streams: str) -> None:
        """Choose streams, with all their fields."""
        self._write("config.json", config)
        found = json.loads(self._run("--discover"))
        for stream in found["streams"]:
            chosen = stream["tap_stream_id"] in streams
            for entry in stream["metadata"]:
                if chosen or not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = chosen
        self._write("catalog.json", found)

    def sync(self, state: dict[str, Any] | None = None) -> str:
        """Its Singer messages."""
        arguments = [self.catalog_option, str(self.folder / "catalog.json")]
        if state is not None:
            self._write("state.json", state)
            arguments += ["--state", str(self.folder / "state.json")]
        return self._run(*arguments)

    def _run(self, *arguments: str) -> str:
        python = ENVIRONMENTS / self.name / "bin" / "python"
        package = self.name.replace("-", "_")
        config = ["--config", str(self.folder / "config.json")]
        run = subprocess.run(
            [python, REDIRECT, package, self.sandbox.url, *config, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        return run.stdout

    def _write(self, name: str, content: Any) -> None:
        (self.folder / name).write_text(json.dumps(content))


@dataclass(frozen=True)
class Landing:
    """A database, our tap and our target."""

    url: str
    sandbox: Sandbox
    folder: Path

    def our_tap(self, source: str, company: str, **settings: Any) -> str:
        config = self.folder / "ours.json"
        config.write_text(
            json.dumps({**self.sandbox.settings(company, source), **settings})
        )
        run = subprocess.run(
            [sys.executable, "-m", f"taps.tap_{source}", "--config", str(config)],
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        return run.stdout

    def land(self, schema: str, messages: str) -> None:
        config = self.folder / "target.json"
        settings = {"database_url": self.url, "schema": schema, "company_id": "acme"}
        config.write_text(json.dumps(settings))
        run = subprocess.run(
            [sys.executable, "-m", "taps.target_postgres", "--config", str(config)],
            check=False,
            input=messages,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr[-3000:]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def landing(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Landing:
    return Landing(database_url, sandbox, tmp_path)


@pytest.fixture
def public_tap(sandbox: Sandbox, tmp_path: Path) -> Any:
    def make(name: str, **options: Any) -> PublicTap:
        if not (ENVIRONMENTS / name / ".ready").exists():
            pytest.skip(f"the public {name} is not installed; `make test` does it")
        return PublicTap(name, sandbox, tmp_path, **options)

    return make
