"""Files of bulk operations, kept while the data they were made from stays as it is.

The same question asked twice of unchanged documents is answered with the same file.
"""

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from sandbox.shopify.jsonl import Tally
from sandbox.store import Store

__all__ = ["BulkFile", "BulkFiles", "Question", "State"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# Looking for the next change costs a walk over an index: not worth it for small files.
_WORTH_KEEPING: Final = 5_000


@dataclass(frozen=True)
class BulkFile:
    """A finished file and what was counted while it was written."""

    path: Path
    tally: Tally

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size


class Question(NamedTuple):
    """What a file answers: all that its lines depend on, besides the documents."""

    company: str
    collection: str
    scopes: tuple[str, ...]
    is_grouped: bool
    selection: str
    bounds: tuple[tuple[str, datetime], ...]
    search: str | None


class State(NamedTuple):
    """A moment, and how much had been written to the store by then."""

    at: datetime
    writes: int


class _Kept(NamedTuple):
    file: BulkFile
    state: State
    valid_until: datetime


class BulkFiles:
    """Where the files are, and which of them can be served again."""

    def __init__(self, store: Store) -> None:
        self.folder = store.path.parent / "bulk"
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[Question, _Kept] = {}
        self._watcher: sqlite3.Connection | None = None
        self._made = 0

    def new_path(self) -> Path:
        """Where the next file goes."""
        with self._lock:
            if self._made == 0:
                self.folder.mkdir(parents=True, exist_ok=True)
                for left_over in self.folder.glob("*.jsonl"):
                    left_over.unlink()
            self._made += 1
            return self.folder / f"{self._made:06d}.jsonl"

    def _writes(self) -> int:
        """A number that differs once anything was written to the store."""
        with self._lock:
            found: int = self._connection().execute("pragma data_version").fetchone()[0]
            return found

    def find(self, question: Question) -> BulkFile | None:
        """The file that answers this question now, if there is one."""
        kept = self._kept.get(question)
        if kept is None:
            return None
        now = self.state()
        is_unwritten = now.writes == kept.state.writes
        is_unchanged = kept.state.at <= now.at < kept.valid_until
        return kept.file if is_unwritten and is_unchanged else None

    def state(self) -> State:
        """The data as they are now."""
        return State(self._store.clock.now(), self._writes())

    def keep(self, question: Question, file: BulkFile, state: State) -> None:
        """Serve the file, made from `state`, until a document of its kind changes."""
        if file.tally.roots < _WORTH_KEEPING:
            return
        until = self._next_change(question, state.at)
        self._kept[question] = _Kept(file, state, until)

    def forget(self, file: BulkFile) -> None:
        """Delete a file that nobody can ask for any more."""
        if all(kept.file.path != file.path for kept in self._kept.values()):
            file.path.unlink(missing_ok=True)

    def _next_change(self, question: Question, now: datetime) -> datetime:
        """When the next version becomes visible: time changes documents, too."""
        with self._lock:
            found = (
                self._connection()
                .execute(
                    "select min(visible_from) from versions"
                    " indexed by versions_by_created_at"
                    " where collection = (select key from collections"
                    " where company = ? and name = ?) and visible_from > ?",
                    [
                        question.company,
                        f"shopify/{question.collection}",
                        (now - _EPOCH) // _MICROSECOND,
                    ],
                )
                .fetchone()[0]
            )
        if found is None:
            return datetime.max.replace(tzinfo=UTC)
        return _EPOCH + timedelta(microseconds=found)

    def _connection(self) -> sqlite3.Connection:
        """A connection of its own: `data_version` counts what the others write."""
        if self._watcher is None:
            self._watcher = sqlite3.connect(self._store.path, check_same_thread=False)
        return self._watcher
