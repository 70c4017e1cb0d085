"""A company's reader sees its own rows, in the views made for reading only."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from metabase.content.company import Company
from metabase.content.load import CONTENT_ROOT, load_content
from ml_assets.assets.account_health import judge_accounts
from ml_assets.assets.account_loyalty import review_loyalty
from ml_assets.assets.channel_values import measure_values
from ml_assets.assets.measurements import measure_churn
from ml_assets.assets.plan_outcomes import measure_plans
from orchestration.lib.reporting.client_summaries import summarise_clients
from tests.dbt_project.community.programme import everything
from tests.dbt_project.marketplace_rows import marketplace_file, user
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_marketing import land, meta_day, web_day, web_source
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import registrant, visit, webinar, webinar_file
from tests.metabase.pages.asked_cards import answer, asked

SECTION = {"webinar_id": "W1", "section_title": "One", "start_minute": 0}
_FROM, _UNTIL = "2026-01-05 10:00+00", "2026-01-05 11:00+00"
ATTENDED = visit("W1", _FROM, _UNTIL, registrant_id="id a", session_id="s")
VIEWS = (
    "access_by_day",
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
    "channel_customer_values",
    "channel_efficiency",
    "channel_findings",
    "channel_months",
    "channel_signals",
    "clientes",
    "cohort_retention",
    "cohort_returns_by_month",
    "community_by_month",
    "community_funnel",
    "community_referrals",
    "community_referrers",
    "community_retention",
    "connection_reads",
    "connector_health",
    "content_by_month",
    "coupon_requests",
    "customer_inactivity",
    "customer_timelines",
    "customer_value_segment_totals",
    "customer_value_segments",
    "customer_value_totals",
    "customer_values",
    "dashboard_usage",
    "data_quality_totals",
    "email_months",
    "event_latency",
    "exchange_rates",
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
    "model_backtest_deciles",
    "model_backtest_tracking",
    "model_backtests",
    "model_candidates",
    "model_fit_parameters",
    "model_gates",
    "no_purchase_probability_bins",
    "one_time_buyer_churn",
    "order_comunas",
    "order_hours",
    "payment_methods",
    "performance_by_month",
    "performance_changes_by_month",
    "pipeline_reliability",
    "points_standing",
    "predictions_customer",
    "product_event_uses",
    "program_costs",
    "programme_parts",
    "programme_reviews",
    "programme_standing",
    "quarantine_totals",
    "recommendations",
    "registration_regions",
    "report_preparations",
    "restatements",
    "rfm_customers",
    "rfm_segments",
    "run_history",
    "saas_by_month",
    "saas_definitions",
    "saas_movements_by_month",
    "saas_targets",
    "sales_by_month",
    "satisfaction_by_month",
    "saved_scenarios",
    "scenario_channels",
    "scenario_grades",
    "seat_use_by_month",
    "service_levels",
    "service_sales",
    "social_months",
    "sponsorships_by_month",
    "subscriptions_left_out",
    "support_by_month",
    "top_customers_at_risk",
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
    "webinar_cohort_results",
    "webinar_forecasts",
    "webinar_live_counters",
    "webinar_moments",
    "webinar_months",
    "webinar_offer_results",
    "webinar_ratings",
    "webinar_results",
    "webinar_section_dates",
    "webinar_section_results",
    "webinar_segment_choices",
    "webinar_segment_profiles",
    "website_days",
)
Asked = tuple[str, tuple[tuple[str, str], ...]]
FIT = """
    insert into predictions.model_fits values (%s, 'fit', '2026-01-31', '2026-01-05',
    'bg_nbd+gamma_gamma', '1', 'published', null, '', 1, 0, 0, '{}', now())
"""
PARAMETER = """
    insert into predictions.model_parameters values (%s, 'fit', 'bg_nbd', 'r', 1, null)
"""
PREDICTION = """
    insert into predictions.predictions_customer values (%s, '7', '2026-01-31', 'fit',
    '1', 0, 0, 0, 1, 10, 'EUR', 1, 0.5, 1, 1, 1, 10, 10, '2026-01-05', now())
