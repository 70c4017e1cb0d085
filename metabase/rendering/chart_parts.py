"""What the charts have in common: axes, colours, formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

from metabase.content.entities import Card, Column
from metabase.content.palette import MEANINGS, SERIES_COLORS

__all__ = [
    "INK",
    "PALETTE",
    "ROOM",
    "SERIES",
    "VALUE",
    "AltairChart",
    "Plot",
    "d3_format",
    "legend_of",
    "names_beside",
    "number",
    "series_color",
    "series_tooltip",
    "styled",
    "value_axis",
]

# Altair's own types do not survive its chained calls.
AltairChart = Any

SERIES, VALUE = "series", "value"
"""Columns of data in long form: which series, and its value."""

INK, _QUIET_INK = MEANINGS["text"]
(_GRID,) = MEANINGS["neutral"]
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
# Series without a colour of their own.
PALETTE = SERIES_COLORS
_COLOR = PALETTE[0]
# From here on an axis counts in millions: longer numbers would run into each other.
_MILLIONS_FROM = 10_000_000
# From here on the decimals of an axis only take room.
_WHOLE_FROM = 100
_IN_MILLIONS = "datum.value === 0 ? '0' : format(datum.value / 1e6, ',~f') + '\u00a0M'"
_LONG_NAME = 10
# Of a legend: its most columns, the width of a letter and of a sign with its room.
_MOST_LEGEND_COLUMNS = 4
_LETTER, _SIGN = 6.6, 34
# Lying bars that are high enough for names of three lines.
_MOST_IN_LINES = 8
# Of the card, where there is one: the plot's own is only known once its legend is laid
# out. The axis takes its part.
_CARD = "(containerSize()[0] ? containerSize()[0] : width + 90)"
ROOM = f"({_CARD} - 90)"


@dataclass(frozen=True)
class Plot:
    """A card on its data: the axis is the first dimension."""

    card: Card
    base: AltairChart
    metrics: tuple[Column, ...]
    is_date: bool = False
    rows: Sequence[Mapping[str, Any]] = ()

    @property
    def dimension(self) -> Column:
        """What stands on the axis."""
        return self.card.columns[self.card.dimensions[0]]

    @property
    def metric(self) -> Column:
        """The first metric: the others share its axis and format."""
        return self.metrics[0]

    @property
    def is_scale(self) -> bool:
        """Whether the axis is a number line, not a row of names."""
        return self.card.settings.get("graph.x_axis.scale") == "linear"

    @property
    def largest(self) -> float:
        """The value farthest from zero, its sign left out."""
        names = (VALUE, *(metric.name for metric in self.metrics))
        values = [row.get(name) for row in self.rows for name in names]
        numbers = [abs(one) for one in values if isinstance(one, int | float)]
        return max(numbers, default=0)

    def longest(self, name: str) -> int:
        """Letters of the longest name in a column of the data."""
        return max((len(str(row.get(name, ""))) for row in self.rows), default=0)

    def series(self, metric: Column) -> dict[str, Any]:
        """Settings of one metric's series."""
        settings = self.card.settings.get("series_settings", {})
        return dict(settings.get(metric.name, {}))

    def color(self, metric: Column) -> str:
        """Colour of one metric's series."""
        return str(self.series(metric).get("color", _COLOR))

    def over_dimension(self, metrics: tuple[Column, ...]) -> AltairChart:
        """The base with its axis, telling of a point these metrics."""
        kind: Any = "temporal" if self.is_date else "nominal"
        axis = alt.Axis(labelAngle=0, labelOverlap="greedy", grid=False)
        if not self.is_date and self.longest(self.dimension.name) > _LONG_NAME:
            # Each name stands there; lying they would hide one another.
            room = f"min(130, 0.3 * {_CARD})"
            axis = alt.Axis(
                labelAngle=-30,
                labelLimit=170,
                labelExpr=_in_lines(room),
                labelOverlap=False,
                grid=False,
            )
        if self.is_scale:
            kind = "quantitative"
            axis = alt.Axis(format=d3_format(self.dimension), tickCount=5, grid=False)
        # A day is read as midnight UTC: west of it, local time is the day before.
        scale = alt.Scale(type="utc") if kind == "temporal" else alt.Undefined
        name, title = self.dimension.name, self.dimension.title
        told = (number(alt.Tooltip, one, title=one.title) for one in metrics)
        return self.base.encode(
            x=alt.X(name, type=kind, sort=None, title=title, axis=axis, scale=scale),
            tooltip=[alt.Tooltip(name, type="nominal", title=title), *told],
        )


