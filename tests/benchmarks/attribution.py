"""Measure attribution: seconds for 100,000 journeys, beside a loop and a public tool.

``python -m tests.benchmarks.attribution [--journeys 100000]``. The baseline is the
obvious program in the same run: dictionaries and loops over journeys for shares and
moves, one numpy solve per channel. It gives the same numbers, which is checked. If
``ChannelAttribution`` is installed, its Markov model is measured on the same paths too;
it simulates journeys, so its numbers differ by chance.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import itertools
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ml_assets import attribution

_CHANNELS = 10
_REPEATS = 5
# Their Shapley and Markov included; time decay needs times, which paths do not have.
_METHODS = [name for name in attribution.METHODS if name != "time_decay"]


def main() -> None:
    """Print seconds, ratios and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=100_000)
    arguments = parser.parse_args()
    counted, touched = journeys(arguments.journeys)
    answer = attribution.compare(counted, methods=_METHODS, resamples=0)
    print(
        f"{arguments.journeys:,} journeys, {answer.path_count:,} distinct paths, "
        f"{_CHANNELS} channels, {len(touched):,} touches"
    )
    loops, slow = _fastest(lambda: by_loops(counted), repeats=1)
    exact, _ = _fastest(
        lambda: attribution.compare(counted, methods=_METHODS, resamples=0)
    )
    by_touch, _ = _fastest(lambda: attribution.compare(touched, resamples=0))
    drawn, _ = _fastest(lambda: attribution.compare(counted, resamples=200), repeats=1)
    _print("loops over journeys, six methods", loops, loops)
    _print("paths, six methods", exact, loops)
    _print("touches, seven methods", by_touch, loops)
    _print("paths, with 200 resamples", drawn, loops)
    print(f"  largest difference from loops {_difference(answer, slow):.1e} of a share")
    _print_peer(counted, answer, loops)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory {peak:,.0f} MiB")


def journeys(count: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same journeys as paths and as touches; lengths geometric, mean about 3."""
    rng = np.random.default_rng(seed)
    names = np.array([f"channel_{n}" for n in range(_CHANNELS)])
    lengths = np.minimum(rng.geometric(0.35, count), 12)
    codes = rng.choice(
        _CHANNELS, lengths.sum(), p=rng.dirichlet(1.5 * np.ones(_CHANNELS))
    )
    owner = np.repeat(np.arange(count), lengths)
    ends = np.cumsum(lengths)
    converted = rng.random(count) < 0.2
    value = np.where(converted, rng.gamma(2.0, 30.0, count).round(2), 0.0)
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        np.cumsum(rng.integers(1, 400, codes.size)), unit="min"
    )
    touched = pd.DataFrame(
        {
            "journey_id": np.char.add("journey ", owner.astype(str)),
            "touched_at": moments,
            "channel": names[codes],
            "converted": converted[owner],
            "value": value[owner],
        }
    )
    counted = pd.DataFrame(
        {
            "path": [
                " > ".join(names[codes[end - length : end]])
                for end, length in zip(ends, lengths, strict=True)
            ],
            "conversions": converted.astype(int),
            "no_conversions": (~converted).astype(int),
            "value": value,
        }
    )
    return counted, touched


def by_loops(counted: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Conversions of each method and channel, journey by journey."""
    credited: dict[str, dict[str, float]] = {m: defaultdict(float) for m in _METHODS}
    moves: dict[tuple[str, str], float] = defaultdict(float)
    for row in counted.itertuples():
        steps = [step.strip() for step in str(row.path).split(">")]
        sold, left = float(str(row.conversions)), float(str(row.no_conversions))
        way = ["(start)", *steps]
        for here, there in itertools.pairwise(way):
            moves[here, there] += sold + left
        moves[steps[-1], "(sold)"] += sold
        moves[steps[-1], "(left)"] += left
        if sold:
            _share_out(credited, steps, sold)
    whole = _sold(moves, None)
    channels = sorted({channel for channel, _ in moves} - {"(start)"})
    effects = {c: 1 - _sold(moves, c) / whole for c in channels}
    total = sum(credited["first"].values())
    for channel, effect in effects.items():
        credited["markov"][channel] = total * effect / sum(effects.values())
    return credited


def _share_out(
    credited: dict[str, dict[str, float]], steps: list[str], sold: float
) -> None:
    credited["first"][steps[0]] += sold
    credited["last"][steps[-1]] += sold
    for place, step in enumerate(steps):
        credited["linear"][step] += sold / len(steps)
        part = 1 / len(steps)
        if len(steps) > 2:
            is_end = place in {0, len(steps) - 1}
            part = 0.4 if is_end else 0.2 / (len(steps) - 2)
        credited["position_based"][step] += sold * part
    for step in set(steps):
        credited["shapley"][step] += sold / len(set(steps))


def _sold(moves: dict[tuple[str, str], float], removed: str | None) -> float:
    """Chance that a journey ends in a sale, without a channel."""
    states = sorted({here for here, _ in moves})
    place = {state: number for number, state in enumerate(states)}
    out: dict[str, float] = defaultdict(float)
    for (here, _), times in moves.items():
        out[here] += times
    system, ends = np.eye(len(states)), np.zeros(len(states))
    for (here, there), times in moves.items():
        if there == "(sold)":
            ends[place[here]] = times / out[here]
        elif there in place and there != removed:
            system[place[here], place[there]] -= times / out[here]
    return float(np.linalg.solve(system, ends)[place["(start)"]])


def _difference(
    answer: attribution.Comparison, slow: dict[str, dict[str, float]]
) -> float:
    pairs = zip(answer.rows["method"], answer.rows["channel"], strict=True)
    expected = np.array([slow[method][channel] for method, channel in pairs])
    found = answer.rows["conversions"].to_numpy()
    return float(np.abs(found - expected).max() / answer.conversions)


def _print_peer(
    counted: pd.DataFrame, answer: attribution.Comparison, loops: float
) -> None:
    if importlib.util.find_spec("ChannelAttribution") is None:
        print("  ChannelAttribution is not installed: not measured")
        return
    peer = importlib.import_module("ChannelAttribution")
    seconds, found = _fastest(
        lambda: peer.markov_model(
            counted,
            "path",
            "conversions",
            var_value="value",
            var_null="no_conversions",
            verbose=False,
            flg_pro=False,
        ),
        repeats=2,
    )
    _print("ChannelAttribution, Markov alone", seconds, loops)
    theirs = found.set_index(found.columns[0]).iloc[:, 0]
    ours = answer.table()["markov"]
    largest = (theirs / ours - 1).abs().max()
    print(f"  its Markov differs by up to {largest:.1%} of a channel")


def _fastest(run: Callable[[], Any], repeats: int = _REPEATS) -> tuple[float, Any]:
    seconds, answer = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer


def _print(what: str, seconds: float, loops: float) -> None:
    print(f"  {what:34} {seconds:7.3f} s ({loops / seconds:5.1f} times the loops)")


if __name__ == "__main__":
    main()
