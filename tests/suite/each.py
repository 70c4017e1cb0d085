"""One test of many equal cases, which says of each that fails how it fails.

A test of its own costs each of the workers three milliseconds, and a parameter that has
to be looked for is looked for by each of them before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

__all__ = ["check_each"]

T = TypeVar("T")


def check_each(cases: Mapping[str, T], check: Callable[[T], None]) -> None:
    """Check every case, by its name, also after one that fails.

    Raises
    ------
    AssertionError
        There is no case, or with what is wrong with each that failed.
    """
    assert cases, "nothing to check"
    wrong = dict(_failures(cases, check))
    assert not wrong, "\n".join(f"{name}: {said}" for name, said in wrong.items())


def _failures(
    cases: Mapping[str, T], check: Callable[[T], None]
) -> Iterable[tuple[str, str]]:
    for name, case in cases.items():
        try:
            check(case)
        except AssertionError as error:
            yield name, str(error)
