"""Collections whose nodes become one record each: customers, checkouts, order ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from taps.tap_shopify.bulk import BulkFailed, BulkFile
from taps.tap_shopify.client import decoded
from taps.tap_shopify.collection import Collection

__all__ = ["FlatCollection", "Names"]

_TOGETHER = 500


class _Identified(Protocol):
    id: str


_Node = TypeVar("_Node", bound=_Identified)


@dataclass(frozen=True)
class Names:
    """What the API calls a collection."""

    name: str
    count_name: str
    sort_key: str


class _Head(msgspec.Struct):
    id: str
    parent: str | None = msgspec.field(name="__parentId", default=None)


class FlatCollection(Collection, Generic[_Node]):
    """A root connection with at most one connection below, whose nodes are counted.

    Parameters
    ----------
    shape
        Type of the nodes.
    fields
        What is asked of a node.
    emit
        Writes nodes; gets for each how many children it has in a bulk file.
    child
        The connection below, as asked for in pages and in bulk.
    """

    def __init__(
        self,
        names: Names,
        shape: type[_Node],
        fields: str,
        emit: Callable[[Sequence[tuple[_Node, int]]], None],
        child: tuple[str, str] = ("", ""),
    ) -> None:
        self.name = names.name
        self.count_name = names.count_name
        self.sort_key = names.sort_key
        self._shape = shape
        self._fields = fields
        self._emit = emit
        self._child = child

    def page_fields(self) -> str:
        """Fields of a node in a page."""
        return f"{self._fields} {self._child[0]}"

    def bulk_fields(self) -> str:
        """Fields of a node in bulk."""
        return f"{self._fields} {self._child[1]}"

    def take_page(self, nodes: msgspec.Raw, call: str) -> Sequence[str]:
        """Emit the nodes of a page; return their ids."""
        found: list[_Node] = decoded(bytes(nodes), list[self._shape], call)  # type: ignore[name-defined]
        self._emit([(node, 0) for node in found])
        return [node.id for node in found]

    def take_file(self, file: BulkFile, call: str) -> int:
        """Count the file, then emit its nodes; return how many there are."""
        ids, children = _census(file, call)
        together: list[tuple[_Node, int]] = []
        for line in _roots(file):
            node = decoded(line, self._shape, call)
            together.append((node, children[node.id]))
            if len(together) == _TOGETHER:
                self._emit(together)
                together.clear()
        self._emit(together)
        return len(ids)


def _roots(file: BulkFile) -> Iterator[bytes]:
    return (line for line in file.lines() if b'"__parentId"' not in line)


def _census(file: BulkFile, call: str) -> tuple[set[str], Counter[str]]:
    decode = msgspec.json.Decoder(_Head).decode
    ids: set[str] = set()
    children: Counter[str] = Counter()
    objects = roots = 0
    for line in file.lines():
        objects += 1
        try:
            head = decode(line)
        except msgspec.DecodeError:
            raise BulkFailed(
                f"line {objects} of the file is cut off", call=call
            ) from None
        if head.parent is None:
            roots += 1
            ids.add(head.id)
        else:
            children[head.parent] += 1
    if (objects, roots) != (file.object_count, file.root_count):
        raise BulkFailed(
            f"the file has {objects} objects ({roots} at the root), Shopify counts "
            f"{file.object_count} ({file.root_count})",
            call=call,
        )
    return ids, children
