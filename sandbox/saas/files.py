"""The files of Cuaderno, and the answers an analysis of them should find."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from sandbox.csv_text import csv_text
from sandbox.saas import loyalty
from sandbox.saas.accounts import PRICES, Account, simulate_accounts
from sandbox.saas.features import (
    FEATURES,
    feature_rows,
    value_truth,
    with_first_values,
)
from sandbox.saas.programme import MARGIN_RATE, kpi_targets, program_costs
from sandbox.saas.subscriptions import subscriptions, trials

__all__ = ["DEFAULT_ACCOUNTS", "cuaderno"]

DEFAULT_ACCOUNTS: Final = 150
_DAYS: Final = 480
_TRIALS_PER_ACCOUNT: Final = 0.1
Row = Mapping[str, object]


def cuaderno(
    *, seed: int, last_day: date, accounts: int = DEFAULT_ACCOUNTS
) -> dict[str, str]:
    """Content of every file by its name, and of truth.json; the same for the same seed.

    Parameters
    ----------
    accounts : how many subscribe in all, those who leave included. A tenth as many
        try it for two weeks and never pay.
    """
    rng = np.random.default_rng(seed)
    first_day = last_day - timedelta(days=_DAYS)
    found = simulate_accounts(accounts, first_day, last_day, rng)
    invoices, payments = _billing(found, last_day, rng)
    # By numbers of their own: what others are made of stays.
    sent = loyalty.referrals(found, first_day, np.random.default_rng([seed, 1]))
    files: dict[str, list[Row]] = {
        "accounts": [_account(one) for one in found],
        "subscriptions": [
            *(row for one in found for row in subscriptions(one)),
            *trials(round(accounts * _TRIALS_PER_ACCOUNT), first_day, last_day, rng),
        ],
        "invoices": invoices,
        "payments": payments,
        "features": feature_rows(first_day),
        "product_events": list(
            with_first_values(
                _events(found, last_day, rng), found, np.random.default_rng([seed, 2])
            )
        ),
        "tickets": list(_tickets(found, last_day, rng)),
        "survey_responses": list(_answers(found, last_day, rng)),
        "cs_activities": list(_activities(found, last_day, rng)),
        "exit_reasons": [_exit(one) for one in found if one.left_on],
        "account_referrals": loyalty.touches(sent),
        "points_rules": list(loyalty.POINTS_RULES),
        "program_costs": list(program_costs(last_day)),
        "kpi_targets": list(kpi_targets(last_day)),
    }
    files["points_redemptions"] = loyalty.redemptions(files, last_day)
    truth = {
        **_truth(found, last_day),
        **loyalty.loyalty_truth(sent, files, last_day),
        **value_truth(files["product_events"], found),
    }
    return {
        **{f"{name}.csv": csv_text(rows) for name, rows in files.items()},
        "truth.json": json.dumps({"cuaderno": truth}, indent=2) + "\n",
    }


def _truth(accounts: Sequence[Account], last_day: date) -> dict[str, Any]:
    here = [one for one in accounts if one.left_on is None]
    month = (last_day + timedelta(days=1)).replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    there = [
        one
        for one in accounts
        if one.joined_on < before and (one.left_on is None or one.left_on >= before)
    ]
    gone = [one for one in there if one.left_on and one.left_on < month]
    causes = Counter(one.cause for one in accounts if one.cause)
    return {
        "name": "Cuaderno",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "settings": {"plan": "saas", "gross_margin_rate": MARGIN_RATE},
        "as_of_date": last_day.isoformat(),
        "paying_account_count": len(here),
        "mrr_at_the_end": sum(one.monthly for one in here),
        "logo_churn_ratio": len(gone) / len(there) if there else None,
        "departed_account_count": len(accounts) - len(here),
        "first_exit_reason": min(
            causes, key=lambda one: (-causes[one], one), default=None
        ),
    }


def _account(one: Account) -> Row:
    return {
        "account_id": one.account_id,
        "account_name": f"Estudio {one.number + 1}",
        "signed_up_at": one.joined_on,
        "segment": one.plan,
        "cs_manager": one.cs_manager,
    }


def _exit(one: Account) -> Row:
    (trouble,) = [t for t in one.troubles if t.cause == one.cause][:1]
    return {
        "account_id": one.account_id,
        "exit_reason": one.cause,
        "recorded_at": one.left_on,
        "decided_at": min(trouble.until, one.left_on or trouble.until),
    }


def _life(one: Account, last_day: date) -> Iterator[date]:
    """The days of an account, without the one on which it is no more."""
    end = min(one.left_on or last_day, last_day)
    for number in range((end - one.joined_on).days):
        yield one.joined_on + timedelta(days=number)


def _billing(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    invoices: list[Row] = []
    payments: list[Row] = []
    for one in accounts:
        every = 365 if one.is_annual else 30
        for number, day in enumerate(list(_life(one, last_day))[::every]):
            trouble = one.trouble_on(day)
            fails = trouble is not None and trouble.cause == "payment"
            late = int(rng.integers(4, 40)) if fails else 0
            paid_on = day + timedelta(days=late)
            is_paid = paid_on <= last_day and not (
                one.left_on and paid_on > one.left_on
            )
            key = f"inv_{one.number:04}_{number:02}"
            has_more = one.upgraded_on is not None and one.upgraded_on <= day
            amount = PRICES[one.plan] * (one.seats + has_more)
            amount *= 12 if one.is_annual else 1
            bill = {"invoice_id": key, "account_id": one.account_id}
            invoices.append(
                {
                    **bill,
                    "status": "paid" if is_paid else "open",
                    "amount_due": amount,
                    "currency_code": "EUR",
                    "issued_at": day,
                    "due_at": day,
                    "paid_at": paid_on if is_paid else "",
                }
            )
            tried = [(day, "failed")] if fails else []
            tried += [(paid_on, "succeeded")] if is_paid else []
            payments += [
                {
                    "payment_id": f"{key}_{at}",
                    **bill,
                    "status": status,
                    "amount": amount,
                    "currency_code": "EUR",
                    "attempted_at": when,
                }
                for at, (when, status) in enumerate(tried)
            ]
    return invoices, payments


def _events(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    number = 0
    for one in accounts:
        mine = [f for f, _, plans in FEATURES if not plans or one.plan in plans]
        liked = rng.permutation(mine)
        for day in _life(one, last_day):
            chance, breadth = _habits(one, day)
            if day.weekday() > 4:
                chance /= 6
            for person in np.flatnonzero(rng.random(one.seats) < chance):
                start = datetime.combine(day, time(8)) + timedelta(
                    minutes=int(rng.integers(0, 480))
                )
                used = liked[: max(1, round(breadth * len(liked)))]
                names = ["Signed In", str(rng.choice(used))]
                for step, name in enumerate(names):
                    number += 1
                    yield {
                        "message_id": f"m{number}",
                        "type": "track",
                        "event": name if not step else "Feature Used",
                        "feature": name if step else "",
                        "user_id": f"{one.account_id}_{person}",
                        "account_id": one.account_id,
                        "occurred_at": start
                        + timedelta(minutes=step * (3 + 9 * chance)),
                    }


def _habits(one: Account, day: date) -> tuple[float, float]:
    """Chance that a person works on a day, and the share of features they use."""
    trouble = one.trouble_on(day)
    chance, breadth = one.engagement, 0.8
    if trouble is None:
        return chance, breadth
    gone = (day - trouble.since).days / (trouble.until - trouble.since).days
    if trouble.cause in ("onboarding", "competition"):
        chance *= max(0.08, 1 - 1.1 * gone)
    if trouble.cause in ("features", "onboarding"):
        breadth *= 0.3
    return chance, breadth


def _tickets(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    number = 0
    for one in accounts:
        for day in _life(one, last_day):
            trouble = one.trouble_on(day)
            is_bad = trouble is not None and trouble.cause == "support"
            if rng.random() > (0.2 if is_bad else 0.012):
                continue
            number += 1
            opened = datetime.combine(day, time(10))
            wait = rng.exponential(14 if is_bad else 2.5)
            yield {
                "ticket_id": f"t{number}",
                "account_id": one.account_id,
                "status": "solved",
                "support_tier": 1 + list(PRICES).index(one.plan),
                "created_at": opened,
                "first_replied_at": opened + timedelta(hours=float(wait)),
                "solved_at": opened + timedelta(hours=float(wait) + 20),
                "escalated_at": opened if is_bad and rng.random() < 0.3 else "",
            }


def _answers(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    number = 0
    for one in accounts:
        for day in list(_life(one, last_day))[20::60]:
            if rng.random() > 0.45:
                continue
            is_well = one.trouble_on(day) is None
            for kind, touchpoint, mean, most in (
                ("nps", "product", 8.8 if is_well else 5.0, 10),
                ("csat", "support", 4.4 if is_well else 2.3, 5),
            ):
                number += 1
                score = round(float(rng.normal(mean, 1.2)))
                yield {
                    "response_id": f"r{number}",
                    "kind": kind,
                    "touchpoint": touchpoint,
                    "respondent_id": f"{one.account_id}_0",
                    "account_id": one.account_id,
                    "answered_at": day,
                    "score": min(max(score, 0 if kind == "nps" else 1), most),
                }


def _activities(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    for one in accounts:
        if not one.cs_manager:
            continue
        for day in list(_life(one, last_day))[10::28]:
            if rng.random() < 0.8:
                yield {
                    "activity_id": f"a_{one.number}_{day:%Y%m%d}",
                    "account_id": one.account_id,
                    "activity_type": "outreach",
                    "cs_manager": one.cs_manager,
                    "occurred_at": day,
                }
