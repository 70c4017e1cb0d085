"""Shares of a whole, as a ring."""

from __future__ import annotations

import altair as alt

from metabase.rendering.chart_parts import (
    INK,
    PALETTE,
    ROOM,
    AltairChart,
    Plot,
    legend_of,
    number,
)

__all__ = ["rings"]

_SHARE, _PLACE = "share", "place"
# As large as a card is wide and high, with room for the numbers around.
_OUTER = f"min(120, {ROOM} / 2, height / 2 - 26)"
_INNER, _NUMBERS = f"0.58 * {_OUTER}", f"{_OUTER} + 16"
_SMALLEST_NUMBERED = 0.03


def rings(plot: Plot) -> AltairChart:
    """A ring of the metric by the dimension, in the order of the rows.

    Each part is named in the legend and has its share of the whole beside it, unless
    the part is too small for a number to stand there.
    """
    dimension, metric = plot.dimension, plot.metric
    shares = (
        plot.base.transform_window(**{_PLACE: "row_number()"})
        .transform_joinaggregate(total=f"sum({metric.name})")
        .transform_calculate(**{_SHARE: f"datum.{metric.name} / datum.total"})
        .encode(
            theta=alt.Theta(metric.name, type="quantitative", stack=True),
            order=alt.Order(_PLACE, type="quantitative"),
        )
    )
    arcs = shares.mark_arc(
        innerRadius=alt.ExprRef(_INNER), outerRadius=alt.ExprRef(_OUTER)
    ).encode(
        color=alt.Color(
            dimension.name,
            type="nominal",
            sort=None,
            scale=alt.Scale(range=list(PALETTE)),
            legend=legend_of([str(row[dimension.name]) for row in plot.rows]),
        ),
        tooltip=[
            alt.Tooltip(dimension.name, type="nominal", title=dimension.title),
            number(alt.Tooltip, metric, title=metric.title),
            alt.Tooltip(_SHARE, type="quantitative", format=".0%", title="%"),
        ],
    )
    numbers = (
        shares.mark_text(radius=alt.ExprRef(_NUMBERS), fontSize=12, color=INK)
        .transform_calculate(
            text=f"datum.{_SHARE} < {_SMALLEST_NUMBERED} ? ''"
            f" : format(datum.{_SHARE}, '.0%')"
        )
        .encode(text=alt.Text("text", type="nominal"))
    )
    return alt.layer(arcs, numbers)
