"""What goes wrong is said, and what was good stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Row, Timonel, final_tables, purchase_log

LogFile = Callable[[str, list[Row]], Path]


def test_a_blocked_run_keeps_the_last_good_predictions_and_says_why(
    predicted_timonel: Timonel,
) -> None:
    timonel = predicted_timonel
    good = timonel.rows("select * from predictions.predictions_customer order by 1, 2")

    said = timonel.run(
        "run", "--company", "tienda", "--as-of", "2025-06-30", exit_code=1
    )

    assert said.count("The last order is of") == 1
    assert "Not reached" not in said
    assert good == timonel.rows(
        "select * from predictions.predictions_customer order by 1, 2"
    )
    assert timonel.rows(
        """select status, as_of_date from predictions.model_fits
        where company_id = 'tienda' order by as_of_date desc limit 1"""
    ) == [("blocked", date(2025, 6, 30))]
    assert timonel.rows(
        "select company_id, is_stale from reporting.customer_value_totals order by 1"
    ) == [("calm", False), ("tienda", True)]


def test_a_company_with_hardly_any_customers_is_told_so(
    timonel: Timonel, log_file: LogFile
) -> None:
    orders = log_file("tienda.csv", purchase_log(customers=6, seed=6))

    said = timonel.run("demo", "--orders", str(orders), "--no-open", exit_code=1)

    assert "at least 10 customers are needed" in said
    assert timonel.rows("select count(*) from predictions.predictions_customer") == [
        (0,)
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "empty"),
        ("customer_id^date^amount\na^2024-01-01^1\n", "delimiter"),
        ("customer_id,when,amount\na,2024-01-01,1\n", "purchased_at"),
        ('customer_id,date,amount\na,2024-01-01,1\n"b,2024-01-0', "line 3"),
    ],
    ids=["empty", "delimiter", "column", "cut"],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    timonel: Timonel, tmp_path: Path, content: str, complaint: str
) -> None:
    orders = tmp_path / "broken.csv"
    orders.write_text(content)

    said = timonel.run("demo", "--orders", str(orders), "--no-open", exit_code=1)

    assert "broken.csv" in said
    assert complaint in said
    assert "Traceback" not in said
    assert timonel.rows("select count(*) from raw_files.purchases") == [(0,)]
    # Else it would fail every later run of this company.
    assert timonel.rows("select count(*) from ops.connections") == [(0,)]


def test_one_company_that_fails_does_not_stop_the_others(
    timonel: Timonel, log_file: LogFile, tmp_path: Path
) -> None:
    good = log_file("good.csv", purchase_log(customers=400, seed=7))
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing,of,use\n1,2,3\n")
    for company, path in (("a_bad", bad), ("b_good", good)):
        timonel.run("company", "add", company)
        timonel.run("connect", "files", str(path), "--company", company)

    said = timonel.run("run", "--as-of", "2024-12-30", exit_code=1)

    assert "a_bad" in said
    assert timonel.rows(
        "select distinct company_id from predictions.predictions_customer"
    ) == [("b_good",)]
    assert final_tables(timonel, "a_bad")["raw_files.files"] == []


@pytest.mark.parametrize("command", ["run", "dashboard"])
def test_a_company_that_does_not_exist_is_named(timonel: Timonel, command: str) -> None:
    timonel.run("company", "add", "acme")

    said = timonel.run(command, "--company", "nobody", exit_code=1)

    assert "no company 'nobody' (companies: acme)" in said


def test_a_company_without_a_source_is_told_how_to_add_one(timonel: Timonel) -> None:
    timonel.run("company", "add", "acme")

    said = timonel.run("run", exit_code=1)

    assert "timonel connect files PATH --company acme" in said


def test_files_of_two_folders_with_the_same_name_both_count(
    timonel: Timonel, log_file: LogFile
) -> None:
    timonel.run("company", "add", "acme")
    # Too few to be predicted from: what was read is the question here.
    rows = purchase_log(customers=9, seed=11)
    for folder, part in (("north", rows[:5]), ("south", rows[5:])):
        path = log_file(f"{folder}/orders.csv", part)
        timonel.run("connect", "files", str(path.parent), "--company", "acme")

    said = timonel.run("run", "--as-of", "2024-12-30", exit_code=1)

    assert "at least 10 customers are needed" in said
    assert timonel.rows("select count(*), sum(net_revenue) from marts.orders") == [
        (len(rows), sum(amount for _, _, amount in rows))
    ]


def test_a_name_that_is_taken_is_not_given_to_other_files(
    timonel: Timonel, log_file: LogFile
) -> None:
    timonel.run("company", "add", "acme")
    first, second = (
        log_file(f"{folder}/orders.csv", purchase_log(customers=5, seed=12))
        for folder in ("north", "south")
    )
    timonel.run("connect", "files", str(first), "--company", "acme")

    said = timonel.run(
        "connect", "files", str(second), "--company", "acme", exit_code=1
    )

    assert "--name" in said


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://u:s3cret@h/db", "postgresql//u:s3cret@h/db"]
)
def test_an_address_that_cannot_be_read_is_not_shown(tmp_path: Path, url: str) -> None:
    said = Timonel(tmp_path, url).run("company", "list", exit_code=1)

    assert "postgresql://USER:PASSWORD@HOST" in said
    assert "s3cret" not in said


def test_a_database_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path,
) -> None:
    nowhere = Timonel(tmp_path, "postgresql://someone:s3cret@127.0.0.1:1/shop")

    said = nowhere.run("company", "list", exit_code=1)

    assert "127.0.0.1:1/shop" in said
    assert "TIMONEL_DATABASE_URL" in said
    assert "s3cret" not in said
