"""Who leaves within so many days: a probability, or that there is no signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, Literal

import numpy as np
import pandas as pd

from ml_assets.clv.calibration import log_loss, log_odds
from ml_assets.sentences import Sentence
from ml_assets.subscriptions.departures import FREE, strata
from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.grading import Estimate, Ranking, grade_ranking, mean_draws
from ml_assets.subscriptions.logistic import Logistic, fit_logistic
from ml_assets.subscriptions.probabilities import ChanceGrade, grade_chances
from ml_assets.subscriptions.reading import (
    Bools,
    Floats,
    column_of,
    flags_of,
    numbers_of,
)
from ml_assets.subscriptions.spline_columns import SplineColumns, spline_columns
from ml_assets.subscriptions.splits import Splits, held_out

__all__ = ["FEWEST_LEFT", "Churn", "ChurnModel", "churn_chances", "forecast_churn"]

FEWEST_LEFT: Final = 50
"""Fewer that left, or that stayed, teach nothing."""

# Whether features act together, and how much a coefficient costs: the plainest first.
_CANDIDATES: Final = ((False, 10.0), (False, 1.0), (True, 3.0), (True, 0.3))
_INNER = 3
_PLATT_PENALTY = 1e-3


@dataclass(frozen=True)
class ChurnModel:
    """A logistic of bent features, its log odds corrected after Platt (1999)."""

    features: tuple[str, ...]
    horizon_days: int
    columns: SplineColumns
    logistic: Logistic
    correction: Logistic

    def chance(self, features: Floats) -> Floats:
        """P(leaves within the horizon), shape (n,), of features of shape (n, m)."""
        said = self.logistic.chance(self.columns(features))
        return self.correction.chance(log_odds(said)[:, None])


@dataclass(frozen=True)
class Churn:
    """What was learned, and how it did on accounts it was not learned from.

    ``gain`` is what the log loss (nats per account) is below that of the base rate;
    only where its whole interval is above 0 there is a ``model``. ``bound_count``
    accounts could not leave and neither taught nor graded. Held-out rows are
    ``asked`` (positions in the table) with their ``chance``.
    """

    status: Literal["fitted", "no_signal", "too_few"]
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
    examples = _Examples.of(table.iloc[free], features, horizon_days)
    bound, gone = len(table) - free.size, int(examples.left.sum())
    if min(gone, free.size - gone) < FEWEST_LEFT:
        return Churn("too_few", _too_few(gone, free.size), bound_count=bound)
    splits = examples.split()
    said, base = [], []
    for learned, asked in splits.pairs:
        model = _learn(examples.at(learned), tuple(features), horizon_days)
        said.append(model.chance(examples.values[asked]))
        base.append(np.full(asked.size, examples.left[learned].mean()))
    rows, chance = splits.asked, np.concatenate(said)
    left, accounts = examples.left[rows], examples.accounts[rows]
    saved = _losses(np.concatenate(base), left) - _losses(chance, left)
    gain = mean_draws(saved, accounts)
    is_told = gain.lower > 0
    return Churn(
        "fitted" if is_told else "no_signal",
        _fitted(gain, rows.size) if is_told else _no_signal(gain, rows.size),
        by=splits.by,
        bound_count=bound,
        gain=gain,
        ranking=grade_ranking(chance, left, accounts),
        grade=grade_chances(chance, left),
        asked=free[rows],
        chance=chance,
        model=_learn(examples, tuple(features), horizon_days) if is_told else None,
    )


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
        Same rows: ``account_id``, and of each horizon ``stratum_<days>`` and
        ``probability_<days>``, NaN of an account that is bound beyond it.
    """
    found = accounts[["account_id"]].copy()
    longer = np.ones(len(accounts))
    for days in sorted(models, reverse=True):
        model = models[days]
        stratum = strata(accounts, days)
        chance = np.minimum(model.chance(_values(accounts, model.features)), longer)
        is_free = stratum == FREE
        found[f"stratum_{days}"] = stratum
        found[f"probability_{days}"] = np.where(is_free, chance, np.nan)
        longer = np.where(is_free, chance, longer)
    return found


@dataclass(frozen=True)
class _Examples:
    """Features (n, m) with their accounts, days and who left, each (n,)."""

    values: Floats
    accounts: np.ndarray
    scored_on: pd.Series
    left: Bools
    horizon_days: int

    @classmethod
    def of(
        cls, table: pd.DataFrame, features: Sequence[str], horizon_days: int
    ) -> _Examples:
        return cls(
            values=_values(table, features),
            accounts=column_of(table, "account_id").to_numpy(),
            scored_on=pd.to_datetime(column_of(table, "scored_on")),
            left=flags_of(table, "left", may_lack=False) > 0,
            horizon_days=horizon_days,
        )

    def at(self, rows: np.ndarray) -> _Examples:
        return _Examples(
            self.values[rows],
            self.accounts[rows],
            self.scored_on.iloc[rows],
            self.left[rows],
            self.horizon_days,
        )

    def split(self, count: int = 5) -> Splits:
        return held_out(
            self.accounts,
            self.scored_on,
            self.left,
            horizon_days=self.horizon_days,
            count=count,
        )


def _learn(
    examples: _Examples, features: tuple[str, ...], horizon_days: int
) -> ChurnModel:
    splits = examples.split(_INNER)
    came = examples.left[splits.asked]
    best, said = inf, np.zeros(came.size)
    chosen = _CANDIDATES[0]
    for candidate in _CANDIDATES:
        chance = np.concatenate(
            [
                _chance(examples.at(learned), candidate, examples.values[asked])
                for learned, asked in splits.pairs
            ]
        )
        if (loss := log_loss(chance, came)) < best:
            best, said, chosen = loss, chance, candidate
    columns, logistic = _fit(examples, chosen)
    correction = fit_logistic(log_odds(said)[:, None], came, penalty=_PLATT_PENALTY)
    return ChurnModel(features, horizon_days, columns, logistic, correction)


def _fit(
    examples: _Examples, candidate: tuple[bool, float]
) -> tuple[SplineColumns, Logistic]:
    in_pairs, penalty = candidate
    columns = spline_columns(examples.values, in_pairs=in_pairs)
    values = columns(examples.values)
    return columns, fit_logistic(values, examples.left, penalty=penalty)


def _chance(
    examples: _Examples, candidate: tuple[bool, float], asked: Floats
) -> Floats:
    columns, logistic = _fit(examples, candidate)
    return logistic.chance(columns(asked))


def _losses(chance: Floats, left: Bools) -> Floats:
    """-ln of what was given to what came, of each row."""
    line = log_odds(chance)
    return np.asarray(np.logaddexp(0, np.where(left, -line, line)))


def _values(table: pd.DataFrame, features: Sequence[str]) -> Floats:
    return np.column_stack([numbers_of(table, name, least=-inf) for name in features])


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
