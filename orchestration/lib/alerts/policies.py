"""When people are told: delays by severity, quiet hours, and the daily digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import class_row

from orchestration.lib.alerts.lifecycle import POLICIES, Policy, QuietHours
from orchestration.lib.warehouse.database import connect

__all__ = ["Hours", "load_hours", "load_policies", "save_hours", "save_policy"]

_DIGEST_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Hours:
    """Quiet hours and time of the digest, in the company's time zone; None: none."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None

    def quiet(self, time_zone: str) -> QuietHours | None:
        """The quiet hours, if there are any."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return QuietHours(self.quiet_from, self.quiet_until, time_zone)

    def is_digest_time(self, now: datetime, time_zone: str) -> bool:
        """Whether it is the time of the digest there, or up to an hour later."""
        if self.digest_at is None:
            return False
        local = now.astimezone(ZoneInfo(time_zone))
        start = datetime.combine(local.date(), self.digest_at, local.tzinfo)
        return start <= local < start + _DIGEST_WINDOW


def load_policies(database: Connection, company_id: str) -> dict[str, Policy]:
    """Delays by severity: the company's own, else the defaults."""
    rows = database.execute(
        """select severity, delay, escalate_after from ops.escalation_policy
        where company_id = %s""",
        (company_id,),
    ).fetchall()
    own = {severity: Policy(delay, after) for severity, delay, after in rows}
    return {**POLICIES, **own}


def load_hours(database: Connection, company_id: str) -> Hours:
    """Quiet hours and digest of a company."""
    cursor = database.cursor(row_factory=class_row(Hours))
    found = cursor.execute(
        """select quiet_from, quiet_until, digest_at from ops.alert_settings
        where company_id = %s""",
        (company_id,),
    ).fetchone()
    return found or Hours()


def save_hours(url: str, company_id: str, hours: Hours) -> None:
    """Replace quiet hours and digest of a company."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.alert_settings
                (company_id, quiet_from, quiet_until, digest_at)
            values (%(company_id)s, %(quiet_from)s, %(quiet_until)s, %(digest_at)s)
            on conflict (company_id) do update set
                quiet_from = excluded.quiet_from,
                quiet_until = excluded.quiet_until,
                digest_at = excluded.digest_at""",
            vars(hours) | {"company_id": company_id},
        )


def save_policy(url: str, company_id: str, severity: str, policy: Policy) -> None:
    """Set the delays of a severity for a company."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.escalation_policy values (%s, %s, %s, %s)
            on conflict (company_id, severity) do update set
                delay = excluded.delay, escalate_after = excluded.escalate_after""",
            (company_id, severity, policy.delay, policy.escalate_after),
        )
