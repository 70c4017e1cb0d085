"""Pictures of a mix: what made up each week, curves, the fit, and the budget."""

import base64
import io

import altair as alt
import pandas as pd

from ml_assets.media_plan.evaluation import MixTables
from ml_assets.mmm import MediaMix

__all__ = [
    "plot_budget",
    "plot_contributions",
    "plot_curves",
    "plot_predicted",
    "plots",
]

_WIDTH, _HEIGHT = 420, 240


def plots(mix: MediaMix, tables: MixTables) -> dict[str, str]:
    """All of them, by name, as images in Markdown."""
    pictures = {
        "contributions": plot_contributions(tables.marketing_contributions),
        "curves": plot_curves(tables.marketing_curve_points),
        "predicted_and_actual": plot_predicted(mix.fitted()),
        "budget_before_and_after": plot_budget(tables.budget_scenario_channels),
    }
    return {
        name: f"![{name}](data:image/png;base64,{base64.b64encode(png).decode()})"
        for name, png in pictures.items()
    }


def plot_contributions(contributions: pd.DataFrame) -> bytes:
    """Weeks, channel by channel and everything else together."""
    named = contributions["component"].where(
        contributions["kind"] == "paid", contributions["kind"]
    )
    week = (
        pd.to_datetime(contributions["calendar_date"]).dt.to_period("W").dt.start_time
    )
    table = (
        contributions.assign(component=named, week=week)
        .groupby(["week", "component"], as_index=False)["contribution"]
        .sum()
    )
    chart = (
        alt.Chart(table, title="What made up each week")
        .mark_area()
        .encode(
            x=alt.X("week:T", title=None),
            y=alt.Y("contribution:Q", title=None),
            color=alt.Color("component:N", title=None),
        )
    )
    return _rendered(chart)


def plot_curves(points: pd.DataFrame) -> bytes:
    """Outcome by spend of a day, in its 90 % band, with a dot at the current spend."""
    base = alt.Chart(points, title="What a day's spend brings").encode(
        x=alt.X("spend:Q", title="spend per day"),
        color=alt.Color("channel_id:N", title=None),
    )
    band = base.mark_area(opacity=0.15).encode(
        y=alt.Y("expected_lower:Q", title=None), y2="expected_upper:Q"
    )
    line = base.mark_line().encode(y="expected:Q")
    dot = (
        base.transform_filter("datum.is_current")
        .mark_point(filled=True, size=90)
        .encode(y="expected:Q")
    )
    return _rendered(band + line + dot)


def plot_predicted(fitted: pd.DataFrame) -> bytes:
    """Sums of weeks: what the mix says, and what came."""
    week = pd.to_datetime(fitted["date"]).dt.to_period("W").dt.start_time
    table = fitted.assign(week=week).groupby("week", as_index=False)[
        ["expected", "actual"]
    ]
    long = table.sum().melt("week", var_name="series", value_name="outcome")
    chart = (
        alt.Chart(long, title="Predicted and actual, by week")
        .mark_line()
        .encode(
            x=alt.X("week:T", title=None),
            y=alt.Y("outcome:Q", title=None),
            color=alt.Color("series:N", title=None),
        )
    )
    return _rendered(chart)


def plot_budget(channels: pd.DataFrame) -> bytes:
    """The same money, now and recommended."""
    plan = channels[channels["scenario"] == "recommended"]
    long = plan.melt(
        "channel_id", ["current_spend", "projected_spend"], "plan", "spend"
    )
    chart = (
        alt.Chart(long, title="The same budget, before and after")
        .mark_bar()
        .encode(
            x=alt.X("channel_id:N", title=None, axis=alt.Axis(labelAngle=0)),
            xOffset="plan:N",
            y=alt.Y("spend:Q", title="30 days"),
            color=alt.Color("plan:N", title=None),
        )
    )
    return _rendered(chart)


def _rendered(chart: alt.Chart | alt.LayerChart) -> bytes:
    binary = io.BytesIO()
    sized = chart.properties(width=_WIDTH, height=_HEIGHT)
    sized.save(binary, format="png", scale_factor=1)
    return binary.getvalue()
