"""Webinars rebuilt for what changed are what a build of all gives."""

from __future__ import annotations

import random

from tests.dbt_project.narrow_builds import NarrowBuilds
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinars.random_webinars import WebinarLife

NARROW = (
    *("webinar_registrants", "webinar_visits", "webinar_interactions"),
    *("webinar_records", "webinar_registrations", "webinar_attendances"),
    *("webinar_engagements", "webinar_people", "webinar_channel_totals"),
    *("webinar_audiences", "webinar_minutes", "webinar_leads"),
    *("webinar_audience_members", "webinar_cohort_members"),
    *("webinar_cohort_visits", "webinar_contents", "webinar_lead_signals"),
)
WHOLE = (
    *("companies", "orders", "webinars", "webinar_clocks", "webinar_spans"),
    *("webinar_conversions", "webinar_live"),
    *("webinar_contacts", "person_activity_days"),
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
    builds = NarrowBuilds(warehouse, narrow, whole, NARROW, WHOLE)
    life.open()
    builds.build(life.as_of)

    for _ in range(STEPS):
        life.step()
        builds.build(life.as_of)

        assert builds.differing("webinar_live") == []
        assert builds.built(narrow) == set(NARROW)
    assert builds.built(whole) == set()
    assert len(builds.rows_of("webinar_people", narrow)) > 5
