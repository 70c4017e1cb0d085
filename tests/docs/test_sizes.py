"""Definitions and modules stay short: today's exceptions may only become fewer.

`sizes.yml` names them. A new one is refused; one that is none any more is struck from
the list.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orchestration.lib.core.yaml_files import parsed

ROOT = Path(__file__).parents[2]
PACKAGES = ("activation", "metabase", "ml_assets", "orchestration", "sandbox", "taps")
KNOWN = parsed(Path(__file__).with_name("sizes.yml"))
LONGEST_DEFINITION = 60
LONGEST_MODULE = 300
LARGEST_FOLDER = 40
MADE = re.compile(
    r"(.*/)?(\..*|__pycache__|node_modules|.*\.egg-info)"
    r"|build|exports|dbt_project/(target|logs|tmp.*)|metabase/compiled"
)
"""Folders that are in no checkout."""
LOGS = {"docs/decisions", "orchestration/migrations/versions"}
"""Folders that only grow: a page for each decision, a module for each migration."""


def texts() -> dict[str, str]:
    """The Python of each module of the product, by its path; no migration, which
    stays as it ran.
    """
    files = (file for name in PACKAGES for file in (ROOT / name).rglob("*.py"))
    return {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(files)
        if "versions" not in file.parts
    }


def long_modules(modules: Mapping[str, str]) -> Iterator[str]:
    """Modules of more than 300 lines."""
    for path, text in modules.items():
        if len(text.splitlines()) > LONGEST_MODULE:
            yield path


def long_definitions(modules: Mapping[str, str]) -> Iterator[str]:
    """Functions and classes of a module's root of more than 60 lines, as path:name.

    Decorators count: what they declare is read along.
    """
    for path, text in modules.items():
        for node in ast.parse(text).body:
            if not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ):
                continue
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            if (node.end_lineno or first) - first + 1 > LONGEST_DEFINITION:
                yield f"{path}:{node.name}"


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("modules of more than 300 lines", long_modules(texts())),
        ("root definitions of more than 60 lines", long_definitions(texts())),
    ],
)
def test_what_is_too_long_is_known_and_nothing_else_is(
    rule: str, found: Iterator[str]
) -> None:
    assert sorted(found) == KNOWN[rule]


def test_no_folder_is_too_full_to_look_through() -> None:
    counts = {}
    for folder, subfolders, files in os.walk(ROOT):
        path = Path(folder).relative_to(ROOT)
        counts[path.as_posix()] = len(files)
        subfolders[:] = [
            each for each in subfolders if not MADE.fullmatch((path / each).as_posix())
        ]

    assert len(counts) > 100
    full = {folder for folder, count in counts.items() if count > LARGEST_FOLDER}
    assert full - LOGS == set()


def test_a_module_is_long_from_its_301st_line() -> None:
    modules = {"short.py": "x = 1\n" * 300, "long.py": "x = 1\n" * 301}

    assert list(long_modules(modules)) == ["long.py"]


@pytest.mark.parametrize(("lines", "is_long"), [(58, False), (59, True)])
def test_a_definition_is_counted_from_its_decorator(lines: int, is_long: bool) -> None:
    body = "    x = 1\n" * lines

    found = list(long_definitions({"a.py": f"@cache\ndef f():\n{body}"}))

    assert found == ["a.py:f"] * is_long
