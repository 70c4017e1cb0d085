"""Known parameters come back out of simulated customers, as often as promised."""

from collections.abc import Sequence

import numpy as np
import pytest

from ml_assets.clv.models import bg_nbd, gamma_gamma, pareto_nbd
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.gamma_gamma import GammaGamma
from ml_assets.clv.models.pareto_nbd import ParetoNbd
from tests.ml_assets.clv.simulation import simulate, simulate_pareto, simulate_spend

SEEDS = range(100)
# Half the width of a 90 % interval in standard errors.
NINETY = 1.645


def assert_covered(
    found: Sequence[tuple[float, ...]], truth: object, errors: object
) -> None:
    """Each 90 % interval holds its parameter as often as it says, within noise.

    The share of 100 seeds is itself known to +-6 points for one parameter (two
    standard errors), to +-12 of 25 seeds, and to less for all of them together. The
    size of a distance says more than whether it is inside: it is 1, root mean square.
    """
    distances = np.abs((np.array(found) - np.array(truth)) / np.array(errors))
    inside = distances < NINETY
    noise = np.sqrt(100 / len(distances))
    assert 0.8999 - 0.05 * noise <= inside.mean() <= 0.9001 + 0.05 * noise
    assert (inside.mean(axis=0) >= 0.8999 - 0.08 * noise).all()
    assert np.sqrt((distances**2).mean()) == pytest.approx(1, abs=0.16)
    assert (distances < 5).all()


@pytest.mark.parametrize(
    "truth",
    [
        BgNbd(0.5, 40.0, 0.8, 2.5),
        BgNbd(0.5, 40.0, 0.8, 2.5, leaves_at_first=True),
        BgNbd(0.8, 15.0, 0.8, 2.5, regularity=2),
    ],
    ids=["bg_nbd", "mbg_nbd", "bg_cnbd_2"],
)
def test_the_bg_nbd_family_covers_the_truth_as_often_as_it_says(truth: BgNbd) -> None:
    found, errors = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        people = simulate(truth, rng.uniform(30, 600, 3_000), rng)
        fit = bg_nbd.fit(*people[:3], **truth.shape._asdict())
        found.append(fit.parameters.values)
        errors.append(fit.standard_errors)

    assert_covered(found, truth.values, errors)


# Half of all that recovery costs: a quarter of the seeds always, all in the soak.
@pytest.mark.parametrize(
    "seeds", [SEEDS[:25], pytest.param(SEEDS, marks=pytest.mark.soak)], ids=len
)
def test_pareto_nbd_covers_the_truth_as_often_as_it_says(seeds: range) -> None:
    truth = ParetoNbd(0.8, 30.0, 0.8, 60.0)
    found, errors = [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        people = simulate_pareto(truth, rng.uniform(100, 600, 3_000), rng)
        fit = pareto_nbd.fit(*people[:3])
        found.append(fit.parameters.values)
        errors.append(fit.standard_errors)

    assert_covered(found, truth.values, errors)


def test_gamma_gamma_covers_the_truth_as_often_as_it_says() -> None:
    truth = GammaGamma(6.25, 3.74, 15.44)
    found, errors = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        x = rng.geometric(0.4, 2_000).astype(float)
        fit = gamma_gamma.fit(x, simulate_spend(truth, x, rng))
        found.append((fit.parameters.p, fit.parameters.q, fit.parameters.v))
        errors.append(fit.standard_errors)

    assert_covered(found, (truth.p, truth.q, truth.v), errors)


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
