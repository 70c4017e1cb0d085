"""A company's reader sees its own rows, in the views made for reading only."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from metabase.content.company import Company
from metabase.content.load import CONTENT_ROOT, load_content
from ml_assets.assets.channel_values import measure_values
from ml_assets.assets.measurements import measure_churn, measure_discounts
from ml_assets.assets.plan_outcomes import measure_plans
from ml_assets.assets.saas.account_health import judge_accounts
from ml_assets.assets.saas.account_loyalty import review_loyalty
from orchestration.lib.reporting.client_summaries import summarise_clients
from tests.dbt_project.community.programme import everything
from tests.dbt_project.marketplace_rows import marketplace_file, user
from tests.dbt_project.platform.reader_rows import (
    AIMED,
    ANSWERED,
    ASKED,
    ATTENDED,
    CAMPAIGN,
    COHORTS,
    CONNECTION,
    FIT,
    GRADED,
    JUDGEMENTS,
    MERGED,
    MESSAGES,
    OPERATIONS,
    PARAMETER,
    PREDICTION,
    RATES,
    RESTATEMENT,
    SECTION,
    SERVED,
    SPENT,
    SUBSCRIBED,
    TOLD,
    USED,
    WEB,
    WINDOWS,
)
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_marketing import land, meta_day
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import registrant, webinar, webinar_file
from tests.metabase.pages.asked_cards import answer, asked

Asked = tuple[str, tuple[tuple[str, str], ...]]
Answers = dict[Asked, tuple[str, str]]
VIEWS = (
    "access_by_day",
    "account_contacts_due",
    "account_exit_reasons",
    "account_forecasts",
    "account_grades",
    "account_matches",
    "account_queue",
    "account_queue_effects",
    "account_queue_signals",
    "account_referral_flags",
    "account_referrals",
    "account_rivals",
    "account_survival",
    "account_timelines",
    "account_verdicts",
    "account_warnings",
    "accounts_now",
    "accuracy_totals",
    "acquisition_channels",
    "activity_log",
    "agency_clients",
    "alert_rules",
    "alerts",
    "attribution_comparison",
    "attribution_months",
    "audience_uplift",
    "budget_grid",
    "budget_scenario_channels",
    "budget_scenarios",
    "campaign_months",
    "campaign_quality",
    "capital_at_risk",
    "care_comparisons",
    "channel_customer_values",
    "channel_efficiency",
    "channel_findings",
    "channel_months",
    "channel_signals",
    "clientes",
    "cohort_retention",
    "cohort_returns_by_month",
    "community_by_month",
    "community_event_names",
    "community_findings",
    "community_funnel",
    "community_kpis",
    "community_period_changes",
    "community_referrals",
    "community_referrers",
    "community_retention",
    "community_standing",
    "company_adoption",
    "connection_reads",
    "connector_health",
    "content_by_month",
    "coupon_requests",
    "customer_inactivity",
    "customer_purchases",
    "customer_timelines",
    "customer_value_segment_totals",
    "customer_value_segments",
    "customer_value_totals",
    "customer_values",
    "dashboard_usage",
    "data_quality_totals",
    "discount_break_evens",
    "email_months",
    "event_latency",
    "exchange_rates",
    "findings_by_month",
    "flow_uptimes_now",
    "flows_by_day",
    "forecast_grades",
    "gastos_marketing",
    "incremental_returns",
    "ingest_volume",
    "insight_feed",
    "insights",
    "insights_core",
    "kpi_months",
    "lead_temperatures",
    "loyalty_accounts",
    "loyalty_tiers",
    "ltv_roas",
    "ltv_roas_totals",
    "marketing_contributions",
    "marketing_curve_points",
    "marketing_curves",
    "media_mix_backtests",
    "media_mix_gates",
    "merged_customers",
    "message_campaigns",
    "message_comparisons",
    "message_failures_by_reason",
    "model_backtest_channels",
    "model_backtest_deciles",
    "model_backtest_tracking",
    "model_backtests",
    "model_candidates",
    "model_fit_parameters",
    "model_gates",
    "mrr_now",
    "no_purchase_probability_bins",
    "onboarding_steps",
    "one_time_buyer_churn",
    "order_comunas",
    "order_hours",
    "payment_methods",
    "performance_by_month",
    "performance_changes_by_month",
    "performance_changes_by_period",
    "pipeline_reliability",
    "points_standing",
    "predictions_customer",
    "product_event_uses",
    "program_costs",
    "programme_figures_before",
    "programme_parts",
    "programme_reviews",
    "programme_standing",
    "purchase_gaps_by_number",
    "quarantine_totals",
    "recommendations",
    "referral_returns",
    "referral_terms",
    "registration_regions",
    "report_preparations",
    "restatements",
    "reward_payments",
    "rfm_customers",
    "rfm_segments",
    "run_history",
    "saas_by_month",
    "saas_definitions",
    "saas_kpis",
    "saas_movements_by_month",
    "sales_by_month",
    "satisfaction_by_month",
    "saved_scenarios",
    "scenario_channels",
    "scenario_grades",
    "seat_use_by_month",
    "segment_rules",
    "segments_by_account",
    "service_levels",
    "service_sales",
    "session_use_by_month",
    "shop_admins",
    "social_months",
    "sponsorship_terms",
    "sponsorships_by_month",
    "subscriptions_left_out",
    "success_activities",
    "support_by_month",
    "survey_choices_now",
    "time_to_value",
    "time_to_value_days",
    "top_customers_at_risk",
    "value_retention",
    "ventas",
    "vip_churn",
    "vip_risk_growth",
    "web_by_day",
    "web_now",
    "web_sources",
    "webhooks_by_day",
    "webinar_audience_traits",
    "webinar_call_bands",
    "webinar_call_grades",
    "webinar_calls",
    "webinar_changes",
    "webinar_channels",
    "webinar_cohort_ends",
    "webinar_cohort_results",
    "webinar_content_results",
    "webinar_experiments",
    "webinar_findings",
    "webinar_forecasts",
    "webinar_funnel_channels",
    "webinar_funnel_results",
    "webinar_live_counters",
    "webinar_message_pressures",
    "webinar_moments",
    "webinar_months",
    "webinar_offer_results",
    "webinar_outlooks",
    "webinar_ratings",
    "webinar_results",
    "webinar_rolling_days",
    "webinar_section_dates",
    "webinar_section_results",
    "webinar_segment_choices",
    "webinar_segment_profiles",
    "webinar_trait_conversions",
    "website_days",
)


@dataclass(frozen=True)
class Readers:
    """A pair of companies with rows in every view, and their login roles."""

    pair: Pair
    acme_role: str
    bolt_role: str


@pytest.fixture(scope="module")
def readers(warehouse: Warehouse) -> Readers:
    pair = warehouse.add_pair()
    for company_id in (pair.acme, pair.bolt):
        line = purchase("7", "2026-01-05 10:00+00", 10, currency_code="EUR")
        member = user("7", "2026-01-05 10:00+00")
        warehouse.load(company_id, RawFile("log.csv", [line]))
        warehouse.load(company_id, marketplace_file("users", member), *everything())
        warehouse.load(company_id, SUBSCRIBED)
        warehouse.load(company_id, USED)
        warehouse.load(company_id, AIMED, SPENT, ANSWERED, ASKED)
        for file in (
            webinar_file(
                "webinars",
                webinar("W1", "2026-01-05 10:00+00"),
                # To come, by everything that is told of.
                webinar("W2", "2026-12-05 10:00+00"),
            ),
            webinar_file("registrants", registrant("W1", "a", "2026-01-04 10:00+00")),
            webinar_file("webinar_sections", SECTION),
            webinar_file("attendances", ATTENDED),
            *TOLD,
        ):
            warehouse.load(company_id, file)
        warehouse.execute(
            """insert into raw_stripe.customers (company_id, id, created_at,
                _sdc_batched_at) values (%s, 'cus', '2026-01-05', '2026-01-05')""",
            [company_id],
        )
        warehouse.execute(FIT, [company_id])
        warehouse.execute(PARAMETER, [company_id])
        warehouse.execute(PREDICTION, [company_id])
        for judgement in JUDGEMENTS:
            warehouse.execute(judgement, [company_id])
        warehouse.execute(CONNECTION, [company_id])
        warehouse.execute(RESTATEMENT, [company_id])
        warehouse.execute(
            """insert into raw_webhooks.events values (%s, 'wa', 'e', 'whatsapp',
                'status.sent', 'm', '2026-01-05', '2026-01-05', 1, '{}')""",
            [company_id],
        )
        for told in OPERATIONS:
            warehouse.execute(told, [company_id])
        campaign = meta_day("1", "2026-01-05", 10)
        land(warehouse.url, company_id, "raw_meta_ads.campaign_days", campaign)
        for table, row in WEB.items():
            land(warehouse.url, company_id, f"raw_ga4.{table}", row)
    # Bolt counts in pesos: what it bought in euros is no purchase, acme's is.
    # 90 days after the one purchase: long enough to be missed, and to be counted so.
    # Two months after its own are over, and the later is held against the earlier.
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-04-05")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of)
    for company_id in (pair.acme, pair.bolt):
        measure_churn(warehouse.url, company_id)
        measure_discounts(warehouse.url, company_id)
        judge_accounts(warehouse.url, company_id)
        review_loyalty(warehouse.url, company_id)
        for graded in GRADED:
            warehouse.execute(graded, [company_id])
        measure_values(warehouse.url, company_id)
        measure_plans(warehouse.url, company_id)
        warehouse.execute(CAMPAIGN, [company_id])
        warehouse.execute(MESSAGES, [company_id])
        warehouse.execute(COHORTS, [company_id])
        warehouse.execute(WINDOWS, [company_id])
        warehouse.execute(RATES, [company_id])
        warehouse.execute(MERGED, [company_id])
    for agency, client in ((pair.acme, pair.bolt), (pair.bolt, pair.acme)):
        warehouse.execute(SERVED, [agency, client])
    summarise_clients(warehouse.url)
    return Readers(pair, *map(warehouse.add_reader, (pair.acme, pair.bolt)))


@pytest.mark.parametrize("view", VIEWS)
def test_a_reader_sees_its_own_company_only(
    warehouse: Warehouse, readers: Readers, view: str
) -> None:
    query = f"select distinct company_id from reporting.{view}"

    seen = warehouse.rows(query, role=readers.acme_role)

    assert [row["company_id"] for row in seen] == [readers.pair.acme]


@pytest.mark.parametrize("view", VIEWS)
def test_a_reader_of_no_company_sees_nothing(warehouse: Warehouse, view: str) -> None:
    assert warehouse.rows(f"select * from reporting.{view}", role="bi_reader") == []


@pytest.mark.parametrize(
    "table",
    [
        *("marts.orders", "marts.customer_summaries", "predictions.model_fits"),
        *("predictions.model_candidates", "predictions.backtests"),
        *("predictions.backtest_deciles", "predictions.backtest_tracking"),
        "predictions.backtest_channels",
        *("predictions.forecast_totals", "predictions.forecast_grades"),
        *("predictions.channel_attributions", "marts.journey_touchpoints"),
    ],
)
def test_a_reader_cannot_go_around_the_views(
    warehouse: Warehouse, readers: Readers, table: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows(f"select * from {table}", role=readers.acme_role)


def test_a_reader_cannot_become_another_company(
    warehouse: Warehouse, readers: Readers
) -> None:
    with psycopg.connect(warehouse.url) as connection:
        connection.execute(f"set session authorization {readers.acme_role}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"set role {readers.bolt_role}".encode())


def test_every_reporting_view_is_listed_here(warehouse: Warehouse) -> None:
    found = warehouse.rows(
        "select relname from pg_class where relnamespace = 'reporting'::regnamespace"
        " and relkind in ('v', 'r', 'm') order by relname"
    )

    assert [row["relname"] for row in found] == list(VIEWS)


@dataclass(frozen=True)
class Told:
    """What a company's reader is told by every card in Spanish."""

    before: Answers
    #: Without the rows of the other company; of both, with nothing chosen.
    after: Answers
    nothing: Answers


