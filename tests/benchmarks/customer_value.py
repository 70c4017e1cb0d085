"""Measure the value models against lifetimes: accuracy on CDNOW, speed at a million.

``python -m tests.benchmarks.customer_value [--customers 1000000] [--runs 3]``. The
accuracy of another shop is printed too with ``--log FILE.csv --calibration-end DATE
--days N``; the file has the columns customer_id, ordered_at, amount. Both libraries run
in this process on the same rows, one after the other in each round; ratios are to
lifetimes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import resource
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from ml_assets import clv
from ml_assets.clv.choice import Choice, choose_by_likelihood
from ml_assets.clv.forecast import expected_buying, expected_money
from ml_assets.clv.grading import grade
from ml_assets.clv.histories import Histories
from ml_assets.clv.horizons import Standing
from ml_assets.clv.intervals import amount_interval
from ml_assets.clv.models import bg_nbd, gamma_gamma, pareto_nbd
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.gamma_gamma import GammaGamma
from ml_assets.clv.purchases import Seen, Spent, purchase_days
from ml_assets.clv.seasons.trend import Trend
from ml_assets.clv.spending import Spending, spending
from tests.ml_assets.clv.conftest import CALIBRATION_END, read_cdnow
from tests.ml_assets.clv.simulation import simulate, simulate_spend

_CDNOW_DAYS = 273
_BUYING = BgNbd(0.243, 4.414 * 7, 0.793, 2.426)
_SPENDING = GammaGamma(6.25, 3.74, 15.44)
_SCORES = (
    "mae",
    "rmse",
    "bias",
    "value_bias",
    "brier",
    "auc",
    "calibration_error",
    "orders_coverage",
    "value_coverage",
)


class _Clock:
    """Seconds of each named job, run by run."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = {}

    def time(self, name: str, job: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Run a job and note how long it took."""
        start = time.perf_counter()
        job(*args, **more)
        self._seconds.setdefault(name, []).append(time.perf_counter() - start)

    def medians(self) -> dict[str, float]:
        """The middle of the runs of each job, in the order of their first run."""
        return {name: median(each) for name, each in self._seconds.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--log", type=Path, help="another shop's orders (CSV)")
    parser.add_argument("--calibration-end", type=dt.date.fromisoformat)
    parser.add_argument("--days", type=int, default=90)
    arguments = parser.parse_args()
    logs = {name: read_cdnow(name) for name in ("CDNOW sample", "CDNOW full")}
    _print_parameters(logs)
    for name, log in logs.items():
        _print_accuracy(name, log, CALIBRATION_END, _CDNOW_DAYS)
    if arguments.log:
        log = pd.read_csv(arguments.log, parse_dates=["ordered_at"])
        _print_accuracy(
            arguments.log.name, log, arguments.calibration_end, arguments.days
        )
    _print_speed(arguments.customers, arguments.runs)


def _print_parameters(logs: dict[str, pd.DataFrame]) -> None:
    print("Maximum likelihood, times in weeks")
    for name, log in logs.items():
        days, as_of = purchase_days(log, CALIBRATION_END)
        histories = days.seen_at(as_of).histories
        fits: dict[str, Any] = {
            "BG/NBD": bg_nbd.fit(*histories),
            "MBG/NBD": bg_nbd.fit(*histories, leaves_at_first=True),
            "Pareto/NBD": pareto_nbd.fit(*histories),
        }
        for model, fit in fits.items():
            values = " ".join(f"{v:9.4f}" for v in fit.parameters.in_units_of(7).values)
            likelihood = fit.log_likelihood_in_units_of(7)
            print(f"  {name:13} {model:11} {values}   ln L {likelihood:12.1f}")


def _print_accuracy(name: str, log: pd.DataFrame, end: dt.date, days: int) -> None:
    ours = clv.backtest(log, calibration_end=end, days=days)
    table = ours.scores.assign(lifetimes=_lifetimes_scores(log, end, days))
    print(f"\n{name}: {days} days after {end}, chosen {_chosen(ours)}")
    print(
        table.loc[list(_SCORES), ["model", "lifetimes", "naive"]].round(4).to_string()
    )
    total = ours.total
    for what in ("orders", "value"):
        print(
            f"  {what}: expected {total[f'expected_{what}']:,.0f}, 90 % interval "
            f"{total[f'expected_{what}_lower']:,.0f} to "
            f"{total[f'expected_{what}_upper']:,.0f}, came "
            f"{total[f'actual_{what}']:,.0f}"
        )


def _chosen(backtest: clv.Backtest) -> str:
    choice = backtest.model.choice
    if choice is None:
        return backtest.model.status
    if choice.chances.name == choice.orders.name:
        return choice.orders.name
    return f"{choice.orders.name}, probabilities by {choice.chances.name}"


def _lifetimes_scores(log: pd.DataFrame, end: dt.date, days: int) -> pd.Series:
    purchases, as_of = purchase_days(log, end)
    everything, _ = purchase_days(log)
    seen = purchases.seen_at(as_of)
    later = everything.later(seen, as_of, days)
    x, t_x, age = seen.histories
    m = np.nan_to_num(seen.monetary_value)
    with _quiet_lifetimes() as lifetimes:
        buying = lifetimes.BetaGeoFitter().fit(x, t_x, age)
        orders = buying.conditional_expected_number_of_purchases_up_to_time(
            days, x, t_x, age
        )
        repeats = (x > 0) & (m > 0)
        worth = lifetimes.GammaGammaFitter().fit(x[repeats], m[repeats])
        value = worth.conditional_expected_average_profit(x, m)
        r, alpha = buying.params_["r"], buying.params_["alpha"]
        alive = buying.conditional_probability_alive(x, t_x, age)
    stays = ((alpha + age) / (alpha + age + days)) ** (r + x)
    predictions = pd.DataFrame(
        {
            "expected_orders": np.asarray(orders),
            "expected_value": np.asarray(orders) * np.asarray(value),
            "probability_no_purchase": 1 - alive * (1 - stays),
        }
    )
    return pd.Series(grade(predictions, later.purchases, later.amount))


def _print_speed(customers: int, runs: int) -> None:
    seen = _million(customers)
    clock = _Clock()
    bare = _peak_mib()
    for _ in range(runs):
        clock.time("fit, ours", _fit, seen)
    fitted = _peak_mib()
    choice = choose_by_likelihood(seen)
    spend = spending(seen, np.zeros(0))
    for _ in range(runs):
        clock.time("12 months with intervals, ours", _year, seen, choice, spend)
        _time_lifetimes(clock, seen)
    seconds = clock.medians()
    print(f"\n{customers:,} simulated customers, seconds (median of {runs})")
    for name, each in seconds.items():
        print(f"  {name:32} {each:8.2f}")
    theirs = seconds["BG/NBD, lifetimes"] + seconds["Gamma-Gamma, lifetimes"]
    year = seconds["12 months with intervals, ours"] / seconds["12 months, lifetimes"]
    print(f"  fit: {seconds['fit, ours'] / theirs:.3f} of lifetimes, both models")
    print(f"  12 months: {year:.3f} of lifetimes, which gives no interval")
    print(f"  peak memory with our fits {fitted:.0f} MiB, before them {bare:.0f} MiB")


def time_lifetimes(seen: Seen) -> float:
    """Seconds of lifetimes' two fits and its value of 12 months, once."""
    clock = _Clock()
    _time_lifetimes(clock, seen)
    seconds = clock.medians()
    seconds.pop("BG/NBD, lifetimes with weights")
    return sum(seconds.values())


def _time_lifetimes(clock: _Clock, seen: Seen) -> None:
    x, t_x, age = seen.histories
    m = np.nan_to_num(seen.monetary_value)
    with _quiet_lifetimes() as lifetimes:
        buying, weighted = lifetimes.BetaGeoFitter(), lifetimes.BetaGeoFitter()
        spend = lifetimes.GammaGammaFitter()
        clock.time("BG/NBD, lifetimes", buying.fit, x, t_x, age)
        clock.time("BG/NBD, lifetimes with weights", _fit_weighted, weighted, seen)
        clock.time("Gamma-Gamma, lifetimes", spend.fit, x[x > 0], m[x > 0])
        columns = [pd.Series(column) for column in (x, t_x, age, m)]
        value = spend.customer_lifetime_value
        clock.time("12 months, lifetimes", value, buying, *columns, time=12, freq="D")


def _fit_weighted(fitter: Any, seen: Seen) -> None:
    x, t_x, age = seen.histories
    frame = pd.DataFrame({"x": x, "t_x": t_x, "age": age})
    rows = frame.groupby(["x", "t_x", "age"]).size().reset_index(name="n")
    fitter.fit(rows["x"], rows["t_x"], rows["age"], weights=rows["n"])


def _million(customers: int) -> Seen:
    rng = np.random.default_rng(1)
    age = np.floor(rng.uniform(189, 273, customers))
    people = simulate(_BUYING, age, rng)
    t_x = np.where(people.x > 0, np.maximum(np.floor(people.t_x), 1), 0.0)
    # Purchases of one day are one: there are no more of them than days.
    x = np.minimum(people.x, t_x)
    m = np.maximum(np.round(simulate_spend(_SPENDING, x, rng), 2), 0.01)
    spent = Spent(x + 1, np.maximum(simulate_spend(_SPENDING, x + 1, rng), 0.01))
    none = np.zeros(customers)
    return Seen(np.arange(customers), Histories(x, t_x, age), m, none, spent)


def _fit(seen: Seen) -> None:
    bg_nbd.fit(*seen.histories)
    gamma_gamma.fit(*seen.spent)


def _year(seen: Seen, choice: Choice, spend: Spending) -> None:
    buying = expected_buying(choice, Standing.of(seen.histories), Trend(), 365.0)
    money = expected_money(buying, spend, Trend(), seen)
    amount_interval(buying.no_purchase, money.value, money.value_square)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _quiet_lifetimes() -> Iterator[Any]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield importlib.import_module("lifetimes")


if __name__ == "__main__":
    main()
