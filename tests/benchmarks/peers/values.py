"""The value models beside lifetimes, boosting, pymc-marketing and the own rate.

``python -m tests.benchmarks.peers.values [--data FOLDER] [--peer-python PYTHON ...]
[--write FILE.md]``. Simulated shops and, where a folder holds them, CDNOW, Online
Retail II, donors and coffee machine. From two fifths of a log on, four origins of
90 days and one of a year (`--origins`), the same for everybody but for pymc-marketing,
which takes seconds a fit: it is asked at the last one. lifetimes runs in this process;
scikit-learn and pymc-marketing in an interpreter that has them (one made with
``python -m venv``: they are no packages of this project), and are told as not installed
where none has them. With ``--write`` the tables replace what stands between the marks
``<!-- values -->`` and ``<!-- /values -->`` of a document; ``--rows`` keeps the scores
of every origin as CSV.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from rich.progress import Progress

from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from tests.benchmarks.peers.asking import Peers, peers_of
from tests.benchmarks.peers.challenger import challenger_table
from tests.benchmarks.peers.document import kept_rows, told_of_run, write_between_marks
from tests.benchmarks.peers.value_forecasts import OUTSIDE, forecasts_of
from tests.benchmarks.peers.value_tables import peer_tables
from tests.benchmarks.value_origins import declining, inflating, public_sets, seasonal
from tests.ml_assets.clv.conftest import read_cdnow
from tests.ml_assets.clv.shops import frequent_shop, shop

_PROGRAM: Final = "tests.benchmarks.peers.outside_values"
# Days of a forecast, and the share of `--origins` it is made from, one at the least.
_HORIZONS: Final = {90: 1.0, 365: 0.25}


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--peer-python", type=Path, action="append", default=[])
    parser.add_argument("--origins", type=int, default=4)
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--rows", type=Path, help="where to keep every score")
    parser.add_argument("--write", type=Path, help="document with the marks")
    arguments = parser.parse_args()
    with peers_of(arguments.peer_python, _PROGRAM) as peers:
        sets = [
            one
            for one in _sets(arguments.data)
            if not arguments.sets or one[0] in arguments.sets
        ]
        measured = _measured(sets, arguments.origins, peers)
        rows = kept_rows(measured, arguments.rows)
        versions = {name: peers.version(name) for name in OUTSIDE}
    told = told_of_run(versions, ("lifetimes",))
    text = "\n\n".join((told, *peer_tables(rows), challenger_table(rows)))
    print(text)
    if arguments.write:
        write_between_marks(arguments.write, "values", text)


def _measured(
    sets: list[tuple[str, pd.DataFrame]], count: int, peers: Peers
) -> Iterator[dict[str, object]]:
    """A row per set, origin and forecaster."""
    with Progress() as progress:
        task = progress.add_task("Sets", total=len(sets) * len(_HORIZONS))
        for name, orders in sets:
            log, _ = purchase_days(orders)
            for days, share in _HORIZONS.items():
                progress.update(task, description=f"{name}, {days} days")
                origins = _origins(log, days, max(1, round(share * count)))
                for day in origins:
                    is_last = day == origins[-1]
                    for scores in _forecasts(log, day, days, peers, is_last):
                        yield {"set": name, "days": days, "origin": day, **scores}
                progress.advance(task)


def _origins(log: PurchaseDays, days: int, count: int) -> list[int]:
    first, last = log.first_day, int(log.day.max())
    start = first + 0.4 * (last - first)
    if start + days > last:
        return []
    found: list[int] = np.unique(
        np.linspace(start, last - days, count).astype(int)
    ).tolist()
    return found


def _forecasts(
    log: PurchaseDays, day: int, days: int, peers: Peers, is_last: bool
) -> list[dict[str, object]]:
    try:
        return forecasts_of(log, day, days, peers, is_last=is_last)
    except CustomerValueError:
        return []


def _sets(data: Path | None) -> Iterator[tuple[str, pd.DataFrame]]:
    yield "simulated, unchanged", shop(40, 1_500, 1_000)
    yield "simulated, young", shop(50, 1_500, 330)
    yield "simulated, seasonal", seasonal(shop(60, 2_500, 1_000))
    yield "simulated, declining", declining(shop(100, 1_500, 800))
    yield "simulated, inflating", inflating(shop(110, 1_500, 800))
    yield "simulated, frequent", frequent_shop()
    yield "CDNOW sample", read_cdnow("CDNOW sample")
    yield from public_sets(data)


if __name__ == "__main__":
    main()
