"""Product events rebuilt for what changed are what a build of all gives."""

from __future__ import annotations

import random
from typing import Any

from tests.dbt_project.saas.random_events import EventLife
from tests.dbt_project.warehouse import Warehouse

NARROW = (
    *("product_events", "product_user_months", "product_user_openings"),
    *("product_event_accounts", "product_sessions", "account_event_months"),
    *("account_user_days", "account_feature_days"),
)
WHOLE = (
    *("companies", "merged_accounts", "product_features", "subscription_versions"),
    "account_plan_months",
)
STEPS = 5


def test_what_is_rebuilt_for_what_changed_is_what_a_build_of_all_gives(
    warehouse: Warehouse,
) -> None:
    """One of two companies with the same events forgets each time what was built."""
    pair = warehouse.add_pair()
    narrow, whole = pair.acme, pair.bolt
    warehouse.execute(
        "update ops.companies set time_zone = 'Europe/Madrid' where company_id = %s",
        [whole],
    )
    life = EventLife(warehouse, (narrow, whole), random.Random(7))
    life.open()
    build(warehouse, life)

    for number in range(STEPS):
        life.step()
        if number == STEPS - 1:
            life.list_other_features()
        build(warehouse, life)

        for mart in NARROW:
            assert rows_of(warehouse, mart, narrow) == rows_of(warehouse, mart, whole)
        if number < STEPS - 1:
            assert built(warehouse, narrow) == set(NARROW)
    assert built(warehouse, whole) == set()
    assert len(rows_of(warehouse, "account_user_days", narrow)) > 10


def build(warehouse: Warehouse, life: EventLife) -> None:
    warehouse.execute(
        "delete from ops.mart_builds where company_id = %s", [life.companies[1]]
    )
    warehouse.dbt.run(
        *("run", "--select", *WHOLE, *NARROW),
        company_ids=list(life.companies),
        as_of_dates=dict.fromkeys(life.companies, life.as_of),
    )


def rows_of(warehouse: Warehouse, mart: str, company: str) -> list[dict[str, Any]]:
    query = f"""select to_jsonb(mart) - 'company_id' as told from marts.{mart} as mart
        where company_id = %s order by 1"""
    return [row["told"] for row in warehouse.rows(query, [company])]


def built(warehouse: Warehouse, company: str) -> set[str]:
    """The marts that were built for some keys."""
    rows = warehouse.rows(
        """select mart from ops.mart_builds where company_id = %s
        and mart = any(%s) and changed_key_count is not null""",
        [company, list(NARROW)],
    )
    return {row["mart"] for row in rows}
