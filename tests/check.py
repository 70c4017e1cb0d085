"""``make check``: what is quick to know about what changed since main.

Style of the changed files, types of the whole project (from mypy's cache), doors
between rooms, SQL and dashboards if any changed, then the tests that
`tests.selection` chooses. Everything is looked at before it answers: exit code 1 if
anything was found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.changes import changed_files, merge_base
from tests.selection import SECONDS, choice_of, explained

__all__ = ["commands", "main"]

ROOT = Path(__file__).parents[1]
_PRODUCT = ("orchestration/", "ml_assets/", "taps/", "metabase/")
_ALL_TYPES = ("pyproject.toml", "requirements.lock")


def commands(changed: Sequence[str]) -> Iterator[list[str]]:
    """Programs that look at the files that changed and are there still."""
    there = [name for name in changed if (ROOT / name).is_file()]
    python = [name for name in there if name.endswith(".py")]
    if python:
        yield ["ruff", "check", "--force-exclude", *python]
        yield ["ruff", "format", "--check", "--force-exclude", *python]
    if any(name.endswith(".py") or name in _ALL_TYPES for name in changed):
        yield ["mypy"]
    if any(name.startswith(_PRODUCT) and name.endswith(".py") for name in changed):
        yield ["lint-imports"]
    models = [name for name in there if _is_model(name)]
    if models:
        yield ["sqlfluff", "lint", *models]
    if any(name.startswith("metabase/") for name in changed):
        yield ["python", "-m", "metabase.metabase_as_code", "validate"]


def _is_model(name: str) -> bool:
    return name.startswith("dbt_project/models/") and name.endswith(".sql")


def main() -> None:
    """Look at everything, then answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="compare with this commit instead of main")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    changed = changed_files(ROOT, merge_base(ROOT, given.base))
    if not changed:
        sys.exit("Nothing differs from main; name a --base to compare with.")
    print(f"{len(changed)} files differ from main", flush=True)
    is_fine = [_succeeds(command) for command in commands(changed)]
    choice = choice_of(changed, given.seconds)
    print("\n".join(explained(choice, is_whole=False)), flush=True)
    if choice.chosen:
        is_fine.append(_succeeds([*_pytest(len(choice.chosen)), *choice.chosen]))
    sys.exit(0 if all(is_fine) else 1)


def _pytest(modules: int) -> list[str]:
    workers = ["--numprocesses", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
    return [
        "pytest",
        "--quiet",
        "--costs",
        "-m",
        "not soak",
        *(workers if modules > 1 else ()),
    ]


def _succeeds(command: list[str]) -> bool:
    program, *arguments = command
    print(f"$ {program} {' '.join(arguments[:4])}", flush=True)
    path = Path(sys.executable).with_name(program)
    return subprocess.run([path, *arguments], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    main()
