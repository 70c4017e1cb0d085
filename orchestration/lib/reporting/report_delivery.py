"""Reports by mail: to each recipient once, through a mail channel of the company.

Who was sent what is claimed in a transaction of its own before anything leaves, as with
alerts. A process that is killed in between leaves the claim: nobody knows whether the
mail went out, so it is not sent again unless somebody asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestration.lib.alerts.channels import list_channels, read_address
from orchestration.lib.alerts.errors import NotDelivered
from orchestration.lib.alerts.messages import Message
from orchestration.lib.alerts.services import addressed_to, send
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.reports import (
    ReportBroken,
    ReportRequest,
    write_report,
)
from orchestration.lib.warehouse.database import connect

__all__ = ["Outcome", "ReportMail", "Sender", "deliver", "read_recipients"]

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


@dataclass(frozen=True)
class ReportMail:
    """A report that is ready to leave, and the day its numbers are of."""

    template: str
    language: str
    as_of_date: date
    message: Message
    recipients: tuple[str, ...]

    @classmethod
    def read(cls, written: Path, paper: Path, company_id: str) -> ReportMail:
        """What the program that draws reports wrote, and the report to attach.

        Raises
        ------
        ReportBroken
            There is nothing to send yet.
        """
        told: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
        if told["as_of_date"] is None:
            raise ReportBroken(
                f"Nothing was computed for {company_id} yet, so nothing was sent: "
                f"timonel run --company {company_id}"
            )
        message = Message(told["subject"], told["html"], True, (paper,))
        return cls(
            told["template"],
            told["language"],
            date.fromisoformat(told["as_of_date"]),
            message,
            tuple(told["recipients"]),
        )


@dataclass(frozen=True)
class Outcome:
    """What became of one recipient: ``sent``, ``failed``, or not sent again."""

    recipient: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Sender:
    """Sends what a company is to be mailed."""

    url: str
    settings: Settings
    company_id: str

    def address(self, channel_id: str | None = None) -> str:
        """Address of the company's mail channel; the first by name if none is named.

        Raises
        ------
        ReportBroken
            It has no such channel.
        SecretsUnreadable
            Its key is gone.
        """
        mail = [
            channel.channel_id
            for channel in list_channels(self.url, self.company_id)
            if channel.service.startswith("mailto")
        ]
        if channel_id is None and not mail:
            raise ReportBroken(
                f"{self.company_id} has no mail channel to send from. Add one: timonel "
                f"alerts channel add mail --company {self.company_id}"
            )
        if channel_id is not None and channel_id not in mail:
            known = ", ".join(mail) or "none"
            raise ReportBroken(
                f"{self.company_id} has no mail channel '{channel_id}'; there is: "
                f"{known}."
            )
        return read_address(
            self.url, self.settings, self.company_id, channel_id or mail[0]
        )

    def send(
        self,
        mail: ReportMail,
        recipients: Sequence[str],
        address: str,
        again: bool = False,
    ) -> list[Outcome]:
        """Send to each recipient who does not have it yet, or to all of them again."""
        return [
            self._send_one(mail, recipient, address, again) for recipient in recipients
        ]

    def _send_one(
        self, mail: ReportMail, recipient: str, address: str, again: bool
    ) -> Outcome:
        key = {
            "company_id": self.company_id,
            "template": mail.template,
            "language": mail.language,
            "as_of_date": mail.as_of_date,
            "recipient": recipient,
        }
        if not self._execute(_CLAIM, key | {"again": again, "now": _now()}):
            return Outcome(recipient, "kept")
        try:
            send(addressed_to(address, recipient), mail.message)
        except NotDelivered as failure:
            told = {"state": "failed", "sent_at": None, "last_error": str(failure)}
            self._execute(_MARK, key | told)
            return Outcome(recipient, "failed", str(failure))
        self._execute(
            _MARK, key | {"state": "sent", "sent_at": _now(), "last_error": None}
        )
        return Outcome(recipient, "sent")

    def _execute(self, statement: str, values: dict[str, Any]) -> bool:
        """In a transaction of its own; whether a row was written."""
        with connect(self.url, "orchestrator") as database:
            return bool(database.execute(statement.encode(), values).rowcount)


def deliver(
    url: str, settings: Settings, company_id: str, template: str
) -> list[Outcome]:
    """Draw a report and send it to whom the company named, who do not have it yet.

    Raises
    ------
    ReportBroken
        There is no mail channel, or nothing was computed yet.
    """
    sender = Sender(url, settings, company_id)
    address = sender.address()
    with TemporaryDirectory() as written:
        folder = Path(written)
        draft = folder / "mail.json"
        request = ReportRequest(company_id, template)
        (paper,) = write_report(url, request, ["pdf"], folder, draft)
        mail = ReportMail.read(draft, paper, company_id)
        return sender.send(mail, mail.recipients, address)


def read_recipients(text: str) -> tuple[str, ...]:
    """Addresses separated by commas, each once.

    Raises
    ------
    ReportBroken
        One of them is no mail address.
    """
    told = [part.strip() for part in text.split(",") if part.strip()]
    for address in told:
        if not _ADDRESS.fullmatch(address):
            raise ReportBroken(f"'{address}' is no mail address: write name@host.tld.")
    return tuple(dict.fromkeys(told))


def _now() -> datetime:
    return datetime.now(UTC)


# A claim that is not marked may be a process at work, or one that was killed.
_CLAIM = """
insert into ops.report_deliveries as known (company_id, template, language, as_of_date,
    recipient, state, claimed_at)
values (%(company_id)s, %(template)s, %(language)s, %(as_of_date)s, %(recipient)s,
    'sending', %(now)s)
on conflict (company_id, template, language, as_of_date, recipient) do update set
    state = 'sending',
    attempts = known.attempts + 1,
    claimed_at = excluded.claimed_at
where known.state = 'failed' or %(again)s
"""

_MARK = """
update ops.report_deliveries
set state = %(state)s, sent_at = %(sent_at)s, last_error = %(last_error)s
where company_id = %(company_id)s and template = %(template)s
    and language = %(language)s and as_of_date = %(as_of_date)s
    and recipient = %(recipient)s
"""
