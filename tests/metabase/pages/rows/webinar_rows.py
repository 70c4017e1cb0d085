"""The views of webinars, filled by hand."""

from __future__ import annotations

from functools import partial

import psycopg
from psycopg import sql

from tests.metabase.pages.declared_tables import table_of

__all__ = ["NAMES", "TABLES", "fill_webinars"]

TABLES = """
create table reporting.webinar_months (
    company_id text, month_start_date date, is_complete boolean,
    is_conversion_over boolean, webinar_registrant_count integer,
    webinar_told_registrant_count integer,
    webinar_attendee_count integer, webinar_conversion_count integer,
    webinar_show_ratio double precision, webinar_conversion_ratio double precision,
    webinar_net_revenue numeric(18, 2), webinar_cost numeric(18, 2),
    webinar_cost_per_registrant numeric(18, 2), webinar_return_ratio double precision,
    webinar_attended_minutes numeric(10, 1), webinar_chat_ratio double precision,
    webinar_question_ratio double precision, webinar_poll_ratio double precision,
    webinar_engagement numeric(6, 2), webinar_attention numeric(4, 2),
    webinar_satisfaction numeric(4, 2)
);
create table reporting.webinar_results (
    company_id text, webinar_id text, title text, start_date date,
    webinar_registrant_count integer, webinar_show_ratio double precision,
    show_ratio_lower double precision, show_ratio_upper double precision,
    webinar_attendee_count integer, webinar_attended_minutes numeric(10, 1),
    webinar_engagement numeric(6, 2), webinar_conversion_count integer,
    webinar_conversion_ratio double precision, webinar_net_revenue numeric(18, 2),
    webinar_return_ratio double precision, webinar_attention numeric(4, 2),
    webinar_chat_ratio double precision, webinar_question_ratio double precision,
    webinar_poll_ratio double precision, is_conversion_over boolean
);
create table reporting.webinar_channels (
    company_id text, channel_label_es text, webinar_registrant_count integer,
    webinar_show_ratio double precision, show_ratio_lower double precision,
    show_ratio_upper double precision, webinar_attendee_count integer,
    webinar_engagement numeric(6, 2), webinar_conversion_count integer,
    webinar_net_revenue numeric(18, 2), webinar_cost numeric(18, 2),
    webinar_cost_per_registrant numeric(18, 2),
    webinar_conversion_ratio double precision,
    conversion_ratio_lower double precision, conversion_ratio_upper double precision,
    webinar_return_ratio double precision, untold_webinar_count integer,
    webinar_told_registrant_count integer
);
create table reporting.webinar_forecasts (
    company_id text, webinar_id text, title text, start_date date, is_held boolean,
    registrant_count integer, webinar_expected_count double precision,
    lower_count integer, upper_count integer, webinar_show_count integer,
    is_inside boolean, model_name text
);
"""
_DECLARED = (
    *("webinar_calls", "webinar_call_bands", "webinar_call_grades"),
    *("webinar_section_results", "webinar_section_dates", "webinar_live_counters"),
    *("webinar_moments", "webinar_audience_traits", "webinar_cohort_results"),
    *("webinar_segment_profiles", "webinar_segment_choices"),
    *("webinar_ratings", "webinar_offer_results", "social_months", "website_days"),
    *("webinar_funnel_results", "webinar_funnel_channels"),
    *("webinar_content_results", "webinar_outlooks", "webinar_rolling_days"),
    *("webinar_experiments", "webinar_trait_conversions"),
    "webinar_message_pressures",
)
# What is told in English is added from the Spanish.
TABLES += ";\n".join(
    table_of("webinars", view)
    .replace(", told_en text", "")
    .replace(", signals_en text", "")
    .replace(", channel_label_en text", "")
    for view in _DECLARED
)
TABLES += ";\n" + table_of("platform", "insights")
NAMES = (
    "insights",
    *("webinar_months", "webinar_results", "webinar_channels"),
    *("webinar_forecasts", *_DECLARED),
)


