"""What is sure of itself and wrong is not published; what is sound is.

How often, over twenty companies of each kind: ``python -m tests.benchmarks.claims``.
"""

from dataclasses import replace

import numpy as np
import pytest

from ml_assets.media_plan.pairs import as_pairs
from ml_assets.media_plan.unusual_periods import without_unusual
from ml_assets.mmm.policy import Policy, spend_policies
from ml_assets.mmm.series import Series, read_series
from ml_assets.mmm.total_share import TotalShare
from ml_assets.mmm.unusual import unusual_periods
from tests.ml_assets.media_plan.claims import (
    KINDS,
    SOUND,
    Claim,
    event,
    follower,
    judged,
    planned,
    sound,
)
from tests.ml_assets.media_plan.daily_budgets import followed_days, set_by_hand

TROUBLED = [kind for kind in KINDS if kind not in SOUND]


def series_of(claim: Claim) -> Series:
    return read_series(
        claim.media.frame,
        date="date",
        outcome="revenue",
        channels=claim.media.spend_columns(),
        controls=list(claim.media.controls),
        fitted_until=None,
    )


def policies(claim: Claim) -> list[Policy]:
    return spend_policies(series_of(claim))


@pytest.mark.parametrize(
    ("kind", "gate"),
    [
        ("follower", "spend_not_set_by_sales"),
        ("contradicted", "experiments_agree"),
    ],
)
def test_a_claim_that_cannot_be_known_is_blocked_by_its_gate(
    kind: str, gate: str
) -> None:
    assert gate in judged(kind, 0, draws=64).blocked


def test_the_total_of_twenty_weak_channels_is_what_it_is() -> None:
    found = judged("many", 0, draws=64)

    assert not found.is_wrong
    assert found.total[0] < found.truth < found.total[2]


@pytest.mark.parametrize("seed", [11, 14])
def test_an_honest_experiment_after_a_burst_blocks_nothing(seed: int) -> None:
    """What was spent before goes on working, which switching off does not measure."""
    assert not judged("confirmed", seed, draws=64).blocked


@pytest.mark.soak
@pytest.mark.parametrize("kind", TROUBLED)
def test_no_sure_and_wrong_claim_of_twenty_companies_is_published(kind: str) -> None:
    found = [judged(kind, seed) for seed in range(20)]

    assert not [one.seed for one in found if one.is_published_and_wrong]


@pytest.mark.soak
@pytest.mark.parametrize("kind", SOUND)
def test_at_most_one_sound_company_of_twenty_is_blocked(kind: str) -> None:
    found = [judged(kind, seed) for seed in range(20)]

    assert sum(bool(one.blocked) for one in found) <= 1


def test_budgets_that_follow_sales_are_seen_and_those_that_come_by_date_are_not() -> (
    None
):
    """Of twenty each; rules, lags, noise and gaps of the budgets are drawn by seed."""
    followed = [policies(follower(seed)) for seed in range(20)]
    free = [policies(made(seed)) for made in (sound, planned) for seed in range(20)]

    assert sum(bool(found) for found in followed) >= 16
    assert {one.channel for found in followed for one in found} == {"spend_meta_ads"}
    assert sum(bool(found) for found in free) <= 1


def test_days_of_budgets_that_last_for_weeks_are_no_answer_to_sales() -> None:
    """Of 60 such companies nearly none; of 30 budgets that are a share of sales most.

    Errors of a regression take each day for a decision of its own.
    """
    free = [spend_policies(set_by_hand(seed)) for seed in range(60)]
    followed = [spend_policies(followed_days(seed)) for seed in range(30)]

    assert sum(bool(found) for found in free) <= 3
    assert sum("c0" in {one.channel for one in found} for found in followed) >= 24
    assert sum("c1" in {one.channel for one in found} for found in followed) <= 1


def test_an_exact_share_of_last_weeks_sales_is_named_as_such() -> None:
    made = follower(0)
    sales = made.media.frame["revenue"]
    frame = made.media.frame.assign(spend_meta_ads=0.08 * sales.shift(1).bfill())

    (found,) = policies(replace(made, media=replace(made.media, frame=frame)))

    assert (found.channel, found.days, found.is_before) == ("spend_meta_ads", 7, True)
    assert found.share == pytest.approx(0.08)
    assert found.elasticity == pytest.approx(1, abs=0.01)


def test_what_the_data_left_of_the_doubt_before_them_is_told() -> None:
    share = TotalShare(mean=0.41, sd=0.15, prior=0.4, prior_sd=0.3)

    assert share.doubt_left == pytest.approx(0.5)


def test_a_week_of_fifteen_times_the_sales_is_taken_out_and_told() -> None:
    made = event(0).media

    taken, dates, found = without_unusual(made, "revenue")

    (one,) = found
    assert one.times > 10
    assert dates == [f"{made.frame['date'][one.position]:%Y-%m-%d}"]
    column = taken.frame[taken.controls[-1]]
    assert column.sum() == 1
    assert column[one.position] == 1


def test_what_the_calendar_names_or_sells_less_than_five_times_is_left_alone() -> None:
    sales = np.full(60, 100.0)
    sales[[20, 40]] = 900.0, 499.0
    named = np.zeros(60, dtype=bool)

    assert [one.position for one in unusual_periods(sales, named, 7)] == [20]
    named[20] = True
    assert unusual_periods(sales, named, 7) == []


def test_channels_that_move_together_keep_their_split() -> None:
    """30 and 10 are now three to one, whatever the search gave each of them."""
    plans = np.array([[60.0, 5.0, 20.0], [0.0, 40.0, 20.0]])

    kept = as_pairs([[0, 2]], plans, np.array([30.0, 7.0, 10.0]))

    assert kept.tolist() == [[60.0, 5.0, 20.0], [15.0, 40.0, 5.0]]
