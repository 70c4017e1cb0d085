"""CPU seconds of this process, of its children and of the servers it started."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["cpu_seconds", "forget_servers", "server_seconds", "watch_server"]

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """Whose child it is; its CPU seconds with those of children it waited for."""

    parent: int
    seconds: float


_NOBODY = Process(0, 0.0)

#: Last reading of each server; one that has stopped keeps it.
_servers: dict[int, float] = {}


def watch_server(process_id: int) -> None:
    """Count a server, which detaches itself and so is nobody's child."""
    _servers.setdefault(process_id, 0.0)


def forget_servers() -> None:
    """Count no server that was named so far."""
    _servers.clear()


def cpu_seconds() -> float:
    """CPU seconds so far: own, children reaped or living, and servers watched.

    Where there is no ``/proc``: own and reaped children.
    """
    processes = _processes()
    own = os.getpid()
    living = _family_seconds(own, processes) - processes.get(own, _NOBODY).seconds
    return sum(os.times()[:4]) + living + server_seconds(processes)


def server_seconds(processes: Mapping[int, Process] | None = None) -> float:
    """CPU seconds so far of the servers watched, with the processes they started."""
    found = _processes() if processes is None else processes
    for server, known in _servers.items():
        _servers[server] = max(known, _family_seconds(server, found))
    return sum(_servers.values())


def _family_seconds(process_id: int, processes: Mapping[int, Process]) -> float:
    """Seconds of a process and of all that descend from it, but for servers."""
    children: dict[int, list[int]] = defaultdict(list)
    for child, process in processes.items():
        children[process.parent].append(child)
    waiting, seconds = [process_id], 0.0
    while waiting:
        member = waiting.pop()
        seconds += processes.get(member, _NOBODY).seconds
        # A process may have adopted a server, which is counted by itself.
        waiting += [child for child in children[member] if child not in _servers]
    return seconds


def _processes() -> dict[int, Process]:
    """Every process of the machine, one look at each."""
    found = {}
    for path in _PROC.glob("[0-9]*/stat"):
        # One that ends meanwhile is not there any more.
        with suppress(OSError):
            # The name may hold spaces and brackets: numbers begin after its last one.
            numbers = path.read_text().rpartition(") ")[2].split()
            seconds = sum(map(int, numbers[11:15])) / _TICKS
            found[int(path.parent.name)] = Process(int(numbers[1]), seconds)
    return found
