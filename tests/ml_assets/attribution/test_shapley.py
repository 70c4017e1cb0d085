"""The short form is the Shapley value of the game, by its definition over orders."""

import itertools

import numpy as np
import pytest

from ml_assets import attribution
from tests.ml_assets.attribution.journeys import credited, paths


def _by_definition(rows: list[tuple[str, int, int]], channels: str) -> dict[str, float]:
    """Mean over all orders of joining of what a channel adds by joining."""

    def worth(coalition: set[str]) -> int:
        return sum(n for text, n, _ in rows if set(text.split(" > ")) <= coalition)

    added = dict.fromkeys(channels, 0.0)
    orders = list(itertools.permutations(channels))
    for order in orders:
        for place, channel in enumerate(order):
            before = set(order[:place])
            added[channel] += worth(before | {channel}) - worth(before)
    return {channel: total / len(orders) for channel, total in added.items()}


@pytest.mark.parametrize("channels", ["a", "ab", "abc", "abcd"])
def test_it_is_the_mean_contribution_over_all_orders_of_joining(channels: str) -> None:
    rng = np.random.default_rng(len(channels))
    rows = [
        (" > ".join(rng.choice(list(channels), rng.integers(1, 6))), n % 5, n % 3)
        for n in range(30)
    ]
    rows.append((" > ".join(channels), 1, 0))

    found = credited(attribution.compare(paths(*rows)).rows, "shapley")

    assert found == pytest.approx(_by_definition(rows, channels))


def test_it_stays_exact_with_forty_channels() -> None:
    names = [f"channel {n:02d}" for n in range(40)]
    frame = paths((" > ".join(names), 80, 0), (names[0], 20, 0))

    found = credited(attribution.compare(frame, resamples=0).rows, "shapley")

    assert found[names[0]] == pytest.approx(22)
    assert found[names[39]] == pytest.approx(2)


def test_returning_by_the_same_channel_earns_nothing_more() -> None:
    frame = paths(("a > b > b > b", 12, 0))

    rows = attribution.compare(frame).rows

    assert credited(rows, "shapley") == pytest.approx({"a": 6, "b": 6})
