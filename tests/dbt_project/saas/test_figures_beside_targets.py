"""Figures beside a month before, a target and a stated baseline, of two companies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-03-15"


def subscription(account: str, began: str, ended: str | None = None) -> Row:
    return {
        "subscription_id": f"s-{account}",
        "account_id": account,
        "billing_interval": "month",
        "amount": 100,
        "status": "cancelled" if ended else "active",
        "started_at": began,
        "ended_at": ended,
    }


def answer(key: str, touchpoint: str, score: int) -> Row:
    return {
        "response_id": key,
        "survey_kind": "csat",
        "touchpoint": touchpoint,
        "account_id": "a0",
        "answered_at": "2026-02-05 12:00+00",
        "score": score,
        "scale_min": 1,
        "scale_max": 5,
    }


def use(account: str, feature: str, day: str) -> Row:
    return {
        "message_id": f"{account}-{feature}-{day}",
        "event": "Used",
        "user_id": f"u-{account}",
        "account_id": account,
        "feature": feature,
        "occurred_at": f"{day} 10:00+00",
    }


# Of forty that began in December ten leave in January, in which ten others begin; one
# begins in the month that is not over.
SUBSCRIPTIONS = (
    *(
        subscription(f"a{n}", "2025-12-01", "2026-01-20" if n >= 30 else None)
        for n in range(40)
    ),
    *(subscription(f"b{n}", "2026-01-05") for n in range(10)),
    subscription("late", "2026-03-10"),
)
ANSWERS = (
    *(answer("s", "support", 4), answer("o", "onboarding", 5)),
    answer("p", "product", 5),
)
# All use the one feature, half the other.
USES = (
    use("a0", "x", "2026-01-10"),
    *(use(f"a{n}", "x", "2026-02-20") for n in range(30)),
    *(use(f"b{n}", "x", "2026-02-20") for n in range(10)),
    *(use(f"a{n}", "y", "2026-02-20") for n in range(20)),
)
TARGETS = (
    ("2026-01-01", 0.05),
    ("2026-04-01", 0.035),
    ("2026-05-01", 0.03),
)


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, list[dict[str, Any]]]]:
    pair = warehouse.add_pair()
    targets = [
        {
            "metric_name": "logo_churn_ratio",
            "target_month": month,
            "target_value": target,
            "baseline_value": 0.052,
        }
        for month, target in TARGETS
    ]
    features = [{"feature": name, "feature_tier": "core"} for name in "xy"]
    warehouse.load(
        pair.acme,
        RawFile("s.csv", SUBSCRIPTIONS, contract="subscriptions"),
        RawFile("r.csv", ANSWERS, contract="survey_responses"),
        RawFile("f.csv", features, contract="features"),
        RawFile("e.csv", USES, contract="product_events"),
        RawFile("k.csv", targets, contract="kpi_targets"),
    )
    # Of accounts with the same ids ten, of which none leaves.
    warehouse.load(
        pair.bolt,
        RawFile("s.csv", SUBSCRIPTIONS[:10], contract="subscriptions"),
    )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=[
            *("account_care_months", "account_retention_months", "dunning_months"),
            *("mrr_standing", "saas_kpi_targets", "saas_months", "seat_use_months"),
        ],
    )
    return {
        name: {
            view: warehouse.rows(
                f"select * from reporting.{view} where company_id = %s", [company]
            )
            for view in ("mrr_now", "saas_kpis")
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def months(told: Any, company: str, metric: str) -> dict[str, dict[str, Any]]:
    return {
        f"{row['month_start_date']:%m}": row
        for row in told[company]["saas_kpis"]
        if row["metric_name"] == metric
    }


def test_a_figure_stands_beside_the_month_before(told: Any) -> None:
    churn = months(told, "acme", "logo_churn_ratio")

    assert (churn["01"]["kpi_value"], churn["02"]["kpi_value"]) == (0.25, 0)
    assert (churn["01"]["kpi_change"], churn["02"]["kpi_change"]) == (None, -0.25)
    mrr = months(told, "acme", "end_mrr")
    assert (mrr["02"]["kpi_value"], mrr["02"]["kpi_change"]) == (4000, 0)


def test_the_target_is_the_months_else_the_next(told: Any) -> None:
    churn = months(told, "acme", "logo_churn_ratio")

    assert churn["01"]["target_gap"] == pytest.approx(0.05 - 0.25)
    assert (churn["02"]["target_value"], churn["02"]["target_gap"]) == (0.035, 0.035)
    assert churn["02"]["baseline_value"] == 0.052
    # What another company aims at is no target, nor that of another figure.
    assert months(told, "bolt", "logo_churn_ratio")["02"]["target_value"] is None
    assert months(told, "acme", "end_mrr")["02"]["target_value"] is None


def test_new_accounts_are_kept_that_pay_when_they_are_so_old(told: Any) -> None:
    kept = months(told, "acme", "retention_m1_ratio")

    # Thirty of forty; with those of January forty of fifty.
    assert {month: row["kpi_value"] for month, row in kept.items()} == {
        "01": 0.75,
        "02": 0.8,
    }
    assert months(told, "acme", "retention_m3_ratio") == {}
    # Ten say no rate without an interval.
    assert months(told, "bolt", "retention_m1_ratio") == {}


def test_satisfaction_is_of_all_touchpoints_and_of_support(told: Any) -> None:
    (all_told,) = months(told, "acme", "csat_mean_10").values()
    (support,) = months(told, "acme", "support_csat_mean_10").values()

    assert all_told["kpi_value"] == pytest.approx((7.5 + 10 + 10) / 3)
    assert support["kpi_value"] == 7.5


def test_adoption_is_the_mean_over_accounts(told: Any) -> None:
    (adopted,) = months(told, "acme", "feature_adoption_ratio").values()

    assert adopted["kpi_value"] == pytest.approx((20 * 1 + 20 * 0.5) / 40)


def test_mrr_of_today_knows_the_month_that_is_not_over(told: Any) -> None:
    (now,) = told["acme"]["mrr_now"]

    assert (now["current_mrr"], now["current_mrr_change"]) == (4100, 100)
    (other,) = told["bolt"]["mrr_now"]
    assert (other["current_mrr"], other["current_mrr_change"]) == (1000, 0)
