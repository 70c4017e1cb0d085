"""What the benchmark of the warehouse asks can be asked: nobody runs it every day."""

from __future__ import annotations

import psycopg

from tests.benchmarks.warehouse import functions, views
from tests.dbt_project.warehouse import Pair, Warehouse


def test_every_view_and_function_of_reporting_can_be_asked(
    warehouse: Warehouse, pair: Pair
) -> None:
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        asked = [*views(connection), *functions(connection, pair.acme)]
        for _, question in asked:
            connection.execute(question)

    names = {name for name, _ in asked}
    assert {"kpi_months", "get_retention_kpis", "budget_plan"} <= names
