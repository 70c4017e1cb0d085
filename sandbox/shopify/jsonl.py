"""The file of a bulk operation: one JSON object a line, children on lines of their own.

Grouped, a parent is followed by its children. Ungrouped, only `__parentId` says whose
child a line is: parents come in blocks, then the children of the whole block, and the
last of them not before the next block.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import IO, Any, Final

import msgspec

from sandbox.shopify.shapes import Children, Deferred, Project

__all__ = ["Tally", "write_jsonl"]

_BLOCK: Final = 64
_ENCODE_LINES: Final = msgspec.json.Encoder().encode_lines


@dataclass
class Tally:
    """How many lines were written, and how many of them were roots."""

    objects: int = 0
    roots: int = 0


def write_jsonl(
    file: IO[bytes],
    sources: Iterable[Any],
    connection: Deferred,
    tally: Tally,
    *,
    is_grouped: bool,
) -> None:
    """Write a line per source and per child; `tally` counts along."""
    families = (
        _family(connection.node, source, connection.waiting) for source in sources
    )
    held: list[Any] = []
    for block in _blocks(families):
        lines = list(chain.from_iterable(block)) if is_grouped else _shuffled(block)
        tally.roots += len(block)
        tally.objects += len(lines)
        if not is_grouped:
            lines = [*lines[: len(block)], *held, *lines[len(block) :]]
            held = [lines.pop()] if len(lines) > len(block) + len(held) else []
        file.write(_ENCODE_LINES(lines))
    file.write(_ENCODE_LINES(held))


def _family(project: Project, source: Any, waiting: list[Children]) -> list[Any]:
    """A root's line, and after it those of its descendants, parents first."""
    root = project(source)
    lines = [root]
    if waiting:
        _add_children(lines, root, waiting)
    return lines


def _add_children(lines: list[Any], parent: Any, waiting: list[Children]) -> None:
    generations = waiting[:]
    waiting.clear()
    for project, sources in generations:
        for source in sources:
            child = project(source)
            child["__parentId"] = parent["id"]
            lines.append(child)
            if waiting:
                _add_children(lines, child, waiting)


def _blocks(families: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while block := list(islice(families, _BLOCK)):
        yield block


def _shuffled(block: list[list[Any]]) -> list[Any]:
    """All roots of a block, then everybody's first child, everybody's second ..."""
    generations = zip_longest(*block)
    return [
        line for generation in generations for line in generation if line is not None
    ]
