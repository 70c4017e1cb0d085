"""Chooses the tests of what changed since main, as many as fit the time there is.

    python -m tests.suite.selection [--base REF] [--explain] [FILE ...]

prints their paths, for these files or for what changed. With ``--explain`` it prints
why, and what is reached and does not fit: `make test` runs that.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.suite.changes import changed_files, merge_base
from tests.suite.costs import estimated_costs
from tests.suite.reach import ALWAYS, Project, Reason

__all__ = ["Choice", "choice_for", "choose", "seconds_for", "select"]

ROOT = Path(__file__).parents[2]

# CPU seconds of two cores in the three minutes that `make check` may take, less what
# starting, checking types and finding the tests takes.
_SECONDS = 190.0
# Of them, what the databases of the tests take to be made anew.
_TEMPLATE = 70.0
_MAKES_TEMPLATE = (
    *("dbt_project/", "taps/", "orchestration/", "requirements.lock"),
    *("tests/template_", "tests/dbt_project/dbt_commands.py"),
)
# A module longer than this share keeps one worker busy while the other waits.
_LONGEST = 0.5
# How many of those left out are named without being asked for.
_NEAREST = 10
# These need packages of their own, which only `make test` installs.
_LEFT_TO_ALL = "tests/public_taps/"


@dataclass(frozen=True)
class Choice:
    """What runs, and what is left for `make test`."""

    changed: list[str]
    chosen: dict[str, Reason]
    left_out: dict[str, Reason]
    costs: Mapping[str, float]

    def lines(self, *, explain: bool = False) -> list[str]:
        """The choice in words; what is left out is always said."""
        told = [f"{len(self.changed)} files differ"]
        told.append(f"chosen: {self._sum(self.chosen)}")
        told += map(self._line, self.chosen if explain else ())
        if self.left_out:
            told.append(f"left for `make test`: {self._sum(self.left_out)}")
            nearest = list(self.left_out)[: None if explain else _NEAREST]
            told += map(self._line, nearest)
        if len(self.left_out) > _NEAREST and not explain:
            told.append("  ...: `python -m tests.suite.selection --explain` lists all")
        return told

    def _sum(self, modules: Mapping[str, Reason]) -> str:
        seconds = sum(self.costs[module] for module in modules)
        return f"{len(modules)} modules of tests, about {seconds:.0f} CPU seconds"

    def _line(self, module: str) -> str:
        reason = (self.chosen | self.left_out)[module]
        return f"  {self.costs[module]:6.1f} s  {module}: {reason.why}"


def select(root: Path = ROOT, base: str | None = None) -> Choice:
    """Choose for a working tree."""
    return choice_for(changed_files(root, merge_base(root, base)), root)


def choice_for(changed: Sequence[str], root: Path = ROOT) -> Choice:
    """Choose for some files."""
    project = Project(root)
    reached = project.reached(changed)
    costs = estimated_costs(project.modules)
    chosen = choose(reached, costs, seconds_for(changed))
    left_out = sorted(reached.keys() - chosen, key=lambda name: (reached[name], name))
    return Choice(
        list(changed),
        {name: reached[name] for name in chosen},
        {name: reached[name] for name in left_out},
        costs,
    )


def choose(
    reached: Mapping[str, Reason], costs: Mapping[str, float], seconds: float
) -> list[str]:
    """Modules by rank, the cheapest of a rank first, that fit the seconds.

    A changed test is always chosen.
    """
    chosen, left = [], seconds
    for module in sorted(reached, key=lambda one: (reached[one].rank, costs[one])):
        fits = costs[module] <= min(left, seconds * _LONGEST)
        if module.startswith(_LEFT_TO_ALL):
            continue
        if fits or reached[module].rank == ALWAYS:
            chosen.append(module)
            left -= costs[module]
    return chosen


def seconds_for(changed: Sequence[str]) -> float:
    """CPU seconds for tests, once the databases they copy are there."""
    is_made = any(file.startswith(_MAKES_TEMPLATE) for file in changed)
    return _SECONDS - (_TEMPLATE if is_made else 0.0)


def main() -> None:
    """Print the modules, or with ``--explain`` what speaks for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.suite.selection")
    parser.add_argument("--base", help="compare with this commit instead of main")
    parser.add_argument("--explain", action="store_true", help="say why")
    parser.add_argument("files", nargs="*", help="instead of what changed")
    options = parser.parse_args()
    files, base = options.files, options.base
    choice = choice_for(files) if files else select(base=base)
    lines = choice.lines(explain=True) if options.explain else choice.chosen
    print("\n".join(lines))


if __name__ == "__main__":
    main()
