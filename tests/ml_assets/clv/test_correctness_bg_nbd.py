"""BG/NBD against what others printed (tests/published/numbers.toml)."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.models import bg_nbd
from ml_assets.clv.models.bg_nbd import BgNbd, BgNbdFit
from tests.ml_assets.clv.conftest import fit_purchasing


def assert_prints_as(fit: BgNbdFit, numbers: dict[str, Any]) -> None:
    in_weeks = fit.parameters.in_units_of(7)
    digits = numbers["decimals"]
    assert round(in_weeks.r, digits) == numbers["r"]
    assert round(in_weeks.alpha, digits) == numbers["alpha_weeks"]
    assert round(in_weeks.a, digits) == numbers["a"]
    assert round(in_weeks.b, digits) == numbers["b"]
    likelihood = round(
        fit.log_likelihood_in_units_of(7), numbers["log_likelihood_decimals"]
    )
    assert likelihood == numbers["log_likelihood"]


@pytest.mark.parametrize("table", ["bg_nbd_published", "bg_nbd"])
def test_the_cdnow_sample_gives_the_printed_parameters(
    sample_purchasing: BgNbdFit, published: dict[str, Any], table: str
) -> None:
    assert_prints_as(sample_purchasing, published["cdnow_sample"][table])


def test_the_full_cdnow_file_gives_the_printed_parameters(
    cdnow_master: pd.DataFrame, published: dict[str, Any]
) -> None:
    fit = fit_purchasing(cdnow_master)

    assert_prints_as(fit, published["cdnow_master"]["bg_nbd"])
    assert fit.n == published["cdnow_master"]["customers"]
    assert fit.repeat_purchases == published["cdnow_master"]["repeat_purchases"]


def test_the_cdnow_sample_has_the_published_counts(
    sample_purchasing: BgNbdFit, published: dict[str, Any]
) -> None:
    counts = published["cdnow_sample"]

    assert sample_purchasing.n == counts["customers"]
    assert sample_purchasing.repeat_customers == counts["repeat_customers"]
    assert sample_purchasing.repeat_purchases == counts["repeat_purchases"]


def test_the_fit_stands_at_the_maximum_to_seven_digits(
    sample_purchasing: BgNbdFit,
) -> None:
    assert sample_purchasing.largest_step < 1e-7


def test_expected_purchases_of_a_known_customer_equal_the_worksheet(
    published: dict[str, Any],
) -> None:
    case = published["conditional_expectation"]

    expected = bg_nbd.expected_purchases(
        BgNbd(**case["parameters"]),
        case["horizon_weeks"],
        case["frequency"],
        case["recency_weeks"],
        case["age_weeks"],
    )

    assert round(float(expected), case["decimals"]) == case["expected"]


def test_expected_repeat_purchases_of_a_new_customer_equal_the_worksheet(
    sample_purchasing: BgNbdFit, published: dict[str, Any]
) -> None:
    table = published["expected_repeat_purchases"]
    in_weeks = sample_purchasing.parameters.in_units_of(7)

    expected = bg_nbd.expected_purchases(in_weeks, table["weeks"], 0, 0, 0)

    printed = np.array(table["expected"])
    assert np.round(expected, table["decimals"])[:-1].tolist() == printed[:-1].tolist()
    assert round(expected[-1], table["decimals"]) == table["exact_at_78_weeks"]


def test_the_worksheet_number_at_78_weeks_is_a_series_cut_short(
    sample_purchasing: BgNbdFit, published: dict[str, Any]
) -> None:
    table = published["expected_repeat_purchases"]
    model = sample_purchasing.parameters.in_units_of(7)
    z = 78 / (model.alpha + 78)
    c = model.a + model.b - 1

    term = series = 1.0
    for j in range(table["series_terms"]):
        term *= (model.r + j) * (model.b + j) / ((c + j) * (j + 1)) * z
        series += term
    expected = c / (model.a - 1) * (1 - (1 - z) ** model.r * series)

    assert round(expected, table["decimals"]) == table["expected"][-1]


def test_probabilities_of_purchases_equal_the_r_package(
    published: dict[str, Any],
) -> None:
    case = published["probability_of_purchases"]
    model = BgNbd(**case["parameters"])

    none = bg_nbd.probability_of_purchases(model, 0, 39)
    ten = bg_nbd.probability_of_purchases(model, 10, 2)
    more = bg_nbd.probability_of_purchases(model, np.arange(11, 21), 30)

    assert none == pytest.approx(case["none_in_39_weeks"], abs=5e-8)
    assert ten == pytest.approx(case["ten_in_2_weeks"], rel=1e-5)
    assert more == pytest.approx(case["eleven_to_twenty_in_30_weeks"], abs=5e-11)


def test_the_log_likelihood_of_a_busy_customer_does_not_overflow(
    published: dict[str, Any],
) -> None:
    case = published["stable_log_likelihood"]

    found = bg_nbd.log_likelihood(
        BgNbd(**case["parameters"]),
        case["frequency"],
        case["recency"],
        [case["age"]] * 2,
    )

    rounded = [round(v, d) for v, d in zip(found, case["decimals"], strict=True)]
    assert rounded == case["expected"]


def test_a_customer_without_repeat_purchases_is_alive_with_certainty() -> None:
    model = BgNbd(0.243, 30.9, 0.793, 2.426)

    assert bg_nbd.probability_alive(model, [0, 0], [0, 0], [0, 272]).tolist() == [1, 1]
