"""A process that has imported our programs and forks each that is asked for.

It holds no thread, connection or file when it forks. It forks twice, and the one in
between ends at once, so that the caller (tests/suite/forked.py) becomes the parent.
What a program starts is forked by a server of its own, left behind before it begins.
"""

from __future__ import annotations

import ast
import atexit
import fcntl
import gc
import importlib
import importlib.util
import io
import logging
import os
import pickle
import pkgutil
import runpy
import signal
import socket
import struct
import sys
import threading
import time
import types
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tests.suite import forked
from tests.suite.forked import Command, Environment, Forks

__all__ = ["serve"]

_LENGTH = struct.Struct("!I")
# More than any of our programs is handed, and above the numbers it knows them by.
_MOST_DESCRIPTORS, _OUT_OF_THE_WAY = 64, 256
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What these import when they are at work.
_LATER = {
    "timonel": ("tests.suite.timonel_at_work",),
    "dbt": ("dbt.adapters.postgres", "tests.suite.dbt_schemas"),
    "taps.raw_tables": (
        *("taps.tap_files.tap", "taps.tap_shopify.tap", "taps.tap_meta_ads.tap"),
        *("taps.tap_google_ads.tap", "taps.tap_search_console.tap"),
        *("taps.declared.tap", "taps.sources.calendar.streams"),
    ),
}
# Packages of which it imports, in the end, every module.
_WHOLE = {"timonel": ("orchestration", "ml_assets")}
# What a program starts has to be there before the program is.
_STARTED_BY = {
    "timonel": (
        *("dbt", "orchestration.lib.warehouse.dbt_command"),
        *("taps.target_postgres", "taps.raw_tables", "sandbox"),
        *("taps.tap_files", "taps.tap_shopify", "taps.tap_meta_ads"),
        *("taps.tap_google_ads", "taps.tap_search_console"),
        "taps.declared",
    ),
}

_imported: set[str] = set()


def serve(descriptor: int) -> None:
    """Fork what is asked for until the caller ends; in a fork, run the program."""
    world = dict(os.environ)
    # One to the whole group is for the programs in it, which hear it when they can.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    connection = _aside(socket.socket(fileno=descriptor))
    while True:
        command, descriptors = _forked(connection)
        connection.close()
        # Before its own server is left behind, which belongs to the same group: who
        # kills that leaves nobody.
        if command.is_new_session:
            os.setsid()
        if command.group >= 0:
            os.setpgid(0, command.group)
        ours, theirs = map(_aside, socket.socketpair())
        if os.fork():
            theirs.close()
            break
        ours.close()
        _let_go(descriptors)
        connection = theirs
    forked.use(Forks.over(ours, world))
    _become(command, descriptors)
    _end(_exit_code(command.arguments, world))


