"""Many cases in one test fail each for itself, and none at all is a failure."""

from __future__ import annotations

import pytest

from tests.suite.each import check_each


def _is_even(number: int) -> None:
    assert number % 2 == 0, f"{number} is odd"


def test_every_case_that_fails_is_named_with_its_reason() -> None:
    checked: list[int] = []

    def check(number: int) -> None:
        checked.append(number)
        _is_even(number)

    with pytest.raises(AssertionError) as failure:
        check_each({"one": 1, "two": 2, "three": 3}, check)

    assert str(failure.value).startswith("one: 1 is odd")
    assert "three: 3 is odd" in str(failure.value)
    assert "two" not in str(failure.value)
    assert checked == [1, 2, 3]


def test_cases_that_hold_pass_and_none_are_no_proof() -> None:
    check_each({"two": 2}, _is_even)

    with pytest.raises(AssertionError, match="nothing to check"):
        check_each({}, _is_even)
