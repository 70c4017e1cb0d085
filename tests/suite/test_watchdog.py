"""A test session that is killed leaves no process and no database behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.suite.template_cluster import template_cluster

ROOT = Path(__file__).parents[2]
PYTEST = ("-m", "pytest", "tests/suite/endless.py", "-q", "-p", "no:cacheprovider")
# Only so that what never comes fails the test.
PATIENCE = 120


def wait_for(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < end:
        time.sleep(0.1)
    return is_so()


def is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return False
    return state != "Z"


def start(told: Path, *program: str) -> subprocess.Popen[bytes]:
    # Made before, so that what is killed is no session that only makes it.
    template_cluster()
    return subprocess.Popen(
        [sys.executable, *program],
        cwd=ROOT,
        env=os.environ | {"TOLD": str(told)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def assert_nothing_is_left_of(told: Path, *others: int) -> None:
    numbers, home = told.read_text().split("\n")
    processes = [*others, *map(int, numbers.split())]
    assert wait_for(lambda: not any(map(is_alive, processes))), processes
    assert wait_for(lambda: not Path(home).exists())


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_of_a_session_that_was_killed(
    tmp_path: Path, workers: str, number: signal.Signals
) -> None:
    told = tmp_path / "told"
    session = start(told, *PYTEST, "-n", workers)
    assert wait_for(told.exists)

    session.send_signal(number)
    session.wait()

    assert_nothing_is_left_of(told)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_session_ends_with_the_make_that_started_it(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = [sys.executable, *PYTEST, "-n", "2", "--end-with-parent"]
    starter = (
        "import subprocess\n"
        f"child = subprocess.Popen({command!r})\n"
        "print(child.pid, flush=True); child.wait()"
    )
    make = subprocess.Popen(
        [sys.executable, "-c", starter],
        cwd=ROOT,
        env=os.environ | {"TOLD": str(told)},
        stdout=subprocess.PIPE,
    )
    assert make.stdout is not None
    session = int(make.stdout.readline())
    assert wait_for(told.exists)

    make.kill()
    make.wait()

    assert_nothing_is_left_of(told, session)
    make.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_what_a_session_forgot_to_stop_ends_with_it(tmp_path: Path) -> None:
    test = tmp_path / "test_forgetful.py"
    test.write_text(
        "import subprocess\n"
        "def test_it_forgets(tmp_path):\n"
        "    child = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        f"    open({str(tmp_path / 'told')!r}, 'w').write(str(child.pid))\n"
        "    (tmp_path / 'kept').touch()\n"
    )

    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-p", "tests.suite.watchdog", "--basetemp", tmp_path / "base", test),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )

    assert wait_for(lambda: not is_alive(int((tmp_path / "told").read_text())))
    assert list((tmp_path / "base").glob("*/kept"))
