"""Pages: the part of a list that `first`, `after`, `last` and `before` ask for."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

__all__ = ["LARGEST_PAGE", "BadPage", "Slice", "page_size", "slice_of"]

LARGEST_PAGE: Final = 250


class BadPage(ValueError):
    """The arguments of a connection make no page."""


@dataclass(frozen=True)
class Slice:
    """A page of a connection. `cursors` belong to the nodes, one each."""

    nodes: Sequence[Any]
    cursors: Sequence[str]
    has_next: bool = False
    has_previous: bool = False


def slice_of(sources: Sequence[Any], arguments: dict[str, Any]) -> Slice:
    """A page of a list that is at hand; its cursors are positions."""
    numbered = list(enumerate(sources))
    if arguments.get("reverse"):
        numbered.reverse()
    start, end = 0, len(numbered)
    if arguments.get("after"):
        start = _position(arguments["after"], numbered) + 1
    if arguments.get("before"):
        end = _position(arguments["before"], numbered)
    if "first" in arguments or "last" in arguments:
        size = page_size(arguments)
        if arguments.get("first") is not None:
            end = min(end, start + size)
        else:
            start = max(start, end - size)
    page = numbered[start:end]
    return Slice(
        [source for _, source in page],
        [_cursor(index) for index, _ in page],
        has_next=end < len(numbered),
        has_previous=start > 0,
    )


def page_size(arguments: dict[str, Any]) -> int:
    """How many objects a page may hold.

    Raises
    ------
    BadPage
        Neither first nor last, both, or more than 250.
    """
    given = [name for name in ("first", "last") if arguments.get(name) is not None]
    if not given:
        raise BadPage("you must provide one of first or last")
    if len(given) > 1:
        raise BadPage("providing both first and last is not supported")
    size = int(arguments[given[0]])
    if not 0 <= size <= LARGEST_PAGE:
        raise BadPage(f"{given[0]} cannot exceed {LARGEST_PAGE}")
    return size


def _cursor(index: int) -> str:
    return base64.b64encode(msgspec.json.encode({"offset": index})).decode()


def _position(cursor: str, numbered: list[tuple[int, Any]]) -> int:
    try:
        offset = msgspec.json.decode(base64.b64decode(cursor))["offset"]
    except (ValueError, KeyError, TypeError):
        raise BadPage(f"`{cursor}` is not a valid cursor") from None
    for position, (index, _) in enumerate(numbered):
        if index == offset:
            return position
    raise BadPage(f"`{cursor}` is not a valid cursor")
