"""Charts whose data stand in long form: a row per series and point."""

from __future__ import annotations

from typing import Any

import altair as alt

from metabase.rendering.chart_parts import (
    INK,
    SERIES,
    VALUE,
    AltairChart,
    Plot,
    d3_format,
    names_beside,
    number,
    series_color,
    series_tooltip,
    value_axis,
)

__all__ = ["grouped_bars", "lines_of_a_column", "lying_bars", "points"]


def grouped_bars(plot: Plot) -> AltairChart:
    """Bars side by side, a colour per series; one upon the other where they add up."""
    bars = (
        plot.over_dimension(())
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            y=value_axis(plot, VALUE),
            color=series_color(plot),
            tooltip=series_tooltip(plot),
        )
    )
    if plot.card.settings.get("stackable.stack_type"):
        return bars
    return bars.encode(xOffset=alt.XOffset(SERIES, type="nominal", sort=None))


def lying_bars(plot: Plot) -> AltairChart:
    """Bars that lie, for names too long to stand under a bar."""
    return plot.base.mark_bar(cornerRadiusEnd=2).encode(
        y=alt.Y(
            plot.dimension.name,
            type="nominal",
            sort=None,
            title=None,
            axis=names_beside(len(plot.rows)),
        ),
        yOffset=alt.YOffset(SERIES, type="nominal", sort=None),
        x=value_axis(plot, VALUE, alt.X),
        color=series_color(plot),
        tooltip=series_tooltip(plot),
    )


def lines_of_a_column(plot: Plot) -> AltairChart:
    """A line per value of the second dimension.

    A series of one point is a mark on the others, which a line would not show.
    """
    encoded = plot.over_dimension(()).encode(
        y=value_axis(plot, VALUE),
        color=series_color(plot),
        tooltip=series_tooltip(plot),
    )
    counted = encoded.transform_joinaggregate(points="count()", groupby=[SERIES])
    marks = counted.transform_filter("datum.points == 1")
    return alt.layer(
        encoded.mark_line(strokeWidth=2.5),
        marks.mark_point(size=130, filled=True, opacity=1),
    )


def points(plot: Plot) -> AltairChart:
    """A named point per row; its size is the bubble's column."""
    across, bubble = plot.dimension, plot.card.settings.get("scatter.bubble")
    place: dict[str, Any] = {
        "x": alt.X(
            across.name,
            type="quantitative",
            title=across.title,
            scale=_roomy(plot, across.name),
            axis=alt.Axis(format=d3_format(across), tickCount=5),
        ),
        "y": value_axis(plot, VALUE, scale=_roomy(plot, VALUE)),
    }
    told = series_tooltip(plot)
    look: dict[str, Any] = {"color": series_color(plot).copy(deep=False)}
    look["color"].legend = None
    if bubble:
        column = plot.card.columns[bubble]
        told.append(number(alt.Tooltip, column, title=column.title))
        sizes = alt.Scale(range=[80, 900])
        look["size"] = alt.Size(bubble, type="quantitative", scale=sizes, legend=None)
    circles = plot.base.mark_circle(opacity=0.85).encode(**place, **look, tooltip=told)
    names = plot.base.mark_text(dy=-20, fontSize=12, color=INK).encode(
        **place, text=alt.Text(SERIES, type="nominal")
    )
    return alt.layer(circles, names)


def _roomy(plot: Plot, name: str) -> alt.Scale:
    """Room for the largest point and its name, below 0 only where a value is."""
    is_below = any((row[name] or 0) < 0 for row in plot.rows)
    least = alt.Undefined if is_below else 0
    return alt.Scale(zero=True, padding=30, domainMin=least)
