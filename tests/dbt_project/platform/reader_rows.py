"""Rows of one company for every reporting view, as files and statements."""

from __future__ import annotations

from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.raw_marketing import web_day, web_source
from tests.dbt_project.webinar_rows import visit, webinar_file

SECTION = {"webinar_id": "W1", "section_title": "One", "start_minute": 0}
_FROM, _UNTIL = "2026-01-05 10:00+00", "2026-01-05 11:00+00"
ATTENDED = visit("W1", _FROM, _UNTIL, registrant_id="id a", session_id="s")
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
    """insert into predictions.backtest_channels values
        (%s, '2', '2025-09-30', 90, 'direct', 1, 1, 0, 2, 10, 0, 20, 1, 10, 'EUR')""",
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
        (%s, 'W1', 'backtest', '2026-03-20', 3, 1, 0.5, 1, 0, 1, 'series', '2')""",
    """insert into predictions.webinar_leads values
        (%s, 'W1', 'a', null, '2026-03-20', 0.5, 'low', 'educate', 1, '1')""",
    """insert into predictions.webinar_lead_bands values
        (%s, 'low', '2026-03-20', 2, 1, 0.5, 0.5, 0.1, 0.9)""",
    """insert into predictions.webinar_lead_grades values
        (%s, '2026-03-20', '1', true, null, null, 2, 1, 2, 0.5, 0.5, 0, 0.2, 0.25,
        'a', 'b')""",
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
# Too few people for one that stands out.
MESSAGES = """
    insert into marts.message_click_comparisons values (%s, 'c', 'email', 'C',
    '2026-01-05', 40, 20, 80, 10, 0.5, 0.1, 0.4, 0.2, 0.6, '2026-01-31')
"""
COHORTS = """
    insert into marts.webinar_cohort_changes values (%s, 'retention', '2026-01-01',
    '2026-02-01', 40, 40, 1, 0.1, 0.5, 0.4, 0.2, 0.6, '2026-03-31')
"""
WINDOWS = """
    insert into marts.webinar_windows values (%s, '2025-12-31', 1, 9, 9, 1, 9, 9, null,
    1, 0) on conflict do nothing
"""
# The log names no campaign.
CAMPAIGN = """
    update marts.customers set first_campaign_name = 'Winter' where company_id = %s
"""
RATES = """
    insert into marts.currency_rates
    select %s, '2026-01-31', currency_code, 0.5, '2026-01-30', 'ecb'
    from (values ('USD'), ('CLP')) as told (currency_code)
"""
MERGED = """
    insert into marts.customer_identities
    values (%s, 'shopify/8', 'shopify/7', 'confirmed_address', '2026-01-06')
"""
CONNECTION = """
    insert into ops.connections (company_id, connection_id, source_slug, settings)
    values (%s, 'shop', 'shopify', '{"shop": "a-shop"}')
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
    """insert into predictions.referral_standing (company_id, as_of_date,
        paying_account_count, referrer_count, referred_count, converted_count,
        income_amount, payout_amount, unpriced_payout_count, referred_begun_count,
        others_begun_count) values (%s, '2026-03-20', 1, 1, 1, 1, 9, 3, 0, 0, 1)""",
    """insert into marts.reward_payouts values (%s, 'w1', 'active', 'commission',
        '2026-03-01', 'EUR', 3)""",
    """insert into marts.referral_rules values (%s, 'commission', 12, 0.1, null,
        null)""",
    """insert into marts.account_activity_months values (%s, '2026-03-01', 'training',
        2, 1)""",
    """insert into marts.paying_accounts values (%s, 'x', 'X', 'Ana', 9, '2026-01-05',
        '2026-04-05')""",
    """insert into marts.account_cadences values (%s, 'x', 'contact', null,
        '2026-02-04', '2026-04-05', 60)""",
    """insert into marts.care_retention values (%s, 'manager', '', '2026-03-01', 1, 1,
        1, 1, 0, 0, 1, -0.5, 1)""",
    """insert into marts.survey_choices values (%s, 'why', 'price', 'Price', 1, 1, 1,
        0.2, 1, '2026-04-05')""",
    """insert into marts.experiment_results values (%s, 'subject', 'open', 'a',
        'subject', 'W1', '2026-03-01', null, true, 9, 3, 0.3, 0.1, 0.6, null, null,
        null, false, null, null, null, null, 'control')""",
    """insert into marts.webinar_pressures values (%s, 4, 2, 1, 0.5, 0.1, 0.9)""",
    """insert into marts.session_months values (%s, '2026-03-01', '2026-03-31', true, 1,
        2, 1, 60)""",
    """insert into marts.account_segments values (%s, 'x', '2026-04-05', true, 9, 1,
        'power')""",
    """insert into predictions.programme_kpi_baselines values (%s, 'logo_churn_ratio',
        '2025-12-01', '2026-03-20', 0.05)""",
    """insert into predictions.programme_reviews (company_id, metric_name, as_of_date,
        first_month, frozen_on, baseline_count, baseline_ratio, verdict) values (%s,
        'logo_churn_ratio', '2026-03-20', '2026-01-01', '2026-03-20', 9, 0.1,
        'too_early')""",
    """insert into predictions.programme_parts (company_id, part, as_of_date, verdict)
        values (%s, 'churn', '2026-03-20', 'too_early')""",
    """insert into predictions.programme_standing (company_id, as_of_date, first_month,
        last_month, month_count, cost_amount, unpriced_cost_count, verdict) values (%s,
        '2026-03-20', '2026-01-01', '2026-02-01', 2, 90, 0, 'too_early')""",
    """insert into predictions.time_to_value (company_id, start_kind, as_of_date,
        account_count, reached_count, waiting_count, median_days) values (%s, 'paid',
        '2026-03-20', 2, 1, 1, 3)""",
    "insert into predictions.time_to_value_days values (%s, 'paid', 3, 0.5, 0.1, 0.9)",
    """insert into predictions.value_retention values (%s, '0-7', 90, '2026-03-20', 2,
        1, 0.5, 0.1, 0.9)""",
    """insert into predictions.company_adoption values (%s, 'core', '2026-03-20', 2, 3,
        0.5, null, null, 0.4)""",
    """insert into predictions.onboarding_steps values (%s, 'paid', 'value', 3, 2, 1,
        0.5, 0.1, 0.9)""",
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
