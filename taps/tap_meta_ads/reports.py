"""A question to insights, and how to ask for less at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from taps.tap_meta_ads.statuses import any_status

__all__ = ["Report", "merged"]

_NAMES = {
    "account": (),
    "campaign": ("campaign_id", "campaign_name"),
    "ad": (
        "campaign_id",
        "campaign_name",
        "adset_id",
        "adset_name",
        "ad_id",
        "ad_name",
    ),
}
_KEY = ("date_start", "campaign_id", "adset_id", "ad_id", "publisher_platform")


@dataclass(frozen=True)
class Report:
    """Figures of one account, a row per thing and day.

    Parameters
    ----------
    level
        account, campaign or ad.
    metrics
        Fields with figures.
    first, last
        Both included: ``time_range`` is.
    campaign_ids
        Only these campaigns; None for all.
    """

    account_id: str
    level: str
    metrics: tuple[str, ...]
    first: date
    last: date
    windows: tuple[str, ...] = ()
    action_report_time: str = "impression"
    breakdowns: tuple[str, ...] = ()
    campaign_ids: tuple[str, ...] | None = None

    @property
    def call(self) -> str:
        """The question in words."""
        days = str(self.first)
        if self.last != self.first:
            days += f" to {self.last}"
        by = f" by {', '.join(self.breakdowns)}" if self.breakdowns else ""
        return f"{self.level} insights of {self.account_id}{by}, {days}"

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the call."""
        fields = ("account_currency", *_NAMES[self.level], *self.metrics)
        found: dict[str, Any] = {
            "level": self.level,
            "time_increment": "1",
            "time_range": json.dumps(
                {"since": self.first.isoformat(), "until": self.last.isoformat()}
            ),
            "fields": ",".join(("date_start", "date_stop", *fields)),
        }
        if self.windows:
            found["action_attribution_windows"] = json.dumps(self.windows)
            found["action_report_time"] = self.action_report_time
        if self.breakdowns:
            found["breakdowns"] = ",".join(self.breakdowns)
        if filters := self._filters():
            found["filtering"] = json.dumps(filters)
        return found

    def _filters(self) -> list[dict[str, object]]:
        filters = [any_status(self.level)] if self.level != "account" else []
        if self.campaign_ids is not None:
            only = {"field": "campaign.id", "operator": "IN"}
            filters.append(only | {"value": self.campaign_ids})
        return filters

    def by_days(self) -> list[Report]:
        """The first and the second half of the days; nothing if there is one."""
        count = (self.last - self.first).days
        if not count:
            return []
        middle = self.first + timedelta(days=count // 2)
        after = middle + timedelta(days=1)
        return [replace(self, last=middle), replace(self, first=after)]

    def by_campaigns(self, campaign_ids: Sequence[str]) -> list[Report]:
        """The halves of the campaigns; nothing if there is one."""
        ids = tuple(campaign_ids)
        if len(ids) < 2:
            return []
        middle = len(ids) // 2
        return [
            replace(self, campaign_ids=half) for half in (ids[:middle], ids[middle:])
        ]

    def by_metrics(self) -> list[Report]:
        """The halves of the metrics; nothing if there is one."""
        if len(self.metrics) < 2:
            return []
        middle = len(self.metrics) // 2
        halves = (self.metrics[:middle], self.metrics[middle:])
        return [replace(self, metrics=half) for half in halves]


def merged(parts: Iterable[Iterable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of reports that differ in their metrics only, put together."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rows in parts:
        for row in rows:
            key = tuple(row.get(name) for name in _KEY)
            found.setdefault(key, {}).update(row)
    return list(found.values())
