"""A forked program says what a started one says, and each also starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.suite.forked import starting_cold
from tests.suite.test_watchdog import wait_for

_PROGRAMS = {
    "timonel": ("--version",),
    "dbt": ("--version",),
    "orchestration.lib.warehouse.dbt_command": ("build", "--help"),
    "metabase": ("--help",),
    "activation": ("--help",),
    "taps.declared": ("weather", "--about"),
    "taps.raw_tables": ("--list",),
    "sandbox": ("--help",),
    "taps.tap_files": ("--about",),
    "taps.tap_google_ads": ("--about",),
    "taps.tap_meta_ads": ("--about",),
    "taps.tap_search_console": ("--about",),
    "taps.tap_shopify": ("--about",),
    "taps.target_postgres": ("--about",),
}


def _command(program: str) -> list[str]:
    script = Path(sys.executable).with_name(program)
    return [str(script)] if script.exists() else [sys.executable, "-m", program]


@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_program_says_the_same_forked_and_started(program: str) -> None:
    command = [*_command(program), *_PROGRAMS[program]]

    forked = _ended(command)
    with starting_cold():
        started = _ended(command)

    assert forked == started
    assert started[0] == 0
    assert started[1]


def _ended(command: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_who_kills_a_session_kills_what_would_fork_its_children() -> None:
    command = [*_command("taps.target_postgres"), "--config", "/dev/stdin"]

    # It waits for what it is to read.
    program = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    assert wait_for(lambda: len(_members(program.pid)) > 1)
    os.killpg(program.pid, signal.SIGKILL)
    program.communicate()

    assert wait_for(lambda: _members(program.pid) == [])


def _members(group: int) -> list[int]:
    """Processes of a group that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        # One that ends meanwhile is not there any more.
        with suppress(OSError):
            state, _, its_group, *_ = path.read_text().rpartition(") ")[2].split()
            if int(its_group) == group and state != "Z":
                found.append(int(path.parent.name))
    return found
