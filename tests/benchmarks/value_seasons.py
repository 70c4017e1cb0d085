"""Totals of the value models where seasons and levels move, over rolling origins.

``python -m tests.benchmarks.value_seasons [--data FOLDER] [--sets NAME ...]``.
Simulated shops whose truth is known, and the public sets. From two
fifths of a log on, six origins of 90 days and four of a year; young shops at the ages
that `_YOUNG` says. A line a set and horizon: time counted evenly, as before there were
seasons, then as it is now.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from unittest.mock import patch

import numpy as np
import pandas as pd

from ml_assets.clv import customer_model
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.seasons.operational_time import EVEN
from tests.benchmarks.value_origins import declining, inflating, public_sets, seasonal
from tests.ml_assets.clv.shops import frequent_shop, shop

_HEADER: Final = (
    "| set | days | origins | mean abs. bias of orders: even, now | totals inside "
    "| half width of the interval | MAE per customer | customers inside |"
)
_HORIZONS: Final = {90: 6, 365: 4}
_YOUNG: Final = {
    "simulated, young": (164, 201, 239),
    "simulated, young Christmas": (270, 300, 420),
    "simulated, young seasonal": (250, 320, 380, 440),
}


def main() -> None:
    """Measure and print a line per set and horizon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--sets", nargs="+")
    arguments = parser.parse_args()
    print(_HEADER)
    print("|" + "---|" * (_HEADER.count("|") - 1))
    for name, logs in _sets(arguments.data, arguments.sets):
        rows = [row for log in logs for row in _measured(name, log)]
        for days, some in pd.DataFrame(rows).groupby("days"):
            print(_line(name, int(str(days)), some), flush=True)


def _line(name: str, days: int, rows: pd.DataFrame) -> str:
    even, now = (rows[rows["seasons"] == one] for one in (False, True))
    cells = (
        f"{even['bias'].mean():.1%}, {now['bias'].mean():.1%}",
        f"{even['inside'].sum():.0f}, {now['inside'].sum():.0f}",
        f"{even['width'].mean():.2f}, {now['width'].mean():.2f}",
        f"{even['mae'].mean():.3f}, {now['mae'].mean():.3f}",
        f"{even['customers'].mean():.1%}, {now['customers'].mean():.1%}",
    )
    return f"| {name} | {days} | {len(now)} | {' | '.join(cells)} |"


def _measured(name: str, log: PurchaseDays) -> Iterator[dict[str, float]]:
    first, last = log.first_day, int(log.day.max())
    for days, count in _HORIZONS.items():
        start = first + 0.4 * (last - first)
        origins = np.linspace(start, last - days, count if start + days <= last else 0)
        if name in _YOUNG:
            origins = first + np.array(_YOUNG[name])
        for day in origins[origins + days <= last].astype(int).tolist():
            yield _forecast(log, day, days, seasons=True)
            with patch.object(customer_model, "season_of", lambda *_: EVEN):
                yield _forecast(log, day, days, seasons=False)


def _forecast(
    log: PurchaseDays, day: int, days: int, *, seasons: bool
) -> dict[str, float]:
    model = customer_model.fit_log(log, day)
    total, each = model.predict_total(days), model.predict(days)
    came = log.later(model.seen, day, days).purchases
    low, high = total["expected_orders_lower"], total["expected_orders_upper"]
    inside = (each["expected_orders_lower"] <= came) & (
        came <= each["expected_orders_upper"]
    )
    return {
        "days": days,
        "seasons": seasons,
        "bias": abs(total["expected_orders"] / came.sum() - 1),
        "inside": float(low <= came.sum() <= high),
        "width": float(np.log(high / low) / 2),
        "mae": float(np.abs(each["expected_orders"] - came).mean()),
        "customers": float(inside.mean()),
    }


def _sets(
    data: Path | None, wanted: list[str] | None
) -> Iterator[tuple[str, list[PurchaseDays]]]:
    """Names and logs: several shops of a kind are one set."""
    for name, orders in _SHOPS.items():
        if not wanted or name in wanted:
            yield name, [_log(one) for one in orders()]
    for name, log in public_sets(data):
        if not wanted or name in wanted:
            yield name, [_log(log)]


def _log(orders: pd.DataFrame) -> PurchaseDays:
    return purchase_days(orders)[0]


def christmas(orders: pd.DataFrame, seed: int) -> pd.DataFrame:
    """December sells four times what January to October do."""
    month = orders["ordered_at"].dt.month.to_numpy()
    share = np.where(month == 12, 1.0, np.where(month == 11, 0.8, 0.25))
    kept: pd.DataFrame = orders[np.random.default_rng(seed).random(len(orders)) < share]
    return kept


def _summery(orders: pd.DataFrame, seed: int) -> pd.DataFrame:
    day = orders["ordered_at"].dt.day_of_year.to_numpy(dtype=np.float64)
    share = (1.6 + np.cos(2 * np.pi * (day - 200) / 365)) / 2.6
    kept: pd.DataFrame = orders[np.random.default_rng(seed).random(len(orders)) < share]
    return kept


_SHOPS: Final[dict[str, Callable[[], list[pd.DataFrame]]]] = {
    "simulated, unchanged": lambda: [shop(40 + n, 1_500, 1_000) for n in range(3)],
    "simulated, young": lambda: [shop(50 + n, 1_500, 330) for n in range(2)],
    "simulated, seasonal": lambda: [
        seasonal(shop(60 + n, 2_500, 1_000)) for n in range(2)
    ],
    "simulated, Christmas": lambda: [
        christmas(shop(70 + n, 4_000, 1_000), n) for n in range(2)
    ],
    "simulated, summer": lambda: [
        _summery(shop(80 + n, 2_500, 1_000), n) for n in range(2)
    ],
    "simulated, young Christmas": lambda: [christmas(shop(90, 4_000, 690), 1)],
    "simulated, young seasonal": lambda: [seasonal(shop(91, 3_000, 600))],
    "simulated, declining": lambda: [
        declining(shop(100 + n, 1_500, 800)) for n in range(2)
    ],
    "simulated, inflating": lambda: [
        inflating(shop(110 + n, 1_500, 800)) for n in range(2)
    ],
    "simulated, frequent": lambda: [frequent_shop()],
}


if __name__ == "__main__":
    main()
