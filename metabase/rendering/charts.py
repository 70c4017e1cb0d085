"""Draw the cards with axes as Vega-Lite charts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt

from metabase.content.entities import Card, Column
from metabase.content.warehouse import Result
from metabase.rendering.chart_parts import (
    INK,
    SERIES,
    VALUE,
    AltairChart,
    Plot,
    legend_of,
    number,
    styled,
    value_axis,
)
from metabase.rendering.formats import write_month
from metabase.rendering.ring_charts import rings
from metabase.rendering.series_charts import (
    grouped_bars,
    lines_of_a_column,
    lying_bars,
    points,
)

__all__ = ["chart_points", "chart_spec"]

_HEIGHT, _HEIGHTS_OF_A_BAR = 300, (22, 70)
_LINE, _POINTS = "line_title", "points"


def chart_spec(card: Card, result: Result, language: str) -> dict[str, Any]:
    """The card's answer as a Vega-Lite specification that holds its own data.

    Parameters
    ----------
    card : Card
        One dimension and one or more metrics of the same kind, which share an axis
        and its format; or two dimensions, of which the second tells the series
        apart, and one metric.
    result : Result
        The rows in the order in which they are to be drawn.
    language : str
        Of the months, which stand on an axis as words.
    """
    metrics = tuple(card.columns[name] for name in card.metrics)
    draw, _ = _drawing(card)
    rows = chart_points(card, result, language)
    name = card.dimensions[0]
    is_date = any(isinstance(value, date) for value in result.column(name))
    plot = Plot(
        card,
        alt.Chart(alt.InlineData(values=[])),
        metrics,
        is_date=is_date and not card.columns[name].is_month,
        rows=rows,
    )
    height = _HEIGHT
    if card.display == "row":
        least, most = (height * len(result.rows) for height in _HEIGHTS_OF_A_BAR)
        height = max(least, min(most, _HEIGHT))
    chart = draw(plot).properties(width="container", height=height)
    spec: dict[str, Any] = styled(chart).to_dict()
    # Only now: Altair copies rows for each layer, and holds each against its schema.
    return {**spec, "data": {"name": _POINTS}, "datasets": {_POINTS: rows}}


def chart_points(card: Card, result: Result, language: str) -> list[dict[str, Any]]:
    """The rows that the card's chart holds, for another answer of the same card."""
    _, is_long = _drawing(card)
    rows = _wide(card, result, language)
    return _long(card, rows) if is_long else rows


def _drawing(card: Card) -> tuple[Callable[[Plot], AltairChart], bool]:
    """What draws the card, and whether it takes a row per series and point."""
    has_series = len(card.dimensions) > 1
    return {
        "pie": (rings, False),
        "scatter": (points, True),
        "row": (lying_bars, True),
        "line": (lines_of_a_column if has_series else _lines, has_series),
        "bar": (
            (grouped_bars, True)
            if has_series or len(card.metrics) > 1
            else (_bars, False)
        ),
    }[card.display]


def _wide(card: Card, result: Result, language: str) -> list[dict[str, Any]]:
    months = {name for name, column in card.columns.items() if column.is_month}
    return [
        {
            name: write_month(value, language)
            if name in months and isinstance(value, date)
            else _plain(value, card.columns[name].scale)
            for name, value in zip(result.columns, row, strict=True)
        }
        for row in result.rows
    ]


def _long(card: Card, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row per series and point; a point without a value is left out."""
    series = card.dimensions[1] if len(card.dimensions) > 1 else None
    return [
        {
            **row,
            SERIES: row[series] if series else card.columns[metric].title,
            VALUE: row[metric],
        }
        for row in rows
        for metric in card.metrics
        if row[metric] is not None
    ]


def _bars(plot: Plot) -> AltairChart:
    over = plot.over_dimension(plot.metrics)
    height = value_axis(plot, plot.metric.name)
    bars = over.mark_bar(color=plot.color(plot.metric), cornerRadiusEnd=3)
    if not plot.card.settings.get("graph.show_values"):
        return bars.encode(y=height)
    numbers = over.mark_text(dy=-7, fontSize=12, color=INK).encode(
        y=height, text=number(alt.Text, plot.metric)
    )
    return alt.layer(bars.encode(y=height), numbers)


def _lines(plot: Plot) -> AltairChart:
    over, metrics = plot.over_dimension(plot.metrics), plot.metrics
    colors = alt.Scale(
        domain=[metric.title for metric in metrics],
        range=[plot.color(metric) for metric in metrics],
    )
    # One line needs no legend: the axis says what it is.
    legend = legend_of([metric.title for metric in metrics])
    color = alt.Color(
        _LINE,
        type="nominal",
        scale=colors,
        legend=legend if len(metrics) > 1 else None,
    )
    lines = [
        over.transform_calculate(**{_LINE: json.dumps(metric.title)})
        .mark_line(
            strokeWidth=2.5,
            point=_points(plot, metric),
            strokeDash=_dash(plot, metric),
        )
        .encode(y=value_axis(plot, metric.name), color=color)
        for metric in metrics
    ]
    return alt.layer(*lines)


def _points(plot: Plot, metric: Column) -> Any:
    is_told = plot.series(metric).get("line.marker_enabled")
    # One that is asked for stands for itself.
    return alt.OverlayMarkDef(size=110) if is_told else is_told is None


def _dash(plot: Plot, metric: Column) -> list[int]:
    is_dashed = plot.series(metric).get("line.style") == "dashed"
    return [5, 4] if is_dashed else [1, 0]


def _plain(value: Any, scale: int = 1) -> Any:
    if isinstance(value, Decimal):
        return float(value * scale)
    if scale != 1 and isinstance(value, (int, float)):
        return value * scale
    return value.isoformat() if isinstance(value, date) else value
