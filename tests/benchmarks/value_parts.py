"""Totals of the value models with the parts they are made of, kept to try other rules.

``python -m tests.benchmarks.value_parts [--data FOLDER] [--seeds 7100 ...] [--kept
FILE]``. Simulated shops of each kind (young ones at the ages that `_kinds` says, the
others from two fifths of a log on: three origins of 90 days, two of a year) and the
public sets. Fits take 1 to 4 seconds an origin; with ``--kept`` the parts stay in a
file, and a rule that makes a correction of them is asked of all in a second. A line a
set: of the models alone, and as it is published.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ml_assets.clv.customer_model import fit_log
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.intervals import total_interval
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.seasons import trends
from ml_assets.clv.seasons.levels import level_ahead
from ml_assets.clv.seasons.operational_time import log_sd
from ml_assets.clv.seasons.season_choice import SHORTEST_SEASON_DAYS
from tests.benchmarks.value_origins import inflating, public_sets, seasonal
from tests.benchmarks.value_seasons import christmas
from tests.benchmarks.value_shops import (
    coming_back,
    growing,
    jumping,
    late,
    linear,
    unlike,
    walking,
)
from tests.ml_assets.clv.shops import declining_shop, frequent_shop, shop

# Parts of one total, and a rule: ln of the correction, standard deviation of that ln.
Parts: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[[Parts], tuple[float, float]]
_HORIZONS: Final = {90: 3, 365: 2}
_AFTER_A_YEAR: Final = (420, 470, 520, 600, 700)
_Z: Final = float(ndtri(0.95))
_HEADER: Final = (
    "| set | history | days | origins | mean abs. bias of orders: models, now "
    "| totals inside | half width |"
)


class _Kind(NamedTuple):
    name: str
    shops: int
    made: Callable[[int], pd.DataFrame]
    ages: tuple[int, ...] = ()


def main() -> None:
    """Measure, keep where asked, and print a line per set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--seeds", type=int, nargs="*", default=[9_200])
    parser.add_argument("--kept", type=Path, help="file of the parts, read if there")
    arguments = parser.parse_args()
    if arguments.kept and arguments.kept.exists():
        parts: list[Parts] = json.loads(arguments.kept.read_text())
    else:
        parts = list(_measured(arguments.seeds, arguments.data))
        if arguments.kept:
            arguments.kept.write_text(json.dumps(parts))
    graded = [pd.DataFrame([_graded(one, rule) for one in parts]) for rule in _RULES]
    print(_HEADER)
    print("|" + "---|" * (_HEADER.count("|") - 1))
    for key, some in graded[0].groupby(["set", "history", "days"]):
        now = graded[1].loc[some.index]
        cells = (
            f"{some['bias'].mean():.1%}, {now['bias'].mean():.1%}",
            f"{some['inside'].sum()}, {now['inside'].sum()}",
            f"{some['width'].mean():.2f}, {now['width'].mean():.2f}",
        )
        print("|", " | ".join((*map(str, key), str(len(some)), *cells)), "|")


def uncorrected(parts: Parts) -> tuple[float, float]:
    """What the models alone expect, as unsure as what is published."""
    return 0.0, parts["sd"]


def now(parts: Parts) -> tuple[float, float]:
    """As it was published."""
    return parts["log"], parts["sd"]


_RULES: Final[tuple[Rule, ...]] = (uncorrected, now)


def _graded(parts: Parts, rule: Rule) -> dict[str, object]:
    log, sd = rule(parts)
    scale = np.exp(log - parts["log"])
    total = parts["expected"] * scale
    low, high = total_interval(total, (parts["rest"] + sd**2) * total**2)
    is_young = parts["history"] < SHORTEST_SEASON_DAYS
    return {
        "set": parts["set"],
        "history": f"under {SHORTEST_SEASON_DAYS} days" if is_young else "later",
        "days": parts["days"],
        "bias": abs(total / parts["came"] - 1),
        "inside": low <= parts["came"] <= high,
        "width": np.log(high / low) / 2,
    }


