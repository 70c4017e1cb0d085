"""The fixed weights beside three cheap rivals, on accounts none of them had seen.

Nothing is changed here: weights that would do better are a proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from ml_assets.subscriptions.components import COMPONENTS
from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.grading import (
    Estimate,
    Ranking,
    calibration_by_band,
    grade_ranking,
    interval_of,
    rank_draws,
)
from ml_assets.subscriptions.health import WEIGHTS, health, matrix_of
from ml_assets.subscriptions.logistic import fit_logistic
from ml_assets.subscriptions.probabilities import ChanceGrade, grade_chances
from ml_assets.subscriptions.reading import (
    Bools,
    Floats,
    column_of,
    flags_of,
    numbers_of,
)
from ml_assets.subscriptions.splits import Rows, held_out

__all__ = ["FEWEST_LEFT", "Comparison", "WeightProposal", "compare_with_rivals"]

FEWEST_LEFT: Final = 30
"""Below so many who left nothing is told of weights."""

_LEAST_GAIN = 0.03
_PENALTY = 1.0


@dataclass(frozen=True)
class WeightProposal:
    """Weights that would have ordered accounts better: a difference, not a change.

    ``difference`` is percent to add to each component; ``gain`` what the proposed
    weights, learned without the accounts they were asked about, would have gained in
    ROC AUC over those in force.
    """

    weights: Mapping[str, float]
    difference: Mapping[str, float]
    gain: Estimate


@dataclass(frozen=True)
class Comparison:
    """How ``weights``, ``base_rate``, ``days_since_last_login`` and ``logistic`` did.

    All on the same held-out accounts; what only orders is turned into probabilities by
    what had been learned of its order. ``logistic_gain`` is the ROC AUC of the logistic
    less that of the weights; ``by`` says what kept learned and asked apart; ``bands``
    is `calibration_by_band` of the score's: what others let expect, and what came.
    """

    by: str
    rankings: Mapping[str, Ranking]
    chances: Mapping[str, ChanceGrade]
    bands: pd.DataFrame
    logistic_gain: Estimate
    proposal: WeightProposal | None


Risk = Callable[[Rows, Rows], Floats]
"""Of rows learned from: the risk of all rows given second."""


def compare_with_rivals(
    table: pd.DataFrame,
    *,
    horizon_days: int,
    weights: Mapping[str, float] = WEIGHTS,
) -> Comparison:
    """Hold the weights against the base rate, the last login and a logistic.

    A proposal is made where the logistic on the same components is ahead by more than
    0.03 of ROC AUC, and its whole interval above nothing.

    Parameters
    ----------
    table
        A row per account and day scored that could leave and whose window is over:
        ``account_id``, ``scored_on``, the components (0-100 or NaN), ``left`` and
        ``days_since_last_login`` (NaN: never).

    Raises
    ------
    InvalidAccounts
        A column is missing or wrong, or fewer than 30 left or stayed.
    """
    left = flags_of(table, "left", may_lack=False) > 0
    _check_enough(left)
    accounts = column_of(table, "account_id").to_numpy()
    scored_on = column_of(table, "scored_on")
    splits = held_out(accounts, scored_on, left, horizon_days=horizon_days)
    rows = splits.asked
    asked, whose = left[rows], accounts[rows]
    risks, chances = {}, {}
    for name, risk in _scorers(table, left, weights).items():
        found = [_held_out_risk(risk, left, *pair) for pair in splits.pairs]
        risks[name] = np.concatenate([of for of, _ in found])
        chances[name] = np.concatenate([chance for _, chance in found])
    gain = _gain(risks, "logistic", asked, whose)
    wins = gain.value > _LEAST_GAIN and gain.lower > 0
    return Comparison(
        by=splits.by,
        rankings={
            name: grade_ranking(risk, asked, whose)
            for name, risk in risks.items()
            if name != "proposed"
        },
        chances={
            name: grade_chances(chance, asked)
            for name, chance in chances.items()
            if name != "proposed"
        },
        bands=calibration_by_band(
            health(table, weights)["band"].to_numpy()[rows], chances["weights"], asked
        ),
        logistic_gain=gain,
        proposal=_proposal(table, left, weights, _gain(risks, "proposed", asked, whose))
        if wins
        else None,
    )


def _scorers(
    table: pd.DataFrame, left: Bools, weights: Mapping[str, float]
) -> dict[str, Risk]:
    points = matrix_of(table)
    by_weights = _risk_of(table, weights)
    idle = numbers_of(table, "days_since_last_login")
    idle = np.where(np.isnan(idle), np.nanmax(np.append(idle, 0)) + 1, idle)

    def logistic(learned: Rows, rows: Rows) -> Floats:
        usual = np.nan_to_num(np.nanmean(points[learned], axis=0))
        filled = np.where(np.isnan(points), usual, points)
        model = fit_logistic(filled[learned], left[learned], penalty=_PENALTY)
        return model.chance(filled[rows])

    def proposed(learned: Rows, rows: Rows) -> Floats:
        found = _better_weights(points[learned], left[learned])
        return _risk_of(table.iloc[rows], found)

    return {
        "weights": lambda _, rows: by_weights[rows],
        "base_rate": lambda _, rows: np.zeros(len(rows)),
        "days_since_last_login": lambda _, rows: idle[rows],
        "logistic": logistic,
        "proposed": proposed,
    }


def _held_out_risk(
    risk: Risk, left: Bools, learned: Rows, rows: Rows
) -> tuple[Floats, Floats]:
    """Risk and chance of rows that were not learned from."""
    seen, of_rows = risk(learned, learned), risk(learned, rows)
    scale = fit_logistic(seen[:, None], left[learned], penalty=_PENALTY)
    return of_rows, scale.chance(of_rows[:, None])


def _risk_of(table: pd.DataFrame, weights: Mapping[str, float]) -> Floats:
    """The score turned round; who has none is in the middle."""
    risk = 100 - health(table, weights)["score"].to_numpy(np.float64)
    return np.where(np.isnan(risk), 50.0, risk)


def _better_weights(points: Floats, left: Bools) -> dict[str, float]:
    """Percent of a logistic whose coefficients have the sign of a score; 100 in all."""
    usual = np.nan_to_num(np.nanmean(points, axis=0))
    lost = 1 - np.where(np.isnan(points), usual, points) / 100
    gone = left.astype(np.float64)

    def wrong(theta: Floats) -> tuple[float, Floats]:
        line = theta[0] + lost @ theta[1:]
        chance = expit(line)
        loss = np.logaddexp(0, line).sum() - gone @ line + (theta[1:] ** 2).sum() / 2
        slope = lost.T @ (chance - gone) + theta[1:]
        return float(loss), np.append((chance - gone).sum(), slope)

    count = points.shape[1]
    found = minimize(
        wrong,
        np.append(np.log(left.mean() / (1 - left.mean())), np.ones(count)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] + [(0, None)] * count,
    ).x[1:]
    total = found.sum()
    if not total > 0:
        return dict(WEIGHTS)
    return dict(zip(COMPONENTS, _whole(100 * found / total), strict=True))


def _whole(percent: Floats) -> list[float]:
    """Rounded so that they are 100 still: the largest remainders go up."""
    floor = np.floor(percent)
    short = round(100 - floor.sum())
    floor[np.argsort(floor - percent, kind="stable")[:short]] += 1
    return [float(one) for one in floor]


def _proposal(
    table: pd.DataFrame, left: Bools, weights: Mapping[str, float], gain: Estimate
) -> WeightProposal:
    found = _better_weights(matrix_of(table), left)
    return WeightProposal(
        weights=found,
        difference={name: found[name] - weights[name] for name in COMPONENTS},
        gain=gain,
    )


def _gain(
    risks: Mapping[str, Floats], name: str, left: Bools, accounts: np.ndarray
) -> Estimate:
    """ROC AUC over that of the weights, of the same accounts drawn anew."""
    one, other = (
        rank_draws(risks[which], left, accounts)[:, 0] for which in (name, "weights")
    )
    return interval_of(one - other)


def _check_enough(left: Bools) -> None:
    gone = int(left.sum())
    if min(gone, left.size - gone) < FEWEST_LEFT:
        raise InvalidAccounts(
            f"{gone} of {left.size} left: of weights something is told from "
            f"{FEWEST_LEFT} on that left and as many that stayed."
        )
