"""One row per customer: content, order, money and identity."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv import bg_nbd
from ml_assets.clv.bg_nbd import BgNbd, BgNbdFit
from ml_assets.clv.errors import InvalidSummaries
from ml_assets.clv.fit_identity import MODEL_VERSION, data_hash, fit_id
from ml_assets.clv.gamma_gamma import GammaGamma, GammaGammaFit
from ml_assets.clv.lifetime_value import predicted_value
from ml_assets.clv.predictions import PREDICTION_COLUMNS, predict
from ml_assets.clv.ranges import probabilities_in_range

PURCHASING = BgNbd(0.243, 30.9, 0.793, 2.426)
SPENDING = GammaGamma(6.25, 3.74, 15.44)


@pytest.fixture
def summaries() -> pd.DataFrame:
    """As a database delivers them: Decimals, None, another column, any order."""
    return pd.DataFrame(
        {
            "company_id": "acme",
            "customer_id": ["9", "10", "a"],
            "frequency": [0, 3, 12],
            "recency_days": [0, 150, 260],
            "age_days": [0, 200, 270],
            "order_count": [1, 5, 13],
            "monetary_value": [None, Decimal("20.005"), Decimal("55.10")],
            "historic_value": [Decimal("9.99"), Decimal("80.02"), Decimal("716.30")],
        }
    )


def test_customers_come_sorted_as_text_with_the_columns_of_the_contract(
    summaries: pd.DataFrame,
) -> None:
    found = predict(summaries, PURCHASING, SPENDING)

    assert tuple(found.columns) == PREDICTION_COLUMNS
    assert found["customer_id"].tolist() == ["10", "9", "a"]
    assert found.index.tolist() == [0, 1, 2]


def test_the_row_order_of_the_input_does_not_matter(summaries: pd.DataFrame) -> None:
    forwards = predict(summaries, PURCHASING, SPENDING)
    backwards = predict(summaries.iloc[::-1], PURCHASING, SPENDING)

    pd.testing.assert_frame_equal(forwards, backwards)


def test_each_column_is_the_models_answer(summaries: pd.DataFrame) -> None:
    history = (12, 260, 270)

    row = predict(summaries, PURCHASING, SPENDING).to_dict("records")[2]

    alive = bg_nbd.probability_alive(PURCHASING, *history)
    silent = bg_nbd.probability_no_purchase(PURCHASING, 90, *history)
    assert row["probability_alive"] == pytest.approx(float(alive))
    assert row["probability_no_purchase_90d"] == pytest.approx(float(silent))
    for days in (30, 90, 365):
        orders = bg_nbd.expected_purchases(PURCHASING, days, *history)
        assert row[f"expected_orders_{days}d"] == pytest.approx(float(orders))
    value = predicted_value(PURCHASING, SPENDING, *history, 55.10)
    assert float(row["predicted_value_12m"]) == pytest.approx(float(value), abs=0.005)


def test_money_is_rounded_to_the_currency_and_history_kept_to_the_cent(
    summaries: pd.DataFrame,
) -> None:
    euros = predict(summaries, PURCHASING, SPENDING)
    pesos = predict(summaries, PURCHASING, SPENDING, currency_exponent=0)

    assert {v.as_tuple().exponent for v in euros["predicted_value_12m"]} == {-2}
    assert {v.as_tuple().exponent for v in pesos["predicted_value_12m"]} == {0}
    assert sorted(pesos["historic_value"]) == sorted(summaries["historic_value"])


def test_a_one_time_buyer_is_given_a_chance_of_silence_and_the_usual_spend(
    summaries: pd.DataFrame,
) -> None:
    row = predict(summaries, PURCHASING, SPENDING).to_dict("records")[1]

    assert row["probability_alive"] == 1
    assert 0 < row["probability_no_purchase_90d"] < 1
    assert float(row["expected_order_value"]) == round(SPENDING.population_mean, 2)


def test_order_values_found_in_another_way_stay_with_their_customers(
    summaries: pd.DataFrame,
) -> None:
    found = predict(summaries, PURCHASING, np.array([9.0, 10.0, 11.0]))

    values = dict(zip(found["customer_id"], found["expected_order_value"], strict=True))
    assert values == {"9": 9, "10": 10, "a": 11}


def test_order_values_of_another_number_of_customers_are_refused(
    summaries: pd.DataFrame,
) -> None:
    with pytest.raises(InvalidSummaries, match=r"shape \(2,\).* have 3 rows"):
        predict(summaries, PURCHASING, np.array([9.0, 10.0]))


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("customer_id", None, "column customer_id, row 1: None is empty"),
        ("customer_id", "9", "column customer_id, row 1: '9' appears twice"),
        ("frequency", None, "column frequency, row 1: nan is not a number"),
        ("age_days", "old", "column age_days, row 1: nan is not a number"),
        ("age_days", 200.5, "column age_days, row 1: 200.5 is not a whole number"),
        ("monetary_value", None, "column monetary_value, row 1: nan for a repeat"),
        ("historic_value", Decimal(-1), "column historic_value, row 1: -1 is negative"),
    ],
)
def test_a_bad_value_is_refused_with_its_column_and_row(
    summaries: pd.DataFrame, column: str, value: Any, says: str
) -> None:
    broken = summaries.astype(object)
    broken.loc[1, column] = value

    with pytest.raises(InvalidSummaries, match=says):
        predict(broken, PURCHASING, SPENDING)


def test_a_missing_column_is_refused(summaries: pd.DataFrame) -> None:
    with pytest.raises(InvalidSummaries, match="column age_days is missing"):
        predict(summaries.drop(columns="age_days"), PURCHASING, SPENDING)


def test_cdnow_predictions_are_all_in_range(
    cdnow_sample: pd.DataFrame,
    sample_purchasing: BgNbdFit,
    sample_spending: GammaGammaFit,
) -> None:
    found = predict(
        cdnow_sample, sample_purchasing.parameters, sample_spending.parameters
    )

    result = probabilities_in_range(found)

    assert result.outcome == "passed"
    assert len(found) == 2357


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("probability_alive", 1.01),
        ("probability_no_purchase_90d", -0.01),
        ("probability_no_purchase_90d", np.nan),
        ("expected_orders_30d", np.inf),
        ("expected_orders_90d", -1.0),
        ("expected_orders_365d", 0.0),
        ("expected_orders_365d", np.inf),
        ("predicted_value_12m", np.inf),
        ("predicted_value_12m", Decimal(-1)),
        ("expected_order_value", None),
        ("customer_id", "9"),
    ],
)
def test_one_value_out_of_range_stops_the_predictions(
    summaries: pd.DataFrame, column: str, value: Any
) -> None:
    broken = predict(summaries, PURCHASING, SPENDING).astype(object)
    broken.loc[0, column] = value

    result = probabilities_in_range(broken)

    assert result.outcome == "blocked"
    assert column in result.message
    assert result.observed is not None
    assert result.observed >= 1


def test_the_hash_sees_content_and_not_order_or_types(summaries: pd.DataFrame) -> None:
    as_floats = summaries.astype({"monetary_value": float, "historic_value": float})

    assert data_hash(summaries) == data_hash(summaries.iloc[::-1])
    assert data_hash(summaries) == data_hash(as_floats[sorted(as_floats.columns)])
    assert len(data_hash(summaries)) == 64


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("customer_id", "11"),
        ("frequency", 4),
        ("age_days", 201),
        ("historic_value", Decimal("80.03")),
    ],
)
def test_the_hash_changes_with_any_value(
    summaries: pd.DataFrame, column: str, value: Any
) -> None:
    changed = summaries.copy()
    changed.loc[1, column] = value

    assert data_hash(changed) != data_hash(summaries)


def test_ids_that_run_together_do_not_hash_alike(summaries: pd.DataFrame) -> None:
    one, other = summaries.iloc[:2].copy(), summaries.iloc[:2].copy()
    one["customer_id"] = ["ab", "c"]
    other["customer_id"] = ["a", "bc"]

    assert data_hash(one) != data_hash(other)


def test_the_same_data_and_settings_name_the_same_fit() -> None:
    day = dt.date(2024, 2, 29)
    settings = {"penalizer": 0.0, "annual_discount_rate": 0.1268}
    reordered = dict(reversed(settings.items()))

    found = fit_id("acme", day, MODEL_VERSION, "abc", settings)

    assert found == fit_id("acme", day, MODEL_VERSION, "abc", reordered)
    assert len(found) == 16
    others = {
        fit_id("bolt", day, MODEL_VERSION, "abc", settings),
        fit_id("acme", dt.date(2024, 3, 1), MODEL_VERSION, "abc", settings),
        fit_id("acme", day, "0.9", "abc", settings),
        fit_id("acme", day, MODEL_VERSION, "abd", settings),
        fit_id("acme", day, MODEL_VERSION, "abc", settings | {"penalizer": 0.01}),
    }
    assert len(others | {found}) == 6
