"""Levels, totals and order values of the value models over rolling origins.

``python -m tests.benchmarks.value_origins [--data FOLDER] [--origins 5] [--days 90]
[--sets NAME ...]``. Simulated shops (`tests.ml_assets.clv.shops`, changed as `_CHANGES`
say) and, where a folder holds them, CDNOW, Online Retail II, donors and coffee machine.
Origins lie evenly between two fifths of a log and `days` before its end. A line a set:
what is published, and the order values of both conventions on the same purchases: from
repeat purchases alone, as lifetimes counts them, and from all.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.clv.backtest import Backtest, backtest_log
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.histories import Bools, Floats
from ml_assets.clv.purchases import PurchaseDays, Spent, purchase_days
from ml_assets.clv.spending import spending
from tests.ml_assets.clv.conftest import read_cdnow
from tests.ml_assets.clv.shops import shop

_HEADER: Final = (
    "| set | origins | MAE orders | mean abs. bias: orders | value | MAE value "
    "| totals inside: orders | value | Gini repeats | all | one-time: repeats | all "
    "| MAE order value: repeats | all |"
)
# Below this a Gini of buyers is a lottery.
_FEWEST = 20
_MONTH = 30.4


def main() -> None:
    """Measure and print a line per set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--origins", type=int, default=5)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--sets", nargs="+")
    arguments = parser.parse_args()
    print(_HEADER)
    print("|" + "---|" * (_HEADER.count("|") - 1))
    for name, orders in _sets(arguments.data):
        if not arguments.sets or name in arguments.sets:
            log, _ = purchase_days(orders)
            cells = _measured(log, arguments.origins, arguments.days)
            print("|", " | ".join((name, *cells)), "|", flush=True)


def _measured(log: PurchaseDays, origins: int, days: int) -> list[str]:
    first, last = log.first_day, int(log.day.max())
    rows = []
    for day in np.linspace(first + 0.4 * (last - first), last - days, origins):
        try:
            test = backtest_log(log, int(day), days)
        except CustomerValueError:
            continue
        rows.append(_published(test) | _order_values(log, int(day), days))
    if not rows:
        return ["0"]
    found = pd.DataFrame(rows).mean()
    count = len(rows)
    return [
        str(count),
        f"{found['mae']:.3f}",
        f"{found['bias']:.1%}",
        f"{found['value_bias']:.1%}",
        f"{found['value_mae']:.2f}",
        f"{found['orders_inside'] * count:.0f}",
        f"{found['value_inside'] * count:.0f}",
        *(f"{found[f'gini_{of}']:.3f}" for of in ("repeats", "all")),
        *(f"{found[f'one_time_gini_{of}']:.3f}" for of in ("repeats", "all")),
        *(f"{found[f'order_mae_{of}']:.2f}" for of in ("repeats", "all")),
    ]


def _published(test: Backtest) -> dict[str, float]:
    scores, total = test.scores["model"], test.total
    return {
        "mae": scores["mae"],
        "value_mae": scores["value_mae"],
        "bias": abs(scores["bias"]),
        "value_bias": abs(scores["value_bias"]),
    } | {
        f"{what}_inside": float(
            total[f"expected_{what}_lower"]
            <= total[f"actual_{what}"]
            <= total[f"expected_{what}_upper"]
        )
        for what in ("orders", "value")
    }


def _order_values(log: PurchaseDays, day: int, days: int) -> dict[str, float]:
    """Of those who bought: expected mean amount against the one that came."""
    seen, known = log.seen_at(day), log.up_to(day)
    later = log.later(seen, day, days)
    bought = later.purchases > 0
    came = later.amount[bought] / later.purchases[bought]
    one_time = seen.histories.frequency[bought] == 0
    repeats = Spent(seen.histories.frequency, seen.monetary_value)
    found = {}
    for of, spent in (("repeats", repeats), ("all", seen.spent)):
        said = spending(seen._replace(spent=spent), known.amount).mean[bought]
        everybody = np.ones(came.size, dtype=bool)
        found[f"gini_{of}"] = _gini(said, came, everybody)
        found[f"one_time_gini_{of}"] = _gini(said, came, one_time)
        found[f"order_mae_{of}"] = float(np.abs(said - came).mean())
    return found


