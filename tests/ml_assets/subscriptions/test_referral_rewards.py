"""Referrals of touches: who is credited, what is due, and what asks for a look."""

from __future__ import annotations

import pandas as pd

from ml_assets.subscriptions.referral_rewards import CAP_PER_MONTH, referrals_of

TODAY = pd.Timestamp("2026-06-30")


def touch(
    referrer: str, referred: str, day: str, **others: object
) -> dict[str, object]:
    return {
        "touch_id": f"{referrer}-{referred}",
        "referrer_account_id": referrer,
        "referred_account_id": referred,
        "was_merged": False,
        "touch_kind": "code",
        "touched_at": pd.Timestamp(day, tz="UTC"),
        "touch_date": pd.Timestamp(day),
        "is_on_coupon_site": False,
        "signed_up_date": pd.Timestamp(day),
        "was_customer_until": pd.NaT,
        "first_paid_date": pd.NaT,
        "paid_invoice_count": 2,
        "first_settled_date": pd.Timestamp(day),
        "is_refunded": False,
        "was_ever_active": True,
        **others,
    }


def test_two_that_refer_each_other_are_looked_at_before_anything_is_given() -> None:
    found = referrals_of(
        pd.DataFrame(
            [
                touch("a", "b", "2026-05-01"),
                touch("b", "a", "2026-05-20"),
                touch("a", "c", "2026-05-02", was_ever_active=None),
                touch("a", "d", "2026-05-03", was_merged=True),
                touch("a", "e", "2026-05-04", signed_up_date=pd.NaT),
            ]
        ),
        TODAY,
    ).set_index("referred_account_id")

    assert found["flags"].to_dict() == {"a": ["ring"], "b": ["ring"], "c": [], "d": []}
    assert found["needs_review"].to_dict() == {
        **dict.fromkeys("ab", True),
        **dict.fromkeys("cd", False),
    }
    assert found["reward_state"].to_dict() == {**dict.fromkeys("abc", "due")} | {
        "d": "reversed"
    }


def test_who_was_a_customer_half_a_year_before_is_referred_by_nobody() -> None:
    until = {"b": "2026-05-01", "c": "2025-11-03", "d": "2025-11-02"}
    rows = [
        touch("a", name, "2026-05-01", was_customer_until=pd.Timestamp(day))
        for name, day in until.items()
    ]
    rows.append(touch("a", "e", "2026-05-01", was_customer_until=pd.NaT))

    found = referrals_of(pd.DataFrame(rows), TODAY)

    # 180 days before the first of May is the second of November.
    assert found["referred_account_id"].tolist() == ["d", "e"]


def test_who_is_listed_a_day_after_paying_was_referred_before_that() -> None:
    signup, paid = pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-01")
    same = {
        "signed_up_date": signup,
        "was_customer_until": signup,
        "first_paid_date": paid,
    }
    days = {"b": "2026-02-27", "c": "2026-03-01", "d": "2026-03-02"}
    rows = [touch("a", name, day, **same) for name, day in days.items()]

    found = referrals_of(pd.DataFrame(rows), TODAY)

    # The code of the second of March came after the first payment.
    assert found["referred_account_id"].tolist() == ["b", "c"]
    assert set(found["referred_on"]) == {signup}


def test_more_than_ten_of_a_month_are_looked_at() -> None:
    days = range(1, CAP_PER_MONTH + 2)
    rows = [touch("a", f"r{day:02}", f"2026-05-{2 * day:02}") for day in days]

    found = referrals_of(pd.DataFrame(rows), TODAY)

    beyond = found[found["needs_review"]]
    assert beyond["referred_account_id"].tolist() == ["r11"]
    assert beyond["flags"].tolist() == [["over_cap"]]


def test_the_code_is_that_of_the_touch_that_counts() -> None:
    rows = [
        touch("a", "c", "2026-05-02", touch_kind="click", referral_code="LINK"),
        touch("b", "c", "2026-05-02", touch_kind="code", referral_code="FRIEND"),
        touch("a", "d", "2026-05-03", touch_kind="click", referral_code="LINK"),
        touch("a", "e", "2026-05-03", referral_code=None),
    ]

    found = referrals_of(pd.DataFrame(rows), TODAY).set_index("referred_account_id")

    assert found["referral_code"].to_dict() == {"c": "FRIEND", "d": "LINK", "e": None}
    assert found.loc["c", "referrer_account_id"] == "b"


def test_without_touches_there_are_no_referrals() -> None:
    none = pd.DataFrame([touch("a", "b", "2026-05-01")]).iloc[:0]

    assert referrals_of(none, TODAY).empty
