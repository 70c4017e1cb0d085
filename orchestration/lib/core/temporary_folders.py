"""Whatever a command and its children write for a while goes with it, also if killed.

A killed process removes nothing: what it left is removed by the next command. A folder
is left alone while its command lives, which holds a lock on it, and while a child does
that was told of it by ``TMPDIR`` (seen where the system has ``/proc``).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["forget_abandoned", "is_locked", "own_temporary_folder"]

_PREFIX = "timonel-tmp-"
#: A file in each of these folders: a name alone may be somebody's home or backup.
_MARK = ".made-for-one-command"
_TOLD = "TMPDIR"


@contextmanager
def own_temporary_folder() -> Iterator[None]:
    """Give temporary files of this process and its children a folder of their own.

    Removes those that others left behind. Where none can be made, as on a full disk,
    files go where they would; the command says what it lacks once it needs one.
    """
    before = tempfile.tempdir, os.environ.get(_TOLD)
    try:
        place = Path(tempfile.gettempdir())
        marked = place.glob(f"{_PREFIX}*/{_MARK}")
        forget_abandoned(mark.parent for mark in marked)
        folder, lock = _made(place)
    except OSError:
        yield
        return
    os.environ[_TOLD] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir, told = before
        del os.environ[_TOLD]
        if told is not None:
            os.environ[_TOLD] = told
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def forget_abandoned(paths: Iterator[Path]) -> None:
    """Remove the files and folders of this account among these that nobody uses."""
    for path in paths:
        # Somebody else may be faster.
        with suppress(FileNotFoundError):
            if path.lstat().st_uid != os.getuid() or path.is_symlink():
                continue
            if is_locked(path) or _is_told_to_a_child(path):
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def is_locked(path: Path) -> bool:
    """Whether a living process holds it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _made(place: Path) -> tuple[Path, int]:
    """A new folder and what holds it, which is held before it is marked."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_SH)
    (folder / _MARK).touch()
    return folder, lock


def _is_told_to_a_child(folder: Path) -> bool:
    told = f"{_TOLD}={folder}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        # Of other accounts, or gone.
        with suppress(OSError):
            for variable in environment.read_bytes().split(b"\0"):
                if variable == told or variable.startswith(told + b"/"):
                    return True
    return False
