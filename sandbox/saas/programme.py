"""What Cuaderno spends on keeping and on winning accounts, and what it aims at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

__all__ = ["MARGIN_RATE", "kpi_targets", "program_costs"]

MARGIN_RATE: Final = 0.8
_PROGRAMME_MONTHS: Final = 6
_ACQUISITION_MONTHS: Final = 12
# EUR, of a business of 1,200 accounts.
_MONTHLY: Final = {"team": 1_900, "tools": 350}
_ONCE: Final = 4_000
_ACQUISITION: Final = 8_000
# Stated and wanted, by figure; nothing of it is simulated.
_TARGETS: Final = {
    "logo_churn_ratio": (0.052, 0.02),
    "gross_mrr_churn_ratio": (0.06, 0.03),
    "net_mrr_churn_ratio": (0.04, 0.01),
    "net_revenue_retention_ratio": (1.05, 1.2),
    "gross_revenue_retention_ratio": (0.8, 0.9),
    "retention_m1_ratio": (0.75, 0.85),
    "retention_m3_ratio": (0.6, 0.75),
    "retention_m6_ratio": (0.45, 0.65),
    "seat_dau_ratio": (0.35, 0.45),
    "seat_mau_ratio": (0.7, 0.8),
    "stickiness_ratio": (0.5, 0.56),
    "feature_adoption_ratio": (0.42, 0.65),
    "company_adoption_ratio": (0.42, 0.65),
    "core_adoption_ratio": (0.68, 0.85),
    "advanced_adoption_ratio": (0.23, 0.5),
    "new_adoption_ratio": (0.15, 0.4),
    "recovered_invoice_ratio": (0.6, 0.8),
    "programme_roi": (0, 3),
    "end_mrr": (22_000, 28_600),
    "average_mrr_per_account": (38, 45),
    "saas_clv": (450, 720),
    "acquisition_cost": (180, 126),
    "clv_to_cac": (2.5, 5.7),
    "quick_ratio": (0.9, 2),
    "nps_score": (45, 60),
    "csat_mean_10": (7.2, 8.5),
    "support_csat_mean_10": (8, 9.25),
    "weekly_sessions_per_user": (2.5, 3.5),
    "mean_session_minutes": (8, 15),
    "automation_ratio": (0.7, 0.85),
    "accounts_per_ticket": (2, 2.8),
    "success_email_count": (1_200, 1_500),
    "success_in_app_count": (600, 800),
    "success_call_count": (20, 40),
    "success_training_count": (60, 75),
}
Row = Mapping[str, object]


def program_costs(last_day: date) -> Iterator[Row]:
    """Acquisition for a year; team and tools for half of it, and a start once."""
    for age in range(_ACQUISITION_MONTHS, 0, -1):
        month = _month(last_day, age)
        kinds = {"acquisition": _ACQUISITION}
        if age <= _PROGRAMME_MONTHS:
            kinds |= _MONTHLY
        if age == _PROGRAMME_MONTHS:
            kinds["implementation"] = _ONCE
        for kind, cost in kinds.items():
            yield {
                "cost_month": month,
                "cost_kind": kind,
                "program_cost": cost,
                "currency_code": "EUR",
            }


def kpi_targets(last_day: date) -> Iterator[Row]:
    """What each figure is to be, beside what its owner states it was."""
    for name, (stated, target) in _TARGETS.items():
        yield {
            "metric_name": name,
            "target_month": _month(last_day, 0),
            "target_value": target,
            "baseline_value": stated,
        }


def _month(last_day: date, age: int) -> date:
    """First day of the month so many before that of a day."""
    day = last_day.replace(day=1)
    for _ in range(age):
        day = (day - timedelta(days=1)).replace(day=1)
    return day
