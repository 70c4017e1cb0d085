"""Plants faults, one by one, and sees that each turns a test red.

    python -m tests.suite.planted [NAME ...] [--list] [--jobs 1]

The faults stand in ``planted.yml``. They are planted in a copy of the working tree,
uncommitted changes included; the tree itself is never edited. Ends with 1 if a fault
stayed green, 2 if the faults or the tests cannot be used as they are.
"""

from __future__ import annotations

import argparse
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestration.lib.core.yaml_files import parsed

__all__ = ["Copy", "Fault", "Finding", "UnusableFault", "faults", "find", "main"]

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).with_suffix(".yml")

_ROOMS = (
    *("orchestration", "ml_assets", "taps", "activation", "sandbox"),
    *("metabase", "tests"),
)
_RED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_LAST_LINES = 30


class UnusableFault(Exception):
    """A fault cannot be planted, or its tests cannot be run, as it is written."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An edit that makes the product wrong, and the tests that must say so."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted_in(self, text: str) -> str:
        """The text of the file with the fault in it.

        Raises
        ------
        UnusableFault
            What it replaces is not there, or more than once.
        """
        count = text.count(self.old)
        if count != 1:
            raise UnusableFault(
                f"{self.name} is stale: its old text stands {count} times in "
                f"{self.file}. Correct it in {FAULTS.name}"
            )
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Outcome:
    """What pytest said."""

    status: int
    output: str
    cpu_seconds: float

    @property
    def red(self) -> list[str]:
        """Ids of the tests that failed."""
        return _RED.findall(self.output)

    @property
    def tail(self) -> str:
        """The last lines, for whoever wonders."""
        return "\n".join(self.output.splitlines()[-_LAST_LINES:])


@dataclass(frozen=True)
class Finding:
    """What became of a fault."""

    fault: Fault
    verdict: Literal["red", "GREEN", "BROKEN"]
    outcome: Outcome

    @property
    def line(self) -> str:
        """A row of the table."""
        first = self.outcome.red[0] if self.outcome.red else "-"
        cpu = f"{self.outcome.cpu_seconds:6.1f} s"
        return f"{self.verdict:7}{cpu}  {self.fault.name:45}  {first}"


class Copy:
    """A copy of a working tree, in which faults may stand."""

    def __init__(self, folder: Path, origin: Path = ROOT) -> None:
        self._folder = folder
        for name in _files_of(origin):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin / name, target, follow_symlinks=False)
        # Programs that other installations brought stay where they are.
        if (origin / ".venv").is_dir():
            (folder / ".venv").symlink_to(origin / ".venv")

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """Hold the fault in the copy."""
        file = self._folder / fault.file
        sound = file.read_bytes()
        try:
            self._write(file, fault.planted_in(sound.decode()).encode())
            yield
        finally:
            self._write(file, sound)

    def check(self) -> None:
        """See that the copy's code is what runs, in children and elsewhere, too.

        Raises
        ------
        UnusableFault
        """
        rooms = [room for room in _ROOMS if (self._folder / room).is_dir()]
        code = f"import {', '.join(rooms)}; print({rooms[0]}.__file__)"
        told = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tempfile.gettempdir(),
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        if not Path(told.stdout.strip()).is_relative_to(self._folder):
            raise UnusableFault(f"{told.stdout.strip()} would run, and not the copy")

    def run(self, tests: Sequence[str], *options: str) -> Outcome:
        """Run some tests on the copy."""
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-rfE"]
        # The second plugin imports the SDK of the taps, which few of the tests need.
        command += ["-p", "no:cacheprovider", "-p", "no:singer_testing"]
        command += ["--tb=short", *options, *tests]
        with tempfile.TemporaryFile() as written:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            written.seek(0)
            output = written.read().decode(errors="replace")
        return Outcome(process.returncode, output, used.ru_utime + used.ru_stime)

    @property
    def _environment(self) -> Mapping[str, str]:
        # An installed program finds the folder it was installed from; this wins.
        return os.environ | {"PYTHONPATH": str(self._folder)}

    @staticmethod
    def _write(file: Path, content: bytes) -> None:
        file.write_bytes(content)
        # Bytecode is known by second and size: an exchange of two lines keeps both.
        for compiled in file.parent.glob(f"__pycache__/{file.stem}.*.pyc"):
            compiled.unlink()


def faults(file: Path = FAULTS) -> list[Fault]:
    """The faults of a file, in its order."""
    entries: list[dict[str, Any]] = parsed(file)
    return [Fault(**entry | {"tests": tuple(entry["tests"])}) for entry in entries]


def find(
    chosen: Sequence[Fault], origin: Path = ROOT, jobs: int = 1
) -> Iterator[Finding]:
    """Plant each fault and run its tests, which are green without it.

    Raises
    ------
    UnusableFault
        A fault is stale, or a test is red without any.
    """
    for fault in chosen:
        fault.planted_in((origin / fault.file).read_text())
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for number in range(jobs):
            copies.put(Copy(Path(folder).resolve() / str(number), origin))
        _check_soundness(copies, chosen)
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(lambda fault: _found(copies, fault), chosen)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    options = _options(arguments)
    chosen = _chosen(options.names)
    if options.list:
        print("\n".join(f"{fault.name:45}  {fault.file}" for fault in chosen))
        return 0
    findings = []
    for finding in find(chosen, jobs=options.jobs):
        findings.append(finding)
        print(f"[{len(findings)}/{len(chosen)}] {finding.line}", flush=True)
        if finding.verdict != "red":
            print(finding.outcome.tail, flush=True)
    return _tell(findings)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.suite.planted")
    parser.add_argument("names", nargs="*", help="faults, or how their names begin")
    parser.add_argument("--list", action="store_true", help="list them and do no more")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    return parser.parse_args(arguments)


def _chosen(names: Sequence[str]) -> list[Fault]:
    known = faults()
    for name in names:
        if not any(fault.name.startswith(name) for fault in known):
            raise UnusableFault(f"there is no fault '{name}': see --list")
    return [f for f in known if not names or f.name.startswith(tuple(names))]


def _check_soundness(copies: queue.SimpleQueue[Copy], chosen: Sequence[Fault]) -> None:
    """See once that all tests of the faults are green as things are."""
    copy = copies.get()
    copy.check()
    tests = sorted({test for fault in chosen for test in fault.tests})
    outcome = copy.run(tests)
    copies.put(copy)
    if outcome.status != 0:
        raise UnusableFault(f"the tests are red without a fault:\n{outcome.tail}")
    print(f"{len(tests)} tests are green: {outcome.cpu_seconds:.1f} s", flush=True)


def _found(copies: queue.SimpleQueue[Copy], fault: Fault) -> Finding:
    copy = copies.get()
    try:
        with copy.planted(fault):
            outcome = copy.run(fault.tests, "--exitfirst")
    finally:
        copies.put(copy)
    if outcome.status == 0:
        return Finding(fault, "GREEN", outcome)
    # Whatever ends otherwise than by a test that failed and is named proves nothing.
    is_red = outcome.status == 1 and bool(outcome.red)
    return Finding(fault, "red" if is_red else "BROKEN", outcome)


def _tell(findings: Sequence[Finding]) -> int:
    missed = [finding for finding in findings if finding.verdict != "red"]
    print(f"\n{'':7}{'CPU':>8}  {'fault':45}  found by")
    print("\n".join(finding.line for finding in findings))
    used = sum(finding.outcome.cpu_seconds for finding in findings)
    found = len(findings) - len(missed)
    print(f"\n{found} of {len(findings)} faults were found, {used:.0f} CPU seconds")
    return 1 if missed else 0


def _files_of(tree: Path) -> list[str]:
    """What is kept of a working tree, or would be if it were added."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    names = dict.fromkeys(name for name in told.stdout.split("\0") if name)
    return [name for name in names if os.path.lexists(tree / name)]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UnusableFault as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
