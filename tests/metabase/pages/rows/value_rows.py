"""Rows of the first value of accounts, by hand."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NAMES", "value_rows"]

NAMES = (
    "company_adoption",
    "onboarding_steps",
    "time_to_value",
    "time_to_value_days",
    "value_retention",
)
Values = Mapping[str, object]


def value_rows(times: int) -> list[tuple[str, Values]]:
    """Accounts since they pay; counts are `times` as many."""
    paid: Values = {"start_kind": "paid", "start_label_es": "Desde que paga"}
    share: Values = {"reached_ratio_lower": 0.1, "reached_ratio_upper": 0.9}
    return [
        (
            "company_adoption",
            {
                "place": 2,
                "feature_tier": "core",
                "tier_label_es": "Básicas",
                "account_count": 50 * times,
                "feature_count": 3,
                "adoption_ratio": 0.61,
                "adoption_ratio_lower": 0.55,
                "adoption_ratio_upper": 0.67,
                "seat_weighted_ratio": 0.584,
                "as_of_date": "1997-06-30",
            },
        ),
        (
            "time_to_value",
            {
                **paid,
                "place": 1,
                "account_count": 50 * times,
                "reached_count": 30 * times,
                "waiting_count": 20 * times,
                "quarter_days": 4,
                "median_days": 12,
                "median_days_lower": 9,
            },
        ),
        *(
            (
                "time_to_value_days",
                {**paid, **share, "day_number": day, "reached_ratio": ratio / times},
            )
            for day, ratio in ((0, 0.1), (1, 0.25))
        ),
        *(
            (
                "onboarding_steps",
                {
                    **paid,
                    **share,
                    "place": 3,
                    "step": "value",
                    "step_label_es": "Llegó al primer valor",
                    "day_number": day,
                    "account_count": 48 * times,
                    "reached_count": 6 * times,
                    "reached_ratio": 0.125,
                },
            )
            for day in (0, 1, 3, 7, 14)
        ),
        (
            "value_retention",
            {
                "place": 1,
                "bucket": "0-7",
                "bucket_label_es": "Menos de 7 días",
                "horizon_days": 90,
                "account_count": 20 * times,
                "retained_count": 18 * times,
                "retained_ratio": 0.9,
                "retained_ratio_lower": 0.699,
                "retained_ratio_upper": 0.972,
            },
        ),
    ]
