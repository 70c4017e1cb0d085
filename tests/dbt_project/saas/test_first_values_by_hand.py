"""The first value of accounts, from files to views, by hand, beside another company."""

from __future__ import annotations

from typing import Any

import pytest

from ml_assets.assets.saas.account_value import measure_first_values
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-06-30"


def subscription(account: str, began: str, **others: object) -> Row:
    return {
        "subscription_id": f"s-{account}",
        "account_id": account,
        "billing_interval": "month",
        "amount": 90,
        "status": "active",
        "started_at": f"{began} 10:00+00",
        **others,
    }


def use(account: str, day: str, feature: str | None) -> Row:
    return {
        "message_id": f"{account}-{day}-{feature}",
        "event": "Used" if feature else "Signed In",
        "feature": feature,
        "user_id": f"ana-{account}",
        "account_id": account,
        "occurred_at": f"{day} 10:00+00",
    }


SUBSCRIPTIONS = (
    # Before anybody knows of events: what it did first is not known.
    subscription("old", "2025-12-01"),
    subscription("fast", "2026-01-10", quantity=3),
    subscription("slow", "2026-01-10"),
    subscription(
        "gone", "2026-01-10", ended_at="2026-02-09 10:00+00", status="cancelled"
    ),
    subscription("tried", "2026-02-01", trial_ends_at="2026-02-15 10:00+00"),
    subscription(
        *("never", "2026-03-01"),
        trial_ends_at="2026-03-15 10:00+00",
        ended_at="2026-03-15 10:00+00",
        status="cancelled",
    ),
)
USES = (
    use("old", "2026-01-02", "board"),
    use("fast", "2026-01-10", None),
    use("fast", "2026-01-11", "notes"),
    use("fast", "2026-01-13", "board"),
    use("fast", "2026-01-13", "notes"),
    use("fast", "2026-01-20", "notes"),
    # On day 60.
    use("slow", "2026-03-11", "board"),
    # After it left.
    use("gone", "2026-03-01", "board"),
    # While it tried, on day 4.
    use("tried", "2026-02-05", "board"),
    # Of late; a feature that is 60 days old, and one that is ten.
    use("fast", "2026-06-28", "notes"),
    use("fast", "2026-06-28", "charts"),
    use("fast", "2026-06-28", "sounds"),
    use("slow", "2026-06-10", "board"),
)
FEATURES = (
    {"feature": "board", "feature_tier": "core", "is_value_event": True},
    {"feature": "notes", "feature_tier": "core"},
    {
        "feature": "charts",
        "feature_tier": "reporting",
        "released_at": "2026-05-01 10:00+00",
    },
    {"feature": "sounds", "feature_tier": "core", "released_at": "2026-06-20 10:00+00"},
    # In no plan of theirs.
    {"feature": "api", "feature_tier": "integrations", "plans": "pro"},
)
TARGETS = tuple(
    {"metric_name": name, "target_month": month, "target_value": value}
    for name, month, value in (
        ("core_adoption_ratio", "2026-03-01", 0.5),
        ("core_adoption_ratio", "2026-09-01", 0.85),
        ("company_adoption_ratio", "2026-01-01", 0.6),
    )
)


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, list[dict[str, Any]]]]:
    pair = warehouse.add_pair()
    for company in (pair.acme, pair.bolt):
        warehouse.load(
            company,
            RawFile("s.csv", SUBSCRIPTIONS, contract="subscriptions"),
            RawFile("e.csv", USES, contract="product_events"),
        )
    warehouse.load(pair.acme, RawFile("f.csv", FEATURES, contract="features"))
    warehouse.load(pair.acme, RawFile("k.csv", TARGETS, contract="kpi_targets"))
    # Bolt names no first value.
    warehouse.load(pair.bolt, RawFile("f.csv", FEATURES[1:], contract="features"))
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=[
            *("account_first_uses", "account_first_values", "account_plan_features"),
            "saas_kpi_targets",
        ],
    )
    for company in (pair.acme, pair.bolt):
        measure_first_values(warehouse.url, company)
    tables = (
        "marts.account_first_uses",
        "marts.account_first_values",
        *("reporting.company_adoption", "reporting.onboarding_steps"),
        "reporting.time_to_value",
        *("reporting.time_to_value_days", "reporting.value_retention"),
    )
    return {
        name: {
            table.split(".")[1]: warehouse.rows(
                f"select * from {table} where company_id = %s", [company]
            )
            for table in tables
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_days_are_from_both_starts_and_end_with_the_account(told: Any) -> None:
    found = {
        (row["account_id"], row["start_kind"]): (
            row["days_to_value"],
            row["days_to_departure"],
        )
        for row in told["acme"]["account_first_values"]
    }

    assert found == {
        ("fast", "paid"): (3, None),
        ("slow", "paid"): (60, None),
        ("gone", "paid"): (None, 30),
        ("tried", "paid"): (0, None),
        ("tried", "trial"): (4, None),
        ("never", "trial"): (None, 14),
    }


def test_steps_are_the_first_login_and_uses(told: Any) -> None:
    (fast,) = [
        row for row in told["acme"]["account_first_uses"] if row["account_id"] == "fast"
    ]

    names = ("days_to_login", "days_to_feature", "days_to_habit")
    assert tuple(fast[name] for name in names) == (0, 1, 10)
    shares = {
        (row["start_kind"], row["step"], row["day_number"]): row["reached_count"]
        for row in told["acme"]["onboarding_steps"]
    }
    assert [shares["paid", "value", day] for day in (0, 1, 3)] == [1, 1, 2]
    assert shares["trial", "value", 7] == 1
    assert shares["paid", "habit", 14] == 1


def test_the_median_counts_those_who_left_without(told: Any) -> None:
    paid, trial = sorted(
        told["acme"]["time_to_value"], key=lambda row: row["start_kind"]
    )

    # S(0) = 3/4, S(3) = 1/2, one is lost on day 30, S(60) = 0.
    assert (paid["account_count"], paid["waiting_count"]) == (4, 1)
    assert (paid["quarter_days"], paid["median_days"]) == (0, 3)
    assert paid["three_quarters_days"] == 60
    assert (trial["median_days"], trial["start_label_en"]) == (4, "Since it tries")
    curve = {
        row["day_number"]: row["reached_ratio"]
        for row in told["acme"]["time_to_value_days"]
        if row["start_kind"] == "paid"
    }
    assert (curve[2], curve[3], curve[60]) == pytest.approx((0.25, 0.5, 1))


def test_who_stays_is_asked_from_day_45(told: Any) -> None:
    buckets = {
        row["bucket"]: (row["account_count"], row["retained_count"])
        for row in told["acme"]["value_retention"]
    }

    # The one that left on day 30 was not there; on day 60 is after the landmark.
    assert buckets == {"0-7": (2, 2), "7-21": (0, 0), "21-45": (0, 0), "45+": (1, 1)}


def test_adoption_is_of_what_the_plan_has_and_new_features_stand_apart(
    told: Any,
) -> None:
    found = {row["feature_tier"]: row for row in told["acme"]["company_adoption"]}

    # Four pay: one uses notes and charts, one board, two nothing.
    assert {tier: row["adoption_ratio"] for tier, row in found.items()} == {
        "all": pytest.approx(0.25),
        "core": pytest.approx(0.25),
        "reporting": pytest.approx(0.25),
        "new": pytest.approx(0.25),
    }
    assert {row["account_count"] for row in found.values()} == {4}
    assert (found["all"]["feature_count"], found["core"]["feature_count"]) == (3, 2)
    # The first has three of the six seats.
    assert found["core"]["seat_weighted_ratio"] == pytest.approx((0.5 * 3 + 0.5) / 6)
    assert found["core"]["adoption_ratio_lower"] is None
    # The target of the next month that has one, else the last; without one none.
    targets = {
        tier: (row["target_value"], str(row["target_month"]))
        for tier, row in found.items()
    }
    assert targets["core"] == (0.85, "2026-09-01")
    assert targets["all"] == (0.6, "2026-01-01")
    assert targets["new"] == (None, "None")


def test_who_names_no_first_value_has_none(told: Any) -> None:
    bolt = dict(told["bolt"])
    assert len(bolt.pop("account_first_uses")) == 6
    adoption = {row["feature_tier"]: row for row in bolt.pop("company_adoption")}
    # Of the features that it lists.
    assert adoption["core"]["feature_count"] == 1
    assert not any(bolt.values())
