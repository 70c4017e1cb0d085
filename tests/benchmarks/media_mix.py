"""Measure the media mix: coverage over simulated companies, speed, a table's holdout.

``python -m tests.benchmarks.media_mix [--companies 100]``. A table of another company
is judged with ``--table FILE.csv --outcome COLUMN --channels A B --controls C D``
(``--date`` if its column is not called so): the last 13 rows are held back. With
``--truth FILE.csv``, whose columns are the true contributions in the order of the
channels, the error of each channel is printed. What public tools reach on public tables
is in docs/models/media-mix.md. The baseline of speed is one least-squares fit of the
same design in the same run.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.progress import track

from ml_assets import mmm
from ml_assets.mmm import MediaMix
from tests.ml_assets.mmm.market import CHANNELS, company

_HELD_BACK = 13


def main() -> None:
    """Print coverage, speed and, if there is a table, how well it is predicted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--date", default="date")
    parser.add_argument("--outcome")
    parser.add_argument("--channels", nargs="+", default=[])
    parser.add_argument("--controls", nargs="*", default=[])
    arguments = parser.parse_args()
    if arguments.table:
        _print_table(arguments)
        return
    _print_coverage(arguments.companies)
    _print_speed()


def _print_coverage(companies: int) -> None:
    """Of companies whose decays, curves, effects and noise all differ."""
    held, errors, disagree = [], [], 0
    for seed in track(range(companies), "Simulated companies"):
        known = company(seed)
        mix = mmm.fit(
            known.frame,
            outcome="revenue",
            channels=CHANNELS,
            controls=["promotion"],
        )
        rows, truth = mix.channels(), known.truth.sum(axis=0)
        inside = rows["contribution_lower"].le(truth)
        held.append((inside & rows["contribution_upper"].ge(truth)).to_numpy())
        errors.append(rows["contribution"].to_numpy() / truth - 1)
        disagree += mix.status != "fitted"
    print(
        f"{companies} companies of {len(CHANNELS)} channels, 156 weeks, noise 2 to 6 %"
    )
    print(f"  90 % intervals of contributions hold {np.mean(held):.1%}")
    print(f"  median absolute error of a channel   {np.median(np.abs(errors)):.1%}")
    print(f"  uncertain                            {disagree}")


def _print_speed() -> None:
    """Three years of days and ten channels."""
    rng = np.random.default_rng(1)
    days, names = 1095, [f"channel_{n}" for n in range(10)]
    spend = 100 * rng.gamma(2.0, 0.5, (days, 10))
    sales = 10_000 + spend @ rng.uniform(0.5, 2, 10) + 300 * rng.standard_normal(days)
    frame = pd.DataFrame(spend, columns=names).assign(
        date=pd.date_range("2023-01-01", periods=days), revenue=sales
    )
    design = np.column_stack([np.ones(days), spend])
    start = time.perf_counter()
    np.linalg.lstsq(design, sales)
    once = time.perf_counter() - start
    start, used = time.perf_counter(), time.process_time()
    mix = mmm.fit(frame, outcome="revenue", channels=names)
    mix.channels()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    start = time.perf_counter()
    mix.optimise(float(mix.current_spend.sum()) * 30, periods=30)
    answer = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{days} days of {len(names)} channels")
    print(
        f"  fit with intervals {seconds:8.2f} s, {used:.2f} s of a processor "
        f"({used / once:,.0f} least squares)"
    )
    print(f"  a budget           {answer:8.2f} s")
    print(f"  R-hat {mix.draws.r_hat:.3f}, peak memory {peak:,.0f} MiB")


def _print_table(arguments: argparse.Namespace) -> None:
    frame = pd.read_csv(arguments.table)
    fitted = len(frame) - _HELD_BACK
    until = pd.Timestamp(frame[arguments.date].iloc[fitted - 1]).date()
    for saturation in ("hill", "logistic"):
        start = time.perf_counter()
        mix = mmm.fit(
            frame,
            outcome=arguments.outcome,
            channels=arguments.channels,
            controls=arguments.controls,
            date=arguments.date,
            saturation=saturation,
            fitted_until=until,
        )
        seconds = time.perf_counter() - start
        print(f"{saturation}: {seconds:.1f} s, R-hat {mix.draws.r_hat:.3f}")
        _print_holdout(mix)
        if arguments.truth:
            _print_truth(mix, pd.read_csv(arguments.truth).head(fitted))


def _print_holdout(mix: MediaMix) -> None:
    later = mix.held_back()
    error = later["expected"] / later["actual"] - 1
    inside = (
        later["actual"].between(later["expected_lower"], later["expected_upper"]).sum()
    )
    bias = later["expected"].sum() / later["actual"].sum() - 1
    print(
        f"  held back: MAPE {error.abs().mean():.2%}, bias {bias:+.1%}, "
        f"{inside} of {_HELD_BACK} inside"
    )


def _print_truth(mix: MediaMix, truth: pd.DataFrame) -> None:
    rows = mix.channels()
    errors = rows["contribution"].to_numpy() / truth.sum().to_numpy() - 1
    listed = ", ".join(
        f"{name} {error:+.1%}"
        for name, error in zip(mix.channel_names, errors, strict=True)
    )
    print(f"  contributions: {listed}; mean {np.abs(errors).mean():.1%}")


if __name__ == "__main__":
    main()
