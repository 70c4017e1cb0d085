"""Which Python files a file imports, read from the files, late imports included."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["distances", "imports"]

_PACKAGES = (
    *("orchestration", "ml_assets", "taps", "activation", "sandbox"),
    *("metabase", "tests"),
)


def imports(root: Path) -> dict[str, set[str]]:
    """Paths of the project's files that each of its files imports.

    A test imports the `conftest.py` of its folder and of those above it, but for the
    uppermost: that one is every test's.
    """
    files = {
        str(path.relative_to(root)): path
        for package in _PACKAGES
        for path in sorted((root / package).rglob("*.py"))
    }
    graph = {}
    for name, path in files.items():
        graph[name] = {file for file in _imported(path) if file in files} - {name}
        if path.name.startswith("test_"):
            graph[name] |= {file for file in _conftests(name) if file in files}
    return graph


def distances(graph: Mapping[str, set[str]], target: str) -> dict[str, int]:
    """How many imports lie between each file and the target; those that reach it."""
    importers: dict[str, set[str]] = {}
    for name, imported in graph.items():
        for file in imported:
            importers.setdefault(file, set()).add(name)
    found, waiting = {target: 0}, [target]
    for name in waiting:
        for importer in importers.get(name, ()):
            if importer not in found:
                found[importer] = found[name] + 1
                waiting.append(importer)
    return found


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _places(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _places(node.module)
            for alias in node.names:
                yield from _places(f"{node.module}.{alias.name}")


def _places(module: str) -> Iterator[str]:
    place = module.replace(".", "/")
    yield f"{place}.py"
    yield f"{place}/__init__.py"


def _conftests(name: str) -> Iterator[str]:
    for folder in Path(name).parents:
        if len(folder.parts) > 1:
            yield str(folder / "conftest.py")
