"""Which reports are due: at the company's own hour, and only where they can go.

Hours and reports are those of metabase/delivery.yml, so that a report and the page that
Metabase mails leave at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.lib.alerts.channels import list_channels
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.warehouse.database import connect

__all__ = ["DueReport", "ReportRhythm", "list_due", "read_rhythms"]

DELIVERY = PROJECT_ROOT / "metabase" / "delivery.yml"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
# A quarter and a day: the last first of one is never longer ago.
_DAYS_LOOKED_AT = 93
_QUARTERS = (1, 4, 7, 10)


@dataclass(frozen=True)
class ReportRhythm:
    """When one rhythm leaves, and its reports by the name of their file.

    ``hour`` of the company's day; ``day`` of the week, such as ``mon``, for weekly,
    ``first`` for monthly and quarterly, None for daily. ``of_plans`` are the reports
    that companies of a plan get instead.
    """

    rhythm: str
    hour: int
    day: str | None
    templates: tuple[str, ...]
    of_plans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def last_due(self, time_zone: str, now: datetime) -> datetime:
        """The last moment, up to ``now`` (aware), that it was due there; in UTC.

        On the night clocks go forward an hour may not exist: the moment meant is then
        as long after the hour before, so that no report is skipped.
        """
        zone = ZoneInfo(time_zone)
        today = now.astimezone(zone).date()
        days = (today - timedelta(days=back) for back in range(_DAYS_LOOKED_AT))
        return next(
            moment
            for day in days
            if self._is_of(day)
            for moment in [_at(day, self.hour, zone)]
            if moment <= now
        )

    def _is_of(self, day: date) -> bool:
        if self.rhythm == "weekly":
            return _WEEKDAYS[day.weekday()] == self.day
        if self.rhythm == "quarterly":
            return day.day == 1 and day.month in _QUARTERS
        return self.rhythm == "daily" or day.day == 1


@dataclass(frozen=True)
class DueReport:
    """One report of one company, and the company's day on which it was due."""

    company_id: str
    template: str
    day: date


def read_rhythms(path: Path = DELIVERY) -> tuple[ReportRhythm, ...]:
    """Those of delivery.yml that mail a report."""
    told: dict[str, Any] = parsed(path)
    pages = told["subscriptions"]
    rhythms = (
        ReportRhythm(
            rhythm,
            int(when["hour"]),
            when.get("day"),
            _of(told["reports"], rhythm),
            {plan: _of(own, rhythm) for plan, own in told["plan_reports"].items()},
        )
        for rhythm, when in (pages | {"quarterly": pages["monthly"]}).items()
    )
    return tuple(one for one in rhythms if one.templates or any(one.of_plans.values()))


def list_due(
    url: str, now: datetime, rhythms: tuple[ReportRhythm, ...]
) -> list[DueReport]:
    """Reports that fell due within the last day, of companies that can be mailed.

    A machine that slept at the hour catches up; one that slept for longer waits for the
    next time. Companies without recipients or without a mail channel are left out.
    """
    with connect(url, "orchestrator") as database:
        rows = database.execute(_COMPANIES).fetchall()
    due = []
    for company_id, time_zone, plan, *named in rows:
        recipients = dict(zip(_RHYTHMS, named, strict=True))
        recipients["quarterly"] = recipients["monthly"]
        wanted = [one for one in rhythms if recipients[one.rhythm]]
        if not wanted or not _has_mail(url, company_id):
            continue
        for one in wanted:
            moment = one.last_due(time_zone, now)
            day = moment.astimezone(ZoneInfo(time_zone)).date()
            if now - moment < _DAY:
                names = one.of_plans.get(plan, one.templates)
                due += [DueReport(company_id, name, day) for name in names]
    return due


def _of(reports: Mapping[str, str], rhythm: str) -> tuple[str, ...]:
    return tuple(name for name, of in reports.items() if of == rhythm)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def _has_mail(url: str, company_id: str) -> bool:
    channels = list_channels(url, company_id)
    return any(one.service.startswith("mailto") for one in channels)


_RHYTHMS = ("daily", "weekly", "monthly")
_COMPANIES = """
select
    companies.company_id, companies.time_zone, companies.plan,
    settings.daily_recipients, settings.weekly_recipients, settings.monthly_recipients
from ops.companies
inner join ops.metabase_settings as settings
    on companies.company_id = settings.company_id
order by companies.company_id
"""
