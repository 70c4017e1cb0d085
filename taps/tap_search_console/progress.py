"""A line in the log every few seconds."""

from __future__ import annotations

import logging
import time

__all__ = ["Progress"]

_SECONDS = 5.0


class Progress:
    """Says how many of the days are read."""

    def __init__(self, logger: logging.Logger, what: str, expected: int) -> None:
        self._logger = logger
        self._what = what
        self._expected = expected
        self._done = 0
        self._said_at = time.monotonic()

    def step(self) -> None:
        """One more day is read."""
        self._done += 1
        now = time.monotonic()
        if now - self._said_at >= _SECONDS or self._done == self._expected:
            self._said_at = now
            self._logger.info(
                "%s: %s of %s days read",
                self._what,
                f"{self._done:,}",
                f"{self._expected:,}",
            )
