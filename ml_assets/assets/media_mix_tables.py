"""What the media mix reads and writes: marts in, slices of `predictions` out."""

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
from ml_assets.assets.table_rows import upsert
from ml_assets.media_plan.backtests import Holdout
from ml_assets.media_plan.curve_tables import total_return
from ml_assets.media_plan.evaluation import MODEL_VERSION, Verdict
from ml_assets.media_plan.gates import GateResult

# Half a 90 % interval of a normal, in standard deviations.
_SPREAD = 1.6448536269514722

__all__ = [
    "MixIdentity",
    "is_current",
    "read_backtest",
    "read_days",
    "read_gates",
    "read_last_curves",
    "read_margin_rate",
    "read_spend",
    "refresh_new_customer_values",
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


def read_days(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """The company's rows of `marts.media_mix_days`, oldest first."""
    return _frame(
        database,
        """select calendar_date, order_count, net_revenue, discount_rate, is_holiday,
            event_ids, mean_temperature_c, precipitation_mm, non_brand_click_count
        from marts.media_mix_days
        where company_id = %s and calendar_date <= %s order by calendar_date""",
        (company_id, as_of_date),
    )


def read_spend(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Spend per day and channel of `marts.channel_days`; null where none is known."""
    return _frame(
        database,
        """select calendar_date, channel_id, spend, unconverted_campaign_count
        from marts.channel_days where company_id = %s and calendar_date <= %s
        order by calendar_date, channel_id""",
        (company_id, as_of_date),
    )


def read_margin_rate(database: psycopg.Connection, company_id: str) -> float | None:
    """What stays of revenue after all costs told, a share; None without a margin."""
    row = database.execute(
        """select contribution_margin_rate from marts.contribution_margins
        where company_id = %s""",
        (company_id,),
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else None


def refresh_new_customer_values(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Value of new customers by day, and how unsure it is.

    Replaces the company's rows of `predictions.new_customer_values`.

    Returns
    -------
    DataFrame
        `first_order_date`, `value_12m`, `shared_error` (standard deviation that the
        values of all days have together), `independent_variance` (of single customers).
    """
    values = {"company": company_id, "as_of": as_of_date, "spread": 2 * _SPREAD}
    error = _shared_error(database, values)
    database.execute(
        "delete from predictions.new_customer_values where company_id = %(company)s",
        values,
    )
    database.execute(_NEW_CUSTOMERS, {**values, "error": error})
    return _frame(
        database,
        """select first_order_date, sum(value_12m) as value_12m,
            sum(shared_error) as shared_error,
            sum(independent_variance) as independent_variance
        from predictions.new_customer_values where company_id = %s
        group by first_order_date order by first_order_date""",
        (company_id,),
    )


def _shared_error(database: psycopg.Connection, values: dict[str, Any]) -> float:
    """What is left of the total's spread when chance, customer by customer, is out."""
    row = database.execute(_TOTAL_SPREAD, values).fetchone()
    if row is None or not row[0]:
        return 0.0
    expected, spread, chance = map(float, row)
    return float(np.sqrt(max(0.0, spread**2 - chance)) / expected)


def read_last_curves(
    database: psycopg.Connection, company_id: str, outcome: str
) -> pd.DataFrame:
    """The curves in force: `channel_id`, `current_roi` with interval."""
    return _frame(
        database,
        """select channel_id, current_roi, current_roi_lower, current_roi_upper
        from predictions.marketing_curves
        where company_id = %s and outcome_unit = %s""",
        (company_id, outcome),
    )


def read_backtest(
    database: psycopg.Connection, company_id: str, outcome: str, held: Holdout
) -> dict[str, float] | None:
    """What is stored of exactly this holdout; None when it is to be computed."""
    rows = _frame(
        database,
        """select mape, bias, naive_mape, naive_bias
        from predictions.media_mix_backtests
        where company_id = %s and outcome_unit = %s and model_version = %s
            and origin_date = %s and data_hash = %s""",
        (company_id, outcome, MODEL_VERSION, held.origin, held.data_hash),
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


def _frame(
    database: psycopg.Connection, query: str, values: tuple[Any, ...]
) -> pd.DataFrame:
    cursor = database.execute(query.encode(), values)
    names = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=names)


_WITH_CURRENCY = ("marketing_curves", "budget_grid", "budget_scenarios")
_NEWEST = ("company_id", "outcome_unit")
_OF_FIT = (
    *("company_id", "outcome_unit", "fit_id", "as_of_date", "currency_code"),
    *("status", "reason", "reason_es", "model_version", "fitted_at"),
)
_RETURN = ("total_spend", "current_roi", "current_roi_lower", "current_roi_upper")
_COUNTS = ("saturation_days", "value_customer_count")

# Everybody's next 12 months together, their spread, and the part of it that is chance.
_TOTAL_SPREAD = """
    with current_fit as (
        select min(fit_id) as fit_id
        from predictions.predictions_customer where company_id = %(company)s
    ),

    chance as (
        select coalesce(sum(
            ((predicted_value_12m_upper - predicted_value_12m_lower) / %(spread)s) ^ 2
        ), 0) as variance
        from predictions.predictions_customer where company_id = %(company)s
    )

    select
        totals.expected_value,
        (totals.expected_value_upper - totals.expected_value_lower) / %(spread)s,
        chance.variance
    from predictions.forecast_totals as totals
    inner join current_fit on totals.fit_id = current_fit.fit_id
    cross join chance
    where totals.company_id = %(company)s and totals.horizon_days = 365
"""

# A customer's first 365 days: what they bought in those that are over, and the part of
# the predicted 12 months that falls into the others. Purchases are spread over the 12
# months as they are expected in 30, 90 and 365 days, evenly in between.
_NEW_CUSTOMERS = """
    insert into predictions.new_customer_values
    with customers as (
        select
            customers.customer_id,
            customers.first_order_date,
            customers.first_channel_id,
            customers.first_order_revenue,
            customers.currency_code,
            greatest(0, 364 - (%(as_of)s::date - customers.first_order_date))
                as days_left
        from marts.customers as customers
        where customers.company_id = %(company)s
            and customers.first_order_date <= %(as_of)s
    ),

    observed as (
        select customers.customer_id, sum(orders.net_revenue) as value
        from customers
        inner join marts.orders as orders
            on orders.company_id = %(company)s
            and orders.customer_id = customers.customer_id
            and orders.is_purchase
            and orders.order_date between customers.first_order_date
            and least(customers.first_order_date + 364, %(as_of)s)
        group by customers.customer_id
    ),

    expected as (
        select
            customers.customer_id,
            predictions.predicted_value_12m as value,
            predictions.predicted_value_12m_upper
            - predictions.predicted_value_12m_lower as width,
            case
                when predictions.expected_orders_365d <= 0 then 0
                when customers.days_left <= 30
                    then predictions.expected_orders_30d * customers.days_left / 30.0
                when customers.days_left <= 90
                    then predictions.expected_orders_30d
                    + (predictions.expected_orders_90d
                       - predictions.expected_orders_30d)
                    * (customers.days_left - 30) / 60.0
                else predictions.expected_orders_90d
                    + (predictions.expected_orders_365d
                       - predictions.expected_orders_90d)
                    * (customers.days_left - 90) / 275.0
            end / greatest(predictions.expected_orders_365d, 1e-12) as share
        from customers
        inner join predictions.predictions_customer as predictions
            on predictions.company_id = %(company)s
            and predictions.customer_id = customers.customer_id
        where customers.days_left > 0
    )

    select
        %(company)s,
        customers.first_order_date,
        customers.first_channel_id,
        count(*),
        sum(customers.first_order_revenue),
        sum(coalesce(observed.value, 0)),
        sum(coalesce(expected.share * expected.value, 0)),
        sum(coalesce(observed.value, 0) + coalesce(expected.share * expected.value, 0)),
        sum(coalesce((expected.share * expected.width / %(spread)s) ^ 2, 0)),
        sum(coalesce(expected.share * expected.value, 0)) * %(error)s,
        min(customers.currency_code),
        %(as_of)s
    from customers
    left join observed on customers.customer_id = observed.customer_id
    left join expected on customers.customer_id = expected.customer_id
    group by customers.first_order_date, customers.first_channel_id
"""
