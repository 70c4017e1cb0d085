"""What the media mix writes and reads again: slices of `predictions`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from ml_assets.assets.spoken import in_spanish
from ml_assets.assets.table_rows import read_frame, upsert
from ml_assets.media_plan.backtests import Holdout
from ml_assets.media_plan.curve_tables import total_return
from ml_assets.media_plan.evaluation import MODEL_VERSION, Verdict
from ml_assets.media_plan.gates import GateResult

__all__ = [
    "MixIdentity",
    "is_current",
    "read_backtest",
    "read_gates",
    "read_last_curves",
    "write_backtest",
    "write_fit",
    "write_tables",
]


@dataclass(frozen=True)
class MixIdentity:
    """Which fit of which company and outcome this is."""

    company_id: str
    fit_id: str
    outcome: str
    as_of_date: dt.date
    data_through_date: dt.date | None
    data_hash: str
    day_count: int
    currency_code: str
    settings: dict[str, Any]
    fitted_at: dt.datetime


def read_last_curves(
    database: psycopg.Connection, company_id: str, outcome: str
) -> pd.DataFrame:
    """The curves in force: `channel_id`, `current_roi` with interval."""
    return read_frame(
        database,
        """select channel_id, current_roi, current_roi_lower, current_roi_upper
        from predictions.marketing_curves
        where company_id = %(company)s and outcome_unit = %(outcome)s""",
        company_id,
        outcome=outcome,
    )


def read_backtest(
    database: psycopg.Connection, company_id: str, outcome: str, held: Holdout
) -> dict[str, float] | None:
    """What is stored of exactly this holdout; None when it is to be computed."""
    rows = read_frame(
        database,
        """select mape, bias, naive_mape, naive_bias
        from predictions.media_mix_backtests
        where company_id = %(company)s and outcome_unit = %(outcome)s
            and model_version = %(version)s
            and expected_lower is not null -- those of before had no interval
            and origin_date = %(origin)s and data_hash = %(hash)s""",
        company_id,
        outcome=outcome,
        version=MODEL_VERSION,
        origin=held.origin,
        hash=held.data_hash,
    )
    return None if rows.empty else dict(rows.iloc[0])


def write_backtest(
    database: psycopg.Connection,
    identity: MixIdentity,
    held: Holdout,
    scores: dict[str, float],
) -> None:
    """Replace what is stored of this origin."""
    row = {
        "company_id": identity.company_id,
        "outcome_unit": identity.outcome,
        "model_version": MODEL_VERSION,
        "origin_date": held.origin,
    }
    database.execute(
        """delete from predictions.media_mix_backtests
        where company_id = %(company_id)s and outcome_unit = %(outcome_unit)s
            and model_version = %(model_version)s and origin_date = %(origin_date)s""",
        row,
    )
    more = {
        "horizon_days": len(
            held.media.frame[held.media.frame["date"].dt.date > held.origin]
        ),
        "data_hash": held.data_hash,
        "currency_code": identity.currency_code,
        "computed_at": identity.fitted_at,
    }
    _copy(database, "media_mix_backtests", pd.DataFrame([{**row, **scores, **more}]))


def is_current(database: psycopg.Connection, identity: MixIdentity) -> bool:
    """Whether exactly this fit is what the company's readers see now."""
    # Of a fit that was published before totals were kept there is none: it is fitted
    # again, to the same numbers.
    row = database.execute(
        """select 1 from predictions.media_mix_totals
        where company_id = %s and fit_id = %s and status = 'published'""",
        (identity.company_id, identity.fit_id),
    ).fetchone()
    return row is not None


def read_gates(
    database: psycopg.Connection, identity: MixIdentity
) -> tuple[GateResult, ...]:
    """What the gates saw of this fit before."""
    rows = database.execute(
        """select gate, outcome, observed, threshold, message
        from predictions.gate_results where company_id = %s and fit_id = %s""",
        (identity.company_id, identity.fit_id),
    ).fetchall()
    return tuple(GateResult(*row) for row in rows)


