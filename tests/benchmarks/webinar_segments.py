"""Segments of people, ours beside the seed's five, on planted groups and public data.

``python -m tests.benchmarks.webinar_segments [--data FOLDER] [--peer-python PYTHON]``.
Prints the table of docs/models/webinars.md. The folder holds
``iranian_telecom_churn.csv.gz`` (what customers did in nine months). The seed's k-means
runs in an interpreter that has scikit-learn, and is left out without one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ml_assets.webinars.leads import Floats
from ml_assets.webinars.segments import Candidate, Ints, graded, rand_index, segment
from tests.benchmarks.peers.asking import Peers, peers_of
from tests.benchmarks.peers.outside_webinars import SEGMENTS

_PEOPLE: Final = 600
_USE: Final = (
    *("Seconds of Use", "Frequency of use", "Frequency of SMS"),
    *("Distinct Called Numbers", "Call  Failure"),
)


class _People(NamedTuple):
    name: str
    features: Floats
    #: Group of each where it is known.
    planted: Ints | None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--peer-python", type=Path, action="append", default=[])
    asked = parser.parse_args()
    print(
        "| people | segments | groups | silhouette | Jaccard | Rand | smallest ", end=""
    )
    print("| true groups | like the truth |\n|---|---|---|---|---|---|---|---|---|")
    with peers_of(
        asked.peer_python, "tests.benchmarks.peers.outside_webinars"
    ) as peers:
        for people in _sets(asked.data):
            _print(people, "ours", *_ours(people.features))
            if SEGMENTS in peers:
                _print(people, "the seed's five", *_of_seed(people.features, peers))


def _sets(data: Path | None) -> Iterator[_People]:
    rng = np.random.default_rng(11)
    for count in (2, 3, 4, 6):
        centres = rng.normal(0, 2.5, (count, 5))
        planted = rng.choice(count, _PEOPLE, p=rng.dirichlet([8] * count))
        places = centres[planted] + rng.normal(size=(_PEOPLE, 5))
        yield _People(f"simulated, {count} groups", places, planted)
    yield _People("simulated, one cloud", rng.normal(size=(_PEOPLE, 5)), None)
    amounts = rng.lognormal(0, 1, (_PEOPLE, 5))
    yield _People("simulated, one cloud, skewed", amounts, None)
    if data is not None:
        told = pd.read_csv(data / "iranian_telecom_churn.csv.gz")
        yield _People("telecom", told[list(_USE)].to_numpy(dtype=np.float64), None)


def _ours(features: Floats) -> tuple[Candidate | None, Ints | None]:
    found = segment(features, np.random.default_rng(1))
    if found.labels is None:
        return None, None
    count = int(found.labels.max()) + 1
    return next(each for each in found.candidates if each.count == count), found.labels


def _of_seed(features: Floats, peers: Peers) -> tuple[Candidate, Ints]:
    answer = peers.ask(SEGMENTS, {"x": features}).arrays
    labels, again = answer["labels"].astype(int), answer["again"].astype(int)
    places = (features - features.mean(axis=0)) / features.std(axis=0)
    return graded(places, labels, again, np.random.default_rng(1)), labels


def _print(
    people: _People, name: str, found: Candidate | None, labels: Ints | None
) -> None:
    planted: Any = people.planted
    truth = "1" if planted is None else str(len(np.unique(planted)))
    cells = ["none", "", "", "", ""]
    if found is not None and labels is not None:
        cells = [
            str(found.count),
            f"{found.silhouette:.2f}",
            f"{found.jaccard:.2f}",
            f"{found.rand:.2f}",
            f"{found.smallest_share:.0%}",
        ]
    like = ""
    if planted is not None:
        like = f"{rand_index(planted, labels):.2f}" if labels is not None else "0"
    told = "" if people.name == "telecom" else truth
    print("|", " | ".join((people.name, name, *cells, told, like)), "|", flush=True)


if __name__ == "__main__":
    main()
