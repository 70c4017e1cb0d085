"""What the metrics of a company say opens the alerts it should."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestration.lib.alerts.ledger import list_alerts
from orchestration.lib.alerts.rules import (
    Rule,
    default_rules,
    load_rules,
    metric_rule,
    save_rule,
)
from orchestration.lib.reporting.metrics import Metric
from tests.orchestration.lib.alerts.conftest import (
    Office,
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
