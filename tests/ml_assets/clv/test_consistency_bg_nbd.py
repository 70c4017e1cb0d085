"""BG/NBD against other ways to reach the same number."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import beta, hyp2f1

from ml_assets.clv.expected_purchases import _summed_over_dropout, purchases_if_alive
from ml_assets.clv.histories import check_histories
from ml_assets.clv.models import bg_nbd, bg_nbd_likelihood, lifetimes_engine
from ml_assets.clv.models.bg_nbd import BgNbd, BgNbdFit
from tests.ml_assets.clv.simulation import simulate

MODEL = BgNbd(0.5, 40.0, 0.8, 2.5)


def test_the_stable_likelihood_equals_the_formula_of_the_paper() -> None:
    r, alpha, a, b = 0.5, 40.0, 0.8, 2.5
    x, t_x, age = 3, 50.0, 120.0

    alive = beta(a, b + x) / beta(a, b) * (alpha + age) ** -(r + x)
    gone = beta(a + 1, b + x - 1) / beta(a, b) * (alpha + t_x) ** -(r + x)
    rising = r * (r + 1) * (r + 2)
    expected = np.log(rising * alpha**r * (alive + gone))

    found = bg_nbd.log_likelihood(MODEL, x, t_x, age)
    assert float(found) == pytest.approx(expected, rel=1e-12)


def test_gradient_and_hessian_are_those_of_the_likelihood() -> None:
    rng = np.random.default_rng(5)
    people = simulate(MODEL, rng.uniform(30, 600, 400), rng)
    data = bg_nbd_likelihood.collapse(check_histories(*people[:3]), 1.0)
    theta = np.array([0.6, 35.0, 0.9, 2.0])

    found = bg_nbd_likelihood.mean_derivatives(theta, data)

    steps = np.diag(theta * 1e-5)
    up = [bg_nbd_likelihood.mean_derivatives(theta + h, data) for h in steps]
    down = [bg_nbd_likelihood.mean_derivatives(theta - h, data) for h in steps]
    sizes = 2 * np.diag(steps)
    values = np.array([u.value - d.value for u, d in zip(up, down, strict=True)])
    slopes = np.array([u.gradient - d.gradient for u, d in zip(up, down, strict=True)])
    assert found.gradient == pytest.approx(values / sizes, rel=1e-6, abs=1e-9)
    assert found.hessian == pytest.approx(slopes / sizes[:, None], rel=1e-5, abs=1e-9)
    each = bg_nbd.log_likelihood(BgNbd(*theta), *people[:3])
    assert found.value == pytest.approx(each.mean(), rel=1e-12)


def test_expected_purchases_equal_the_formula_of_the_paper() -> None:
    r, alpha, a, b = 0.5, 40.0, 0.8, 2.5
    x, t_x, age, t = 4, 200.0, 260.0, 90.0

    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    shrink = ((alpha + age) / (alpha + age + t)) ** (r + x)
    left = (a + b + x - 1) / (a - 1) * (1 - shrink * series)
    odds = a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x)

    found = bg_nbd.expected_purchases(MODEL, t, x, t_x, age)
    assert float(found) == pytest.approx(left / (1 + odds), rel=1e-10)


@pytest.mark.parametrize(
    "parameters",
    [
        (0.243, 30.9, 0.793, 2.426),
        (0.5, 3.0, 1.0, 2.0),  # a = 1: the printed formula divides by zero
        (0.3, 10.0, 0.4, 0.6),  # a + b = 1: and here for one-time buyers
        (0.02, 0.2, 0.1, 180.0),  # scipy's 2F1 gives up for new customers
        (2.0, 3.0, 30.0, 200.0),
    ],
)
def test_expected_purchases_equal_the_sum_over_dropout_probabilities(
    parameters: tuple[float, float, float, float],
) -> None:
    x, age = np.array([0.0, 0.0, 2.0, 400.0]), np.array([0.0, 300.0, 60.0, 700.0])
    horizons = np.array([1.0, 90.0, 3650.0])

    found = purchases_if_alive(parameters, horizons, x, age)

    direct = [
        [_summed_over_dropout(parameters, t, *pair) for t in horizons]
        for pair in zip(x.tolist(), age.tolist(), strict=True)
    ]
    assert found == pytest.approx(np.array(direct), rel=1e-9)


def test_silence_and_purchases_after_the_as_of_date_happen_as_often_as_predicted() -> (
    None
):
    rng = np.random.default_rng(11)
    people = simulate(MODEL, np.full(200_000, 250.0), rng, horizon=90)
    history = people[:3]

    silent = bg_nbd.probability_no_purchase(MODEL, 90, *history)
    expected = bg_nbd.expected_purchases(MODEL, 90, *history)

    recently = people.t_x > 160
    for group in (
        people.x == 0,
        (people.x == 1) & recently,
        (people.x == 1) & ~recently,
        (people.x > 1) & (people.x < 5) & recently,
        (people.x > 1) & ~recently,
        people.x >= 5,
    ):
        was_silent = people.later[group] == 0
        error = was_silent.std() / np.sqrt(group.sum())
        assert was_silent.mean() == pytest.approx(silent[group].mean(), abs=4 * error)
        spread = people.later[group].std() / np.sqrt(group.sum())
        assert people.later[group].mean() == pytest.approx(
            expected[group].mean(), abs=4 * spread
        )


def test_probability_of_no_repeat_purchase_is_the_silence_of_a_new_customer() -> None:
    never = bg_nbd.probability_of_purchases(MODEL, 0, 90)

    assert bg_nbd.probability_no_purchase(MODEL, 90, 0, 0, 0) == pytest.approx(never)


def test_expected_purchases_of_a_new_customer_are_the_mean_of_their_distribution() -> (
    None
):
    counts = np.arange(5_000)
    probabilities = bg_nbd.probability_of_purchases(MODEL, counts, 365)

    assert probabilities.sum() == pytest.approx(1, abs=1e-9)
    expected = bg_nbd.expected_purchases(MODEL, 365, 0, 0, 0)
    assert counts @ probabilities == pytest.approx(float(expected), rel=1e-6)


def test_counting_time_in_weeks_changes_alpha_and_nothing_else(
    cdnow_sample: pd.DataFrame, sample_purchasing: BgNbdFit
) -> None:
    columns = ["frequency", "recency_days", "age_days"]
    x, t_x, age = (cdnow_sample[name].to_numpy(float) for name in columns)

    weekly = bg_nbd.fit(x, t_x / 7, age / 7)

    in_weeks = sample_purchasing.parameters.in_units_of(7)
    assert weekly.parameters.r == pytest.approx(in_weeks.r, rel=1e-6)
    assert weekly.parameters.alpha == pytest.approx(in_weeks.alpha, rel=1e-6)
    assert weekly.parameters.b == pytest.approx(in_weeks.b, rel=1e-6)
    assert weekly.log_likelihood == pytest.approx(
        sample_purchasing.log_likelihood_in_units_of(7), rel=1e-10
    )


def test_the_penalizer_means_what_it_means_in_lifetimes(
    cdnow_sample: pd.DataFrame,
) -> None:
    columns = ["frequency", "recency_days", "age_days"]
    x, t_x, age = (cdnow_sample[name].to_numpy() for name in columns)

    ours = bg_nbd.fit(x, t_x, age, penalizer=0.01).parameters

    with lifetimes_engine._lifetimes_quietly():
        fitter = lifetimes_engine._lifetimes().BetaGeoFitter(penalizer_coef=0.01)
        theirs = fitter.fit(x, t_x, age).params_
    assert [ours.r, ours.alpha, ours.a, ours.b] == pytest.approx(
        theirs.tolist(), rel=1e-4
    )


def test_the_order_of_the_customers_does_not_matter(
    cdnow_sample: pd.DataFrame, sample_purchasing: BgNbdFit
) -> None:
    shuffled = cdnow_sample.sample(frac=1, random_state=3)

    again = bg_nbd.fit(
        shuffled["frequency"], shuffled["recency_days"], shuffled["age_days"]
    )

    assert again.parameters == sample_purchasing.parameters
