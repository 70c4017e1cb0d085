"""What only falls due after months of use: a company that lives two hundred days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.dagster_home import open_instance
from orchestration.lib.warehouse.warehouse import Warehouse
from tests.end_to_end.alarms import People, told_people
from tests.end_to_end.conftest import Row, Timonel, purchase_log, write_log

START, LAST = date(2026, 1, 31), date(2026, 8, 19)
DAYS_APART = 20
DAYS = [START + timedelta(days=at) for at in range((LAST - START).days + 1)]
RUN_DAYS = DAYS[::DAYS_APART]
#: Of that day the export came with every amount twice.
DOUBLED = RUN_DAYS[5]
BLOCKED = "El modelo de valor de cliente no se publicó"
HORIZONS = (30, 90)
COMPANY, READER = "tienda", "ana@example.com"
TITLES = {
    "operational_report": "Informe operativo",
    "executive_summary": "Resumen ejecutivo",
    "monthly_review": "Revisión mensual",
}
# When a tick of each schedule falls, of the morning after a day.
MORNING = {
    "daily_refresh": time(2, 0),
    "daily_apply": time(5, 5),
    "hourly_refresh": time(9, 20),
    "tactical_refresh": time(9, 22),
    "due_reports": time(10, 15),
}


@dataclass(frozen=True)
class Clock:
    """Dagster's schedules and sensors on the home of an installation."""

    instance: dg.DagsterInstance
    repository: dg.RepositoryDefinition

    def asked(self, name: str, moment: datetime) -> list[dg.RunRequest]:
        """What a schedule asks for at a moment."""
        schedule = self.repository.get_schedule_def(name)
        with dg.build_schedule_context(
            instance=self.instance,
            scheduled_execution_time=moment,
            resources={"warehouse": Warehouse()},
            repository_def=self.repository,
        ) as context:
            return list(schedule.evaluate_tick(context).run_requests or ())

    def looked(self, name: str) -> Any:
        """What a sensor answers now."""
        sensor = self.repository.get_sensor_def(name)
        with dg.build_sensor_context(
            instance=self.instance, resources={"warehouse": Warehouse()}
        ) as context:
            return sensor.evaluate_tick(context)

    def work(self, request: dg.RunRequest, job: str) -> None:
        """Do what was asked for, and fail where it does."""
        self.repository.get_job(job).execute_in_process(
            run_config=request.run_config,
            resources={"warehouse": Warehouse()},
            instance=self.instance,
        )


@contextmanager
def ticking(timonel: Timonel, environment: pytest.MonkeyPatch) -> Iterator[Clock]:
    environment.setenv("TIMONEL_HOME", str(timonel.home))
    environment.setenv("TIMONEL_DATABASE_URL", timonel.url)
    environment.delenv("METABASE_URL", raising=False)
    with open_instance(Settings.from_environment()) as instance:
        clock = Clock(instance, defs().get_repository_def())
        assert {each.name for each in clock.repository.schedule_defs} == set(MORNING)
        for request in clock.looked("company_added").dynamic_partitions_requests:
            instance.add_dynamic_partitions("companies", request.partition_keys)
        yield clock


