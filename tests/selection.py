"""Chooses the test modules that what changed since main can turn red.

``python -m tests.selection [--base REF] [--explain] [--seconds 150] [FILE ...]`` prints
the chosen ones; with files, as if those had changed. Every test module gets a weight
from each changed file: by imports, by dbt lineage and the names it writes, by the cards
it names, and by a table of what is reached through child processes. The heaviest come
first, until their recorded costs fill the time; what is left out is said, always.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.changes import changed_files, merge_base
from tests.costs import estimated_costs
from tests.import_graph import distances, imports
from tests.lineage import Lineage

__all__ = ["Choice", "Project", "choose", "main", "weigh"]

ROOT = Path(__file__).parents[1]

#: CPU seconds of two cores in which `make check` should answer, start not counted.
SECONDS = 150.0
#: A module of this weight runs whatever it costs: it was changed itself.
_CERTAIN = 100
_FAINT = 20

#: Reached through child processes or read as files: no import leads there.
_REACHED = (
    ("taps/api_source/", "tests/taps/tap_", 60),
    ("taps/sandbox/", "tests/orchestration/lib/test_sandbox.py", 60),
    ("taps/", "tests/taps/test_records.py", 96),
    ("taps/", "tests/taps/test_raw_tables.py", 80),
    ("taps/", "tests/taps/test_restated_days.py", 55),
    ("taps/", "tests/orchestration/lib/test_ingestion.py", 40),
    ("orchestration/cli/", "tests/end_to_end/", 25),
    ("orchestration/defs/", "tests/orchestration/test_definitions.py", 90),
    ("orchestration/defs/", "tests/end_to_end/", 25),
    ("orchestration/migrations/", "tests/orchestration/lib/test_database.py", 90),
    ("orchestration/migrations/", "tests/dbt_project/test_scale_rules.py", 85),
    ("orchestration/migrations/", "tests/dbt_project/test_row_level_security.py", 85),
    ("orchestration/deploy/", "tests/deploy/", 90),
    ("docker-compose.yml", "tests/deploy/", 90),
    ("Makefile", "tests/deploy/", 60),
    ("Makefile", "tests/docs/", 80),
    ("requirements.lock", "tests/deploy/", 60),
    ("pyproject.toml", "tests/suite/", 80),
    ("docs/", "tests/docs/", 90),
    ("README.md", "tests/docs/", 90),
    ("CONTRIBUTING.md", "tests/docs/", 90),
    ("CHANGELOG.md", "tests/docs/", 90),
    ("dbt_project/", "tests/dbt_project/test_the_project_follows", 96),
    ("dbt_project/", "tests/dbt_project/test_scale_rules.py", 88),
    ("dbt_project/", "tests/dbt_project/test_row_level_security.py", 60),
    ("dbt_project/", "tests/dbt_project/test_rebuilding.py", 60),
    ("dbt_project/models/marts/", "tests/dbt_project/test_runs_cost_what_changed", 70),
    ("dbt_project/models/reporting/", "tests/metabase/test_validate_sql.py", 50),
    ("metabase/collections/", "tests/metabase/test_labels_and_load.py", 96),
    ("metabase/collections/", "tests/metabase/test_validate_sql.py", 96),
    ("metabase/collections/", "tests/metabase/test_rows_stay_apart.py", 85),
    ("metabase/collections/", "tests/metabase/test_yaml_files.py", 80),
    ("metabase/collections/", "tests/metabase/test_words.py", 60),
    ("metabase/collections/", "tests/metabase/test_large_companies.py", 50),
    ("metabase/labels/", "tests/metabase/test_words.py", 96),
    ("metabase/labels/", "tests/metabase/test_labels_and_load.py", 96),
    ("metabase/labels/", "tests/metabase/test_descriptions.py", 80),
    ("metabase/reports/", "tests/metabase/test_report.py", 96),
)
#: Needs packages of its own, which only `make test` installs.
_LEFT_TO_TEST = ("tests/public_taps/",)


@dataclass(frozen=True, order=True)
class Weight:
    """How near a test is to a change, and why."""

    points: int
    reason: str


@dataclass(frozen=True)
class Choice:
    """Modules to run and modules left out, each with its weight."""

    chosen: dict[str, Weight]
    left_out: dict[str, Weight]
    costs: Mapping[str, float]

    def seconds(self, modules: Iterable[str]) -> float:
        """Recorded CPU seconds of some modules."""
        return sum(self.costs[module] for module in modules)


@dataclass(frozen=True)
class Project:
    """The files of the project, read once and as they are asked for."""

    root: Path = ROOT
    _reaching: dict[str, dict[str, int]] = field(default_factory=dict)

    @cached_property
    def tests(self) -> dict[str, str]:
        """Text of each test module."""
        return {
            str(path.relative_to(self.root)): path.read_text(encoding="utf-8")
            for path in sorted((self.root / "tests").rglob("test_*.py"))
            if "examples" not in path.parts
        }

    @cached_property
    def graph(self) -> dict[str, set[str]]:
        """Imports among the project's files."""
        return imports(self.root)

    @cached_property
    def lineage(self) -> Lineage:
        """The dbt project."""
        return Lineage.read(self.root / "dbt_project")

    @cached_property
    def pages(self) -> dict[str, str]:
        """Text of each card and dashboard, by name."""
        files = (self.root / "metabase" / "collections").rglob("*.yaml")
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(files)}

    @cached_property
    def written_beside(self) -> dict[str, str]:
        """Text of the tests' own files that each test module imports."""
        return {
            module: "\n".join(
                (self.root / file).read_text(encoding="utf-8")
                for file in sorted(self.graph[module])
                if file.startswith("tests/") and file != "tests/conftest.py"
            )
            for module in self.tests
        }

    def reaching(self, file: str) -> dict[str, int]:
        """Test modules that import a file, with the number of imports between."""
        found = distances(self.graph, file)
        return {module: found[module] for module in self.tests if module in found}


