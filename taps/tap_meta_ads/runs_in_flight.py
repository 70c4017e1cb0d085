"""Report runs that were asked for and are not read yet, a few at a time.

Meta makes reports side by side. So the next ones are asked for while the first is being
made, and each is looked after in its own time: after ``poll_seconds``, then at
intervals that double up to 30 times that. A run, like a cursor, lives for hours only:
neither is ever kept.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from taps.api_source.errors import SourceError, TooMuchData
from taps.tap_meta_ads.client import MetaAds
from taps.tap_meta_ads.errors import NotVisibleYet
from taps.tap_meta_ads.reports import Report

__all__ = ["Pace", "Run", "RunsInFlight"]

_logger = logging.getLogger(__name__)

_ENDS = frozenset({"Job Completed", "Job Failed", "Job Skipped"})
_LONGEST_INTERVAL = 30
_VISIBLE_AFTER = 8
_SAY_EVERY_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many runs there are at a time, and how they are waited for.

    Parameters
    ----------
    poll_seconds
        Until a run is looked after for the first time.
    timeout_seconds
        After which a run is given up.
    """

    parallel: int = 5
    poll_seconds: float = 1.0
    timeout_seconds: float = 1_800.0


@dataclass
class Run:
    """A run, what was last said of it, and when to look again.

    Parameters
    ----------
    age
        Seconds waited since it was asked for.
    due
        Seconds until the next look; the one after it comes ``interval`` later.
    """

    report: Report
    id: str
    interval: float
    due: float
    requested_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    age: float = 0.0
    told: dict[str, Any] = field(default_factory=dict)
    invisible: int = 0
    error: SourceError | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more: 100 percent alone is not the end."""
        return self.error is not None or self.told.get("async_status") in _ENDS


class RunsInFlight:
    """Asks for reports ahead of their turn, and waits for the one whose turn it is."""

    def __init__(self, meta: MetaAds, pace: Pace) -> None:
        self._meta = meta
        self._pace = pace
        self._expected: deque[Report] = deque()
        self._flying: dict[Report, Run] = {}

    def expect(self, reports: Sequence[Report]) -> None:
        """Say which reports will be read next, in order; others are given up."""
        self._flying.clear()
        self._expected = deque(reports)

    def requested_at(self, report: Report) -> datetime:
        """When the report was asked for; now if it was not."""
        run = self._flying.get(report)
        return run.requested_at if run else datetime.now(UTC)

    def finished(self, report: Report) -> Run:
        """The run of the report once it is over, or given up for its age.

        Raises
        ------
        SourceError
            Meta refuses the report, or the question how far it is.
        """
        if report not in self._flying:
            self._submit(report)
        run = self._flying[report]
        while not run.is_over and run.age < self._pace.timeout_seconds:
            self._request_ahead()
            self._wait(run)
        del self._flying[report]
        if run.error is not None:
            raise run.error
        return run

    def _request_ahead(self) -> None:
        while self._expected and len(self._flying) < self._pace.parallel:
            report = self._expected.popleft()
            if report in self._flying:
                continue
            try:
                self._submit(report)
            except TooMuchData:
                continue  # When its turn comes, it is asked for in parts.
            except SourceError:
                self._expected.clear()  # When its turn comes, it fails by itself.

    def _submit(self, report: Report) -> None:
        if report in self._expected:
            self._expected.remove(report)
        answer = self._meta.post(
            f"act_{report.account_id}/insights", call=report.call, **report.parameters
        )
        if "report_run_id" not in answer:
            raise SourceError(
                "Meta gave no report run",
                call=report.call,
                remedy="Meta may have changed its API: check api_version.",
            )
        first = self._pace.poll_seconds
        run = Run(report, str(answer["report_run_id"]), interval=first, due=first)
        self._flying[report] = run

    def _wait(self, awaited: Run) -> None:
        """Sleep until the next look is due, and look."""
        waiting = [run for run in self._flying.values() if not run.is_over]
        seconds = min(run.due for run in waiting)
        self._meta.sleep(seconds)
        for run in waiting:
            run.age += seconds
            run.due -= seconds
            if run.due <= 0:
                self._look(run)
                run.interval = min(
                    run.interval * 2, self._pace.poll_seconds * _LONGEST_INTERVAL
                )
                run.due = run.interval
        before = awaited.age - seconds
        if awaited.age // _SAY_EVERY_SECONDS > before // _SAY_EVERY_SECONDS:
            percent = awaited.told.get("async_percent_completion") or 0
            _logger.info("%s: %s %% made", awaited.report.call, percent)

    def _look(self, run: Run) -> None:
        try:
            run.told = self._meta.get(run.id, call=run.report.call)
        except NotVisibleYet as error:
            run.invisible += 1
            if run.invisible > _VISIBLE_AFTER:
                run.error = error
        except SourceError as error:
            # Told when its turn comes: what is before it may still be read.
            run.error = error
