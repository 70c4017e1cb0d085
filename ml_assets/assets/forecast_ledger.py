"""What was predicted beside what came: backtests now, published forecasts when due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from psycopg import sql

from ml_assets.assets.prediction_inputs import FitIdentity
from ml_assets.assets.table_rows import append, as_row, insert
from ml_assets.clv.backtest import Backtest, by_group
from ml_assets.clv.fit_identity import MODEL_VERSION
from ml_assets.clv.grading import grade_forecast
from ml_assets.clv.own_intervals import TOTALS
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.rolling import Origin, scored

__all__ = [
    "grade_due_forecasts",
    "judged",
    "read_backtests",
    "write_backtest",
]

_TOTALS = (
    "expected_orders",
    "expected_orders_lower",
    "expected_orders_upper",
    "expected_value",
    "expected_value_lower",
    "expected_value_upper",
    "actual_orders",
    "actual_value",
)
_TABLES = (
    "backtests",
    "backtest_deciles",
    "backtest_tracking",
    "backtest_channels",
)
_A_YEAR = 365
_JUDGED = ("rmse", "brier", "value_bias", *TOTALS)


def read_backtests(
    database: psycopg.Connection, company_id: str, origins: list[Origin]
) -> pd.DataFrame:
    """What is stored of exactly these origins: `origin_date`, `model`, `_JUDGED`."""
    rows = database.execute(
        sql.SQL(
            """select origin_date, data_hash, model, {}
            from predictions.backtests
            where company_id = %s and model_version = %s"""
        ).format(sql.SQL(", ").join(map(sql.Identifier, _JUDGED))),
        (company_id, MODEL_VERSION),
    ).fetchall()
    wanted = {(origin.date, origin.data_hash) for origin in origins}
    return pd.DataFrame(
        [(row[0], *row[2:]) for row in rows if row[:2] in wanted],
        columns=["origin_date", "model", *_JUDGED],
    )


def judged(origin: Origin, test: Backtest) -> pd.DataFrame:
    """The same of a backtest that was just made."""
    found = scored(test).loc[["rmse", "brier", "value_bias"]].T
    found = found.rename_axis("model").reset_index()
    is_chosen = found["model"] == "chosen"
    totals = {name: test.total[name] for name in TOTALS}
    told = {name: is_chosen.map({True: value}) for name, value in totals.items()}
    return found.assign(origin_date=origin.date, **told)


def write_backtest(
    database: psycopg.Connection,
    identity: FitIdentity,
    origin: Origin,
    test: Backtest,
    channels: Mapping[str, str],
) -> None:
    """Replace what is stored of this origin: scores, deciles, tracking and channels.

    Parameters
    ----------
    channels
        The channel that each customer came by first, of those who have one.
    """
    key: dict[str, Any] = {
        "company_id": identity.company_id,
        "model_version": MODEL_VERSION,
        "origin_date": origin.date,
    }
    for table in _TABLES:
        database.execute(
            sql.SQL(
                """delete from {} where company_id = %(company_id)s
                and model_version = %(model_version)s
                and origin_date = %(origin_date)s"""
            ).format(sql.Identifier("predictions", table)),
            key,
        )
    insert(database, "backtests", _scores(key, identity, origin, test))
    deciles = test.calibration.rename(
        columns={
            "customers": "customer_count",
            "predicted": "predicted_share",
            "actual": "actual_share",
        }
    )
    insert(database, "backtest_deciles", _rows(key, deciles))
    tracking = test.tracking(points=6).rename(
        columns={
            "expected": "expected_orders",
            "lower": "expected_orders_lower",
            "upper": "expected_orders_upper",
            "actual": "actual_orders",
        }
    )
    insert(database, "backtest_tracking", _rows(key, tracking))
    key |= {"horizon_days": test.days, "currency_code": identity.currency_code}
    insert(database, "backtest_channels", _rows(key, _by_channel(test, channels)))


def _scores(
    key: dict[str, Any], identity: FitIdentity, origin: Origin, test: Backtest
) -> list[dict[str, Any]]:
    scores = scored(test)
    return [
        {
            **key,
            "horizon_days": test.days,
            "model": model,
            "data_hash": origin.data_hash,
            "chosen_model": test.model.choice.orders.name
            if test.model.choice
            else test.model.status,
            "customer_count": int(test.total["customers"]),
            **_totals(test, str(model)),
            "currency_code": identity.currency_code,
            **as_row(scores[model].to_dict()),
            "computed_at": identity.fitted_at,
        }
        for model in scores
    ]


def _by_channel(test: Backtest, channels: Mapping[str, str]) -> pd.DataFrame:
    """Of customers won in the year before: those whose value channels are judged by."""
    is_new = test.model.seen.histories.age_days < _A_YEAR
    won = [
        channels.get(customer) if new else None
        for customer, new in zip(test.predictions["customer_id"], is_new, strict=True)
    ]
    found = by_group(test, np.array(won, dtype=object))
    found = found.rename(columns={"customers": "customer_count"})
    return found.rename_axis("channel_id").reset_index()


def grade_due_forecasts(
    database: psycopg.Connection,
    identity: FitIdentity,
    log: PurchaseDays,
) -> int:
    """Grade every published forecast whose days are all known, once and for good.

    Days are known up to the last order: a source that is silent for a while would make
    every forecast look too high.

    Parameters
    ----------
    log : PurchaseDays
        Purchases up to the as-of date of this run.

    Returns
    -------
    int
        How many were due.
    """
    due = database.execute(
        """select fit_id, horizon_days, as_of_date, due_date, expected_orders_lower,
            expected_orders_upper, expected_value_lower, expected_value_upper
        from predictions.forecast_totals as totals
        where company_id = %(company)s and due_date <= %(known)s
            and not exists (
                select from predictions.forecast_grades as grades
                where grades.company_id = totals.company_id
                    and grades.fit_id = totals.fit_id
                    and grades.horizon_days = totals.horizon_days
            )
        order by as_of_date, horizon_days""",
        {"company": identity.company_id, "known": identity.data_through_date},
    ).fetchall()
    rows = [
        _graded(database, identity, log, *forecast)
        for forecast in due
        if _has_customers(database, identity.company_id, forecast[0])
    ]
    append(database, "forecast_grades", rows)
    return len(rows)


def _graded(  # noqa: PLR0913, PLR0917  (one row of the ledger, unpacked)
    database: psycopg.Connection,
    identity: FitIdentity,
    log: PurchaseDays,
    fit_id: str,
    horizon_days: int,
    as_of_date: dt.date,
    due_date: dt.date,
    orders_lower: float,
    orders_upper: float,
    value_lower: Any,
    value_upper: Any,
) -> dict[str, Any]:
    said = _read_forecast(database, identity.company_id, fit_id, horizon_days)
    grades = grade_forecast(said, log, as_of_date, horizon_days)
    orders, value = grades["actual_orders"], grades["actual_value"]
    return {
        "company_id": identity.company_id,
        "fit_id": fit_id,
        "horizon_days": horizon_days,
        "as_of_date": as_of_date,
        "due_date": due_date,
        "customer_count": len(said),
        "is_orders_total_inside": orders_lower <= orders <= orders_upper,
        "is_value_total_inside": float(value_lower) <= value <= float(value_upper),
        "graded_at": identity.fitted_at,
        **grades,
    }


def _has_customers(database: psycopg.Connection, company_id: str, fit_id: str) -> bool:
    row = database.execute(
        """select 1 from predictions.predictions_customer_history
        where company_id = %s and fit_id = %s limit 1""",
        (company_id, fit_id),
    ).fetchone()
    return row is not None


def _read_forecast(
    database: psycopg.Connection, company_id: str, fit_id: str, horizon_days: int
) -> pd.DataFrame:
    """What was said of each customer; the probability only of the 90 days it is of."""
    orders = f"expected_orders_{horizon_days}d"
    columns = ["customer_id", orders, f"{orders}_lower", f"{orders}_upper"]
    columns.append("probability_no_purchase_90d")
    query = sql.SQL(
        """select {} from predictions.predictions_customer_history
        where company_id = %s and fit_id = %s
        order by customer_id collate "C" -- what is averaged has one last digit"""
    ).format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    rows = database.execute(query, (company_id, fit_id)).fetchall()
    names = ["customer_id", "expected_orders", "expected_orders_lower"]
    names += ["expected_orders_upper", "probability_no_purchase"]
    said = pd.DataFrame(rows, columns=names)
    if horizon_days != 90:
        said = said.drop(columns="probability_no_purchase")
    return said


def _totals(test: Backtest, model: str) -> dict[str, float | None]:
    """Totals of the company; the plain model and the own rate have no expectations."""
    told = test.without_penalizer if model == "without_penalizer" else test
    has_expectations = told is not None and model in {"chosen", "without_penalizer"}
    total = told.total if told is not None and has_expectations else test.total
    return {
        name: float(total[name]) if has_expectations or "actual" in name else None
        for name in _TOTALS
    }


def _rows(key: dict[str, Any], frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{**key, **as_row(row)} for row in frame.to_dict("records")]
