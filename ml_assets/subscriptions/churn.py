"""Who leaves within so many days: a probability, or that there is no signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ml_assets.clv.calibration import log_odds
from ml_assets.sentences import Sentence
from ml_assets.subscriptions.churn_model import (
    ChurnModel,
    Examples,
    features_of,
    learn,
)
from ml_assets.subscriptions.departures import FREE, strata
from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.grading import Estimate, Ranking, grade_ranking, mean_draws
from ml_assets.subscriptions.probabilities import (
    ChanceGrade,
    calibration_limit,
    grade_chances,
)
from ml_assets.subscriptions.reading import Bools, Floats, column_of
from ml_assets.subscriptions.splits import Splits

__all__ = ["FEWEST_LEFT", "Churn", "ChurnModel", "churn_chances", "forecast_churn"]

FEWEST_LEFT: Final = 50
"""Fewer that left, or that stayed, teach nothing."""

# A mean gap that nobody minds, whatever chance allows.
_BORNE_ERROR = 0.04


@dataclass(frozen=True)
class Churn:
    """What was learned, and how it did on accounts it was not learned from.

    ``gain`` is what the log loss (nats per account) is below that of the base rate;
    only where its whole interval is above 0 there is a ``model``. Where what was said
    and what came differ by more than chance and 0.04 in the mean, it is ``order_only``:
    it tells who is likelier to leave, and no probability. ``bound_count`` accounts
    could not leave and neither taught nor graded. Held-out rows are ``asked``
    (positions in the table) with their ``chance``.
    """

    status: Literal["fitted", "order_only", "no_signal", "too_few"]
    reason: Sentence
    by: str = ""
    bound_count: int = 0
    gain: Estimate | None = None
    ranking: Ranking | None = None
    grade: ChanceGrade | None = None
    asked: np.ndarray | None = None
    chance: Floats | None = None
    model: ChurnModel | None = None


def forecast_churn(
    table: pd.DataFrame, features: Sequence[str], *, horizon_days: int
) -> Churn:
    """Learn who leaves, grade it on what was not seen, and refuse what tells nothing.

    Everything is chosen and corrected within what is learned from: which of four
    candidates, by held-out log loss, and Platt's correction of its held-out log odds.
    By time where several days were scored, else by account (`held_out`).

    Parameters
    ----------
    table
        A row per account and day scored whose window is over: ``account_id``,
        ``scored_on``, ``stratum``, ``left`` (`label_departures`) and ``features``,
        numbers known on that day; unknown is NaN.

    Raises
    ------
    InvalidAccounts, InvalidSetting
    """
    if not features:
        raise InvalidSetting("a forecast needs a feature.")
    free = np.flatnonzero(column_of(table, "stratum").to_numpy() == FREE)
    examples = Examples.of(table.iloc[free], features, horizon_days)
    bound, gone = len(table) - free.size, int(examples.left.sum())
    if min(gone, free.size - gone) < FEWEST_LEFT:
        return Churn("too_few", _too_few(gone, free.size), bound_count=bound)
    splits = examples.split()
    chance, base = _held_out(examples, splits, tuple(features))
    rows = splits.asked
    left, accounts = examples.left[rows], examples.accounts[rows]
    gain = mean_draws(_losses(base, left) - _losses(chance, left), accounts)
    grade = grade_chances(chance, left)
    limit = max(calibration_limit(chance), _BORNE_ERROR)
    status, reason = _judged(gain, grade.calibration_error, limit, chance, left)
    model = None
    if status != "no_signal":
        is_true = status == "fitted"
        model = learn(examples, tuple(features), states_chances=is_true)
    return Churn(
        status,
        reason,
        by=splits.by,
        bound_count=bound,
        gain=gain,
        ranking=grade_ranking(chance, left, accounts),
        grade=grade,
        asked=free[rows],
        chance=chance,
        model=model,
    )


def _held_out(
    examples: Examples, splits: Splits, features: tuple[str, ...]
) -> tuple[Floats, Floats]:
    """What a model and what the base rate say of rows that neither learned from."""
    said, base = [], []
    for learned, asked in splits.pairs:
        model = learn(examples.at(learned), features)
        said.append(model.chance(examples.values[asked]))
        base.append(np.full(asked.size, examples.left[learned].mean()))
    return np.concatenate(said), np.concatenate(base)


def _judged(
    gain: Estimate, error: float, limit: float, chance: Floats, left: Bools
) -> tuple[Literal["fitted", "order_only", "no_signal"], Sentence]:
    if gain.lower <= 0:
        return "no_signal", _no_signal(gain, left.size)
    if error > limit:
        return "order_only", _order_only(chance, left, error)
    return "fitted", _fitted(gain, left.size)


def churn_chances(
    models: Mapping[int, ChurnModel], accounts: pd.DataFrame
) -> pd.DataFrame:
    """Probability of leaving within each horizon, a shorter one never above a longer.

    Parameters
    ----------
    models
        By horizon in days.
    accounts
        One row per account: ``account_id``, ``scored_on``, ``contract_ends_on`` and the
        features.

    Returns
    -------
    pandas.DataFrame
        Same rows: ``account_id``, and of each horizon ``stratum_<days>``,
        ``order_<days>`` (1 is who is likeliest to leave) and ``probability_<days>``.
        Both are NaN of an account that is bound beyond it, the latter of all where the
        model tells an order only.
    """
    found = accounts[["account_id"]].copy()
    longer = np.ones(len(accounts))
    for days in sorted(models, reverse=True):
        model = models[days]
        stratum = strata(accounts, days)
        is_free = stratum == FREE
        said = model.chance(features_of(accounts, model.features))
        risk = np.where(is_free, said, np.nan)
        found[f"stratum_{days}"] = stratum
        found[f"order_{days}"] = rankdata(-risk, method="min", nan_policy="omit")
        chance = np.minimum(risk, longer) if model.states_chances else np.nan * risk
        found[f"probability_{days}"] = chance
        longer = np.where(np.isnan(chance), longer, chance)
    return found


def _losses(chance: Floats, left: Bools) -> Floats:
    """-ln of what was given to what came, of each row."""
    line = log_odds(chance)
    return np.asarray(np.logaddexp(0, np.where(left, -line, line)))


def _too_few(gone: int, count: int) -> Sentence:
    return Sentence(
        "churn.too_few",
        "{gone} of {count} accounts that could leave did: from {least} on who left, "
        "and as many who stayed, something can be learned.",
        gone=gone,
        count=count,
        least=FEWEST_LEFT,
    )


def _no_signal(gain: Estimate, count: int) -> Sentence:
    return Sentence(
        "churn.no_signal",
        "There is no signal: on {count} accounts that it was not learned from the "
        "forecast was no better than the same share for all ({lower:.4f} to "
        "{upper:.4f} nats). No probabilities are shown.",
        count=count,
        lower=gain.lower,
        upper=gain.upper,
    )


def _order_only(chance: Floats, left: Bools, error: float) -> Sentence:
    return Sentence(
        "churn.order_only",
        "It tells who is likelier to leave, and not how likely: of {count} accounts "
        "that it was not learned from {said:.1%} were said to leave and {came:.1%} "
        "did; groups are off by {error:.1%} in the mean. No probabilities are shown.",
        count=left.size,
        said=float(chance.mean()),
        came=float(left.mean()),
        error=error,
    )


def _fitted(gain: Estimate, count: int) -> Sentence:
    return Sentence(
        "churn.fitted",
        "On {count} accounts that it was not learned from the forecast was better than "
        "the same share for all, by {gain:.4f} nats ({lower:.4f} to {upper:.4f}).",
        count=count,
        gain=gain.value,
        lower=gain.lower,
        upper=gain.upper,
    )
