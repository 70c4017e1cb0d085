"""The planted faults can be planted, and one that nothing finds is told."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.suite.planted import ROOT, Fault, UnusableFault, faults, find

COUNTING = Fault(
    name="counts-one-too-many",
    file="taps/counting.py",
    old="return len(rows)",
    new="return len(rows) + 1",
    tests=("tests/test_counting.py::test_rows_are_counted",),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A working tree with a function, its test, and a test that asserts nothing."""
    for name, text in {
        "taps/__init__.py": "",
        "taps/counting.py": "def count(rows):\n    return len(rows)\n",
        "tests/__init__.py": "",
        "tests/test_counting.py": (
            "from taps.counting import count\n\n\n"
            "def test_rows_are_counted():\n    assert count([1, 2]) == 2\n\n\n"
            "def test_nothing():\n    count([])\n"
        ),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def test_every_fault_can_be_planted_and_names_tests_that_are_there() -> None:
    names = [fault.name for fault in faults()]
    assert len(set(names)) == len(names)
    for fault in faults():
        sound = (ROOT / fault.file).read_text()
        assert fault.planted_in(sound) != sound, fault.name
        assert fault.tests, fault.name
        for test in fault.tests:
            file, _, function = test.partition("::")
            text = (ROOT / file).read_text()
            assert f"def {function.partition('[')[0]}(" in text, test


def test_only_a_fault_that_a_test_fails_of_is_found(tree: Path) -> None:
    missed = replace(COUNTING, tests=("tests/test_counting.py::test_nothing",))
    unimportable = replace(COUNTING, old="def count(", new="def total(")

    found = list(find([COUNTING, missed, unimportable, COUNTING], tree))

    assert [one.verdict for one in found] == ["red", "GREEN", "BROKEN", "red"]
    assert "+ 1" not in (tree / COUNTING.file).read_text()


def test_what_is_red_without_a_fault_proves_nothing(tree: Path) -> None:
    (tree / "tests/test_counting.py").write_text(
        "def test_rows_are_counted():\n    assert False\n"
    )

    with pytest.raises(UnusableFault, match="red without a fault"):
        list(find([COUNTING], tree))


@pytest.mark.parametrize("old", ["return len(columns)", "count"])
def test_a_fault_whose_text_is_not_there_once_is_stale(tree: Path, old: str) -> None:
    (tree / COUNTING.file).write_text("def count(rows):\n    return len(rows)  # count")

    with pytest.raises(UnusableFault, match="counts-one-too-many is stale"):
        list(find([replace(COUNTING, old=old)], tree))
