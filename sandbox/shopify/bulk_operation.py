"""A bulk operation as its owner sees it: where it stands, and where its file is."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sandbox.clock import Clock
from sandbox.shopify.bulk_files import BulkFile
from sandbox.shopify.documents import moment_text
from sandbox.shopify.jsonl import Tally

__all__ = ["UNFINISHED", "Operation"]

UNFINISHED: Final = frozenset({"CREATED", "RUNNING", "CANCELING"})
_FILE_LIFETIME: Final = timedelta(days=7)


@dataclass
class Operation:
    """A bulk operation, from its creation until its file has expired."""

    number: int
    company: str
    query: str
    created: datetime
    base_url: str
    seconds: float
    clock: Clock
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    started: float = field(default_factory=time.monotonic)
    finished: datetime | None = None
    tally: Tally = field(default_factory=Tally)
    file: BulkFile | None = None
    error_code: str | None = None
    is_cancelled: bool = False
    was_polled: bool = False

    typename = "BulkOperation"

    @property
    def id(self) -> str:
        """Its gid."""
        return f"gid://shopify/BulkOperation/{self.number}"

    @property
    def created_at(self) -> str:
        """When it was created."""
        return moment_text(self.created)

    @property
    def status(self) -> str:
        """Where it stands; RUNNING for `seconds` at least."""
        is_due = time.monotonic() - self.started >= self.seconds
        if self.finished is None or not is_due:
            if self.is_cancelled:
                return "CANCELING"
            return "RUNNING" if self.was_polled else "CREATED"
        if self.is_cancelled:
            return "CANCELED"
        if self.error_code:
            return "FAILED"
        return "EXPIRED" if self.is_expired else "COMPLETED"

    @property
    def is_expired(self) -> bool:
        """Whether its file is gone: a week after it was finished."""
        if self.finished is None:
            return False
        return self.clock.now() - self.finished > _FILE_LIFETIME

    @property
    def completed_at(self) -> str | None:
        """When it ended, well or not."""
        if self.finished is None or self.status in UNFINISHED:
            return None
        return moment_text(self.finished)

    @property
    def object_count(self) -> str:
        """Lines written so far."""
        return str(self.tally.objects)

    @property
    def root_object_count(self) -> str:
        """Lines of the outermost connection written so far."""
        return str(self.tally.roots)

    @property
    def file_size(self) -> str | None:
        """Bytes of the file; null until it is finished."""
        is_there = self.file is not None and self.status in {"COMPLETED", "FAILED"}
        return str(self.file.size) if is_there and self.file is not None else None

    @property
    def url(self) -> str | None:
        """Where the file is; null when there is nothing in it."""
        is_there = self.status == "COMPLETED" and self.tally.objects > 0
        return self._address() if is_there else None

    @property
    def partial_data_url(self) -> str | None:
        """Where that part of the file is which was written before it failed."""
        is_there = self.status == "FAILED" and self.file is not None
        return self._address() if is_there else None

    def _address(self) -> str:
        return f"{self.base_url}/bulk/{self.key}/bulk-{self.number}.jsonl"
