"""Orders that went wrong are not predicted from, and what was good stays on show."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.alarms import People, told_people
from tests.end_to_end.conftest import (
    FIRST,
    SECOND,
    Predicted,
    Row,
    Timonel,
    write_log,
)

COMPANY = ("--company", "tienda")
# The model alone: that nothing else is built again is no matter of these tests.
FIT_AGAIN = ("--select", "group:ml_clv")
LEDGER = """
    select * from predictions.forecast_totals where company_id = 'tienda'
    order by 1, 2, 3
"""
TOTALS = """
    select is_stale, stale_reason, prediction_as_of_date, predicted_value_12m
    from reporting.customer_value_totals where company_id = 'tienda'
"""


def doubled(rows: list[Row]) -> list[Row]:
    return [(customer, day, 2 * amount) for customer, day, amount in rows]


def shuffled(rows: list[Row]) -> list[Row]:
    order = np.random.default_rng(1).permutation(len(rows))
    return [
        (customer, rows[other][1], amount)
        for (customer, _, amount), other in zip(rows, order, strict=True)
    ]


def stale(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[1] <= date(2024, 11, 20)]


BLOCKED = "El modelo de valor de cliente no se publicó"
DEFECTS = {doubled: "same_past", shuffled: "same_past", stale: "recent_orders"}
BLOCKING = """
    select gate from predictions.gate_results
    inner join predictions.model_fits using (company_id, fit_id)
    where company_id = 'tienda'
        and fitted_at = (
            select max(fitted_at) from predictions.model_fits
            where company_id = 'tienda'
        )
        and outcome = 'blocked'
"""
FAILED = """
    select failed_asset, dagster_run_id from ops.runs
    where company_id = 'tienda' and status = 'failed'
    order by started_at desc limit 1
"""
SAID = BLOCKING.replace("select gate", "select message_es")
BACKTESTS = """
    select origin_date::text, model, computed_at from predictions.backtests
    where company_id = 'tienda' order by 1, 2