@pytest.fixture(scope="module")
def told(warehouse: Warehouse, readers: Readers) -> dict[str, Told]:
    """By company."""
    acme, bolt = readers.pair.acme, readers.pair.bolt
    answers = {}
    for company_id, other_id in ((acme, bolt), (bolt, acme)):
        # In one transaction, which stops the clock that ages are told by.
        with psycopg.connect(warehouse.url) as connection:
            before = _answers(connection, company_id, "es")
            _take_away(connection, other_id)
            after = _answers(connection, company_id, "es")
            _take_away(connection, company_id)
            nothing = _answers(connection, company_id, "es", is_plain=True)
            connection.rollback()
        answers[company_id] = Told(before, after, nothing)
    return answers


def test_every_card_answers_each_companys_reader(
    warehouse: Warehouse, told: dict[str, Told]
) -> None:
    """Nothing chosen, and every value: a column that is missing here is an error."""
    for company_id, in_spanish in told.items():
        with psycopg.connect(warehouse.url) as connection:
            in_english = _answers(connection, company_id, "en")
        for answers in (in_spanish.before, in_english):
            assert {
                key: said for key, (how, said) in answers.items() if how == "error"
            } == {}


def test_no_card_answers_with_another_companys_rows(told: dict[str, Told]) -> None:
    """Every row of the other company is taken away, and no answer changes."""
    for each in told.values():
        before, after, nothing = each.before, each.after, each.nothing
        assert [key for key in before if before[key] != after[key]] == []
        # Else nothing was asked that could have been answered.
        plain = [key for key in before if not key[1]]
        answered = [key for key in plain if before[key] != nothing[key]]
        assert len(answered) > len(plain) / 3, sorted(set(plain) - set(answered))


