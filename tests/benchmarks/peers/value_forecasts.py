"""What ours and each peer expect after a day, graded alike."""

from __future__ import annotations

import importlib
import time
import warnings
from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.clv.backtest import naive_rate
from ml_assets.clv.customer_model import fit_log
from ml_assets.clv.grading import grade_orders, grade_value
from ml_assets.clv.histories import Floats
from ml_assets.clv.purchases import Later, PurchaseDays, Seen
from tests.benchmarks.peers.asking import Peers

__all__ = ["NEAR", "OUTSIDE", "forecasts_of"]

# The challenger: who buys more than whom from boosting, how much in all from ours.
NEAR: Final = "boosting at our total"
# Peers of another interpreter, the slow one last.
OUTSIDE: Final = ("gradient boosting", "pymc-marketing")
_NOTHING: Final = float("nan")


def forecasts_of(
    log: PurchaseDays, day: int, days: int, peers: Peers, *, is_last: bool
) -> list[dict[str, object]]:
    """Scores of every forecaster that answers: `grading.grade`'s, biases absolute.

    Slow ones are asked at the last origin only.

    Raises
    ------
    CustomerValueError
        Where ours cannot be fitted.
    """
    start = time.perf_counter()
    model = fit_log(log, day)
    each, total = model.predict(days), model.predict_total(days)
    seconds = time.perf_counter() - start
    seen, known = model.seen, log.up_to(day)
    later = log.later(seen, day, days)
    ours = _scores("ours", each, later, seconds) | {
        f"{what}_inside": float(
            total[f"expected_{what}_lower"]
            <= came.sum()
            <= total[f"expected_{what}_upper"]
        )
        for what, came in (("orders", later.purchases), ("value", later.amount))
    }
    rows = [ours]
    start = time.perf_counter()
    rate = naive_rate(seen, days, float(np.nanmean(known.amount)))
    rows.append(_scores("own rate", rate, later, time.perf_counter() - start))
    rows.append(_scores("lifetimes", *_timed_lifetimes(seen, days, later)))
    question = {"customer": known.customer, "day": known.day, "amount": known.amount}
    for name in OUTSIDE if is_last else OUTSIDE[:-1]:
        answer = peers.ask(name, {**question, "as_of": day, "days": days})
        if answer.error:
            rows.append({"forecaster": name, "mae": _NOTHING})
            continue
        said = _forecast(answer.arrays["orders"], answer.arrays["value"])
        rows.append(_scores(name, said, later, answer.seconds))
        if name == "gradient boosting":
            rows.append(_scores(NEAR, _levelled(said, each), later, _NOTHING))
    return rows


def _scores(
    name: str, said: pd.DataFrame | None, later: Later, seconds: float
) -> dict[str, object]:
    if said is None:
        return {"forecaster": name, "mae": _NOTHING}
    scores = grade_orders(said, later.purchases) | grade_value(said, later.amount)
    biases = {one: abs(scores[one]) for one in ("bias", "value_bias")}
    return {"forecaster": name, **scores, **biases, "seconds": seconds}


def _forecast(orders: Floats, value: Floats) -> pd.DataFrame:
    return pd.DataFrame({"expected_orders": orders, "expected_value": value})


def _levelled(said: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    columns = ["expected_orders", "expected_value"]
    return said[columns] * (ours[columns].sum() / said[columns].sum())


def _timed_lifetimes(
    seen: Seen, days: int, later: Later
) -> tuple[pd.DataFrame | None, Later, float]:
    start = time.perf_counter()
    said = _lifetimes(seen, days)
    return said, later, time.perf_counter() - start


def _lifetimes(seen: Seen, days: int) -> pd.DataFrame | None:
    """BG/NBD and Gamma-Gamma as published; None where they do not converge."""
    x, t_x, age = seen.histories
    m = np.nan_to_num(seen.monetary_value)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        library: Any = importlib.import_module("lifetimes")
        failed = importlib.import_module("lifetimes.utils").ConvergenceError
        try:
            buying = library.BetaGeoFitter().fit(x, t_x, age)
            repeats = (x > 0) & (m > 0)
            worth = library.GammaGammaFitter().fit(x[repeats], m[repeats])
        except failed:
            return None
        orders = np.asarray(
            buying.conditional_expected_number_of_purchases_up_to_time(
                days, x, t_x, age
            )
        )
        value = orders * np.asarray(worth.conditional_expected_average_profit(x, m))
    if not np.isfinite(value).all():
        return None
    return _forecast(orders, value)
