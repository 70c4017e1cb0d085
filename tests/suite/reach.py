"""Which test modules a changed file reaches, and how likely they find its faults.

Python files reach by imports, dbt models by what is built from them, and pages by
their cards; other files by who names them. The rest is declared in
`selection.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from tests.suite.import_graph import distances, imports
from tests.suite.lineage import Lineage
from tests.suite.planted import faults

__all__ = ["ALWAYS", "LAST", "Project", "Reason"]

#: Of a test that was changed itself.
ALWAYS = -1
LAST = 9

_SCHEMAS = "marts|reporting|staging|intermediate|personal|ops|predictions"
# How a test names a relation, a card, a file: qualified, or as a whole string.
_NAME = re.compile(
    rf"\b(?:{_SCHEMAS})\.(\w+)|['\"]\+?(\w+)['\"]|(\w+)\.(?:ya?ml|sql|csv|toml)\b"
)
_CARD = re.compile(r"^  (\w+):$", re.MULTILINE)
_TABLE = re.compile(rf"\b(?:{_SCHEMAS})\.(\w+)")
_EVERY_TESTS = "tests/conftest.py"
_PAGES = "metabase/pages/"
# Folders of tests without dbt, which name tables like its models: how far off they are.
_WITHOUT_MODELS = {"metabase": 3, "taps": 5, "sandbox": 5, "public_taps": 5}
# A file deeper than a room stands in a folder about one thing.
_A_ROOM = 2
# A shorter name of a file, such as a language's, is a word of many other things.
_LONG_ENOUGH = 4
# Names a relation this often: it is what the test is about.
_OFTEN = 3


@dataclass(frozen=True, order=True)
class Reason:
    """Why a test is chosen; the lower the rank, the likelier it finds a fault."""

    rank: int
    why: str


class Project:
    """The files of a working tree, as far as tests depend on them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def reached(self, changed: Iterable[str]) -> dict[str, Reason]:
        """The best reason of each test module that a changed file reaches."""
        found: dict[str, Reason] = {}
        for file in changed:
            for module, reason in self._reached_by(file):
                rank = max(ALWAYS, min(LAST, reason.rank))
                told = Reason(rank, f"{reason.why} ({file})")
                found[module] = min(told, found.get(module, told))
        return found

    @cached_property
    def modules(self) -> list[str]:
        """Every module of tests."""
        paths = (self._root / "tests").rglob("test_*.py")
        return sorted(str(path.relative_to(self._root)) for path in paths)

    def _reached_by(self, file: str) -> Iterator[tuple[str, Reason]]:
        path = PurePosixPath(file)
        yield from self._declared(file)
        yield from self._known_to_find_faults(file)
        if path.suffix == ".py" and file != _EVERY_TESTS:
            yield from self._importing(file)
        if path.parts[0] == "dbt_project":
            yield from self._reading(self._models_of(path))
        elif file.startswith(_PAGES):
            yield from self._showing(path)
        elif file.startswith("orchestration/migrations/versions/"):
            yield from self._reading(dict.fromkeys(self._tables_of(file), 1))
        elif path.suffix != ".py" and len(path.stem) >= _LONG_ENOUGH:
            yield from self._naming({path.stem}, 1, "names it")

    # -- declared --------------------------------------------------------------

    def _declared(self, file: str) -> Iterator[tuple[str, Reason]]:
        for rule in self._rules:
            match = re.fullmatch(rule["changed"], file)
            if match is None:
                continue
            part = re.escape(match[1]) if match.re.groups and match[1] else ""
            for pattern in rule["tests"]:
                wanted = re.compile(pattern.replace(r"\1", part))
                for module in filter(wanted.fullmatch, self.modules):
                    yield module, Reason(rule["rank"], "declared")

    def _known_to_find_faults(self, file: str) -> Iterator[tuple[str, Reason]]:
        for test in self._planted.get(file, ()):
            module = test.partition("::")[0]
            if module in self.modules:
                yield module, Reason(0, "finds a planted fault")

    @cached_property
    def _rules(self) -> list[dict[str, Any]]:
        text = (Path(__file__).parent / "selection.toml").read_text()
        rules: list[dict[str, Any]] = tomllib.loads(text)["reach"]
        return rules

    @cached_property
    def _planted(self) -> Mapping[str, list[str]]:
        planted: dict[str, list[str]] = {}
        for fault in faults():
            planted.setdefault(fault.file, []).extend(fault.tests)
        return planted

    # -- Python ----------------------------------------------------------------

    @cached_property
    def _imports(self) -> dict[str, set[str]]:
        return imports(self._root)

    def _importing(self, file: str) -> Iterator[tuple[str, Reason]]:
        for module, distance in distances(self._imports, file).items():
            if module in self.modules:
                reason = Reason(distance or ALWAYS, f"{distance} imports away")
                yield module, reason if distance else Reason(ALWAYS, "changed itself")
        yield from self._mirroring(PurePosixPath(file))

    def _mirroring(self, path: PurePosixPath) -> Iterator[tuple[str, Reason]]:
        """Tests that stand where the file does, and first those of its name."""
        is_deep = len(path.parts) > _A_ROOM and path.parts[0] != "tests"
        for module in self.modules:
            is_beside = module.startswith(f"tests/{path.parent}/")
            if PurePosixPath(module).stem == f"test_{path.stem}":
                rank = 0 if is_beside or not is_deep else 2
                yield module, Reason(rank, "has its name")
            elif is_beside and is_deep:
                yield module, Reason(3, "stands where it does")

    # -- names -----------------------------------------------------------------

    @cached_property
    def _names(self) -> dict[str, Counter[str]]:
        """How often each file of the tests names what."""
        found = {}
        for file in self._imports:
            if file.startswith("tests/"):
                matches = _NAME.findall((self._root / file).read_text())
                found[file] = Counter(name for each in matches for name in each if name)
        return found

    def _naming(
        self, names: Iterable[str], rank: int, why: str
    ) -> Iterator[tuple[str, Reason]]:
        """Modules that name one of these; after them those whose helpers do."""
        wanted = set(names)
        for module in self.modules:
            told = self._names[module]
            often = sum(told[name] for name in wanted)
            if any(f"_{name}_" in f"{PurePosixPath(module).stem}_" for name in wanted):
                yield module, Reason(rank - 1, f"{why} in its title")
            elif often:
                yield module, Reason(rank + (often < _OFTEN), f"{why} {often} times")
            elif any(wanted & self._names[one].keys() for one in self._helpers(module)):
                yield module, Reason(rank + 2, f"imports a file that {why}")

    def _helpers(self, module: str) -> Iterator[str]:
        for file in self._imports[module]:
            name = PurePosixPath(file).name
            if file in self._names and not name.startswith(("test_", "conftest")):
                yield file

    # -- dbt -------------------------------------------------------------------

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage.read(self._root / "dbt_project")

    def _models_of(self, path: PurePosixPath) -> dict[str, int]:
        """Models that a file of the dbt project changes, with their distance."""
        kind = path.parts[1]
        if kind == "macros":
            callers = self._lineage.callers(path.stem)
            return {name: far + 1 for name, far in self._built_from(callers).items()}
        if kind == "tests":
            return dict.fromkeys(self._lineage.read_by(self._root / path), 0)
        if path.stem.endswith("__sources"):
            folder = (self._root / path).parent
            return self._built_from(one.stem for one in folder.rglob("*.sql"))
        return self._built_from([path.stem])

    def _built_from(self, names: Iterable[str]) -> dict[str, int]:
        return self._lineage.downstream(names)

    def _reading(self, relations: Mapping[str, int]) -> Iterator[tuple[str, Reason]]:
        for name, distance in relations.items():
            for module, reason in self._naming({name}, 1, f"names {name}"):
                elsewhere = _WITHOUT_MODELS.get(module.split("/")[1], 0)
                rank = reason.rank + 2 * distance + elsewhere
                yield module, Reason(rank, reason.why)

    # -- cards and migrations --------------------------------------------------

    def _showing(self, path: PurePosixPath) -> Iterator[tuple[str, Reason]]:
        file = self._root / path
        cards = set(_CARD.findall(file.read_text())) if file.exists() else set()
        yield from self._naming({path.stem, *cards}, 1, f"names cards of {path.stem}")
        for model in self._tables_of(str(path)):
            for module, reason in self._naming({model}, 4, f"names {model}"):
                if module.startswith("tests/metabase/"):
                    yield module, reason

    def _tables_of(self, file: str) -> set[str]:
        path = self._root / file
        return set(_TABLE.findall(path.read_text())) if path.exists() else set()