def _take_away(connection: psycopg.Connection, company_id: str) -> None:
    """As if a company had never been there; whoever calls rolls it back."""
    # Whatever the order of the tables: keys are not looked at.
    connection.execute("set local session_replication_role = replica")
    tables = connection.execute(
        """
        select columns.table_schema, columns.table_name
        from information_schema.columns
        inner join information_schema.tables using (table_schema, table_name)
        where columns.column_name = 'company_id' and table_type = 'BASE TABLE'
        """
    ).fetchall()
    for table in tables:
        connection.execute(
            sql.SQL("delete from {} where company_id = %s").format(
                sql.Identifier(*table)
            ),
            [company_id],
        )


def _answers(
    connection: psycopg.Connection,
    company_id: str,
    language: str,
    *,
    is_plain: bool = False,
) -> Answers:
    """Of the company's own reader, for every value or (plain) for none chosen."""
    role = sql.SQL("set local role {}").format(sql.Identifier(f"bi_{company_id}"))
    connection.execute(role)
    company = Company(company_id, company_id, "EUR")
    cards = load_content(CONTENT_ROOT, company, language).cards.values()
    answers = {}
    for card in cards:
        for key, asking in asked(card):
            if is_plain and key[1]:
                continue
            with connection.transaction(force_rollback=True):
                answers[key] = answer(connection, *asking)
    connection.execute("set local role none")
    return answers


@pytest.mark.parametrize("role", ["scientist", "orchestrator"])
def test_the_platform_reads_the_marts_of_every_company(
    warehouse: Warehouse, readers: Readers, role: str
) -> None:
    query = "select company_id from marts.orders where company_id in (%s, %s)"
    companies = [readers.pair.acme, readers.pair.bolt]

    seen = {row["company_id"] for row in warehouse.rows(query, companies, role=role)}

    assert seen == set(companies)


def test_the_platform_writes_no_mart(warehouse: Warehouse) -> None:
    for role in ("scientist", "orchestrator", "bi_reader"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            warehouse.rows("delete from marts.orders returning 1", role=role)