def fill_webinars(
    connection: psycopg.Connection, company_id: str, *, times: int
) -> None:
    """Four months of webinars, of the last two of which sales go on.

    People and amounts are `times` as many, so that no two companies have the same.
    """

    def insert(table: str, *values: object) -> None:
        row = (company_id, *values)
        query = sql.SQL("insert into reporting.{} values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Placeholder() * len(row))
        )
        connection.execute(query, row)

    connection.execute(
        """insert into reporting.insights
            (company_id, rule_id, as_of_date, trace_id, sentence_es)
        values (%s, 'webinar_cohort_retained', '1997-09-30', 'abc', %s)""",
        [company_id, f"Vuelve el {times} %."],
    )
    t = times
    for month, is_complete, is_over, people, rates, money in (
        ("1996-09-01", True, True, (900, 300, 30), (0.3, 0.1), (9, 8, 0.01, 0.125)),
        ("1997-06-01", True, True, (40, 8, 2), (0.4, 0.25), (90, None, None, None)),
        ("1997-07-01", True, True, (100, 46, 6), (0.42, 0.13), (600, 400, 4, 0.5)),
        ("1997-08-01", True, False, (120, 60, 4), (0.45, None), (250, 480, 4, None)),
        ("1997-09-01", False, False, (70, 21, 1), (0.3, None), (40, 80, 1, None)),
    ):
        (registered, *counts), amounts = (each * t for each in people), money[:3]
        # Of half of June's nobody tells whether they came.
        seen = registered // 2 if month == "1997-06-01" else registered
        counts = [registered, seen, *counts]
        insert(
            "webinar_months",
            *(month, is_complete, is_over, *counts, *rates),
            *(None if each is None else each * t for each in amounts),
            money[3],
            *(38.5, 0.5, 0.16, None, 80, 7.25, 9.5),
        )
    insert(
        "webinar_results",
        *("W1", "Automatiza", "1997-07-10", 100 * t, 0.42, 0.328, 0.518, 46 * t),
        *(38.5, 61.25, 6 * t, 0.13, 600 * t, 0.5, 7.25, 0.5, 0.08, 0.64, True),
    )
    insert(
        "webinar_results",
        *("W2", "Crece", "1997-08-14", 120 * t, 0.45, 0.364, 0.539, 60 * t),
        *(41.0, 66.5, 4 * t, None, 250 * t, None, 8.1, 0.6, 0.15, None, False),
    )
    social = (150 * t, 0.4, 0.325, 0.48, 70 * t, 60.5, 8 * t, 700 * t, 800 * t, 5 * t)
    sold = (0.12, 0.06, 0.22, -0.25, 0)
    insert("webinar_channels", "Redes sociales", *social, *sold, 150 * t)
    mail = (70 * t, 0.55, 0.434, 0.661, 36 * t, 71.0, 2 * t, 150 * t, 0, None)
    insert("webinar_channels", "Correo", *mail, *[None] * 4, t, 50 * t)
    for told in (
        ("W1", "Automatiza", "1997-07-10", True, 100 * t, 41.4 * t, 30, 54, 42, True),
        ("W2", "Crece", "1997-08-14", True, 120 * t, 50.2 * t, 38, 51, 54, False),
        ("W3", "Vende", "1997-10-02", False, 60 * t, 25.8 * t, 17, 34, None, None),
    ):
        insert("webinar_forecasts", *told, "series")
    insert("webinar_rolling_days", "1997-08-10", 2, 400 * t, 0.5, 0.1, 4, "EUR")
    insert("webinar_rolling_days", "1997-08-11", 2, 500 * t, 0.75, None, 5, "EUR")
    _fill_leads(connection, company_id, t)
    _fill_operations(connection, company_id, t)
    _fill_segments(connection, company_id, t)
    _fill_opinions(connection, company_id, t)
    _fill_funnel(connection, company_id, t)
    _fill_comparisons(connection, company_id, t)


