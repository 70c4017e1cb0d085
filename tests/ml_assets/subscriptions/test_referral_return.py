"""What referring brings, by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from ml_assets.measurement.shares import newcombe_interval
from ml_assets.subscriptions.referral_return import referral_standing

Z = 1.959963984540054


def months_of(
    account: str, first: int, last: int, mrr: float
) -> list[dict[str, object]]:
    """From the first to the last month of 2026."""
    return [
        {
            "account_id": account,
            "month_start_date": pd.Timestamp(2026, month, 1),
            "end_mrr": mrr,
        }
        for month in range(first, last + 1)
    ]


# old was there before anything is known; b and c came later, by old and by b.
MONTHS = pd.DataFrame(
    [
        *months_of("old", 1, 8, 50.0),
        *months_of("b", 2, 8, 100.0),
        *months_of("c", 2, 4, 20.0),
        *months_of("d", 2, 8, 10.0),
        *months_of("young", 4, 8, 10.0),
    ]
)
REFERRALS = pd.DataFrame(
    {
        "referred_account_id": ["b", "c", "never"],
        "referrer_account_id": ["old", "b", "gone"],
        "referred_on": pd.to_datetime(["2026-02-10", "2026-03-02", "2026-08-01"]),
        "paid_invoice_count": [7, 2, 0],
    }
)


def payouts(*amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"payout_amount": amounts}, dtype=float)


def test_the_return_is_margin_of_who_was_referred_over_what_was_given() -> None:
    found = referral_standing(REFERRALS, MONTHS, payouts(100, 20), 0.5)

    # b seven months of 100; c two of 20, as it was referred a month after it began.
    assert found["income_amount"] == 740
    assert found["margin_amount"] == 370
    assert found["payout_amount"] == 120
    assert found["roi"] == pytest.approx((370 - 120) / 120)


def test_without_all_of_it_no_return_is_told() -> None:
    unpriced = referral_standing(REFERRALS, MONTHS, payouts(100, math.nan), 0.5)
    assert (unpriced["roi"], unpriced["unpriced_payout_count"]) == (None, 1)
    assert referral_standing(REFERRALS, MONTHS, payouts(), 0.5)["roi"] is None
    no_margin = referral_standing(REFERRALS, MONTHS, payouts(100), math.nan)
    assert (no_margin["roi"], no_margin["margin_amount"]) == (None, None)


def test_who_refers_is_of_those_that_pay_and_who_pays_of_those_referred() -> None:
    found = referral_standing(REFERRALS, MONTHS, payouts(), 0.5)

    # old, b, d and young pay in August; old and b referred somebody.
    assert (found["referrer_count"], found["paying_account_count"]) == (2, 4)
    assert found["referrer_ratio"] == 0.5
    assert (found["converted_count"], found["referred_count"]) == (2, 3)
    assert found["conversion_ratio"] == pytest.approx(2 / 3)


def test_who_stays_six_months_is_told_of_those_old_enough() -> None:
    found = referral_standing(REFERRALS, MONTHS, payouts(), 0.5)

    # Of the referred b and not c; of the others d; old began nobody knows when.
    assert (found["referred_begun_count"], found["referred_kept_ratio"]) == (2, 0.5)
    assert (found["others_begun_count"], found["others_kept_ratio"]) == (1, 1.0)
    assert found["kept_difference_ratio"] == -0.5
    assert (found["kept_difference_lower"], found["kept_difference_upper"]) == (
        pytest.approx(newcombe_interval(0.5, 2, 1.0, 1, Z))
    )


def test_of_nobody_nothing_is_told() -> None:
    found = referral_standing(REFERRALS.head(0), MONTHS.head(0), payouts(), 0.5)

    assert found["referred_count"] == 0
    assert found["conversion_ratio"] is None
    assert found["kept_difference_ratio"] is None