def _measured(seeds: list[int], data: Path | None) -> Iterator[Parts]:
    for base in seeds:
        for place, kind in enumerate(_kinds()):
            for seed in range(base + 10 * place, base + 10 * place + kind.shops):
                log, _ = purchase_days(kind.made(seed))
                for one in _of_log(log, kind.ages):
                    yield {"set": f"simulated, {kind.name}", "seed": seed, **one}
    for name, orders in public_sets(data):
        for one in _of_log(purchase_days(orders)[0], ()):
            yield {"set": name, "seed": 0, **one}


def _of_log(log: PurchaseDays, ages: tuple[int, ...]) -> Iterator[Parts]:
    first, last = log.first_day, int(log.day.max())
    start = first + 0.4 * (last - first)
    for days, count in _HORIZONS.items():
        origins = np.linspace(start, last - days, count if start + days <= last else 0)
        if ages:
            origins = first + np.array(ages)
        for day in origins[origins + days <= last].astype(int).tolist():
            try:
                yield _parts(log, day, days)
            except CustomerValueError:
                continue


def _parts(log: PurchaseDays, day: int, days: int) -> Parts:
    """What the total of one horizon is made of, in numbers that a file can hold."""
    model = fit_log(log, day)
    if model.choice is None:
        raise CustomerValueError(f"no model on day {day}")
    with (
        patch.object(trends, "_as_it_moves", wraps=trends._as_it_moves) as moved,
        patch.object(trends, "level_ahead", wraps=level_ahead) as asked,
    ):
        total, told = model.predict_total(days), model.trend(days).orders
    found, windows = moved.call_args.args[0], asked.call_args.args[0]
    season, past = model.choice.season, log.up_to(day)
    width = np.log(total["expected_orders_upper"] / total["expected_orders_lower"]) / 2
    return {
        "days": days,
        "history": day - past.first_day,
        "has_season": season.has_season,
        "counts_by": not season.is_even,
        "chance_of_season": season.chance,
        "unproven": season.unproven[1] if season.unproven else 0.0,
        "unknown": log_sd(season, past.day, day, days),
        "source": found.source,
        "factor": found.orders.log,
        "windows": [list(map(float, one)) for one in windows],
        "log": told.log,
        "sd": told.sd,
        "rest": float(np.expm1((width / _Z) ** 2)) - told.sd**2,
        "expected": total["expected_orders"],
        "came": float(log.later(model.seen, day, days).purchases.sum()),
    }


def _kinds() -> Iterator[_Kind]:
    """Nobody's seeds begin with those of another kind: ten each."""
    yield _Kind("unchanged", 4, lambda seed: shop(seed, 1_500, 1_000))
    yield _Kind("seasonal", 3, lambda seed: seasonal(shop(seed, 2_500, 1_000)))
    yield _Kind("Christmas", 2, lambda seed: christmas(shop(seed, 4_000, 1_000), seed))
    for kept in (0.96, 0.93, 0.9):
        yield _Kind("declining", 2, partial(_declining, kept=kept))
    yield _Kind("inflating", 2, lambda seed: inflating(shop(seed, 1_500, 800)))
    yield _Kind("frequent", 2, frequent_shop)
    yield _Kind("unlike", 4, unlike)
    for kept in (0.9, 0.95):
        yield _Kind("late decline", 3, partial(late, kept=kept), _AFTER_A_YEAR)
    yield _Kind("linear fall", 3, linear)
    yield _Kind("growing", 2, growing)
    for step in (0.1, 0.2):
        yield _Kind(f"walking {step}", 4, partial(walking, step=step))
    yield _Kind("jumping", 4, jumping)
    yield _Kind("coming back", 3, coming_back)
    yield _Kind("young", 3, lambda seed: shop(seed, 1_500, 720), (120, 164, 239, 330))
    yield _Kind(
        "young seasonal",
        2,
        lambda seed: seasonal(shop(seed, 3_000, 800)),
        (200, 280, 350, 420),
    )


def _declining(seed: int, kept: float) -> pd.DataFrame:
    return declining_shop(seed, 2_500, 800, kept)


if __name__ == "__main__":
    main()
