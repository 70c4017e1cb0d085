"""A company with alerts, and real servers of mail and of a webhook to receive them."""

from __future__ import annotations

import email
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller

from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.alerts.ledger import list_alerts
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import Company, add_company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
BOLT = Company("bolt", "Bolt", "CLP", "America/Santiago")
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)  # the last that is over at the start
ALL = ["critical", "high", "medium"]


@dataclass
class Mailbox:
    """A mail server that takes everything, or refuses everything."""

    mails: list[tuple[str, str]] = field(default_factory=list)
    refusal: str = ""
    port: int = 0

    async def take_recipient(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def take_mail(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        self.mails.append((mail["Subject"], body.get_content()))
        return "250 OK"

    @property
    def address(self) -> str:
        people = "from=timonel@example.com&to=team@example.com"
        return f"mailto://127.0.0.1:{self.port}?{people}&mode=insecure"

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.mails]


@dataclass
class Hook:
    """A webhook, and what it was sent."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    port: int = 0

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/hooks/T0K3NMARKER"

    @property
    def subjects(self) -> list[str]:
        return [post["title"] for post in self.posts]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving() as made:
        yield made


@contextmanager
def receiving() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    handler = SimpleNamespace(handle_RCPT=box.take_recipient, handle_DATA=box.take_mail)
    controller = Controller(handler, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with serving() as made:
        yield made


@contextmanager
def serving() -> Iterator[Hook]:
    made = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            made.posts.append(json.loads(self.rfile.read(length)))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Office:
    """Two companies whose alerts are looked at when a test says so."""

    url: str
    settings: Settings
    dispatcher: Dispatcher

    def at(self, minutes: float, company: Company = ACME) -> None:
        """Look, and tell, at a minute after the start."""
        self.dispatcher.dispatch(company, START + timedelta(minutes=minutes))

    def add(
        self,
        name: str,
        address: str,
        severities: list[str],
        language: str = "es",
        company: Company = ACME,
    ) -> None:
        channel = Channel(name, severities, language)
        add_channel(self.url, self.settings, company.company_id, channel, address)

    def execute(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.url) as database:
            database.execute(statement.encode(), values)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as database:
            return database.execute(query.encode(), values).fetchall()

    def topics(self, company: Company = ACME) -> list[str]:
        """What is open."""
        alerts = list_alerts(self.url, company.company_id)
        return sorted(alert["topic"] for alert in alerts)

    def states(self) -> list[tuple[Any, ...]]:
        """Channel, purpose and state of each message."""
        return self.rows(
            """select channel_id, purpose, state from ops.alert_deliveries
            order by delivery_id"""
        )

    def block_the_model(self, company: Company = ACME, fit: str = "bad") -> None:
        """What a fit that a gate stopped leaves behind."""
        self.execute(
            """insert into predictions.model_fits values (%s, %s, '2026-11-22',
                '2026-11-22', 'bg_nbd+gamma_gamma', '1', 'blocked', 'same_past', '', 3,
                1, 0, '{}', %s)""",
            *(company.company_id, fit, START),
        )
        self.execute(
            """insert into predictions.gate_results values (%s, %s, 'same_past',
                'blocked', 0.3, 0.2, 'Thirty of a hundred old purchases are gone.')""",
            *(company.company_id, fit),
        )

    def connect(
        self,
        name: str,
        company: Company = ACME,
        *,
        read: datetime = START,
        error: str | None = None,
    ) -> None:
        """A connection as its last read or check left it."""
        self.execute(
            """insert into ops.connections (company_id, connection_id, source_slug,
                settings, state, checked_at, last_read_at, last_error)
            values (%s, %s, 'meta_ads', '{}', %s, %s, %s, %s)""",
            *(company.company_id, name, "failing" if error else "healthy"),
            *(START, read, error),
        )

    def repair(self) -> None:
        """Everything works again."""
        self.execute(
            """update ops.connections set state = 'healthy', last_error = null,
                last_read_at = '2026-11-25'"""
        )
        self.execute("update predictions.model_fits set status = 'published'")


@pytest.fixture
def office(database_url: str, settings: Settings) -> Office:
    for company in (ACME, BOLT):
        add_company(database_url, company)
    return Office(database_url, settings, Dispatcher(database_url, settings))


def tell_days(office: Office, totals: dict[date, float], through: date = DAY) -> None:
    """Revenue by day as dbt leaves it, of a hundred orders each."""
    office.execute("drop table if exists marts.company_days")
    office.execute("delete from ops.mart_builds")
    office.execute(
        """create table marts.company_days (company_id text, calendar_date date,
            net_revenue numeric, purchase_count integer, order_count integer)"""
    )
    office.execute("grant select on marts.company_days to orchestrator")
    office.execute(
        """insert into marts.company_days
        select 'acme', sold.*, 100, 100
        from unnest(%s::date[], %s::numeric[]) as sold""",
        *(list(totals), list(totals.values())),
    )
    office.execute(
        """insert into ops.mart_builds (company_id, mart, definition, seen_through,
            as_of_date) values ('acme', 'company_days', '', 0, %s)""",
        through,
    )
