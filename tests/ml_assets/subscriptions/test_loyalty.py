"""A tier is reached at once, lost slowly, and its next is never a riddle."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.loyalty import (
    TIERS,
    Tier,
    preview,
    tiers_by_rules,
    tiers_of,
)

PLAIN: dict[str, Any] = {
    "account_id": "a",
    "months_active": 7,
    "feature_adoption_ratio": 0.42,
    "engagement_level": 50,
    "tier": None,
    "months_below": 0,
}


def accounts(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([PLAIN | row for row in rows])


def reviewed(**row: Any) -> dict[str, Any]:
    (found,) = tiers_of(accounts(row)).to_dict("records")
    return {str(name): value for name, value in found.items()}


@pytest.mark.parametrize(
    ("row", "tier"),
    [
        ({"months_active": 2.9}, None),
        ({"months_active": 3}, "bronze"),
        ({"months_active": 6}, "bronze"),
        ({"months_active": 6, "feature_adoption_ratio": 0.8}, "silver"),
        ({"months_active": 12, "feature_adoption_ratio": 0.8}, "silver"),
        ({"months_active": 12, "engagement_level": 70}, "gold"),
        ({"months_active": 12, "engagement_level": None}, "bronze"),
    ],
)
def test_a_tier_is_what_its_rule_asks_for(
    row: dict[str, Any], tier: str | None
) -> None:
    assert reviewed(**row)["tier"] == tier


def test_what_is_not_there_yet_is_not_rounded_up_to_it() -> None:
    (months,) = reviewed(months_active=2.97)["lacks"]
    adoption = reviewed(months_active=7, feature_adoption_ratio=0.799)["lacks"][0]

    assert str(months) == "2 months active, 3 are asked for."
    assert str(adoption) == "Uses 79% of its features, 80% are asked for."


def test_what_is_lacking_for_the_next_is_said() -> None:
    found = reviewed(months_active=5)

    assert found["next_tier"] == "silver"
    assert [str(one) for one in found["lacks"]] == [
        "5 months active, 6 are asked for.",
        "Uses 42% of its features, 80% are asked for.",
    ]
    unknown = reviewed(feature_adoption_ratio=None)["lacks"]
    assert unknown == ["How many of its features it uses is not known."]
    assert reviewed(months_active=12, engagement_level=70)["next_tier"] is None


def test_who_is_below_falls_by_one_tier_after_three_reviews() -> None:
    seen = []
    tier, below = "gold", 0
    for _ in range(7):
        found = reviewed(
            months_active=20, engagement_level=10, tier=tier, months_below=below
        )
        tier, below = found["tier"], found["months_below"]
        seen.append((tier, below))

    assert seen == [
        *[("gold", 1), ("gold", 2), ("silver", 0)],
        *[("silver", 1), ("silver", 2), ("bronze", 0), ("bronze", 0)],
    ]


def test_who_is_back_in_time_keeps_the_tier_and_what_is_unknown_takes_none() -> None:
    back = reviewed(months_active=20, engagement_level=80, tier="gold", months_below=2)
    unknown = reviewed(
        months_active=20, engagement_level=None, tier="gold", months_below=1
    )

    assert (back["tier"], back["months_below"]) == ("gold", 0)
    assert (unknown["tier"], unknown["months_below"]) == ("gold", 1)


def test_a_preview_shows_what_a_rule_would_give() -> None:
    found = preview(
        accounts(
            {},
            {"months_active": 2},
            {"feature_adoption_ratio": 0.9},
            {"feature_adoption_ratio": None},
        )
    )

    assert found["reached_count"].tolist() == [3, 1, 0]
    assert found["months"].tolist() == [1, 1, 4]
    assert found["adoption"].tolist() == [0, 3, 0]
    assert found["engagement"].tolist() == [0, 0, 4]


def test_a_tier_that_does_not_exist_and_rules_that_do_not_rise_are_refused() -> None:
    with pytest.raises(InvalidAccounts, match="platinum is none of"):
        reviewed(tier="platinum")
    with pytest.raises(InvalidSetting):
        tiers_of(accounts({}), [Tier("high", 6), Tier("low", 3)])


def test_rules_of_a_company_change_what_a_tier_asks_for() -> None:
    rules = pd.DataFrame(
        [
            {
                "tier": "silver",
                "least_months": 9,
                "least_adoption": 0.5,
                "least_engagement": 0,
            }
        ]
    )

    assert tiers_by_rules(rules) == (TIERS[0], Tier("silver", 9, 0.5, 0), TIERS[2])
    assert tiers_by_rules(rules.head(0)) == TIERS
    with pytest.raises(InvalidSetting, match="silver 12, gold 12"):
        tiers_by_rules(rules.assign(least_months=12))
