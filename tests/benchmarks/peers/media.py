"""The media mix beside pymc-marketing, Meridian, Robyn and two rules without a model.

``python -m tests.benchmarks.peers.media [--data FOLDER] [--peer-python PYTHON ...]
[--write FILE.md]``. Companies made up, whose truth is known, and the tables of a folder
(`media_sets`). The last 13 weeks are held back from everybody. The libraries run in an
interpreter that has them (one made with ``python -m venv``; they need not be in the
same one: the option may be repeated), and are told as not installed where none has
them. Robyn's port forecasts no weeks: it is asked where contributions are known. With
``--write`` the tables replace what stands between the marks ``<!-- media -->`` and
``<!-- /media -->`` of a document; ``--rows`` keeps the scores.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.progress import Progress

from ml_assets import mmm
from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.errors import MediaMixError
from tests.benchmarks.peers.asking import Answer, Peers, peers_of
from tests.benchmarks.peers.document import kept_rows, told_of_run, write_between_marks
from tests.benchmarks.peers.media_scores import media_scores, mix_tables
from tests.benchmarks.peers.media_sets import MediaTable, media_tables

_PROGRAM: Final = "tests.benchmarks.peers.outside_media"
_OUTSIDE: Final = ("pymc-marketing", "Meridian", "Robyn")
_CONTRIBUTIONS_ALONE: Final = ("Robyn",)
_HELD_BACK: Final = 13
_YEAR: Final = 52
_ENDS: Final = (0.05, 0.95)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--peer-python", type=Path, action="append", default=[])
    parser.add_argument("--sets", nargs="+", help="some alone, by name")
    parser.add_argument("--rows", type=Path, help="where to keep every score")
    parser.add_argument("--write", type=Path, help="document with the marks")
    arguments = parser.parse_args()
    with peers_of(arguments.peer_python, _PROGRAM) as peers:
        rows = kept_rows(_measured(arguments, peers), arguments.rows)
        versions = {name: peers.version(name) for name in _OUTSIDE}
    text = "\n\n".join((told_of_run(versions), *mix_tables(rows)))
    print(text)
    if arguments.write:
        write_between_marks(arguments.write, "media", text)


def _measured(asked: argparse.Namespace, peers: Peers) -> Iterator[dict[str, object]]:
    """A row per table and forecaster."""
    tables = list(media_tables(asked.data, _HELD_BACK))
    if asked.sets:
        tables = [table for table in tables if table.name in asked.sets]
    with Progress() as progress:
        task = progress.add_task("Tables", total=len(tables))
        for table in tables:
            progress.update(task, description=table.name)
            actual = table.frame["revenue"].to_numpy()[-_HELD_BACK:]
            for name, answer in _answers(table, peers):
                scores = media_scores(answer, actual, table.truth)
                yield {"set": table.name, "forecaster": name, **scores}
            progress.advance(task)


def _answers(table: MediaTable, peers: Peers) -> Iterator[tuple[str, Answer]]:
    yield "ours", _ours(table)
    known = table.frame["revenue"].to_numpy()[:-_HELD_BACK]
    level = np.full(_HELD_BACK, known[-_HELD_BACK:].mean())
    yield "mean of 13 weeks", Answer({"expected": level}, 0.0)
    year = known[len(known) - _YEAR :][:_HELD_BACK]
    yield "a year before", Answer({"expected": year}, 0.0)
    question = _question(table)
    for name in _OUTSIDE:
        if table.truth is not None or name not in _CONTRIBUTIONS_ALONE:
            yield name, peers.ask(name, question)


def _question(table: MediaTable) -> dict[str, Any]:
    frame, fitted = table.frame, len(table.frame) - _HELD_BACK
    outcome = frame["revenue"].to_numpy().copy()
    outcome[fitted:] = np.nan
    return {
        "date": frame["date"].dt.strftime("%Y-%m-%d").to_numpy().astype("U10"),
        "outcome": outcome,
        "spend": frame[table.channels].to_numpy(np.float64),
        "controls": frame[table.controls].to_numpy(np.float64),
        "fitted": fitted,
    }


def _ours(table: MediaTable) -> Answer:
    start = time.perf_counter()
    until = table.frame["date"].iloc[-_HELD_BACK - 1].date()
    try:
        mix = mmm.fit(
            table.frame,
            outcome="revenue",
            channels=table.channels,
            controls=table.controls,
            fitted_until=until,
        )
    except MediaMixError as failure:
        return Answer({}, float("nan"), str(failure))
    later, rows = mix.held_back(), mix.channels()
    found: dict[str, Floats] = {
        "expected": later["expected"].to_numpy(),
        "lower": later["expected_lower"].to_numpy(),
        "upper": later["expected_upper"].to_numpy(),
        "contributions": rows["contribution"].to_numpy(),
        "contributions_lower": rows["contribution_lower"].to_numpy(),
        "contributions_upper": rows["contribution_upper"].to_numpy(),
    }
    return Answer(found, time.perf_counter() - start)


if __name__ == "__main__":
    main()