def value_axis(
    plot: Plot, field: str, channel: Any = alt.Y, scale: alt.Scale | None = None
) -> Any:
    """The axis of values, with the metrics' format."""
    metric = plot.metric
    title = plot.card.settings.get("graph.y_axis.title_text", metric.title)
    written: dict[str, Any] = {"format": d3_format(metric)}
    if plot.largest >= _WHOLE_FROM and metric.number_style != "percent":
        written = {"format": d3_format(replace(metric, decimals=0))}
    if plot.largest >= _MILLIONS_FROM and metric.number_style != "percent":
        written = {"labelExpr": _IN_MILLIONS}
        title = f"{title} ({metric.currency})" if metric.currency else title
    if channel is alt.X:
        # The last number of a lying axis stays inside its card.
        written["labelFlush"] = True
    return channel(
        field,
        type="quantitative",
        title=title,
        scale=scale or alt.Scale(),
        axis=alt.Axis(
            tickCount=5,
            tickMinStep=_step(metric),
            labelOverlap="greedy",
            **written,
        ),
    )


def series_color(plot: Plot) -> alt.Color:
    """A colour per series of data in long form."""
    scale = alt.Scale(range=list(PALETTE))
    if len(plot.card.dimensions) == 1:
        scale = alt.Scale(
            domain=[metric.title for metric in plot.metrics],
            range=[plot.color(metric) for metric in plot.metrics],
        )
    legend = legend_of([str(row.get(SERIES, "")) for row in plot.rows])
    is_alone = len(plot.card.dimensions) == len(plot.metrics) == 1
    return alt.Color(
        SERIES,
        type="nominal",
        sort=None,
        scale=scale,
        legend=None if is_alone else legend,
    )


def legend_of(names: Sequence[str]) -> alt.Legend:
    """What each colour is, in as many columns as stand side by side on the screen."""
    entry = _LETTER * max(map(len, names), default=0) + _SIGN
    columns = f"max(1, min({_MOST_LEGEND_COLUMNS}, floor({ROOM} / {entry:.0f})))"
    return alt.Legend(
        title=None,
        orient="top",
        labelLimit=alt.ExprRef(f"max(60, {ROOM} - {_SIGN})"),
        columns=alt.ExprRef(columns),
    )


def names_beside(count: int) -> alt.Axis:
    """The axis of lying bars: names take two fifths of the room, in lines if few."""
    if count > _MOST_IN_LINES:
        return alt.Axis(labelLimit=alt.ExprRef(f"0.4 * {_CARD}"))
    return alt.Axis(labelLimit=280, labelExpr=_in_lines(f"0.4 * {ROOM}"))


def _in_lines(room: str) -> str:
    """A name, broken between its words into lines that so many pixels hold."""
    letters = f"max(10, floor({room} / {_LETTER}))"
    line = f"regexp('(.{{1,' + {letters} + '}})( +|$)', 'g')"
    return f"split(trim(replace(datum.label, {line}, '$1\\n')), '\\n')"


def series_tooltip(plot: Plot) -> list[alt.Tooltip]:
    """What is told of a point of data in long form."""
    dimension = plot.dimension
    place = (
        number(alt.Tooltip, dimension, title=dimension.title)
        if dimension.number_style
        else alt.Tooltip(dimension.name, type="nominal", title=dimension.title)
    )
    shown = d3_format(plot.metric)
    return [
        alt.Tooltip(SERIES, type="nominal", title=" "),
        place,
        alt.Tooltip(VALUE, type="quantitative", format=shown, title=plot.metric.title),
    ]


def number(channel: Any, column: Column, **options: str) -> Any:
    """A channel that writes a column as the column is written elsewhere."""
    return channel(
        column.name, type="quantitative", format=d3_format(column), **options
    )


def styled(chart: AltairChart) -> AltairChart:
    """The one look of all charts."""
    return (
        chart.configure(font=_FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_legend(labelFontSize=12, labelColor=_QUIET_INK)
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
            # Months that touch are read as one long number.
            labelSeparation=8,
        )
    )


def d3_format(column: Column) -> str:
    """The column's number style in the words of d3."""
    decimals = column.decimals or 0
    style = column.number_style
    return {"currency": f"$,.{decimals}f", "percent": f",.{decimals}%"}.get(
        style or "", f",.{decimals}f"
    )


def _step(column: Column) -> float:
    # Ticks closer than the last decimal shown would repeat a label.
    decimals = (column.decimals or 0) + (2 if column.number_style == "percent" else 0)
    return float(10**-decimals)