def write_fit(
    database: psycopg.Connection, identity: MixIdentity, verdict: Verdict
) -> None:
    """The fit, now the newest, and what its gates saw; published or not."""
    key = {"company_id": identity.company_id, "fit_id": identity.fit_id}
    fit = {
        **key,
        "outcome_unit": identity.outcome,
        "as_of_date": identity.as_of_date,
        "data_through_date": identity.data_through_date,
        "model_version": MODEL_VERSION,
        "status": verdict.status,
        "reason": verdict.reason,
        "reason_es": in_spanish(verdict.reasons),
        "data_hash": identity.data_hash,
        "day_count": identity.day_count,
        "currency_code": identity.currency_code,
        "settings": Jsonb(identity.settings),
        "fitted_at": identity.fitted_at,
    }
    upsert(database, "media_mix_fits", ("company_id", "fit_id"), [fit])
    upsert(database, "media_mix_totals", _NEWEST, [_total(fit, verdict)])
    gates = [
        {
            **key,
            **{field.name: getattr(gate, field.name) for field in fields(gate)},
            "message": str(gate.message),
            "message_es": in_spanish(gate.message),
        }
        for gate in verdict.gates
    ]
    upsert(database, "gate_results", ("company_id", "fit_id", "gate"), gates)


def _total(fit: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    """What the newest fit tells of all channels; no number where it may tell none."""
    told = {name: fit[name] for name in _OF_FIT}
    empty = dict.fromkeys(_RETURN)
    if verdict.status != "published" or verdict.mix is None:
        return told | empty
    return told | total_return(verdict.mix)


def write_tables(
    database: psycopg.Connection,
    identity: MixIdentity,
    verdict: Verdict,
    names: Collection[str],
) -> None:
    """Replace some of the tables that readers see of an outcome; the caller commits."""
    if verdict.tables is None:
        return
    key = {"company_id": identity.company_id, "outcome_unit": verdict.outcome}
    run = {
        "fit_id": identity.fit_id,
        "as_of_date": identity.as_of_date,
        "data_through_date": identity.data_through_date,
        "model_version": MODEL_VERSION,
        "fitted_at": identity.fitted_at,
    }
    for name in names:
        rows = getattr(verdict.tables, name).assign(**key, **run)
        if name in _WITH_CURRENCY:
            rows = rows.assign(currency_code=identity.currency_code)
        if name == "budget_scenarios":
            rows = rows.assign(horizon_days=30)
        database.execute(
            sql.SQL(
                """delete from {} where company_id = %(company_id)s
                and outcome_unit = %(outcome_unit)s"""
            ).format(sql.Identifier("predictions", name)),
            key,
        )
        _copy(database, name, rows)
    _keep_history(database, key)


def _keep_history(database: psycopg.Connection, key: dict[str, str]) -> None:
    database.execute(
        """insert into predictions.marketing_curves_history
        select * from predictions.marketing_curves
        where company_id = %(company_id)s and outcome_unit = %(outcome_unit)s
        on conflict do nothing""",
        key,
    )


def _copy(database: psycopg.Connection, table: str, rows: pd.DataFrame) -> None:
    """Insert a data frame into a table of the room, by COPY; NaN becomes null.

    By way of a table of its own: COPY does not enter one with row-level security.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    target, staged = sql.Identifier("predictions", table), sql.Identifier("new_rows")
    database.execute(
        sql.SQL("create temporary table {} as select {} from {} limit 0").format(
            staged, names, target
        )
    )
    columns = [_python_values(rows[name]) for name in rows.columns]
    statement = sql.SQL("copy {} ({}) from stdin").format(staged, names)
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for row in zip(*columns, strict=True):
            copy.write_row(row)
    database.execute(
        sql.SQL("insert into {0} ({1}) select {1} from {2}").format(
            target, names, staged
        )
    )
    database.execute(sql.SQL("drop table {}").format(staged))


def _python_values(column: pd.Series) -> list[Any]:
    if column.name in _COUNTS:
        return [None if np.isnan(count) else int(count) for count in column]
    if column.name == "calendar_date":
        return list(pd.to_datetime(column).dt.date)
    values = column.tolist()
    return [None if isinstance(v, float) and np.isnan(v) else v for v in values]


_WITH_CURRENCY = ("marketing_curves", "budget_grid", "budget_scenarios")
_NEWEST = ("company_id", "outcome_unit")
_OF_FIT = (
    *("company_id", "outcome_unit", "fit_id", "as_of_date", "currency_code"),
    *("status", "reason", "reason_es", "model_version", "fitted_at"),
)
_RETURN = ("total_spend", "current_roi", "current_roi_lower", "current_roi_upper")
_COUNTS = ("saturation_days", "value_customer_count")
