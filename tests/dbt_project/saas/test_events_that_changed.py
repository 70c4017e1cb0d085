"""Product events rebuilt for what changed are what a build of all gives."""

from __future__ import annotations

import random

import psycopg
import pytest

from tests.dbt_project.narrow_builds import NarrowBuilds
from tests.dbt_project.saas.random_events import EventLife
from tests.dbt_project.warehouse import Warehouse

NARROW = (
    *("product_events", "product_user_months", "product_user_openings"),
    *("product_event_accounts", "product_sessions", "account_event_months"),
    *("account_user_days", "account_feature_days"),
    *("account_active_weeks", "account_use_weeks", "account_adoption_weeks"),
    *("account_seat_months", "session_months"),
)
WHOLE = (
    *("companies", "merged_accounts", "product_features", "subscription_versions"),
    *("account_plan_months", "mrr_steps", "account_mrr_periods", "score_days"),
    *("score_window_days", "account_weeks", "product_use_spans"),
    *("account_starts", "account_first_uses", "account_seen_weeks"),
    "seat_use_months",
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
    builds = NarrowBuilds(warehouse, narrow, whole, NARROW, WHOLE)
    life.open()
    builds.build(life.as_of)
    known = 0

    for number in range(STEPS):
        life.step()
        if number == STEPS - 1:
            life.list_other_features()
        builds.build(life.as_of)

        assert builds.differing(*WHOLE[-4:]) == []
        if number < STEPS - 1:
            assert builds.built(narrow) == set(NARROW)
        weeks = builds.rows_of("account_use_weeks", narrow)
        known += sum((week["active_day_count_28d"] or 0) > 0 for week in weeks)
    assert known > 0
    life.settle()
    builds.build(life.as_of)
    adopted = builds.rows_of("account_adoption_weeks", narrow)
    life.rename()
    builds.build(life.as_of)
    assert builds.differing(*WHOLE[-4:]) == []
    assert builds.rows_of("account_adoption_weeks", narrow) != adopted
    assert builds.built(whole) == set()
    assert len(builds.rows_of("account_user_days", narrow)) > 10


@pytest.mark.parametrize("kind", ["product_events", "message_events"])
def test_what_changed_is_found_among_all_that_was_loaded_by_its_id(
    warehouse: Warehouse, kind: str
) -> None:
    """As staging reads it, or the index of the raw table serves nobody."""
    query = f"""explain select * from staging.stg_files__{kind}
        where company_id = 'acme' and message_id = any('{{m1,m2}}'::text[])"""
    with psycopg.connect(warehouse.url) as reader:
        reader.execute("set enable_seqscan = off")
        plan = "\n".join(line for (line,) in reader.execute(query.encode()))

    assert f"{kind}_by_message_id" in plan
    assert "Seq Scan" not in plan
