"""What scenarios read and write: the published mix in, sealed plans out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from psycopg.rows import dict_row

from ml_assets.assets.media_mix_marts import read_margin_rate
from ml_assets.assets.table_rows import append, as_row
from ml_assets.media_plan.saved_scenarios import Projection, PublishedMix
from ml_assets.media_plan.value_ratios import ValueRatios
from orchestration.lib.tenancy.company_settings import CompanySettings

__all__ = [
    "MixSource",
    "read_published_mix",
    "seal_of",
    "told_margin_rate",
    "write_scenario",
]

_OUTCOME = "revenue"
# Amounts as the table keeps them: what is sealed is what is read again.
_DIGITS = 6


@dataclass(frozen=True)
class MixSource:
    """Which fit a mix comes from, and in which currency its money is."""

    fit_id: str
    data_hash: str
    as_of_date: dt.date
    data_through_date: dt.date
    model_version: str
    fitted_at: dt.datetime
    currency_code: str


def read_published_mix(
    database: psycopg.Connection, company_id: str
) -> tuple[PublishedMix, MixSource] | None:
    """The mix of revenue that readers see; None when there is none."""
    cursor = database.cursor(row_factory=dict_row)
    rows = cursor.execute(_CURVES, [company_id, _OUTCOME]).fetchall()
    base = database.execute(_BASELINE, [company_id, _OUTCOME]).fetchone()
    if not rows or base is None or base[0] is None:
        return None
    source = MixSource(**{name: rows[0][name] for name in _SOURCE})

    def columns(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype=np.float64)

    mix = PublishedMix(
        channels=tuple(row["channel_id"] for row in rows),
        alpha=columns("alphas").T,
        half_saturation=columns("half_saturations").T,
        gamma=columns("gammas").T,
        current_spend=columns("current_spend"),
        largest_spend=columns("largest_spend"),
        baseline_income=float(base[0]),
        margin_rate=read_margin_rate(database, company_id),
        value=_value_of(rows),
        as_of_date=source.data_through_date,
        least=columns("least"),
        most=columns("most"),
    )
    return mix, source


def told_margin_rate(
    database: psycopg.Connection, company_id: str, told: CompanySettings
) -> float | None:
    """What stays of sales by costs as they are told now, a share of net sales.

    As `marts.contribution_margins` counts it, of settings that it may not know yet:
    gross margin - shipping * orders per unit of sales - fees that files tell - of other
    orders fee per order * orders + fee * charged. None without a gross margin, or where
    orders cost something and none was sold yet.
    """
    costs = (
        *(told.shipping_cost_per_order, told.payment_fee_per_order),
        told.payment_fee_rate,
    )
    if told.gross_margin_rate is None:
        return None
    row = database.execute(_PER_SALE, [company_id]).fetchone()
    if row is None or row[0] is None:
        has_costs = any(cost is not None for cost in costs)
        return None if has_costs else float(told.gross_margin_rate)
    shipping, fee, share = (float(cost or 0) for cost in costs)
    orders, untold_orders, untold_charged, told_fees = row
    spent = shipping * orders + fee * untold_orders + share * untold_charged + told_fees
    return float(told.gross_margin_rate) - float(spent)


def _value_of(rows: list[dict[str, Any]]) -> ValueRatios | None:
    """The ratios of the fit; None of one from before they were told."""
    if any(row["value_ratio"] is None for row in rows):
        return None

    def column(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype=np.float64)

    return ValueRatios(
        channels=tuple(row["channel_id"] for row in rows),
        basis=rows[0]["value_basis"],
        reason=rows[0]["value_reason"],
        ratio=column("value_ratio"),
        error=column("value_ratio_error"),
        shared_error=column("value_ratio_shared_error"),
        customer_count=column("value_customer_count"),
        maturity=column("value_maturity_rate"),
    )


def write_scenario(  # noqa: PLR0913, PLR0917  (whose, which, what it is made of)
    database: psycopg.Connection,
    company_id: str,
    scenario_id: UUID,
    name: str,
    projection: Projection,
    source: MixSource,
) -> None:
    """Save a plan; one that was saved before stays as it was. The caller commits."""
    key = {"company_id": company_id, "scenario_id": scenario_id}
    totals = {
        column: value if value is None else round(value, _DIGITS)
        for column, value in projection.totals.items()
    }
    channels = [
        {column: _rounded(value) for column, value in as_row(record).items()}
        for record in projection.channels.to_dict("records")
    ]
    row: dict[str, Any] = {
        **key,
        "name": name,
        "start_date": projection.start_date,
        "end_date": projection.end_date,
        **totals,
        "value_basis": projection.value_basis,
        "value_reason": projection.value_reason,
        **vars(source),
    }
    append(database, "scenarios", [{**row, "seal": seal_of(row, channels)}])
    append(database, "scenario_channels", [{**key, **one} for one in channels])


def seal_of(scenario: Mapping[str, Any], channels: list[Any]) -> str:
    """A hash of everything that was projected: another number, another seal.

    A plan sealed before probabilities were part of it is hashed as it was then, so that
    it can still be handed on; its seal does not begin with `_SEAL`. What only plans of
    a budget or by value say is hashed where it is said.
    """
    before = not str(scenario.get("seal", _SEAL)).startswith(_SEAL)
    since = () if before else _SEALED_SINCE
    some = [name for name in _OF_SOME if scenario.get(name) is not None]
    sealed = (*_SEALED, *since, *some)
    told = {
        "scenario": {name: _plain(scenario[name]) for name in sealed},
        "channels": sorted(
            [
                _plain(one["channel_id"]),
                *(_plain(one[name]) for name in _AMOUNTS),
                *(_plain(one[n]) for n in _BY_VALUE if one.get(n) is not None),
            ]
            for one in channels
        ),
    }
    text = json.dumps(told, sort_keys=True)
    return ("" if before else _SEAL) + hashlib.sha256(text.encode()).hexdigest()


def _rounded(value: Any) -> Any:
    return round(value, _DIGITS) if isinstance(value, float) else value


def _plain(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (dt.date, dt.datetime, UUID)):
        return str(value)
    return f"{float(value):.{_DIGITS}f}"


_SOURCE = (
    *("fit_id", "data_hash", "as_of_date", "data_through_date", "model_version"),
    *("fitted_at", "currency_code"),
)
_SEALED = (
    *("company_id", "scenario_id", "name", "start_date", "end_date"),
    *("current_spend", "projected_spend", "current_income", "projected_income"),
    *("income_gain", "income_gain_lower", "income_gain_upper"),
    *("current_profit", "projected_profit", "profit_gain", "profit_gain_lower"),
    *("profit_gain_upper", "margin_rate", "baseline_income", "currency_code"),
    *("fit_id", "data_hash", "data_through_date", "model_version"),
)
_SEAL = "2:"
_SEALED_SINCE = ("probability_more_income", "probability_more_profit", "as_of_date")
_OF_SOME = (
    *("asked_budget", "worthwhile_spend", "value_basis", "value_reason"),
    *("current_value", "projected_value", "value_gain", "value_gain_lower"),
    *("value_gain_upper", "probability_more_value"),
)
_BY_VALUE = ("value_ratio", "value_spend")
_AMOUNTS = (
    *("current_spend", "projected_spend", "minimum_spend", "maximum_spend"),
    *("current_expected", "projected_expected"),
)

_PER_SALE = """
    select
        orders_per_sale,
        untold_orders_per_sale,
        untold_charged_per_sale,
        told_fees_per_sale
    from marts.contribution_margins
    where company_id = %s
