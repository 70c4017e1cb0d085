"""Turn a card and its answer into what the page shows, all of it text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from metabase.metabase_as_code.charts import chart_spec
from metabase.metabase_as_code.content import CHARTS, Card, Column, Placement
from metabase.metabase_as_code.formats import write_value
from metabase.metabase_as_code.warehouse import DataState, Result

__all__ = ["Cell", "DrawnCard", "draw_card", "why_empty"]

_HASH = re.compile(r"[0-9a-f]{32,}")
_HASH_SHOWN = 8


@dataclass(frozen=True)
class Cell:
    """One value as it is read; ``full`` is what a shortened text stands for."""

    text: str
    full: str | None = None
    is_number: bool = False


@dataclass(frozen=True)
class DrawnCard:
    """A card ready for the page; the template only escapes and places it."""

    placement: Placement
    name: str
    description: str
    display: str
    headers: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: dict[str, Any] | None
    empty_reason: str | None


def draw_card(
    card: Card, placement: Placement, result: Result, labels: dict[str, str], why: str
) -> DrawnCard:
    """Write every value of the card; ``why`` is told when there is none."""
    columns = [card.columns[name] for name in card.shown_columns()]
    shown = [result.column(column.name) for column in columns]
    is_empty = _is_empty(card, shown)
    language = labels["language"]
    rows = tuple(
        tuple(
            _cell(value, column, language, labels["preview.no_value"])
            for value, column in zip(row, columns, strict=True)
        )
        for row in zip(*shown, strict=True)
    )
    has_chart = card.display in CHARTS and not is_empty
    return DrawnCard(
        placement=placement,
        name=card.name,
        description=card.description,
        display=card.display,
        headers=tuple(
            Cell(column.title, is_number=column.number_style is not None)
            for column in columns
        ),
        rows=rows,
        chart=chart_spec(card, result) if has_chart else None,
        empty_reason=why if is_empty else None,
    )


def why_empty(state: DataState, labels: dict[str, str]) -> str:
    """Say, from what was loaded, why a card has nothing to show."""
    if state.customer_count == 0:
        if state.order_count:
            return labels["preview.no_customers"]
        if state.quarantined_row_count:
            return labels["preview.only_quarantine"]
        return labels["preview.nothing_loaded"]
    if not state.has_predictions:
        missing = labels["preview.no_predictions"]
        return f"{missing}: {labels[f'stale.{state.stale_reason}']}"
    return labels["preview.no_rows"]


def _is_empty(card: Card, shown: list[list[Any]]) -> bool:
    if card.display in CHARTS:
        metrics = shown[len(card.dimensions) :]
        return not any(any(metric) for metric in metrics)
    return all(value is None for values in shown for value in values)


def _cell(value: Any, column: Column, language: str, no_value: str) -> Cell:
    is_number = column.number_style is not None
    if value is None:
        return Cell(no_value, is_number=is_number)
    text = write_value(value, column, language)
    if isinstance(value, str) and _HASH.fullmatch(value):
        return Cell(f"{value[:_HASH_SHOWN]}…", full=value)
    return Cell(text, is_number=is_number)
