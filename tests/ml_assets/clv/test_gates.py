"""What each gate lets through, marks and stops."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ml_assets import clv
from ml_assets.clv.convergence import converged, fit_failed
from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.errors import NotConverged
from ml_assets.clv.gates import enough_data, recent_orders, reconciles_with_mart
from ml_assets.clv.independence import independence_of_frequency_and_value
from ml_assets.clv.spending import MOST_DEPENDENT
from tests.ml_assets.clv.conftest import read_cdnow

AS_OF = dt.date(2024, 6, 30)


def company(
    *, buyers: int, repeaters: int, oldest: int = 400, thrice: int = 10
) -> pd.DataFrame:
    frequency = np.zeros(buyers, dtype=int)
    frequency[:repeaters] = 1
    frequency[:thrice] *= 2
    return pd.DataFrame({"frequency": frequency, "age_days": oldest})


@pytest.mark.parametrize(
    ("size", "outcome", "observed", "threshold"),
    [
        ((0, 0, 0), "blocked", 0, 10),
        ((9, 0, 400), "blocked", 9, 10),
        ((900, 400, 13), "blocked", 13, 14),
        ((900, 9, 400), "warned", 9, 10),
        ((900, 400, 55), "warned", 55, 56),
        ((499, 10, 400), "warned", 499, 500),
        ((500, 10, 179), "warned", 179, 180),
        ((500, 10, 180), "passed", 10, 10),
    ],
)
def test_enough_data_needs_buyers_repeat_customers_and_history(
    size: tuple[int, int, int], outcome: str, observed: int, threshold: int
) -> None:
    buyers, repeaters, oldest = size

    result = enough_data(company(buyers=buyers, repeaters=repeaters, oldest=oldest))

    assert result.outcome == outcome
    assert (result.observed, result.threshold) == (observed, threshold)
    assert str(observed) in result.message


def test_where_hardly_anybody_ordered_three_times_readers_are_warned() -> None:
    result = enough_data(company(buyers=500, repeaters=400, oldest=180, thrice=9))

    assert (result.outcome, result.observed, result.threshold) == ("warned", 9, 10)
    assert "9 customers ordered three times" in result.message


@pytest.mark.parametrize(
    ("days", "outcome"), [(0, "passed"), (30, "passed"), (31, "blocked")]
)
def test_a_company_silent_for_more_than_30_days_is_stopped(
    days: int, outcome: str
) -> None:
    result = recent_orders(AS_OF - dt.timedelta(days=days), AS_OF)

    assert result.outcome == outcome
    assert result.observed == days


def test_a_leap_day_counts_in_the_silence() -> None:
    result = recent_orders(dt.date(2024, 2, 1), dt.date(2024, 3, 1))

    assert result.observed == 29


def test_a_company_without_orders_is_stopped() -> None:
    result = recent_orders(None, AS_OF)

    assert result.outcome == "blocked"
    assert "no order up to 2024-06-30" in result.message


@pytest.fixture(scope="module")
def model() -> CustomerModel:
    return clv.fit(read_cdnow("CDNOW sample"), as_of=dt.date(1997, 9, 30))


def with_errors(model: CustomerModel, factors: list[float]) -> CustomerModel:
    """The same company, the parameters of its orders known less well."""
    choice = model.choice
    assert choice is not None
    assert choice.orders.fit is not None
    errors = choice.orders.fit.standard_errors * np.array(factors)
    known = replace(
        choice.orders, fit=replace(choice.orders.fit, standard_errors=errors)
    )
    return replace(model, choice=replace(choice, orders=known, chances=known))


def test_the_cdnow_fit_passes(model: CustomerModel) -> None:
    result = converged(model)

    assert result.outcome == "passed"
    assert result.observed is not None
    assert 0 < result.observed < 1
    assert "pareto_nbd beta" in result.message


def test_a_parameter_known_worse_than_its_size_is_marked(model: CustomerModel) -> None:
    result = converged(with_errors(model, [60, 1, 1, 1]))

    assert result.outcome == "warned"
    assert "pareto_nbd r," in result.message


def test_a_fit_without_standard_errors_is_stopped(model: CustomerModel) -> None:
    result = converged(with_errors(model, [1, np.nan, 1, 1]))

    assert result.outcome == "blocked"
    assert "pareto_nbd alpha" in result.message


def test_a_company_without_a_spend_model_is_marked(model: CustomerModel) -> None:
    unknown = model.spending._replace(fit=None, reason="All spend the same.")

    result = converged(replace(model, spending=unknown))

    assert result.outcome == "warned"
    assert "All spend the same." in result.message


@pytest.mark.parametrize(
    ("status", "outcome"), [("cohort_average", "warned"), ("none", "blocked")]
)
def test_without_a_model_the_average_is_published_and_nothing_else(
    model: CustomerModel, status: str, outcome: str
) -> None:
    early = replace(model, status=status, reason="Too young.", choice=None)

    result = converged(early)

    assert result.outcome == outcome
    assert "Too young." in result.message


def test_a_fit_that_raised_is_stopped_in_its_own_words() -> None:
    result = fit_failed(NotConverged("the likelihood has no usable maximum"))

    assert (result.gate, result.outcome) == ("converged", "blocked")
    assert "no usable maximum" in result.message


def predictions(*values: str) -> pd.DataFrame:
    return pd.DataFrame({"historic_value": [Decimal(value) for value in values]})


def test_predictions_that_equal_the_mart_pass() -> None:
    # Floats would miss this sum by a hair.
    result = reconciles_with_mart(
        predictions("0.10", "0.20", "19.99"),
        mart_customer_count=3,
        mart_historic_value=Decimal("20.29"),
    )

    assert result.outcome == "passed"


@pytest.mark.parametrize(
    ("count", "value", "says"),
    [
        (2, "20.30", r"\+0 customers and -0.01"),
        (3, "20.29", r"-1 customers and \+0.00"),
        (1, "20.29", r"\+1 customers"),
    ],
)
def test_a_cent_or_a_customer_too_many_is_stopped(
    count: int, value: str, says: str
) -> None:
    result = reconciles_with_mart(
        predictions("0.30", "19.99"),
        mart_customer_count=count,
        mart_historic_value=Decimal(value),
    )

    assert result.outcome == "blocked"
    assert re.search(says, result.message)


def spenders(rho: float, *, n: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    first = rng.normal(size=n)
    second = rho * first + np.sqrt(1 - rho**2) * rng.normal(size=n)
    return pd.DataFrame(
        {
            "frequency": np.floor(10 + 2 * first).clip(1),
            "monetary_value": 100 + 10 * second,
        }
    )


@pytest.mark.parametrize(
    ("rho", "outcome"),
    [(0.0, "passed"), (0.4, "warned"), (-0.4, "warned"), (0.7, "warned")],
)
def test_spend_that_moves_with_frequency_is_marked(rho: float, outcome: str) -> None:
    result = independence_of_frequency_and_value(spenders(rho))

    assert result.outcome == outcome
    assert result.observed == pytest.approx(rho, abs=0.06)
    assert "2000 repeat customers" in result.message
    assert "95% interval" in result.message
    assert ("in groups of customers" in result.message) == (rho > MOST_DEPENDENT)


def test_one_giant_customer_cannot_hide_a_dependence_from_spearman() -> None:
    summaries = spenders(0.7)
    summaries.loc[len(summaries)] = [1, 1e7]

    result = independence_of_frequency_and_value(summaries)

    assert result.threshold == MOST_DEPENDENT
    assert "in groups of customers" in result.message


def test_one_giant_customer_alone_is_no_dependence() -> None:
    summaries = spenders(0.0)
    summaries.loc[len(summaries)] = [1e4, 1e7]

    assert independence_of_frequency_and_value(summaries).outcome == "warned"


def test_cdnow_spend_is_independent_enough(cdnow_sample: pd.DataFrame) -> None:
    result = independence_of_frequency_and_value(cdnow_sample)

    assert result.outcome == "passed"
    assert "946 repeat customers" in result.message


def test_one_time_buyers_do_not_enter_the_correlation() -> None:
    summaries = spenders(0.0)
    once = pd.DataFrame({"frequency": [0.0] * 5_000, "monetary_value": [None] * 5_000})

    alone = independence_of_frequency_and_value(summaries)
    together = independence_of_frequency_and_value(pd.concat([summaries, once]))

    assert together == alone


@pytest.mark.parametrize(
    "summaries",
    [
        pd.DataFrame({"frequency": [1, 2, 3], "monetary_value": [5.0, 6.0, 7.0]}),
        pd.DataFrame({"frequency": [1] * 9, "monetary_value": np.arange(1.0, 10)}),
        pd.DataFrame({"frequency": np.arange(1, 10), "monetary_value": [5.0] * 9}),
    ],
)
def test_a_correlation_that_cannot_be_computed_is_marked(
    summaries: pd.DataFrame,
) -> None:
    result = independence_of_frequency_and_value(summaries)

    assert result.outcome == "warned"
    assert result.observed is None
    assert "Not testable" in result.message
