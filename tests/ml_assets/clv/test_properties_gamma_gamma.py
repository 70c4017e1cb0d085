"""What holds for any spend model and any customer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml_assets.clv.models import gamma_gamma
from ml_assets.clv.models.gamma_gamma import GammaGamma

models = st.builds(
    GammaGamma,
    p=st.floats(0.1, 50),
    q=st.floats(1.05, 50),
    v=st.floats(0.01, 1e6),
)
repeats = st.integers(1, 10_000)
spends = st.floats(0.01, 1e7)


@given(models, repeats, spends)
def test_expected_spend_lies_between_own_and_population_mean(
    model: GammaGamma, x: int, m: float
) -> None:
    expected = float(gamma_gamma.expected_order_value(model, x, m))

    low, high = sorted([m, model.population_mean])
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)


@given(models)
def test_a_one_time_buyer_is_expected_to_spend_like_everyone(model: GammaGamma) -> None:
    expected = gamma_gamma.expected_order_value(model, [0, 0], [np.nan, 12.0])

    assert expected.tolist() == [model.population_mean] * 2


@given(models, repeats, spends, st.floats(0.001, 1000))
def test_the_currency_does_not_matter(
    model: GammaGamma, x: int, m: float, rate: float
) -> None:
    converted = GammaGamma(model.p, model.q, model.v * rate)

    here = gamma_gamma.expected_order_value(model, x, m)
    there = gamma_gamma.expected_order_value(converted, x, m * rate)

    np.testing.assert_allclose(there, here * rate, rtol=1e-9)


@given(models, repeats, spends)
def test_the_log_likelihood_is_finite(model: GammaGamma, x: int, m: float) -> None:
    assert np.isfinite(gamma_gamma.log_likelihood(model, x, m))
