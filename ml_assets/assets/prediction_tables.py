"""Rows of the room `predictions`: a slice replaced whole, a history only added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.types.json import Jsonb

from ml_assets.assets.many_rows import add_many
from ml_assets.assets.prediction_inputs import FitIdentity
from ml_assets.assets.spoken import in_spanish
from ml_assets.assets.table_rows import append, as_row, names, upsert
from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.fit_identity import MODEL_VERSION
from ml_assets.clv.fitted_parameters import fitted_parameters
from ml_assets.clv.predictions import HORIZONS
from ml_assets.clv.valuation import Valuation

__all__ = ["write_valuation"]


def write_valuation(
    database: psycopg.Connection, identity: FitIdentity, valuation: Valuation
) -> None:
    """Write the fit and, unless it is blocked, its predictions; the caller commits.

    Readers get the date that was computed last, as in ``marts.customer_summaries``,
    unless it is of a month end afterwards; every date ever predicted stays in the
    history.
    """
    _write_fit(database, identity, valuation)
    _write_gates(database, identity, valuation)
    if valuation.predictions is None or valuation.model is None:
        return
    if _is_current(database, identity):
        return
    _write_model(database, identity, valuation.model)
    _write_totals(database, identity, valuation)
    # As columns: a million rows are too many to be handled one by one.
    rows = pa.Table.from_pandas(valuation.predictions, preserve_index=False)
    of_all = _of_all_rows(identity)
    if not _has_history(database, identity):
        add_many(database, "predictions_customer_history", rows, of_all)
    if identity.is_replayed:
        return
    database.execute(
        "delete from predictions.predictions_customer where company_id = %s",
        (identity.company_id,),
    )
    database.execute(
        sql.SQL(
            """insert into predictions.predictions_customer ({0})
            select {0} from predictions.predictions_customer_history
            where company_id = %s and fit_id = %s"""
        ).format(names((*rows.column_names, *of_all))),
        (identity.company_id, identity.fit_id),
    )


def _is_current(database: psycopg.Connection, identity: FitIdentity) -> bool:
    """Whether exactly this fit is what the company's readers see now."""
    return _holds(database, "predictions_customer", identity)


def _has_history(database: psycopg.Connection, identity: FitIdentity) -> bool:
    """Whether this fit was published before, and another one since."""
    return _holds(database, "predictions_customer_history", identity)


def _holds(database: psycopg.Connection, table: str, identity: FitIdentity) -> bool:
    query = sql.SQL("select 1 from {} where company_id = %s and fit_id = %s limit 1")
    row = database.execute(
        query.format(sql.Identifier("predictions", table)),
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
        "reason_es": in_spanish(valuation.reasons, "\n"),
        "data_hash": identity.data_hash,
        "customer_count": frequency.size,
        "repeat_customer_count": int((frequency > 0).sum()),
        "log_likelihood": model.choice.orders.log_likelihood
        if model and model.choice
        else None,
        "settings": Jsonb(identity.settings),
        "fitted_at": identity.fitted_at,
        "is_replayed": identity.is_replayed,
    }
    upsert(database, "model_fits", ("company_id", "fit_id"), [values])


def _model_name(model: CustomerModel | None) -> str:
    """Where orders and their value come from, such as "mbg_nbd+gamma_gamma"."""
    if model is None:
        return "none"
    if model.choice is None:
        return model.status
    spend = "gamma_gamma" if model.spending.fit else "own_means"
    if model.spending.level is not None:
        spend += "_by_frequency"
    if model.log is not None and model.log.tells_spend is not None:
        spend += "_of_usual_amounts"
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
            "message": str(gate.message),
            "message_es": in_spanish(gate.message),
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
            "reason_es": in_spanish(one.reason or ()),
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


def _of_all_rows(identity: FitIdentity) -> dict[str, Any]:
    return {
        "company_id": identity.company_id,
        "as_of_date": identity.as_of_date,
        "fit_id": identity.fit_id,
        "model_version": MODEL_VERSION,
        "currency_code": identity.currency_code,
        "data_through_date": identity.data_through_date,
        "fitted_at": identity.fitted_at,
    }
