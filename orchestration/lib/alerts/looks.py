"""A rule looked at for a company: what the platform wrote, and what it then finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.rules import Rule

__all__ = ["Look", "hours_of"]

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Look:
    """A rule on an event, looked at for a company at ``now``."""

    database: Connection
    company_id: str
    rule: Rule
    now: datetime

    def rows(self, query: str, values: Mapping[str, Any] | None = None) -> Rows:
        """What the platform wrote of the company."""
        cursor = self.database.cursor(row_factory=dict_row)
        given = {**(values or {}), "company": self.company_id}
        return cursor.execute(query.encode(), given).fetchall()

    def allowing(self, slack: timedelta) -> Look:
        """The same look, with hours added to the threshold, which is of a daily one."""
        threshold = self.rule.threshold
        if threshold is None or not slack:
            return self
        later = replace(self.rule, threshold=threshold + hours_of(slack))
        return replace(self, rule=later)

    def condition(
        self,
        subject: str,
        since: datetime,
        facts: Mapping[str, Any],
        observed: float | None = None,
    ) -> Condition:
        """That it holds for a subject."""
        numbers = {"observed": observed, "threshold": self.rule.threshold}
        return Condition(
            topic=f"{self.rule.metric}:{subject}",
            rule_id=self.rule.rule_id,
            severity=self.rule.severity,
            since=since,
            facts={"event": self.rule.metric, **facts, **(numbers if observed else {})},
        )


def hours_of(length: timedelta) -> float:
    """Hours, to a tenth."""
    return round(length.total_seconds() / 3600, 1)
