"""Pictures of a fit, a backtest and a budget, as PNG or SVG bytes."""

import io
from typing import Final, Literal, TypeAlias

import altair as alt
import pandas as pd

from ml_assets.mmm.allocation import Allocation
from ml_assets.mmm.backtest import Backtest
from ml_assets.mmm.media_mix import MediaMix

__all__ = [
    "ImageFormat",
    "plot_backtest",
    "plot_budget",
    "plot_contributions",
    "plot_curves",
    "plot_fitted",
]

ImageFormat: TypeAlias = Literal["png", "svg"]

_WIDTH: Final = 520
_HEIGHT: Final = 260
_MOST_BARS: Final = 4000


def plot_contributions(mix: MediaMix, *, image_format: ImageFormat = "png") -> bytes:
    """What made up the outcome over time, a colour per component."""
    chart = (
        alt.Chart(_readable(mix.contributions()), title="What made up the outcome")
        .mark_bar()
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.Y("contribution:Q", title=mix.outcome_unit),
            color=alt.Color("component:N", title=None),
            order=alt.Order("kind:N"),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return _rendered(chart, image_format)


def plot_curves(mix: MediaMix, *, image_format: ImageFormat = "png") -> bytes:
    """What each channel brings at each spend, with its 90 % interval and where it is.

    The curve is dashed beyond the largest spend seen.
    """
    table = mix.curves()
    current = pd.DataFrame(
        {"channel": mix.channel_names, "spend": mix.current_spend}
    ).merge(table, on=["channel", "spend"])
    seen = alt.Scale(domain=[True, False], range=[[1, 0], [4, 4]])
    panels = []
    for name in mix.channel_names:
        rows, point = (part[part["channel"] == name] for part in (table, current))
        x = alt.X("spend:Q", title="spend per period")
        base = alt.Chart(rows, title=name).encode(x=x)
        band = base.mark_area(opacity=0.25).encode(
            y=alt.Y("expected_lower:Q", title=mix.outcome_unit), y2="expected_upper:Q"
        )
        line = base.mark_line().encode(
            y="expected:Q",
            strokeDash=alt.StrokeDash("is_observed:N", scale=seen, legend=None),
        )
        dot = (
            alt.Chart(point)
            .mark_point(filled=True, size=80, color="black")
            .encode(x="spend:Q", y="expected:Q")
        )
        panels.append(
            (band + line + dot).properties(width=_WIDTH / 2, height=_HEIGHT / 2)
        )
    return _rendered(alt.concat(*panels, columns=2), image_format)


def plot_fitted(mix: MediaMix, *, image_format: ImageFormat = "png") -> bytes:
    """The outcome against what the fit expects of it."""
    return _rendered(_against(mix.fitted(), "Fitted and actual"), image_format)


def plot_backtest(found: Backtest, *, image_format: ImageFormat = "png") -> bytes:
    """The latest holdout: predicted, with its interval, against what came."""
    latest = found.forecasts[found.forecasts["origin"] == found.origins[0].origin]
    return _rendered(_against(latest, found.sentence), image_format)


def plot_budget(found: Allocation, *, image_format: ImageFormat = "png") -> bytes:
    """Spend per channel now and as recommended."""
    long = found.plan.melt("channel", ["current", "recommended"], "budget", "spend")
    chart = (
        alt.Chart(long, title=found.reason)
        .mark_bar()
        .encode(
            y=alt.Y("channel:N", title=None),
            yOffset="budget:N",
            x=alt.X("spend:Q", title="spend"),
            color=alt.Color("budget:N", title=None),
        )
        .properties(width=_WIDTH)
    )
    return _rendered(chart, image_format)


def _against(table: pd.DataFrame, title: str) -> alt.LayerChart:
    base = alt.Chart(table, title=title).encode(x=alt.X("date:T", title=None))
    band = base.mark_area(opacity=0.25).encode(
        y=alt.Y("expected_lower:Q", title=None), y2="expected_upper:Q"
    )
    long = table.melt("date", ["expected", "actual"], "series", "outcome")
    lines = (
        alt.Chart(long)
        .mark_line()
        .encode(x="date:T", y="outcome:Q", color=alt.Color("series:N", title=None))
    )
    layers: alt.LayerChart = band + lines
    return layers.properties(width=_WIDTH, height=_HEIGHT)


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Contributions summed to weeks, or months where that is still too much to see."""
    keys = ["component", "kind"]
    for frequency in ("W-SUN", "MS"):
        moments = pd.Grouper(key="date", freq=frequency)
        summed = table.groupby([moments, *keys])["contribution"].sum().reset_index()
        if len(summed) < _MOST_BARS:
            break
    return summed


def _rendered(
    chart: alt.Chart | alt.LayerChart | alt.ConcatChart, image_format: ImageFormat
) -> bytes:
    if image_format == "svg":
        text = io.StringIO()
        chart.save(text, format="svg")
        return text.getvalue().encode()
    binary = io.BytesIO()
    chart.save(binary, format="png", scale_factor=2)
    return binary.getvalue()
