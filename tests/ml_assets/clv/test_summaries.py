"""Counting x, t_x, T and m from purchases."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.errors import InvalidSummaries
from ml_assets.clv.models import lifetimes_engine
from ml_assets.clv.summaries import summarise_purchases


def purchases(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "date", "amount"])


def test_orders_of_one_day_are_one_purchase() -> None:
    log = purchases(
        ("ana", "2024-01-10", 10), ("ana", "2024-02-09", 5), ("ana", "2024-02-09", 7)
    )

    row = summarise_purchases(log, dt.date(2024, 3, 10)).iloc[0]

    assert row["order_count"] == 3
    assert row["frequency"] == 1
    assert row["recency_days"] == 30
    assert row["age_days"] == 60
    assert row["monetary_value"] == 12
    assert row["historic_value"] == 22


def test_the_29th_of_february_is_a_day_like_any_other() -> None:
    log = purchases(("ana", "2024-02-28", 10), ("ana", "2024-02-29", 10))

    leap = summarise_purchases(log, dt.date(2024, 3, 1)).iloc[0]

    assert (leap["recency_days"], leap["age_days"]) == (1, 2)


def test_a_customer_who_bought_once_has_no_repeat_spend() -> None:
    today = dt.date(2024, 2, 29)

    found = summarise_purchases(purchases(("ana", "2024-02-29", 9)), today)

    assert found["frequency"].tolist() == [0]
    assert found["age_days"].tolist() == [0]
    assert found["monetary_value"].isna().all()


def test_age_runs_to_the_as_of_date_and_not_to_the_last_order() -> None:
    log = purchases(("ana", "2024-01-01", 9), ("ben", "2024-01-11", 9))

    ages = summarise_purchases(log, dt.date(2024, 12, 31))["age_days"]

    assert ages.tolist() == [365, 355]


def test_later_purchases_do_not_count() -> None:
    log = purchases(("ana", "2024-01-01", 9), ("ana", "2024-01-03", 9))

    row = summarise_purchases(log, dt.date(2024, 1, 2)).iloc[0]

    assert (row["frequency"], row["historic_value"]) == (0, 9)


def test_lifetimes_counts_the_same(
    cdnow_purchases: pd.DataFrame, cdnow_sample: pd.DataFrame
) -> None:
    with lifetimes_engine._lifetimes_quietly():
        from lifetimes.utils import summary_data_from_transaction_data  # noqa: PLC0415

        theirs = summary_data_from_transaction_data(
            cdnow_purchases,
            "customer_id",
            "date",
            monetary_value_col="amount",
            observation_period_end="1997-09-30",
        ).reset_index()

    ours = cdnow_sample.fillna({"monetary_value": 0.0})
    for column, name in (
        ("frequency", "frequency"),
        ("recency_days", "recency"),
        ("age_days", "T"),
        ("monetary_value", "monetary_value"),
    ):
        np.testing.assert_allclose(ours[column], theirs[name], rtol=1e-12)


@pytest.mark.parametrize("column", ["customer_id", "date", "amount"])
def test_a_missing_value_is_refused_with_its_column_and_row(column: str) -> None:
    log = purchases(("ana", "2024-01-01", 9), ("ben", "2024-01-01", 9)).astype(object)
    log.loc[1, column] = None

    with pytest.raises(InvalidSummaries, match=f"column {column}, row 1: empty"):
        summarise_purchases(log, dt.date(2024, 1, 2))


def test_a_missing_column_is_refused() -> None:
    log = purchases(("ana", "2024-01-01", 9)).drop(columns="amount")

    with pytest.raises(InvalidSummaries, match="column amount is missing"):
        summarise_purchases(log, dt.date(2024, 1, 2))
