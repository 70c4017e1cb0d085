"""How good scores, signals and their rivals were, month by month."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence
from ml_assets.subscriptions.alarm_history import band_stability, lead_times
from ml_assets.subscriptions.components import COMPONENTS
from ml_assets.subscriptions.departures import FREE
from ml_assets.subscriptions.grading import (
    FlagGrade,
    Ranking,
    grade_flags,
    grade_ranking,
)
from ml_assets.subscriptions.health import UNKNOWN
from ml_assets.subscriptions.health_moves import component_name
from ml_assets.subscriptions.probabilities import ChanceGrade
from ml_assets.subscriptions.rivals import (
    FEWEST_LEFT,
    Comparison,
    WeightProposal,
    compare_with_rivals,
)
from ml_assets.subscriptions.signals import grade_signals
from ml_assets.subscriptions.standing import Scored

__all__ = ["GRADED_DAYS", "alarms", "grades", "rivals"]

GRADED_DAYS: Final = 90
"""What a score said is held against who left in so many days."""

ALL: Final = "all"
_AT_RISK: Final = ("at_risk", "critical", "severe")
_RED: Final = ("critical", "severe")
_FEWEST_OF_A_MONTH = 10
_RECENT_WEEKS = 13


def grades(
    scored: Scored, departures: pd.DataFrame, signals: pd.DataFrame
) -> pd.DataFrame:
    """What each flag found of who left, over all months and by month.

    Returns
    -------
    pandas.DataFrame
        ``period`` (``all`` or ``YYYY-MM``), ``flag``, and the fields of `FlagGrade`,
        its estimates as ``_ratio``, ``_ratio_lower`` and ``_ratio_upper``. Bands are
        told by month; signals and triggers over all.
    """
    free = _free(scored, departures)
    bands = free[free["band"] != UNKNOWN]
    rows: list[dict[str, Any]] = []
    for period, part in [(ALL, bands), *bands.groupby(_month(bands))]:
        band, left = part["band"], part["left"].to_numpy(bool)
        rows += [
            _grade(period, "at_risk_or_worse", grade_flags(band.isin(_AT_RISK), left)),
            _grade(period, "severe", grade_flags(band == "severe", left)),
        ]
    told = signals.rename(columns={"week_start_date": "scored_on"}).merge(
        free[["account_id", "scored_on", "left"]], on=["account_id", "scored_on"]
    )
    found = grade_signals(told, told["left"].to_numpy(bool))
    rows += [_grade(ALL, name, grade) for name, grade in found.items()]
    return pd.DataFrame([row for row in rows if row["account_count"]])


def rivals(scored: Scored, departures: pd.DataFrame) -> tuple[pd.DataFrame, Sentence]:
    """The weights beside their rivals, and what that says.

    Over all months rivals that learn are asked of later days. By month only what learns
    nothing can be ranked: the score, and the days since the last login.

    Returns
    -------
    pandas.DataFrame
        ``period``, ``rival``, counts, ``roc_auc`` with its interval, ``top_lift``, and
        over all ``brier``, ``base_brier`` and ``calibration_error``; empty where fewer
        than 30 left or stayed.
    """
    free = _free(scored, departures)
    left = free["left"].to_numpy(bool)
    gone = int(left.sum())
    if min(gone, left.size - gone) < FEWEST_LEFT:
        return pd.DataFrame(), Sentence(
            "verdict.too_few",
            "{gone} of {count} scores of accounts that could leave were followed by a "
            "departure within {days} days: from {least} on they can be graded.",
            gone=gone,
            count=left.size,
            days=GRADED_DAYS,
            least=FEWEST_LEFT,
        )
    found = compare_with_rivals(free, horizon_days=GRADED_DAYS)
    rows = [
        _rival(ALL, name, ranking, found.chances[name])
        for name, ranking in found.rankings.items()
    ]
    for period, part in free.groupby(_month(free)):
        rows += _monthly(str(period), part)
    return pd.DataFrame(rows), _verdict(found)


def alarms(scored: Scored, departures: pd.DataFrame) -> dict[str, float]:
    """How early critical accounts were seen, how many there are, how steady bands are.

    Who told no day of its decision decided on the day it left.
    """
    history = scored.rows[scored.rows["is_sunday"]].assign(
        is_red=lambda rows: rows["band"].isin(_RED)
    )
    gone = departures[departures["lost_ratio"] >= 0.5]
    decided = gone["decided_on"].fillna(gone["effective_on"])
    first = history["scored_on"].min()
    decisions = gone.assign(decided_on=decided)[decided >= first]
    lead = lead_times(history, decisions)
    weekly = history.groupby("scored_on")["is_red"].sum().tail(_RECENT_WEEKS)
    return {
        "decided_count": lead.decided_count,
        "warned_count": lead.warned_count,
        "median_lead_days": lead.median_days,
        "early_ratio": lead.early.value,
        "early_ratio_lower": lead.early.lower,
        "early_ratio_upper": lead.early.upper,
        "returned_band_ratio": band_stability(history).value,
        "weekly_red_count": float(weekly.mean()) if len(weekly) else np.nan,
    }


def _free(scored: Scored, departures: pd.DataFrame) -> pd.DataFrame:
    """Months whose window is over, of accounts that could leave in it."""
    due = scored.labelled(departures, GRADED_DAYS)
    return due[due["stratum"] == FREE].reset_index(drop=True)


def _month(rows: pd.DataFrame) -> pd.Series:
    months: pd.Series = rows["scored_on"].dt.strftime("%Y-%m")
    return months


def _grade(period: object, flag: str, grade: FlagGrade) -> dict[str, Any]:
    row: dict[str, Any] = {
        "period": period,
        "flag": flag,
        "account_count": grade.count,
        "left_count": grade.left_count,
        "flagged_count": grade.flagged_count,
        "found_count": grade.found_count,
        "lift": grade.lift,
    }
    for name, one in (("precision", grade.precision), ("recall", grade.recall)):
        row[f"{name}_ratio"] = one.value
        row[f"{name}_ratio_lower"], row[f"{name}_ratio_upper"] = one.lower, one.upper
    return row


def _rival(
    period: str, name: str, ranking: Ranking, chance: ChanceGrade | None = None
) -> dict[str, Any]:
    return {
        "period": period,
        "rival": name,
        "account_count": ranking.count,
        "left_count": ranking.left_count,
        "roc_auc": ranking.roc_auc.value,
        "roc_auc_lower": ranking.roc_auc.lower,
        "roc_auc_upper": ranking.roc_auc.upper,
        "top_lift": ranking.top_lift.value,
        "brier": chance.brier if chance else np.nan,
        "base_brier": chance.base_brier if chance else np.nan,
        "calibration_error": chance.calibration_error if chance else np.nan,
    }


def _monthly(period: str, part: pd.DataFrame) -> list[dict[str, Any]]:
    left = part["left"].to_numpy(bool)
    if min(left.sum(), (~left).sum()) < _FEWEST_OF_A_MONTH:
        return []
    idle = part["days_since_last_login"]
    risks = {
        # Who has no score is in the middle, who never came is the idlest.
        "weights": 100 - part["score"].fillna(50.0),
        "days_since_last_login": idle.fillna(np.nanmax([*idle, 0.0]) + 1),
        "base_rate": pd.Series(0.0, part.index),
    }
    accounts = part["account_id"].to_numpy()
    return [
        _rival(period, name, grade_ranking(risk.to_numpy(np.float64), left, accounts))
        for name, risk in risks.items()
    ]


def _verdict(found: Comparison) -> Sentence:
    auc = {name: ranking.roc_auc.value for name, ranking in found.rankings.items()}
    told = Sentence(
        "verdict.graded",
        "Of two accounts of which one left, the score put that one first {weights:.0%} "
        "of the time, the days since the last login {login:.0%}, a logistic on the "
        "same parts {logistic:.0%}; chance does so half of the time.",
        weights=auc["weights"],
        login=auc["days_since_last_login"],
        logistic=auc["logistic"],
    )
    return told if found.proposal is None else _proposed(told, found.proposal)


def _proposed(told: Sentence, proposal: WeightProposal) -> Sentence:
    parts = [
        Sentence(
            "verdict.weight",
            "{name} {weight:.0f} ({difference:+.0f})",
            name=component_name(name),
            weight=proposal.weights[name],
            difference=proposal.difference[name],
        )
        for name in COMPONENTS
    ]
    return Sentence(
        "verdict.proposed",
        "{told} Weights that would have done better, to be decided on by people: "
        "{parts:, }.",
        told=told,
        parts=parts,
    )
