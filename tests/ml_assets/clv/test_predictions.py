"""One row per customer: content, order, money and identity."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets import clv
from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.errors import InvalidSummaries
from ml_assets.clv.fit_identity import MODEL_VERSION, data_hash, fit_id
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.predictions import PREDICTION_COLUMNS, predict, predict_totals
from ml_assets.clv.ranges import probabilities_in_range
from ml_assets.clv.seasons.rising import rising
from ml_assets.clv.summaries import summarise_purchases
from tests.ml_assets.clv.conftest import read_cdnow

AS_OF = dt.date(1997, 9, 30)


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    log = read_cdnow("CDNOW sample")
    log = log[log["ordered_at"] <= pd.Timestamp(AS_OF)]
    return log.assign(customer_id=log["customer_id"].astype(str))


@pytest.fixture(scope="module")
def model(log: pd.DataFrame) -> CustomerModel:
    return clv.fit(log, as_of=AS_OF)


@pytest.fixture(scope="module")
def counted(log: pd.DataFrame) -> pd.DataFrame:
    """As a database delivers them: Decimals, another column, any order."""
    rows = summarise_purchases(log.rename(columns={"ordered_at": "date"}), AS_OF)
    value = pd.Series([Decimal(f"{value:.2f}") for value in rows["historic_value"]])
    rows = rows.assign(historic_value=value, company_id="acme")
    return rows.sample(frac=1, random_state=1)


@pytest.fixture(scope="module")
def predictions(model: CustomerModel, counted: pd.DataFrame) -> pd.DataFrame:
    return predict(model, counted)


def test_customers_come_sorted_as_text_with_the_columns_of_the_contract(
    predictions: pd.DataFrame,
) -> None:
    assert tuple(predictions.columns) == PREDICTION_COLUMNS
    assert predictions["customer_id"].tolist() == sorted(predictions["customer_id"])
    assert len(predictions) == 2357


def test_each_row_keeps_the_customers_own_history(
    predictions: pd.DataFrame, counted: pd.DataFrame
) -> None:
    columns = ["frequency", "recency_days", "age_days", "order_count", "historic_value"]

    found = predictions.set_index("customer_id")[columns]

    expected = counted.set_index("customer_id")[columns].sort_index()
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_row_order_of_the_input_does_not_matter(
    model: CustomerModel, counted: pd.DataFrame, predictions: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(predict(model, counted.iloc[::-1]), predictions)


def test_each_column_is_the_models_answer(
    model: CustomerModel, predictions: pd.DataFrame
) -> None:
    quarter, year = model.predict(90), model.predict(365)

    for column, told in (
        ("probability_alive", year["probability_active"]),
        ("probability_no_purchase_90d", quarter["probability_no_purchase"]),
        ("probability_no_purchase_90d_lower", quarter["probability_no_purchase_lower"]),
        ("expected_orders_90d", quarter["expected_orders"]),
        ("expected_orders_365d_upper", year["expected_orders_upper"]),
    ):
        assert np.allclose(predictions[column], told), column


def test_without_discount_value_is_what_the_model_expects(
    model: CustomerModel, counted: pd.DataFrame
) -> None:
    year = model.predict(365)

    found = predict(model, counted, annual_discount_rate=0.0)

    for end in ("", "_lower", "_upper"):
        value = found[f"predicted_value_12m{end}"].astype(float)
        assert np.allclose(value, year[f"expected_value{end}"], atol=0.006)
    if_active = found["value_if_active_12m"].astype(float)
    assert np.allclose(
        if_active * found["probability_alive"], year["expected_value"], atol=0.006
    )


def test_the_total_is_the_models_times_its_correction_and_the_customers_sum(
    model: CustomerModel, counted: pd.DataFrame
) -> None:
    """Of orders and of value, at every horizon: one number, however it is asked for."""
    assert model.choice is not None
    assert model.choice.orders.fit is not None
    spend = model.spending.mean
    found = predict(model, counted, annual_discount_rate=0.0)
    for row in predict_totals(model).to_dict("records"):
        days = int(row["horizon_days"])
        alone = forecast_horizons(
            model.choice.orders.fit.parameters, np.array([days]), model.seen.histories
        ).mean[:, 0]
        trend = model.trend(days)
        corrected = alone * trend.orders.value
        assert row["expected_orders"] == pytest.approx(corrected.sum())
        assert row["expected_value"] == pytest.approx(
            (corrected * spend).sum() * trend.order_value.value
        )
        assert found[f"expected_orders_{days}d"].sum() == pytest.approx(
            row["expected_orders"]
        )
    # Rounded to cents 2,357 times.
    assert float(found["predicted_value_12m"].sum()) == pytest.approx(
        row["expected_value"], abs=12
    )
    by_then = found["next_order_date"] <= AS_OF + dt.timedelta(days=90)
    assert (found.loc[by_then, "probability_no_purchase_90d"] <= 0.5).all()


def test_a_longer_horizon_that_expects_less_of_some_keeps_its_total() -> None:
    """The first would fall from 3 to 2: they keep 3, the others give 1 of their 8."""
    month, quarter = np.array([3.0, 0.5, 0.5]), np.array([2.0, 6.0, 2.0])

    kept = rising([month, quarter], [4.0, 10.0])

    assert kept[0].tolist() == month.tolist()
    assert kept[1] == pytest.approx([3, 5.25, 1.75])
    # A total that falls stays where it was, and everybody with it.
    assert rising([month, month / 2], [4.0, 4.0])[1].tolist() == month.tolist()


def test_a_discount_lowers_value_and_leaves_purchases(
    model: CustomerModel, counted: pd.DataFrame, predictions: pd.DataFrame
) -> None:
    now = predict(model, counted, annual_discount_rate=0.0)
    later = predict(model, counted, annual_discount_rate=0.5)

    assert now["expected_orders_365d"].equals(later["expected_orders_365d"])
    ratio = float(later["predicted_value_12m"].sum() / now["predicted_value_12m"].sum())
    # Evenly over the year it would be 0.8; purchases come rather earlier.
    assert 0.8 < ratio < 0.86


def test_the_next_order_has_a_median_date_inside_its_range(
    predictions: pd.DataFrame,
) -> None:
    dated = predictions.dropna(subset=["next_order_date"])

    assert 0 < len(dated) < len(predictions)
    assert (dated["next_order_date_lower"] <= dated["next_order_date"]).all()
    upper = dated.dropna(subset=["next_order_date_upper"])
    assert (upper["next_order_date"] <= upper["next_order_date_upper"]).all()
    assert dated["next_order_date"].min() > AS_OF
    assert dated["next_order_date"].max() <= AS_OF + dt.timedelta(days=366)


def test_money_is_rounded_to_the_currency_and_history_kept_to_the_cent(
    model: CustomerModel, counted: pd.DataFrame
) -> None:
    pesos = predict(model, counted, currency_exponent=0)

    assert {v.as_tuple().exponent for v in pesos["predicted_value_12m"]} == {0}
    assert sorted(pesos["historic_value"]) == sorted(counted["historic_value"])


def test_totals_are_those_of_the_model_at_each_horizon(model: CustomerModel) -> None:
    totals = predict_totals(model).set_index("horizon_days")

    assert totals.index.tolist() == [30, 90, 365]
    assert totals.loc[90, "expected_orders"] == pytest.approx(
        model.predict(90)["expected_orders"].sum()
    )


def test_a_young_shop_gets_averages_without_a_probability_of_being_active() -> None:
    log = pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(40)],
            "ordered_at": pd.date_range("2026-01-01", periods=40),
            "amount": 10.0,
        }
    )
    as_of = dt.date(2026, 2, 10)
    counted = summarise_purchases(log.rename(columns={"ordered_at": "date"}), as_of)

    found = predict(clv.fit(log, as_of=as_of), counted)

    assert set(found["status"]) == {"cohort_average"}
    assert found["probability_alive"].isna().all()
    assert found["value_if_active_12m"].isna().all()
    assert found["predicted_value_12m"].notna().all()
    assert found["reason_codes"].str.startswith("company_average,one_purchase").all()
    assert probabilities_in_range(found).outcome == "passed"


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("customer_id", None, "column customer_id, row 1: None is empty"),
        ("frequency", None, "column frequency, row .*nan is not a number"),
        ("age_days", 200.5, "column age_days, row .*200.5 is not a whole number"),
        ("age_days", 999, "column age_days, row .*999 is not what the purchases say"),
        ("historic_value", Decimal(-1), "column historic_value, row .*-1 is negative"),
    ],
)
def test_a_bad_value_is_refused_with_its_column_and_row(
    model: CustomerModel, counted: pd.DataFrame, column: str, value: Any, says: str
) -> None:
    broken = counted.reset_index(drop=True).astype(object)
    broken.loc[1, column] = value

    with pytest.raises(InvalidSummaries, match=says):
        predict(model, broken)


def test_a_customer_twice_or_missing_is_refused(
    model: CustomerModel, counted: pd.DataFrame
) -> None:
    with pytest.raises(InvalidSummaries, match="appears twice"):
        predict(model, pd.concat([counted, counted.head(1)]))
    with pytest.raises(InvalidSummaries, match=r"of 2357 customers, .* of 2356"):
        predict(model, counted.head(-1))


def test_a_missing_column_is_refused(
    model: CustomerModel, counted: pd.DataFrame
) -> None:
    with pytest.raises(InvalidSummaries, match="column age_days is missing"):
        predict(model, counted.drop(columns="age_days"))


def test_what_a_customer_is_told_lies_within_its_range(
    predictions: pd.DataFrame,
) -> None:
    """Of value and of orders alike; for hundreds the plain interval ends at nothing."""
    for name in (
        *("predicted_value_12m", "probability_no_purchase_90d"),
        *("expected_orders_30d", "expected_orders_90d", "expected_orders_365d"),
    ):
        shown = predictions[name].astype(float)
        lower, upper = (
            predictions[f"{name}_{end}"].astype(float) for end in ("lower", "upper")
        )
        assert ((lower <= shown) & (shown <= upper)).all(), name
    silent = predictions["expected_orders_90d_upper"] < 1
    assert silent.sum() > 1_000


def test_cdnow_predictions_are_all_in_range(predictions: pd.DataFrame) -> None:
    assert probabilities_in_range(predictions).outcome == "passed"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("probability_alive", 1.01),
        ("probability_alive", np.nan),
        ("probability_no_purchase_90d", -0.01),
        ("probability_no_purchase_90d", np.nan),
        ("expected_orders_30d", np.inf),
        ("expected_orders_90d", -1.0),
        ("expected_orders_365d", 0.0),
        ("expected_orders_365d", np.inf),
        ("predicted_value_12m", np.inf),
        ("predicted_value_12m", Decimal(-1)),
        ("predicted_value_12m_lower", Decimal(100_000)),
        ("predicted_value_12m_upper", Decimal(0)),
        ("expected_order_value", None),
        ("customer_id", "0002"),
    ],
)
def test_one_value_out_of_range_stops_the_predictions(
    predictions: pd.DataFrame, column: str, value: Any
) -> None:
    broken = predictions.astype(object)
    broken.loc[0, column] = value

    result = probabilities_in_range(broken)

    assert result.outcome == "blocked"
    assert column in result.message
    assert result.observed is not None
    assert result.observed >= 1


@pytest.fixture
def summaries() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ["9", "10", "a"],
            "frequency": [0, 3, 12],
            "recency_days": [0, 150, 260],
            "age_days": [0, 200, 270],
            "order_count": [1, 5, 13],
            "monetary_value": [None, Decimal("20.005"), Decimal("55.10")],
            "historic_value": [Decimal("9.99"), Decimal("80.02"), Decimal("716.30")],
        }
    )


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


def test_the_hash_changes_with_the_purchases_behind_the_histories(
    summaries: pd.DataFrame,
) -> None:
    assert data_hash(summaries, "one log") != data_hash(summaries, "another")


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


def test_what_is_missing_hides_no_value_out_of_range(predictions: pd.DataFrame) -> None:
    """Of a company without a model nobody's P(alive) is known: what is all the same?"""
    borrowed = predictions.head(9).assign(
        status="cohort_average", probability_alive=np.nan
    )
    assert probabilities_in_range(borrowed).outcome == "passed"

    broken = borrowed.copy()
    broken.loc[5, "probability_alive"] = 1.5

    assert probabilities_in_range(broken).observed == 1
