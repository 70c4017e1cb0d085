"""Who leaves is forecast where there is a signal, and nobody who cannot leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml_assets.subscriptions.churn import Churn, churn_chances, forecast_churn
from ml_assets.subscriptions.churn_model import Examples, learn
from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.grading import mean_draws
from ml_assets.subscriptions.logistic import NotConverged, fit_logistic
from ml_assets.subscriptions.probabilities import calibration_limit, grade_chances
from ml_assets.subscriptions.spline_columns import spline_columns

DAY = pd.Timestamp("2026-01-01")
FEATURES = ("use", "tickets")


def accounts(
    count: int = 800,
    *,
    seed: int = 1,
    months: int = 1,
    pull: float = 6.0,
    later: float = 0.0,
) -> pd.DataFrame:
    """Who uses little leaves, and more so who writes a lot: `pull` says how surely.

    From the sixth month on the odds are `later` more in logs.
    """
    rng = np.random.default_rng(seed)
    use, tickets = rng.uniform(0, 1, count), rng.poisson(1.0, count)
    month = np.arange(count) % months
    line = pull * (0.3 - use) * (1 + tickets) - 1 + later * (month >= 5)
    return pd.DataFrame(
        {
            "account_id": rng.permutation(count),
            "scored_on": DAY + pd.to_timedelta(30 * month, "D"),
            "contract_ends_on": pd.NaT,
            "stratum": "free",
            "use": use,
            "tickets": tickets,
            "left": rng.random(count) < expit(line if pull else line - 0.5),
        }
    )


@pytest.fixture(scope="module")
def learned() -> Churn:
    return forecast_churn(accounts(), FEATURES, horizon_days=90)


def test_a_signal_is_found_and_its_probabilities_are_true(learned: Churn) -> None:
    assert learned.status == "fitted"
    assert learned.by == "account"
    assert learned.ranking is not None
    assert learned.grade is not None
    assert learned.ranking.roc_auc.lower > 0.75
    assert learned.grade.calibration_error < 0.06
    assert learned.grade.brier < learned.grade.base_brier


def test_of_a_shuffled_table_it_is_said_that_there_is_no_signal() -> None:
    found = [
        forecast_churn(accounts(400, seed=seed, pull=0.0), FEATURES, horizon_days=90)
        for seed in range(6)
    ]

    assert [one.status for one in found] == ["no_signal"] * 6
    assert all(one.model is None for one in found)
    assert "There is no signal: on 400 accounts" in found[0].reason


def test_where_several_days_were_scored_later_ones_are_asked() -> None:
    table = accounts(1_200, months=8)

    found = forecast_churn(table, FEATURES, horizon_days=90)

    assert (found.status, found.by) == ("fitted", "time")
    assert found.asked is not None
    asked = table["scored_on"].iloc[found.asked]
    assert asked.min() == DAY + pd.Timedelta(days=90)


def test_what_stopped_being_true_is_no_signal() -> None:
    """Split by account it would be found: half of the days still show it."""
    table = accounts(1_200, months=8)
    late = (table["scored_on"] > DAY + pd.Timedelta(days=100)).to_numpy()
    turned = np.where(late, 1 - table["use"], table["use"])

    found = forecast_churn(table.assign(use=turned), FEATURES, horizon_days=90)

    assert found.status == "no_signal"


def test_where_more_leave_than_ever_before_only_the_order_is_told() -> None:
    table = accounts(2_000, months=8, later=1.5)

    found = forecast_churn(table, FEATURES, horizon_days=90)

    assert found.status == "order_only"
    assert "No probabilities are shown" in found.reason
    assert found.model is not None
    told = churn_chances({90: found.model}, table.head(20))
    assert told["probability_90"].isna().all()
    assert sorted(told["order_90"])[:3] == [1, 2, 3]
    use = table["use"].head(20)
    assert use[told["order_90"] == 1].item() < use.median()


def test_the_level_is_that_of_the_last_days() -> None:
    table = accounts(2_000, months=8, later=1.5)
    examples = Examples.of(table, FEATURES, 90)

    model = learn(examples, FEATURES)

    is_last = (table["scored_on"] >= DAY + pd.Timedelta(days=180)).to_numpy()
    said, came = model.chance(examples.values), examples.left
    assert came[is_last].mean() - came[~is_last].mean() > 0.1
    assert said[is_last].mean() == pytest.approx(came[is_last].mean(), abs=0.03)


def test_true_probabilities_pass_their_limit_once_in_forty() -> None:
    rng = np.random.default_rng(9)
    chance = rng.uniform(0, 0.4, 300)
    limit = calibration_limit(chance)

    passed = [
        grade_chances(chance, rng.random(300) < chance).calibration_error > limit
        for _ in range(400)
    ]

    assert 0 < sum(passed) < 24


def test_who_cannot_leave_teaches_nothing_and_has_no_probability(
    learned: Churn,
) -> None:
    table = accounts()
    # Of those bound, who uses much is marked as leaving: a lesson turned round.
    bound = table.assign(stratum="bound", left=table["use"] > 0.7, account_id=-1)
    both = pd.concat([bound, table], ignore_index=True)

    found = forecast_churn(both, FEATURES, horizon_days=90)

    assert found.bound_count == len(table)
    assert found.gain == learned.gain
    assert found.asked is not None
    assert found.asked.min() == len(table)
    assert found.model is not None
    asked = table.head(3).assign(
        contract_ends_on=[DAY + pd.Timedelta(days=day) for day in (90, 91, 0)]
    )
    chances = churn_chances({90: found.model}, asked)
    assert chances["stratum_90"].tolist() == ["free", "bound", "free"]
    assert chances["probability_90"].isna().tolist() == [False, True, False]
    assert chances["order_90"].isna().tolist() == [False, True, False]


def test_a_month_is_never_more_likely_than_a_quarter(learned: Churn) -> None:
    sooner = forecast_churn(accounts(seed=5), FEATURES, horizon_days=30)
    assert learned.model is not None
    assert sooner.model is not None
    table = accounts(300, seed=9).assign(contract_ends_on=DAY + pd.Timedelta(days=60))

    free = churn_chances(
        {30: sooner.model, 90: learned.model}, table.assign(contract_ends_on=None)
    )
    bound = churn_chances({30: sooner.model, 90: learned.model}, table)

    assert (free["probability_30"] <= free["probability_90"]).all()
    assert bound["probability_30"].isna().all()
    assert bound["probability_90"].notna().all()


def test_few_who_left_are_too_few() -> None:
    table = accounts().assign(left=np.arange(800) < 49)

    found = forecast_churn(table, FEATURES, horizon_days=90)

    assert found.status == "too_few"
    assert found.reason.startswith("49 of 800 accounts that could leave did")


def test_what_is_unknown_is_borne_and_says_something_where_it_does() -> None:
    table = accounts(pull=0.0)
    chance = np.where(table["left"], 0.6, 0.1)
    hidden = table["use"].mask(np.random.default_rng(2).random(800) < chance)

    found = forecast_churn(table.assign(use=hidden), FEATURES, horizon_days=90)

    assert found.status == "fitted"
    assert found.ranking is not None
    assert found.ranking.roc_auc.value > 0.65


def test_words_and_no_features_are_refused() -> None:
    with pytest.raises(InvalidAccounts, match="column use, row 0"):
        forecast_churn(accounts().assign(use="much"), FEATURES, horizon_days=90)
    with pytest.raises(InvalidSetting):
        forecast_churn(accounts(), (), horizon_days=90)
    with pytest.raises(NotConverged, match="all 3 accounts did the same"):
        fit_logistic(np.zeros((3, 1)), np.ones(3, dtype=bool), penalty=1.0)


def test_a_line_with_bends_stays_where_nothing_was_seen() -> None:
    seen = np.column_stack([np.arange(100.0), np.full(100, np.nan)])
    columns = spline_columns(seen, in_pairs=True)

    at = columns(np.array([[99.0, np.nan], [500.0, np.nan], [50.0, 3.0]]))

    assert (at[0] == at[1]).all()
    # The last column says that the second feature, never known, is unknown.
    assert at[:, -1].tolist() == [1, 1, 0]


def test_the_interval_of_a_mean_counts_accounts_and_not_rows() -> None:
    values = np.random.default_rng(3).normal(size=50)

    once = mean_draws(values, np.arange(50))
    again = mean_draws(np.tile(values, 4), np.tile(np.arange(50), 4))

    assert again.lower == pytest.approx(once.lower)
    assert once.upper - once.lower == pytest.approx(
        2 * 1.96 * values.std() / 50**0.5, rel=0.2
    )