@dataclass
class Life:
    """A company's nights and mornings, and what schedules asked for in them."""

    timonel: Timonel
    clock: Clock
    people: People
    export: Path
    asked: dict[str, list[tuple[date, str]]] = field(
        default_factory=lambda: {name: [] for name in MORNING}
    )

    def run(self, rows: list[Row], day: date) -> None:
        """A night in which a gate blocks what is doubled, and the alerts after it."""
        known = [row for row in rows if row[1] <= day]
        is_wrong = day == DOUBLED
        write_log(self.export, [(c, d, a * (1 + is_wrong)) for c, d, a in known])
        self.timonel.run("run", "--as-of", day.isoformat(), exit_code=int(is_wrong))
        self.clock.looked("alert_dispatch")

    def tick(self, day: date, *, is_mailed: bool) -> None:
        """The morning after a day."""
        for name, hour in MORNING.items():
            moment = datetime.combine(day + timedelta(days=1), hour, UTC)
            for request in self.clock.asked(name, moment):
                told = request.partition_key or request.run_key
                self.asked[name].append((day, str(told)))
                if is_mailed and name == "due_reports":
                    self.clock.work(request, "mail_reports")


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_days_of_runs_grade_what_they_promised(
    timonel: Timonel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each schedule ticks every morning; a run every twenty days, as its orders come.

    Forecasts of 30 and of 90 days fall due in the same runs from the sixth on.
    """
    rows = _purchases()
    export = write_log(tmp_path / "exports" / "orders.csv", rows[:1])
    _set_up(timonel, export)
    with (
        told_people(timonel, COMPANY) as people,
        ticking(timonel, monkeypatch) as clock,
    ):
        life = Life(timonel, clock, people, export)
        for day in DAYS:
            if day in RUN_DAYS:
                life.run(rows, day)
            if day == DOUBLED:
                _is_told(people, hours=0)
            elif day == DOUBLED + timedelta(days=DAYS_APART):
                _is_told(people, hours=1)
            life.tick(day, is_mailed=day in RUN_DAYS)

    assert life.asked == _due()
    _is_what_was_told(people)
    published = [day for day in RUN_DAYS if day != DOUBLED]
    made = timonel.rows(
        "select distinct as_of_date from predictions.predictions_customer_history"
    )
    assert {day for (day,) in made} == set(published)
    _is_graded(timonel, rows, published)
    orders = timonel.rows("select count(*), sum(net_revenue) from marts.orders")
    bought = [row for row in rows if row[1] <= LAST]
    assert orders == [(len(bought), sum(row[2] for row in bought))]


def _set_up(timonel: Timonel, export: Path) -> None:
    company = ("--company", COMPANY)
    timonel.run("company", "add", COMPANY)
    timonel.run("connect", "files", str(export.parent), *company)
    rhythms = (f"--{rhythm}" for rhythm in ("daily", "weekly", "monthly"))
    named = [word for rhythm in rhythms for word in (rhythm, READER)]
    timonel.run("metabase", "settings", *company, *named)


def _is_told(people: People, hours: float) -> None:
    for minutes in (0, 6, 12):
        people.at(hours + minutes / 60)


def _due() -> dict[str, list[tuple[date, str]]]:
    """A night each, a report each day, each Monday and each first of the month."""
    nights = [(day, f"{COMPANY}|{day}") for day in DAYS]
    reports = []
    for day in DAYS:
        morning = day + timedelta(days=1)
        names = ["operational_report"]
        names += ["executive_summary"] * (morning.weekday() == 0)
        names += ["monthly_review"] * (morning.day == 1)
        reports += [(day, f"{COMPANY} {name} {morning}") for name in names]
    of_files = {"daily_refresh": nights, "due_reports": reports}
    return {name: of_files.get(name, []) for name in MORNING}


def _is_what_was_told(people: People) -> None:
    """Of the runs' mornings each report, and the night that was blocked; no more."""
    told = [subject.split(" · ") for subject in people.told(" · ")]
    due = [key.split()[1] for day, key in _due()["due_reports"] if day in RUN_DAYS]
    assert [title for title, *_ in told] == [TITLES[name] for name in due]
    alerts = [f"[{word}] {COMPANY}: {BLOCKED}" for word in ("alta", "resuelta")]
    assert people.told(BLOCKED) == alerts
    assert len(people.mailbox.subjects) == len(due) + len(alerts)
    assert len(people.hook.subjects) == len(alerts)


def _is_graded(timonel: Timonel, rows: list[Row], published: Sequence[date]) -> None:
    """Each forecast whose last day has come, once, by what was bought, and wholly.

    A probability was said of 90 days only.
    """
    graded = timonel.rows(
        """select horizon_days, as_of_date, actual_orders, actual_value,
            mae is not null, brier is not null, log_loss is not null
        from predictions.forecast_grades order by 1, 2"""
    )
    due = [
        (horizon, day, *_bought_again(rows, day, horizon), True, *[horizon == 90] * 2)
        for horizon in HORIZONS
        for day in published
        if day + timedelta(days=horizon) <= LAST
    ]
    assert graded == due
    counted = timonel.rows(
        """select subject, graded_count from reporting.accuracy_totals
        where graded_count > 0 order by 1"""
    )
    by_horizon = [(f"orders_{h}d", sum(row[0] == h for row in due)) for h in HORIZONS]
    assert counted == by_horizon


def _bought_again(rows: list[Row], day: date, horizon: int) -> tuple[int, Decimal]:
    """Purchases after a day of who had bought before, and what they came to."""
    known = {customer for customer, bought_on, _ in rows if bought_on <= day}
    end = day + timedelta(days=horizon)
    again = [row for row in rows if row[0] in known and day < row[1] <= end]
    return len(again), sum((row[2] for row in again), Decimal(0))


def _purchases() -> list[Row]:
    """Those of 2023 and 2024, in days that schedules know."""
    later = START - date(2024, 5, 31)
    log = purchase_log(customers=400, seed=21)
    return [(customer, day + later, amount) for customer, day, amount in log]
