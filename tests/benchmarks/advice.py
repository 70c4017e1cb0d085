"""Replay the advice on budgets against a known truth, over many companies.

``python -m tests.benchmarks.advice [--companies 100]``. Two kinds of company: three
channels whose curves, season and noise are drawn by seed, earned being the long run
that the plan is of; and the sandbox's Tienda Norte in three sizes, drawn anew by seed,
earned being first orders of the 30 days after the history, and "all sales" what those
customers buy again in them as well. A promise is the mean gain of
a scenario over the draws, with its 90 % interval; what is shown is in
``tests/ml_assets/media_plan/replay.py``, what came out in docs/models/media-mix.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from math import sqrt

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.ml_assets.media_plan.replay import (
    Replay,
    replay_market,
    replay_tienda_norte,
)

_SIZES = (2_000, 20_000, 200_000)
_HEADINGS = (
    *("cases", "inside 90 %", "all sales inside", "earns"),
    *("promised", "earned", "all sales"),
)


def main() -> None:
    """Print a table per kind of company, a line per kind of advice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100)
    seeds = range(parser.parse_args().companies)
    _print("Companies of three channels, 156 weeks", replay_market, seeds)
    for size in _SIZES:
        _print(
            f"Tienda Norte, {size:,} customers in 730 days",
            partial(replay_tienda_norte, customers=size),
            seeds,
        )


def _print(title: str, replay: Callable[[int], list[Replay]], seeds: range) -> None:
    found = list(chain.from_iterable(map(replay, track(seeds, title))))
    shown = [one for one in found if one.is_fitted]
    table = Table(title=f"{title}: {len(seeds)}", title_justify="left", box=None)
    table.add_column("advice")
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    split = [one for one in shown if one.scenario == "recommended"]
    more = [one for one in shown if one.scenario == "plus_20"]
    without = [one for one in shown if one.scenario.startswith("without")]
    for name, cases in (
        ("better split", split),
        ("  told as proven", [one for one in split if one.is_proven]),
        ("  too uncertain to move money", [one for one in split if not one.is_proven]),
        ("a fifth more", more),
        ("without a channel", without),
    ):
        table.add_row(name, *_row(cases))
    console = Console(width=120)
    console.print(table)
    console.print(
        f"not published, the chains disagree: {len(found) - len(shown)} scenarios\n"
    )


def _row(cases: Sequence[Replay]) -> tuple[str, ...]:
    """Cases, coverage with its standard error, share that gains, sums of money."""
    count = len(cases)
    if not count:
        return ("0", *[""] * (len(_HEADINGS) - 1))
    held = sum(one.is_inside for one in cases) / count
    held_all = sum(one.is_inside_with_repeats for one in cases) / count
    error = sqrt(held * (1 - held) / count)
    gains = sum(one.earned > 0 for one in cases) / count
    promised = sum(one.promised for one in cases) / count
    earned = sum(one.earned for one in cases) / count
    every = sum(one.earned_with_repeats for one in cases) / count
    return (
        f"{count}",
        f"{held:.1%} ± {error:.1%}",
        f"{held_all:.0%}",
        f"{gains:.0%}",
        f"{promised:,.0f}",
        f"{earned:,.0f}",
        f"{every:,.0f}",
    )


if __name__ == "__main__":
    main()