def _gini(said: Floats, came: Floats, whom: Bools) -> float:
    """Share of the perfect order's concentration; NaN where few are to be ordered."""
    said, came = said[whom], came[whom]
    if came.size < _FEWEST or np.ptp(came) == 0:
        return float("nan")
    return _concentration(came[np.argsort(-said, kind="stable")]) / _concentration(
        np.sort(came)[::-1]
    )


def _concentration(came: Floats) -> float:
    return float((np.cumsum(came) / came.sum()).mean() - 0.5 - 0.5 / came.size)


def _sets(data: Path | None) -> Iterator[tuple[str, pd.DataFrame]]:
    for number, (name, change) in enumerate(_CHANGES.items()):
        days = 330 if name == "young" else 800
        yield f"simulated, {name}", change(shop(number, 1_500, days))
    yield "CDNOW sample", read_cdnow("CDNOW sample")
    yield from public_sets(data)


def public_sets(data: Path | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Names and order logs; none without the folder they lie in."""
    if data is None:
        return
    yield "CDNOW full", read_cdnow("CDNOW full")
    invoices = pd.read_parquet(data / "online_retail_II_invoices.parquet")
    sold = ~invoices["is_cancel"].astype(bool) & (invoices["amount_gbp"] >= 0)
    known = invoices[sold & invoices["customer_id"].notna()]
    names = {"invoice_ts": "ordered_at", "amount_gbp": "amount"}
    retail = known.rename(columns=names)
    yield "Online Retail II", retail
    yield "Online Retail II abroad", retail[retail["country"] != "United Kingdom"]
    for name in ("donors", "coffee_machine"):
        log = pd.read_csv(data / f"{name}.csv.gz", parse_dates=["date"])
        names = {"customer": "customer_id", "date": "ordered_at"}
        yield name, log.rename(columns=names)


def _month(orders: pd.DataFrame) -> Floats:
    opened = orders["ordered_at"].min()
    days = (orders["ordered_at"] - opened).dt.days.to_numpy(dtype=np.float64)
    return np.asarray(days / _MONTH)


def _kept(orders: pd.DataFrame, share: Floats) -> pd.DataFrame:
    return orders[np.random.default_rng(5).random(len(orders)) < share]


def seasonal(orders: pd.DataFrame) -> pd.DataFrame:
    """December sells three times what June does."""
    year = orders["ordered_at"].dt.dayofyear.to_numpy(dtype=np.float64)
    return _kept(orders, (2 + np.cos(2 * np.pi * (year - 350) / 365)) / 3)


def declining(orders: pd.DataFrame) -> pd.DataFrame:
    """A tenth of the orders less each month, from the second year on."""
    return _kept(orders, 0.9 ** np.maximum(_month(orders) - 12, 0))


def inflating(orders: pd.DataFrame) -> pd.DataFrame:
    """Prices rise by 3 % a month."""
    return orders.assign(amount=orders["amount"] * 1.03 ** _month(orders))


def _welcomed(orders: pd.DataFrame) -> pd.DataFrame:
    """The first order of everybody has 30 % off: it says less than the others."""
    first = ~orders.sort_values("ordered_at").duplicated("customer_id")
    return orders.assign(amount=orders["amount"] * np.where(first, 0.7, 1.0))


_CHANGES: Final[dict[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "unchanged": lambda orders: orders,
    "young": lambda orders: orders,
    "seasonal": seasonal,
    "declining": declining,
    "inflating": inflating,
    "welcome discount": _welcomed,
}


if __name__ == "__main__":
    main()
