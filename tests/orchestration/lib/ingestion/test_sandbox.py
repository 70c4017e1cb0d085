"""The sandbox runs as long as it is needed, and its companies can be adopted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from orchestration.lib.connections.connection_secrets import load_secrets
from orchestration.lib.connections.connections import (
    add_connection,
    files_connection,
    list_connections,
)
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion import sandbox as sandbox_module
from orchestration.lib.ingestion.sandbox import (
    SandboxBroken,
    SandboxStopped,
    SandboxWorld,
    known_sandbox,
    running_sandbox,
)
from orchestration.lib.tenancy.companies import Company, add_company, list_companies
from orchestration.lib.tenancy.company_settings import change_settings, load_settings
from orchestration.lib.tenancy.example_companies import (
    adopt_company,
    forget_delivered_files,
)

_FAKE = "tests.orchestration.fake_sandbox"


@pytest.fixture(autouse=True)
def _fake_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "_MODULE", _FAKE)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(tmp_path, None)


def _is_open(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


def test_it_runs_for_the_block_and_says_what_it_does(home: Settings) -> None:
    said: list[str] = []

    with running_sandbox(home, log=said.append) as sandbox:
        assert sandbox.truth() == {"acme": {"as_of_date": "2026-01-02"}}
        assert _is_open(sandbox.url)

    assert not _is_open(sandbox.url)
    assert said[0] == "making the world"


def test_a_second_block_uses_the_one_that_runs(home: Settings) -> None:
    with running_sandbox(home) as first, running_sandbox(home) as second:
        assert second.url == first.url
        assert second.process is None
        assert known_sandbox(home).url == first.url


def test_it_comes_back_at_the_same_address(home: Settings) -> None:
    with running_sandbox(home) as first:
        pass
    with running_sandbox(home) as second:
        assert second.url == first.url


def test_one_that_does_not_start_says_why(home: Settings) -> None:
    with (
        pytest.raises(SandboxBroken, match="fewer than no customers"),
        running_sandbox(home, SandboxWorld(customers=-1)),
    ):
        pass


def test_a_stopped_one_is_not_taken_for_running(home: Settings) -> None:
    with pytest.raises(SandboxStopped, match="timonel sandbox start"):
        known_sandbox(home)


@pytest.fixture
def killed_parent(home: Settings) -> str:
    """Address of a sandbox whose starter was killed."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from orchestration.lib.ingestion import sandbox\n"
        "from orchestration.lib.core.settings import Settings\n"
        f"sandbox._MODULE = {_FAKE!r}\n"
        f"home = Settings(Path({str(home.home)!r}), None)\n"
        "with sandbox.running_sandbox(home) as running:\n"
        "    print(running.url, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    return url


def test_it_ends_with_a_starter_that_was_killed(killed_parent: str) -> None:
    assert killed_parent.startswith("http://127.0.0.1:")
    while _is_open(killed_parent):
        pass


class TestExampleCompanies:
    def test_are_added_with_connections_and_secrets(
        self, database_url: str, home: Settings
    ) -> None:
        with running_sandbox(home) as sandbox:
            adopt_company(database_url, home, sandbox, "acme")
            adopt_company(database_url, home, sandbox, "acme")

        assert [each.name for each in list_companies(database_url)] == [
            "Acme of the sandbox"
        ]
        (connection,) = list_connections(database_url, "acme")
        assert connection.settings == {"shop": "acme"}
        assert load_secrets(database_url, home, "acme", "shopify") == {
            "client_secret": "sandbox-secret"
        }

    def test_keep_the_name_they_have(self, database_url: str, home: Settings) -> None:
        add_company(database_url, Company("acme", "Ours", "EUR", "Europe/Madrid"))

        with running_sandbox(home) as sandbox:
            adopted = adopt_company(database_url, home, sandbox, "acme")

        assert adopted.name == "Ours"

    def test_have_a_margin_until_somebody_tells_another(
        self, database_url: str, home: Settings
    ) -> None:
        with running_sandbox(home) as sandbox:
            adopt_company(database_url, home, sandbox, "acme")
            first = load_settings(database_url, "acme").gross_margin_rate
            change_settings(
                database_url,
                "acme",
                gross_margin_rate=Decimal("0.3"),
                payment_fee_per_order=None,
            )
            adopt_company(database_url, home, sandbox, "acme")

        assert first == Decimal("0.45")
        kept = load_settings(database_url, "acme")
        assert kept.gross_margin_rate == Decimal("0.3")
        assert kept.payment_fee_per_order is None

    def test_that_do_not_exist_are_named(
        self, database_url: str, home: Settings
    ) -> None:
        with (
            running_sandbox(home) as sandbox,
            pytest.raises(SandboxBroken, match=r"no company 'bolt' \(it has: acme\)"),
        ):
            adopt_company(database_url, home, sandbox, "bolt")

    def test_forget_what_an_older_demo_delivered_and_nothing_else(
        self, database_url: str, home: Settings
    ) -> None:
        add_company(database_url, Company("acme", "Acme", "EUR", "UTC"))
        delivered, own = home.home / "demo" / "acme", home.home / "own"
        for folder in (delivered, own):
            folder.mkdir(parents=True)
            add_connection(database_url, files_connection("acme", folder))
        with psycopg.connect(database_url) as admin:
            admin.execute("set role loader")
            admin.execute("create schema raw_files")
            admin.execute(
                """create table raw_files.files
                (company_id text, file_name text, file_sha256 text)"""
            )
            admin.execute(
                """insert into raw_files.files values
                ('acme', 'acme/purchases.csv', 'd'), ('acme', 'own/p.csv', 'o')"""
            )
            for table in SOURCES["files"].tables[1:]:
                admin.execute(
                    f"""create table raw_files.{table.name} as
                    select company_id, file_sha256 from raw_files.files""".encode()
                )

        assert forget_delivered_files(database_url, home, "acme")
        assert not forget_delivered_files(database_url, home, "acme")

        (connection,) = list_connections(database_url, "acme")
        assert connection.connection_id == "own"
        with psycopg.connect(database_url) as admin:
            left = admin.execute(
                """select file_sha256 from raw_files.purchases
                union all select file_sha256 from raw_files.files"""
            ).fetchall()
        assert left == [("o",), ("o",)]
