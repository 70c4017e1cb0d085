"""Asynchronous report runs: started, asked after, read."""

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from sandbox.meta_ads.errors import nonexistent_object

__all__ = ["Outcome", "Report", "Reports"]

Outcome: TypeAlias = Literal["completed", "failed", "skipped", "too_large"]

_FIRST_ID: Final = 600_100_200_300_400
# At 100 percent a run is not yet completed: who reads then reads nothing.
_COURSE: Final = (
    ("Job Not Started", 0),
    ("Job Started", 0),
    ("Job Running", 42),
    ("Job Running", 100),
)
_END: Final = {
    "completed": ("Job Completed", 100),
    "failed": ("Job Failed", 42),
    "skipped": ("Job Skipped", 0),
    "too_large": ("Job Failed", 42),
}
_FAILURES: Final[dict[str, dict[str, Any]]] = {
    "failed": {
        "error_code": 2,
        "error_subcode": 1_504_044,
        "error_message": "An unexpected error has occurred. Please retry your request "
        "later.",
    },
    "too_large": {
        "error_code": 2,
        "error_subcode": 1_504_038,
        "error_message": "Please reduce the amount of data you're asking for, then "
        "retry your request",
    },
}


@dataclass
class Report:
    """A run. It gets one step further each time somebody asks after it."""

    id: str
    account_id: str
    outcome: Outcome
    started_at: datetime
    days: tuple[date, date]
    rows: Sequence[dict[str, Any]] = field(repr=False)
    steps: tuple[tuple[str, int], ...] = ()
    asked: int = 0
    is_visible: bool = True

    @property
    def is_completed(self) -> bool:
        """Whether there is something to read."""
        return self.status[0] == "Job Completed"

    @property
    def status(self) -> tuple[str, int]:
        """What is said of it, and how far it is in percent."""
        if self.asked == 0:
            return "Job Not Started", 0
        return self.steps[min(self.asked, len(self.steps)) - 1]

    def document(self) -> dict[str, Any]:
        """Its fields."""
        status, percent = self.status
        found = {
            "id": self.id,
            "account_id": self.account_id,
            "time_ref": int(self.started_at.timestamp()),
            "async_status": status,
            "async_percent_completion": percent,
            "date_start": self.days[0].isoformat(),
            "date_stop": self.days[1].isoformat(),
        }
        if status == "Job Completed":
            found["time_completed"] = int(self.started_at.timestamp())
        if status == "Job Failed":
            found |= _FAILURES[self.outcome]
        return found


class Reports:
    """The runs since the start, by id. They do not survive the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reports: dict[str, Report] = {}
        self._numbers = itertools.count(_FIRST_ID)

    def start(  # noqa: PLR0913
        self,
        account_id: str,
        rows: Sequence[dict[str, Any]],
        *,
        days: tuple[date, date],
        now: datetime,
        outcome: Outcome = "completed",
        is_visible: bool = True,
    ) -> Report:
        """A new run. One of a single day is done before anybody asks."""
        is_small = days[0] == days[1]
        steps = (_END[outcome],) if is_small else (*_COURSE, _END[outcome])
        with self._lock:
            report = Report(
                str(next(self._numbers)), account_id, outcome, now, days, rows, steps
            )
            report.is_visible = is_visible
            self._reports[report.id] = report
        return report

    def ask(self, identifier: str) -> Report | None:
        """The run, one step further.

        Raises
        ------
        GraphError
            100/33 the first time somebody asks after a run that is not visible yet.
        """
        with self._lock:
            report = self._reports.get(identifier)
            if report is not None:
                if not report.is_visible:
                    report.is_visible = True
                    raise nonexistent_object(identifier)
                report.asked += 1
            return report

    def find(self, identifier: str) -> Report | None:
        """The run as it is."""
        with self._lock:
            return self._reports.get(identifier)
