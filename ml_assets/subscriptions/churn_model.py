"""How who leaves is learned: a logistic of bent features, corrected where it is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from ml_assets.clv.calibration import log_loss, log_odds
from ml_assets.subscriptions.logistic import Logistic, fit_logistic
from ml_assets.subscriptions.reading import (
    Bools,
    Floats,
    column_of,
    flags_of,
    numbers_of,
)
from ml_assets.subscriptions.spline_columns import SplineColumns, spline_columns
from ml_assets.subscriptions.splits import Splits, held_out

__all__ = ["ChurnModel", "Examples", "features_of", "learn"]

# Whether features act together, and how much a coefficient costs: the plainest first.
_CANDIDATES: Final = ((False, 10.0), (False, 1.0), (True, 3.0), (True, 0.3))
_INNER = 3
_PLATT_PENALTY = 1e-3
# How many who left, and who stayed, a correction is taken from: the latest there are.
_RECENT = 100
# Log odds are kept within 14 of 0.
_FAR = 30.0


@dataclass(frozen=True)
class ChurnModel:
    """A logistic of bent features, its log odds corrected after Platt (1999).

    ``states_chances`` is False where only its order was true of what it had not seen.
    """

    features: tuple[str, ...]
    horizon_days: int
    columns: SplineColumns
    logistic: Logistic
    correction: Logistic
    states_chances: bool = True

    def chance(self, features: Floats) -> Floats:
        """P(leaves within the horizon), shape (n,), of features of shape (n, m)."""
        said = self.logistic.chance(self.columns(features))
        return self.correction.chance(log_odds(said)[:, None])


@dataclass(frozen=True)
class Examples:
    """Features (n, m) with their accounts, days and who left, each (n,)."""

    values: Floats
    accounts: np.ndarray
    scored_on: pd.Series
    left: Bools
    horizon_days: int

    @classmethod
    def of(
        cls, table: pd.DataFrame, features: Sequence[str], horizon_days: int
    ) -> Examples:
        """Of a table as `forecast_churn` takes it."""
        return cls(
            values=features_of(table, features),
            accounts=column_of(table, "account_id").to_numpy(),
            scored_on=pd.to_datetime(column_of(table, "scored_on")),
            left=flags_of(table, "left", may_lack=False) > 0,
            horizon_days=horizon_days,
        )

    def at(self, rows: np.ndarray) -> Examples:
        """Some of them."""
        return Examples(
            self.values[rows],
            self.accounts[rows],
            self.scored_on.iloc[rows],
            self.left[rows],
            self.horizon_days,
        )

    def split(self, count: int = 5) -> Splits:
        """What may be learned from and what is asked, as `held_out`."""
        return held_out(
            self.accounts,
            self.scored_on,
            self.left,
            horizon_days=self.horizon_days,
            count=count,
        )


def learn(
    examples: Examples, features: tuple[str, ...], *, states_chances: bool = True
) -> ChurnModel:
    """A model of examples of both kinds; what is chosen is chosen on held-out rows.

    Raises
    ------
    NotConverged
        All examples, or all that could be held out, did the same.
    """
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
    slope = fit_logistic(log_odds(said)[:, None], came, penalty=_PLATT_PENALTY)
    late = _latest(examples.scored_on, examples.left)
    fitted = logistic.chance(columns(examples.values[late]))
    correction = _at_level(slope, log_odds(fitted)[:, None], examples.left[late])
    return ChurnModel(
        features, examples.horizon_days, columns, logistic, correction, states_chances
    )


def _at_level(correction: Logistic, odds: Floats, came: Bools) -> Logistic:
    """The same slope, with the intercept by which as many leave as did, of these."""
    line = log_odds(correction.chance(odds))
    shift = brentq(lambda by: float((expit(line + by) - came).sum()), -_FAR, _FAR)
    return replace(correction, intercept=correction.intercept + float(shift))


def _latest(scored_on: pd.Series, came: Bools) -> Bools:
    """The last days that hold a hundred who left and as many who stayed, or all.

    How many leave moves from month to month: the last ones tell the level. Who is
    likelier to leave moves less, and all of them tell it.
    """
    days = scored_on.to_numpy("datetime64[D]")
    for day in np.unique(days)[::-1]:
        late = days >= day
        if min(int(came[late].sum()), int((~came[late]).sum())) >= _RECENT:
            return np.asarray(late)
    return np.ones(len(days), dtype=np.bool_)


def _fit(
    examples: Examples, candidate: tuple[bool, float]
) -> tuple[SplineColumns, Logistic]:
    in_pairs, penalty = candidate
    columns = spline_columns(examples.values, in_pairs=in_pairs)
    values = columns(examples.values)
    return columns, fit_logistic(values, examples.left, penalty=penalty)


def _chance(examples: Examples, candidate: tuple[bool, float], asked: Floats) -> Floats:
    columns, logistic = _fit(examples, candidate)
    return logistic.chance(columns(asked))


def features_of(table: pd.DataFrame, features: Sequence[str]) -> Floats:
    """Columns of numbers, shape (n, m), NaN where unknown.

    Raises
    ------
    InvalidAccounts
    """
    return np.column_stack([numbers_of(table, name, least=-inf) for name in features])
