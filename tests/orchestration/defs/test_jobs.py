"""Every company is refreshed once a day at 02:00 of its own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from orchestration.defs import jobs
from orchestration.defs.jobs import is_due
from orchestration.lib.companies import Company


def _ticks_of(company: Company, first_day: datetime, days: int) -> list[datetime]:
    ticks = (first_day + timedelta(minutes=15 * n) for n in range(days * 96))
    return [tick for tick in ticks if is_due(company, tick)]


@pytest.mark.parametrize(
    ("time_zone", "utc_time"),
    [
        ("Europe/Madrid", "01:00"),
        ("America/Santiago", "05:00"),
        ("Asia/Kathmandu", "20:15"),
        ("Pacific/Auckland", "13:00"),
    ],
)
def test_a_company_is_due_when_it_is_two_in_the_morning_there(
    time_zone: str, utc_time: str
) -> None:
    company = Company("acme", "Acme", "EUR", time_zone)

    due = _ticks_of(company, datetime(2026, 1, 15, tzinfo=UTC), days=1)

    there = [tick.astimezone(ZoneInfo(time_zone)) for tick in due]
    assert utc_time in {tick.strftime("%H:%M") for tick in due}
    assert min(tick.time() for tick in there) == time(2, 0)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_no_day_is_skipped_or_doubled_when_the_clocks_change(day: str) -> None:
    madrid = Company("acme", "Acme", "EUR", "Europe/Madrid")

    due = _ticks_of(madrid, datetime.fromisoformat(f"{day}T12:00+00:00"), days=3)

    first_tick: dict[date, datetime] = {}
    for tick in due:
        first_tick.setdefault(madrid.last_complete_day(tick), tick)
    assert len(first_tick) == 4
    local = [t.astimezone(ZoneInfo("Europe/Madrid")) for t in first_tick.values()]
    assert {tick.strftime("%H:%M") for tick in local[1:]} <= {"02:00", "03:00"}


class _AnyWarehouse:
    def url(self) -> str:
        return "postgresql://nowhere"


def _requested(instance: dg.DagsterInstance, tick: str) -> list[str | None]:
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=datetime.fromisoformat(tick),
        resources={"warehouse": _AnyWarehouse()},
    )
    requests: Any = jobs.daily_refresh(context)
    return [request.partition_key for request in requests]


def test_a_machine_that_slept_at_two_catches_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    companies = [
        Company("madrid", "Madrid", "EUR", "Europe/Madrid"),
        Company("santiago", "Santiago", "CLP", "America/Santiago"),
        Company("unseen", "Not a partition yet", "EUR", "Europe/Madrid"),
    ]
    monkeypatch.setattr(jobs, "list_companies", lambda url: companies)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_dynamic_partitions("companies", ["madrid", "santiago"])

        # 09:07 UTC: the machine slept through both of their 02:00.
        first = _requested(instance, "2026-01-15T09:07:00+00:00")

    assert first == ["madrid|2026-01-14", "santiago|2026-01-14"]
