"""The most memory that processes held at once, with all that they started."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

__all__ = ["PeakMemory"]

_PROC = Path("/proc")
_EVERY_SECONDS = 0.25


class PeakMemory:
    """Looks four times a second, while entered, what each family of processes holds.

    ``peak_mib`` is by name, in MiB: pages that several share count once among them
    (PSS). Where there is no ``/proc`` it stays empty.
    """

    def __init__(self, roots: Mapping[str, int]) -> None:
        self.peak_mib: dict[str, float] = {}
        self._roots = roots
        self._is_over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._is_over.wait(_EVERY_SECONDS):
            parents = _parents()
            for name, root in self._roots.items():
                held = sum(map(_held_mib, _family(root, parents)))
                self.peak_mib[name] = max(self.peak_mib.get(name, 0.0), held)


def _parents() -> dict[int, int]:
    found = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        # One that ends meanwhile is not there any more.
        with suppress(OSError):
            told = stat.read_text().rsplit(")", 1)[1].split()
            found[int(stat.parent.name)] = int(told[1])
    return found


def _family(root: int, parents: Mapping[int, int]) -> set[int]:
    family, is_more = {root}, True
    while is_more:
        more = {child for child, parent in parents.items() if parent in family}
        is_more = not more <= family
        family |= more
    return family


def _held_mib(process_id: int) -> float:
    with suppress(OSError):
        lines = (_PROC / str(process_id) / "smaps_rollup").read_text().splitlines()
        return (
            next((int(one.split()[1]) for one in lines if one[:4] == "Pss:"), 0) / 1024
        )
    return 0.0
