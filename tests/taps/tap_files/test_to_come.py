"""What happened is not of tomorrow: few such rows are set aside, many are asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.taps.tap_files.conftest import RunTap

#: Contract -> a file of a good row and of one that is yet to come.
FILES = {
    "ad_spend": (
        "fecha,canal,gasto_EUR\n2026-01-05,Meta,10.00\n2090-01-05,Meta,5.00\n"
    ),
    "invoices": (
        "invoice_id,account_id,status,amount_due,currency,issued_at\n"
        "i1,a,paid,10.00,EUR,2026-01-05\ni2,a,open,5.00,EUR,2090-01-05\n"
    ),
    "web_sessions": (
        "visit_date,session_source,sessions\n2026-01-05,google,3\n2090-01-05,google,4\n"
    ),
    "marketplace_ratings": (
        "rating_id,order_id,user_id,score,rated_at\n"
        "r1,o1,u1,5,2026-01-05\nr2,o2,u1,4,2090-01-05\n"
    ),
}


@pytest.mark.parametrize("contract", FILES)
def test_what_has_yet_to_happen_is_set_aside_and_counted(
    contract: str, read_text: RunTap
) -> None:
    run = read_text(FILES[contract], name="f.csv", contract=contract)

    assert run.failures == []
    (reason,) = run.rejects.values()
    assert reason.endswith("is after today")
    assert len(run.records(contract)) == run.file["loaded_row_count"] == 1
    (row,) = run.records("quarantined_records")
    assert "2090-01-05" in row["record"].values()


def test_money_that_is_set_aside_is_told(read_text: RunTap) -> None:
    run = read_text(FILES["ad_spend"], name="f.csv")

    assert (run.file["control_total"], run.file["loaded_total"]) == (15, 10)
    assert run.file["last_date"] == "2026-01-05"


def test_tomorrow_has_begun_somewhere(read_text: RunTap) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=12)).isoformat(timespec="seconds")
    late = (datetime.now(UTC) + timedelta(hours=48)).isoformat(timespec="seconds")
    rows = "".join(f"i{at[:10]},a,paid,10.00,EUR,{at}\n" for at in (soon, late))

    header = FILES["invoices"].partition("\n")[0]
    run = read_text(f"{header}\n{rows}")

    assert [row["invoice_id"] for row in run.records("invoices")] == [f"i{soon[:10]}"]


def _sales(future: int) -> str:
    good = "".join(f"a,{n % 27 + 1:02}/01/2026,10.00\n" for n in range(100))
    bad = "".join(f"a,{n % 27 + 1:02}/01/2090,10.00\n" for n in range(future))
    return f"cliente,fecha,importe\n{good}{bad}"


def test_many_orders_to_come_are_asked_about(read_text: RunTap) -> None:
    run = read_text(_sales(11), currency_code="EUR")

    (failure,) = run.failures
    assert "11 of 111 rows are dated after today (here '01/01/2090')" in failure
    assert "columns.purchased_at=" in failure
    assert "date_format=" in failure
    assert run.records("files") == []


def test_few_orders_to_come_are_left_to_the_mart(read_text: RunTap) -> None:
    run = read_text(_sales(10), currency_code="EUR")

    assert run.failures == []
    assert "10 rows are dated after the file was written" in run.file["notes"]


def test_who_says_how_dates_are_written_is_not_asked(read_text: RunTap) -> None:
    run = read_text(_sales(11), currency_code="EUR", date_format="DD/MM/YYYY")

    assert run.failures == []


@pytest.mark.parametrize(
    "text",
    [
        "metric,target_month,target\nmrr,2090-01-01,5\n",
        "webinar_id,title,starts_at\nw1,Uno,2090-01-05T10:00:00Z\n",
    ],
    ids=["kpi_targets", "webinars"],
)
def test_plans_lie_ahead(text: str, read_text: RunTap) -> None:
    run = read_text(text)

    assert (run.failures, run.rejects) == ([], {})
