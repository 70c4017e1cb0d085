"""Chooses the tests of what changed since main, as many as fit the time there is.

    python -m tests.selection [--base REF] [--seconds CPU] [--explain]

prints their paths. What is reached and does not fit is told, too: `make test` runs it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.changes import changed_files, merge_base
from tests.costs import recorded_costs
from tests.reach import ALWAYS, Project, Reason

__all__ = ["Choice", "choose", "estimated", "seconds_for", "select"]

ROOT = Path(__file__).parents[1]

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
_UNKNOWN = {"tests/end_to_end": 20.0, "tests/dbt_project": 8.0, "tests/metabase": 6.0}
_UNKNOWN_ELSEWHERE = 3.0


@dataclass(frozen=True)
class Choice:
    """What runs, and what is left for `make test`."""

    changed: list[str]
    chosen: dict[str, Reason]
    left_out: dict[str, Reason]
    costs: Mapping[str, float]

    def lines(self, *, explain: bool = False) -> list[str]:
        """The choice in words."""
        told = [f"{len(self.changed)} files differ from main"]
        told += [f"{self._sum(self.chosen)} are chosen"]
        if explain:
            told += [self._line(module) for module in self.chosen]
        if self.left_out:
            told += [f"left for `make test`: {self._sum(self.left_out)}"]
            told += [self._line(module) for module in self.left_out]
        return told

    def _sum(self, modules: Mapping[str, Reason]) -> str:
        seconds = sum(self.costs[module] for module in modules)
        return f"{len(modules)} modules of tests, about {seconds:.0f} CPU seconds,"

    def _line(self, module: str) -> str:
        reason = (self.chosen | self.left_out)[module]
        return f"  {self.costs[module]:6.1f} s  {module}: {reason.why}"


def select(root: Path = ROOT, base: str | None = None) -> Choice:
    """Choose for a working tree."""
    changed = changed_files(root, merge_base(root, base))
    reached = Project(root).reached(changed)
    known = {name: cost.cpu for name, cost in recorded_costs().items()}
    costs = {module: estimated(module, known) for module in reached}
    chosen = choose(reached, costs, seconds_for(changed))
    left_out = {module: reached[module] for module in reached if module not in chosen}
    return Choice(changed, {name: reached[name] for name in chosen}, left_out, costs)


def choose(
    reached: Mapping[str, Reason], costs: Mapping[str, float], seconds: float
) -> list[str]:
    """Modules by rank, the cheapest of a rank first, that fit the seconds.

    A changed test is always chosen.
    """
    chosen, left = [], seconds
    for module in sorted(reached, key=lambda one: (reached[one].rank, costs[one])):
        fits = costs[module] <= min(left, seconds * _LONGEST)
        if fits or reached[module].rank == ALWAYS:
            chosen.append(module)
            left -= costs[module]
    return chosen


def seconds_for(changed: Sequence[str]) -> float:
    """CPU seconds for tests, once the databases they copy are there."""
    is_made = any(file.startswith(_MAKES_TEMPLATE) for file in changed)
    return _SECONDS - (_TEMPLATE if is_made else 0.0)


def estimated(module: str, known: Mapping[str, float]) -> float:
    """What a module took last, or what one of its folder may take."""
    folder = "/".join(PurePosixPath(module).parts[:2])
    return known.get(module, _UNKNOWN.get(folder, _UNKNOWN_ELSEWHERE))


def main() -> None:
    """Print the modules, or with ``--explain`` what speaks for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.selection")
    parser.add_argument("--base", help="compare with this commit instead of main")
    parser.add_argument("--explain", action="store_true", help="say why")
    options = parser.parse_args()
    choice = select(base=options.base)
    lines = choice.lines(explain=True) if options.explain else choice.chosen
    print("\n".join(lines))


if __name__ == "__main__":
    main()
