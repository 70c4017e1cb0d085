"""The series of e-mails that Cuaderno welcomes accounts with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import Account
from sandbox.saas.subscriptions import Row

__all__ = ["Welcome", "welcome"]

#: Days after the first subscription, and how many open each of them.
WELCOME: Final = {0: 0.6, 2: 0.5, 5: 0.45, 9: 0.4, 14: 0.38}
_DAYS: Final = 125
"""How long ago the first of those welcomed began."""


@dataclass(frozen=True)
class Welcome:
    """Rows of files: whom it is written to, its e-mails, and what became of them."""

    contacts: list[Row]
    campaigns: list[Row]
    events: list[Row]

    def files(self, others: Sequence[Row]) -> dict[str, Sequence[Row]]:
        """By kind, with ``others`` that were sent."""
        return {
            "contacts": self.contacts,
            "message_campaigns": self.campaigns,
            "message_events": [*others, *self.events],
        }

    @property
    def opener_count(self) -> int:
        """Of each e-mail who opened it, together."""
        return sum(row["message_event"] == "opened" for row in self.events)


def welcome(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> Welcome:
    """The series, to the accounts that began in the last months, while they are there.

    It changes nothing of who leaves.
    """
    first = last_day - timedelta(days=_DAYS)
    new = [one for one in accounts if first <= one.joined_on <= last_day]
    campaigns: list[Row] = [
        {
            "campaign_id": f"bienvenida-{after}",
            "campaign_name": f"Bienvenida, correo {number}",
            "channel": "email",
            "started_at": first,
            "sequence_name": "Bienvenida",
        }
        for number, after in enumerate(WELCOME, 1)
    ]
    contacts: list[Row] = [
        {
            "contact_id": one.account_id,
            "email": f"hola@{one.account_id}.example",
            "registered_at": one.joined_on,
        }
        for one in new
    ]
    events = [row for one in new for row in _events(one, last_day, rng)]
    return Welcome(contacts, campaigns, events)


def _events(one: Account, last_day: date, rng: np.random.Generator) -> Iterator[Row]:
    for after, chance in WELCOME.items():
        day = one.joined_on + timedelta(days=after)
        has_opened = rng.random() < chance
        if day >= last_day or not one.is_here(day):
            continue
        told = {
            "message_id": f"bienvenida-{one.account_id}-{after}",
            "channel": "email",
            "campaign_id": f"bienvenida-{after}",
            "contact_id": one.account_id,
            "is_machine": "no",
        }
        yield {**told, "message_event": "sent", "occurred_at": day}
        if has_opened:
            later = day + timedelta(days=1)
            yield {**told, "message_event": "opened", "occurred_at": later}
