"""Rows of the room `predictions`: a slice replaced whole, a history only added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.types.json import Jsonb
from pyarrow.csv import WriteOptions, write_csv

from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.drift import LastPublished
from ml_assets.clv.fit_identity import MODEL_VERSION
from ml_assets.clv.fitted_parameters import fitted_parameters
from ml_assets.clv.predictions import HORIZONS
from ml_assets.clv.valuation import MartTotals, Valuation, method_of

__all__ = [
    "FitIdentity",
    "append",
    "as_row",
    "insert",
    "is_published",
    "read_last_published",
    "read_mart_totals",
    "read_purchases",
    "read_summaries",
    "upsert",
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
_LAST_COLUMNS = (
    "customer_id",
    "frequency",
    "recency_days",
    "age_days",
    "historic_value",
    "predicted_value_12m",
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


def read_purchases(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Purchase days up to the as-of date: `customer_id`, `ordered_at`, `amount`."""
    rows = database.execute(
        """select customer_id, order_date, sum(net_revenue)::double precision
        from marts.orders
        where company_id = %s and is_purchase and order_date <= %s
        group by customer_id, order_date""",
        (company_id, as_of_date),
    ).fetchall()
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def read_summaries(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The company's rows of ``marts.customer_summaries``; money stays Decimal."""
    query = sql.SQL(
        "select {} from marts.customer_summaries where company_id = %s order by 1"
    ).format(_names(_SUMMARY_COLUMNS))
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


def read_last_published(
    database: psycopg.Connection, identity: FitIdentity
) -> LastPublished | None:
    """The last good run up to the as-of date, of one date the one made last.

    Never the same fit: running again on the same data is judged as the first time.
    """
    fit = database.execute(
        """select fits.fit_id, fits.as_of_date, fits.model_version
        from predictions.model_fits as fits
        where fits.company_id = %s and fits.status = 'published'
            and fits.as_of_date <= %s and fits.fit_id <> %s
        order by fits.as_of_date desc, fits.fitted_at desc limit 1""",
        (identity.company_id, identity.as_of_date, identity.fit_id),
    ).fetchone()
    if fit is None:
        return None
    fit_id, published_on, model_version = fit
    query = sql.SQL(
        """select {}, status from predictions.predictions_customer_history
        where company_id = %s and fit_id = %s"""
    ).format(_names(_LAST_COLUMNS))
    rows = database.execute(query, (identity.company_id, fit_id)).fetchall()
    frame = pd.DataFrame(rows, columns=[*_LAST_COLUMNS, "status"])
    if frame.empty:
        return None
    amounts = database.execute(
        """select observed from predictions.gate_results
        where company_id = %s and fit_id = %s and gate = 'usual_amounts'""",
        (identity.company_id, fit_id),
    ).fetchone()
    return LastPublished(
        published_on,
        method_of(frame["status"].iloc[0], model_version),
        frame[list(_LAST_COLUMNS)],
        amounts[0] if amounts else None,
    )


def is_published(database: psycopg.Connection, identity: FitIdentity) -> bool:
    """Whether exactly this fit was published before."""
    row = database.execute(
        """select 1 from predictions.model_fits
        where company_id = %s and fit_id = %s and status = 'published'""",
        (identity.company_id, identity.fit_id),
    ).fetchone()
    return row is not None


def write_valuation(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    """Write the fit and, unless it is blocked, its predictions; the caller commits.

    Readers get the date that was computed last, as in ``marts.customer_summaries``;
    every date ever predicted stays in the history.
    """
    _write_fit(database, identity, valuation)
    _write_gates(database, identity, valuation)
    if valuation.predictions is None or valuation.model is None:
        return
    if _is_current(database, identity):
        return
    _write_model(database, identity, valuation.model)
    _write_totals(database, identity, valuation)
    rows = _prediction_rows(identity, valuation.predictions)
    staged = sql.Identifier("new_predictions")
    database.execute(
        sql.SQL(
            """create temporary table {} (
                like predictions.predictions_customer including defaults
            ) on commit drop"""
        ).format(staged)
    )
    names = _names(rows.column_names)
    copy = sql.SQL("copy {} ({}) from stdin (format csv)").format(staged, names)
    with database.cursor().copy(copy) as stream:
        write_csv(rows, _Lines(stream), WriteOptions(include_header=False))
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


def insert(
    database: psycopg.Connection, table: str, rows: list[dict[str, Any]]
) -> None:
    """Insert rows of equal keys into a table of the room; NaN becomes null."""
    _insert(database, table, rows, sql.SQL(""))


def append(
    database: psycopg.Connection, table: str, rows: list[dict[str, Any]]
) -> None:
    """As `insert`; a row that is there already stays as it was."""
    _insert(database, table, rows, sql.SQL(" on conflict do nothing"))


def _insert(
    database: psycopg.Connection,
    table: str,
    rows: list[dict[str, Any]],
    conflict: sql.Composable,
) -> None:
    if not rows:
        return
    columns = list(rows[0])
    statement = sql.SQL("insert into {} ({}) values ({}){}").format(
        sql.Identifier("predictions", table),
        _names(columns),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
        conflict,
    )
    with database.cursor() as cursor:
        cursor.executemany(
            statement, [{k: _null(v) for k, v in row.items()} for row in rows]
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
    model = valuation.model
    frequency = model.seen.histories.frequency if model else np.zeros(0)
    values: dict[str, Any] = {
        "company_id": identity.company_id,
        "fit_id": identity.fit_id,
        "as_of_date": identity.as_of_date,
        "data_through_date": identity.data_through_date,
        "model": _model_name(model),
        "model_version": MODEL_VERSION,
        "status": "published" if valuation.predictions is not None else "blocked",
        "reason": "\n".join(valuation.reasons) or None,
        "data_hash": identity.data_hash,
        "customer_count": frequency.size,
        "repeat_customer_count": int((frequency > 0).sum()),
        "log_likelihood": model.choice.orders.log_likelihood
        if model and model.choice
        else None,
        "settings": Jsonb(identity.settings),
        "fitted_at": identity.fitted_at,
    }
    upsert(database, "model_fits", ("company_id", "fit_id"), [values])


def _model_name(model: CustomerModel | None) -> str:
    """Where orders and their value come from, such as "mbg_nbd+gamma_gamma"."""
    if model is None:
        return "none"
    if model.choice is None:
        return model.status
    spend = "gamma_gamma" if model.spending.fit else "own_means"
    return f"{model.choice.orders.name}+{spend}"


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
    upsert(database, "gate_results", ("company_id", "fit_id", "gate"), rows)


def _write_model(
    database: psycopg.Connection, identity: FitIdentity, model: CustomerModel
) -> None:
    """Every candidate with its parameters, and the corrections of each horizon."""
    key = {"company_id": identity.company_id, "fit_id": identity.fit_id}
    choice = model.choice
    candidates = [
        {
            **key,
            "model": one.name,
            "is_orders_model": choice is not None and one.name == choice.orders.name,
            "is_probability_model": choice is not None
            and one.name == choice.chances.name,
            "log_likelihood": one.log_likelihood,
            "mae_ratio": one.mae,
            "log_loss": one.log_loss,
            "reason": one.reason,
        }
        for one in model.candidates
    ]
    append(database, "model_candidates", candidates)
    parameters, covariances = [], []
    for one in fitted_parameters(model):
        for row, name in enumerate(one.names):
            of = {**key, "model": one.model}
            parameters.append(
                {
                    **of,
                    "parameter": name,
                    "value": one.values[row],
                    "standard_error": float(one.standard_errors[row]),
                }
            )
            covariances += [
                {
                    **of,
                    "row_parameter": name,
                    "column_parameter": other,
                    "covariance": float(one.covariance[row, column]),
                }
                for column, other in enumerate(one.names)
            ]
    parameters += [
        {**key, **correction}
        for days in HORIZONS
        for correction in _corrections(model, days)
    ]
    append(database, "model_parameters", parameters)
    append(database, "model_covariances", covariances)


def _corrections(model: CustomerModel, days: int) -> Iterable[dict[str, Any]]:
    """What the company's own past corrects, as parameters of a model `trend_90d`."""
    trend = model.trend(days)
    known = {
        "orders_factor_log": trend.orders,
        "order_value_factor_log": trend.order_value,
        "recalibration_intercept": (
            trend.recalibration.intercept,
            trend.recalibration.intercept_sd,
        ),
        "recalibration_slope": (trend.recalibration.slope, None),
    }
    for name, (value, error) in known.items():
        yield {
            "model": f"trend_{days}d",
            "parameter": name,
            "value": value,
            "standard_error": error,
        }


def _write_totals(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    assert valuation.totals is not None  # noqa: S101 - written with predictions
    assert valuation.model is not None  # noqa: S101
    rows = [
        {
            "company_id": identity.company_id,
            "fit_id": identity.fit_id,
            "as_of_date": identity.as_of_date,
            "due_date": identity.as_of_date
            + dt.timedelta(days=int(total["horizon_days"])),
            "model_version": MODEL_VERSION,
            "status": valuation.model.status,
            "customer_count": int(total.pop("customers")),
            "currency_code": identity.currency_code,
            "made_at": identity.fitted_at,
            **total,
        }
        for total in map(as_row, valuation.totals.to_dict("records"))
    ]
    append(database, "forecast_totals", rows)


def _prediction_rows(identity: FitIdentity, predictions: pd.DataFrame) -> pa.Table:
    """As columns: a million rows are too many to be handled one by one."""
    complete = predictions.assign(
        company_id=identity.company_id,
        as_of_date=identity.as_of_date,
        fit_id=identity.fit_id,
        model_version=MODEL_VERSION,
        currency_code=identity.currency_code,
        data_through_date=identity.data_through_date,
        fitted_at=identity.fitted_at,
    )
    return pa.Table.from_pandas(complete, preserve_index=False)


class _Lines:
    """What writes CSV wants of a file, and COPY gives."""

    closed = False

    def __init__(self, stream: psycopg.Copy) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        self._stream.write(bytes(data))

    def flush(self) -> None:
        """COPY sends what it has at its end."""


def _names(columns: Iterable[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def as_row(record: dict[Hashable, Any]) -> dict[str, Any]:
    """A record of a data frame, its columns as text."""
    return {str(column): value for column, value in record.items()}


def _null(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value


def upsert(
    database: psycopg.Connection,
    table: str,
    key: tuple[str, ...],
    rows: list[dict[str, Any]],
) -> None:
    """As `insert`; a row whose key is there already is made equal."""
    columns = list(rows[0])
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column))
        for column in columns
        if column not in key
    )
    conflict = sql.SQL(" on conflict ({}) do update set {}").format(
        _names(key), updates
    )
    _insert(database, table, rows, conflict)
