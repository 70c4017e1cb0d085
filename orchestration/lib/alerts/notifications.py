"""Messages as rows: one per alert, step and channel, whoever asks how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import dict_row

from orchestration.lib.alerts.channels import Channel
from orchestration.lib.alerts.lifecycle import Step, takers
from orchestration.lib.alerts.links import Links
from orchestration.lib.alerts.messages import Telling, digest_message, message
from orchestration.lib.tenancy.companies import Company

__all__ = ["Notifications"]


@dataclass(frozen=True)
class Notifications:
    """Plans what the channels of a company are told, within one transaction."""

    database: Connection
    company: Company
    channels: Sequence[Channel]
    links: Links
    now: datetime

    def plan(self, step: Step, alert_id: int) -> None:
        """A row for each channel that a step is told to.

        What has ended before a channel was told needs no message there any more.
        """
        if step.alert.resolved_at is not None:
            self._cancel(alert_id)
        if step.purpose is None:
            return
        (telling,) = self._tellings(alert_id)
        notice = _name(step, alert_id)
        until = step.alert.resolved_at or self.now
        for channel in self._recipients(step, alert_id):
            text = message(step.purpose, telling, self.company, channel.language, until)
            self._add(
                channel,
                notice=notice,
                alert_id=alert_id,
                purpose=step.purpose,
                due_at=step.tell_at or self.now,
                **vars(text),
            )

    def plan_digest(self) -> None:
        """All that is open, once a day, to the channels that want it."""
        tellings = self._tellings()
        day = self.now.astimezone(ZoneInfo(self.company.time_zone)).date()
        for channel in self.channels:
            if tellings and channel.has_digest:
                text = digest_message(
                    tellings, self.company, self.links, channel.language
                )
                self._add(
                    channel,
                    notice=f"digest:{day}",
                    alert_id=None,
                    purpose="digest",
                    due_at=self.now,
                    **vars(text),
                )

    def _recipients(self, step: Step, alert_id: int) -> list[Channel]:
        """Who takes the level; of a recovery, who knows that there was something."""
        if step.purpose == "recovery":
            rows = self.database.execute(
                """select distinct channel_id from ops.alert_deliveries
                where company_id = %s and alert_id = %s
                    and state in ('sent', 'sending', 'unknown')""",
                (self.company.company_id, alert_id),
            ).fetchall()
            names = {name for (name,) in rows}
        else:
            severities = {each.channel_id: each.severities for each in self.channels}
            names = set(takers(severities, step.alert.level))
        return [channel for channel in self.channels if channel.channel_id in names]

    def _add(self, channel: Channel, **values: Any) -> None:
        self.database.execute(
            """insert into ops.alert_deliveries (company_id, channel_id, notice,
                alert_id, purpose, title, body, due_at)
            values (%(company_id)s, %(channel_id)s, %(notice)s, %(alert_id)s,
                %(purpose)s, %(title)s, %(body)s, %(due_at)s)
            on conflict (company_id, notice, channel_id) do nothing""",
            {
                **values,
                "company_id": self.company.company_id,
                "channel_id": channel.channel_id,
            },
        )

    def _cancel(self, alert_id: int) -> None:
        self.database.execute(
            """update ops.alert_deliveries set state = 'cancelled'
            where company_id = %s and alert_id = %s and state = 'pending'""",
            (self.company.company_id, alert_id),
        )

    def _tellings(self, alert_id: int | None = None) -> list[Telling]:
        """One alert, or all that are open."""
        cursor = self.database.cursor(row_factory=dict_row)
        rows = cursor.execute(
            """select alert_id, severity, facts, since, link, asset_link,
                acknowledged_by
            from ops.alerts
            where company_id = %(company)s and case
                when %(alert)s::bigint is null then resolved_at is null
                else alert_id = %(alert)s
            end
            order by alert_id""",
            {"company": self.company.company_id, "alert": alert_id},
        ).fetchall()
        return [Telling(**row) for row in rows]


def _name(step: Step, alert_id: int) -> str:
    """What makes two messages the same one.

    An alert that became more severe is told anew, also at a level it had reached.
    """
    if step.purpose == "recovery":
        return f"{alert_id}:recovery"
    return f"{alert_id}:{step.purpose}:{step.alert.severity}:{step.alert.level}"
