"""Rolling backtests: the forecasts of the last month ends, judged by what came.

The same origins for every as-of date of a month, so that a nightly run computes a
backtest once a month and finds it again on the other nights.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.clv.backtest import Backtest, backtest_log, plain_forecast
from ml_assets.clv.candidates import SHORTEST_MODEL_HISTORY_DAYS
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.fit_identity import add_names, names_of
from ml_assets.clv.gates import GateResult, Outcome
from ml_assets.clv.grading import grade
from ml_assets.clv.purchases import PurchaseDays, days_since_1970
from ml_assets.sentences import Sentence

__all__ = [
    "BACKTEST_DAYS",
    "Origin",
    "better_than_naive",
    "judging",
    "log_hash",
    "month_end_origins",
    "rolling_backtests",
    "scored",
]

BACKTEST_DAYS: Final = 90
# Month ends before the last one whose days are over: the first ones judge a run, a
# quarter back is another season, and a year back all of a year's forecast is over.
_JUDGING: Final = (0, 1, 2)
_A_YEAR_BACK: Final = 12
_BEFORE: Final = (*_JUDGING, 3, _A_YEAR_BACK)
_YEAR_DAYS: Final = 365
_FEWEST_PURCHASES: Final = 20
# Share of the actual total: a smaller difference is no reason to warn of a penalizer.
_NOTICED: Final = 0.01


@dataclass(frozen=True)
class Origin:
    """A month end, the hash of the purchases its backtest is made from, and its days.

    One that does not judge is shown, and stops nothing.
    """

    date: dt.date
    data_hash: str
    is_judging: bool = True
    days: int = BACKTEST_DAYS


def month_end_origins(
    log: PurchaseDays, as_of_date: dt.date, penalizer: float = 0.0
) -> list[Origin]:
    """Month ends whose 90 days are over by the as-of date, the latest first.

    The last three, which judge a run, and those a quarter and a year before the last;
    of the year before, the forecast is that of 365 days: the 12-month value.
    Left out are those with less than 56 days of history before, and those that fewer
    than 20 purchases of their customers followed: nothing is to be learned from them.
    """
    origins: list[Origin] = []
    if not log.day.size:
        return origins
    # The day after the last one that could be an origin.
    date = as_of_date - dt.timedelta(days=BACKTEST_DAYS - 1)
    for before in range(max(_BEFORE) + 1):
        date = _month_end_before(date)
        day = days_since_1970(date)
        if day - log.first_day < SHORTEST_MODEL_HISTORY_DAYS:
            break
        if before not in _BEFORE:
            continue
        days = _YEAR_DAYS if before == _A_YEAR_BACK else BACKTEST_DAYS
        followed = log.later(log.seen_at(day), day, days).purchases.sum()
        if followed >= _FEWEST_PURCHASES:
            hashed = log_hash(log.up_to(day + days), penalizer)
            origins.append(Origin(date, hashed, before in _JUDGING, days))
    return origins


def judging(scores: pd.DataFrame, origins: list[Origin]) -> pd.DataFrame:
    """The rows of scores, by their `origin_date`, that may warn of a run or block it.

    Windows a quarter and a year back tell of the model, less of the newest orders.
    """
    dates = [origin.date for origin in origins if origin.is_judging]
    return scores[scores["origin_date"].isin(dates)]


def rolling_backtests(
    log: PurchaseDays, origins: list[Origin], penalizer: float = 0.0
) -> Iterator[tuple[Origin, Backtest]]:
    """Backtest each origin that a model can be fitted at, without a penalizer too."""
    for origin in origins:
        day = days_since_1970(origin.date)
        try:
            test = backtest_log(log, day, origin.days, penalizer)
            if penalizer:
                plain = backtest_log(log, day, origin.days)
                test = replace(test, without_penalizer=plain)
        except CustomerValueError:
            continue
        # An average of the company, or nothing, is no model that could be judged.
        if test.model.status == "fitted":
            yield origin, test


def better_than_naive(scores: pd.DataFrame) -> GateResult:
    """Block when going on at everybody's own rate would have been the better forecast.

    Worse is: a larger squared error of orders and a larger Brier score, both, on
    average over the backtests. One of the two warns. Observed is the model's RMSE as a
    share of the naive one.

    Parameters
    ----------
    scores : DataFrame
        `origin_date`, `model` ("chosen" or "naive"), `rmse`, `brier`. Of a company
        with a penalizer also rows of "without_penalizer", and `value_bias`: what the
        penalizer does to value is told, and warned of where it makes totals worse.
    """
    gate = "better_than_naive"
    known = scores.dropna(subset=["rmse", "brier"]).sort_values("origin_date")
    chosen, naive = (
        known[known["model"] == model][["rmse", "brier"]].mean().to_dict()
        for model in ("chosen", "naive")
    )
    if known[known["model"] == "chosen"].empty:
        message = Sentence(
            "better_than_naive.none",
            "No backtest yet: it takes 56 days of history up to a month end, 90 days "
            "after it, and {least} purchases in those.",
            least=_FEWEST_PURCHASES,
        )
        return GateResult(gate, "passed", None, 1.0, message)
    errors = {name: chosen[name] / max(naive[name], 1e-12) for name in chosen}
    seen = Sentence(
        "better_than_naive.seen",
        "In {backtests} backtests of {days} days the squared error of orders (RMSE) "
        "was {rmse:.0%} of the naive rate's, the Brier score {brier:.0%}",
        backtests=known["origin_date"].nunique(),
        days=BACKTEST_DAYS,
        rmse=errors["rmse"],
        brier=errors["brier"],
    )
    seen, is_harmful = _beside_no_penalizer(scores, seen)
    observed = errors["rmse"]
    worse = sum(ratio > 1 for ratio in errors.values())
    if worse == len(errors):
        message = Sentence(
            "better_than_naive.blocked",
            "{seen}: worse than no model. Look for a change in how orders are loaded, "
            "or for a few customers who buy like nobody else.",
            seen=seen,
        )
        return GateResult(gate, "blocked", observed, 1.0, message)
    outcome: Outcome = "warned" if worse or is_harmful else "passed"
    message = Sentence("better_than_naive.passed", "{seen}.", seen=seen)
    return GateResult(gate, outcome, observed, 1.0, message)


def _beside_no_penalizer(scores: pd.DataFrame, seen: Sentence) -> tuple[Sentence, bool]:
    """What was seen, with what the penalizer did to value; whether it did harm."""
    if not (scores["model"] == "without_penalizer").any():
        return seen, False
    error = scores["value_bias"].astype(float).abs().groupby(scores["model"]).mean()
    penalized, without = error["chosen"], error["without_penalizer"]
    told = Sentence(
        "better_than_naive.penalized",
        "{seen}; with the penalizer the total value was off by {penalized:.1%} on "
        "average, without it by {without:.1%}",
        seen=seen,
        penalized=float(penalized),
        without=float(without),
    )
    return told, bool(penalized > without + _NOTICED)


def log_hash(log: PurchaseDays, penalizer: float = 0.0) -> str:
    """SHA-256 of the purchase days and the setting, 64 hexadecimal digits."""
    digest = hashlib.sha256(repr(penalizer).encode())
    # Sorted by customer: who comes next is another one.
    another = np.diff(log.customer, prepend=-1) != 0
    add_names(digest, names_of(pd.Series(log.customers[log.customer[another]])))
    positions = np.cumsum(another) - 1
    for numbers in (positions, log.day):
        digest.update(numbers.astype("<i8").tobytes())
    digest.update(log.amount.astype("<f8").tobytes())
    return digest.hexdigest()


def _month_end_before(date: dt.date) -> dt.date:
    """The last month end before a day."""
    return date.replace(day=1) - dt.timedelta(days=1)


def scored(test: Backtest) -> pd.DataFrame:
    """`grading.grade` of a backtest: a column per forecaster, a row per score.

    Returns
    -------
    DataFrame
        Columns `chosen`, `naive` and, where it could be fitted, `bg_nbd`: BG/NBD and
        Gamma-Gamma uncorrected, what was published before there was a choice. Of a
        model with a penalizer also `without_penalizer`, chosen and corrected like it.
    """
    scores = test.scores.rename(columns={"model": "chosen"})
    if test.without_penalizer is not None:
        scores["without_penalizer"] = test.without_penalizer.scores["model"]
    plain = plain_forecast(test.model, test.days)
    if plain is not None:
        came = test.predictions
        scores["bg_nbd"] = pd.Series(
            grade(
                plain,
                came["actual_orders"].to_numpy(),
                came["actual_value"].to_numpy(),
            )
        )
    return scores
