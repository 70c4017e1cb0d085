"""What was found beside what is true, for example companies without a shop."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from rich.table import Table

from orchestration.cli.console import console

__all__ = ["print_domain_truth"]

# By the name of the true value: its label, where it is found, how it is written.
_FIGURES = {
    "active_person_count": (
        "Active professionals, last complete month",
        """select active_person_count from reporting.community_by_month
        where is_complete order by month_start_date desc limit 1""",
        "{:,}",
    ),
    "k_factor": (
        "K-factor, all complete cohorts",
        """select sum(activated_invitee_count)::float8 / sum(cohort_person_count)
        from reporting.community_referrals where is_complete""",
        "{:.4f}",
    ),
    "outage_minutes": (
        "Minutes that flows were down",
        "select sum(repair_minutes)::float8 from reporting.flows_by_day",
        "{:,.0f}",
    ),
    "refused_attempt_count": (
        "Refused attempts to get in",
        "select sum(refused_attempt_count) from reporting.access_by_day",
        "{:,}",
    ),
    "webinar_count": (
        "Webinars held",
        "select sum(webinar_count) from reporting.webinar_months",
        "{:,}",
    ),
    "webinar_show_ratio": (
        "Show rate of all webinars",
        """select sum(webinar_show_count)::float8
        / sum(webinar_told_registrant_count)
        from reporting.webinar_results""",
        "{:.4f}",
    ),
    "webinar_conversion_ratio": (
        "Conversion of attendees, 30 days over",
        """select sum(webinar_conversion_count)::float8 / sum(webinar_attendee_count)
        from reporting.webinar_results where is_conversion_over""",
        "{:.4f}",
    ),
    "webinar_revenue": (
        "Revenue of webinars, 30 days over",
        """select sum(webinar_net_revenue) from reporting.webinar_results
        where is_conversion_over""",
        "{:,.0f}",
    ),
    "worst_section": (
        "Section that most leave in",
        """select section_title from reporting.webinar_section_results
        order by section_retention_ratio limit 1""",
        "{}",
    ),
    "worst_rated_section": (
        "Section that is rated worst",
        """select subject_title from reporting.webinar_ratings
        where subject_kind = 'section' order by webinar_rating limit 1""",
        "{}",
    ),
    "offer_clicked_count": (
        "Clicks on offers",
        "select sum(offer_clicked_count) from reporting.webinar_offer_results",
        "{:,}",
    ),
    "tested_count": (
        "Tests taken after webinars",
        "select sum(tested_count) from reporting.webinar_content_results",
        "{:,}",
    ),
    "social_impression_count": (
        "Impressions of organic posts",
        "select sum(social_impression_count) from reporting.social_months",
        "{:,}",
    ),
    "website_down_checks": (
        "Checks that the website did not answer",
        """select sum(website_check_count - website_answered_count)
        from reporting.website_days""",
        "{:,}",
    ),
    "linked_session_count": (
        "Website visits linked to webinars",
        """select sum(webinar_session_count) from reporting.webinar_funnel_results
        where is_linked""",
        "{:,}",
    ),
    "unlinked_session_count": (
        "Website visits of no webinar",
        """select sum(webinar_session_count) from reporting.webinar_funnel_results
        where not is_linked""",
        "{:,}",
    ),
    "webinar_email_open_ratio": (
        "Opens of webinars' e-mails, of sent",
        """select sum(email_opened_count)::float8 / sum(webinar_email_sent_count)
        from reporting.webinar_funnel_results where is_linked""",
        "{:.4f}",
    ),
    "reminder_reader_count": (
        "People who opened a reminder themselves",
        """select opened_by_human_count from reporting.message_campaigns
        where campaign_id = 'recordatorios'""",
        "{:,}",
    ),
    "reminder_clicker_count": (
        "People who clicked in a reminder",
        """select clicked_count from reporting.message_campaigns
        where campaign_id = 'recordatorios'""",
        "{:,}",
    ),
    "paying_account_count": (
        "Accounts that pay",
        "select count(*) from reporting.accounts_now",
        "{:,}",
    ),
    "mrr_at_the_end": (
        "MRR on the last day",
        "select sum(mrr_amount) from reporting.accounts_now",
        "{:,.0f}",
    ),
    "logo_churn_ratio": (
        "Churn of accounts, last complete month",
        """select logo_churn_ratio from reporting.saas_by_month
        order by month_start_date desc limit 1""",
        "{:.4f}",
    ),
    "departed_account_count": (
        "Accounts that left",
        "select sum(departed_account_count) from reporting.account_exit_reasons",
        "{:,}",
    ),
    "first_exit_reason": (
        "Why most left",
        """select exit_reason from reporting.account_exit_reasons
        group by exit_reason
        order by sum(departed_account_count) desc, exit_reason limit 1""",
        "{}",
    ),
    "welcome_opener_count": (
        "Opens of the welcome series",
        """select sum(opened_by_human_count) from reporting.message_campaigns
        where sequence_name = 'Bienvenida'""",
        "{:,}",
    ),
    "referral_count": (
        "Accounts that another referred",
        "select count(*) from reporting.account_referrals",
        "{:,}",
    ),
    "referral_due_count": (
        "Referrals that have earned a reward",
        """select count(*) from reporting.account_referrals
        where reward_state = 'due' and not needs_review""",
        "{:,}",
    ),
    "value_reached_count": (
        "Accounts that came to their first value",
        """select reached_count from reporting.time_to_value
        where start_kind = 'paid'""",
        "{:,}",
    ),
    "earned_points": (
        "Points that rules have given",
        "select sum(earned_points) from reporting.points_standing",
        "{:,}",
    ),
    "redeemed_points": (
        "Points that accounts have spent",
        "select sum(redeemed_points) from reporting.points_standing",
        "{:,}",
    ),
}

# The same of what is forecast: it may be off, because nobody knows all causes.
_FORECASTS = {
    "leaving_chance_90d": (
        "Chance to leave within 90 days, mean of accounts",
        "select avg(leave_probability_90) from reporting.accounts_now",
        "{:.4f}",
    ),
    "leaving_auc_90d": (
        "AUC of who leaves within 90 days (true: of who knows all that is seen)",
        "select roc_auc from reporting.account_forecasts where horizon_days = 90",
        "{:.2f}",
    ),
}


def print_domain_truth(database: Connection, truth: dict[str, Any]) -> str | None:
    """Print it; return what was not found as it is, or None.

    What is forecast is shown beside the truth, and may differ from it.

    Parameters
    ----------
    database
        As the company's own people read it.
    truth
        What the simulation knows of the company, by name of the figure.
    """
    table = Table(box=None, padding=(0, 2), title="Beside the truth")
    table.title_justify = "left"
    for heading in ("", "found", "true"):
        table.add_column(heading, justify="left" if not heading else "right")
    differing = []
    for name, (label, query, form) in (_FIGURES | _FORECASTS).items():
        if truth.get(name) is None:
            continue
        (found,) = database.execute(query.encode()).fetchone() or (None,)
        told = "nothing" if found is None else form.format(found)
        true = form.format(truth[name])
        table.add_row(label, f"[bold]{told}[/bold]", true)
        if told != true and name in _FIGURES:
            differing.append(f"{label}: {told} for {true}")
    console.print(table)
    return "; ".join(differing) or None
