"""Days that are at another level than the weeks before open the alerts they should."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ml_assets.measurement.alarm_rates import FALSE_ALARMS
from orchestration.lib.alerts.ledger import acknowledge, list_alerts
from orchestration.lib.alerts.rules import (
    default_rules,
    load_rules,
    save_rule,
)
from orchestration.lib.warehouse.database import migrate
from tests.orchestration.lib.alerts.conftest import (
    BOLT,
    DAY,
    START,
    Office,
    tell_days,
)

USUAL = {DAY - timedelta(days=day): 100.0 for day in range(1, 70)}


_ACTIVITY = "activity_date date, is_active boolean default true"


class TestDeviation:
    def test_a_day_like_the_others_is_none(self, office: Office) -> None:
        tell_days(office, {**USUAL, DAY: 80.0})

        office.at(0)

        assert office.topics() == []

    def test_less_than_six_weeks_say_nothing(self, office: Office) -> None:
        short = {day: v for day, v in USUAL.items() if (DAY - day).days < 42}
        tell_days(office, {**short, DAY: 0.0})

        office.at(0)

        assert office.topics() == []

    def test_the_rule_and_the_check_of_the_mart_say_the_same(self) -> None:
        thresholds = {r.threshold for r in default_rules([]) if r.kind == "deviation"}

        assert thresholds == {FALSE_ALARMS}

    def test_who_answered_for_a_fall_has_not_answered_for_a_rise(
        self, office: Office
    ) -> None:
        tell_days(office, {**USUAL, DAY: 20.0})
        office.at(0)
        (first,) = list_alerts(office.url, "acme")
        acknowledge(office.url, "acme", [first["alert_id"]], "ana", START)

        later = DAY + timedelta(days=1)
        tell_days(office, {**USUAL, DAY: 20.0, later: 190.0}, through=later)
        office.at(24 * 60)

        (second,) = list_alerts(office.url, "acme")
        assert second["topic"] == "deviation:above"
        assert second["acknowledged_at"] is None

    def test_a_day_of_a_shop_opens_an_alert_that_says_what_is_usual(
        self, office: Office
    ) -> None:
        tell_days(office, {**USUAL, DAY: 20.0})
        office.at(0)

        (alert,) = list_alerts(office.url, "acme")
        assert alert["topic"] == "deviation:below"
        assert (alert["facts"]["value"], alert["facts"]["usual"]) == (20.0, 100.0)

    def test_days_without_anything_are_told_as_missing_and_once(
        self, office: Office
    ) -> None:
        known = {day: v for day, v in USUAL.items() if (DAY - day).days >= 3}
        tell_days(office, known)
        office.at(0)

        (alert,) = list_alerts(office.url, "acme")
        assert (alert["topic"], alert["facts"]["event"]) == (
            *("deviation:missing", "days_missing"),
        )
        first = (DAY - timedelta(days=2)).isoformat()
        assert (alert["facts"]["first"], alert["facts"]["day"]) == (
            *(first, DAY.isoformat()),
        )
        assert alert["title_en"] == "No sale has arrived for days"

    def test_a_community_is_held_against_its_own_weeks(self, office: Office) -> None:
        quiet = {**USUAL, DAY: 20.0}
        _people(office, "acme", quiet, quiet)
        _people(office, "bolt", USUAL | {DAY: 100.0}, USUAL | {DAY: 100.0})
        office.at(0)
        office.at(0, BOLT)

        # Of registrations and activity it is one.
        (alert,) = list_alerts(office.url, "acme")
        assert alert["topic"] == "deviation:people:below"
        assert (alert["facts"]["value"], alert["facts"]["usual"]) == (20.0, 100.0)
        assert list_alerts(office.url, "bolt") == []

    def test_visits_and_spend_that_bring_less_are_told_of_each(
        self, office: Office
    ) -> None:
        # 100 orders of 2,000 visits and 5,000 of 1,000 spent; on the last day of 8,000
        # visits and 4,000. Sales themselves are as ever.
        _ratios(office, "acme", last=(8000, 4000))
        _ratios(office, "bolt", last=(2000, 1000))
        office.at(0)
        office.at(0, BOLT)

        told = {a["topic"]: a for a in list_alerts(office.url, "acme")}
        assert {
            topic: (a["facts"]["value"], a["facts"]["usual"])
            for topic, a in told.items()
        } == {
            "deviation:visit_conversion_rate:below": (1.25, 5.0),
            "deviation:blended_return:below": (1.25, 5.0),
        }
        title = told["deviation:visit_conversion_rate:below"]["title_en"]
        assert title == "Conversion of visits (%) below the usual"
        assert list_alerts(office.url, "bolt") == []

    def test_sales_that_arrive_a_day_late_are_no_fall_of_what_visits_bring(
        self, office: Office
    ) -> None:
        _ratios(office, "acme", last=(2000, 1000))
        office.execute(
            """update marts.performance_days set net_revenue = 0,
                purchase_count = 0, visit_order_count = 0 where calendar_date = %s""",
            DAY,
        )
        office.at(0)

        assert office.topics() == []

    @pytest.mark.parametrize(
        "typo", [{"comparison": "above"}, {"threshold": 0.0}, {"threshold": 6.0}]
    )
    def test_a_rate_that_is_none_is_told_as_a_broken_rule(
        self, office: Office, typo: dict[str, Any]
    ) -> None:
        tell_days(office, {**USUAL, DAY: 20.0})
        (rule, *_) = [r for r in default_rules([]) if r.metric == "net_revenue"]
        save_rule(office.url, "acme", replace(rule, origin="edited", **typo))

        office.at(0)

        assert office.topics() == ["rule_broken:unusual_net_revenue"]

    def test_what_was_set_and_told_of_days_before_goes_on_as_levels(
        self, office: Office
    ) -> None:
        (rule, *_) = [r for r in default_rules([]) if r.metric == "net_revenue"]
        own = replace(rule, origin="edited", comparison="above", threshold=5.0)
        save_rule(office.url, "acme", own)
        tell_days(office, {**USUAL, DAY: 20.0})
        office.execute("update ops.alert_rules set is_enabled = false")
        office.execute(
            """insert into ops.alerts (company_id, topic, rule_id, severity, opened_at,
                due_from, since, title_es, title_en, advice_es, advice_en, link, facts)
            values ('acme', 'deviation:net_revenue:2026-11-20:below',
                'unusual_net_revenue', 'medium', %s, %s, %s, '', '', '', '', '',
                '{"event": "deviation", "day": "2026-11-20", "value": 2, "usual": 9,
                "subject": "net_revenue", "is_word": true}')""",
            *(START, START, START),
        )
        office.execute("update ops.alembic_version set version_num = '0047'")

        migrate(office.url)

        (kept,) = (r for r in load_rules(office.url, "acme") if r.origin == "edited")
        assert (kept.comparison, kept.threshold) == ("below", 1)
        ((facts,),) = office.rows("select facts from ops.alerts")
        assert (facts["event"], facts["first"]) == ("level_below", "2026-11-20")

    def test_a_day_that_marts_do_not_know_yet_says_nothing(
        self, office: Office
    ) -> None:
        tell_days(office, {**USUAL, DAY: 20.0})
        office.at(0)
        assert office.topics() == ["deviation:below"]

        # Two days later nothing was built: whether it is over cannot be said.
        office.at(3 * 24 * 60)

        assert office.topics() == ["deviation:below"]


