"""The views of the pages of a community, filled by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
from psycopg import sql

from tests.metabase.pages.declared_tables import table_of, views_of

__all__ = ["NAMES", "TABLES", "fill_community"]

# Those of a marketplace's users are made with its KPIs.
_OWN = views_of(
    "community", "acquisition_channels", "registration_regions", "get_acquisition_kpis"
)
_OF_PLATFORM = ("dashboard_usage", "report_preparations")
NAMES = (*_OWN, *_OF_PLATFORM)
TABLES = ";".join(
    [
        *(table_of("community", name) for name in _OWN),
        *(table_of("platform", name) for name in _OF_PLATFORM),
    ]
)
_MONTHS = [
    date(1996 + (month + 8) // 12, (month + 8) % 12 + 1, 1) for month in range(15)
]


def fill_community(connection: psycopg.Connection, company_id: str, scale: int) -> None:
    """Insert a community, all of whose counts are multiples of `scale`."""

    def insert(table: str, **values: object) -> None:
        row = {"company_id": company_id, **values}
        query = sql.SQL("insert into reporting.{} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )
        connection.execute(query, list(row.values()))

    for number, month in enumerate(_MONTHS):
        insert(
            "community_by_month",
            month_start_date=month,
            is_complete=number < 14,
            active_person_count=scale * (100 + 10 * number),
            new_registration_count=scale * 10,
            activated_person_count=scale * 8,
            content_minutes=scale * 1000,
            # The last is of a cohort that is too small to be a flagship figure.
            k_factor=0.2 if number < 14 else 0.9,
            retention_window_30=0.5 if number < 14 else 0,
        )
    _fill_flagships(insert, scale)
    cohort = {"cohort_month_start_date": _MONTHS[0], "is_complete": True}
    for days, ratio in ((30, 0.5), (60, 0.25), (90, 0.125)):
        insert(
            "community_retention",
            **cohort,
            family="window",
            day_count=days,
            eligible_count=scale * 80,
            is_many=True,
            retained_count=int(scale * 80 * ratio),
            retention_ratio=ratio,
        )
    # Of eight people no line is drawn.
    insert(
        "community_retention",
        cohort_month_start_date=date(1996, 8, 1),
        is_complete=True,
        family="window",
        day_count=30,
        eligible_count=8,
        is_many=False,
        retained_count=0,
        retention_ratio=0,
    )
    insert(
        "community_referrals",
        **cohort,
        cohort_person_count=scale * 200,
        invitation_count=scale * 500,
        activated_invitee_count=scale * 40,
        activated_referred_count=scale * 30,
        median_cycle_days=12,
        invitations_per_person=2.5,
        invitation_conversion_ratio=0.08,
        k_factor=0.2,
        k_factor_by_referrals=0.15,
    )
    insert(
        "community_referrers",
        person_id=f"contacts/{company_id}",
        referred_count=scale * 3,
        activated_referred_count=scale * 2,
    )
    for source, share in (("linkedin", 1), ("(none)", 0)):
        insert(
            "community_funnel",
            month_start_date=_MONTHS[-2],
            utm_source=source,
            visitor_count=scale * 20,
            identified_visitor_count=scale * 10 * share,
            registered_count=scale * 8 * share,
            attended_count=scale * 4 * share,
            active_count=scale * 2 * share,
        )
    for source, count in (("google", 60), ("(direct)", 20)):
        insert(
            "web_sources",
            month_start_date=_MONTHS[-2],
            utm_source=source,
            session_count=scale * count,
            engaged_session_count=scale * count // 2,
            new_user_count=scale * 10,
            key_event_count=scale * 2,
        )
    for day, flag in ((10, True), (11, False)):
        insert(
            "web_by_day",
            property_id="123",
            visit_date=_MONTHS[-2].replace(day=day),
            time_zone="America/Santiago",
            session_count=scale * 50,
            engaged_session_count=scale * 25,
            user_count=scale * 40,
            new_user_count=scale * 10,
            key_event_count=scale * 2,
            withheld_session_count=scale * 10 if flag else 0,
            is_thresholded=flag,
            is_sampled=False,
            has_other_row=flag,
            is_zone_changed=False,
            is_of_other_zone=True,
        )
    for property_id in ("123", "456"):
        insert(
            "web_now",
            property_id=property_id,
            read_at=datetime(1997, 12, 31, 12, tzinfo=UTC),
            active_user_count=scale * 3,
        )
    insert(
        "message_campaigns",
        campaign_id="c",
        campaign_name=f"Marzo de {company_id}",
        channel="email",
        first_date=_MONTHS[-2],
        is_complete=True,
        sent_count=scale * 100,
        delivered_count=scale * 80,
        clicked_count=scale * 8,
        converted_count=scale * 2,
        failed_count=scale * 20,
        delivery_ratio=0.8,
        open_ratio_reported=0.5,
        open_ratio_human=0.25,
        click_ratio=0.1,
        conversion_ratio=0.025,
        campaign_cost=20,
        currency_code="USD",
        sequence_name="Bienvenida",
        message_step=2,
        days_after_first=3.5,
    )
    insert(
        "content_by_month",
        month_start_date=_MONTHS[-2],
        content_id="p",
        title=f"Liderar en {company_id}",
        content_kind="podcast",
        topic="gestión",
        play_count=scale * 4,
        content_minutes=scale * 90,
        measurable_play_count=scale * 4,
        completed_play_count=scale * 3,
        completion_ratio=0.75,
    )
    for week, hot in ((7, 1), (14, 2)):
        insert(
            "lead_temperatures",
            snapshot_date=date(1997, 9, week),
            person_count=scale * 100,
            cold_count=scale * (90 - hot),
            warm_count=scale * 10,
            hot_count=scale * hot,
        )
    insert(
        "sponsorships_by_month",
        month_start_date=_MONTHS[-2],
        currency_code="EUR",
        sponsor_count=scale,
        sponsorship_income=scale * 3000,
        sponsorship_cost=scale * 450,
    )
    insert(
        "flows_by_day",
        flow_name="bienvenida",
        run_date=date(1997, 9, 29),
        flow_run_count=scale * 10,
        failed_run_count=scale * 2,
        outage_count=scale,
        repair_count=scale,
        repair_minutes=scale * 45,
    )
    insert("flow_uptimes_now", flow_name="bienvenida", flow_uptime_ratio=0.975)
    for name, kind, count in (("login", "login", 8), ("rareza", "other", 2)):
        insert(
            "community_event_names",
            event_type=name,
            event_kind=kind,
            event_count=scale * count,
            last_event_date=date(1997, 9, 29),
        )
    for campaign, reason, share in (("c", "550", 3), ("b", "550", 2), ("c", "", 1)):
        insert(
            "message_failures_by_reason",
            campaign_id=campaign,
            channel="email",
            failure_reason=reason,
            first_date=_MONTHS[-2],
            failed_count=scale * share,
        )
    insert(
        "access_by_day",
        system_name="metabase",
        attempt_date=date(1997, 9, 29),
        attempt_count=scale * 9,
        refused_attempt_count=scale * 3,
    )
    for week, people in ((22, 1), (29, 2)):
        insert(
            "dashboard_usage",
            role_name="directivo",
            week_start_date=date(1997, 9, week),
            person_count=scale * people,
            look_count=scale * 10 * people,
        )
    for is_baseline, minutes in ((True, 240.0), (False, 60.0)):
        insert(
            "report_preparations",
            review_name="weekly",
            prepared_date=date(1997, 9, 29),
            is_baseline=is_baseline,
            preparation_minutes=scale * minutes,
        )
    insert(
        "webhooks_by_day",
        connection_id="whatsapp",
        received_date=date(1997, 9, 29),
        event_count=scale * 50,
        busiest_hour_event_count=scale * 20,
        busiest_second_event_count=scale * 2,
        live_event_count=scale * 40,
        punctual_event_ratio=0.9,
        latency_p50_seconds=scale * 1.5,
        latency_p95_seconds=scale * 30,
        latency_max_seconds=scale * 61,
    )


def _fill_flagships(insert: Callable[..., None], scale: int) -> None:
    """Flagship figures beside their targets, and a week and a quarter."""
    for place, (metric, figure, target, state) in enumerate(
        [
            ("active_person_count", scale * 230, scale * 250, "missed"),
            ("k_factor", 0.2, 0.2, "reached"),
            ("retention_window_30", 0.5, None, "critical"),
            ("sponsorship_income", scale * 3000, None, None),
        ]
    ):
        for number, month in ((1, _MONTHS[-3]), (0, _MONTHS[-2])):
            insert(
                "community_kpis",
                month_start_date=month,
                metric_name=metric,
                place=place,
                is_newest=not number,
                figure=figure * (1 - number / 2),
                month_change=1.0 if not number else None,
                kpi_target=target,
                target_change=figure / target - 1 if target else None,
                kpi_state=state,
            )
    for kind, first, last in (
        ("week", date(1997, 9, 22), date(1997, 9, 28)),
        ("quarter", date(1997, 7, 1), date(1997, 9, 30)),
    ):
        insert(
            "community_period_changes",
            period_kind=kind,
            period_start_date=first,
            period_end_date=last,
            place=1,
            metric_name="active_person_count",
            figure=scale * (60 if kind == "week" else 300),
            earlier_figure=scale * 40,
            period_change=0.5 if kind == "week" else 6.5,
            year_change=0.25 if kind == "week" else None,
        )
