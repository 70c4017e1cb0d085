"""The files of Cuaderno, and the answers an analysis of them should find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from sandbox.csv_text import csv_text
from sandbox.saas import loyalty
from sandbox.saas.accounts import Account, simulate_accounts
from sandbox.saas.billing import billing
from sandbox.saas.care import activities
from sandbox.saas.contacts import answers, tickets
from sandbox.saas.features import feature_rows
from sandbox.saas.lives import Stay
from sandbox.saas.messages import messages
from sandbox.saas.programme import kpi_targets, program_costs
from sandbox.saas.sessions import sessions_csv
from sandbox.saas.subscriptions import Row, gifts, subscriptions, trials
from sandbox.saas.truth import truth_of
from sandbox.saas.usage import use
from sandbox.saas.welcome import welcome

__all__ = ["DEFAULT_ACCOUNTS", "cuaderno"]

DEFAULT_ACCOUNTS: Final = 1_200
_DAYS: Final = 720
_TRIALS_PER_ACCOUNT: Final = 0.5


def cuaderno(
    *, seed: int, last_day: date, accounts: int = DEFAULT_ACCOUNTS
) -> dict[str, str]:
    """Content of every file by its name, and of truth.json; the same for the same seed.

    Parameters
    ----------
    accounts : how many subscribe in all, those who leave included. Half as many try it
        for two weeks and never pay.
    """
    # By numbers of their own: what others are made of stays.
    rngs = [np.random.default_rng([seed, number]) for number in range(9)]
    first_day = last_day - timedelta(days=_DAYS)
    found = simulate_accounts(accounts, first_day, last_day, rngs[0])
    tried = list(
        trials(round(accounts * _TRIALS_PER_ACCOUNT), first_day, last_day, rngs[1])
    )
    usage = use(found, [trial for trial, _ in tried], last_day, rngs[2])
    invoices, payments = billing(found, last_day, rngs[3])
    asked = tickets(found, last_day, rngs[4])
    sent = loyalty.referrals(found, first_day, rngs[5])
    welcomed = welcome(found, last_day, rngs[8])
    files: dict[str, Sequence[Mapping[str, Any]]] = {
        "accounts": [_account(one) for one in found],
        "subscriptions": [
            *(row for one in found for row in subscriptions(one)),
            *(row for _, row in tried),
            *gifts(accounts // 150, first_day),
        ],
        "invoices": invoices,
        "payments": payments,
        "features": feature_rows(first_day),
        "tickets": asked,
        "survey_responses": answers(found, asked, last_day, rngs[4]),
        "cs_activities": activities(found, last_day, rngs[6]),
        **welcomed.files(messages(found, last_day, rngs[7])),
        "exit_reasons": [
            _exit(one, stay) for one in found for stay in one.stays if stay.left_on
        ],
        "account_referrals": loyalty.touches(sent),
        "points_rules": loyalty.points_rules(last_day),
        "loyalty_rules": loyalty.loyalty_rules(),
        "referral_rules": loyalty.referral_rules(),
        "reward_payouts": loyalty.payouts(sent, invoices, last_day),
        "program_costs": list(program_costs(last_day)),
        "kpi_targets": list(kpi_targets(last_day)),
    }
    files["points_redemptions"] = loyalty.redemptions(usage, files, last_day)
    truth = {
        **truth_of(found, last_day),
        **loyalty.loyalty_truth(sent, usage, files, last_day),
        "value_reached_count": usage.values_reached(found),
        "welcome_opener_count": welcomed.opener_count,
    }
    return {
        **{f"{name}.csv": csv_text(rows) for name, rows in files.items()},
        "product_events.csv": sessions_csv(usage),
        "truth.json": json.dumps({"cuaderno": truth}, indent=2) + "\n",
    }


def _account(one: Account) -> Row:
    return {
        "account_id": one.account_id,
        "account_name": f"Estudio {one.number + 1}",
        "signed_up_at": one.signed_up_on,
        "segment": one.terms[0].plan,
        "cs_manager": one.cs_manager,
    }


def _exit(one: Account, stay: Stay) -> Row:
    return {
        "account_id": one.account_id,
        "exit_reason": stay.cause,
        "recorded_at": stay.left_on,
        "decided_at": stay.decided_on,
    }
