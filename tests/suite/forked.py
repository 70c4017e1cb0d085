"""Programs of ours that tests start, forked from one that has imported them already.

Most of what a program costs is importing Dagster, dbt or the Singer SDK. While
`forking_programs` holds, `subprocess` asks a server (tests/suite/fork_server.py)
instead. What it gets is no imitation of a process but one: a child of the caller with
an identity, session, group, folder, environment, pipes, signals and exit code of its
own. The children it starts are forked in the same way.

What differs from a start is named in `_is_ours`, and such a command is started; so is
everything while `starting_cold` holds, and where TIMONEL_TESTS_COLD is set.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Command", "Forks", "forking_programs", "starting_cold"]

_PROGRAMS = frozenset({"timonel", "dbt"})
_PACKAGES = frozenset({"taps", "activation", "sandbox", "metabase"})
_MODULES = frozenset({"orchestration.lib.warehouse.dbt_command"})
_SERVER = "from tests.suite.fork_server import serve; serve({descriptor})"
_SWITCH = "TIMONEL_TESTS_COLD"
# The interpreter and the numerical libraries read these once, as they start.
_READ_AT_START = (
    *("PYTHON", "LC_", "LANG", "LD_", "MALLOC_"),
    *("OMP_", "OPENBLAS_", "MKL_"),
)
_READ_AT_ANY_TIME = frozenset(
    {"PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONLEGACYWINDOWSSTDIO"}
)
# A program that changes what is imported before anything else is.
_CUSTOMISATIONS = ("sitecustomize.py", "usercustomize.py")
_SET_CHILD_SUBREAPER = 36
_LENGTH = struct.Struct("!I")

Environment = dict[str, str]


class ServerGone(RuntimeError):
    """The server that forks our programs ended; its last words say why."""


class Command(NamedTuple):
    """What a process is started with."""

    arguments: list[str]
    environment: Environment
    folder: str
    # Numbers the descriptors have in the new process; the first three are 0, 1, 2.
    descriptors: tuple[int, ...]
    is_new_session: bool
    group: int
    ignored_signals: tuple[int, ...]


class _ForkExec(NamedTuple):
    """The arguments of `_posixsubprocess.fork_exec` in Python 3.11 and 3.12."""

    arguments: Sequence[str | bytes | os.PathLike[str]]
    executables: Sequence[bytes]
    close_fds: bool
    kept: tuple[int, ...]
    folder: str | bytes | os.PathLike[str] | None
    environment: Sequence[bytes] | None
    stdin: int
    their_stdin: int
    their_stdout: int
    stdout: int
    their_stderr: int
    stderr: int
    error_read: int
    error_write: int
    restore_signals: bool
    start_new_session: bool
    group: int
    gid: int | None
    groups: Sequence[int] | None
    uid: int | None
    umask: int
    preexec: Callable[[], object] | None
    vfork: bool


@dataclass
class Forks:
    """The way to one server, for one process and no child it may fork itself."""

    connection: socket.socket
    environment: Environment
    owner: int
    lock: threading.Lock

    @classmethod
    def over(cls, connection: socket.socket, environment: Mapping[str, str]) -> Forks:
        """Those of the server at the other end, which was started in this world."""
        return cls(connection, dict(environment), os.getpid(), threading.Lock())

    def ask_for(self, command: Command, descriptors: Sequence[int]) -> int:
        """Have it forked, as a child of this process; return its number."""
        content = pickle.dumps(tuple(command))
        with self.lock, _adopting():
            head = _LENGTH.pack(len(content))
            socket.send_fds(self.connection, [head], descriptors)
            self.connection.sendall(content)
            answer = self.connection.recv(_LENGTH.size, socket.MSG_WAITALL)
        if not answer:
            raise ServerGone(f"It was asked for {command.arguments}.")
        pid = int(_LENGTH.unpack(answer)[0])
        # Of a stranger, `subprocess` would say that it ended well.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return pid


_start = subprocess._fork_exec  # type: ignore[attr-defined]


def use(forks: Forks | None) -> None:
    """From now on, have our programs forked from there; None: started."""
    chosen = partial(_fork, forks) if forks else _start
    subprocess._fork_exec = chosen  # type: ignore[attr-defined]


@contextmanager
def forking_programs() -> Iterator[None]:
    """Have our programs forked while the block lasts."""
    if sys.platform != "linux" or os.environ.get(_SWITCH):
        yield
        return
    ours, theirs = socket.socketpair()
    code = _SERVER.format(descriptor=theirs.fileno())
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    theirs.close()
    use(Forks.over(ours, os.environ))
    try:
        yield
    finally:
        use(None)
        ours.close()
        server.wait()


@contextmanager
def starting_cold() -> Iterator[None]:
    """Start programs as their users do while the block lasts."""
    forking = subprocess._fork_exec  # type: ignore[attr-defined]
    use(None)
    try:
        yield
    finally:
        subprocess._fork_exec = forking  # type: ignore[attr-defined]


def _fork(forks: Forks, *everything: Any) -> int:
    asked = _ForkExec(*everything)
    environment = _environment(asked.environment)
    if not _is_ours(forks, asked, environment):
        return int(_start(*everything))
    standard = (asked.stdin, asked.stdout, asked.stderr)
    # -1 says: the one the caller has.
    given = [own if fd == -1 else fd for own, fd in enumerate(standard)]
    kept = sorted(fd for fd in asked.kept if fd not in {asked.error_write, 0, 1, 2})
    command = Command(
        [os.fsdecode(argument) for argument in asked.arguments],
        environment,
        os.path.realpath(os.fsdecode(asked.folder) if asked.folder else "."),
        (0, 1, 2, *kept),
        asked.start_new_session,
        asked.group,
        tuple(_ignored_signals()),
    )
    return forks.ask_for(command, [*given, *kept])


def _is_ours(forks: Forks, asked: _ForkExec, environment: Environment) -> bool:
    """Whether a process like this one can be forked."""
    rights = (asked.gid, asked.groups, asked.uid)
    is_plain = (
        asked.preexec is None
        and asked.close_fds
        and asked.umask == -1
        and rights == (None, None, None)
    )
    return (
        is_plain
        and forks.owner == os.getpid()
        and _is_known(asked)
        and Path(os.fsdecode(asked.folder or ".")).is_dir()
        and _read_at_start(environment) == _read_at_start(forks.environment)
        and not _is_customised(environment)
    )


def _is_known(asked: _ForkExec) -> bool:
    program, *arguments = [os.fsdecode(each) for each in asked.arguments]
    ours = Path(sys.executable)
    if [os.fsdecode(each) for each in asked.executables] != [program]:
        return False
    if program == str(ours):
        if len(arguments) < 2 or arguments[0] != "-m":
            return False
        module = arguments[1]
        return module in _MODULES or module.partition(".")[0] in _PACKAGES
    return Path(program).parent == ours.parent and Path(program).name in _PROGRAMS


def _environment(entries: Sequence[bytes] | None) -> Environment:
    if entries is None:
        return dict(os.environ)
    pairs = (os.fsdecode(entry).partition("=") for entry in entries)
    return {name: value for name, _, value in pairs}


def _read_at_start(environment: Environment) -> Environment:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_AT_START) and name not in _READ_AT_ANY_TIME
    }


def _is_customised(environment: Environment) -> bool:
    folders = environment.get("PYTHONPATH", "").split(os.pathsep)
    return any(
        (Path(folder) / name).exists() for folder in folders for name in _CUSTOMISATIONS
    )


def _ignored_signals() -> Iterator[int]:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            yield int(number)


@contextmanager
def _adopting() -> Iterator[None]:
    """Be the parent of what loses its parent among our descendants."""
    _be_reaper(True)
    try:
        yield
    finally:
        _be_reaper(False)


def _be_reaper(wanted: bool) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "The system lets nobody adopt a process.")
