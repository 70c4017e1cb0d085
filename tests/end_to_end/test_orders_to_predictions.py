"""A shop's purchase log goes in, predictions that reconcile with it come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.end_to_end.conftest import (
    FIRST,
    Predicted,
    Row,
    Timonel,
    final_tables,
    purchase_log,
    write_log,
)
from tests.suite.forked import starting_cold

LogFile = Callable[[str, list[Row]], Path]


def _total(rows: list[Row]) -> Decimal:
    return sum((amount for _, _, amount in rows), Decimal(0))


def test_predictions_reconcile_with_the_file_to_the_cent(
    new_timonel: Timonel, log_file: LogFile
) -> None:
    rows = purchase_log(customers=400, seed=4)
    # Without a customer they are revenue, and nobody's; later than now, neither.
    guests: list[Row] = [("", day, Decimal("10.01")) for _, day, _ in rows[:7]]
    refunds: list[Row] = [("c1", rows[5][1], Decimal("-5.00"))]
    nobodys: list[Row] = [("", rows[5][1], Decimal("-2.00"))]
    mistyped: list[Row] = [("c1", date(2099, 3, 1), Decimal("3.00"))]
    orders = log_file("tienda.csv", rows + guests + refunds + nobodys + mistyped)

    # As on a user's machine: nothing is imported yet, and nothing parsed.
    with starting_cold():
        said = replace(new_timonel, environment={}).run(
            "demo", "--orders", str(orders), "--no-open"
        )

    predicted = new_timonel.rows(
        """select count(*), sum(historic_value), sum(order_count), max(as_of_date),
            bool_and(probability_no_purchase_90d between 0 and 1),
            bool_and(predicted_value_12m >= 0)
        from predictions.predictions_customer where company_id = 'tienda'"""
    )
    customers = {customer for customer, _, _ in rows}
    last_day = max(day for _, day, _ in rows)
    assert predicted == [
        (len(customers), _total(rows), len(rows), last_day, True, True)
    ]
    assert new_timonel.rows(
        """select sum(net_revenue) from marts.orders where company_id = 'tienda'"""
    ) == [(_total(rows) + Decimal("68.07"),)]
    assert "dated after they were read" in said
    assert "credit notes" in said
    assert "without a customer" in said
    assert "70.07" in said
    assert "quarantined" in said
    assert "behind the predictions ✓" in said
    page = (new_timonel.home / "dashboards" / "clientes.html").read_text()
    assert "tienda" in page


def test_running_again_changes_nothing(predicted_timonel: Timonel) -> None:
    timonel = predicted_timonel
    first = final_tables(timonel, "tienda")
    versions = _row_versions(timonel)

    said = timonel.run("run", "--company", "tienda", "--as-of", FIRST)

    assert "Nothing changed since the last run" in said
    assert final_tables(timonel, "tienda") == first
    assert _row_versions(timonel) == versions


def _row_versions(timonel: Timonel) -> list[tuple[object, ...]]:
    """Postgres' own stamp of who wrote a row: it moves whenever a row is written."""
    return timonel.rows(
        """select 'orders', order_id, xmin::text from marts.orders
        union all
        select 'predictions', customer_id, xmin::text
        from predictions.predictions_customer
        order by 1, 2"""
    )


@pytest.fixture
def restored_timonel(
    predicted: Predicted, export: Path, new_timonel: Timonel, tmp_path: Path
) -> Timonel:
    """Another home and an empty database, to which a backup of both companies came."""
    secret, folder = {"TIMONEL_BACKUP_PASSPHRASE": "correct horse"}, tmp_path / "copy"
    for timonel, command in ((predicted.origin, "backup"), (new_timonel, "restore")):
        told = replace(timonel, environment={**timonel.environment, **secret})
        assert "2 companies" in told.run(command, str(folder))
    return new_timonel


def _pages(timonel: Timonel, folder: Path) -> dict[str, str]:
    """Reports of a company, which say nothing of the moment they are drawn at."""
    for template in ("executive", "monthly"):
        report = ("report", "--company", "tienda", "--template", template)
        timonel.run(*report, "--format", "html", "--output", str(folder))
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_a_restored_installation_shows_the_same_and_a_corrected_file_corrects_it(
    restored_timonel: Timonel, predicted: Predicted, tmp_path: Path
) -> None:
    timonel, (first, *others) = restored_timonel, predicted.rows
    for company in ("calm", "tienda"):
        assert final_tables(timonel, company) == final_tables(predicted.origin, company)
    pages = _pages(timonel, tmp_path / "restored")
    assert len(pages) == 2
    assert pages == _pages(predicted.origin, tmp_path / "origin")
    customer, day, _ = first
    corrected = [(customer, day, Decimal("1234.56")), *others[:-3]]

    write_log(predicted.export, corrected)
    timonel.run("run", "--company", "tienda", "--as-of", FIRST)

    assert timonel.rows(
        """select count(*), sum(net_revenue) from marts.orders
        where company_id = 'tienda'"""
    ) == [(len(corrected), _total(corrected))]
    assert timonel.rows(
        """select sum(historic_value) from predictions.predictions_customer
        where company_id = 'tienda'"""
    ) == [(_total([row for row in corrected if str(row[1]) <= FIRST]),)]
