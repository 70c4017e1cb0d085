"""Known parameters come back out of simulated customers, as often as promised."""

import numpy as np
import pytest

from ml_assets.clv import bg_nbd, gamma_gamma
from ml_assets.clv.bg_nbd import BgNbd
from ml_assets.clv.gamma_gamma import GammaGamma
from tests.ml_assets.clv.simulation import simulate, simulate_spend

SEEDS = range(40)


def standardised(estimates: list[float], truth: list[float], errors: object) -> object:
    return (np.array(estimates) - np.array(truth)) / np.asarray(errors)


def test_bg_nbd_intervals_cover_the_truth_about_95_times_in_100() -> None:
    truth = BgNbd(0.5, 40.0, 0.8, 2.5)
    distances = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        people = simulate(truth, rng.uniform(30, 600, 3_000), rng)

        fit = bg_nbd.fit(*people[:3])

        found = fit.parameters
        estimates = [found.r, found.alpha, found.a, found.b]
        values = [truth.r, truth.alpha, truth.a, truth.b]
        distances.append(standardised(estimates, values, fit.standard_errors))

    sizes = np.abs(np.array(distances))
    assert 0.90 <= (sizes < 1.96).mean() <= 0.99
    assert (sizes < 4).all()


def test_gamma_gamma_intervals_cover_the_truth_about_95_times_in_100() -> None:
    truth = GammaGamma(6.25, 3.74, 15.44)
    distances = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        x = rng.geometric(0.4, 2_000).astype(float)

        fit = gamma_gamma.fit(x, simulate_spend(truth, x, rng))

        found = fit.parameters
        distances.append(
            standardised(
                [found.p, found.q, found.v],
                [truth.p, truth.q, truth.v],
                fit.standard_errors,
            )
        )

    sizes = np.abs(np.array(distances))
    assert 0.90 <= (sizes < 1.96).mean() <= 0.99
    assert (sizes < 4).all()


@pytest.mark.parametrize(
    "truth",
    [
        BgNbd(0.1, 200.0, 0.4, 3.0),  # a slow shop, most buy once
        BgNbd(3.0, 20.0, 1.5, 8.0),  # busy and fickle
        BgNbd(0.8, 60.0, 0.1, 2.0),  # loyal customers
    ],
)
def test_very_different_companies_are_recovered(truth: BgNbd) -> None:
    rng = np.random.default_rng(17)
    people = simulate(truth, rng.uniform(0, 730, 20_000), rng)

    fit = bg_nbd.fit(*people[:3])

    found = fit.parameters
    gaps = np.array([found.r, found.alpha, found.a, found.b]) - np.array(
        [truth.r, truth.alpha, truth.a, truth.b]
    )
    assert (np.abs(gaps) < 3.5 * fit.standard_errors).all()


def test_the_expected_spend_of_a_customer_is_what_they_go_on_to_spend() -> None:
    truth = GammaGamma(6.25, 3.74, 15.44)
    rng = np.random.default_rng(3)
    x = rng.integers(0, 4, 200_000).astype(float)
    scale = rng.gamma(truth.q, 1 / truth.v, x.size)
    shape = truth.p * np.maximum(x, 1)
    seen = np.where(x > 0, rng.gamma(shape, 1 / (scale * np.maximum(x, 1))), np.nan)
    next_spend = rng.gamma(truth.p, 1 / scale)

    expected = gamma_gamma.expected_order_value(truth, x, seen)

    for group in (x == 0, (x == 1) & (seen < 25), (x == 1) & (seen >= 50), x == 3):
        error = next_spend[group].std() / np.sqrt(group.sum())
        assert next_spend[group].mean() == pytest.approx(
            expected[group].mean(), abs=4 * error
        )
