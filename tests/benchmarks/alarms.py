"""How often a shop without change is told of one, and how soon a change is found.

    python -m tests.benchmarks.alarms [--shops 50] [--first 0]

``--first`` chooses other shops: those from 20,000 on nobody looked at before the method
was fixed. Simulated shops (tests/ml_assets/measurement/quiet_shops.py) are looked at on
each day of a quarter as the platform does: what is told for days on end is one alarm.
The table stands in docs/models/alarms.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from ml_assets.measurement.alarm_rates import alarm_threshold
from ml_assets.measurement.level_changes import SIDES, TOTAL_SHARE, WINDOWS
from tests.ml_assets.measurement.peaked_shops import known_shop, peaked_shop
from tests.ml_assets.measurement.quiet_shops import Shop, alarms, found_in, quiet_shop
from tests.ml_assets.measurement.ratio_shops import NAMES, with_ratios

QUARTER = 91
YEAR = 364
FORTNIGHT = 14
SIZES = (20, 50, 100, 300)
SMALL = (3, 10)
CHANGES = (0.75, 1.25, 0.6)

Drawn = Callable[[np.random.Generator, float | None, int], Shop]
KINDS: dict[str, Drawn] = {"with edges": peaked_shop, "quiet": quiet_shop}


def quiet_quarters(
    shops: int, days: int, first: int = 0, drawn: Drawn = quiet_shop
) -> list[int]:
    """False alarms of each shop in the last quarter of so many days."""
    found = []
    for seed in range(first, first + shops):
        rng = np.random.default_rng(seed)
        # Quarters of the whole year: of Christmas too.
        until = days - int(rng.integers(YEAR))
        shop = drawn(rng, None, until)
        found.append(len(alarms(shop, range(until - QUARTER, until))))
    return found


def young_shops(shops: int) -> tuple[float, float, float]:
    """Of shops two to three and a half months old, a hundred orders a day each.

    False alarms a quarter, and the shares whose fall by a half and by a quarter is told
    in two weeks.
    """
    told = halved = less = 0
    for seed in range(shops):
        rng = np.random.default_rng(seed)
        shop = quiet_shop(rng, 100, 800 - int(rng.integers(YEAR))).last(105)
        told += len(alarms(shop, range(60, 105)))
        halved += found_in(shop.changed(rng, 90, 0.5), 90, "below")
        less += found_in(shop.changed(rng, 90, 0.75), 90, "below")
    return told / shops * QUARTER / 45, halved / shops, less / shops


def share_found(
    size: float,
    factor: float,
    shops: int,
    days: int,
    first: int = 1000,
    *,
    drawn: Drawn = quiet_shop,
) -> float:
    """Share of shops with so many orders a day whose change is told in two weeks."""
    found = 0
    for seed in range(first, first + shops):
        rng = np.random.default_rng(seed)
        day = days - 14 - int(rng.integers(YEAR))
        shop = drawn(rng, size, day + 14).changed(rng, day, factor)
        found += found_in(shop, day, "below" if factor < 1 else "above")
    return found / shops


def share_known(size: float, factor: float, shops: int, first: int = 1000) -> float:
    """As `share_found`, by who knows what each day brings and how much fortnights vary.

    No method can do better of orders, a fortnight and this rate: of `peaked_shop`.
    """
    side = "below" if factor < 1 else "above"
    rate = 2 * TOTAL_SHARE * SIDES[side] * WINDOWS[FORTNIGHT]
    threshold = alarm_threshold(FORTNIGHT, rate)
    found = 0
    for seed in range(first, first + shops):
        rng = np.random.default_rng(seed)
        day = 3 * YEAR - FORTNIGHT - int(rng.integers(YEAR))
        shop, mean = known_shop(rng, size, day + FORTNIGHT)
        spread = _fortnights(shop.orders[:day], mean[:day]).std()
        changed = shop.changed(rng, day, factor)
        last = _fortnights(changed.orders, mean)[-FORTNIGHT:] / spread
        found += bool((last * np.sign(factor - 1)).max() > threshold)
    return found / shops


def _fortnights(orders: np.ndarray, mean: np.ndarray) -> np.ndarray:
    ones = np.ones(FORTNIGHT)
    sums = (np.convolve(each, ones, "valid") for each in (orders, mean))
    sold, expected = sums
    return np.asarray(2 * (np.sqrt(sold / expected) - 1))


def ratio_quarters(
    shops: int, first: int = 0, drawn: Drawn = peaked_shop
) -> list[tuple[int, int, int]]:
    """False alarms of sales, conversion and return of each shop in a quarter."""
    found = []
    for seed in range(first, first + shops):
        rng = np.random.default_rng(seed)
        until = 3 * YEAR - int(rng.integers(YEAR))
        both = with_ratios(rng, drawn(rng, None, until))
        days = range(until - QUARTER, until)
        sales = len(alarms(both.shop, days))
        conversion, paid = (both.alarms(name, days) for name in NAMES)
        found.append((sales, conversion, paid))
    return found


def ratios_found(
    size: float,
    factor: float,
    shops: int,
    first: int = 1000,
    *,
    drawn: Drawn = peaked_shop,
) -> dict[str, float]:
    """Share of shops told in two weeks that visits, and spend, bring so much."""
    found = dict.fromkeys(NAMES, 0)
    side = "below" if factor < 1 else "above"
    for seed in range(first, first + shops):
        rng = np.random.default_rng(seed)
        day = 3 * YEAR - FORTNIGHT - int(rng.integers(YEAR))
        both = with_ratios(rng, drawn(rng, size, day + FORTNIGHT)).changed(day, factor)
        for name in NAMES:
            found[name] += both.found_in(name, day, side)
    return {name: count / shops for name, count in found.items()}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=50)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    shops, first = given.shops, given.first
    print("| shops | history | false alarms a quarter | with more than one |")
    print("|---|---|---|---|")
    for kind, drawn in KINDS.items():
        for days in (3 * YEAR, 2 * YEAR):
            told = np.array(quiet_quarters(shops, days, first, drawn))
            more = f"{(told > 1).mean():.0%}"
            years = f"{days // YEAR - 1} to {days // YEAR} years"
            print(f"| {kind} | {years} | {told.mean():.2f} | {more} |", flush=True)
    told_young, halved, less = young_shops(shops)
    print(f"| quiet | 60 to 105 days | {told_young:.2f} | |")
    print(f"\nOf these, {halved:.0%} are told of half, {less:.0%} of a quarter less.\n")
    for kind, drawn in KINDS.items():
        _found(kind, drawn, shops, first + 1000)
    every = np.array(ratio_quarters(shops, first))
    each_of = ", ".join(f"{share:.2f}" for share in every.mean(axis=0))
    print(f"\nWith ratios {every.sum(axis=1).mean():.2f} ({each_of}).\n")
    heads = [f"{name}, {by}" for by in ("25 % less", "25 % more") for name in NAMES]
    print(f"| orders a day | {' | '.join(heads)} |\n|---{'|---' * len(heads)}|")
    for size in SIZES:
        found = [ratios_found(size, each, shops, first + 1000) for each in CHANGES[:2]]
        shares = [f"{one[name]:.0%}" for one in found for name in NAMES]
        print(f"| {size} | {' | '.join(shares)} |", flush=True)


def _found(kind: str, drawn: Drawn, shops: int, first: int) -> None:
    print(f"\n| {kind}: orders a day | fall of 25 % | rise of 25 % | fall of 40 % |")
    print("|---|---|---|---|")
    for size in SIZES if drawn is peaked_shop else (*SMALL, *SIZES):
        shares = [
            f"{share_found(size, each, shops, 3 * YEAR, first, drawn=drawn):.0%}"
            for each in CHANGES
        ]
        if drawn is peaked_shop:
            known = (share_known(size, each, shops, first) for each in CHANGES)
            shares = [f"{a} of {b:.0%}" for a, b in zip(shares, known, strict=True)]
        print(f"| {size} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
