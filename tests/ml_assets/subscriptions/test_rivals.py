"""Weights are held against cheap rivals on what none has seen, and only proposed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml_assets.subscriptions.components import COMPONENTS
from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.health import WEIGHTS
from ml_assets.subscriptions.logistic import fit_logistic
from ml_assets.subscriptions.rivals import compare_with_rivals
from ml_assets.subscriptions.splits import held_out

DAY = pd.Timestamp("2026-01-01")


def base(pull: dict[str, float], count: int = 900, seed: int = 1) -> pd.DataFrame:
    """Accounts that leave by what their components say, by so much each."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {name: rng.uniform(0, 100, count) for name in COMPONENTS}
    ).round(1)
    line = sum(pull.get(name, 0) * (0.5 - table[name] / 100) for name in COMPONENTS)
    return table.assign(
        account_id=np.arange(count),
        scored_on=DAY,
        days_since_last_login=rng.integers(0, 30, count),
        left=rng.random(count) < expit(np.asarray(line) - 1.5),
    )


def test_where_another_component_matters_other_weights_are_proposed() -> None:
    found = compare_with_rivals(base({"engagement_level": 6}), horizon_days=90)

    assert found.proposal is not None
    assert sum(found.proposal.weights.values()) == 100
    assert found.proposal.weights["engagement_level"] > 60
    assert found.proposal.difference["engagement_level"] == (
        found.proposal.weights["engagement_level"] - WEIGHTS["engagement_level"]
    )
    assert found.proposal.gain.lower > 0.03
    assert WEIGHTS["engagement_level"] == 10
    assert found.rankings["base_rate"].roc_auc.value == 0.5


def test_where_the_weights_are_right_nothing_is_proposed() -> None:
    pull = {name: weight / 5 for name, weight in WEIGHTS.items()}

    found = compare_with_rivals(base(pull), horizon_days=90)

    assert found.proposal is None
    assert found.logistic_gain.value < 0.03
    assert found.rankings["weights"].roc_auc.lower > 0.7
    assert found.chances["weights"].skill > 0.1
    bands = found.bands.set_index("band")
    assert bands["count"].sum() == 900
    assert bands["left_ratio"].is_monotonic_increasing
    assert (bands["said_ratio"] > bands["left_ratio_lower"]).all()
    assert (bands["said_ratio"] < bands["left_ratio_upper"]).all()


def test_where_nothing_matters_chance_proposes_nothing() -> None:
    gains = [
        compare_with_rivals(base({}, 300, seed), horizon_days=90).proposal
        for seed in range(8)
    ]

    assert gains == [None] * 8


def test_unknown_components_are_borne() -> None:
    table = base({"usage_intensity": 4})
    rng = np.random.default_rng(3)
    holes = rng.random((len(table), 5)) < 0.3
    table[list(COMPONENTS)] = table[list(COMPONENTS)].mask(holes)
    table["days_since_last_login"] = table["days_since_last_login"].mask(holes[:, 0])

    found = compare_with_rivals(table, horizon_days=90)

    assert found.rankings["logistic"].roc_auc.value > 0.6


def test_of_few_who_left_nothing_is_told() -> None:
    table = base({}).assign(left=np.arange(900) < 29)

    with pytest.raises(InvalidAccounts, match="29 of 900 left"):
        compare_with_rivals(table, horizon_days=90)


def test_by_time_nothing_is_learned_that_was_not_known_yet() -> None:
    months = pd.Series(
        np.repeat(pd.date_range("2026-01-01", periods=8, freq="30D"), 40)
    )
    left = np.arange(320) % 2 == 0

    splits = held_out(np.arange(320), months, left, horizon_days=90)

    assert splits.by == "time"
    for learned, asked in splits.pairs:
        latest = months.iloc[learned].max() + pd.Timedelta(days=90)
        assert latest <= months.iloc[asked].min()
    # The first three months have nothing before them that was over.
    assert sorted(splits.asked) == list(range(120, 320))


def test_on_one_day_an_account_is_never_on_both_sides() -> None:
    accounts = np.repeat(np.arange(50), 3)
    days = pd.Series([DAY] * 150)

    splits = held_out(accounts, days, accounts % 2 == 0, horizon_days=90)

    assert splits.by == "account"
    assert sorted(splits.asked) == list(range(150))
    for learned, asked in splits.pairs:
        assert not set(accounts[learned]) & set(accounts[asked])


def test_the_logistic_is_at_its_maximum_and_knows_the_odds_of_two_groups() -> None:
    group = np.repeat([0.0, 1.0], [40, 60])[:, None]
    left = np.concatenate([np.arange(40) < 10, np.arange(60) < 45])

    model = fit_logistic(group, left, penalty=0.0)

    assert model.chance(np.array([[0.0], [1.0]])) == pytest.approx([0.25, 0.75])


def test_a_column_that_tells_everything_has_a_finite_ridge() -> None:
    column = np.arange(20.0)[:, None]

    model = fit_logistic(column, column[:, 0] > 9, penalty=1.0)

    assert np.isfinite(model.coefficients).all()
    assert model.chance(column)[0] < 0.1
