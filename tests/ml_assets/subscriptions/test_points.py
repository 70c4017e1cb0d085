"""Points are told of the ledger, what they are worth of what is redeemed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from ml_assets.subscriptions.points import redemptions_by_age, standing_of

TODAY = pd.Timestamp("2026-06-15")
USES = pd.DataFrame(
    [
        ("2026-04-03", None, 100),
        ("2026-04-03", "2026-05-02", 40),
        ("2026-05-09", None, 50),
        ("2026-05-09", "2026-05-30", 10),
        # This month is not over.
        ("2026-06-01", None, 70),
        ("2026-04-03", "2026-06-02", 20),
    ],
    columns=["earned_month", "used_month", "points"],
)
ENTRIES = pd.DataFrame(
    [
        ("a", "earn", 300, "referral"),
        ("a", "redeem", -100, "credit"),
        ("a", "expire", -50, "expiry"),
        ("b", "earn", 20, "usage_month"),
        ("b", "reverse", -60, "reversal"),
    ],
    columns=["account_id", "kind", "points", "rule_id"],
)
REWARDS = {"credit": (100, Decimal(10)), "course": (300, Decimal(60))}


def test_a_triangle_has_months_that_are_over_by_age() -> None:
    earned, redeemed = redemptions_by_age(USES, TODAY)

    assert earned == [100.0, 50.0]
    np.testing.assert_array_equal(redeemed, [[0, 40], [10, np.nan]])


def test_a_debt_is_no_asset_and_a_young_ledger_expects_all_to_be_spent() -> None:
    found = standing_of(ENTRIES, USES, REWARDS, TODAY)

    assert (found.outstanding, found.debt, found.expired) == (150, 40, 50)
    assert (found.redemption, found.is_assumed) == (Decimal(1), True)
    # At the mix that was redeemed, credits only; a course is worth more.
    assert found.value is not None
    assert (found.value.value, found.value.most) == (Decimal("0.1"), Decimal("0.2"))
    assert found.provision == 15


def test_without_a_value_of_rewards_nothing_is_provided_for() -> None:
    found = standing_of(ENTRIES, USES, {}, TODAY)

    assert (found.value, found.provision) == (None, None)


def test_from_six_months_on_what_is_spent_is_measured() -> None:
    months = [
        f"{month}-05" for month in pd.period_range("2025-10", "2026-05", freq="M")
    ]
    uses = pd.DataFrame(
        [row for day in months for row in ((day, None, 100), (day, day, 50))],
        columns=["earned_month", "used_month", "points"],
    )

    found = standing_of(ENTRIES, uses, REWARDS, TODAY)

    # Half at once and nothing later, and a tenth more beyond the oldest age.
    assert (found.redemption, found.is_assumed) == (Decimal("0.55"), False)
