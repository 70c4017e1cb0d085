"""Each refusal of the models, with the sentence it gives."""

import warnings

import numpy as np
import pytest

from ml_assets.clv.errors import (
    DegenerateSpend,
    InvalidParameters,
    InvalidSummaries,
    NoPopulationMean,
    NotConverged,
    TooFewRepeatCustomers,
)
from ml_assets.clv.models import bg_nbd, gamma_gamma
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.gamma_gamma import GammaGamma
from tests.ml_assets.clv.simulation import simulate

MODEL = BgNbd(0.243, 30.9, 0.793, 2.426)


@pytest.mark.parametrize(
    ("frequency", "recency", "age", "says"),
    [
        ([1, np.nan], [5, 5], [9, 9], "column frequency, row 1: nan is not a number"),
        ([1, -1], [5, 5], [9, 9], "column frequency, row 1: -1 is negative"),
        ([1.5, 1], [5, 5], [9, 9], "column frequency, row 0: 1.5 is not a whole"),
        ([1, 1], [5, np.inf], [9, 9], "column recency_days, row 1: inf"),
        ([1, 1], [5, 10], [9, 9], "column recency_days, row 1: 10 is later than"),
        ([1, 1], [0, 5], [9, 9], "column recency_days, row 0: 0 for a customer who"),
        ([0, 1], [3, 5], [9, 9], "column recency_days, row 0: 3 for a customer with"),
        ([0, 1], [0, 5], [9, -9], "column age_days, row 1: -9 is negative"),
        ([0, 1], [0, 5], [9], "differ in length"),
    ],
)
def test_an_impossible_history_is_refused_with_its_column_and_row(
    frequency: list[float], recency: list[float], age: list[float], says: str
) -> None:
    with pytest.raises(InvalidSummaries, match=says):
        bg_nbd.fit(frequency, recency, age)


@pytest.mark.parametrize(
    ("frequency", "spend", "says"),
    [
        ([1, 2], [10, -3], "column monetary_value, row 1: -3 is negative"),
        ([1, 2], [np.nan, 3], "column monetary_value, row 0: nan for a repeat"),
        ([1, 2], [10], "differ in length"),
    ],
)
def test_an_impossible_spend_is_refused_with_its_column_and_row(
    frequency: list[float], spend: list[float], says: str
) -> None:
    with pytest.raises(InvalidSummaries, match=says):
        gamma_gamma.fit(frequency, spend)


def test_a_negative_horizon_is_refused() -> None:
    with pytest.raises(InvalidSummaries, match="horizon_days, row 0: -1 is negative"):
        bg_nbd.expected_purchases(MODEL, -1, 0, 0, 10)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_a_parameter_outside_its_domain_is_refused(bad: float) -> None:
    with pytest.raises(InvalidParameters, match="alpha"):
        BgNbd(0.2, bad, 0.8, 2.4)
    with pytest.raises(InvalidParameters, match="q"):
        GammaGamma(6, bad, 15)


def test_a_company_of_one_time_buyers_cannot_be_fitted() -> None:
    with pytest.raises(TooFewRepeatCustomers, match=r"^0 customers.*at least 10"):
        bg_nbd.fit(np.zeros(500), np.zeros(500), np.arange(500))
    with pytest.raises(TooFewRepeatCustomers, match=r"^0 customers.*at least 10"):
        gamma_gamma.fit(np.zeros(500), np.full(500, np.nan))


def test_an_empty_company_cannot_be_fitted() -> None:
    with pytest.raises(TooFewRepeatCustomers, match=r"^0 customers"):
        bg_nbd.fit([], [], [])


def test_nine_repeat_customers_are_too_few() -> None:
    with pytest.raises(TooFewRepeatCustomers, match=r"^9 customers"):
        bg_nbd.fit([1] * 9, [10] * 9, [20] * 9)


def test_customers_who_all_spend_the_same_have_no_spend_distribution() -> None:
    with pytest.raises(DegenerateSpend, match=r"all 50 customers spend 9\.99"):
        gamma_gamma.fit(np.arange(1, 51), np.full(50, 9.99))


def test_histories_that_cannot_tell_the_parameters_apart_do_not_converge() -> None:
    with pytest.raises(NotConverged, match="penalizer"):
        bg_nbd.fit([1] * 40, [10] * 40, [20] * 40)


def test_spend_without_a_mean_gives_no_value_for_one_time_buyers() -> None:
    with pytest.raises(NoPopulationMean, match=r"q is 0\.9"):
        gamma_gamma.expected_order_value(GammaGamma(6, 0.9, 15), 0, np.nan)


def test_a_customer_of_today_is_accepted() -> None:
    assert bg_nbd.probability_alive(MODEL, 0, 0, 0) == 1
    assert bg_nbd.expected_purchases(MODEL, 90, 0, 0, 0) > 0
    assert 0 < bg_nbd.probability_no_purchase(MODEL, 90, 0, 0, 0) < 1


def test_a_customer_with_a_million_purchases_is_accepted() -> None:
    busy = (1_000_000, 3_000, 3_000)

    assert np.isfinite(bg_nbd.log_likelihood(MODEL, *busy))
    assert bg_nbd.expected_purchases(MODEL, 365, *busy) > 1_000


def test_the_models_print_nothing_and_leave_warning_filters_alone(
    capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    rng = np.random.default_rng(1)
    people = simulate(MODEL, rng.uniform(30, 300, 1_000), rng)
    before = list(warnings.filters)

    bg_nbd.fit(*people[:3])
    gamma_gamma.fit(people.x, np.where(people.x > 0, rng.gamma(5, 5, 1_000), np.nan))

    assert warnings.filters == before

    assert capsys.readouterr().out == ""
    assert not recwarn.list
