"""What the platform wrote, and what the metrics say, opens the alerts it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from orchestration.lib.alerts.ledger import acknowledge, list_alerts
from orchestration.lib.alerts.rules import (
    Rule,
    default_rules,
    load_rules,
    metric_rule,
    save_rule,
)
from orchestration.lib.anomalies import THRESHOLD
from orchestration.lib.companies import Company
from orchestration.lib.metrics import Metric
from tests.orchestration.lib.alerts.conftest import ACME, BOLT, START, Office

DAY = date(2026, 11, 22)  # the last that is over at the start
METRIC = Metric(
    schema_name="reporting",
    relation="segment_totals",
    column="churn_rate",
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


def _run(
    office: Office,
    run_id: str,
    status: str,
    hour: float,
    *,
    job: str = "refresh_company",
    company: Company = ACME,
    asset: tuple[str, ...] = ("marts", "orders"),
) -> None:
    """A run that began so many hours before the start, and took half an hour."""
    started = START - timedelta(hours=hour)
    office.execute(
        """insert into ops.runs values
            (%s, %s, '2026-11-22', '', %s, %s, %s, %s, %s, %s, %s)""",
        *(company.company_id, run_id, status),
        "the disk is full" if status == "failed" else None,
        *(started, started + timedelta(minutes=30), job),
        *(f"dagster-{run_id}", list(asset) if status == "failed" else None),
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


class TestEvents:
    def test_a_blocked_fit_a_late_source_and_a_failed_token_open_one_each(
        self, office: Office
    ) -> None:
        office.block_the_model()
        office.connect("google", read=START - timedelta(hours=27))
        office.connect("meta", error="The access token has expired.")
        office.connect("shop")

        for minute in (0, 1, 2):
            office.at(minute)

        assert office.topics() == [
            "connection_failing:meta",
            "model_blocked:customer_value",
            "source_late:google",
        ]
        assert office.topics(BOLT) == []

    def test_a_run_that_failed_is_told_until_one_succeeds(self, office: Office) -> None:
        _run(office, "first", "failed", 5)
        office.at(0)
        assert office.topics() == ["run_failed:refresh_company"]

        # Somebody stopped it: that neither failed nor works again.
        _run(office, "stopped", "stopped", 3)
        office.at(1)
        assert office.topics() == ["run_failed:refresh_company"]

        _run(office, "second", "succeeded", 1)
        office.at(2)
        assert office.topics() == []

    def test_an_hourly_run_that_succeeds_does_not_mend_the_night(
        self, office: Office
    ) -> None:
        _run(office, "night", "failed", 10)
        _run(office, "hour", "succeeded", 9, job="refresh_operations")
        _run(office, "other", "succeeded", 8, company=BOLT)
        office.at(0)
        assert office.topics() == ["run_failed:refresh_company"]

        _run(office, "next night", "succeeded", 1)
        office.at(1)
        assert office.topics() == []

    def test_jobs_that_fail_are_told_each_and_the_whole_mends_them(
        self, office: Office
    ) -> None:
        _run(office, "night", "failed", 10)
        _run(office, "hour", "failed", 9, job="refresh_operations")
        _run(office, "by hand", "failed", 8, job="__ASSET_JOB")
        office.at(0)

        alerts = {a["topic"]: a["title_es"] for a in list_alerts(office.url, "acme")}
        assert alerts == {
            "run_failed:refresh_company": "Falló la actualización completa",
            "run_failed:refresh_operations": "Falló la lectura de cada hora",
            "run_failed:__ASSET_JOB": "Falló una ejecución lanzada a mano",
        }
        _run(office, "next night", "succeeded", 1)
        office.at(1)
        assert office.topics() == []

    def test_a_run_that_a_gate_stopped_is_told_as_the_blocked_model(
        self, office: Office
    ) -> None:
        _run(office, "first", "failed", 0)
        office.block_the_model()

        office.at(60)

        assert office.topics() == ["model_blocked:customer_value"]

    def test_a_run_that_a_source_stopped_is_told_as_its_connection(
        self, office: Office
    ) -> None:
        _run(office, "first", "failed", 0, asset=("raw_meta_ads", "slices"))
        office.connect("meta", error="The access token has expired.")
        office.at(60)
        assert office.topics() == ["connection_failing:meta"]

        # What failed after the source was left out has a cause of its own.
        _run(office, "second", "failed", -1)
        office.at(61)
        assert office.topics() == [
            "connection_failing:meta",
            "run_failed:refresh_company",
        ]

    def test_only_the_newest_fit_counts(self, office: Office) -> None:
        office.block_the_model()
        office.execute(
            """insert into predictions.model_fits select company_id, 'good', as_of_date,
                data_through_date, model, model_version, 'published', null, data_hash,
                customer_count, repeat_customer_count, log_likelihood, settings,
                fitted_at + interval '1 hour'
            from predictions.model_fits"""
        )

        office.at(90)

        assert office.topics() == []

    def test_a_blocked_mix_is_told_by_what_it_predicts(self, office: Office) -> None:
        office.execute(
            """insert into predictions.media_mix_fits values ('acme', 'mix', 'revenue',
                '2026-11-22', '2026-11-22', '1', 'blocked', 'It did not converge.', '',
                400, 'EUR', '{}', %s)""",
            START,
        )

        office.at(0)

        (alert,) = list_alerts(office.url, "acme")
        assert alert["title_es"] == "La mezcla de medios de ingresos no se publicó"
        assert alert["facts"]["detail"] == "It did not converge."
        assert alert["asset_link"].endswith("/assets/predictions/marketing_curves")

    def test_a_source_that_stays_away_becomes_more_severe(self, office: Office) -> None:
        office.connect("google", read=START - timedelta(hours=30))
        office.at(0)
        (alert,) = list_alerts(office.url, "acme")
        acknowledge(office.url, "acme", [alert["alert_id"]], "ana", START)
        office.at(19 * 60)

        (alert,) = list_alerts(office.url, "acme")
        assert (alert["severity"], alert["rule_id"]) == ("high", "source_silent")
        # She answered for less.
        assert (alert["acknowledged_at"], alert["acknowledged_by"]) == (None, None)
        assert alert["facts"]["observed"] == 49.0

    def test_a_weekly_company_is_late_after_its_week(self, office: Office) -> None:
        office.execute("update ops.companies set prediction_cadence = 'weekly'")
        office.connect("google", read=START - timedelta(days=7))
        office.at(0)
        assert office.topics() == []

        office.at(3 * 60)

        (alert,) = list_alerts(office.url, "acme")
        assert alert["topic"] == "source_late:google"
        # A week and two hours, as a day and two hours are for a daily one.
        assert (alert["facts"]["observed"], alert["facts"]["threshold"]) == (171, 170)

    def test_a_source_that_is_read_weekly_is_not_late_on_the_second_day(
        self, office: Office
    ) -> None:
        office.connect("meta", read=START - timedelta(hours=30))
        office.connect("google", read=START - timedelta(hours=30))
        for week in range(5):
            office.execute(
                """insert into ops.connection_reads (company_id, connection_id,
                    source_slug, run_id, outcome, started_at)
                values ('acme', 'google', 'meta_ads', 'run', 'succeeded', %s)""",
                START - timedelta(hours=30, weeks=week),
            )

        office.at(0)

        assert office.topics() == ["source_late:meta"]

    def test_weekly_predictions_are_not_stale_within_their_week(
        self, office: Office
    ) -> None:
        office.execute("update ops.companies set prediction_cadence = 'weekly'")
        office.execute(
            """insert into predictions.predictions_customer (company_id, customer_id,
                as_of_date, fit_id, model_version, frequency, recency_days, age_days,
                order_count, historic_value, currency_code, probability_alive,
                probability_no_purchase_90d, expected_orders_30d, expected_orders_90d,
                expected_orders_365d, expected_order_value, predicted_value_12m,
                data_through_date, fitted_at)
            values ('acme', '1', '2026-11-22', 'fit', '1', 0, 0, 0, 1, 0, 'EUR', 1, 0,
                0, 0, 0, 0, 0, '2026-11-22', %s)""",
            START,
        )

        office.at(7 * 24 * 60)
        assert office.topics() == []
        office.at(9 * 24 * 60)

        assert office.topics() == ["predictions_stale:"]


class TestServiceLevels:
    def test_a_promise_that_is_broken_is_told_until_it_is_kept(
        self, office: Office
    ) -> None:
        _service_levels(office, acme=120, bolt=61)

        office.at(0)
        office.at(0, BOLT)

        (alert,) = list_alerts(office.url, "acme")
        assert alert["topic"] == "service_level_missed:operational"
        assert alert["title_es"] == "Los números operativos llevan retraso"
        assert alert["since"] == START - timedelta(minutes=60)
        assert alert["asset_link"].endswith("/assets/reporting/service_levels")
        assert (alert["facts"]["minutes"], alert["facts"]["promised"]) == (120, 60)
        # Hourly reads are an hour and their run apart.
        assert office.topics(BOLT) == []

        _service_levels(office, acme=10, bolt=61)
        office.at(1)
        assert office.topics() == []

    def test_what_was_never_read_breaks_no_promise_yet(self, office: Office) -> None:
        _service_levels(office, acme=None)

        office.at(0)

        assert office.topics() == []


def _service_levels(office: Office, **ages: int | None) -> None:
    """The view as dbt leaves it: minutes that each company is behind its hour."""
    office.execute("drop table if exists reporting.service_levels")
    office.execute(
        """create table reporting.service_levels (company_id text, service_level text,
            source_slug text, data_as_of timestamptz, age_minutes numeric(18, 2),
            target_minutes integer, is_met boolean)"""
    )
    for company_id, age in ages.items():
        office.execute(
            """insert into reporting.service_levels values (%s, 'operational',
                'shopify', now(), %s, 60, %s)""",
            *(company_id, age, age is not None and age <= 60),
        )
    office.execute("grant select on reporting.service_levels to orchestrator")


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

    def test_the_owner_s_thresholds_count_once_there_is_such_a_metric(self) -> None:
        metric = replace(METRIC, column="engagement_rate", warn=None, critical=None)

        (rule,) = [r for r in default_rules([metric]) if r.kind == "metric"]

        assert (rule.comparison, rule.threshold, rule.severity, rule.status) == (
            *("below", 0.5, "high"),
            "owner",
        )


USUAL = {DAY - timedelta(days=day): 100.0 for day in range(1, 70)}


class TestDeviation:
    def test_a_day_like_the_others_is_none(self, office: Office) -> None:
        _company_days(office, {**USUAL, DAY: 80.0})

        office.at(0)

        assert office.topics() == []

    def test_less_than_six_weeks_say_nothing(self, office: Office) -> None:
        short = {day: v for day, v in USUAL.items() if (DAY - day).days < 42}
        _company_days(office, {**short, DAY: 0.0})

        office.at(0)

        assert office.topics() == []

    def test_the_rule_and_the_check_of_the_mart_say_the_same(self) -> None:
        thresholds = {r.threshold for r in default_rules([]) if r.kind == "deviation"}

        assert thresholds == {THRESHOLD}

    def test_who_answered_for_a_day_has_not_answered_for_the_next(
        self, office: Office
    ) -> None:
        _company_days(office, {**USUAL, DAY: 20.0})
        office.at(0)
        (first,) = list_alerts(office.url, "acme")
        acknowledge(office.url, "acme", [first["alert_id"]], "ana", START)

        later = DAY + timedelta(days=1)
        _company_days(office, {**USUAL, DAY: 20.0, later: 190.0}, through=later)
        office.at(24 * 60)

        (second,) = list_alerts(office.url, "acme")
        assert second["topic"] == f"deviation:net_revenue:{later}:above"
        assert second["acknowledged_at"] is None

    def test_a_day_of_a_shop_opens_an_alert_that_says_what_is_usual(
        self, office: Office
    ) -> None:
        _company_days(office, {**USUAL, DAY: 20.0})
        office.at(0)

        (alert,) = list_alerts(office.url, "acme")
        assert alert["topic"] == f"deviation:net_revenue:{DAY}:below"
        assert (alert["facts"]["value"], alert["facts"]["usual"]) == (20.0, 100.0)

    def test_a_day_that_marts_do_not_know_yet_says_nothing(
        self, office: Office
    ) -> None:
        _company_days(office, {**USUAL, DAY: 20.0})
        office.at(0)
        assert office.topics() == [f"deviation:net_revenue:{DAY}:below"]

        # Two days later nothing was built: whether it is over cannot be said.
        office.at(3 * 24 * 60)

        assert office.topics() == [f"deviation:net_revenue:{DAY}:below"]


def _company_days(
    office: Office, totals: dict[date, float], through: date = DAY
) -> None:
    """Revenue by day as dbt leaves it, of a hundred orders each."""
    office.execute("drop table if exists marts.company_days")
    office.execute("delete from ops.mart_builds")
    office.execute(
        """create table marts.company_days (company_id text, calendar_date date,
            net_revenue numeric, purchase_count integer, order_count integer)"""
    )
    office.execute("grant select on marts.company_days to orchestrator")
    office.execute(
        """insert into marts.company_days
        select 'acme', sold.*, 100, 100
        from unnest(%s::date[], %s::numeric[]) as sold""",
        *(list(totals), list(totals.values())),
    )
    office.execute(
        """insert into ops.mart_builds (company_id, mart, definition, seen_through,
            as_of_date) values ('acme', 'company_days', '', 0, %s)""",
        through,
    )
