"""The probe asks over real HTTP: what is down is a row, this network is closed."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.lib.connections.connection_secrets import rotate_key
from orchestration.lib.core.secrets import SecretsUnreadable
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.probe.asking import Answer, ask, is_public
from orchestration.lib.ingestion.probe.rounds import probe_once
from orchestration.lib.ingestion.probe.sites import (
    SiteRefused,
    list_sites,
    site_of,
    watch,
)
from orchestration.lib.tenancy.companies import Company, add_company
from taps.tap_files.sites import site_name

SECRET = "s3cret"


class _Pages(BaseHTTPRequestHandler):
    """/NNN answers with that status; /slow never ends its headers."""

    seen: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Host"]))
        if self.path == "/slow":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.wfile.flush()
            threading.Event().wait(1)
            return
        self.send_response(int(self.path.strip("/").partition("?")[0] or 200))
        self.send_header("Location", "http://127.0.0.1/never")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def _closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize(
    ("page", "has_answered", "status", "reason"),
    [
        ("200?key=s3cret", True, 200, None),
        # Where it leads is not looked at.
        ("301", True, 301, None),
        ("404", False, 404, "status"),
        ("503", False, 503, "status"),
    ],
)
def test_the_status_says_whether_it_answered(
    port: int, page: str, has_answered: bool, status: int, reason: str | None
) -> None:
    answer = ask(f"http://localhost:{port}/{page}", allows_private=True)

    assert (answer.has_answered, answer.status_code, answer.reason) == (
        *(has_answered, status),
        reason,
    )
    assert answer.response_ms is not None
    assert _Pages.seen[-1] == (f"/{page}", f"localhost:{port}")


def test_what_never_ends_is_cut_off_and_what_is_closed_is_no_error(port: int) -> None:
    slow = ask(f"http://127.0.0.1:{port}/slow", allows_private=True, patience=0.2)

    assert slow == Answer(False, reason="timeout")
    closed = ask(f"http://127.0.0.1:{_closed_port()}/", allows_private=True)
    assert closed == Answer(False, reason="connection")
    # It speaks no TLS.
    assert not ask(f"https://127.0.0.1:{port}/", allows_private=True).has_answered
    unknown = ask("http://no-such-host.invalid/", allows_private=True)
    assert unknown == Answer(False, reason="name")


def test_a_site_is_up_that_answers_at_one_of_its_addresses(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody listens at the first, as where a network knows no IPv6.
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
        for address in ("127.0.0.2", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    answer = ask(f"http://site.test:{port}/200", allows_private=True)

    assert (answer.has_answered, answer.status_code) == (True, 200)


def test_this_network_is_closed_unless_a_setting_opens_it(port: int) -> None:
    asked = len(_Pages.seen)

    for host in ("127.0.0.1", "localhost", "[::1]", "2130706433", "[::ffff:7f00:1]"):
        assert ask(f"http://{host}:{port}/").reason == "private", host

    assert len(_Pages.seen) == asked


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("64:ff9b::10.0.0.1", False),
        ("2002:a00:1::", False),
        ("2606:2800:220:1::1", True),
    ],
)
def test_an_address_is_public_or_it_is_not(address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is expected


def test_the_name_of_a_site_has_no_secret_and_is_that_of_files() -> None:
    for address in (
        "https://a.test/",
        f"http://A.test:8080/x/?key={SECRET}",
        "https://a.test/x#part",
    ):
        site = site_of("acme", address)
        assert site.site_id == site_name(address)
        assert SECRET not in repr(site)
    for refused in (f"https://me:{SECRET}@a.test", "ftp://a.test", "a.test", "http://"):
        with pytest.raises(SiteRefused) as caught:
            site_of("acme", refused)
        assert SECRET not in str(caught.value)


def test_a_round_keeps_a_row_of_each_site_of_its_company(
    database_url: str, port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, database_url, probes_private=True)
    for company in ("acme", "bolt"):
        add_company(database_url, Company(company, company, "EUR", "UTC"))
    up, down = f"http://127.0.0.1:{port}/200?key={SECRET}", "http://127.0.0.1:1/"
    for company, address in (("acme", up), ("acme", down), ("bolt", up)):
        watch(database_url, settings, site_of(company, address))

    probe_once(database_url, settings, company_ids=["acme"])

    with psycopg.connect(database_url) as database:
        rows = database.execute(
            """select company_id, site_id, has_answered, status_code, reason
            from raw_probe.uptime_checks order by site_id"""
        ).fetchall()
    assert rows == [
        ("acme", "127.0.0.1:1", False, None, "connection"),
        ("acme", f"127.0.0.1:{port}/200", True, 200, None),
    ]
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    listed = CliRunner().invoke(
        app, ["probe", "list", "--company", "bolt", "--format", "json"]
    )
    assert f"127.0.0.1:{port}/200" in listed.output
    assert "acme" not in listed.output
    assert SECRET not in listed.output
    run = CliRunner().invoke(app, ["probe", "--company", "bolt", "--once"])
    assert run.exit_code == 0, run.output
    with psycopg.connect(database_url) as database:
        (kept,) = database.execute(
            """select has_answered, reason, checks::text
            from raw_probe.uptime_checks as checks where company_id = 'bolt'"""
        ).fetchall()
    assert kept[:2] == (False, "private")
    assert SECRET not in kept[2]
    assert SECRET not in repr(list_sites(database_url, settings))


def test_an_address_is_sealed_also_one_from_before(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, database_url)
    for company in ("acme", "bolt"):
        add_company(database_url, Company(company, company, "EUR", "UTC"))
    new, old = (f"https://a.test/{page}?key={SECRET}" for page in ("new", "old"))
    watch(database_url, settings, site_of("acme", new))
    with psycopg.connect(database_url) as database:
        database.execute(
            """insert into ops.watched_sites (company_id, site_id, address)
            values ('bolt', 'a.test/old', %s)""",
            (old,),
        )

    found = {
        site.company_id: site.address for site in list_sites(database_url, settings)
    }

    assert found == {"acme": new, "bolt": old}
    with psycopg.connect(database_url) as database:
        kept = database.execute(
            "select address, encode(encrypted_address, 'escape') from ops.watched_sites"
        ).fetchall()
        assert [address for address, _ in kept] == [None, None]
        assert SECRET not in str(kept)
        # A new key opens it; another company's row does not.
        assert rotate_key(database_url, settings) == 2
        database.execute(
            """update ops.watched_sites as mine
            set encrypted_address = other.encrypted_address
            from ops.watched_sites as other
            where mine.company_id = 'acme' and other.company_id = 'bolt'"""
        )
    with pytest.raises(SecretsUnreadable) as caught:
        list_sites(database_url, settings)
    assert SECRET not in str(caught.value)