"""
# Of each other table of the room, one row; of earlier predictions two, to tell a VIP.
JUDGEMENTS = (
    """insert into predictions.model_fits values (%s, 'before', '2025-12-31',
        '2025-12-05', 'bg_nbd+gamma_gamma', '1', 'published', null, '', 1, 0, 0, '{}',
        '2026-01-01')""",
    """insert into predictions.predictions_customer_history
        select %s, customer_id, '2025-12-31', 'before', '1', 0, 0, 0, 1, value, 'EUR',
        1, 0.5, 1, 1, 1, 10, 10, '2025-12-05', '2026-01-01'
        from (values ('7', 10), ('8', 1)) as known (customer_id, value)""",
    """insert into predictions.gate_results values
        (%s, 'fit', 'enough_data', 'passed', 1, 10, 'Enough.')""",
    """insert into predictions.model_candidates values
        (%s, 'fit', 'bg_nbd', true, true, -1, 1, 0.5, null)""",
    """insert into predictions.backtests values
        (%s, '2', '2025-09-30', 90, 'chosen', '', 'bg_nbd', 1, 1, 0, 2, 1, 10, 0, 20,
        10, 'EUR', 0, 0, 0, 0, 0, 0, 0, null, 0, 1, 1, now())""",
    """insert into predictions.backtest_deciles values
        (%s, '2', '2025-09-30', 1, 1, 0.5, 1)""",
    """insert into predictions.backtest_tracking values
        (%s, '2', '2025-09-30', 15, 1, 0, 2, 1)""",
    """insert into predictions.forecast_totals values
        (%s, 'fit', 90, '2026-01-31', '2026-05-01', '2', 'fitted', 1, 1, 0, 2, 10, 0,
        20, 'EUR', now())""",
    """insert into predictions.channel_attributions values
        (%s, '2026-01-31', 'last', 'direct', 90, 1, 0, 3, 10, 0, 30, 1, 1, 1, 'EUR',
        '1', now())""",
    """insert into predictions.forecast_grades values
        (%s, 'fit', 90, '2026-01-31', '2026-05-01', 1, 1, 10, true, true, 0, 0, 0, 0,
        0, 0, 0, null, 0, 1, 1, now())""",
    """insert into predictions.media_mix_fits values
        (%s, 'mix', 'revenue', '2026-01-31', '2026-01-31', '1', 'published', null, '',
        400, 'EUR', '{}', now())""",
    """insert into predictions.gate_results values
        (%s, 'mix', 'has_media_spend', 'passed', 1, 1, 'One.')""",
    """insert into predictions.new_customer_values values
        (%s, '2026-01-05', 'meta_ads', 1, 10, 10, 5, 15, 1, 1, 'EUR', '2026-01-31')""",
    """insert into predictions.marketing_curves
        (company_id, outcome_unit, channel_id, status, currency_code, fit_id,
        as_of_date, data_through_date, model_version, fitted_at)
        values (%s, 'revenue', 'meta_ads', 'constant', 'EUR', 'mix', '2026-01-31',
        '2026-01-31', '1', now())""",
    """insert into predictions.marketing_curve_points values
        (%s, 'revenue', 'meta_ads', 0, 0, 0, 0, 0, 1, false, true, 'mix', '2026-01-31',
        '2026-01-31', '1', now())""",
    """insert into predictions.marketing_contributions values
        (%s, 'revenue', '2026-01-05', 'level', 'baseline', 1, 0, 2, 'mix',
        '2026-01-31', '2026-01-31', '1', now())""",
    """insert into predictions.budget_grid values
        (%s, 'revenue', 30, 500, 'meta_ads', 500, 1, 0, 2, 1, 0, 2, true, 'EUR', 'mix',
        '2026-01-31', '2026-01-31', '1', now())""",
    """insert into predictions.budget_scenarios values
        (%s, 'revenue', 'current', 30, 'as_now', null, 1, 1, 1, 1, null, null, 0, 0, 0,
        0, 'EUR', 'mix', '2026-01-31', '2026-01-31', '1', now())""",
    """insert into predictions.budget_scenarios values
        (%s, 'revenue', 'recommended', 30, 'as_now', null, 1, 1, 1, 1, null, null, 0, 0,
        0, 0, 'EUR', 'mix', '2026-01-31', '2026-01-31', '1', now())""",
    """insert into predictions.budget_scenario_channels values
        (%s, 'revenue', 'current', 'meta_ads', 1, 1, 0, 2, 1, 1, 'mix', '2026-01-31',
        '2026-01-31', '1', now())""",
    """insert into predictions.campaign_comparisons values
        (%s, 'meta_ads', 'winter', 'Winter', 2, 1, 0.5, 0.2, 0.8, 0, 0, null, null,
        null, null, null, 0, 60, 'EUR', '2026-01-31')""",
    """insert into ops.audiences (company_id, audience_id, name, segment_id,
        holdout_share, segment_customer_count, without_consent_count,
        without_address_count, built_by)
        values (%s, '00000000-0000-0000-0000-000000000001', 'a', 'lost', 0, 1, 0, 0,
        'ana')""",
    """insert into ops.shown_insights values (%s, 't', '2026-01-31', 'alert', 'r', 'v',
        'k', true, 1, 'money', 1, 0, 2, null, null, null, 1, 'EUR', 'a', 'b', now(),
        now())""",
    """insert into ops.action_requests (company_id, kind, payload)
        values (%s, 'scenario', '{"name": "spring"}')""",
    """insert into ops.action_requests (company_id, kind, payload)
        values (%s, 'coupon', '{"audience": "a"}')""",
    """insert into predictions.scenarios (company_id, scenario_id, name, start_date,
        end_date, current_spend, projected_spend, current_income, projected_income,
        income_gain, income_gain_lower, income_gain_upper, probability_more_income,
        baseline_income, currency_code, data_hash, seal, fit_id, as_of_date,
        data_through_date, model_version, fitted_at)
        values (%s, '00000000-0000-0000-0000-000000000001', 'spring', '2026-02-01',
        '2026-02-02', 1, 1, 1, 1, 0, 0, 0, 0, 1, 'EUR', '', '', 'mix', '2026-01-31',
        '2026-01-31', '1', now())""",
    """insert into predictions.scenario_channels values
        (%s, '00000000-0000-0000-0000-000000000001', 'meta_ads', 1, 1, 0, 2, 1, 1)""",
    """insert into predictions.media_mix_backtests values
        (%s, 'revenue', '1', '2025-09-30', 91, '', 50, 48, 0.1, 0.04, 0.9, 0.2, 0.1,
        'EUR', now())""",
    """insert into predictions.media_mix_totals values
        (%s, 'value_12m', 'published', null, null, 10, 2, 1, 3, 'EUR', 'mix',
        '2026-01-31', '1', now())""",
    """insert into predictions.webinar_attendance_forecasts values
        (%s, 'W1', 'backtest', '2026-03-20', 3, 1, 0.5, 1, 0, 1)""",
    """insert into predictions.webinar_leads values
        (%s, 'W1', 'a', null, '2026-03-20', 0.5, 'low', 'educate', 1, '1')""",
    """insert into predictions.webinar_lead_bands values
        (%s, 'low', '2026-03-20', 2, 1, 0.5, 0.5, 0.1, 0.9)""",
    """insert into predictions.webinar_lead_grades values
        (%s, '2026-03-20', '1', true, null, null, 2, 1, 2, 0.5, 0.5, 0, 0.2, 0.25)""",
    """insert into predictions.webinar_segments values
        (%s, 1, '2026-03-20', '{}', 2, 1, 0, 'live_ratio', 1, 1, 0, 0, 0, 1, 1, 'a',
        'b', false, false, false)""",
    """insert into predictions.webinar_segment_counts values
        (%s, 2, '2026-03-20', '1', 0.5, 0.9, 0.9, 0.4, true, true, 2, null, null)""",
    """insert into ops.marketing_targets values (%s, 3, 1, now())""",
    """insert into ops.metric_targets values (%s, 'net_sales', '2026-01-01', 9)""",
    """insert into ops.dashboard_usage values (%s, 'directivo', '2026-01-05', 1, 9)""",
    """insert into ops.report_preparations values
        (%s, 'weekly', '2026-01-05', false, 60)""",
    """insert into ops.alert_rules (company_id, rule_id, kind, metric, severity)
        values (%s, 'run_failed', 'event', 'run_failed', 'high')""",
    """insert into ops.alerts (company_id, topic, rule_id, severity, facts, title_es,
        title_en, advice_es, advice_en, link, since, opened_at, due_from)
        values (%s, 'run_failed:', 'run_failed', 'high', '{}', 'a', 'b', 'c', 'd', '/',
        now(), now(), now())""",
)
# The log names no campaign.
CAMPAIGN = """
    update marts.customers set first_campaign_name = 'Winter' where company_id = %s
