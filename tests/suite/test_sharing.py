"""Who needs the predicted installation runs where it is made."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.suite.sharing import SharingScheduling

FOLDER = "tests/end_to_end"


def scopes(*nodeids: str, workers: int) -> set[str]:
    scheduling = object.__new__(SharingScheduling)
    scheduling.config = SimpleNamespace(option=SimpleNamespace(tx=["popen"] * workers))
    return {scheduling._split_scope(each) for each in nodeids}


@pytest.mark.parametrize(("workers", "expected"), [(3, 1), (16, 2)])
def test_modules_that_share_are_one_where_workers_are_few(
    workers: int, expected: int
) -> None:
    sharing = (
        f"{FOLDER}/test_planted_defects.py::test_a",
        f"{FOLDER}/test_orders_to_predictions.py::test_b",
    )

    assert len(scopes(*sharing, workers=workers)) == expected


def test_others_stay_modules() -> None:
    modules = {f"{FOLDER}/test_sources_to_predictions.py", "tests/docs/test_sizes.py"}

    assert scopes(*(f"{each}::test_a" for each in modules), workers=3) == modules