# -- weights -------------------------------------------------------------------


def weigh(project: Project, changed: Iterable[str]) -> dict[str, Weight]:
    """The heaviest weight of each test module that a changed file reaches."""
    weights: dict[str, Weight] = {}
    for file in changed:
        for module, points, why in _weights(project, file):
            weight = Weight(points, f"{why} ({file})")
            weights[module] = max(weights.get(module, Weight(0, "")), weight)
    return weights


def _weights(project: Project, file: str) -> Iterator[tuple[str, int, str]]:
    if file in project.tests:
        yield file, _CERTAIN, "is changed itself"
    yield from _by_place(project, file)
    if file.endswith(".py"):
        yield from _by_imports(project, file)
    if file.startswith("dbt_project/"):
        yield from _by_lineage(project, Path(file))
    if file.startswith("metabase/collections/"):
        yield from _by_cards(project, Path(file).stem)


def _by_place(project: Project, file: str) -> Iterator[tuple[str, int, str]]:
    """What the table says, and the folder of tests that mirrors the file's."""
    folder = str(Path(file).parent)
    for module in project.tests:
        for start, reached, points in _REACHED:
            if file.startswith(start) and module.startswith(reached):
                yield module, points, "reaches it as a process or a file"
        if not file.startswith("tests/") and _mirrors(folder, module):
            is_named = f"test_{Path(file).stem}.py" == Path(module).name
            yield module, 95 if is_named else 65, "stands in the folder that mirrors it"
        if file.startswith("tests/") and module.startswith(f"{folder}/"):
            is_everyones = Path(file).name == "conftest.py" or not file.endswith(".py")
            if is_everyones:
                yield module, _FAINT if folder == "tests" else 70, "shares its fixtures"


def _mirrors(folder: str, module: str) -> bool:
    """Whether a module stands where a product folder's tests do, at least two deep."""
    parts = Path(folder).parts
    return len(parts) > 1 and any(
        module.startswith(f"tests/{'/'.join(parts[:depth])}/")
        for depth in range(2, len(parts) + 1)
    )


def _by_imports(project: Project, file: str) -> Iterator[tuple[str, int, str]]:
    for module, between in project.reaching(file).items():
        if between:
            points = max(_FAINT, 100 - 15 * between)
            yield module, points, f"imports it, {between} deep"


