"""Webinars rebuilt for what changed are what a build of all gives."""

from __future__ import annotations

import random
from typing import Any

from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinars.random_webinars import WebinarLife

NARROW = (
    *("webinar_registrants", "webinar_visits", "webinar_interactions"),
    *("webinar_records", "webinar_registrations", "webinar_attendances"),
    *("webinar_engagements", "webinar_people", "webinar_channel_totals"),
    *("webinar_audiences", "webinar_minutes", "webinar_leads"),
)
WHOLE = (
    *("companies", "orders", "webinars", "webinar_clocks", "webinar_spans"),
    *("webinar_conversions", "webinar_live"),
)
STEPS = 4


def test_what_is_rebuilt_for_what_changed_is_what_a_build_of_all_gives(
    warehouse: Warehouse,
) -> None:
    """One of two companies with the same webinars forgets each time what was built."""
    pair = warehouse.add_pair()
    narrow, whole = pair.acme, pair.bolt
    warehouse.execute(
        """update ops.companies set time_zone = 'Europe/Madrid', currency_code = 'EUR'
        where company_id = %s""",
        [whole],
    )
    life = WebinarLife(warehouse, (narrow, whole), random.Random(4))
    life.open()
    build(warehouse, life)

    for _ in range(STEPS):
        life.step()
        build(warehouse, life)

        for mart in (*NARROW, "webinar_live"):
            assert rows_of(warehouse, mart, narrow) == rows_of(warehouse, mart, whole)
        assert built(warehouse, narrow) == set(NARROW)
    assert built(warehouse, whole) == set()
    assert len(rows_of(warehouse, "webinar_people", narrow)) > 5


def build(warehouse: Warehouse, life: WebinarLife) -> None:
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
