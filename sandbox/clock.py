"""The sandbox's own time: real time, shifted or standing still."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


class Clock:
    """Tells the time that every document's visibility is judged by."""

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._real = real
        self._lock = threading.Lock()
        self._frozen: datetime | None = None
        self._shift = timedelta(0)

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        with self._lock:
            return (self._frozen or self._real().astimezone(UTC)) + self._shift

    def freeze(self, moment: datetime | None) -> None:
        """Stand still at `moment`; None follows real time again. Unshifts."""
        with self._lock:
            self._frozen = moment.astimezone(UTC) if moment else None
            self._shift = timedelta(0)

    def shift(self, by: timedelta) -> None:
        """Move forwards (or backwards) from wherever it is now."""
        with self._lock:
            self._shift += by

    def follow_from(self, moment: datetime) -> None:
        """Run on from `moment` at the pace of real time."""
        with self._lock:
            self._frozen = None
            self._shift = moment.astimezone(UTC) - self._real().astimezone(UTC)
