"""What is known of accounts out of the marts, and what is said of them as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import psycopg

from ml_assets.assets.spoken import in_spanish
from ml_assets.assets.table_rows import read_frame
from ml_assets.subscriptions.churn import Churn
from ml_assets.subscriptions.components import COMPONENTS
from ml_assets.subscriptions.signals import SIGNALS
from ml_assets.subscriptions.standing import (
    Scored,
    forecast_departures,
    next_steps,
    risk_places,
    standing,
)
from ml_assets.subscriptions.verdicts import alarms, grades, rivals

__all__ = ["account_tables", "read_departures", "read_inputs"]


def read_inputs(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """What was known of each account on each day it is scored."""
    return read_frame(database, _INPUTS, company_id)


def read_departures(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """``account_id``, ``effective_on``, ``decided_on`` (datetime), ``lost_ratio``."""
    found = read_frame(database, _DEPARTURES, company_id)
    return found.assign(
        effective_on=pd.to_datetime(found["effective_on"]),
        decided_on=pd.to_datetime(found["decided_on"]),
        lost_ratio=found["lost_ratio"].astype(np.float64),
    )


def account_tables(
    scored: Scored, raised: pd.DataFrame, departures: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Rows of each table of predictions but the queue's, as of the last day scored.

    Parameters
    ----------
    raised
        Of `standing.warnings`.

    Raises
    ------
    InvalidAccounts
    """
    now = raised[raised["week_start_date"] == scored.today].reset_index(drop=True)
    forecasts, chances = forecast_departures(scored, departures)
    compared, verdict = rivals(scored, departures)
    as_of: dict[str, Any] = {"as_of_date": scored.today.date()}
    told = {
        **as_of,
        "status": "too_few" if compared.empty else "graded",
        "verdict_en": str(verdict),
        "verdict_es": in_spanish(verdict),
        **alarms(scored, departures),
    }
    return {
        "account_health": _health(scored, now, chances).assign(**as_of),
        "account_signals": _signals(now).assign(**as_of),
        "account_churn": chances.assign(**as_of),
        "account_churn_fits": _fits(forecasts).assign(**as_of),
        "account_grades": grades(scored, departures, raised),
        "account_rivals": compared,
        "account_verdicts": pd.DataFrame([told]),
    }


def _health(
    scored: Scored, signals: pd.DataFrame, chances: pd.DataFrame
) -> pd.DataFrame:
    found = standing(scored)
    asked = {
        "trigger": "trigger_name",
        "signal_count": "signal_count",
        "known_signal_count": "known_signal_count",
    }
    told = found[
        ["account_id", "score", "coverage_ratio", "band", *COMPONENTS, "score_change"]
    ].assign(
        moves_en=found["words"].map(lambda words: " ".join(words) or None),
        moves_es=found["words"].map(in_spanish),
        risk_place=risk_places(found, chances),
    )
    warned = signals[["account_id", *asked]].rename(columns=asked)
    warned["next_step"] = next_steps(signals)
    return told.merge(warned, on="account_id")


def _signals(now: pd.DataFrame) -> pd.DataFrame:
    """A row per account and signal; what is unknown is neither raised nor not."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "account_id": now["account_id"],
                    "signal_name": name,
                    "signal_value": now[f"{name}_value"],
                    "threshold": now[f"{name}_threshold"],
                    "is_own_threshold": now[f"{name}_is_own"],
                    "is_raised": now[name].map({1.0: True, 0.0: False}).astype(object),
                }
            )
            for name in SIGNALS
        ],
        ignore_index=True,
    )


def _fits(forecasts: Mapping[int, Churn]) -> pd.DataFrame:
    return pd.DataFrame([_fit(days, one) for days, one in forecasts.items()])


def _fit(horizon_days: int, churn: Churn) -> dict[str, Any]:
    ranking, grade = churn.ranking, churn.grade
    row = {
        "horizon_days": horizon_days,
        "status": churn.status,
        "reason_en": str(churn.reason),
        "reason_es": in_spanish(churn.reason),
        "bound_count": churn.bound_count,
        "account_count": 0,
        "left_count": 0,
    }
    if ranking is None or grade is None:
        return row
    return {
        **row,
        "account_count": ranking.count,
        "left_count": ranking.left_count,
        "roc_auc": ranking.roc_auc.value,
        "roc_auc_lower": ranking.roc_auc.lower,
        "roc_auc_upper": ranking.roc_auc.upper,
        "brier": grade.brier,
        "base_brier": grade.base_brier,
        "calibration_error": grade.calibration_error,
    }


_INPUTS = """
    select
        account_id,
        scored_on,
        contract_end_date as contract_ends_on,
        is_sunday,
        is_first_of_month,
        mrr_amount,
        seat_count,
        tenure_days,
        active_days_per_seat_28d,
        login_count_7d,
        session_minutes,
        idle_days,
        days_since_last_login,
        feature_adoption_ratio,
        ticket_count_28d,
        has_escalation_28d,
        csat_mean_10,
        is_contact_in_cadence,
        has_answered_survey,
        oldest_open_invoice_days,
        failed_attempt_count,
        failed_attempt_count_7d
    from marts.account_health_inputs
    where company_id = %(company)s
    order by account_id, scored_on
"""
_DEPARTURES = """
    select account_id, effective_on, lost_ratio, decided_on
    from marts.account_departures
    where company_id = %(company)s
"""
