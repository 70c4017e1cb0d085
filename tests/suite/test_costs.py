"""What the tests cost is counted, summed by folder and compared with a budget."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.suite.costs import (
    Cost,
    Meter,
    budget_warnings,
    by_folder,
    folder_of,
    recorded_costs,
    table,
    write_modules,
)
from tests.suite.processes_cpu import cpu_seconds, forget_servers, watch_server

ROOT = Path(__file__).parents[2]
# Burns a second of the processor, says so, and waits for its input to end.
_BURN = (
    "import sys, time\n"
    "while time.process_time() < 1: pass\n"
    "print('burnt', flush=True); sys.stdin.read()"
)


def burner() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", _BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_child_counts_while_it_lives_and_once_when_it_has_ended() -> None:
    before = cpu_seconds()

    child = burner()
    living = cpu_seconds() - before
    child.communicate()
    ended = cpu_seconds() - before

    assert living > 0.9
    assert 0.9 < ended < 1.9


def test_a_server_that_detached_itself_counts_and_still_does_when_it_stopped() -> None:
    # A grandchild whose parent has ended is nobody's child, as a postmaster.
    starter = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {_BURN!r}], stdin=0)\n"
        "print(child.pid, flush=True)"
    )
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", starter], stdin=reading, stdout=subprocess.PIPE
    ) as parent:
        os.close(reading)
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        assert parent.stdout.readline() == b"burnt\n"
        parent.wait()
        before = cpu_seconds()
        watch_server(server)
        watched = cpu_seconds() - before
        os.close(writing)
        parent.stdout.read()
    stopped = cpu_seconds() - before
    forget_servers()

    assert watched > 0.9
    assert stopped >= watched


def test_what_passes_between_two_seams_belongs_to_the_module_that_ended() -> None:
    meter = Meter(cpu=cpu_seconds())
    meter.seam("one")
    burner().communicate()
    meter.tests = 3
    meter.seam("other")

    assert meter.costs["one"].cpu < 0.9 < meter.costs["other"].cpu
    assert [cost.tests for cost in meter.costs.values()] == [0, 3]


def test_modules_are_summed_by_the_folder_below_tests() -> None:
    costs = {
        "tests/taps/tap_files/test_a.py": Cost(1, 2, 3),
        "tests/taps/test_b.py": Cost(10, 20, 30),
        "tests/test_c.py": Cost(5, 5, 5),
    }

    assert by_folder(costs) == {"tests/taps": Cost(11, 22, 33), "tests": Cost(5, 5, 5)}


def test_a_folder_is_warned_of_once_it_is_a_tenth_above_its_budget() -> None:
    budget = {"tests/taps": 100.0, "tests/docs": 100.0}

    assert budget_warnings({"tests/taps": Cost(109)}, budget) == []
    assert budget_warnings({"tests/new": Cost(900)}, budget) == []
    [warning] = budget_warnings(
        {"tests/taps": Cost(111), "tests/docs": Cost(9)}, budget
    )
    assert "tests/taps took 111 CPU seconds of 100" in warning


def test_the_table_begins_with_the_dearest_folder_and_ends_with_the_sum() -> None:
    lines = table(
        {"tests/a/test_x.py": Cost(1, 1, 2), "tests/b/test_y.py": Cost(9, 9, 3)}, 7
    )

    assert lines[1].endswith("tests/b")
    assert lines[-1] == "total: 5 tests, 10 CPU seconds, 7 seconds on the clock"


def test_a_record_that_cannot_be_read_leaves_the_figures_of_the_budget(
    tmp_path: Path,
) -> None:
    budget, record = tmp_path / "budget.toml", tmp_path / "costs.json"
    budget.write_text('[folders]\n[modules]\n"tests/test_a.py" = 4.0\n')

    record.write_text('{"tests/test_a.py": [9.0, 9.')
    assert recorded_costs(record, budget) == {"tests/test_a.py": Cost(4, 4)}
    record.write_text('{"tests/test_a.py": [9.0, 9.0, 1]}')
    assert recorded_costs(record, budget) == {"tests/test_a.py": Cost(9, 9, 1)}


def test_writing_the_modules_leaves_what_stands_above_them(tmp_path: Path) -> None:
    budget = tmp_path / "budget.toml"
    budget.write_text('# Why.\n[folders]\n"tests/a" = 5\n[modules]\n"gone.py" = 1.0\n')

    write_modules(budget)

    written = budget.read_text()
    assert written.startswith('# Why.\n[folders]\n"tests/a" = 5\n[modules]\n')
    assert "gone.py" not in written


def test_every_folder_of_the_budget_holds_tests() -> None:
    for folder in {folder_of(module) for module in recorded_costs()}:
        assert (ROOT / folder).is_dir()


def test_a_run_on_two_workers_prints_its_costs_before_the_closing_line() -> None:
    test = "test_modules_are_summed_by_the_folder_below_tests"
    program = [sys.executable, "-m", "pytest", "--costs", "--numprocesses", "2"]
    said = subprocess.run(
        [*program, f"tests/suite/test_costs.py::{test}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert any(line.startswith("total: 1 tests, ") for line in said)
    assert "1 passed" in said[-1]
