"""Lists that are read whole, and read again when they cannot be true."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from taps.api_source.errors import SourceError

__all__ = ["Damaged", "Record", "read_whole", "repeated_key"]

Record: TypeAlias = dict[str, Any]

_logger = logging.getLogger(__name__)


class Damaged(SourceError):
    """A source's answer contradicts itself: rows twice, or fewer than it counts."""


def read_whole(
    read: Callable[[], Iterable[Record]], key: Sequence[str], *, call: str
) -> list[Record]:
    """All records; a list in which one comes twice is read a second time.

    Lists move while they are paged through: what comes twice tells that something
    else may not have come at all.

    Raises
    ------
    Damaged
        The second list is no better.
    """
    try:
        return _read_once(read, key, call)
    except Damaged as damage:
        _logger.warning("%s Reading it again", damage)
    return _read_once(read, key, call)


def repeated_key(records: Iterable[Record], key: Sequence[str]) -> str | None:
    """The first key that two records share, in words."""
    seen = set()
    for record in records:
        found = tuple(record[name] for name in key)
        if found in seen:
            return ", ".join(str(part) for part in found)
        seen.add(found)
    return None


def _read_once(
    read: Callable[[], Iterable[Record]], key: Sequence[str], call: str
) -> list[Record]:
    records = list(read())
    repeated = repeated_key(records, key)
    if repeated is not None:
        raise Damaged(
            f"{repeated} came twice",
            call=call,
            remedy="Nothing is lost; run it again.",
        )
    return records
