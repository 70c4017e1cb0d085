"""A folder in memory for what tests store, where the machine has the room.

A database is some hundred files, and on some disks making a file takes a millisecond of
the processor: in memory a copy of a database costs a twentieth.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres

__all__ = ["memory_folder"]

_MEMORY = Path("/dev/shm")
_ROOM_NEEDED = 6 * 2**30
_PREFIX, _LOCK = "timonel-tests-", "in-use"


@contextmanager
def memory_folder(otherwise: Path, memory: Path = _MEMORY) -> Iterator[Path]:
    """A folder in memory until the end of the block; ``otherwise`` where none fits."""
    if not _has_room(memory):
        yield otherwise
        return
    _remove_forgotten(memory)
    made = Path(tempfile.mkdtemp(dir=memory))
    # Postgres, as another account, must reach into it.
    made.chmod(0o755)
    with (made / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Named once it is locked, so that nobody takes it for a forgotten one.
        folder = made.rename(memory / f"{_PREFIX}{made.name}")
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _has_room(memory: Path) -> bool:
    if not (memory.is_dir() and os.access(memory, os.W_OK | os.X_OK)):
        return False
    return min(shutil.disk_usage(memory).free, _free_memory()) >= _ROOM_NEEDED


def _free_memory() -> int:
    with suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def _remove_forgotten(memory: Path) -> None:
    """Stop and delete what killed sessions left: their locks are open."""
    for folder in memory.glob(f"{_PREFIX}*"):
        with suppress(OSError), (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for home in (path.parent for path in folder.glob("*/created")):
                EmbeddedPostgres(home).stop()
            shutil.rmtree(folder, ignore_errors=True)
