"""How well the total of all channels is known, by number of channels and by noise.

``python -m tests.benchmarks.media_totals [--first 500] [--seeds 20] [--kinds days]``
prints a line per kind of company whose truth is known. Decays, curves, shares and
seasons differ by seed; *follows* is how much of the noise goes on in the next period.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from ml_assets import mmm
from ml_assets.mmm.adstock import Floats, adstock
from tests.ml_assets.media_plan.claims import many
from tests.ml_assets.mmm.market import MEAN, company

_ENDS: Final = (0.05, 0.95)
_LATE: Final = np.array([0.1, 0.25, 0.35, 0.2, 0.1])


class Kind(NamedTuple):
    """A company; `total` and `noise` are shares of sales, `is_late` delays effects."""

    tag: int
    periods: int
    channels: int
    total: float
    noise: float
    follows: float = 0.0
    is_daily: bool = False
    is_late: bool = False


class Table(NamedTuple):
    """A table, its controls, and what each channel brought, (rows, channels).

    Of one row it is the sum.
    """

    frame: pd.DataFrame
    controls: list[str]
    truth: Floats


def _drawn(kind: Kind, seed: int) -> Table:
    rng = np.random.default_rng([5, kind.tag, seed])
    n, c, days = kind.periods, kind.channels, 1 if kind.is_daily else 7
    bursts = _bursts(kind, rng)
    effects = rng.dirichlet(np.full(c, 2.0)) * kind.total
    half, slope = 0.5 * 4 ** rng.random(c), rng.uniform(0.8, 1.6, c)
    decay = rng.uniform(0.4, 0.85, c) if kind.is_daily else rng.uniform(0.1, 0.6, c)
    kept = [adstock(one, d) * (1 - d) for one, d in zip(bursts.T, decay, strict=True)]
    if kind.is_late:
        kept = [np.convolve(one, _LATE)[:n] for one in bursts.T]
    raised = np.column_stack(kept) ** slope
    truth = MEAN * effects * (1 + half**slope) * raised / (half**slope + raised)
    time_of = np.arange(n)
    base = 1 - kind.total + rng.normal(0, 0.1) * time_of / n
    height, year = rng.uniform(0, 0.08), time_of * days / 365.25
    base = base + height * np.cos(2 * np.pi * (year + rng.random()))
    base = base + 0.02 * np.cumsum(rng.standard_normal(n)) / np.sqrt(91 / days)
    if kind.is_daily:
        base = base + rng.uniform(-0.1, 0.1, 7)[time_of % 7]
    sales = MEAN * (base + _noise(kind, rng)) + truth.sum(axis=1)
    spend = bursts * 3000 * effects / effects.mean()
    frame = pd.DataFrame(spend, columns=[f"c{one:02d}" for one in range(c)]).assign(
        date=pd.date_range("2023-01-01", periods=n, freq=f"{days}D"),
        revenue=np.maximum(sales, 0),
    )
    return Table(frame, [], truth)


def _bursts(kind: Kind, rng: np.random.Generator) -> Floats:
    n, c = kind.periods, kind.channels
    weeks = n // 7 + 1 if kind.is_daily else n
    drawn = rng.gamma(2.0, 0.5, (weeks, c)) * (rng.random((weeks, c)) > 0.15)
    if kind.is_daily:
        drawn = np.repeat(drawn, 7, axis=0)[:n] * rng.lognormal(0, 0.15, (n, c))
    return np.asarray(drawn)


def _noise(kind: Kind, rng: np.random.Generator) -> Floats:
    # The spread of the noise is the same, whatever goes on of it.
    new = kind.noise * np.sqrt(1 - kind.follows**2)
    noise = new * rng.standard_normal(kind.periods)
    noise[0] = kind.noise * rng.standard_normal()
    for period in range(1, kind.periods):
        noise[period] += kind.follows * noise[period - 1]
    return np.asarray(noise)


def _market(seed: int) -> Table:
    made = company(seed)
    return Table(made.frame, ["promotion"], made.truth)


def _many(seed: int) -> Table:
    made = many(seed)
    frame = made.media.frame.drop(columns="orders")
    return Table(frame, [], np.atleast_2d(made.truth))


def _of(kind: Kind) -> Callable[[int], Table]:
    return lambda seed: _drawn(kind, seed)


KINDS: Final[dict[str, Callable[[int], Table]]] = {
    "three channels": _market,
    "twenty channels, 17 %": _many,
    "eight, 25 %": _of(Kind(1, 130, 8, 0.25, 0.04)),
    "eight, 6 %": _of(Kind(2, 130, 8, 0.06, 0.05)),
    "one, 15 %": _of(Kind(3, 104, 1, 0.15, 0.05)),
    "four, 60 %": _of(Kind(4, 156, 4, 0.6, 0.05)),
    "days": _of(Kind(5, 600, 4, 0.25, 0.1, 0.0, True)),
    "days, follows .3": _of(Kind(6, 600, 4, 0.25, 0.1, 0.3, True)),
    "days, follows .6": _of(Kind(7, 600, 4, 0.25, 0.1, 0.6, True)),
    "weeks, follows .4": _of(Kind(8, 156, 4, 0.25, 0.05, 0.4)),
    "delayed effects": _of(Kind(9, 156, 3, 0.25, 0.04, is_late=True)),
}


def main() -> None:
    """Measure and print a line per kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    arguments = parser.parse_args()
    print("| companies | bias of the total | held | channels held | CPU s |")
    print("|---|---|---|---|---|")
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    for kind in arguments.kinds:
        print(f"| {kind} | {_line(KINDS[kind], seeds)} |", flush=True)


def _line(make: Callable[[int], Table], seeds: range) -> str:
    bias, total_held, held = [], [], []
    start = time.process_time()
    for seed in seeds:
        made = make(seed)
        names = made.frame.columns.drop(["date", "revenue", *made.controls])
        mix = mmm.fit(
            made.frame,
            outcome="revenue",
            channels=list(names),
            controls=made.controls,
            draws=200,
        )
        truth = made.truth.sum(axis=0)
        brought = mix.scale * mix.media.sum(axis=2)
        low, high = np.quantile(brought, _ENDS, axis=0)
        held += list((low <= truth) & (truth <= high))
        low, high = np.quantile(brought.sum(axis=1), _ENDS)
        total_held.append(low <= truth.sum() <= high)
        bias.append(brought.sum(axis=1).mean() / truth.sum() - 1)
    each = (time.process_time() - start) / len(seeds)
    return (
        f"{np.mean(bias):+.0%} | {np.mean(total_held):.0%} | {np.mean(held):.0%} "
        f"| {each:.1f}"
    )


if __name__ == "__main__":
    main()
