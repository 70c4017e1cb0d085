"""Turn a card and its answer into what the page shows, all of it text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from metabase.content.conditional_formatting import number_color, shades
from metabase.content.entities import CHARTS, Card, Column, Placement
from metabase.content.warehouse import DataState, Result
from metabase.rendering.charts import chart_spec
from metabase.rendering.formats import write_value
from metabase.rendering.trends import Trend, trend_of

__all__ = ["Cell", "DrawnCard", "draw_card", "why_empty"]

_HASH = re.compile(r"[0-9a-f]{32,}")
_HASH_SHOWN = 8
# Of no width, or against HTML: a sign in its place says that there is something.
_UNSHOWN = "\N{REPLACEMENT CHARACTER}"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A page is read, not scrolled for ever; Metabase has the whole list.
_ROWS_KEPT, _ROWS_SHOWN, _ROWS_OF_A_HALF, _HALF_A_PAGE = 60, 25, 10, 12


@dataclass(frozen=True)
class Cell:
    """One value as it is read; ``full`` is what a shortened text stands for.

    ``shade`` is the colour behind it, where colours tell how large it is; ``order``
    what it is sorted by, where that is not its text; ``link`` where a click leads,
    ``address`` where it leads out of the page.
    """

    text: str
    full: str | None = None
    is_number: bool = False
    shade: str | None = None
    order: str | None = None
    link: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class DrawnCard:
    """A card ready for the page; the template only escapes and places it.

    ``first_rows`` are shown before a reader asks for all; None where all are.
    """

    placement: Placement
    name: str
    description: str
    display: str
    headers: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: dict[str, Any] | None
    empty_reason: str | None
    more_rows: str | None = None
    number_color: str | None = None
    first_rows: int | None = None
    trend: Trend | None = None
    range: str | None = None


def draw_card(  # noqa: PLR0913
    card: Card,
    placement: Placement,
    result: Result,
    labels: dict[str, str],
    why: str,
    *,
    most_rows: int | None = None,
    draws_chart: bool = True,
) -> DrawnCard:
    """Write every value of the card; ``why`` is told when there is none.

    A card that knows what it lacks says so itself, unless nothing was loaded. A long
    table keeps its first rows; ``most_rows`` where the reader can ask for the others.
    ``draws_chart`` is False where the chart of another answer takes its points.
    """
    columns = [card.columns[name] for name in card.shown_columns()]
    trend = trend_of(card, result, labels) if card.display == "smartscalar" else None
    shown = [
        [trend.value] if trend else result.column(column.name) for column in columns
    ]
    is_empty = _is_empty(card, shown)
    language = labels["language"]
    values = list(zip(*shown, strict=True))
    few = _ROWS_SHOWN if placement.size_x > _HALF_A_PAGE else _ROWS_OF_A_HALF
    is_long = len(values) > _ROWS_KEPT
    kept = values[: most_rows or few] if is_long else values
    rows = _rows(card, columns, kept, values, labels)
    has_chart = draws_chart and card.display in CHARTS and not is_empty
    return DrawnCard(
        placement=placement,
        name=card.name,
        description=card.description,
        # In every other way a number like others.
        display="scalar" if trend else card.display,
        headers=tuple(
            Cell(column.title, is_number=column.number_style is not None)
            for column in columns
        ),
        rows=rows,
        chart=chart_spec(card, result, language) if has_chart else None,
        empty_reason=why if is_empty else None,
        more_rows=(
            _more_rows(len(kept), len(values), labels)
            if len(kept) < len(values)
            else None
        ),
        number_color=number_color(card.settings, values[0][0]) if values else None,
        first_rows=few if len(kept) > few and is_long else None,
        trend=trend,
        range=_below(card, result, labels) if card.display == "scalar" else None,
    )


def _below(card: Card, result: Result, labels: dict[str, str]) -> str | None:
    """Between what a number lies, or its change and since when: its other columns."""
    shown = card.shown_columns()
    others = [column for name, column in card.columns.items() if name not in shown]
    values = [result.column(other.name)[:1] for other in others]
    if not others or [] in values:
        return None
    # A number and a day, where a range has two numbers.
    is_change = others[1].number_style is None
    if [None] in values:
        return labels["preview.no_since"] if is_change else None
    first, second = (value for (value,) in values)
    one, other = (
        write_value(value, column, labels["language"])
        for value, column in zip(
            (abs(first) if is_change else first, second), others, strict=True
        )
    )
    if is_change:
        # What is written as 0 has not changed.
        has_changed = any(digit in one for digit in "123456789")
        sign = ("▲" if first > 0 else "▼") if has_changed else "="
        return labels["preview.since"].format(sign=sign, change=one, day=other)
    return labels["preview.range"].format(lower=one, upper=other)


def _rows(
    card: Card,
    columns: list[Column],
    kept: list[tuple[Any, ...]],
    values: list[tuple[Any, ...]],
    labels: dict[str, str],
) -> tuple[tuple[Cell, ...], ...]:
    """Rows that are kept, shaded by all values."""
    language, no_value = labels["language"], labels["preview.no_value"]
    names = [column.name for column in columns]
    return tuple(
        tuple(
            _shaded(
                _cell(value, column, language, no_value),
                shade.get(column.name),
            )
            for value, column in zip(row, columns, strict=True)
        )
        for row, shade in zip(kept, shades(card.settings, names, values), strict=False)
    )


def _shaded(cell: Cell, shade: str | None) -> Cell:
    return replace(cell, shade=shade) if shade else cell


def why_empty(state: DataState, labels: dict[str, str]) -> str:
    """Say, from what was loaded, why a card has nothing to show."""
    if state.customer_count == 0:
        if state.order_count:
            return labels["preview.no_customers"]
        if state.quarantined_row_count:
            return labels["preview.only_quarantine"]
        if state.data_through_date is not None:
            return labels["preview.no_rows"]
        return labels["preview.nothing_loaded"]
    if not state.has_predictions:
        missing = labels["preview.no_predictions"]
        return f"{missing}: {labels[f'stale.{state.stale_reason}']}"
    return labels["preview.no_rows"]


def _more_rows(shown: int, total: int, labels: dict[str, str]) -> str:
    written = format_decimal(total, locale=labels["language"])
    return labels["preview.more_rows"].format(shown=shown, total=written)


def _is_empty(card: Card, shown: list[list[Any]]) -> bool:
    if card.display in CHARTS:
        told = list(zip(card.shown_columns(), shown, strict=True))
        metrics = told[len(card.dimensions) :]
        return not any(_has_value(*metric) for metric in metrics)
    return all(value is None for values in shown for value in values)


def _has_value(metric: str, values: list[Any]) -> bool:
    """Whether there is a value; of a count, which the SQL fills up with 0, another."""
    is_count = metric.endswith("_count")
    return any(value is not None and (value or not is_count) for value in values)


def _cell(value: Any, column: Column, language: str, no_value: str) -> Cell:
    is_number = column.number_style is not None
    if value is None:
        return Cell(no_value, is_number=is_number)
    if column.link_text and str(value).startswith("https://"):
        return Cell(column.link_text, address=str(value))
    text = _CONTROL.sub(
        "\N{REPLACEMENT CHARACTER}", write_value(value, column, language)
    )
    if isinstance(value, str) and _HASH.fullmatch(value):
        return Cell(f"{value[:_HASH_SHOWN]}…", full=value)
    return Cell(text, is_number=is_number, order=_order(value))


def _order(value: Any) -> str | None:
    """What a column is sorted by: a number or a day; its text where None."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.12g}" if isinstance(value, int | float | Decimal) else None
