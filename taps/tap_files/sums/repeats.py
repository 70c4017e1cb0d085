"""Finding what appears twice in a file without keeping the file in memory.

The first pass notes one 64-bit hash per row (8 bytes each); sorted, they give the few
hashes seen more than once. The second pass then only remembers those.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.tables import Row, as_text

__all__ = ["KeyCollector", "RepeatFinder", "Repeats"]


class RepeatFinder:
    """Collects keys in the first pass."""

    def __init__(self) -> None:
        self._hashes = array("q")

    def add(self, key: Hashable) -> None:
        """Note that a key appeared."""
        self._hashes.append(hash(key))

    def repeats(self) -> Repeats:
        """The keys that appeared more than once."""
        ordered = np.frombuffer(self._hashes, dtype=np.int64).copy()
        ordered.sort()
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        return Repeats(frozenset(again.tolist()), extra_count=len(again))


class Repeats:
    """Recognises, in the second pass, the second and later appearance of a key."""

    def __init__(
        self, hashes: frozenset[int] = frozenset(), extra_count: int = 0
    ) -> None:
        self._hashes = hashes
        self._seen: set[int] = set()
        self.extra_count = extra_count
        """Appearances beyond the first, over all keys."""

    def is_again(self, key: Hashable) -> bool:
        """Whether this key appeared before; remembers that it did."""
        if not self._hashes:
            return False
        hashed = hash(key)
        if hashed not in self._hashes:
            return False
        if hashed in self._seen:
            return True
        self._seen.add(hashed)
        return False


class KeyCollector:
    """Notes whole rows, or for Shopify the name that starts each order."""

    def __init__(self, binding: Binding) -> None:
        self.finder = RepeatFinder()
        self._order_name = binding.positions.get("order_name")
        self._order_id = binding.positions.get("order_id")
        self._last: tuple[str, str] | None = None

    def add(self, row: Row) -> None:
        """Take in a row."""
        if self._order_name is None:
            self.finder.add(tuple(row.cells))
            return
        name = as_text(row.cells[self._order_name])
        order_id = "" if self._order_id is None else as_text(row.cells[self._order_id])
        if not name:
            return
        if self._last and name == self._last[0] and order_id in {"", self._last[1]}:
            return
        self._last = (name, order_id)
        self.finder.add(self._last)
