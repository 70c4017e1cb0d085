"""Rows of support, surveys and seats, by hand."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NAMES", "service_rows"]

NAMES = ("satisfaction_by_month", "seat_use_by_month", "support_by_month")
Values = Mapping[str, object]


def service_rows(times: int) -> list[tuple[str, Values]]:
    """A month of each; counts are `times` as many."""
    month = {"month_start_date": "1997-05-01"}
    return [
        *(("support_by_month", row) for row in _support(times)),
        (
            "satisfaction_by_month",
            {
                **month,
                "survey_kind": "nps",
                "touchpoint": "all",
                "place": 1,
                "touchpoint_label_es": "Todos (NPS)",
                "answer_count": 200 * times,
                "nps_score": 45 / times,
                "nps_score_lower": 34.7 / times,
                "nps_score_upper": 55.3 / times,
            },
        ),
        (
            "satisfaction_by_month",
            {
                **month,
                "survey_kind": "csat",
                "touchpoint": "support",
                "place": 3,
                "touchpoint_label_es": "Soporte",
                "answer_count": 40 * times,
                "csat_mean_10": 7.5 / times,
            },
        ),
        (
            "seat_use_by_month",
            {
                **month,
                "seat_dau_ratio": 0.35 / times,
                "seat_mau_ratio": 0.7 / times,
                "stickiness_ratio": 0.5 / times,
            },
        ),
    ]


def _support(times: int) -> list[Values]:
    """Two tiers of a month, and one of the month before."""
    first = {
        "month_start_date": "1997-05-01",
        "support_tier": 1,
        "target_minutes": 120,
        "desk_target_count": 12 * times,
        "ticket_count": 60 * times,
        "met_count": 48,
        "decided_count": 60 * times,
        "sla_attainment_ratio": 0.8 / times,
        "sla_attainment_ratio_lower": 0.7 / times,
        "sla_attainment_ratio_upper": 0.88 / times,
        "median_reply_minutes": 95,
        "p90_reply_minutes": 300,
        "aged_count": 20,
        "solved_within_7d_count": 15,
        "solved_within_7d_ratio": None,
        "business_clock_count": 0,
    }
    second = {
        **first,
        "support_tier": 2,
        "ticket_count": 20 * times,
        "met_count": 12,
        "decided_count": 20 * times,
        "solved_within_7d_count": 18,
    }
    before = {**first, "month_start_date": "1997-04-01", "ticket_count": 50 * times}
    return [first, second, before]
