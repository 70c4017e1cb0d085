"""Cuaderno's accounts leave as its hazards say, and its usage tells of some causes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.time_to_value import retention_by_bucket
from sandbox.saas.accounts import Account, simulate_accounts
from sandbox.saas.features import feature_rows
from sandbox.saas.hazards import TROUBLES, UNSEEN, leaving_chance
from sandbox.saas.sessions import Usage
from sandbox.saas.truth import best_auc, chance_of
from sandbox.saas.usage import TRACKED_DAYS, use

FIRST_DAY, LAST_DAY = date(2024, 6, 25), date(2026, 6, 14)
TOLD = date(2026, 2, 1)


@pytest.fixture(scope="module")
def accounts() -> list[Account]:
    rng = np.random.default_rng(3)
    return simulate_accounts(1_200, FIRST_DAY, LAST_DAY, rng)


@pytest.fixture(scope="module")
def usage(accounts: list[Account]) -> Usage:
    return use(accounts, [], LAST_DAY, np.random.default_rng(4))


def since_start(one: Account, day: date | None) -> float:
    return np.nan if day is None else (day - one.joined_on).days


def test_who_is_slow_to_value_leaves_more_often(
    accounts: list[Account], usage: Usage
) -> None:
    seen = [one for one in accounts if one.signed_up_on >= usage.first_day]
    first = usage.first_uses()

    found = retention_by_bucket(
        pd.DataFrame(
            {
                "age_days": [since_start(one, LAST_DAY) for one in seen],
                "days_to_value": [
                    since_start(one, first.get((one.account_id, "tareas")))
                    for one in seen
                ],
                "days_to_departure": [since_start(one, one.left_on) for one in seen],
            }
        ).clip(lower=0),
        horizon_days=90,
    ).set_index("bucket")

    slow, fast = found.loc["21-45"], found.loc["0-7"]
    assert slow["retained_ratio_upper"] < fast["retained_ratio_lower"]


def test_one_feature_is_the_first_value() -> None:
    marked = [row for row in feature_rows(FIRST_DAY) if row["is_value_event"] == "true"]

    # Every plan has it.
    assert [(row["feature"], row["plans"]) for row in marked] == [("tareas", "")]


def test_a_chance_to_leave_is_that_of_days_that_know_nothing_of_each_other() -> None:
    # By hand: of a trouble, over two days, there on the first and gone on the second.
    one = TROUBLES["payment"]
    goes = one.leaves + sum(UNSEEN.values())
    stays = 1 - goes - one.recovers
    calm = sum(UNSEEN.values())

    assert leaving_chance("payment", 1) == pytest.approx(goes)
    assert leaving_chance("payment", 2) == pytest.approx(
        goes + stays * goes + one.recovers * calm
    )
    # Who pays by the year leaves on the day that it is over, or not at all.
    assert leaving_chance(None, 90, 91) == 0
    assert leaving_chance(None, 90, 1) == pytest.approx(0.12)
    assert leaving_chance("support", 90, 1) == pytest.approx(0.7)


def test_as_many_leave_as_the_hazards_say(accounts: list[Account]) -> None:
    chances, left = [], []
    for one in accounts:
        if one.is_here(TOLD) and (chance := chance_of(one, TOLD, 90)) is not None:
            chances.append(chance)
            left.append(not all(one.is_here(TOLD + timedelta(d)) for d in range(91)))

    error = np.sqrt(sum(each * (1 - each) for each in chances))
    assert len(chances) > 400
    assert abs(sum(left) - sum(chances)) < 3 * error


def test_some_leave_for_what_no_file_tells(
    accounts: list[Account], usage: Usage
) -> None:
    came = {
        (int(one), int(day)) for one, day in zip(usage.account, usage.day, strict=True)
    }

    def worked(cause: str) -> float:
        """Mean days of use in the 28 days before they left."""
        days = [
            sum((one.number, last - back) in came for back in range(1, 29))
            for one in accounts
            if one.left_on and one.stays[0].cause == cause
            for last in [(one.left_on - usage.first_day).days]
            if 28 < last < TRACKED_DAYS
        ]
        assert len(days) > 10
        return float(np.mean(days))

    assert worked("onboarding") < 0.6 * worked("price")
    # So that not even who knows all troubles tells all departures.
    best = best_auc(accounts, LAST_DAY)
    assert best is not None
    assert 0.6 < best < 0.8
