"""A total outside its own interval warns; twice far outside blocks, if not by chance.

How often, over twenty shops of each kind: ``python -m tests.benchmarks.value_gate``.
"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.own_intervals import inside_own_interval
from tests.ml_assets.clv.shops import BREAKS, SIZES, judged

_MONTHS = 3


def month_ends(*came: tuple[float, float]) -> pd.DataFrame:
    """Backtests that said 80 to 120 orders worth 800 to 1,200, and what came."""
    rows = [
        {
            "origin_date": dt.date(2026, month, 1),
            "model": model,
            "expected_orders_lower": 80.0 if model == "chosen" else None,
            "expected_orders_upper": 120.0 if model == "chosen" else None,
            "actual_orders": orders,
            "expected_value_lower": 800.0 if model == "chosen" else None,
            "expected_value_upper": 1200.0 if model == "chosen" else None,
            "actual_value": value,
        }
        for month, (orders, value) in enumerate(came, start=1)
        for model in ("chosen", "naive")
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("came", "outcome", "observed"),
    [
        ([(80, 1200), (100, 1000), (120, 800)], "passed", 0),
        ([(79, 1000), (100, 1000), (100, 1000)], "warned", 0),
        # 97.5 % are 2.241 deviations, 90 % are 1.645: 120 * 1.5 ** 0.1813 = 129.2, and
        # 80 / 1.5 ** 0.1813 = 74.3. Windows that share days all miss a little.
        ([(121, 1201), (129, 1291), (75, 744)], "warned", 0),
        # Orders once and value once is one miss of each, not two.
        ([(130, 1000), (100, 1292), (100, 1000)], "warned", 1),
        ([(130, 1000), (100, 1000), (74, 1000)], "blocked", 2),
        ([(100, 1500), (100, 1500), (100, 1500)], "blocked", 3),
        ([(900, 9000)], "warned", 1),
    ],
)
def test_a_miss_warns_and_two_by_more_than_chance_block(
    came: list[tuple[float, float]], outcome: str, observed: int
) -> None:
    gate = inside_own_interval(month_ends(*came))

    assert (gate.outcome, gate.observed) == (outcome, observed)


def test_a_season_that_nobody_knew_of_is_no_excuse() -> None:
    """80 to 120 has a variance of .01531 over its square; .1^2 is that of a season.

    ln(1.00531) = .07275^2 is left: 98.47 / 1.1271 to 98.47 * 1.1271 around the same
    expectation, and 110.98 * 1.0444 = 115.9 is far outside.
    """
    said = month_ends((118, 1000), (118, 1000), (100, 1000))
    sds = {dt.date(2026, month, 1): 0.1 for month in (1, 2)}

    gate = inside_own_interval(said, sds)

    assert inside_own_interval(said).outcome == "passed"
    assert (gate.outcome, gate.observed) == ("blocked", 2)
    assert "118 came, 87 to 111 were expected" in gate.message


def test_where_nothing_was_expected_whatever_comes_is_far_outside() -> None:
    nothing = month_ends((1, 10), (2, 20)).replace({80.0: 0.0, 120.0: 0.0})

    assert inside_own_interval(nothing).outcome == "blocked"


def test_what_came_is_said_beside_what_was_expected() -> None:
    gate = inside_own_interval(month_ends((150, 1000), (100, 1000)))

    assert "orders after 2026-01-01: 150 came, 80 to 120 were expected" in gate.message


def test_without_a_backtest_nothing_lies_outside() -> None:
    nothing = pd.DataFrame(columns=["origin_date", "model"])

    assert inside_own_interval(nothing).outcome == "passed"


@pytest.mark.parametrize("shared", [0.0, 2 / 3, 1.0])
def test_perfect_intervals_block_one_shop_in_twenty_at_most(shared: float) -> None:
    """Whatever neighbouring windows share; orders and value move together by 0.8."""
    rng = np.random.default_rng(3)
    apart = np.abs(np.subtract.outer(range(_MONTHS), range(_MONTHS)))
    windows = np.maximum(1 - (1 - shared) * apart, 0.0)
    alike = np.kron([[1, 0.8], [0.8, 1]], windows)
    drawn = rng.multivariate_normal(np.zeros(2 * _MONTHS), alike, 400)
    deviation = np.log(1.5) / 2 / 1.6449
    orders, value = np.split(np.sqrt(80 * 120) * np.exp(deviation * drawn), 2, axis=1)

    gates = [
        inside_own_interval(month_ends(*zip(*shop, strict=True)))
        for shop in zip(orders, 10 * value, strict=True)
    ]

    assert sum(gate.outcome == "blocked" for gate in gates) <= 20


def test_orders_that_are_told_twice_block() -> None:
    assert judged("orders twice", 1, *SIZES[1]).outcome == "blocked"


@pytest.mark.soak
@pytest.mark.parametrize(("customers", "days"), SIZES)
def test_at_most_one_sound_shop_of_twenty_is_blocked(customers: int, days: int) -> None:
    gates = [judged("sound", seed, customers, days) for seed in range(20)]

    assert sum(gate.outcome == "blocked" for gate in gates) <= 1


@pytest.mark.soak
@pytest.mark.parametrize("kind", [kind for kind, made in BREAKS.items() if made])
def test_most_broken_shops_are_found(kind: str) -> None:
    gates = [judged(kind, seed, *SIZES[1]) for seed in range(10)]

    assert sum(gate.outcome == "blocked" for gate in gates) >= 7
