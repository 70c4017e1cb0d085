"""Unusual amounts, in or out of what spend is learned from, as the past says."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv import customer_model
from ml_assets.clv.convergence import converged
from ml_assets.clv.customer_model import fit_log
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.unusual_amounts import learned_from, unusual
from tests.ml_assets.clv.shops import shop

_TIMES = 30.0


def mistyped(orders: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One amount in a hundred is thirty times what it was, whoever's."""
    draw = np.random.default_rng([41, seed]).random(len(orders))
    return orders.assign(amount=orders["amount"] * np.where(draw < 0.01, _TIMES, 1.0))


def wholesale(orders: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Two customers in a hundred always spend thirty times as much."""
    names = orders["customer_id"].unique()
    rng = np.random.default_rng([43, seed])
    large = rng.choice(names, len(names) // 50, replace=False)
    times = np.where(orders["customer_id"].isin(large), _TIMES, 1.0)
    return orders.assign(amount=orders["amount"] * times)


def log_of(orders: pd.DataFrame) -> PurchaseDays:
    return purchase_days(orders)[0]


def test_unusual_is_far_on_the_logarithm() -> None:
    """Logs 0, ±.1, ±.2: median 0, MAD .1; 3.5 x 1.4826 x .1 = .519."""
    logs = np.array([-0.2, -0.1, -0.1, 0.0, 0.1, 0.1, 0.2])
    amounts = 10 * np.exp([*logs, 0.51, -0.53])

    # With the two more, the median is still 0 and the MAD still .1.
    assert unusual(amounts).tolist() == [False] * 8 + [True]


@pytest.mark.parametrize("amounts", [[5.0, 5.0, 5.0, 900.0], [0.0, 0.0], []])
def test_without_a_spread_nothing_is_unusual(amounts: list[float]) -> None:
    assert not unusual(np.array(amounts)).any()


def test_what_tells_nothing_of_spend_is_a_purchase_all_the_same() -> None:
    customer, day = np.array([0, 0, 0, 1, 1, 1]), np.array([1, 5, 9, 2, 4, 9])
    amount = np.array([10.0, 300.0, 20.0, 50.0, 60.0, 400.0])
    tells = np.array([True, False, True, False, False, False])
    names = np.array(["a", "b"], dtype=object)
    seen = PurchaseDays(names, customer, day, amount, tells).seen_at(10)
    before = PurchaseDays(names, customer, day, amount, tells).seen_at(4)

    assert seen.histories.frequency.tolist() == [2, 2]
    assert seen.monetary_value.tolist() == [160, 230]
    assert seen.spent.days.tolist() == [2, 0]
    assert seen.spent.mean.tolist() == [15, 0]
    assert before.spent.days.tolist() == [1, 0]


@pytest.mark.parametrize("seed", [601, 602])
def test_who_always_spends_much_is_learned_from(seed: int) -> None:
    log = log_of(wholesale(shop(seed, 800, 700), seed))
    assert unusual(log.amount).sum() > 50
    assert learned_from(log, int(log.day.max())) is log


def test_a_shop_of_usual_amounts_is_what_it_was() -> None:
    log = log_of(shop(602, 800, 700))
    assert learned_from(log, int(log.day.max())) is log


@pytest.mark.parametrize("seed", [601, 602])
def test_mistyped_amounts_stay_out_and_forecasts_are_nearer(seed: int) -> None:
    log = log_of(mistyped(shop(seed, 800, 700), seed))
    day = int(log.day.max()) - 90

    out = fit_log(log, day)
    with patch.object(customer_model, "learned_from", lambda log, *_: log):
        inside = fit_log(log, day)

    assert out.log is not None
    assert out.log.tells_spend is not None
    told = str(converged(out).message)
    assert f"without {int((~out.log.tells_spend).sum())} purchases of unusual" in told
    came = log.later(out.seen, day, 90)
    # Who spends what, at the total that came: levels are corrected separately.
    said = [one.predict(90)["expected_value"].to_numpy() for one in (out, inside)]
    errors = [
        np.abs(one * came.amount.sum() / one.sum() - came.amount).sum() for one in said
    ]
    assert errors[0] < 0.95 * errors[1]
    total = out.predict_total(90)
    assert total["expected_value_lower"] <= came.amount.sum()
    assert came.amount.sum() <= total["expected_value_upper"]


def test_earlier_days_know_the_same() -> None:
    """A part of a log says of spend what the log says."""
    log = log_of(shop(603, 100, 300))
    tells = np.arange(log.day.size) % 3 > 0
    marked = replace(log, tells_spend=tells)
    day = log.first_day + 200

    np.testing.assert_array_equal(marked.up_to(day).tells_spend, tells[log.day <= day])
    np.testing.assert_array_equal(
        marked.some(50).tells_spend, tells[log.customer % 2 == 0]
    )