"""
RATES = """
    insert into marts.currency_rates
    select %s, '2026-01-31', currency_code, 0.5, 2, '2026-01-30', 'ecb'
    from (values ('USD'), ('CLP')) as told (currency_code)
"""
MERGED = """
    insert into marts.customer_identities
    values (%s, 'shopify/8', 'shopify/7', 'confirmed_address', '2026-01-06')
"""
CONNECTION = """
    insert into ops.connections (company_id, connection_id, source_slug, settings)
    values (%s, 'shop', 'shopify', '{}')
"""
OPERATIONS = (
    """insert into ops.runs values
        (%s, 'r', '2026-01-31', '', 'succeeded', null, now(), now())""",
    """insert into ops.connection_reads (company_id, connection_id, source_slug, run_id,
        row_count, finished_at) values (%s, 'shop', 'shopify', 'r', 1, now())""",
    """insert into ops.freshness_measurements values
        (%s, 'shopify', '2026-01-31', '2026-01-31', 1, now(), now())""",
    """insert into ops.event_latencies values
        (%s, 'shopify', '2026-01-31', 1, 2, 1, now())""",
    """insert into ops.quarantined_records (company_id, source, stream, record_hash,
        reason) values (%s, 'shopify', 'orders', 'h', 'bad')""",
)
# One pays, one is on trial, one left after a month.
SUBSCRIBED = RawFile(
    "subscriptions.csv",
    [
        {
            "subscription_id": status,
            "account_id": status,
            "billing_interval": "month",
            "amount": 10,
            "status": status,
            "started_at": "2026-01-05 10:00+00",
            "ended_at": ended_at,
        }
        for status, ended_at in (
            *(("active", None), ("trialing", None)),
            ("cancelled", "2026-02-10 10:00+00"),
        )
    ],
    contract="subscriptions",
)
USED = RawFile(
    "product_events.csv",
    [
        {
            "message_id": "m1",
            "event": "Used",
            "user_id": "ana",
            "account_id": "active",
            "occurred_at": "2026-01-07 10:00+00",
        }
    ],
    contract="product_events",
)
AIMED = RawFile(
    "targets.csv",
    [
        {
            "metric_name": "end_mrr",
            "target_month": "2026-04-01",
            "target_value": 9,
        }
    ],
    contract="kpi_targets",
)
SPENT = RawFile(
    "costs.csv",
    [{"cost_month": "2026-01-01", "cost_kind": "team", "program_cost": 9}],
    contract="program_costs",
)
ANSWERED = RawFile(
    "answers.csv",
    [
        {
            "response_id": "r1",
            "survey_kind": "csat",
            "answered_at": "2026-02-05 10:00+00",
            "score": 4,
            "scale_min": 1,
            "scale_max": 5,
        }
    ],
    contract="survey_responses",
)
ASKED = RawFile(
    "tickets.csv",
    [
        {
            "ticket_id": "t1",
            "account_id": "active",
            "status": "open",
            "created_at": "2026-02-05 10:00+00",
        }
    ],
    contract="tickets",
)
# What was said of accounts, once its 90 days are over.
GRADED = (
    """insert into predictions.account_grades values
        (%s, 'all', 'severe', 40, 4, 2, 1, 0.5, 0.1, 0.9, 0.25, 0.1, 0.7, 5)""",
    """insert into predictions.account_rivals values
        (%s, 'all', 'weights', 40, 4, 0.8, 0.7, 0.9, 2, 0.1, 0.1, 0.01)""",
    """insert into predictions.account_queue (company_id, account_id, opened_on,
        as_of_date, lot_drawn_on, is_watched, opened_trigger, opened_signals,
        is_owner_drawn, step_count, is_late) values (%s, 'active', '2026-03-20',
        '2026-03-20', '2026-03-20', false, 'monitor', '{low_login}', false, 0,
        false)""",
    """insert into predictions.account_referrals values (%s, 'active', '2026-03-20',
        'cancelled', 'code', '2026-01-05', 1, 2, 'due', '{ring}', 0, false)""",
    """insert into predictions.programme_reviews (company_id, metric_name, as_of_date,
        first_month, frozen_on, baseline_count, baseline_ratio, verdict) values (%s,
        'logo_churn_ratio', '2026-03-20', '2026-01-01', '2026-03-20', 9, 0.1,
        'too_early')""",
    """insert into predictions.programme_parts (company_id, part, as_of_date, verdict)
        values (%s, 'churn', '2026-03-20', 'too_early')""",
    """insert into predictions.programme_standing (company_id, as_of_date, first_month,
        last_month, month_count, cost_amount, unpriced_cost_count, verdict) values (%s,
        '2026-03-20', '2026-01-01', '2026-02-01', 2, 90, 0, 'too_early')""",
)
SERVED = "insert into ops.agency_clients values (%s, %s)"
RESTATEMENT = """
    insert into ops.restatements
        (company_id, mart, restated_date, subject, metric, reasons, build_id)
    values (%s, 'company_days', '2026-01-05', '', 'net_revenue', '{refund}', 'b')