"""
_CURVES = """
    select
        draws.channel_id,
        draws.alphas,
        draws.half_saturations,
        draws.gammas,
        curves.current_spend,
        curves.largest_spend,
        curves.value_basis,
        curves.value_reason,
        curves.value_ratio,
        curves.value_ratio_error,
        curves.value_ratio_shared_error,
        curves.value_customer_count,
        curves.value_maturity_rate,
        plans.minimum_spend / totals.horizon_days as least,
        plans.maximum_spend / totals.horizon_days as most,
        curves.currency_code,
        draws.fit_id,
        fits.data_hash,
        draws.as_of_date,
        draws.data_through_date,
        draws.model_version,
        draws.fitted_at
    from predictions.marketing_curve_draws as draws
    inner join predictions.marketing_curves as curves
        on draws.company_id = curves.company_id
        and draws.outcome_unit = curves.outcome_unit
        and draws.channel_id = curves.channel_id
        and draws.fit_id = curves.fit_id
    inner join predictions.media_mix_fits as fits
        on draws.company_id = fits.company_id and draws.fit_id = fits.fit_id
    inner join predictions.budget_scenario_channels as plans
        on draws.company_id = plans.company_id
        and draws.outcome_unit = plans.outcome_unit
        and draws.channel_id = plans.channel_id
        and plans.scenario = 'current'
    inner join predictions.budget_scenarios as totals
        on plans.company_id = totals.company_id
        and plans.outcome_unit = totals.outcome_unit
        and plans.scenario = totals.scenario
    where draws.company_id = %s and draws.outcome_unit = %s
    order by draws.channel_id
"""

# Per day: what the published "as now" expects beyond what its channels bring.
_BASELINE = """
    select (min(totals.current_income) - sum(channels.current_expected))
        / min(totals.horizon_days)
    from predictions.budget_scenarios as totals
    inner join predictions.budget_scenario_channels as channels
        on totals.company_id = channels.company_id
        and totals.outcome_unit = channels.outcome_unit
        and totals.scenario = channels.scenario
    where totals.company_id = %s and totals.outcome_unit = %s
        and totals.scenario = 'current'
"""
