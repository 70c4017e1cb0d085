"""A number stands beside its change, counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from metabase.content.entities import Card, Column
from metabase.content.warehouse import Result
from metabase.rendering.trends import trend_of

LABELS = {"language": "es", "preview.against": "frente a {when}"}
MONTHS = [date(2026, month, 1) for month in range(1, 6)]


def card(*, less_is_better: bool = False) -> Card:
    columns = (
        Column("month", "Mes", None, None, None, "", is_month=True),
        Column("cost", "Coste", "currency", "EUR", 2, ""),
    )
    return Card(
        *("a" * 21, "Coste", "", "smartscalar", "select 1"),
        {
            "scalar.field": "cost",
            "scalar.switch_positive_negative": less_is_better,
        },
        {column.name: column for column in columns},
        Path("card.yml"),
    )


def told(*values: float | None) -> Result:
    rows = tuple(zip(MONTHS, values, strict=False))
    return Result(("month", "cost"), rows)


def test_the_change_is_of_the_value_before() -> None:
    trend = trend_of(card(), told(10, 8, 9), LABELS)

    assert (trend.value, trend.when) == (9, "mar 2026")
    assert trend.change == "▲ 12,5\xa0% frente a feb 2026"
    assert trend.meaning == "good"
    # 10 is the top, 8 the bottom, 9 half way.
    assert trend.line == "0.0,0.0 60.0,26.0 120.0,13.0"


def test_a_month_without_a_value_is_passed_over() -> None:
    trend = trend_of(card(), told(4, 5, None, 4), LABELS)

    assert (trend.value, trend.change) == (4, "▼ 20\xa0% frente a feb 2026")


def test_where_the_last_month_has_no_value_no_other_stands_for_it() -> None:
    trend = trend_of(card(), told(4, 5, None), LABELS)

    assert (trend.value, trend.when, trend.line) == (None, None, None)


def test_a_change_that_is_written_as_nought_is_none() -> None:
    trend = trend_of(card(), told(4276.9, 4275.2), LABELS)

    assert (trend.change, trend.meaning) == ("= 0\xa0% frente a ene 2026", "")


def test_less_is_better_where_the_card_says_so() -> None:
    assert trend_of(card(less_is_better=True), told(5, 4), LABELS).meaning == "good"
    assert trend_of(card(less_is_better=True), told(4, 5), LABELS).meaning == "bad"
    assert trend_of(card(), told(4, 4), LABELS).meaning == ""


def test_a_loss_that_shrinks_is_better() -> None:
    trend = trend_of(card(), told(-10, -5), LABELS)

    assert (trend.change, trend.meaning) == ("▲ 50\xa0% frente a ene 2026", "good")


@pytest.mark.parametrize("values", [(), (None,), (7,), (0, 7)])
def test_of_nothing_there_is_no_share(values: tuple[float | None, ...]) -> None:
    assert trend_of(card(), told(*values), LABELS).change is None
