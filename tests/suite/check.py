"""What `make check` runs: style, types, and the tests of what changed since main.

    python -m tests.suite.check [--base REF]

Only what the change can break is checked: a card needs no type checker.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.suite.changes import NoSuchBase
from tests.suite.selection import ROOT, Choice, select

__all__ = ["Step", "main", "steps"]

_BIN = Path(sys.executable).parent
_NO_TESTS_RAN = 5


@dataclass(frozen=True)
class Step:
    """A command that ends with 0 if all is well."""

    name: str
    command: tuple[str, ...]


def steps(changed: Sequence[str], root: Path = ROOT) -> Iterator[Step]:
    """Quick checks of changed files; types apart, which take longer."""
    present = [file for file in changed if (root / file).is_file()]
    python = [file for file in present if file.endswith(".py")]
    models = [
        file
        for file in present
        if file.startswith("dbt_project/") and file.endswith(".sql")
    ]
    if python:
        yield _step("style", "ruff", "check", *python)
        yield _step("format", "ruff", "format", "--check", *python)
    if any(file.endswith(".py") for file in changed):
        yield _step("doors between rooms", "lint-imports", "--no-logo")
    if models:
        yield _step("SQL", "sqlfluff", "lint", *models)
    if any(file.startswith("metabase/") for file in changed):
        validate = ("-m", "metabase", "validate")
        yield Step("dashboards", (sys.executable, *validate))


def needs_types(changed: Sequence[str]) -> bool:
    """Whether a change can break a type."""
    return any(file.endswith(".py") or "pyproject" in file for file in changed)


def main() -> int:
    """Run the steps; 1 if one of them fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.suite.check")
    parser.add_argument("--base", help="compare with this commit instead of main")
    try:
        choice = select(base=parser.parse_args().base)
    except NoSuchBase as problem:
        parser.error(str(problem))
    begun = time.monotonic()
    is_well = _checked(choice)
    said = "all is well" if is_well else "something is wrong, see above"
    print(f"make check: {said}, after {time.monotonic() - begun:.0f} s")
    return 0 if is_well else 1


def _checked(choice: Choice) -> bool:
    """Run all, also after a failure: who mends one thing wants to know of the next."""
    with _types(choice.changed) as types:
        well = [_runs(step) for step in steps(choice.changed)]
        print("\n".join(choice.lines()), flush=True)
        well += [_tests_pass(list(choice.chosen))]
        well += [_ended_well(*types)] if types else []
    return all(well)


def _runs(step: Step) -> bool:
    begun = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_well = done.returncode == 0
    took = f"{time.monotonic() - begun:.0f} s"
    print(f"{step.name}: {'ok' if is_well else 'FAILED'}, {took}", flush=True)
    if not is_well:
        print(done.stdout, flush=True)
    return is_well


def _tests_pass(modules: Sequence[str]) -> bool:
    if not modules:
        print("No test is reached.")
        return True
    command = [sys.executable, "-m", "pytest", "--costs", "--end-with-parent"]
    command += ["-m", "not soak", "--numprocesses", "auto", "--dist", "loadscope"]
    command += ["--no-loadscope-reorder", *modules]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    return status in (0, _NO_TESTS_RAN)


@contextmanager
def _types(
    changed: Sequence[str],
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]] | None]:
    """Check types beside the tests: it takes one core, and a minute without a cache."""
    if not needs_types(changed):
        yield None
        return
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(_BIN / "mypy")], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield process, said
        finally:
            process.kill()
            process.wait()


def _ended_well(process: subprocess.Popen[bytes], said: IO[bytes]) -> bool:
    status = process.wait()
    said.seek(0)
    print(f"types: {said.read().decode().strip()}", flush=True)
    return status == 0


def _step(name: str, program: str, *arguments: str) -> Step:
    return Step(name, (str(_BIN / program), *arguments))


if __name__ == "__main__":
    sys.exit(main())
