"""What the platform wrote of its runs and delays opens the alerts it should."""

from __future__ import annotations

from datetime import timedelta

from orchestration.lib.alerts.ledger import acknowledge, list_alerts
from orchestration.lib.tenancy.companies import Company
from tests.orchestration.lib.alerts.conftest import ACME, BOLT, START, Office


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

    def test_who_delivers_and_is_not_the_sender_is_told_for_a_day(
        self, office: Office
    ) -> None:
        refused = (("chat", "signature", 2), ("chat", "unsigned", 1))
        for name, reason, count in (*refused, ("busy", "rate", 900)):
            office.execute(
                """insert into ops.webhook_refusals
                values ('acme', %s, '2026-11-22', %s, %s, %s)""",
                *(name, reason, count, START),
            )
        office.at(1)

        assert office.topics() == ["deliveries_refused:chat"]
        ((facts,),) = office.rows("select facts from ops.alerts")
        assert (facts["observed"], facts["reasons"]) == (3, "signature, unsigned")
        assert office.topics(BOLT) == []

        for hour in (25, 26):
            office.at(60 * hour)
        assert office.topics() == []

    def test_an_account_is_silent_while_another_of_its_source_goes_on(
        self, office: Office
    ) -> None:
        office.execute("create schema if not exists marts")
        office.execute(
            """create table marts.campaign_days (company_id text, source_slug text,
                account_id text, spend_date date, original_spend numeric)"""
        )
        office.execute("grant select on marts.campaign_days to orchestrator")
        # Two accounts of every day, of which one ends; one of working days, one without
        # spend, one alone in its source; and another company, where both go on.
        office.execute(
            """insert into marts.campaign_days
            select company_id, source_slug, account_id, day, spend
            from (values ('acme', 'meta_ads', 'a', date '2026-11-21', 7, 5.0),
                ('acme', 'meta_ads', 'b', '2026-11-17', 7, 5.0),
                ('acme', 'meta_ads', 'c', '2026-11-13', 5, 5.0),
                ('acme', 'meta_ads', 'd', '2026-11-10', 7, 0.0),
                ('acme', 'google_ads', 'b', '2026-11-01', 7, 5.0),
                ('bolt', 'meta_ads', 'a', '2026-11-21', 7, 5.0),
                ('bolt', 'meta_ads', 'b', '2026-11-21', 7, 5.0)
            ) as accounts (company_id, source_slug, account_id, ends, week, spend)
            cross join lateral generate_series(ends - 40, ends, '1 day') as day
            where extract(isodow from day) <= week"""
        )
        office.at(1)

        assert office.topics() == ["account_silent:meta_ads:b"]
        ((facts, since),) = office.rows("select facts, since from ops.alerts")
        # The 17th is the last day; the 21st the newest one of the source.
        assert (facts["observed"], facts["last_day"]) == (4, "2026-11-17")
        assert since.date().isoformat() == "2026-11-18"
        assert office.topics(BOLT) == []

        office.execute(
            """insert into marts.campaign_days
            values ('acme', 'meta_ads', 'b', '2026-11-21', 3)"""
        )
        for hour in (25, 26):
            office.at(60 * hour)
        assert office.topics() == []

    def test_a_website_is_down_at_its_second_check_and_until_it_answers(
        self, office: Office
    ) -> None:
        office.execute(
            """insert into ops.watched_sites (company_id, site_id, address)
            values ('acme', 'a.test', 'https://a.test?key=s3cret')"""
        )
        self._check(office, -5, has_answered=True)
        self._check(office, 0, has_answered=False)
        office.at(1)
        assert office.topics() == []

        self._check(office, 5, has_answered=False)
        office.at(6)
        assert office.topics() == ["website_down:a.test"]
        ((facts, severity, since),) = office.rows(
            "select facts, severity, since from ops.alerts"
        )
        assert (facts["observed"], facts["detail"], severity) == (2, "503", "critical")
        assert since == START
        assert "s3cret" not in str(facts)
        assert office.topics(BOLT) == []

        # That nobody asks any more is no answer.
        for minute in (60, 80):
            office.at(minute)
        assert office.topics() == ["website_down:a.test"]

        self._check(office, 90, has_answered=True)
        for minute in (91, 102):
            office.at(minute)
        assert office.topics() == []

    @staticmethod
    def _check(office: Office, minute: int, *, has_answered: bool) -> None:
        office.execute(
            """insert into raw_probe.uptime_checks
            values ('acme', 'a.test', %s, %s, %s, 9, null)""",
            *(START + timedelta(minutes=minute), has_answered),
            200 if has_answered else 503,
        )

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
        (alert,) = list_alerts(office.url, "acme")
        assert alert["facts"]["detail"] == "The access token has expired."
        assert alert["facts"]["detail_es"].startswith("La fuente no da acceso: ")

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
                400, 'EUR', '{}', %s, 'No encontró solución.')""",
            START,
        )

        office.at(0)

        (alert,) = list_alerts(office.url, "acme")
        assert alert["title_es"] == "La mezcla de medios de ingresos no se publicó"
        assert alert["facts"]["detail"] == "It did not converge."
        assert alert["facts"]["detail_es"] == "No encontró solución."
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
