"""Rows of the room `predictions`: a slice replaced whole, a history only added to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from ml_assets.clv.bg_nbd import PARAMETERS as BG_NBD_PARAMETERS
from ml_assets.clv.fit_identity import MODEL_NAME, MODEL_VERSION
from ml_assets.clv.gamma_gamma import PARAMETERS as GAMMA_GAMMA_PARAMETERS
from ml_assets.clv.valuation import MartTotals, Valuation

__all__ = [
    "FitIdentity",
    "read_mart_totals",
    "read_summaries",
    "write_valuation",
]

_SUMMARY_COLUMNS = (
    "customer_id",
    "as_of_date",
    "currency_code",
    "last_order_date",
    "order_count",
    "frequency",
    "recency_days",
    "age_days",
    "monetary_value",
    "historic_value",
)


@dataclass(frozen=True)
class FitIdentity:
    """Which fit of which company this is."""

    company_id: str
    fit_id: str
    as_of_date: dt.date
    data_through_date: dt.date | None
    data_hash: str
    currency_code: str
    settings: dict[str, float]
    fitted_at: dt.datetime


def read_summaries(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The company's rows of ``marts.customer_summaries``; money stays Decimal."""
    query = sql.SQL(
        "select {} from marts.customer_summaries where company_id = %s order by 1"
    ).format(sql.SQL(", ").join(map(sql.Identifier, _SUMMARY_COLUMNS)))
    rows = database.execute(query, (company_id,)).fetchall()
    return pd.DataFrame(rows, columns=list(_SUMMARY_COLUMNS))


def read_mart_totals(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> MartTotals:
    """What the company's orders say, counted without the summaries between."""
    row = database.execute(
        """select count(distinct customer_id), coalesce(sum(net_revenue), 0)
        from marts.orders
        where company_id = %s and is_purchase and order_date <= %s""",
        (company_id, as_of_date),
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always has a row
    return MartTotals(*row)


def write_valuation(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    """Write the fit and, unless it is blocked, its predictions; the caller commits.

    Readers get the date that was computed last, as in ``marts.customer_summaries``;
    every date ever predicted stays in the history.
    """
    _write_fit(database, identity, valuation)
    _write_gates(database, identity, valuation)
    if valuation.predictions is None:
        return
    if _is_current(database, identity):
        return
    _write_parameters(database, identity, valuation)
    columns, rows = _prediction_rows(identity, valuation.predictions)
    staged = sql.Identifier("new_predictions")
    database.execute(
        sql.SQL(
            """create temporary table {} (
                like predictions.predictions_customer
            ) on commit drop"""
        ).format(staged)
    )
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    copy = sql.SQL("copy {} ({}) from stdin").format(staged, names)
    with database.cursor().copy(copy) as stream:
        for row in rows:
            stream.write_row(row)
    database.execute(
        sql.SQL(
            """insert into predictions.predictions_customer_history ({0})
            select {0} from {1} on conflict do nothing"""
        ).format(names, staged)
    )
    database.execute(
        "delete from predictions.predictions_customer where company_id = %s",
        (identity.company_id,),
    )
    database.execute(
        sql.SQL(
            """insert into predictions.predictions_customer ({0})
            select {0} from {1}"""
        ).format(names, staged)
    )


def _is_current(database: psycopg.Connection, identity: FitIdentity) -> bool:
    """Whether exactly this fit is what the company's readers see now."""
    row = database.execute(
        """select 1 from predictions.predictions_customer
        where company_id = %s and fit_id = %s limit 1""",
        (identity.company_id, identity.fit_id),
    ).fetchone()
    return row is not None


def _write_fit(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    purchases = valuation.bg_nbd
    values: dict[str, Any] = {
        "company_id": identity.company_id,
        "fit_id": identity.fit_id,
        "as_of_date": identity.as_of_date,
        "data_through_date": identity.data_through_date,
        "model": MODEL_NAME,
        "model_version": MODEL_VERSION,
        "status": "published" if valuation.predictions is not None else "blocked",
        "reason": "\n".join(valuation.reasons) or None,
        "data_hash": identity.data_hash,
        "customer_count": purchases.n if purchases else 0,
        "repeat_customer_count": purchases.repeat_customers if purchases else 0,
        "log_likelihood": purchases.log_likelihood if purchases else None,
        "settings": Jsonb(identity.settings),
        "fitted_at": identity.fitted_at,
    }
    _upsert(database, "model_fits", ("company_id", "fit_id"), [values])


def _write_gates(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    rows = [
        {
            "company_id": identity.company_id,
            "fit_id": identity.fit_id,
            "gate": gate.gate,
            "outcome": gate.outcome,
            "observed": gate.observed,
            "threshold": gate.threshold,
            "message": gate.message,
        }
        for gate in valuation.gates
    ]
    _upsert(database, "gate_results", ("company_id", "fit_id", "gate"), rows)


def _write_parameters(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    for model, names, fit in (
        ("bg_nbd", BG_NBD_PARAMETERS, valuation.bg_nbd),
        ("gamma_gamma", GAMMA_GAMMA_PARAMETERS, valuation.gamma_gamma),
    ):
        if fit is None:
            continue
        errors, covariance = fit.standard_errors.tolist(), fit.covariance.tolist()
        for row, name in enumerate(names):
            key = (identity.company_id, identity.fit_id, model, name)
            value = getattr(fit.parameters, name)
            database.execute(
                """insert into predictions.model_parameters
                    (company_id, fit_id, model, parameter, value, standard_error)
                values (%s, %s, %s, %s, %s, %s) on conflict do nothing""",
                (*key, value, errors[row]),
            )
            for column, other in enumerate(names):
                database.execute(
                    """insert into predictions.model_covariances (company_id, fit_id,
                        model, row_parameter, column_parameter, covariance)
                    values (%s, %s, %s, %s, %s, %s) on conflict do nothing""",
                    (*key, other, covariance[row][column]),
                )


def _prediction_rows(
    identity: FitIdentity, predictions: pd.DataFrame
) -> tuple[list[str], list[tuple[Any, ...]]]:
    complete = predictions.assign(
        company_id=identity.company_id,
        as_of_date=identity.as_of_date,
        fit_id=identity.fit_id,
        model_version=MODEL_VERSION,
        currency_code=identity.currency_code,
        data_through_date=identity.data_through_date,
        fitted_at=identity.fitted_at,
    )
    return [*map(str, complete)], list(complete.itertuples(index=False, name=None))


def _upsert(
    database: psycopg.Connection,
    table: str,
    key: tuple[str, ...],
    rows: list[dict[str, Any]],
) -> None:
    columns = list(rows[0])
    statement = sql.SQL(
        """insert into {table} ({columns}) values ({values})
        on conflict ({key}) do update set {updates}"""
    ).format(
        table=sql.Identifier("predictions", table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(map(sql.Placeholder, columns)),
        key=sql.SQL(", ").join(map(sql.Identifier, key)),
        updates=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column))
            for column in columns
            if column not in key
        ),
    )
    for row in rows:
        database.execute(statement, row)
