"""What holds for any parameters and any possible history."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml_assets.clv.models import bg_nbd
from ml_assets.clv.models.bg_nbd import BgNbd

History = tuple[int, float, float]

models = st.builds(
    BgNbd,
    r=st.floats(0.01, 20),
    alpha=st.floats(0.5, 2_000),
    a=st.floats(0.02, 50),
    b=st.floats(0.02, 500),
)
horizons = st.sampled_from([0.0, 1.0, 30.0, 90.0, 365.0, 3650.0])


@st.composite
def histories(draw: st.DrawFn) -> History:
    """New, old, one-time and very busy customers; T = 0 among them."""
    age = draw(st.integers(0, 4_000))
    x = draw(st.one_of(st.just(0), st.integers(0, 50), st.integers(0, 100_000)))
    if age == 0 or x == 0:
        return 0, 0.0, float(age)
    return x, float(draw(st.integers(1, age))), float(age)


@given(models, histories(), horizons)
def test_probabilities_lie_between_0_and_1(
    model: BgNbd, history: History, horizon: float
) -> None:
    alive = bg_nbd.probability_alive(model, *history)
    silent = bg_nbd.probability_no_purchase(model, horizon, *history)

    assert 0 <= alive <= 1
    assert 0 <= silent <= 1


@given(models, histories())
def test_a_customer_who_never_bought_again_is_alive(
    model: BgNbd, history: History
) -> None:
    _, _, age = history

    assert bg_nbd.probability_alive(model, 0, 0, age) == 1


@given(models, histories())
def test_nothing_happens_in_no_time(model: BgNbd, history: History) -> None:
    assert bg_nbd.probability_no_purchase(model, 0, *history) == 1
    assert bg_nbd.expected_purchases(model, 0, *history) == 0


@given(models, histories())
def test_longer_horizons_expect_more_purchases_and_less_silence(
    model: BgNbd, history: History
) -> None:
    days = [30.0, 90.0, 365.0, 730.0]

    purchases = bg_nbd.expected_purchases(model, days, *history)
    silence = bg_nbd.probability_no_purchase(model, days, *history)

    assert np.isfinite(purchases).all()
    assert (np.diff(purchases) >= -1e-9 * purchases[1:]).all()
    assert (np.diff(silence) <= 0).all()


@given(models, histories(), horizons)
def test_expected_purchases_are_at_least_the_chance_of_one(
    model: BgNbd, history: History, horizon: float
) -> None:
    expected = bg_nbd.expected_purchases(model, horizon, *history)
    one_or_more = 1 - bg_nbd.probability_no_purchase(model, horizon, *history)

    assert expected >= one_or_more * (1 - 1e-9) - 1e-12


@given(models, histories())
def test_silence_since_the_last_purchase_lowers_the_chance_to_be_alive(
    model: BgNbd, history: History
) -> None:
    x, t_x, age = history

    now = bg_nbd.probability_alive(model, x, t_x, age)
    later = bg_nbd.probability_alive(model, x, t_x, age + 100)

    assert later <= now


@given(models, st.integers(0, 2_000))
def test_an_older_one_time_buyer_is_more_likely_to_stay_silent(
    model: BgNbd, age: int
) -> None:
    younger, older = bg_nbd.probability_no_purchase(
        model, 90, [0, 0], [0, 0], [age, age + 200]
    )

    assert older >= younger


@given(models, histories(), horizons, st.sampled_from([7.0, 30.0, 365 / 12]))
def test_the_unit_of_time_does_not_matter(
    model: BgNbd, history: History, horizon: float, days: float
) -> None:
    x, t_x, age = history

    in_days = bg_nbd.expected_purchases(model, horizon, x, t_x, age)
    in_units = bg_nbd.expected_purchases(
        model.in_units_of(days), horizon / days, x, t_x / days, age / days
    )

    np.testing.assert_allclose(in_units, in_days, rtol=1e-7, atol=1e-12)


@given(models, histories())
def test_the_log_likelihood_is_finite(model: BgNbd, history: History) -> None:
    assert np.isfinite(bg_nbd.log_likelihood(model, *history))


@given(models, st.floats(0, 4_000))
def test_the_distribution_of_purchases_never_exceeds_one(
    model: BgNbd, time: float
) -> None:
    probabilities = bg_nbd.probability_of_purchases(model, np.arange(200), time)

    assert (probabilities >= 0).all()
    assert probabilities.sum() <= 1 + 1e-9
