"""Sending: at most once each.

A message is claimed in a transaction of its own, sent, and marked. A process that is
killed in between leaves it claimed: nobody knows whether it went out, so it is not sent
again, and the alert climbs to the next level if nobody answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from orchestration.lib.alerts.channels import read_address
from orchestration.lib.alerts.errors import NotDelivered
from orchestration.lib.alerts.messages import Message
from orchestration.lib.core.secrets import SecretsUnreadable
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import connect

__all__ = ["UNDELIVERED", "Failures", "Postman", "Send", "companies_waiting"]

Send = Callable[[str, Message], None]
Failures = dict[str, str]  # why, by channel
Row = dict[str, Any]

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_ATTEMPTS = 30  # about a day of them


@dataclass(frozen=True)
class Postman:
    """Sends what a company's channels are due. One at a time: the caller locks."""

    url: str
    settings: Settings
    company_id: str
    send: Send

    def deliver(self, now: datetime, is_time_up: Callable[[], bool]) -> Failures:
        """Send what is due. After a failure a channel waits, with all its messages.

        Parameters
        ----------
        is_time_up
            Asked before each message; what is left then is due next time.
        """
        failing: Failures = {}
        for row in self._due(now):
            if is_time_up():
                break
            channel_id = row["channel_id"]
            if channel_id in failing or not self._claim(row, now):
                continue
            if reason := self._sent(row):
                failing[channel_id] = reason
                self._postpone(row, reason, now)
            else:
                self._mark(row, state="sent", sent_at=now)
        return failing

    def _sent(self, row: Row) -> str | None:
        """Why it was not sent; None if it was."""
        channel_id = row["channel_id"]
        try:
            address = read_address(self.url, self.settings, self.company_id, channel_id)
            self.send(address, Message(row["title"], row["body"]))
        except (NotDelivered, SecretsUnreadable) as failure:
            return str(failure)
        # A library's own failure. Its words may hold the address: they are not kept.
        except Exception as failure:
            return (
                f"{type(failure).__name__} while it was sent: not an answer of the "
                f"service. Look at the address of channel '{channel_id}', and add it "
                "again."
            )
        return None

    def _due(self, now: datetime) -> list[Row]:
        with connect(self.url, "orchestrator") as database:
            # Nobody else sends: whoever claimed these was killed.
            database.execute(
                """update ops.alert_deliveries set state = 'unknown', last_error =
                    'The process was killed while it sent this. It may have arrived.'
                where company_id = %s and state = 'sending'""",
                (self.company_id,),
            )
            # Somebody answered, or it was over, while a first try was under way.
            database.execute(_CANCEL_ANSWERED, (self.company_id,))
            cursor = database.cursor(row_factory=dict_row)
            return cursor.execute(
                _DUE, {"company": self.company_id, "now": now}
            ).fetchall()

    def _claim(self, row: Row, now: datetime) -> bool:
        """Committed before anything is sent. False if it was cancelled meanwhile."""
        with connect(self.url, "orchestrator") as database:
            claimed = database.execute(
                """update ops.alert_deliveries
                set state = 'sending', attempts = attempts + 1, claimed_at = %s
                where company_id = %s and delivery_id = %s and state = 'pending'""",
                (now, self.company_id, row["delivery_id"]),
            )
            return bool(claimed.rowcount)

    def _postpone(self, row: Row, reason: str, now: datetime) -> None:
        """Try again after a wait that doubles, up to an hour; in the end give up."""
        wait = min(_FIRST_WAIT * 2 ** min(row["attempts"], 10), _LONGEST_WAIT)
        is_last = row["attempts"] + 1 >= _MOST_ATTEMPTS
        state = "failed" if is_last else "pending"
        self._mark(row, state=state, last_error=reason, due_at=now + wait)

    def _mark(self, row: Row, **values: object) -> None:
        given = {"sent_at": None, "last_error": None, "due_at": None} | values
        with connect(self.url, "orchestrator") as database:
            database.execute(
                """update ops.alert_deliveries set
                    state = %(state)s,
                    sent_at = %(sent_at)s,
                    last_error = %(last_error)s,
                    due_at = coalesce(%(due_at)s, due_at)
                where company_id = %(company)s and delivery_id = %(delivery)s
                    and state = 'sending'""",
                given | {"company": self.company_id, "delivery": row["delivery_id"]},
            )


def companies_waiting(url: str, now: datetime) -> list[str]:
    """Companies that are due a message, who waits longest first."""
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            """select company_id from ops.alert_deliveries
            where state = 'sending' or state = 'pending' and due_at <= %s
            group by company_id order by min(due_at), company_id""",
            (now,),
        ).fetchall()
    return [company_id for (company_id,) in rows]


# What is over for the moment is held back: it comes back, or it is cancelled.
_DUE = """
    select delivery_id, channel_id, title, body, attempts
    from ops.alert_deliveries as waiting
    where company_id = %(company)s and state = 'pending' and due_at <= %(now)s
        and (waiting.purpose in ('recovery', 'digest') or not exists (
            select from ops.alerts
            where alerts.company_id = waiting.company_id
                and alerts.alert_id = waiting.alert_id
                and alerts.over_since is not null
        ))
    order by delivery_id
"""
_CANCEL_ANSWERED = """
    update ops.alert_deliveries as waiting set state = 'cancelled'
    from ops.alerts
    where waiting.company_id = %s and waiting.state = 'pending'
        and waiting.purpose in ('first', 'escalation')
        and alerts.company_id = waiting.company_id
        and alerts.alert_id = waiting.alert_id
        and coalesce(alerts.acknowledged_at, alerts.resolved_at) is not null
"""

#: Channels of a company that fail since something last went out by them.
UNDELIVERED = """
    select failing.channel_id, max(failing.attempts) as attempts,
        min(failing.claimed_at) as claimed_at,
        (array_agg(failing.last_error order by failing.claimed_at desc))[1]
        as last_error
    from ops.alert_deliveries as failing
    inner join ops.alert_channels using (company_id, channel_id)
    where failing.company_id = %(company)s and failing.last_error is not null
        and failing.state <> 'sent' and failing.claimed_at > coalesce((
            select max(sent.sent_at) from ops.alert_deliveries as sent
            where sent.company_id = failing.company_id
                and sent.channel_id = failing.channel_id
        ), '-infinity')
    group by failing.channel_id
"""
