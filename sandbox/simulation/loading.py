"""Puts a company's records into the store, with a line of progress now and then."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sandbox.store import Store, Version

__all__ = ["Loader", "remembered"]

_EVERY_SECONDS = 2.0


class Loader:
    """Writes versions of one company; says on stderr how far it is."""

    def __init__(
        self,
        store: Store,
        company: str,
        remembered_from: datetime,
        say: Callable[[str], object] = sys.stderr.write,
    ):
        self._store = store
        self._company = company
        self._remembered_from = remembered_from
        self._say = say

    def load(
        self,
        collection: str,
        versions: Iterable[Version],
        *,
        of: int | None = None,
    ) -> int:
        """Write a collection; `of` is how many documents to expect, to be told."""
        kept = remembered(versions, self._remembered_from)
        return self._store.add(
            self._company, collection, self._told(collection, kept, of), are_new=True
        )

    def _told(
        self, collection: str, versions: Iterable[Version], of: int | None
    ) -> Iterator[Version]:
        said_at, documents, last = time.monotonic(), 0, ""
        for version in versions:
            if version.id != last:
                documents, last = documents + 1, version.id
                if not documents % 500 and time.monotonic() - said_at > _EVERY_SECONDS:
                    said_at = time.monotonic()
                    whole = f" of {of:,}" if of else ""
                    self._say(
                        f"sandbox: {self._company}: {collection}:"
                        f" {documents:,}{whole} made\n"
                    )
            yield version


def remembered(versions: Iterable[Version], since: datetime) -> Iterator[Version]:
    """Leave out versions that were superseded before `since`: nobody can see them.

    Versions of a document stand next to each other, oldest first.
    """
    held: Version | None = None
    for version in versions:
        if held is not None and not (
            held.id == version.id and version.visible_from <= since
        ):
            yield held
        held = version
    if held is not None:
        yield held
