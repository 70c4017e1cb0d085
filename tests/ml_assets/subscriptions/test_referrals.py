"""A referral has one referrer, is looked at where it is odd, and paid when it held."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.referral_flags import (
    FLAGS,
    normal_email,
    referral_flags,
)
from ml_assets.subscriptions.referrals import attribute, reward_state

DAY = pd.Timestamp("2026-06-01")
ODD: dict[str, Any] = {
    "referrer_id": "a",
    "referred_id": "b",
    "referred_at": DAY,
    "is_on_coupon_site": False,
    "was_ever_active": True,
    **{
        f"{who}_{what}": f"{what}-{who}"
        for who in ("referrer", "referred")
        for what in ("payment_fingerprint", "device_id", "ip_address", "tax_id")
    },
    "referrer_email": "ana@acme.test",
    "referred_email": "ben@bolt.test",
}


def flagged(*rows: dict[str, Any]) -> list[set[str]]:
    found = referral_flags(pd.DataFrame([ODD | row for row in rows]))
    return [
        {name for name in FLAGS if raised[name]} for raised in found.to_dict("records")
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, set()),
        ({"referred_email": "A.N.A+x@ACME.test"}, {"same_email", "same_company"}),
        ({"referred_email": "ben@acme.test"}, {"same_company"}),
        (
            {"referred_payment_fingerprint": "payment_fingerprint-referrer"},
            {"same_payment"},
        ),
        ({"referred_device_id": "device_id-referrer"}, {"same_device"}),
        ({"referred_ip_address": "ip_address-referrer"}, {"same_address"}),
        ({"referred_tax_id": "tax_id-referrer"}, {"same_company"}),
        ({"referred_tax_id": "", "referrer_tax_id": ""}, set()),
        ({"referred_tax_id": None, "referrer_tax_id": None}, set()),
        ({"is_on_coupon_site": True}, {"coupon_site"}),
        ({"was_ever_active": False}, {"never_active"}),
        ({"was_ever_active": None, "referred_email": None}, set()),
    ],
)
def test_each_oddity_has_its_flag(row: dict[str, Any], expected: set[str]) -> None:
    # Beside one that is not odd, so that no column is empty.
    assert flagged({"referrer_id": "y", "referred_id": "z"}, row) == [set(), expected]


def test_strangers_share_a_provider_of_mail() -> None:
    mails = {"referrer_email": "ana@gmail.com", "referred_email": "ben@gmail.com"}

    assert flagged(mails) == [set()]
    assert normal_email(" An.A+news@Gmail.com ") == "ana@gmail.com"


@pytest.mark.parametrize(("days", "is_ring"), [(90, True), (91, False)])
def test_a_referral_back_within_ninety_days_is_a_ring(days: int, is_ring: bool) -> None:
    back = {
        "referrer_id": "b",
        "referred_id": "a",
        "referred_at": DAY + pd.Timedelta(days=days),
    }

    assert flagged({}, back, {"referred_id": "c"}) == [
        {"ring"} if is_ring else set(),
        {"ring"} if is_ring else set(),
        set(),
    ]


@pytest.mark.parametrize(("days", "is_ring"), [(90, True), (91, False)])
def test_three_who_refer_each_other_around_are_a_ring(days: int, is_ring: bool) -> None:
    ring: list[dict[str, Any]] = [
        {"referrer_id": one, "referred_id": other}
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    ring[2] |= {"referred_at": DAY + pd.Timedelta(days=days)}
    # Of whom one referred somebody else, and one was referred by somebody else.
    honest = [
        {"referrer_id": "c", "referred_id": "d"},
        {"referrer_id": "z", "referred_id": "a"},
    ]

    expected: set[str] = {"ring"} if is_ring else set()
    assert flagged(*ring, *honest) == [expected] * 3 + [set()] * 2


@pytest.mark.parametrize(
    ("count", "hours", "raised"), [(5, 1, 0), (6, 1, 6), (6, 5, 0)]
)
def test_more_than_five_in_a_day_are_a_burst(
    count: int, hours: int, raised: int
) -> None:
    rows = [
        {"referred_id": f"b{n}", "referred_at": DAY + pd.Timedelta(hours=n * hours)}
        for n in range(count)
    ]

    assert flagged(*rows).count({"burst"}) == raised


def test_an_address_alone_asks_for_no_review_and_two_flags_do() -> None:
    office = {"referred_ip_address": "ip_address-referrer"}
    rows = pd.DataFrame(
        [ODD | office, ODD | office | {"was_ever_active": False, "referrer_id": "y"}]
    )

    found = referral_flags(rows)

    assert found["score"].tolist() == [10, 30]
    assert found["to_review"].tolist() == [False, True]
    with pytest.raises(InvalidSetting):
        referral_flags(rows, {"ring": 1.0})
    with pytest.raises(InvalidAccounts):
        referral_flags(rows.assign(referred_at=None))


def touched(*touches: tuple[str, str, int]) -> pd.DataFrame:
    """Touches by referrer, kind and days before signup."""
    return pd.DataFrame(
        {
            "referrer_id": [one for one, _, _ in touches],
            "kind": [kind for _, kind, _ in touches],
            "touched_at": [DAY - pd.Timedelta(days=days) for _, _, days in touches],
        }
    )


@pytest.mark.parametrize(
    ("touches", "referrer", "by"),
    [
        ([("a", "click", 20), ("b", "click", 3)], "b", "click"),
        ([("a", "code", 0), ("b", "click", 0)], "a", "code"),
        ([("a", "click", 29), ("b", "click", 30)], "a", "click"),
        ([("a", "click", 30)], "a", "click"),
        ([("a", "click", 31)], None, "none"),
        ([("a", "click", -1)], None, "none"),
        ([("me", "code", 0), ("a", "click", 2)], "a", "click"),
        ([("me", "code", 0)], None, "none"),
        ([], None, "none"),
    ],
)
def test_a_code_wins_over_the_last_click_of_thirty_days(
    touches: list[tuple[str, str, int]], referrer: str | None, by: str
) -> None:
    found = attribute(DAY, touched(*touches), account_id="me")

    assert (found.referrer_id, found.by) == (referrer, by)


@pytest.mark.parametrize(
    ("days", "is_referred"), [(-1, False), (179, False), (180, True)]
)
def test_who_was_a_customer_is_not_referred(days: int, is_referred: bool) -> None:
    found = attribute(
        DAY,
        touched(("a", "code", 0)),
        account_id="me",
        was_customer_until=DAY - pd.Timedelta(days=days),
    )

    assert (found.referrer_id == "a") == is_referred
    with pytest.raises(InvalidAccounts):
        attribute(DAY, touched(("a", "call", 0)), account_id="me")


@pytest.mark.parametrize(
    ("paid", "days", "is_undone", "state"),
    [
        (0, None, False, "waiting"),
        (1, 59, False, "waiting"),
        (1, 60, False, "due"),
        (2, 31, False, "due"),
        (2, 31, True, "reversed"),
    ],
)
def test_a_reward_is_due_after_the_second_invoice_or_two_months(
    paid: int, days: float | None, is_undone: bool, state: str
) -> None:
    assert (
        reward_state(
            paid_invoice_count=paid, days_since_first_paid=days, is_undone=is_undone
        )
        == state
    )