"""


@pytest.fixture
def rows(predicted: Predicted) -> list[Row]:
    return predicted.rows


def test_planted_defects_are_blocked_and_the_dashboard_keeps_the_last_good_run(
    predicted_timonel: Timonel, export: Path, rows: list[Row]
) -> None:
    timonel = predicted_timonel
    ((_, _, good_date, good_value),) = timonel.rows(TOTALS)
    ledger = timonel.rows(LEDGER)
    assert str(good_date) == FIRST

    for defect, gate in DEFECTS.items():
        write_log(export, defect(rows))
        said = timonel.run("run", *COMPANY, "--as-of", SECOND, exit_code=1)

        assert "the last good predictions stay" in said
        assert (gate,) in timonel.rows(BLOCKING), defect.__name__
        ((is_stale, reason, shown_date, shown_value),) = timonel.rows(TOTALS)
        assert (is_stale, shown_date, shown_value) == (True, good_date, good_value)
        assert (reason,) in timonel.rows(BLOCKING)
        ((asset, run_id),) = timonel.rows(FAILED)
        # One of those that the step which stopped was to make.
        assert isinstance(asset, list)
        assert asset[0] == "predictions"
        assert run_id
        assert ledger == timonel.rows(LEDGER)

    with told_people(timonel, "tienda") as people:
        _is_told_until_somebody_answers(timonel, people)
        write_log(export, rows)
        timonel.run("run", *COMPANY, "--as-of", SECOND)
        ((is_stale, _, mended_date, _),) = timonel.rows(TOTALS)
        assert (is_stale, str(mended_date)) == (False, SECOND)
        _is_told_to_be_over(people)


def _is_told_until_somebody_answers(timonel: Timonel, people: People) -> None:
    """What a gate stopped arrives once, climbs, and stops at an answer."""
    for minute in (0, 5, 6):
        people.at(minute / 60)
    assert people.told("no se publicó") == [f"[alta] tienda: {BLOCKED}"]
    assert len(people.told("was not published")) == 1
    ((_, body),) = people.mailbox.mails
    said = [str(message) for (message,) in timonel.rows(SAID)]
    assert said
    assert all(message in " ".join(body.split()) for message in said)
    assert people.shown() == [(BLOCKED, "open", None)]

    people.at(1.5)
    assert people.told("sin atender") == [f"[alta, sin atender] tienda: {BLOCKED}"]
    assert len(people.told("nobody answered")) == 1

    ((number,),) = timonel.rows("select alert_id from ops.alerts")
    timonel.run("alerts", "ack", str(number), "--company", "tienda", "--by", "ana")
    for hour in (2.0, 3.0, 9.0):
        people.at(hour)
    assert len(people.mailbox.mails) == len(people.hook.posts) == 2
    assert people.shown() == [(BLOCKED, "acknowledged", "ana")]

    # And nobody reads the source any more: a day and two hours later it is late.
    for hour in (26.5, 27.0, 28.0):
        people.at(hour)
    late = "La fuente Archivos exportados (orders) lleva retraso"
    assert people.told("orders") == [
        f"[media] tienda: {late}",
        "[medium] tienda: The source Exported files (orders) is late",
    ]
    assert people.shown() == [(BLOCKED, "acknowledged", "ana"), (late, "open", None)]


def _is_told_to_be_over(people: People) -> None:
    people.at(28.5)
    people.at(29)
    assert people.told("no se publicó")[2:] == [f"[resuelta] tienda: {BLOCKED}"]
    assert (BLOCKED, "over", "ana") in people.shown()


def test_what_is_meant_somebody_says_once(
    predicted_timonel: Timonel, export: Path, rows: list[Row]
) -> None:
    timonel = predicted_timonel
    write_log(export, doubled(rows))
    timonel.run("run", "--as-of", SECOND, "--accept-changes", exit_code=1)
    timonel.run("run", *COMPANY, "--as-of", SECOND, "--accept-changes")
    accepted = timonel.rows(
        """select results.message from predictions.gate_results as results
        inner join predictions.model_fits as fits using (company_id, fit_id)
        where fits.as_of_date = %s and fits.status = 'published'
            and gate = 'same_past' and outcome = 'warned'""",
        SECOND,
    )
    assert [str(message)[:10] for (message,) in accepted] == ["Accepted: "]
    # And what was accepted stays published when the same data run again.
    timonel.run("run", *COMPANY, "--as-of", SECOND, *FIT_AGAIN)


def test_a_forecast_is_kept_and_graded_once_its_days_are_over(
    predicted_timonel: Timonel, export: Path, rows: list[Row]
) -> None:
    timonel = predicted_timonel
    due = "2024-12-30"
    graded = """
        select horizon_days, as_of_date::text, customer_count, actual_orders::int,
            actual_value from predictions.forecast_grades
        where company_id = 'tienda'
    """
    assert max(day for _, day, _ in rows) >= date.fromisoformat(due)
    assert timonel.rows(
        """select horizon_days, due_date::text from predictions.forecast_totals
        where company_id = 'tienda' order by horizon_days"""
    ) == [(30, due), (90, "2025-02-28"), (365, "2025-11-30")]
    assert timonel.rows(graded) == []

    timonel.run("run", *COMPANY, "--as-of", due)
    known = {customer for customer, day, _ in rows if str(day) <= FIRST}
    later = [row for row in rows if row[0] in known and FIRST < str(row[1]) <= due]
    days = {(customer, day) for customer, day, _ in later}
    revenue = sum((amount for _, _, amount in later), Decimal(0))
    assert timonel.rows(graded) == [(30, FIRST, len(known), len(days), revenue)]

    backtests = timonel.rows(BACKTESTS)
    newest = [row for row in backtests if row[0] == "2024-09-30"]
    assert [row[1] for row in newest] == ["bg_nbd", "chosen", "naive"]

    timonel.run("run", *COMPANY, "--as-of", due, *FIT_AGAIN)
    assert len(timonel.rows(graded)) == 1
    # Found again, not computed again.
    assert timonel.rows(BACKTESTS) == backtests