def _by_lineage(project: Project, path: Path) -> Iterator[tuple[str, int, str]]:
    touched = (
        project.lineage.callers(path.stem)
        if "macros" in path.parts
        else {path.stem.removeprefix("_")}
    )
    for model, between in project.lineage.downstream(touched).items():
        # What names a model most exactly tells most of it.
        exact = re.compile(rf"""(\b[a-z_]+\.{model}\b|["']{model}["'])""")
        for module, text in project.tests.items():
            if not module.startswith(("tests/dbt_project/", "tests/end_to_end/")):
                continue
            named = len(exact.findall(text))
            beside = len(exact.findall(project.written_beside[module]))
            if named or beside:
                nearness = 75 + min(named, 15) if named else 60
                points = max(_FAINT, nearness - 12 * between)
                yield module, points, f"names {model}, {between} models downstream"


def _by_cards(project: Project, name: str) -> Iterator[tuple[str, int, str]]:
    text = project.pages.get(name, "")
    marks = {name: 90}
    identity = re.search(r"^entity_id: (\S+)", text, re.MULTILINE)
    if identity:
        for page, content in project.pages.items():
            if page != name and identity[1] in content:
                marks[page] = 75
    marks |= dict.fromkeys(re.findall(r"\breporting\.(\w+)", text), 60)
    for module, written in project.tests.items():
        if module.startswith("tests/metabase/"):
            whole = written + project.written_beside[module]
            for mark, points in marks.items():
                if re.search(rf"\b{mark}\b", written):
                    yield module, points, f"names {mark}"
                elif re.search(rf"\b{mark}\b", whole):
                    yield module, points - 15, f"names {mark} in a file beside it"


# -- choice --------------------------------------------------------------------


def choose(
    weights: Mapping[str, Weight], costs: Mapping[str, float], seconds: float
) -> Choice:
    """The heaviest modules that fit into the seconds; of equal ones the cheapest."""
    chosen, left_out, spent = {}, {}, 0.0
    order = sorted(weights, key=lambda name: (-weights[name].points, costs[name], name))
    for module in order:
        weight = weights[module]
        is_certain = weight.points >= _CERTAIN
        fits = spent + costs[module] <= seconds
        if is_certain or (fits and not module.startswith(_LEFT_TO_TEST)):
            chosen[module] = weight
            spent += costs[module]
        else:
            left_out[module] = weight
    return Choice(chosen, left_out, costs)


def choice_of(
    changed: Iterable[str], seconds: float = SECONDS, project: Project | None = None
) -> Choice:
    """The choice for changed files, by the costs recorded last."""
    known = project or Project()
    weights = weigh(known, changed)
    return choose(weights, estimated_costs(known.tests), seconds)


def explained(choice: Choice, *, is_whole: bool) -> list[str]:
    """Sentences: what runs and why, and what is left out, never silently."""
    chosen, left_out = choice.chosen, choice.left_out
    lines = [
        f"{len(chosen)} test modules, about {choice.seconds(chosen):.0f} CPU seconds"
    ]
    if is_whole:
        lines += _reasons(chosen, choice.costs)
    if left_out:
        lines.append(
            f"left to `make test`: {len(left_out)} modules a change may reach, "
            f"about {choice.seconds(left_out):.0f} CPU seconds; the nearest:"
        )
        nearest = left_out if is_whole else dict(list(left_out.items())[:5])
        lines += _reasons(nearest, choice.costs)
    return lines


def _reasons(weights: Mapping[str, Weight], costs: Mapping[str, float]) -> list[str]:
    return [
        f"  {weight.points:>3} {costs[module]:>6.1f} s  {module}: {weight.reason}"
        for module, weight in weights.items()
    ]


def main(arguments: list[str] | None = None) -> None:
    """Print the chosen modules, and on the error stream what was left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--base")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args(arguments)
    changed = given.files or changed_files(ROOT, merge_base(ROOT, given.base))
    choice = choice_of(changed, given.seconds)
    print("\n".join(explained(choice, is_whole=given.explain)), file=sys.stderr)
    print("\n".join(choice.chosen))


if __name__ == "__main__":
    main()