def _aside(connection: socket.socket) -> socket.socket:
    """The same under a number that no program asks for."""
    moved = fcntl.fcntl(connection, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    connection.close()
    return socket.socket(fileno=moved)


def _let_go(descriptors: Sequence[int]) -> None:
    """Hold nothing that a reader might wait for the end of."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    for each in {nothing, *descriptors} - {0, 1, 2}:
        os.close(each)


def _forked(connection: socket.socket) -> tuple[Command, list[int]]:
    """Fork at each request; return in a fork, with what it was asked to be."""
    while True:
        asked = _received(connection)
        if asked is None:
            os._exit(0)
        command, descriptors = asked
        _import_program(command.arguments)
        reader, writer = os.pipe()
        between = os.fork()
        if not between:
            pid = os.fork()
            if not pid:
                os.close(reader)
                os.close(writer)
                return command, descriptors
            os.write(writer, _LENGTH.pack(pid))
            os._exit(0)
        # Told when it has been adopted, not before.
        os.waitpid(between, 0)
        answer = os.read(reader, _LENGTH.size)
        for each in (reader, writer, *descriptors):
            os.close(each)
        # The caller may have been killed meanwhile.
        with suppress(OSError):
            connection.sendall(answer)


def _received(connection: socket.socket) -> tuple[Command, list[int]] | None:
    head, descriptors, _, _ = socket.recv_fds(
        connection, _LENGTH.size, _MOST_DESCRIPTORS
    )
    if not head:
        return None
    (length,) = _LENGTH.unpack(head)
    content = connection.recv(length, socket.MSG_WAITALL)
    if len(content) < length:
        return None
    return Command(*pickle.loads(content)), list(descriptors)


def _import_program(arguments: list[str]) -> None:
    """Import, once, what the program imports and what it starts does."""
    name = _name(arguments)
    if name in _imported:
        return
    _imported.add(name)
    source = _source(arguments)
    if source is None:
        return
    for module in (*_imports(source), *_LATER.get(name, ()), *_modules_of(name)):
        # What cannot be imported is the program's to say.
        with suppress(Exception):
            importlib.import_module(module)
    programs = Path(sys.executable).parent
    for started in _STARTED_BY.get(name, ()):
        program = programs / started
        is_ours = "." in started or not program.exists()
        _import_program(["", "-m", started] if is_ours else [str(program)])
    if threading.active_count() > 1:
        raise RuntimeError(f"{name} starts a thread when it is imported.")
    # One that a library adds when it is imported would tell another program's lines
    # a second time.
    logging.getLogger().handlers.clear()
    # What stays is neither looked at nor copied again.
    gc.collect()
    gc.freeze()


def _modules_of(name: str) -> Iterator[str]:
    for package in _WHOLE.get(name, ()):
        folders = importlib.import_module(package).__path__
        for found in pkgutil.walk_packages(folders, f"{package}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield found.name


def _name(arguments: list[str]) -> str:
    return arguments[2] if arguments[1:2] == ["-m"] else Path(arguments[0]).name


def _source(arguments: list[str]) -> Path | None:
    if arguments[1:2] != ["-m"]:
        return Path(arguments[0])
    spec = importlib.util.find_spec(arguments[2])
    if spec and spec.submodule_search_locations:
        spec = importlib.util.find_spec(f"{arguments[2]}.__main__")
    return Path(spec.origin) if spec and spec.origin else None


def _imports(source: Path) -> Iterator[str]:
    for statement in ast.parse(source.read_text()).body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield statement.module


def _become(command: Command, descriptors: list[int]) -> None:
    """Have what the caller gave, and nothing else, as a process that was started."""
    _place(descriptors, command.descriptors)
    os.chdir(command.folder)
    os.environ.clear()
    os.environ.update(command.environment)
    time.tzset()
    _open_standard_streams()
    if "numpy" in sys.modules:
        # Of itself it would draw what its siblings draw.
        sys.modules["numpy"].random.seed()
    for number in _SIGNALS:
        if number in command.ignored_signals:
            signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _place(given: Sequence[int], wanted: Sequence[int]) -> None:
    """Give descriptors the numbers under which the caller knows them."""
    aside = [fcntl.fcntl(each, fcntl.F_DUPFD, _OUT_OF_THE_WAY) for each in given]
    for each in given:
        os.close(each)
    for each, number in zip(aside, wanted, strict=True):
        os.dup2(each, number)
        os.close(each)


def _open_standard_streams() -> None:
    """Open new ones: the old ones know the kind of what was there before."""
    is_unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        new = open(  # noqa: SIM115 - until the program ends
            number,
            "wb" if number else "rb",
            buffering=0 if number and is_unbuffered else -1,
            closefd=False,
        )
        stream = io.TextIOWrapper(
            new,
            encoding=old.encoding,
            errors=old.errors,
            line_buffering=number == 2 or new.isatty(),
            write_through=bool(number) and is_unbuffered,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _exit_code(arguments: list[str], world: Environment) -> int:
    """Run a program. What is not a number at its end is left to the interpreter."""
    try:
        _run(arguments, world)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        return end.code or 0
    return 0


def _end(code: int) -> None:
    """Do what the interpreter does at the end, up to the clearing of all modules."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code & 0xFF)


def _run(arguments: list[str], world: Environment) -> None:
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.orig_argv[:] = arguments
    if arguments[1:2] == ["-m"]:
        _find_modules_in(str(Path.cwd()), world)
        sys.argv[:] = arguments[2:]
        # Imported by another program, perhaps; run as `-m` runs it.
        sys.modules.pop(arguments[2], None)
        runpy._run_module_as_main(arguments[2])  # type: ignore[attr-defined]
        return
    script = Path(arguments[0])
    _find_modules_in(str(script.parent), world)
    sys.argv[:] = arguments
    main.__file__ = str(script)
    exec(compile(script.read_bytes(), script, "exec"), main.__dict__)


def _find_modules_in(first: str, world: Environment) -> None:
    theirs = world.get("PYTHONPATH", "").split(os.pathsep)
    ours = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    installed = [each for each in sys.path if each not in {"", *theirs}]
    sys.path[:] = [first, *filter(None, ours), *installed]
