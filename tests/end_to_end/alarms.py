"""People of a company who are told by mail and webhook, at moments a test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.metrics import read_metrics
from orchestration.lib.tenancy.companies import load_company
from tests.end_to_end.conftest import Timonel
from tests.orchestration.lib.alerts.conftest import (
    ALL,
    Hook,
    Mailbox,
    receiving,
    serving,
)

__all__ = ["People", "told_people"]


@dataclass
class People:
    """A company's mailbox (in Spanish) and webhook (in English).

    Hours count from the first look, however long the run before it took.
    """

    timonel: Timonel
    company_id: str
    mailbox: Mailbox
    hook: Hook
    start: datetime | None = None

    def at(self, hours: float) -> None:
        """Look at the rules, and tell, so many hours after the first look."""
        self.start = self.start or datetime.now(UTC)
        settings = Settings(self.timonel.home, self.timonel.url)
        dispatcher = Dispatcher(self.timonel.url, settings, read_metrics())
        company = load_company(self.timonel.url, self.company_id)
        dispatcher.dispatch(company, self.start + timedelta(hours=hours))

    def told(self, words: str) -> list[str]:
        """Subjects with these words, of the mails and of what the webhook was sent."""
        subjects = [*self.mailbox.subjects, *self.hook.subjects]
        return [subject for subject in subjects if words in subject]

    def shown(self) -> list[tuple[object, ...]]:
        """What the company's own reader sees of its alerts on the dashboards."""
        with psycopg.connect(self.timonel.url) as database:
            database.execute(f"set role bi_{self.company_id}".encode())
            return database.execute(
                """select title_es, state, acknowledged_by from reporting.alerts
                order by alert_id"""
            ).fetchall()


@contextmanager
def told_people(timonel: Timonel, company_id: str) -> Iterator[People]:
    """Give a company a mail server and a webhook, both real."""
    settings = Settings(timonel.home, timonel.url)
    with receiving() as mailbox, serving() as hook:
        for name, address, language in (
            ("mail", mailbox.address, "es"),
            ("hook", hook.address, "en"),
        ):
            channel = Channel(name, ALL, language, has_digest=False)
            add_channel(timonel.url, settings, company_id, channel, address)
        yield People(timonel, company_id, mailbox, hook)
