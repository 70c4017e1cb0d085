"""What only falls due after months of use: a company that lives two hundred days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Timonel, purchase_log, write_log

START, LAST = date(2024, 5, 31), date(2024, 12, 17)
DAYS_APART = 10
HORIZONS = {30, 90}


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_days_of_runs_grade_what_they_promised(
    timonel: Timonel, tmp_path: Path
) -> None:
    """A run every ten days, as its orders come, with the month's report and alerts.

    Forecasts of 30 and of 90 days fall due in the same runs from the tenth on.
    """
    rows = purchase_log(customers=400, seed=21)
    export = write_log(tmp_path / "exports" / "orders.csv", rows[:1])
    timonel.run("company", "add", "tienda")
    timonel.run("connect", "files", str(export.parent), "--company", "tienda")
    days = [
        START + timedelta(days=at)
        for at in range(0, (LAST - START).days + 1, DAYS_APART)
    ]
    reports = tmp_path / "reports"

    for day in days:
        write_log(export, [row for row in rows if row[1] <= day])
        timonel.run("run", "--as-of", day.isoformat())
        timonel.run("alerts", "send")
        if day.month != (day + timedelta(days=DAYS_APART)).month:
            for template in ("executive", "operational", "monthly"):
                timonel.run(
                    *("report", "--company", "tienda", "--template", template),
                    *("--format", "html", "--output", str(reports)),
                )

    assert (days[-1] - days[0]).days >= 200
    made = timonel.rows(
        "select distinct as_of_date from predictions.predictions_customer_history"
    )
    assert {day for (day,) in made} == set(days)
    # Each forecast whose last day has come was graded once, and wholly: a probability
    # was said of 90 days only.
    graded = timonel.rows(
        """select horizon_days, as_of_date, mae is not null, brier is not null,
            log_loss is not null
        from predictions.forecast_grades order by 1, 2"""
    )
    due = [
        (horizon, day)
        for horizon in sorted(HORIZONS)
        for day in days
        if day + timedelta(days=horizon) <= days[-1]
    ]
    assert [(horizon, day) for horizon, day, *_ in graded] == due
    assert {(horizon, *told) for horizon, _, *told in graded} == {
        (30, True, False, False),
        (90, True, True, True),
    }
    orders = timonel.rows("select count(*), sum(net_revenue) from marts.orders")
    bought = [row for row in rows if row[1] <= days[-1]]
    assert orders == [(len(bought), sum(row[2] for row in bought))]
