"""Rows of a programme to keep subscribers, by hand."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NAMES", "programme_rows"]

NAMES = (
    "program_costs",
    "programme_figures_before",
    "programme_parts",
    "programme_reviews",
    "programme_standing",
)
Values = Mapping[str, object]


def programme_rows(times: int) -> list[tuple[str, Values]]:
    """A programme that pays, of a company with `times` its costs."""
    return [
        (
            "programme_standing",
            {
                "first_month": "1997-04-01",
                "last_month": "1997-06-01",
                "month_count": 3,
                "cost_amount": 50 * times,
                "unpriced_cost_count": 0,
                "margin_amount": 150 * times,
                "roi": 2.0,
                "roi_lower": -0.4,
                "roi_upper": 4.4,
                "payback_months": 1,
                "verdict_label_es": "No se puede decir",
                "gross_margin_rate": 0.8,
                "average_mrr": 40,
                "churn_ratio": 0.05,
                "saas_clv": 640 * times,
                "saas_clv_lower": 500,
                "saas_clv_upper": 900,
                "new_account_count": 30,
                "acquisition_cost": 128,
                "clv_to_cac": 5,
                "cac_payback_months": 4,
            },
        ),
        (
            "programme_figures_before",
            {"metric_name": "logo_churn_ratio", "kpi_value": 0.05 * times},
        ),
        (
            "programme_parts",
            {
                "place": 1,
                "part": "churn",
                "part_label_es": "Cuentas que se quedan",
                "acted_count": 600 * times,
                "watched_count": 60,
                "needed_count": 700,
                "effect": -0.0312,
                "effect_lower": -0.05,
                "effect_upper": -0.01,
                "margin_amount": 150 * times,
                "margin_lower": 30,
                "margin_upper": 270,
                "verdict_label_es": "Ayuda",
            },
        ),
        (
            "programme_reviews",
            {
                "metric_name": "logo_churn_ratio",
                "frozen_on": "1997-04-02",
                "baseline_ratio": 0.052,
                "measured_ratio": 0.04,
                "change_ratio": -0.012,
                "change_ratio_lower": -0.03,
                "change_ratio_upper": 0.006,
                "target_ratio": 0.035,
                "needed_count": 2256,
                "verdict_label_es": "Aún no se puede decir",
            },
        ),
        *(
            (
                "program_costs",
                {
                    "month_start_date": "1997-06-01",
                    "cost_kind": kind,
                    "place": place,
                    "cost_label_es": label,
                    "program_cost": cost,
                },
            )
            for kind, place, label, cost in (
                ("team", 1, "Equipo", 40 * times),
                ("tools", 2, "Herramientas", 10),
            )
        ),
    ]
