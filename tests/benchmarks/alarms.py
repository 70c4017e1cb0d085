"""How often a shop without change is told of one, and how soon a change is found.

    python -m tests.benchmarks.alarms

Simulated shops (tests/ml_assets/measurement/quiet_shops.py) are looked at on each day
of a quarter as the platform does: what is told for days on end is one alarm. The table
stands in docs/models/alarms.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.ml_assets.measurement.peaked_shops import peaked_shop
from tests.ml_assets.measurement.quiet_shops import Shop, alarms, found_in, quiet_shop

SHOPS = 50
QUARTER = 91
YEAR = 364
SIZES = (3, 10, 30, 50, 100, 150, 300)

Drawn = Callable[[np.random.Generator, float | None, int], Shop]


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


def main() -> None:
    """Print the tables."""
    print("| history | shops | false alarms a quarter | shops with more than one |")
    print("|---|---|---|---|")
    for name, days in (("two to three years", 1092), ("one to two years", 728)):
        told = np.array(quiet_quarters(SHOPS, days))
        more = f"{(told > 1).mean():.0%}"
        print(f"| {name} | {SHOPS} | {told.mean():.2f} | {more} |", flush=True)
    told_young, halved, less = young_shops(SHOPS)
    print(f"| 60 to 105 days | {SHOPS} | {told_young:.2f} | |")
    print(f"\nOf these, {halved:.0%} are told of half, {less:.0%} of a quarter less.\n")
    _found(quiet_shop)
    told = np.array(quiet_quarters(SHOPS, 1092, drawn=peaked_shop))
    print(
        f"\nOf years with edges {told.mean():.2f} false alarms a quarter, "
        f"{(told > 1).mean():.0%} of the shops more than one."
    )
    _found(peaked_shop)


def _found(drawn: Drawn) -> None:
    print("\n| orders a day | fall of 25 % | rise of 25 % | fall of 40 % |")
    print("|---|---|---|---|")
    for size in SIZES if drawn is quiet_shop else SIZES[3:]:
        shares = [
            share_found(size, each, SHOPS, 1092, drawn=drawn)
            for each in (0.75, 1.25, 0.6)
        ]
        row = " | ".join(f"{each:.0%}" for each in shares)
        print(f"| {size} | {row} |", flush=True)


if __name__ == "__main__":
    main()
