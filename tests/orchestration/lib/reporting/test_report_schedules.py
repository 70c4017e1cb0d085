"""Reports fall due at the company's hour, and only where somebody can be mailed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.report_schedules import (
    DueReport,
    ReportRhythm,
    list_due,
    read_rhythms,
)
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_settings import change_settings


def _of_plans(rhythm: str) -> dict[str, tuple[str, ...]]:
    return {
        "community": () if rhythm == "daily" else (f"community_{rhythm}",),
        "webinars": () if rhythm == "quarterly" else (f"webinar_{rhythm}",),
    }


DAILY = ReportRhythm("daily", 8, None, ("operational_report",), _of_plans("daily"))
WEEKLY = ReportRhythm("weekly", 9, "mon", ("executive_summary",), _of_plans("weekly"))
MONTHLY = ReportRhythm(
    "monthly", 10, "first", ("monthly_review",), _of_plans("monthly")
)
QUARTERLY = ReportRhythm("quarterly", 10, "first", (), _of_plans("quarterly"))
MAIL = "mailto://127.0.0.1:2525?from=timonel@example.com&to=a@example.com&mode=insecure"


def test_the_files_say_the_hours_that_were_promised() -> None:
    assert read_rhythms() == (DAILY, WEEKLY, MONTHLY, QUARTERLY)


@pytest.mark.parametrize(
    ("rhythm", "zone", "now", "due"),
    [
        (DAILY, "Europe/Madrid", "2026-11-24 07:00", "2026-11-24 07:00"),
        (DAILY, "Europe/Madrid", "2026-11-24 06:59", "2026-11-23 07:00"),
        (DAILY, "America/Santiago", "2026-11-24 12:00", "2026-11-24 11:00"),
        (DAILY, "Pacific/Auckland", "2026-11-24 00:00", "2026-11-23 19:00"),
        (WEEKLY, "Europe/Madrid", "2026-11-24 12:00", "2026-11-23 08:00"),
        (WEEKLY, "Asia/Kolkata", "2026-11-29 23:00", "2026-11-23 03:30"),
        (MONTHLY, "America/Santiago", "2026-11-24 12:00", "2026-11-01 13:00"),
        (MONTHLY, "America/Santiago", "2026-10-31 23:59", "2026-10-01 13:00"),
        # Before and after Madrid's clocks go back.
        (DAILY, "Europe/Madrid", "2026-10-24 12:00", "2026-10-24 06:00"),
        (DAILY, "Europe/Madrid", "2026-10-25 12:00", "2026-10-25 07:00"),
    ],
)
def test_a_rhythm_is_due_by_the_clock_of_the_company(
    rhythm: ReportRhythm, zone: str, now: str, due: str
) -> None:
    moment = rhythm.last_due(zone, _utc(now))

    assert moment == _utc(due)
    assert moment.astimezone(ZoneInfo(zone)).hour == rhythm.hour


@pytest.mark.parametrize(
    "zone", ["Europe/Madrid", "America/Santiago", "Asia/Kathmandu"]
)
def test_each_day_of_a_year_is_due_once(zone: str) -> None:
    first = _utc("2026-01-01 00:00")
    ticks = (first + timedelta(minutes=15 * n) for n in range(365 * 96))

    moments = {DAILY.last_due(zone, tick) for tick in ticks}

    days = [one.astimezone(ZoneInfo(zone)).date() for one in sorted(moments)]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) in (365, 366)


@pytest.fixture
def companies(database_url: str, tmp_path: Path) -> str:
    """Madrid is named and has mail; Santiago has no channel; Quito names nobody."""
    zones = {"madrid": "Europe/Madrid", "santiago": "America/Santiago"}
    for name, zone in (zones | {"quito": "America/Guayaquil"}).items():
        add_company(database_url, Company(name, name, "EUR", zone))
    settings = Settings(tmp_path, database_url)
    for name in ("madrid", "quito"):
        channel = Channel("mail", ["critical"], "es")
        add_channel(database_url, settings, name, channel, MAIL)
    with psycopg.connect(database_url) as admin:
        for name in zones:
            admin.execute(
                "insert into ops.metabase_settings (company_id, daily_recipients,"
                " monthly_recipients) values (%s, %s, %s)",
                [name, ["ana@example.com"], ["ana@example.com"]],
            )
    return database_url


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23 07:15", [("operational_report", date(2026, 11, 23))]),
        # It slept through the hour, and not through the day.
        ("2026-11-23 21:00", [("operational_report", date(2026, 11, 23))]),
        (
            "2026-11-01 09:00",
            [
                ("operational_report", date(2026, 11, 1)),
                ("monthly_review", date(2026, 11, 1)),
            ],
        ),
    ],
)
def test_only_who_is_named_and_can_be_mailed_is_due(
    companies: str, now: str, due: list[tuple[str, date]]
) -> None:
    found = list_due(companies, _utc(now), (DAILY, WEEKLY, MONTHLY))

    assert found == [DueReport("madrid", *one) for one in due]


def test_a_team_of_webinars_gets_its_own_reports(companies: str) -> None:
    change_settings(companies, "madrid", plan="webinars")

    found = list_due(companies, _utc("2026-11-01 09:00"), (DAILY, WEEKLY, MONTHLY))

    assert [one.template for one in found] == ["webinar_daily", "webinar_monthly"]


def test_a_quarter_is_due_after_it_to_who_is_named_for_the_month(
    companies: str,
) -> None:
    change_settings(companies, "madrid", plan="community")

    october, november = (
        list_due(companies, _utc(f"2026-{month}-01 09:00"), read_rhythms())
        for month in (10, 11)
    )

    assert [one.template for one in october] == [
        "community_monthly",
        "community_quarterly",
    ]
    assert [one.template for one in november] == ["community_monthly"]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
