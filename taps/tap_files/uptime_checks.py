"""Rows of a log of checks, written by a clock that may be set or jump.

A log is in the order of time, or in its reverse. A row against that order says that the
clock jumped: nobody knows at which of the two times it was checked, so that row is set
aside, and those after it are held against it. A jump costs one row, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import tee

from taps.tap_files.contract import load_contracts
from taps.tap_files.declared_rows import declared_rows_reader
from taps.tap_files.sites import site_name
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Row
from taps.tap_files.values.cells import CellReader, Loaded, Outcome, Rejected

__all__ = ["read_uptime_checks"]


@dataclass
class _Clock:
    """Where the log of one site is, and whether it is told forwards."""

    at: str
    is_forwards: bool | None = None

    def jumps(self, moment: str) -> bool:
        """Move on to the next moment (ISO, UTC); whether that is against the order."""
        last, self.at = self.at, moment
        if moment == last:
            return False
        is_forwards = moment > last
        if self.is_forwards is None:
            self.is_forwards = is_forwards
        return is_forwards is not self.is_forwards


def read_uptime_checks(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row."""
    read = declared_rows_reader(load_contracts()["uptime_checks"])
    clocks: dict[str, _Clock] = {}
    own, shown = tee(rows)
    for outcome, row in zip(read(own, cells, repeats), shown, strict=True):
        if isinstance(outcome, Loaded) and outcome.moment is not None:
            site = outcome.record["site"] = site_name(outcome.record["site"])
            moment = outcome.moment.instant
            if clocks.setdefault(site, _Clock(moment)).jumps(moment):
                flaw = "checked_at is against the order of the log: its clock jumped"
                yield Rejected(row.line, flaw, None, row.cells)
                continue
        yield outcome
