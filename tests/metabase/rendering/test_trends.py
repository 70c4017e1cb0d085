"""A number stands beside its change, counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from metabase.content.entities import Card, Column
from metabase.content.warehouse import Result
from metabase.rendering.trends import Change, trend_of

LABELS = {"language": "es", "preview.against": "frente a {when}"}
MONTHS = [date(2026, month, 1) for month in range(1, 6)]


def card(*beside: str, less_is_better: bool | None = False) -> Card:
    columns = (
        Column("month", "Mes", None, None, None, "", is_month=True),
        *(Column(one, one, "currency", "EUR", 2, "") for one in ("cost", *beside)),
    )
    others = [
        {"type": "anotherColumn", "column": one, "label": f"su {one}"} for one in beside
    ]
    return Card(
        *("a" * 21, "Coste", "", "smartscalar", "select 1"),
        {
            "scalar.field": "cost",
            "scalar.comparisons": [{"type": "previousValue"}, *others],
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
    assert trend.changes == (Change("▲ 12,5\xa0% frente a feb 2026", "good"),)
    # 10 is the top, 8 the bottom, 9 half way.
    assert trend.line == "0.0,0.0 60.0,26.0 120.0,13.0"


def test_a_month_without_a_value_is_passed_over() -> None:
    trend = trend_of(card(), told(4, 5, None, 4), LABELS)

    assert trend.value == 4
    assert trend.changes == (Change("▼ 20\xa0% frente a feb 2026", "bad"),)


def test_where_the_last_month_has_no_value_no_other_stands_for_it() -> None:
    trend = trend_of(card(), told(4, 5, None), LABELS)

    assert (trend.value, trend.when, trend.line) == (None, None, None)


def test_a_change_that_is_written_as_nought_is_none() -> None:
    trend = trend_of(card(), told(4276.9, 4275.2), LABELS)

    assert trend.changes == (Change("= 0\xa0% frente a ene 2026", ""),)


@pytest.mark.parametrize(
    ("less_is_better", "before", "meaning"),
    [
        (True, 5, "good"),
        (True, 3, "bad"),
        (False, 3, "good"),
        (False, 4, ""),
        # Of some figures more is neither.
        (None, 3, ""),
        (None, 5, ""),
    ],
)
def test_what_a_change_means_is_said_by_the_card(
    less_is_better: bool | None, before: float, meaning: str
) -> None:
    found = trend_of(card(less_is_better=less_is_better), told(before, 4), LABELS)

    assert [one.meaning for one in found.changes] == [meaning]


def test_a_number_is_held_against_columns_of_its_own_row() -> None:
    rows = (
        (MONTHS[0], 10, 4, 8),
        # Of a year before nothing is known, or it was nothing; a target is set.
        (MONTHS[1], 9, None, 12),
    )
    columns = ("month", "cost", "año", "objetivo")

    trend = trend_of(card("año", "objetivo"), Result(columns, rows), LABELS)
    first = trend_of(card("año", "objetivo"), Result(columns, rows[:1]), LABELS)

    assert trend.changes == (
        Change("▼ 10\xa0% frente a ene 2026", "bad"),
        Change("▼ 25\xa0% frente a su objetivo", "bad"),
    )
    assert trend.told == (
        "feb 2026: ▼ 10\xa0% frente a ene 2026 · ▼ 25\xa0% frente a su objetivo"
    )
    # 10 is 2.5 times 4, and a quarter more than 8.
    assert [one.text for one in first.changes] == [
        "▲ 150\xa0% frente a su año",
        "▲ 25\xa0% frente a su objetivo",
    ]


def test_a_loss_that_shrinks_is_better() -> None:
    trend = trend_of(card(), told(-10, -5), LABELS)

    assert trend.changes == (Change("▲ 50\xa0% frente a ene 2026", "good"),)


@pytest.mark.parametrize("values", [(), (None,), (7,), (0, 7)])
def test_of_nothing_there_is_no_share(values: tuple[float | None, ...]) -> None:
    assert trend_of(card(), told(*values), LABELS).changes == ()
