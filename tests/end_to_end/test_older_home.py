"""The home that the last release left is opened, migrated and gone on with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.conftest import KnowsProject
from tests.end_to_end.conftest import FIRST, SECOND, Timonel, write_log
from tests.end_to_end.older_home import older_log, restore
from tests.suite.template_cluster import BUILT, FAST

_BOUGHT = ("c0", date(2024, 12, 10), Decimal("50.25"))
_TOTALS = """
    select count(distinct customer_id), count(*), sum(net_revenue) from marts.orders
    where company_id = %s
"""
# Of a company, until a day.
_KEPT = {
    "orders": """
        select order_id, customer_id, order_date, net_revenue from marts.orders
        where company_id = %s and order_date <= %s order by order_id
    """,
    "predictions": """
        select customer_id, as_of_date, probability_alive, predicted_value_12m
        from predictions.predictions_customer
        where company_id = %s and as_of_date <= %s order by customer_id
    """,
    "history": """
        select customer_id, as_of_date, probability_alive, predicted_value_12m
        from predictions.predictions_customer_history
        where company_id = %s and as_of_date <= %s order by customer_id
    """,
}
_PREDICTED = """
    select customer_id from predictions.predictions_customer
    where company_id = %s and as_of_date = %s order by customer_id
"""
_SHOWN = """
    select customer_count, predicted_value_12m, is_stale
    from reporting.customer_value_totals where company_id = %s
"""
_TOLD = """
    select gross_margin_rate, threshold
    from ops.companies join ops.alert_rules using (company_id)
    where company_id = 'tienda' and origin = 'edited'
"""


@pytest.fixture
def older_timonel(
    memory: Path, home: Path, tmp_path: Path, knows_project: KnowsProject
) -> Iterator[Timonel]:
    """The kept home on a server of its own, whose roles are of then, too."""
    server = EmbeddedPostgres(memory / "older" / "postgres", settings=FAST)
    server.start()
    restore(server, tmp_path)
    # As long a name as that for which the project was parsed.
    url = f"{server.url().rsplit('/', 1)[0]}/{BUILT}"
    with psycopg.connect(url.replace(BUILT, "postgres"), autocommit=True) as admin:
        admin.execute(f"alter database timonel rename to {BUILT}")
    yield Timonel(home, url, knows_project(url))
    server.remove()
    shutil.rmtree(server.home.parent)


def test_a_home_of_the_last_release_is_gone_on_with(
    older_timonel: Timonel, tmp_path: Path
) -> None:
    timonel = older_timonel
    plaza, tienda = (_kept(timonel, company) for company in ("plaza", "tienda"))
    shown = timonel.rows(_SHOWN, "plaza")
    ((customers, orders, revenue),) = timonel.rows(_TOTALS, "tienda")
    assert all(plaza.values())
    assert all(tienda.values())

    write_log(tmp_path / "tienda" / "orders.csv", [*older_log("tienda"), _BOUGHT])
    said = timonel.run("run", "--company", "tienda", "--as-of", SECOND)

    assert "✗" not in said
    now = _kept(timonel, "tienda")
    assert now["orders"] == tienda["orders"]
    assert now["history"] == tienda["history"]
    ((customers_now, orders_now, revenue_now),) = timonel.rows(_TOTALS, "tienda")
    assert customers_now == customers
    assert orders_now == orders + 1  # type: ignore[operator]
    assert revenue_now == revenue + _BOUGHT[2]  # type: ignore[operator]
    # The same customers have new predictions.
    predicted = timonel.rows(_PREDICTED, "tienda", SECOND)
    assert predicted == [row[:1] for row in tienda["predictions"]]
    assert now["predictions"] == []
    assert timonel.rows(_TOLD) == [(Decimal("0.4"), 1000)]
    # Of the company whose turn has not come, readers see what they saw.
    assert _kept(timonel, "plaza") == plaza
    assert timonel.rows(_SHOWN, "plaza") == shown


def _kept(timonel: Timonel, company: str) -> dict[str, list[tuple[object, ...]]]:
    return {name: timonel.rows(query, company, FIRST) for name, query in _KEPT.items()}
