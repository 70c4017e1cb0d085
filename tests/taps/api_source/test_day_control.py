"""When a day may be written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taps.api_source.day_control import Control, judge


def rows(*amounts: str) -> list[dict[str, Decimal]]:
    return [{"spend": Decimal(amount)} for amount in amounts]


def told(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_a_cent_per_row_is_rounding_and_more_is_not() -> None:
    two = rows("1.00", "2.00")
    assert judge(two, told("3.02"), "spend", "equal").problem is None
    assert judge(two, told("3.03"), "spend", "equal").problem is not None


def test_no_rows_for_a_day_with_spend_is_a_problem() -> None:
    assert not judge([], told("3.00"), "spend", "equal").is_acceptable


@pytest.mark.parametrize(("how", "may"), [("equal", False), ("at_most", True)])
def test_less_than_the_account_may_be_only_where_levels_differ(
    how: Control, may: bool
) -> None:
    judgement = judge(rows("2.00"), told("3.00"), "spend", how)
    assert judgement.problem
    assert judgement.is_acceptable is may


def test_more_than_the_account_is_never_right() -> None:
    assert not judge(rows("4.00"), told("3.00"), "spend", "at_most").is_acceptable


def test_a_day_that_grew_while_it_was_read_has_no_control_total() -> None:
    judgement = judge(rows("3.50"), told("3.00", "4.00"), "spend", "equal")
    assert (judgement.problem, judgement.control) == (None, None)


def test_the_total_it_agrees_with_is_kept() -> None:
    judgement = judge(rows("4.00"), told("3.00", "4.00"), "spend", "equal")
    assert judgement.control == Decimal("4.00")


def test_without_a_control_there_is_nothing_to_compare() -> None:
    assert judge(rows("4.00"), (), "spend", None).is_acceptable
