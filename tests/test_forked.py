"""A forked program is a process like one that was started, and each also starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.forked import starting_cold

_ROOT = Path(__file__).parents[1]
_FACTS = (sys.executable, "-m", "tests.process_facts")
_PROGRAMS = {
    "timonel": ("--version",),
    "dbt": ("--version",),
    "metabase.metabase_as_code": ("--help",),
    "taps.destinations": ("--help",),
    "taps.raw_tables": ("--list",),
    "taps.sandbox": ("--help",),
    "taps.tap_calendar": ("--about",),
    "taps.tap_files": ("--about",),
    "taps.tap_google_ads": ("--about",),
    "taps.tap_meta_ads": ("--about",),
    "taps.tap_search_console": ("--about",),
    "taps.tap_shopify": ("--about",),
    "taps.tap_weather": ("--about",),
    "taps.target_postgres": ("--about",),
}


def _command(program: str) -> list[str]:
    if "." in program:
        return [sys.executable, "-m", program]
    return [str(Path(sys.executable).with_name(program))]


@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_program_says_the_same_forked_and_started(program: str) -> None:
    command = [*_command(program), *_PROGRAMS[program]]

    forked = _ended(command)
    with starting_cold():
        started = _ended(command)

    assert forked == started
    assert started[0] == 0
    assert started[1]


def _ended(command: list[str], **options: Any) -> tuple[int, str, str]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"start_new_session": True},
        {"process_group": 0},
        {"stdin": subprocess.DEVNULL},
        {"env": {"SAID": "ñ", "TZ": "Asia/Tokyo", "PATH": os.defpath}},
        {"env": os.environ | {"PYTHONUNBUFFERED": "1"}},
    ],
    ids=["plain", "session", "group", "input", "environment", "unbuffered"],
)
def test_a_forked_program_finds_what_a_started_one_finds(
    options: dict[str, Any], tmp_path: Path
) -> None:
    given = {"env": os.environ, **options, "cwd": tmp_path}
    given["env"] = given["env"] | {"PYTHONPATH": str(_ROOT)}

    forked = _ended([*_FACTS, "end", "é"], **given)
    with starting_cold():
        started = _ended([*_FACTS, "end", "é"], **given)

    assert json.loads(forked[1]) == json.loads(started[1])
    assert (forked[0], forked[2]) == (started[0], started[2]) == (7, "")


def test_a_descriptor_that_is_passed_on_keeps_its_number() -> None:
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)

    _, said, _ = _ended(list(_FACTS), pass_fds=[writer])

    os.close(writer)
    assert json.loads(said)["descriptors"] == [0, 1, 2, writer]
    # Nobody else holds it: at its end there is nothing more to read.
    with os.fdopen(reader, "rb") as rest:
        assert rest.read() == b""


def test_what_a_program_cannot_catch_is_told_as_python_tells_it() -> None:
    status, _, errors = _ended([*_FACTS, "fail"])

    assert status == 1
    assert errors.startswith("Traceback (most recent call last):")
    assert errors.endswith("RuntimeError: as asked\n")


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _start(running: ExitStack, *asked: str, **options: Any) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([*_FACTS, *asked], **pipes, **options)
    running.enter_context(process)
    running.callback(process.kill)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP]
)
def test_a_signal_ends_a_forked_program(
    running: ExitStack, number: signal.Signals
) -> None:
    process = _start(running, "wait")
    _line(process)

    process.send_signal(number)

    assert process.wait() == -number


def test_two_forks_draw_different_numbers(running: ExitStack) -> None:
    first, second = _start(running, "wait"), _start(running, "wait")

    assert _line(first) != _line(second)


def test_the_child_of_a_forked_program_is_its_own(running: ExitStack) -> None:
    process = _start(running, "child")

    _, parent = json.loads(_line(process))

    assert parent == process.pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_to_the_group_reaches_the_children_of_a_forked_program(
    running: ExitStack, number: signal.Signals
) -> None:
    process = _start(running, "child", start_new_session=True)
    child, _ = json.loads(_line(process))
    _line(process)

    os.killpg(process.pid, number)

    assert process.wait() == -number
    # Its output ends when the last that writes to it has ended.
    assert process.stdout is not None
    process.stdout.read()
    assert not _works(child)


def _works(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def test_a_child_outlives_a_forked_program_that_alone_is_killed(
    running: ExitStack,
) -> None:
    process = _start(running, "child", start_new_session=True)
    child, _ = json.loads(_line(process))
    running.callback(os.killpg, process.pid, signal.SIGKILL)
    _line(process)

    process.kill()

    assert process.wait() == -signal.SIGKILL
    assert _works(child)
