"""Gamma-Gamma against other ways to reach the same number."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from ml_assets.clv.models import gamma_gamma
from ml_assets.clv.models.gamma_gamma import GammaGamma, GammaGammaFit
from ml_assets.clv.models.gamma_gamma_likelihood import Spend, mean_derivatives
from tests.ml_assets.clv.simulation import simulate_spend

MODEL = GammaGamma(6.25, 3.74, 15.44)


def test_the_density_integrates_over_the_spend_scale_of_customers() -> None:
    x, m = 3.0, 22.0

    def density(scale: float) -> float:
        spend = gamma.pdf(m, MODEL.p * x, scale=1 / (scale * x))
        return float(spend * gamma.pdf(scale, MODEL.q, scale=1 / MODEL.v))

    expected, _ = quad(density, 0, np.inf)

    found = gamma_gamma.log_likelihood(MODEL, x, m)
    assert float(np.exp(found)) == pytest.approx(expected, rel=1e-8)


def test_gradient_and_hessian_are_those_of_the_likelihood() -> None:
    rng = np.random.default_rng(8)
    x = rng.geometric(0.4, 300).astype(float)
    data = Spend(x, simulate_spend(MODEL, x, rng))
    theta = np.array([5.0, 3.0, 20.0])

    found = mean_derivatives(theta, data)

    steps = np.diag(theta * 1e-5)
    up = [mean_derivatives(theta + step, data) for step in steps]
    down = [mean_derivatives(theta - step, data) for step in steps]
    sizes = 2 * np.diag(steps)
    values = np.array([u.value - d.value for u, d in zip(up, down, strict=True)])
    slopes = np.array([u.gradient - d.gradient for u, d in zip(up, down, strict=True)])
    assert found.gradient == pytest.approx(values / sizes, rel=1e-6, abs=1e-9)
    assert found.hessian == pytest.approx(slopes / sizes[:, None], rel=1e-5, abs=1e-9)


def test_another_currency_changes_v_and_nothing_else(
    cdnow_sample: pd.DataFrame, sample_spending: GammaGammaFit
) -> None:
    pesos = gamma_gamma.fit(
        cdnow_sample["frequency"], cdnow_sample["monetary_value"] * 950, penalizer=0.0
    )

    assert pesos.parameters.p == pytest.approx(sample_spending.parameters.p, rel=1e-6)
    assert pesos.parameters.q == pytest.approx(sample_spending.parameters.q, rel=1e-6)
    assert pesos.parameters.v == pytest.approx(
        sample_spending.parameters.v * 950, rel=1e-6
    )


def test_customers_without_a_positive_repeat_spend_are_left_out() -> None:
    rng = np.random.default_rng(2)
    x = rng.geometric(0.4, 200).astype(float)
    m = simulate_spend(MODEL, x, rng)

    alone = gamma_gamma.fit(x, m)
    among_others = gamma_gamma.fit([0, 2, *x], [np.nan, 0.0, *m])

    assert among_others.n == alone.n == 200
    assert among_others.parameters == alone.parameters
