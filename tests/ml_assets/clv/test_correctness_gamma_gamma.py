"""Gamma-Gamma against what others printed (tests/published/numbers.toml)."""

from typing import Any

import pandas as pd
import pytest

from ml_assets.clv.models import gamma_gamma
from ml_assets.clv.models.gamma_gamma import GammaGamma, GammaGammaFit


def assert_prints_as(fit: GammaGammaFit, numbers: dict[str, Any]) -> None:
    digits = numbers["decimals"]
    assert round(fit.parameters.p, digits) == numbers["p"]
    assert round(fit.parameters.q, digits) == numbers["q"]
    assert round(fit.parameters.v, digits) == numbers["v"]
    assert fit.n == numbers["n"]


@pytest.mark.parametrize("table", ["gamma_gamma_published", "gamma_gamma"])
def test_the_cdnow_sample_gives_the_printed_parameters(
    sample_spending: GammaGammaFit, published: dict[str, Any], table: str
) -> None:
    assert_prints_as(sample_spending, published["cdnow_sample"][table])


def test_the_full_cdnow_file_gives_the_printed_parameters(
    cdnow_master: pd.DataFrame, published: dict[str, Any]
) -> None:
    numbers = published["cdnow_master"]["gamma_gamma"]

    fit = gamma_gamma.fit(cdnow_master["frequency"], cdnow_master["monetary_value"])

    assert_prints_as(fit, numbers)
    assert round(fit.log_likelihood, 3) == numbers["log_likelihood"]


def test_the_cdnow_sample_gives_the_measured_log_likelihood(
    sample_spending: GammaGammaFit, published: dict[str, Any]
) -> None:
    numbers = published["cdnow_sample"]["gamma_gamma"]

    assert round(sample_spending.log_likelihood, 3) == numbers["log_likelihood"]


def test_expected_spend_of_the_first_ten_customers_equals_the_spreadsheet(
    cdnow_sample: pd.DataFrame, published: dict[str, Any]
) -> None:
    case = published["expected_spend"]
    first = cdnow_sample.head(10)

    expected = gamma_gamma.expected_order_value(
        GammaGamma(**case["parameters"]), first["frequency"], first["monetary_value"]
    )

    assert expected == pytest.approx(case["expected"], abs=case["tolerance"])
