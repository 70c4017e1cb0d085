"""Tiers, points and referrals of two companies that share ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.saas.account_health import judge_accounts
from ml_assets.assets.saas.account_loyalty import review_loyalty
from ml_assets.assets.saas.points_refused import DIFFERS, UNPRICED, note_refused
from orchestration.lib.activation.points import ledger
from orchestration.lib.activation.points.entries import Award
from orchestration.lib.activation.points.rules import rules_of
from orchestration.lib.warehouse.database import connect
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-03-18"
Rows = dict[str, dict[str, Any]]


def subscription(account_id: str, started: str) -> Row:
    return {
        "subscription_id": f"s-{account_id}",
        "account_id": account_id,
        "billing_interval": "month",
        "amount": 90,
        "quantity": 2,
        "plan": "Basic",
        "status": "active",
        "started_at": started,
    }


def touch(number: int, referrer: str, referred: str, day: str, kind: str) -> Row:
    return {
        "touch_id": f"t{number}",
        "referrer_account_id": referrer,
        "referred_account_id": referred,
        "touch_kind": kind,
        "touched_at": f"{day} 12:00+00",
    }


def invoice(key: str, account_id: str, issued: str) -> Row:
    return {
        "invoice_id": key,
        "account_id": account_id,
        "status": "paid",
        "amount_due": 90,
        "issued_at": issued,
    }


def earning(rule: str, points: int, starts_on: str | None) -> Row:
    return {
        "rule_id": rule,
        "rule_kind": "earn",
        "points": points,
        "starts_on": starts_on,
    }


def spending(key: str, points: int | None, day: str, reward: str = "credit") -> Row:
    return {
        "redemption_id": key,
        "account_id": "new",
        "reward_id": reward,
        "points": points,
        "redeemed_at": f"{day} 12:00+00",
    }


def payout(
    key: str, account_id: str, amount: int, day: str, kind: str = "free_month"
) -> Row:
    return {
        "payout_id": key,
        "account_id": account_id,
        "reward_kind": kind,
        "payout_amount": amount,
        "paid_on": day,
    }


def use(number: int, day: str) -> Row:
    return {
        "message_id": f"m{number}",
        "event_kind": "track",
        "event": "Opened",
        "feature": f"f{number}",
        "user_id": "u1",
        "account_id": "new",
        "occurred_at": f"{day} 12:00+00",
    }


def answer(number: int, day: str) -> Row:
    return {
        "response_id": f"r{number}",
        "survey_kind": "nps",
        "account_id": "new",
        "answered_at": f"{day} 12:00+00",
        "score": 9,
        "scale_min": 0,
        "scale_max": 10,
    }


FILES: dict[str, tuple[Row, ...]] = {
    "accounts": (
        {"account_id": "twin", "merged_into_account_id": "new"},
        # Listed when it had paid for six weeks.
        {"account_id": "quarter", "signed_up_at": "2026-02-01"},
    ),
    "subscriptions": (
        # Three months of the calendar, and 90 days.
        subscription("quarter", "2025-12-18"),
        # A year ago for a month, and again for 17 days.
        {**subscription("again", "2025-01-10"), "ended_at": "2025-02-10"},
        {**subscription("again", "2026-03-01"), "subscription_id": "s-again-2"},
        subscription("old", "2025-01-10"),
        subscription("new", "2026-01-10"),
        subscription("late", "2026-03-01"),
        subscription("back", "2026-02-10"),
    ),
    "invoices": (
        invoice("i1", "new", "2026-01-10"),
        invoice("i2", "new", "2026-02-10"),
        invoice("i3", "late", "2026-03-01"),
        invoice("i4", "back", "2026-02-10"),
        invoice("i5", "back", "2026-03-10"),
    ),
    "payments": (
        {
            "payment_id": "p1",
            "invoice_id": "i5",
            "status": "refunded",
            "amount": 90,
            "attempted_at": "2026-03-12 09:00+00",
        },
    ),
    "account_referrals": (
        touch(1, "late", "new", "2026-01-05", "click"),
        touch(2, "old", "new", "2026-01-08", "code"),
        touch(3, "old", "late", "2026-02-20", "click"),
        # After it signed up, and itself.
        touch(4, "new", "old", "2026-03-01", "code"),
        touch(5, "back", "back", "2026-02-08", "code"),
        touch(6, "new", "back", "2026-02-09", "click"),
        # A customer already.
        touch(7, "old", "quarter", "2026-01-20", "code"),
    ),
    "points_rules": (
        {
            "rule_id": "credit",
            "rule_kind": "reward",
            "points": 100,
            "value_amount": 10,
        },
        earning("usage_month", 10, "2026-02-01"),
        earning("feedback", 25, "2026-02-15"),
        earning("referral", 100, "2026-01-01"),
        earning("feature_adopted", 5, "2026-01-01"),
    ),
    # Of 40 points 30 are spent; more than there are is refused.
    "points_redemptions": (
        spending("s1", 30, "2026-03-10"),
        spending("s2", 500, "2026-03-12"),
        # Nobody says what a mug costs.
        spending("s3", None, "2026-03-13", "mug"),
        # Somebody corrected the file: the ledger has 5 points of another account.
        spending("s4", 20, "2026-03-14"),
    ),
    # The third is given after the day that is asked about.
    "reward_payouts": (
        payout("w1", "old", 30, "2026-03-01"),
        payout("w2", "new", 15, "2026-03-10", "discount"),
        payout("w3", "old", 500, "2026-03-19"),
    ),
    # The first feature is no part of the plan, the third nobody has heard of.
    "features": (
        {"feature": "f1", "feature_tier": "core", "plans": "pro"},
        {"feature": "f2", "feature_tier": "core", "plans": "basic;pro"},
    ),
    # A month that is over since the rule began, one before, and one that is not over.
    "product_events": tuple(use(number, f"2026-0{number}-10") for number in (1, 2, 3)),
    # Two of one day are one; the first is of before the rule.
    "survey_responses": tuple(
        answer(number, day)
        for number, day in enumerate(("2026-02-01", "2026-02-20", "2026-02-20"))
    ),
}


def _award(account: str, points: int, rule: str, ref: str, by: str = "test") -> Award:
    return Award(
        account_id=account,
        kind="earn" if points > 0 else "redeem",
        points=points,
        rule_id=rule,
        source_ref=ref,
        occurred_at=datetime(2026, 2, 1, 12, tzinfo=UTC),
        recorded_by=by,
    )


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, Rows]]:
    pair = warehouse.add_pair()
    for kind, rows in FILES.items():
        warehouse.load(pair.acme, RawFile(f"{kind}.csv", rows, contract=kind))
    # A rule without a day gives nothing by itself.
    of_bolt = {
        "subscriptions": FILES["subscriptions"],
        "product_events": FILES["product_events"],
        "points_rules": (earning("usage_month", 15, None),),
        # Bronze for two months; silver and gold stay as they are.
        "loyalty_rules": ({"tier": "bronze", "least_months": 2},),
    }
    for kind, rows in of_bolt.items():
        warehouse.load(pair.bolt, RawFile(f"{kind}.csv", rows, contract=kind))
    with connect(warehouse.url, "orchestrator", autocommit=True) as database:
        ledger.earn(database, pair.acme, _award("old", 300, "referral", "r1"))
        ledger.redeem(database, pair.acme, _award("old", -100, "credit", "c1"))
        # Of earlier runs: before it was merged, and of a file that says other today.
        twin = _award("twin", 10, "usage_month", "twin/2026-02", "rule")
        ledger.earn(database, pair.acme, twin)
        ledger.redeem(database, pair.acme, _award("old", -40, "credit", "s0", "file"))
        ledger.redeem(database, pair.acme, _award("old", -5, "credit", "s4", "file"))
        # After the day that is asked about: nothing of that day says that it is wrong.
        late = replace(
            _award("old", -1, "credit", "s9", "file"),
            occurred_at=datetime(2026, 3, 19, 12, tzinfo=UTC),
        )
        ledger.redeem(database, pair.acme, late)
    warehouse.execute(
        "update ops.companies set gross_margin_rate = 0.5 where company_id = %s",
        [pair.acme],
    )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=[
            *("account_health_inputs", "account_departures", "points_rules"),
            "points_redemptions",
            "account_referral_touches",
            "account_invoices_paid",
            *("account_mrr_months", "loyalty_rules", "reward_payouts"),
            "merged_accounts",
        ],
    )
    for company in (pair.acme, pair.bolt):
        judge_accounts(warehouse.url, company)
        review_loyalty(warehouse.url, company)
        # Once more in the same month: the same review.
        review_loyalty(warehouse.url, company)
    return {
        name: {
            view: {
                str(row[key]): row
                for row in warehouse.rows(
                    f"select * from reporting.{view} where company_id = %s", [company]
                )
            }
            for view, key in (
                ("loyalty_accounts", "account_id"),
                ("loyalty_tiers", "tier"),
                ("points_standing", "company_id"),
                ("account_referrals", "referred_account_id"),
                ("referral_returns", "company_id"),
                ("reward_payments", "payout_id"),
            )
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_tiers_are_by_months_and_what_is_unknown_lifts_nobody(
    told: dict[str, dict[str, Rows]],
) -> None:
    accounts = told["acme"]["loyalty_accounts"]

    assert (accounts["old"]["tier"], accounts["late"]["tier"]) == ("bronze", None)
    assert (accounts["quarter"]["tier"], accounts["again"]["tier"]) == ("bronze", None)
    # A month and 17 days, and the 31 days of a month of 2025.
    assert accounts["quarter"]["months_active"] == 3
    assert accounts["again"]["months_active"] == pytest.approx(1 + 20 / 31)
    assert accounts["old"]["next_tier"] == "silver"
    assert accounts["old"]["lacks_en"] == (
        "How many of its features it uses is not known."
    )
    assert accounts["late"]["lacks_es"] == "0 meses activa; se piden 3."
    tiers = told["acme"]["loyalty_tiers"]
    assert (tiers["bronze"]["held_count"], tiers["gold"]["lack_months_count"]) == (2, 5)
    # On 14 December 2025 one paid, for eleven months; it paid on 14 March 2026.
    stayed = ("followed_count", "tier_kept_ratio", "others_count")
    assert [tiers["bronze"][name] for name in stayed] == [1, 1, 0]
    assert [tiers["silver"][name] for name in stayed] == [0, None, 1]
    assert tiers["silver"]["tier_others_kept_ratio"] == 1
    assert tiers["gold"]["others_count"] == 0


def test_points_are_those_of_the_ledger_of_rules_too_and_worth_what_they_buy(
    told: dict[str, dict[str, Rows]],
) -> None:
    (points,) = told["acme"]["points_standing"].values()

    # By rules 100 of a referral; 10 of a month, 25 of an answer and 5 of a feature.
    balances = told["acme"]["loyalty_accounts"]
    # What a file tells no more is given back; what the twin had for the month is moved.
    assert balances["old"]["points_balance"] == 300 - 100 + 100 - 5 - 1
    assert balances["new"]["points_balance"] == 10 + 25 + 5 - 30
    assert (points["earned_points"], points["outstanding_points"]) == (440, 304)
    assert points["redeemed_points"] == 100 + 5 + 1 + 30
    assert points["is_redemption_assumed"]
    assert (points["point_value"], points["provision_amount"]) == (
        Decimal("0.1"),
        Decimal("30.4"),
    )


def test_what_could_not_be_redeemed_is_counted_until_it_can(
    told: dict[str, dict[str, Rows]], warehouse: Warehouse
) -> None:
    (acme,) = told["acme"]["points_standing"]
    (bolt,) = told["bolt"]["points_standing"]
    waiting = """select location, reason from ops.quarantined_records
        where company_id = %s and source = 'points' order by location"""

    assert [tuple(row.values()) for row in warehouse.rows(waiting, [acme])] == [
        ("redemption s2", "the account had fewer points than were spent"),
        ("redemption s3", UNPRICED),
        ("redemption s4", DIFFERS),
    ]
    assert warehouse.rows(waiting, [bolt]) == []

    with connect(warehouse.url, "orchestrator", autocommit=True) as database:
        note_refused(database, acme, {"s3": UNPRICED})

    assert [row["location"] for row in warehouse.rows(waiting, [acme])] == [
        "redemption s3"
    ]


def test_what_is_given_by_hand_costs_what_the_company_says(
    told: dict[str, dict[str, Rows]], warehouse: Warehouse
) -> None:
    with connect(warehouse.url, "orchestrator", autocommit=True) as database:
        rules = {
            name: rules_of(database, next(iter(told[name]["points_standing"])), "earn")
            for name in ("acme", "bolt")
        }

    assert (rules["acme"]["usage_month"], rules["bolt"]["usage_month"]) == (10, 15)
    # Bolt's file leaves it out: as usual.
    assert rules["bolt"]["referral"] == 100


def test_who_referred_is_by_code_and_due_after_two_invoices(
    told: dict[str, dict[str, Rows]],
) -> None:
    referrals = told["acme"]["account_referrals"]

    assert set(referrals) == {"new", "late", "back"}
    names = ("referrer_account_id", "attributed_by", "reward_state")
    assert [referrals["new"][name] for name in names] == ["old", "code", "due"]
    assert [referrals["late"][name] for name in names] == ["old", "click", "waiting"]
    assert [referrals["back"][name] for name in names] == ["new", "click", "reversed"]


def test_another_company_has_accounts_and_neither_points_nor_referrals(
    told: dict[str, dict[str, Rows]],
) -> None:
    assert told["bolt"]["loyalty_accounts"]["old"]["points_balance"] == 0
    (points,) = told["bolt"]["points_standing"].values()
    assert (points["outstanding_points"], points["point_value"]) == (0, None)
    assert told["bolt"]["account_referrals"] == {}


def test_a_company_may_ask_for_other_months_of_a_tier(
    told: dict[str, dict[str, Rows]],
) -> None:
    # By 18 March new is there for 2 months and 8 days, and late for half a month.
    tiers = {
        account: told["bolt"]["loyalty_accounts"][account]["tier"]
        for account in ("old", "new", "late")
    }

    assert tiers == {"old": "bronze", "new": "bronze", "late": None}
    assert told["acme"]["loyalty_accounts"]["new"]["tier"] is None


def test_referring_returns_margin_of_who_came_over_what_was_given(
    told: dict[str, dict[str, Rows]],
) -> None:
    (found,) = told["acme"]["referral_returns"].values()

    # At the end of February old, new, back and quarter pay; old and new referred.
    assert (found["referrer_count"], found["paying_account_count"]) == (2, 4)
    assert (found["converted_count"], found["referred_count"]) == (3, 3)
    # new at two month ends and back at one, 90 each: half of 270 is margin.
    assert (found["income_amount"], found["payout_amount"]) == (270, 45)
    assert found["roi"] == pytest.approx((135 - 45) / 45)
    assert set(told["acme"]["reward_payments"]) == {"w1", "w2"}
    assert told["acme"]["reward_payments"]["w2"]["reward_label_es"] == (
        "Descuento de quien llegó"
    )
    assert told["bolt"]["referral_returns"] == {}
