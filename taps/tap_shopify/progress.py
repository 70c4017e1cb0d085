"""A line every few seconds about how far a long read is."""

from __future__ import annotations

import time
from logging import Logger

__all__ = ["Progress"]

_EVERY_SECONDS = 5.0


class Progress:
    """Says how much of ``total`` was read, if that takes longer than some seconds."""

    def __init__(self, logger: Logger, what: str, total: int) -> None:
        self._logger = logger
        self._what = what
        self._total = total
        self._last = time.monotonic()

    def reached(self, number: int) -> None:
        """So many are done."""
        now = time.monotonic()
        if now - self._last < _EVERY_SECONDS:
            return
        self._last = now
        self._logger.info("%s %s of %s", self._what, f"{number:,}", f"{self._total:,}")
