"""`timonel report send` through a real mail server: once each, and only to its own."""

from __future__ import annotations

import email
import io
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email import policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from pypdf import PdfReader
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli import report as report_command
from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.alerts.services import addressed_to
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.report_delivery import deliver
from tests.metabase.pages.rows.reporting_rows import Customer, Shop, make_reporting

Timonel = Callable[..., str]
_PASSWORD = "S3CR3TMARKER"
_ACME = Shop("acme", "Acme", "EUR", (Customer("7", 12345.67),), order_count=9)
_BOLT = Shop("bolt", "Bolt", "CLP", (Customer("7", 987654),), order_count=9)


@dataclass
class Office:
    """A mail server that refuses whom it is told to; what it took, by recipient."""

    mails: dict[str, list[EmailMessage]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self.mails.setdefault(recipient, []).append(mail)
        return "250 OK"

    @property
    def counts(self) -> dict[str, int]:
        return {recipient: len(mails) for recipient, mails in self.mails.items()}


@contextmanager
def _serving() -> Iterator[Office]:
    office = Office()
    with socket.create_server(("127.0.0.1", 0)) as free:
        office.port = free.getsockname()[1]
    handler = SimpleNamespace(
        handle_RCPT=office.handle_RCPT, handle_DATA=office.handle_DATA
    )
    controller = Controller(handler, hostname="127.0.0.1", port=office.port)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def office() -> Iterator[Office]:
    with _serving() as server:
        yield server


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run `timonel report send` where acme has a mail channel and bolt has none."""
    make_reporting(database_url, [_ACME, _BOLT])
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)
    people = "from=timonel@example.com&to=alerts@example.com&cc=boss@example.com"
    address = f"mailto://127.0.0.1:{office.port}?{people}&mode=insecure"
    add_channel(
        database_url,
        Settings.from_environment(),
        "acme",
        Channel("mail", ["critical"], "es"),
        address,
    )

    def run(*arguments: str, company: str = "acme", code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (report_command, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=250))
        result = CliRunner().invoke(
            app, ["report", "send", "--company", company, *arguments]
        )
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def _parts(mail: EmailMessage) -> tuple[str, str]:
    """The HTML of a mail, and the text of the PDF attached to it."""
    body = mail.get_body(("html",))
    assert body is not None
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    reader = PdfReader(io.BytesIO(attached.get_content()))
    text = " ".join(page.extract_text() for page in reader.pages)
    return body.get_content(), re.sub(r"\s+", " ", text)


def test_each_recipient_gets_the_numbers_and_the_paper_once(
    timonel: Timonel, office: Office
) -> None:
    both = ("--to", "ana@example.com,luis@example.com,ana@example.com")
    timonel(*both)
    said = timonel(*both)

    assert office.counts == {"ana@example.com": 1, "luis@example.com": 1}
    assert said.count("not sent again") == 2
    (mail,) = office.mails["ana@example.com"]
    html, paper = _parts(mail)
    assert mail["Subject"] == "Resumen ejecutivo · Acme · Datos hasta 29 sept 1997"
    for told in (html, paper):
        assert "12.346" in told
        assert "987.654" not in told
        assert "Bolt" not in told
    assert re.search(r"\s(src|href)=", html) is None

    timonel("--to", "ana@example.com", "--again")

    assert office.counts == {"ana@example.com": 2, "luis@example.com": 1}


def test_only_who_was_refused_is_tried_again(timonel: Timonel, office: Office) -> None:
    both = ("--to", "ana@example.com,gone@example.com")
    office.refused = {"gone@example.com"}

    said = timonel(*both, code=1)

    assert "1 of 2 mails were refused" in said
    assert "Traceback" not in said
    assert office.counts == {"ana@example.com": 1}

    office.refused = set()
    timonel(*both)

    assert office.counts == {"ana@example.com": 1, "gone@example.com": 1}


def test_who_gets_it_is_who_the_company_named(
    timonel: Timonel, office: Office, database_url: str
) -> None:
    assert "Nobody is named" in timonel(code=1)
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into ops.metabase_settings (company_id, language,"
            " daily_recipients, weekly_recipients) values"
            " ('acme', 'en', '{team@example.com}', '{board@example.com}')"
        )

    timonel()
    timonel("--template", "operational")

    assert office.counts == {"board@example.com": 1, "team@example.com": 1}
    (board,), (team,) = (
        office.mails["board@example.com"],
        office.mails["team@example.com"],
    )
    assert board["Subject"].startswith("Executive summary · Acme")
    assert team["Subject"].startswith("Operational report · Acme")


def test_a_schedule_mails_what_the_command_did_not(
    timonel: Timonel, office: Office, database_url: str
) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into ops.metabase_settings (company_id, weekly_recipients,"
            " monthly_recipients) values"
            " ('acme', '{board@example.com}', '{board@example.com}')"
        )
    timonel()
    settings = Settings.from_environment()

    kept, sent, again = (
        deliver(database_url, settings, "acme", template)
        for template in ("executive_summary", "monthly_review", "monthly_review")
    )

    assert [one.state for one in (*kept, *sent, *again)] == ["kept", "sent", "kept"]
    first, second = office.mails["board@example.com"]
    assert first["Subject"].startswith("Resumen ejecutivo")
    assert second["Subject"].startswith("Revisión mensual")


def test_a_claim_of_a_killed_process_is_not_sent_again(
    timonel: Timonel, office: Office, database_url: str
) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into ops.report_deliveries values ('acme', 'executive_summary',"
            " 'es', %s, 'ana@example.com', 'sending', 1, now())",
            (date(1997, 9, 30),),
        )

    said = timonel("--to", "ana@example.com")

    assert "not sent again" in said
    assert office.mails == {}


def test_what_cannot_be_sent_is_told_before_anything_is_drawn(
    timonel: Timonel, office: Office
) -> None:
    channel = timonel("--to", "a@b.cl", company="bolt", code=1)
    assert "timonel alerts channel add mail --company bolt" in channel
    assert "'ana' is no mail address" in timonel("--to", "ana", code=1)
    assert "there is: mail" in timonel("--to", "a@b.cl", "--channel", "x", code=1)
    assert office.mails == {}


def test_a_server_that_is_away_is_told_without_its_password(
    timonel: Timonel, database_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    add_channel(
        database_url,
        Settings.from_environment(),
        "acme",
        Channel("mail", ["critical"], "es"),
        f"mailto://user:{_PASSWORD}@127.0.0.1:{port}?from=t@example.com&mode=insecure",
    )

    said = timonel("--to", "ana@example.com", code=1)

    assert "mails were refused" in said
    assert _PASSWORD not in said
    with psycopg.connect(database_url) as admin:
        rows = admin.execute(
            "select state, last_error from ops.report_deliveries"
        ).fetchall()
    assert [state for state, _ in rows] == ["failed"]
    assert _PASSWORD not in str(rows)


@pytest.mark.parametrize(
    "address",
    [
        "mailtos://u:p%40ss@smtp.example.com:465?from=t@example.com&to=a@example.com",
        "mailtos://u:p%40ss@smtp.example.com:465/a@example.com"
        "?from=t@example.com&cc=b@example.com&bcc=c@example.com",
    ],
)
def test_a_report_goes_to_its_recipient_and_to_nobody_of_the_channel(
    address: str,
) -> None:
    assert addressed_to(address, "ana@example.com") == (
        "mailtos://u:p%40ss@smtp.example.com:465"
        "?from=t%40example.com&to=ana%40example.com"
    )
