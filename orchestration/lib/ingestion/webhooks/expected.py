"""The webhooks a running receiver knows, how fast they come, and what it refused."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass

import psycopg

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.hooks import Hook, count_refusals, load_hooks

__all__ = ["Bucket", "Expected", "Refusals"]

_REFRESH_SECONDS = 3
_log = logging.getLogger("timonel.receiver")


@dataclass
class Bucket:
    """Lets ``rate`` deliveries a second through, and twice as many at once."""

    rate: float
    left: float
    seen_at: float

    def takes_one(self, now: float) -> bool:
        """Whether there is still one left at a moment, in seconds."""
        self.left = min(2 * self.rate, self.left + (now - self.seen_at) * self.rate)
        self.seen_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Refusals:
    """Counts of what was refused, written down every few seconds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._counted: Counter[tuple[str, str, str]] = Counter()

    def add(self, hook: Hook, reason: str) -> None:
        """Count a refusal; nothing of it is kept."""
        self._counted[hook.company_id, hook.connection_id, reason] += 1

    def write(self) -> None:
        """Write what was counted; if the database is away, it is counted on."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            count_refusals(self._url, counted)
        except psycopg.Error as failure:
            self._counted.update(counted)
            _log.error("%s", _without_address(failure))


class Expected:
    """What the database says of webhooks, looked at every few seconds.

    Known in memory, so that a database that is away changes no answer but the last
    one: a delivery is told to come again, not that nobody waits for it.
    """

    def __init__(self, url: str, settings: Settings, rate: float) -> None:
        self._url, self._settings, self._rate = url, settings, rate
        self._hooks: dict[tuple[str, str], Hook] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self.refusals = Refusals(url)
        self._told: list[str] = []
        self.is_known = False

    def find(self, company_id: str, connection_id: str) -> Hook | None:
        """The webhook of a name; its key is still to be compared."""
        return self._hooks.get((company_id, connection_id))

    def is_within_rate(self, hook: Hook, now: float) -> bool:
        """Whether a delivery may still come at this moment, in seconds."""
        where = (hook.company_id, hook.connection_id)
        fresh = Bucket(self._rate, 2 * self._rate, now)
        return self._buckets.setdefault(where, fresh).takes_one(now)

    async def follow(self) -> None:
        """Look for changes and write what was refused, until this is cancelled."""
        try:
            while True:
                await asyncio.to_thread(self.refresh)
                await asyncio.sleep(_REFRESH_SECONDS)
        finally:
            self.refusals.write()

    def refresh(self) -> None:
        """Take what is expected now. If the database is away, what was known stays."""
        try:
            hooks, broken = load_hooks(self._url, self._settings)
        except (psycopg.Error, PlainError) as failure:
            self._tell([_without_address(failure)])
            return
        self._hooks = {(hook.company_id, hook.connection_id): hook for hook in hooks}
        self.is_known = not broken
        self._tell(broken)
        self.refusals.write()

    def _tell(self, complaints: list[str]) -> None:
        """Log what is new of what is wrong, once."""
        for complaint in complaints:
            if complaint not in self._told:
                _log.error("%s", complaint)
        self._told = complaints


def _without_address(failure: Exception) -> str:
    if isinstance(failure, PlainError):
        return str(failure)
    return f"The database does not answer ({type(failure).__name__})."