"""
WEB = {
    "property_days": web_day("2026-01-05", 8),
    "source_days": web_source("2026-01-05", "google", 8),
    "realtime": {"property_id": "1", "read_at": "2026-01-05", "active_users": 3},
}


@dataclass(frozen=True)
class Readers:
    """A pair of companies with rows in every view, and their login roles."""

    pair: Pair
    acme_role: str
    bolt_role: str


TOLD = (
    webinar_file("webinar_ratings", {"webinar_id": "W1", "email": "a", "rating": 9}),
    webinar_file(
        "offers",
        {"webinar_id": "W1", "offer_id": "o", "shown_at": "2026-01-05 10:00+00"},
    ),
    webinar_file(
        "social_posts",
        {"post_id": "p", "channel": "x", "posted_at": "2026-01-05 10:00+00"},
    ),
    webinar_file(
        "uptime_checks",
        {"site": "a", "checked_at": "2026-01-05 10:00+00", "has_answered": True},
    ),
)


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
            webinar_file("webinars", webinar("W1", "2026-01-05 10:00+00")),
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
    # 74 days after the one purchase: long enough to be missed, and to be counted so.
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-03-20")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of)
    for company_id in (pair.acme, pair.bolt):
        measure_churn(warehouse.url, company_id)
        judge_accounts(warehouse.url, company_id)
        review_loyalty(warehouse.url, company_id)
        for graded in GRADED:
            warehouse.execute(graded, [company_id])
        measure_values(warehouse.url, company_id)
        measure_plans(warehouse.url, company_id)
        warehouse.execute(CAMPAIGN, [company_id])
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


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_card_answers_each_companys_reader(
    warehouse: Warehouse, readers: Readers, language: str
) -> None:
    """Nothing chosen, and every value: a column that is missing here is an error."""
    broken: dict[Asked, str] = {}
    for company_id in (readers.pair.acme, readers.pair.bolt):
        with psycopg.connect(warehouse.url) as connection:
            answers = _answers(connection, company_id, language)
        broken |= {key: told for key, (how, told) in answers.items() if how == "error"}

    assert broken == {}


def test_no_card_answers_with_another_companys_rows(
    warehouse: Warehouse, readers: Readers
) -> None:
    """Every row of the other company is taken away, and no answer changes."""
    acme, bolt = readers.pair.acme, readers.pair.bolt
    for company_id, other_id in ((acme, bolt), (bolt, acme)):
        # In one transaction, which stops the clock that ages are told by.
        with psycopg.connect(warehouse.url) as connection:
            before = _answers(connection, company_id, "es")
            _take_away(connection, other_id)
            after = _answers(connection, company_id, "es")
            _take_away(connection, company_id)
            nothing = _answers(connection, company_id, "es")
            connection.rollback()

        assert [key for key in before if before[key] != after[key]] == []
        # Else nothing was asked that could have been answered.
        plain = [key for key in before if not key[1]]
        told = [key for key in plain if before[key] != nothing[key]]
        assert len(told) > len(plain) / 3, sorted(set(plain) - set(told))


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
    connection: psycopg.Connection, company_id: str, language: str
) -> dict[Asked, tuple[str, str]]:
    """Of the company's own reader."""
    role = sql.SQL("set local role {}").format(sql.Identifier(f"bi_{company_id}"))
    connection.execute(role)
    company = Company(company_id, company_id, "EUR")
    cards = load_content(CONTENT_ROOT, company, language).cards.values()
    answers = {}
    for card in cards:
        for key, asking in asked(card):
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
