"""What every place can do, and how something is made there once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from taps.api_source.errors import NoAnswer

__all__ = [
    "Access",
    "Batch",
    "Place",
    "Refusal",
    "Row",
    "made_once",
    "retried",
    "without_people",
]

#: One person in the columns that the place reads.
Row: TypeAlias = Mapping[str, str]

_Answer = TypeVar("_Answer")

_ATTEMPTS = 5
_ADDRESS = re.compile(r"[^\s'\"<>()]+@[^\s'\"<>()]+")
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Access:
    """Whose account it is, and the rights that are missing to write there."""

    account: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Where a part of an upload stands in it; the first has ``number`` 1."""

    number: int
    is_last: bool
    total: int


@dataclass(frozen=True)
class Refusal:
    """People who were not taken: the one of row ``row``, or ``count`` unnamed ones."""

    reason: str
    row: int | None = None
    count: int = 1


class Place(Protocol):
    """Klaviyo, Meta or a shop."""

    def check(self) -> Access:
        """Try the credentials without writing anything."""

    def open(self, name: str) -> str:
        """The id of the list of this name, made if there is none."""

    def add(self, list_id: str, rows: Sequence[Row], batch: Batch) -> list[Refusal]:
        """Put people on a list; who is on it already stays. Who was refused."""

    def remove(self, list_id: str, rows: Sequence[Row]) -> list[Refusal]:
        """Take people off a list; who is not on it is off already. Who was refused."""


def retried(ask: Callable[[], _Answer], sleep: Callable[[float], None]) -> _Answer:
    """What ``ask`` answers, which must send only once; asked anew when that was lost.

    Raises
    ------
    SourceError
    """
    for attempt in range(_ATTEMPTS):
        try:
            return ask()
        except NoAnswer as lost:
            if attempt == _ATTEMPTS - 1:
                raise
            told = lost.wait_seconds
            sleep(float(2**attempt) if told is None else told)
    raise AssertionError("unreachable")


def made_once(
    find: Callable[[], str | None],
    make: Callable[[], str],
    sleep: Callable[[float], None],
) -> str:
    """What ``find`` finds, or else what ``make`` makes, which must try only once.

    When the answer to making it was lost, it may be there all the same: it is looked
    for before it is made again.

    Raises
    ------
    SourceError
    """

    def found_or_made() -> str:
        found = find()
        return make() if found is None else found

    return retried(found_or_made, sleep)


def without_people(reason: str) -> str:
    """A place's words, short, without the address of whom they are about."""
    return _ADDRESS.sub("(address)", reason).strip()[:_LONGEST_REASON]