def _ratios(office: Office, company_id: str, last: tuple[int, int]) -> None:
    """Sales as ever, of as many visits and as much spend, but on the last day."""
    before = [DAY - timedelta(days=day) for day in range(1, 200)]
    office.execute(
        """create table if not exists marts.performance_days (company_id text,
            calendar_date date, net_revenue numeric, purchase_count numeric,
            spend numeric, session_count numeric, visit_order_count numeric)"""
    )
    office.execute("grant select on marts.performance_days to orchestrator")
    for some, (visits, spend) in ((before, (2000, 1000)), ([DAY], last)):
        office.execute(
            """insert into marts.performance_days
            select %s, day, 5000, 100, %s, %s, 100 from unnest(%s::date[]) as day""",
            *(company_id, spend, visits, some),
        )
    office.execute(
        """insert into ops.mart_builds (company_id, mart, definition, seen_through,
            as_of_date) values (%s, 'performance_days', '', 0, %s)""",
        *(company_id, DAY),
    )


def _people(
    office: Office,
    company_id: str,
    registered: dict[date, float],
    active: dict[date, float],
) -> None:
    """People as dbt leaves them, so many of each day."""
    columns = {"people": "registered_date date", "person_activity_days": _ACTIVITY}
    for (mart, rest), days in zip(columns.items(), (registered, active), strict=True):
        office.execute(
            f"create table if not exists marts.{mart} (company_id text, {rest})"
        )
        office.execute(f"grant select on marts.{mart} to orchestrator")
        office.execute(
            f"""insert into marts.{mart} select %s, one.day
            from unnest(%s::date[], %s::int[]) as one (day, number),
                generate_series(1, one.number)""",
            *(company_id, list(days), [int(each) for each in days.values()]),
        )
        office.execute(
            """insert into ops.mart_builds (company_id, mart, definition, seen_through,
                as_of_date) values (%s, %s, '', 0, %s)""",
            *(company_id, mart, DAY),
        )
