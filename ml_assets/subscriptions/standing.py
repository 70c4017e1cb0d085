"""How the accounts of a company stand today: score, signals, chance of leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.churn import Churn, churn_chances, forecast_churn
from ml_assets.subscriptions.components import COMPONENTS, component_points
from ml_assets.subscriptions.departures import label_departures
from ml_assets.subscriptions.health import health
from ml_assets.subscriptions.health_moves import health_moves
from ml_assets.subscriptions.signals import SIGNALS, raise_signals

__all__ = [
    "HORIZONS",
    "Scored",
    "forecast_departures",
    "next_steps",
    "risk_places",
    "score",
    "standing",
    "warnings",
]

HORIZONS: Final = (30, 90)
"""Days within which an account may leave."""

# What is asked first where several signals are raised.
_FIRST: Final = (
    "payment_delay",
    "many_tickets",
    "low_login",
    "low_adoption",
    "short_session",
)
_NOT_NUMBERS: Final = ("account_id", "scored_on", "contract_ends_on")
_KNOWN: Final = (
    "login_count_7d",
    "idle_days",
    "ticket_count_28d",
    "oldest_open_invoice_days",
    "tenure_days",
)
_TREND: Final = "usage_trend"
_TREND_WEEKS: Final = 4


@dataclass(frozen=True)
class Scored:
    """What was known of each account and day, and the score it makes.

    ``rows`` has the inputs, the components, ``score``, ``coverage_ratio`` and ``band``;
    ``today`` is the last of its days. Rows of Sundays are weeks, those of the first
    Sunday of a month (``is_first_of_month``) are graded.
    """

    rows: pd.DataFrame
    today: pd.Timestamp

    @property
    def current(self) -> pd.DataFrame:
        """The accounts of today."""
        return self.rows[self.rows["scored_on"] == self.today].reset_index(drop=True)

    @property
    def weeks(self) -> pd.DataFrame:
        """Today, and the Sundays that are a week or more before it."""
        day = self.rows["scored_on"]
        is_before = day <= self.today - pd.Timedelta(days=7)
        return self.rows[self.rows["is_sunday"] & is_before | (day == self.today)]

    def labelled(self, departures: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
        """Months whose window is over, with who left (`label_departures`)."""
        months = self.rows[self.rows["is_first_of_month"]]
        found = label_departures(
            months, departures, horizon_days=horizon_days, as_of=self.today
        )
        return found[found["is_due"]].reset_index(drop=True)


def score(inputs: pd.DataFrame) -> Scored:
    """Score every account on every day it is told of.

    Parameters
    ----------
    inputs
        A row per account and day, one at least: ``account_id``, ``scored_on``,
        ``contract_ends_on``, ``is_sunday``, ``is_first_of_month``, ``mrr_amount``,
        ``tenure_days``, and what `component_points` and `raise_signals` read.

    Raises
    ------
    InvalidAccounts
    """
    days = {
        name: pd.to_datetime(inputs[name]) for name in ("scored_on", "contract_ends_on")
    }
    numbers = {
        name: pd.to_numeric(inputs[name].astype(object)).astype(np.float64)
        for name in inputs.columns.difference([*_NOT_NUMBERS])
    }
    known = pd.DataFrame({"account_id": inputs["account_id"], **days, **numbers})
    known["is_sunday"] = known["is_sunday"] == 1
    known["is_first_of_month"] = known["is_first_of_month"] == 1
    # Which clicks are of which account no file tells yet.
    known["has_clicked_or_attended_60d"] = np.nan
    rows = pd.concat([known, health(component_points(known))], axis=1)
    rows[_TREND] = _trend(rows)
    return Scored(rows, rows["scored_on"].max())


def standing(scored: Scored) -> pd.DataFrame:
    """Each account today, and what moved its score since it was scored a week before.

    Returns
    -------
    pandas.DataFrame
        Rows of `Scored.current` with ``score_change`` (NaN without a score before) and
        ``words``, sentences of what moved it.
    """
    now = scored.current.set_index("account_id")
    weeks = scored.weeks
    before = weeks[weeks["scored_on"] < scored.today]
    last = before[before["scored_on"] == before["scored_on"].max()]
    moves = health_moves(now, last.set_index("account_id"))
    return now.assign(score_change=moves["change"], words=moves["words"]).reset_index()


def warnings(scored: Scored) -> pd.DataFrame:
    """Signals and triggers of every week of `Scored.weeks` (`raise_signals`)."""
    told = {
        "account_id": "account_id",
        "scored_on": "week_start_date",
        "login_count_7d": "login_count",
        "session_minutes": "session_minutes",
        "feature_adoption_ratio": "feature_adoption_ratio",
        "ticket_count_28d": "ticket_count_28d",
        "oldest_open_invoice_days": "days_past_due",
        "failed_attempt_count_7d": "failed_attempt_count",
    }
    weeks = scored.weeks[list(told)].rename(columns=told).reset_index(drop=True)
    values = {f"{name}_value": weeks[one.column] for name, one in SIGNALS.items()}
    return raise_signals(weeks).assign(**values)


def forecast_departures(
    scored: Scored, departures: pd.DataFrame
) -> tuple[Mapping[int, Churn], pd.DataFrame]:
    """Learn from months whose windows are over who leaves, and ask it of today.

    Returns
    -------
    forecasts
        By horizon: the verdict, with its reason (`forecast_churn`).
    chances
        A row per account of today and horizon that has a model: ``account_id``,
        ``horizon_days``, ``stratum``, ``probability`` and ``risk_order``.

    Raises
    ------
    InvalidAccounts
    """
    found = {
        days: forecast_churn(table, _features(table), horizon_days=days)
        for days in HORIZONS
        for table in (scored.labelled(departures, days),)
    }
    models = {days: one.model for days, one in found.items() if one.model is not None}
    said = churn_chances(models, scored.current)
    rows = [
        pd.DataFrame(
            {
                "account_id": said["account_id"],
                "horizon_days": days,
                "stratum": said[f"stratum_{days}"],
                "probability": said[f"probability_{days}"],
                "risk_order": said[f"order_{days}"],
            }
        )
        for days in models
    ]
    return found, pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def risk_places(accounts: pd.DataFrame, chances: pd.DataFrame) -> pd.Series:
    """Place of each account of `standing`, 1 is who is about to leave first.

    By the order of the shortest horizon that has one, then of the longer, then by the
    lowest score, then by the highest MRR. Who is bound comes after who is not.
    """
    keys = accounts[["account_id", "score"]].assign(mrr=-accounts["mrr_amount"])
    for days in HORIZONS:
        keys[f"order_{days}"] = np.nan
        if len(chances):
            of = chances[chances["horizon_days"] == days].set_index("account_id")
            keys[f"order_{days}"] = keys["account_id"].map(of["risk_order"])
    by = [*(f"order_{days}" for days in HORIZONS), "score", "mrr", "account_id"]
    placed = keys.sort_values(by, na_position="last", kind="stable")
    return pd.Series(range(1, len(placed) + 1), placed.index).reindex(accounts.index)


def next_steps(signals: pd.DataFrame) -> pd.Series:
    """What to do first about each row of `warnings`: a signal, immediate or none."""
    raised = [signals[name] == 1 for name in _FIRST]
    has_failed = signals["trigger"] == "immediate"
    steps = np.select([has_failed, *raised], ["immediate", *_FIRST], "none")
    return pd.Series(steps, signals.index)


def _features(table: pd.DataFrame) -> list[str]:
    """Those that differ between accounts; what is never known teaches nothing."""
    names = [*COMPONENTS, *_KNOWN, _TREND]
    varied = [name for name in names if table[name].nunique() > 1]
    return varied or ["tenure_days"]


def _trend(rows: pd.DataFrame) -> pd.Series:
    """Points of use gained since four weeks before."""
    before = rows[["account_id", "scored_on", "usage_intensity"]].assign(
        scored_on=rows["scored_on"] + pd.Timedelta(weeks=_TREND_WEEKS)
    )
    joined = rows[["account_id", "scored_on"]].merge(
        before, on=["account_id", "scored_on"], how="left"
    )
    old = joined["usage_intensity"].to_numpy(np.float64)
    return pd.Series(rows["usage_intensity"].to_numpy(np.float64) - old, rows.index)
