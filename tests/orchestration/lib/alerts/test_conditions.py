"""What the metrics and the days of a shop say opens the alerts it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ml_assets.measurement.alarm_rates import FALSE_ALARMS
from orchestration.lib.alerts.ledger import acknowledge, list_alerts
from orchestration.lib.alerts.rules import (
    Rule,
    default_rules,
    load_rules,
    metric_rule,
    save_rule,
)
from orchestration.lib.reporting.metrics import Metric
from orchestration.lib.warehouse.database import migrate
from tests.orchestration.lib.alerts.conftest import (
    BOLT,
    DAY,
    START,
    Office,
    tell_days,
)

METRIC = Metric(
    schema_name="reporting",
    relation="segment_totals",
    column="churn_rate",
    name="churn_rate",
    domain="commerce",
    page="retention",
    description="Who left.",
    label_es="Tasa de abandono",
    label_en="Churn rate",
    formula="left / all",
    unit="share",
    direction="lower_is_better",
    target=None,
    warn=0.1,
    critical=0.2,
    threshold_status="proposed",
    owner="marketing",
    service_level="financial",
)


def _segments(office: Office, **churn: float) -> None:
    """A view of reporting as dbt leaves one."""
    office.execute("drop view if exists reporting.segment_totals")
    values = ", ".join(
        f"('acme', '{segment}', {rate}::float8)" for segment, rate in churn.items()
    )
    office.execute(
        f"""create view reporting.segment_totals as
            select * from (values {values}) as t (company_id, segment_id, churn_rate)"""
    )
    office.execute("grant select on reporting.segment_totals to orchestrator")


class TestMetrics:
    def test_a_metric_past_its_limit_opens_one_alert_of_each_row(
        self, office: Office
    ) -> None:
        _segments(office, vip=0.15, new=0.25, loyal=0.05)
        office.dispatcher = replace(office.dispatcher, metrics=[METRIC])

        office.at(0)

        alerts = list_alerts(office.url, "acme")
        assert {(a["title_es"], a["severity"]) for a in alerts} == {
            ("Tasa de abandono por encima del límite (vip)", "high"),
            ("Tasa de abandono por encima del límite (new)", "critical"),
        }

    def test_a_person_asks_for_one_segment(self, office: Office) -> None:
        _segments(office, vip=0.15, new=0.25)
        rule = replace(
            metric_rule(METRIC),
            rule_id="vip_churn",
            threshold=0.1,
            scope={"segment_id": "vip"},
            origin="edited",
        )
        save_rule(office.url, "acme", rule)

        office.at(0)

        assert office.topics() == ["metric:segment_totals.churn_rate:above:vip"]

    def test_exactly_the_limit_is_not_past_it(self, office: Office) -> None:
        _segments(office, vip=0.1)
        office.dispatcher = replace(office.dispatcher, metrics=[METRIC])

        office.at(0)

        assert office.topics() == []

    def test_only_the_newest_complete_month_counts(self, office: Office) -> None:
        office.execute(
            """create view reporting.segment_totals as select * from (values
                ('acme', date '2026-09-01', true, 0.9::float8),
                ('acme', date '2026-10-01', true, 0.05),
                ('acme', date '2026-11-01', false, 0.9)
            ) as t (company_id, month_start_date, is_complete, churn_rate)"""
        )
        office.execute("grant select on reporting.segment_totals to orchestrator")
        office.dispatcher = replace(office.dispatcher, metrics=[METRIC])

        office.at(0)

        assert office.topics() == []


class TestRules:
    @pytest.mark.parametrize(
        ("typo", "told"),
        [
            ({"metric": "churn_rat"}, "Did you mean churn_rate?"),
            ({"metric": "segment_id"}, "is no number"),
            ({"relation": "segment_total"}, "Did you mean segment_totals?"),
            ({"threshold": None}, "Its threshold is no number"),
            ({"threshold": float("nan")}, "Its threshold is no number"),
            ({"comparison": "over"}, "write above or below"),
            ({"scope": {"segmnt_id": "vip"}}, "Did you mean segment_id?"),
        ],
    )
    def test_one_with_a_typo_is_an_alert_and_the_others_go_on(
        self, office: Office, typo: dict[str, Any], told: str
    ) -> None:
        _segments(office, vip=0.15)
        office.block_the_model()
        rule = replace(metric_rule(METRIC), rule_id="mine", threshold=0.1)
        save_rule(office.url, "acme", replace(rule, origin="edited", **typo))

        office.at(0)

        alerts = {a["topic"]: a for a in list_alerts(office.url, "acme")}
        assert set(alerts) == {"rule_broken:mine", "model_blocked:customer_value"}
        assert told in alerts["rule_broken:mine"]["facts"]["detail"]

    def test_one_whose_view_fails_stops_no_other(self, office: Office) -> None:
        office.execute(
            """create view reporting.segment_totals as
                select company_id, 1 / (length(name) - length(name)) as churn_rate
                from ops.companies"""
        )
        office.execute("grant select on reporting.segment_totals to orchestrator")
        office.dispatcher = replace(office.dispatcher, metrics=[METRIC])
        office.block_the_model()

        office.at(0)

        assert office.topics() == [
            "model_blocked:customer_value",
            "rule_broken:segment_totals.churn_rate.critical",
            "rule_broken:segment_totals.churn_rate.warn",
        ]

    def test_one_that_is_corrected_is_no_alert_any_more(self, office: Office) -> None:
        rule = Rule("mine", "event", "model_blokked", "high", origin="edited")
        save_rule(office.url, "acme", rule)
        office.at(0)
        assert office.topics() == ["rule_broken:mine"]

        save_rule(office.url, "acme", replace(rule, metric="model_blocked"))
        office.at(1)

        assert office.topics() == []

    def test_what_a_person_edited_is_not_generated_again(self, office: Office) -> None:
        office.at(0)
        (rule,) = [
            r for r in load_rules(office.url, "acme") if r.rule_id == "source_late"
        ]
        save_rule(office.url, "acme", replace(rule, threshold=30.0, origin="edited"))

        office.at(1)

        rules = {r.rule_id: r for r in load_rules(office.url, "acme")}
        assert rules["source_late"].threshold == 30.0
        assert rules["source_silent"].threshold == 48.0

    def test_a_metric_that_lost_its_limit_loses_its_rule(self, office: Office) -> None:
        office.dispatcher = replace(office.dispatcher, metrics=[METRIC])
        office.at(0)
        office.dispatcher = replace(
            office.dispatcher, metrics=[replace(METRIC, warn=None)]
        )
        office.at(1)

        generated = {r.rule_id for r in load_rules(office.url, "acme")}
        assert "segment_totals.churn_rate.critical" in generated
        assert "segment_totals.churn_rate.warn" not in generated

    def test_limits_of_the_registry_say_who_agreed_to_them(self) -> None:
        rules = {rule.rule_id: rule for rule in default_rules([METRIC])}

        warn = rules["segment_totals.churn_rate.warn"]
        assert (warn.comparison, warn.threshold, warn.severity, warn.status) == (
            *("above", 0.1, "high"),
            "default, not agreed",
        )

    def test_a_metric_says_how_severe_its_warning_is(self) -> None:
        metric = replace(METRIC, warn_severity="medium", critical=0.5)

        warned, critical = [r for r in default_rules([metric]) if r.kind == "metric"]

        assert (warned.severity, critical.severity) == ("medium", "critical")


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