def _inserted(
    connection: psycopg.Connection, company_id: str, view: str, **row: object
) -> None:
    row["company_id"] = company_id
    query = sql.SQL("insert into reporting.{} ({}) values ({})").format(
        sql.Identifier(view),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    connection.execute(query, list(row.values()))


def _fill_comparisons(connection: psycopg.Connection, company_id: str, t: int) -> None:
    """A subject that is better than its control; buyers of two industries."""
    insert = partial(_inserted, connection, company_id)
    for variant, did, verdict in (("B", 150, "better"), ("A", 100, "control")):
        is_control = verdict == "control"
        insert(
            "webinar_experiments",
            **{"experiment": "Asunto", "outcome_kind": "open", "variant": variant},
            **{"experiment_kind": "subject", "webinar_id": "W1", "title": "Automatiza"},
            **{"started_on": "1997-07-01", "is_control": is_control},
            **{"shown_count": 500 * t, "outcome_count": did * t},
            **{"variant_ratio": did / 500, "verdict": verdict},
            **{"difference_ratio": None if is_control else 0.1},
            **{"difference_lower": None if is_control else 0.046 / t},
            **{"difference_upper": None if is_control else 0.153},
        )
    for variant, mean, verdict in (("B", 24, "better"), ("A", 20, "control")):
        is_control = verdict == "control"
        insert(
            "webinar_experiments",
            **{"experiment": "Vídeo", "outcome_kind": "minutes", "variant": variant},
            **{"experiment_kind": "other", "started_on": "1997-06-01"},
            **{"is_control": is_control, "shown_count": 100 * t, "is_mean": True},
            **{"variant_mean": mean * t, "verdict": verdict},
            **{"difference_mean": None if is_control else 4 * t},
            **{"difference_mean_lower": None if is_control else 0.44},
            **{"difference_mean_upper": None if is_control else 7.56},
        )
    for place, people, present in ((4, 10, 3), (0, 40, 20)):
        insert(
            "webinar_message_pressures",
            **{"pressure_place": place, "pressed_registrant_count": people * t},
            **{"pressed_attendee_count": present * t, "show_ratio_lower": 0.1},
            **{"pressed_show_ratio": present / people, "show_ratio_upper": 0.6},
        )
    for industry, people, bought in (("", 10, 1), ("Retail", 40, 8)):
        insert(
            "webinar_trait_conversions",
            **{"trait": "industry", "trait_value": industry},
            **{"trait_attended_count": people * t, "trait_bought_count": bought * t},
            **{"trait_conversion_ratio": bought / people, "trait_revenue": 50 * t},
            **{"conversion_ratio_lower": 0.1, "conversion_ratio_upper": 0.4},
        )


def _fill_leads(connection: psycopg.Connection, company_id: str, t: int) -> None:
    insert = partial(_inserted, connection, company_id)
    for rank, name, chance, band, action, opened in (
        (2, "ana", 0.35, "very_low", "keep_in_touch", None),
        (1, "bea", 0.65, "medium", "nurture", 4),
    ):
        insert(
            "webinar_calls",
            **{"webinar_id": "W2", "person_id": name, "title": "Crece"},
            **{"person_name": f"{name} {t}", "start_date": "1997-08-14"},
            **{"industry": "Retail", "company_size": "11-50", "call_rank": rank},
            **{"engagement_score": 20 * t, "purchase_probability": chance},
            **{"band": band, "action": action, "lead_open_count": opened},
        )
    for band, people, bought in (("others", 60, 6), ("called", 40, 10), ("high", 0, 0)):
        insert(
            "webinar_call_bands",
            **{"band": band, "graded_people_count": people * t},
            **{"graded_conversion_count": bought * t},
            **{
                "said_ratio": 0.2,
                "realised_ratio": bought / people if people else None,
            },
            **{"realised_lower_ratio": 0.05, "realised_upper_ratio": 0.4},
        )
    insert(
        "webinar_call_grades",
        **{"is_scored": True, "told_es": "Nadie llega.", "signals_es": "Cuentan."},
        **{"known_people_count": 500 * t, "known_conversion_count": 90 * t},
        **{"graded_people_count": 100 * t, "base_ratio": 0.16},
        **{"score_area_under_curve": 0.71, "score_calibration_error": 0.05},
    )
    for place, title, stayed in ((2, "Implementación", 66), (1, "Introducción", 97)):
        insert(
            "webinar_section_results",
            **{"section_title": title, "section_place": place},
            **{"section_webinar_count": 2 * t, "section_present_count": 100 * t},
            **{"section_stayed_count": stayed * t},
            **{"section_retention_ratio": stayed / 100, "section_peak_ratio": 0.6},
            **{"retention_ratio_lower": 0.5, "retention_ratio_upper": 0.9},
            section_interactions_per_minute=1.5 * t,
        )


def _fill_operations(connection: psycopg.Connection, company_id: str, t: int) -> None:
    """W2 is on, W1 is over and W3 to come."""
    insert = partial(_inserted, connection, company_id)
    told_at = "1997-08-14 17:20"
    for webinar_id, title, day, phase, present in (
        ("W1", "Automatiza", "1997-07-10 17:00", "over", 0),
        ("W2", "Crece", "1997-08-14 17:00", "live", 40),
        ("W3", "Vende", "1997-10-02 17:00", "to_come", 0),
    ):
        same = {"webinar_id": webinar_id, "title": title, "starts_at": day}
        for name, people in (("registrant", 100), ("attendee", 46), ("conversion", 6)):
            insert(
                "webinar_live_counters",
                **same,
                **{"metric_name": f"live_{name}_count", "starts_locally": day},
                **{"told_at": told_at, "told_locally": told_at, "phase": phase},
                **{"live_present_count": present * t, "target_count": 200 * t},
                **{
                    "live_people_count": people * t,
                    "is_own_target": name == "attendee",
                },
                live_progress_ratio=people / 200,
            )
        if phase == "to_come":
            continue
        for minute, chats in ((0, 2), (5, 7)):
            insert(
                "webinar_moments",
                **same,
                **{"start_minute": minute, "minutes_present_count": 30 * t + minute},
                **{"minutes_chat_count": chats * t, "minutes_question_count": t},
                **{"minutes_poll_count": 0, "minutes_screen_count": 3 * t},
            )
        for number, (size, people) in enumerate((("", 20), ("11-50", 80))):
            for trait in ("industry", "company_size"):
                insert(
                    "webinar_audience_traits",
                    **same,
                    **{"trait": trait, "trait_value": size},
                    **{"trait_registrant_count": people * t},
                    trait_attendee_count=10 * t + number,
                )
        insert(
            "webinar_section_dates",
            **same,
            **{"section_number": 1, "section_title": "Inicio", "start_date": day},
            **{"section_present_count": 60 * t, "section_retention_ratio": 0.9},
            **{"retention_ratio_lower": 0.8, "retention_ratio_upper": 0.95},
            **{"section_peak_ratio": 0.7, "section_interactions_per_minute": 2 * t},
        )


def _fill_segments(connection: psycopg.Connection, company_id: str, t: int) -> None:
    """Two kinds, of which one is advised twice; cohorts of January, June and August.

    Of June itself and of October nobody tells who came.
    """
    insert = partial(_inserted, connection, company_id)
    for segment, people, feature, is_keen in (
        (4, 30, "chat_mean", True),
        (1, 70, "registered_count", False),
    ):
        insert(
            "webinar_segment_profiles",
            **{"segment_id": segment, "segment_people_count": people * t},
            **{"segment_people_ratio": people / 100, "top_feature": feature},
            **{"segment_conversion_count": 12 * t, "segment_conversion_ratio": 0.4},
            **{"conversion_lower_ratio": 0.2, "conversion_upper_ratio": 0.6},
            **{"segment_revenue_mean": 50 * t, "segment_engagement": 85},
            **{"wants_premium": is_keen, "wants_upsell": is_keen},
            wants_enterprise=False,
        )
    for count, is_stable in ((2, True), (3, True), (4, False)):
        insert(
            "webinar_segment_choices",
            **{"segment_count": count, "is_stable": is_stable, "is_taken": count == 2},
            **{"segment_silhouette": 0.4, "segment_jaccard": 0.9, "segment_rand": 0.9},
            **{"segment_smallest_ratio": 0.3, "audience_people_count": 100 * t},
            **{"segment_kept_count": 45, "known_before_count": 50},
        )
    for month, age, came in (
        ("1997-01-01", 0, 30),
        ("1997-01-01", 1, 20),
        ("1997-01-01", 2, 10),
        ("1997-08-01", 0, 40),
        ("1997-08-01", 1, 24),
        ("1997-08-01", 2, None),
        ("1997-06-01", 0, None),
    ):
        cohort = {"cohort_month": month, "age_months": age, "currency_code": "EUR"}
        cohort["webinar_cohort_people"] = 80 * t
        if came is None:
            insert("webinar_cohort_results", **cohort)
            continue
        insert(
            "webinar_cohort_results",
            **cohort,
            **{"webinar_cohort_attendees": came * t},
            **{"webinar_cohort_ratio": came / 80, "webinar_cohort_buyers": t},
            **{"webinar_cohort_conversion": (age + 1) / 80, "engagement_count": 2},
            **{"webinar_cohort_visits": came * t, "live_seconds": 1800 * came * t},
            **{"engagement_sum": 100 + age, "webinar_cohort_interactions": 4 * t},
            **{"webinar_cohort_revenue": 40 * came * t},
            **{"attended_ratio_lower": 0.1, "attended_ratio_upper": 0.7},
        )


def _fill_opinions(connection: psycopg.Connection, company_id: str, t: int) -> None:
    """A webinar that was liked, a section that was not, an offer, posts, a website."""
    insert = partial(_inserted, connection, company_id)
    for kind, subject, title, day, mean in (
        ("webinar", "W1", "Automatiza", "1997-07-10", 8.4),
        ("section", "Fin", "Fin", None, 9.1),
        ("section", "Nudo", "Nudo", None, 5.2),
    ):
        insert(
            "webinar_ratings",
            **{"subject_kind": kind, "subject_id": subject, "subject_title": title},
            **{"start_date": day, "webinar_rater_count": 20 * t},
            **{"webinar_rating": mean, "rating_lower": mean - 0.5},
            **{"rating_upper": mean + 0.5, "other_opinion_count": t},
        )
    insert(
        "webinar_offer_results",
        **{"webinar_id": "W1", "offer_id": "curso", "title": "Automatiza"},
        **{"start_date": "1997-07-10", "offer_title": "Curso"},
        **{"offer_shown_count": 40 * t, "offer_clicked_count": 10 * t},
        **{"offer_bought_count": 4 * t, "offer_click_ratio": 0.25},
        **{"click_ratio_lower": 0.14, "click_ratio_upper": 0.4},
        **{"offer_bought_ratio": 0.4, "bought_ratio_lower": 0.17},
        bought_ratio_upper=0.69,
    )
    for channel, month, shown in (
        ("LinkedIn", "1997-07-01", 900),
        ("Facebook", "1997-07-01", 500),
        ("LinkedIn", "1997-09-01", 40),
    ):
        insert(
            "social_months",
            **{"social_channel": channel, "month_start_date": month},
            **{"is_complete": month < "1997-09", "social_post_count": 2 * t},
            **{"social_impression_count": shown * t, "social_reach_count": 300 * t},
            **{"social_frequency": shown / 300, "social_engagement_count": 45 * t},
            **{"social_engagement_ratio": 45 / shown, "social_click_ratio": 0.03},
        )
    for site, day, answered, unchecked in (
        ("a.test", "1997-09-01", 96, 0),
        ("a.test", "1997-09-02", 90, 3),
        ("b.test/x", "1997-09-02", 48, 12),
    ):
        insert(
            "website_days",
            **{"site_id": site, "calendar_date": day, "is_complete": True},
            **{"website_check_count": 100 * t, "website_answered_count": answered * t},
            **{"website_uptime_ratio": answered / 100 / t},
            website_unchecked_hours=unchecked,
        )


def _fill_funnel(connection: psycopg.Connection, company_id: str, t: int) -> None:
    """A webinar with e-mails and posts, one with nothing, and visits of neither."""
    insert = partial(_inserted, connection, company_id)
    told = {
        **{"webinar_session_count": 400 * t, "webinar_session_seconds": 95},
        **{"webinar_new_visitor_count": 120 * t, "webinar_impression_count": 900 * t},
        "webinar_delivered_open_ratio": 0.32,
        **{"webinar_bounce_ratio": 0.4, "webinar_email_sent_count": 50 * t},
        **{"webinar_email_open_ratio": 0.3, "funnel_net_revenue": 600 * t},
    }
    for webinar_id, title, day, more in (
        ("W1", "Automatiza", "1997-07-10", told),
        ("W2", "Crece", "1997-08-14", {}),
        ("(none)", None, None, {"webinar_session_count": 90 * t}),
    ):
        row = {"title": title, "start_date": day, **more}
        is_linked = title is not None
        insert(
            "webinar_funnel_results", webinar_id=webinar_id, is_linked=is_linked, **row
        )
    for webinar_id, label, shown, clicks, visits in (
        ("W1", "Redes sociales", 900, 18, 300),
        ("W2", "Redes sociales", 100, 2, 20),
        ("W1", "Correo", None, None, 29),
        ("(none)", "Directo", None, None, 90),
    ):
        insert(
            "webinar_funnel_channels",
            **{"webinar_id": webinar_id, "channel_label_es": label},
            **{"is_linked": webinar_id != "(none)"},
            **{"webinar_impression_count": shown, "rated_impression_count": shown},
            **{"webinar_click_count": clicks, "webinar_session_count": visits * t},
            **{"timed_session_count": visits, "engaged_seconds": 60 * visits},
        )
    for webinar_id, day, seconds in (
        ("W1", "1997-07-10", 95.5),
        ("W2", "1997-08-14", None),
    ):
        insert(
            "webinar_content_results",
            **{"webinar_id": webinar_id, "title": webinar_id, "start_date": day},
            **{"webinar_question_count": 7 * t, "webinar_slide_seconds": seconds},
            **{"engagement_coverage_ratio": 0.85, "tested_count": 0},
        )
    for webinar_id, expected, is_rising in (("W3", 0.43, True), ("W4", None, False)):
        insert(
            "webinar_outlooks",
            **{"webinar_id": webinar_id, "title": webinar_id},
            **{"start_date": "1997-10-02", "registrant_count": 60 * t},
            **{"last_day_count": 9 * t, "day_before_count": 4 * t},
            **{"webinar_velocity": 5 * t, "webinar_expected_ratio": expected},
            **{"webinar_paid_visits": 3 * t, "webinar_other_visits": 9 * t},
            **{"webinar_marketing_pressure": 12 * t, "webinar_post_engagement": 7 * t},
            **{"is_rising": is_rising, "is_opened": False, "is_crowded": False},
            **{"wants_marketing": expected is not None, "wants_content": False},
        )
