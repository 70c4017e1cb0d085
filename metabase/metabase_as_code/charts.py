"""Draw a bar or line card as a Vega-Lite chart."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt

from metabase.metabase_as_code.content import Card, Column
from metabase.metabase_as_code.warehouse import Result

__all__ = ["chart_spec"]

# Altair's own types do not survive its chained calls.
_Chart = Any

_HEIGHT = 300
_LINE = "line_title"
_INK = "#1c2b33"
_QUIET_INK = "#4a5a63"
_GRID = "#e3e8ea"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def chart_spec(card: Card, result: Result) -> dict[str, Any]:
    """The card's answer as a Vega-Lite specification that holds its own data.

    Parameters
    ----------
    card : Card
        A ``bar`` with one dimension and one metric, or a ``line`` with one dimension
        and one or more metrics of the same kind: they share an axis and its format.
    result : Result
        The rows in the order in which they are to be drawn.
    """
    dimension, *metrics = (card.columns[name] for name in card.shown_columns())
    values = [
        dict(zip(result.columns, map(_plain, row), strict=True)) for row in result.rows
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X(
            dimension.name,
            type=_kind(result, dimension),
            sort=None,
            title=dimension.title,
            axis=alt.Axis(labelAngle=0, labelOverlap="greedy", grid=False),
        ),
        tooltip=[
            alt.Tooltip(dimension.name, type="nominal", title=dimension.title),
            *(_number(alt.Tooltip, metric, title=metric.title) for metric in metrics),
        ],
    )
    draw = _bars if card.display == "bar" else _lines
    mark = draw(card, base, metrics)
    chart = mark.properties(width="container", height=_HEIGHT)
    spec: dict[str, Any] = _styled(chart).to_dict()
    return spec


def _bars(card: Card, base: alt.Chart, metrics: list[Column]) -> _Chart:
    (metric,) = metrics
    bars = base.mark_bar(color=_color(card, metric), cornerRadiusEnd=3).encode(
        y=_height(card, metric)
    )
    if not card.settings.get("graph.show_values"):
        return bars
    numbers = base.mark_text(dy=-7, fontSize=12, color=_INK).encode(
        y=_height(card, metric), text=_number(alt.Text, metric)
    )
    return alt.layer(bars, numbers)


def _lines(card: Card, base: alt.Chart, metrics: list[Column]) -> _Chart:
    colors = alt.Scale(
        domain=[metric.title for metric in metrics],
        range=[_color(card, metric) for metric in metrics],
    )
    # One line needs no legend: the axis says what it is.
    legend = alt.Legend(title=None, orient="top") if len(metrics) > 1 else None
    color = alt.Color(_LINE, type="nominal", scale=colors, legend=legend)
    lines = [
        base.transform_calculate(**{_LINE: json.dumps(metric.title)})
        .mark_line(strokeWidth=2.5, point=True, strokeDash=_dash(card, metric))
        .encode(y=_height(card, metric), color=color)
        for metric in metrics
    ]
    return alt.layer(*lines)


def _height(card: Card, metric: Column) -> alt.Y:
    return alt.Y(
        metric.name,
        type="quantitative",
        title=card.settings.get("graph.y_axis.title_text", metric.title),
        axis=alt.Axis(
            format=_d3_format(metric), tickCount=5, tickMinStep=_step(metric)
        ),
    )


def _number(channel: Any, column: Column, **options: str) -> Any:
    return channel(
        column.name, type="quantitative", format=_d3_format(column), **options
    )


def _styled(chart: _Chart) -> _Chart:
    return (
        chart.configure(font=_FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_QUIET_INK,
            titleColor=_QUIET_INK,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            titlePadding=10,
            gridColor=_GRID,
            domainColor=_GRID,
            ticks=False,
            labelPadding=6,
        )
    )


def _color(card: Card, metric: Column) -> str:
    return str(_series(card, metric).get("color", "#2f6690"))


def _dash(card: Card, metric: Column) -> list[int]:
    is_dashed = _series(card, metric).get("line.style") == "dashed"
    return [5, 4] if is_dashed else [1, 0]


def _series(card: Card, metric: Column) -> dict[str, Any]:
    settings = card.settings.get("series_settings", {})
    return dict(settings.get(metric.name, {}))


def _kind(result: Result, column: Column) -> Any:
    is_date = any(isinstance(value, date) for value in result.column(column.name))
    return "temporal" if is_date else "nominal"


def _step(column: Column) -> float:
    # Ticks closer than the last decimal shown would repeat a label.
    decimals = (column.decimals or 0) + (2 if column.number_style == "percent" else 0)
    return float(10**-decimals)


def _d3_format(column: Column) -> str:
    decimals = column.decimals or 0
    style = column.number_style
    return {"currency": f"$,.{decimals}f", "percent": f",.{decimals}%"}.get(
        style or "", f",.{decimals}f"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
