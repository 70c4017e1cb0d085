"""Tables of a run, put where a document marks their place."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import pandas as pd

__all__ = ["MissingMarks", "kept_rows", "told_of_run", "write_between_marks"]


class MissingMarks(ValueError):
    """A document does not say where a table goes."""


def told_of_run(versions: Mapping[str, str], own: tuple[str, ...] = ()) -> str:
    """When, on what, and with which peers, in a sentence each."""
    today = dt.datetime.now(dt.UTC).date()
    here = {name: metadata.version(name) for name in own}
    peers = ", ".join(f"{name} {told}" for name, told in {**here, **versions}.items())
    machine = f"{os.cpu_count()} processors, {platform.machine()}"
    return (
        f"Measured {today} with Python {platform.python_version()} on {machine}. "
        f"Peers: {peers}."
    )


def kept_rows(measured: Iterable[dict[str, object]], kept: Path | None) -> pd.DataFrame:
    """All rows; each is added to a CSV as it comes, where there is to be one."""
    rows = []
    for row in measured:
        rows.append(row)
        if kept:
            pd.DataFrame(rows).to_csv(kept, index=False)
    return pd.DataFrame(rows)


def write_between_marks(document: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises
    ------
    MissingMarks
        Where the document has not both of them, in this order.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = document.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise MissingMarks(
            f"{document}: put the lines {begin.strip()} and {end} where the table goes"
        )
    document.write_text(f"{before}{begin}\n{text}\n\n{end}{after}")
