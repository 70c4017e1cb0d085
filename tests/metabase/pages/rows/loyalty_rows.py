"""Rows of loyalty, by hand."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NAMES", "loyalty_rows"]

NAMES = (
    "account_referral_flags",
    "account_referrals",
    "loyalty_accounts",
    "loyalty_tiers",
    "points_standing",
    "referral_returns",
    "referral_terms",
    "reward_payments",
)
Values = Mapping[str, object]


def loyalty_rows(times: int) -> list[tuple[str, Values]]:
    """A tier, an account of it, points, and four referrals by two accounts."""
    return [
        (
            "loyalty_tiers",
            {
                "tier": "silver",
                "place": 2,
                "tier_label_es": "Plata",
                "account_count": 40 * times,
                "held_count": 10 * times,
                "reached_count": 12 * times,
                "lack_months_count": 5,
                "lack_adoption_count": 20,
                "lack_engagement_count": 0,
                "followed_count": 8 * times,
                "tier_kept_ratio": 0.75,
                "others_count": 20,
                "tier_others_kept_ratio": 0.6,
                "tier_difference_lower": -0.2,
            },
        ),
        (
            "loyalty_accounts",
            {
                "account_id": "a1",
                "account_name": f"Estudio {times}",
                "tier_place": 2,
                "tier_label_es": "Plata",
                "next_tier_label_es": "Oro",
                "lacks_es": "8 meses activa; se piden 12.",
                "months_active": 8.2,
                "points_balance": 120 * times,
                "points_expiring_30d": 0,
            },
        ),
        (
            "points_standing",
            {
                "outstanding_points": 120 * times,
                "owed_points": 0,
                "earned_points": 220 * times,
                "redeemed_points": 100 * times,
                "expired_points": 0,
                "breakage_ratio": 0.15,
                "is_redemption_assumed": False,
                "point_value": 0.1,
                "provision_amount": 10.2 * times,
            },
        ),
        (
            "account_referral_flags",
            {
                "referred_account_id": "b3",
                "place": 8,
                "flag_label_es": "Se refieren entre sí",
            },
        ),
        *(("account_referrals", row) for row in _referrals(times)),
        (
            "referral_returns",
            {
                "roi": 2.5 / times,
                "payout_amount": 120 * times,
                "income_amount": 840 * times,
                "margin_amount": 420 * times,
                "unpriced_payout_count": 0,
                "referrer_ratio": 0.12 / times,
                "conversion_ratio": 0.25,
                "referred_kept_ratio": 0.8,
                "others_kept_ratio": 0.7,
                "kept_difference_ratio": 0.1,
                "kept_difference_lower": -0.05,
                "kept_difference_upper": 0.22,
                "referred_begun_count": 40 * times,
                "others_begun_count": 90,
            },
        ),
        # What is not told is a month, a tenth of the MRR of a year, and 20 a year.
        (
            "referral_terms",
            {
                "referral_reward": "milestone",
                "least_referrals": 2,
                "milestone_amount": 500 * times,
            },
        ),
        *(("reward_payments", row) for row in _payments(times)),
    ]


def _payments(times: int) -> list[Values]:
    """Two commissions of a month, of which one has no rate, and a free month before."""
    paid = {
        "payout_id": "w1",
        "account_id": "a1",
        "account_name": f"Estudio {times}",
        "reward_kind": "commission",
        "place": 2,
        "reward_label_es": "Comisión",
        "paid_on": "1997-06-10",
        "payout_amount": 20 * times,
    }
    unpriced = {"payout_id": "w2", "account_id": "a9", "payout_amount": None}
    earlier = {
        "payout_id": "w3",
        "reward_kind": "free_month",
        "place": 1,
        "reward_label_es": "Mes gratis",
        "paid_on": "1997-05-10",
        "payout_amount": 90 * times,
    }
    return [{**paid, **one} for one in ({}, unpriced, earlier)]


def _referrals(times: int) -> list[Values]:
    due = {
        "referred_account_id": "b1",
        "referred_name": "Nueva",
        "referrer_account_id": "a1",
        "referrer_name": f"Estudio {times}",
        "referral_code": f"AMIGO{times}",
        "reward_state": "due",
        "state_place": 2,
        "state_label_es": "Recompensa por dar",
        "needs_review": False,
        "mrr_amount": 90 * times,
        "referred_on": "1997-02-01",
        "touch_count": 2,
        "paid_invoice_count": 3,
        "as_of_date": "1997-06-30",
    }
    # Older than twelve months: no commission any more.
    old = {"referred_account_id": "b2", "referred_on": "1996-02-01"}
    doubtful = {
        "referred_account_id": "b3",
        "referred_name": "Rara",
        "needs_review": True,
        "state_place": 1,
        "state_label_es": "Por revisar",
    }
    waits = {
        "referred_account_id": "b4",
        "referrer_account_id": "a2",
        "referrer_name": f"Taller {times}",
        "reward_state": "waiting",
        "state_place": 3,
    }
    return [{**due, **one} for one in ({}, old, doubtful, waits)]
