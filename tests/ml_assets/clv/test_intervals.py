"""Intervals against simulation: they cover as often as they say."""

import numpy as np
import pytest
from scipy.special import expit, logit

from ml_assets.clv.calibration import Recalibration, recalibrate
from ml_assets.clv.histories import check_histories
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.intervals import (
    amount_interval,
    count_interval,
    probability_interval,
    total_interval,
)
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.gamma_gamma import GammaGamma
from ml_assets.clv.spending import spending_of
from tests.ml_assets.clv.simulation import simulate

BUYING = BgNbd(1.2, 20.0, 0.6, 4.0)
SPEND = GammaGamma(4.0, 5.0, 60.0)
HORIZON = 200.0


@pytest.fixture(scope="module")
def world() -> dict[str, np.ndarray]:
    """Customers with the truth: later purchases and amounts, drawn from the model."""
    rng = np.random.default_rng(2)
    people = simulate(BUYING, rng.uniform(60, 500, 40_000), rng, horizon=HORIZON)
    nu = rng.gamma(SPEND.q, 1 / SPEND.v, people.x.size)
    shape = SPEND.p * np.maximum(people.x, 1)
    seen = rng.gamma(shape) / nu / np.maximum(people.x, 1)
    spent = np.where(
        people.later > 0, rng.gamma(SPEND.p * np.maximum(people.later, 1)) / nu, 0.0
    )
    at_horizon = forecast_horizons(
        BUYING, np.array([HORIZON]), check_histories(*people[:3])
    )
    own = spending_of(SPEND, people.x, np.where(people.x > 0, seen, np.nan))
    orders, square = at_horizon.mean[:, 0], at_horizon.square[:, 0]
    return {
        "later": people.later,
        "spent": spent,
        "no_purchase": at_horizon.no_purchase[:, 0],
        "orders": orders,
        "orders_square": square,
        "value": orders * own.mean,
        "value_square": orders * own.within + square * own.square,
    }


def test_counts_fall_into_their_interval(world: dict[str, np.ndarray]) -> None:
    low, high = count_interval(
        world["no_purchase"], world["orders"], world["orders_square"]
    )
    inside = (world["later"] >= low) & (world["later"] <= high)

    # Whole numbers: an interval can only cover a little more than it says.
    assert 0.89 <= inside.mean() <= 0.95
    busy = world["no_purchase"] < 0.05
    assert 0.88 <= inside[busy].mean() <= 0.96


def test_amounts_fall_into_their_interval(world: dict[str, np.ndarray]) -> None:
    low, high = amount_interval(
        world["no_purchase"], world["value"], world["value_square"]
    )
    inside = (world["spent"] >= low) & (world["spent"] <= high)

    assert 0.87 <= inside.mean() <= 0.94


def test_the_spread_of_amounts_is_that_of_the_simulation(
    world: dict[str, np.ndarray],
) -> None:
    assert world["spent"].mean() == pytest.approx(world["value"].mean(), rel=0.03)
    square = (world["spent"] ** 2).mean()
    assert square == pytest.approx(world["value_square"].mean(), rel=0.15)


def test_a_customer_who_surely_buys_nothing_has_nothing() -> None:
    low, high = count_interval(np.array([0.95]), np.array([0.05]), np.array([0.06]))

    assert (low[0], high[0]) == (0, 0)


def test_a_certain_probability_has_no_width() -> None:
    low, high = probability_interval(np.array([1.0, 0.5]), np.array([3.0, 0.1]))

    assert (low[0], high[0]) == (1, 1)
    assert low[1] == pytest.approx(1 / (1 + np.exp(0.16449)), abs=1e-4)
    assert low[1] + high[1] == pytest.approx(1)


def test_a_total_without_variance_is_a_point() -> None:
    assert total_interval(100.0, 0.0) == pytest.approx((100, 100))
    assert total_interval(0.0, 5.0) == (0, 0)
    low, high = total_interval(100.0, 100.0)
    assert (low, high) == pytest.approx((84.4, 117.3), abs=0.1)


@pytest.mark.parametrize(("stated", "actual"), [(0.97, 0.84), (0.027, 0.157)])
def test_a_recalibration_of_what_was_far_off_converges(
    stated: float, actual: float
) -> None:
    rng = np.random.default_rng(1)
    buys = expit(logit(stated) + 0.8 * rng.standard_normal(2000))
    happened = rng.random(2000) < actual

    found = recalibrate([(buys, happened)])

    assert abs(found.intercept) < 3
    assert 0.25 <= found.slope <= 4
    after, before = abs(found.apply(buys).mean() - actual), abs(buys.mean() - actual)
    assert after < before


@pytest.mark.parametrize("slope", [0.25, 0.7, 1.0, 1.6, 4.0])
@pytest.mark.parametrize("typical", [-6.0, -2.0, 0.0, 3.0])
def test_a_slope_by_itself_keeps_the_sum(slope: float, typical: float) -> None:
    """Of a quarter at 2 % a head as of a year at 95 %: only the intercept moves it."""
    buys = expit(typical + np.linspace(-2, 2, 41))
    customers = np.arange(1.0, 42.0)

    corrected = Recalibration(slope=slope).apply(buys, customers)

    assert customers @ corrected == pytest.approx(customers @ buys)
    both = Recalibration(slope=slope).apply(
        np.column_stack([buys, buys**0.5]), customers
    )
    assert customers @ both == pytest.approx([customers @ buys, customers @ buys**0.5])


def test_probabilities_too_far_apart_are_drawn_together_without_moving_their_sum() -> (
    None
):
    """Half buy at 10 and half at 30 %, stated as 4 and 36 %: the sum is right."""
    stated = np.repeat([0.04, 0.36], 5000)
    happened = np.tile(np.arange(10), 1000) < np.repeat([1, 3], 5000)

    found = recalibrate([(stated, happened)] * 2)

    assert found.slope < 0.8
    assert found.intercept == pytest.approx(0, abs=1e-3)
    low, high = found.apply(stated)[[0, -1]]
    assert (low, high) == (pytest.approx(0.1, abs=0.01), pytest.approx(0.3, abs=0.01))


def test_next_to_nothing_has_an_interval_of_nothing() -> None:
    assert total_interval(1e-288, 1e-3) == (0.0, 0.0)
