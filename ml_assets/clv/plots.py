"""Pictures of a fit and of a backtest, as PNG or SVG bytes."""

import io
from typing import Literal, TypeAlias

import altair as alt
import numpy as np
import pandas as pd

from ml_assets.clv.histories import check_histories, column_of_floats
from ml_assets.clv.horizons import PurchaseModel, chances
from ml_assets.clv.models.bg_nbd import BgNbd, probability_of_purchases

__all__ = [
    "ImageFormat",
    "activity_map",
    "frequency_calibration",
    "no_purchase_histogram",
    "plot_activity_map",
    "plot_calibration",
    "plot_frequency_calibration",
    "plot_no_purchase_histogram",
    "plot_tracking",
]

ImageFormat: TypeAlias = Literal["png", "svg"]

_WIDTH, _HEIGHT = 420, 240


def frequency_calibration(
    summaries: pd.DataFrame, bg_nbd: BgNbd, *, largest: int = 7
) -> pd.DataFrame:
    """Customers by number of repeat purchase days: counted, and expected by the model.

    Expected is the sum of P(X(T) = x) over customers, equation (8) of Fader, Hardie
    & Lee (2005): the model's account of the data it was fitted to.

    Returns
    -------
    DataFrame
        `largest` + 1 rows: `repeat_purchase_days` ("0" .. "7+"), `actual`,
        `expected`; both columns add up to the number of customers.
    """
    frequency = np.minimum(column_of_floats(summaries, "frequency"), largest)
    ages, customers = np.unique(
        column_of_floats(summaries, "age_days"), return_counts=True
    )
    counts = np.arange(largest)
    below = probability_of_purchases(bg_nbd, counts[:, None], ages[None, :]) @ customers
    return pd.DataFrame(
        {
            "repeat_purchase_days": [*map(str, counts), f"{largest}+"],
            "actual": np.bincount(frequency.astype(int), minlength=largest + 1),
            "expected": [*below, customers.sum() - below.sum()],
        }
    )


def no_purchase_histogram(predictions: pd.DataFrame, *, bins: int = 20) -> pd.DataFrame:
    """Customers by `probability_no_purchase_90d`, in equal bins of [0, 1].

    Returns
    -------
    DataFrame
        One row per bin: `lower`, `upper`, `customers`.
    """
    edges = np.linspace(0, 1, bins + 1)
    counts, _ = np.histogram(predictions["probability_no_purchase_90d"], bins=edges)
    return pd.DataFrame({"lower": edges[:-1], "upper": edges[1:], "customers": counts})


def plot_frequency_calibration(
    summaries: pd.DataFrame, bg_nbd: BgNbd, *, image_format: ImageFormat = "png"
) -> bytes:
    """`frequency_calibration` as paired bars."""
    table = frequency_calibration(summaries, bg_nbd)
    long = table.melt("repeat_purchase_days", var_name="series", value_name="customers")
    chart = (
        alt.Chart(long, title="Repeat purchase days: counted and expected")
        .mark_bar()
        .encode(
            x=alt.X(
                "repeat_purchase_days:O",
                sort=table["repeat_purchase_days"].tolist(),
                title="repeat purchase days",
                axis=alt.Axis(labelAngle=0),
            ),
            xOffset="series:N",
            y=alt.Y("customers:Q", title="customers"),
            color=alt.Color("series:N", title=None),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return _rendered(chart, image_format)


def plot_no_purchase_histogram(
    predictions: pd.DataFrame, *, image_format: ImageFormat = "png"
) -> bytes:
    """`no_purchase_histogram` as bars."""
    chart = (
        alt.Chart(
            no_purchase_histogram(predictions),
            title="Probability of no purchase in 90 days",
        )
        .mark_bar()
        .encode(
            x=alt.X("lower:Q", bin="binned", title="probability"),
            x2="upper:Q",
            y=alt.Y("customers:Q", title="customers"),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return _rendered(chart, image_format)


def activity_map(
    model: PurchaseModel, *, age_days: int = 365, most: int = 12, steps: int = 12
) -> pd.DataFrame:
    """P(still a customer) by repeat purchase days and days since the last one.

    Of customers who came `age_days` ago; pairs that cannot be are left out.

    Returns
    -------
    DataFrame
        `repeat_purchase_days`, `silent_days`, `probability_active`.
    """
    frequency, silent = np.meshgrid(
        np.arange(1, most + 1), np.linspace(0, age_days, steps, endpoint=False)
    )
    x, waited = frequency.ravel().astype(float), np.floor(silent.ravel())
    possible = age_days - waited >= x
    x, waited = x[possible], waited[possible]
    histories = check_histories(x, age_days - waited, np.full(x.size, float(age_days)))
    active, _ = chances(model, np.array([90.0]), histories)
    return pd.DataFrame(
        {
            "repeat_purchase_days": x.astype(int),
            "silent_days": waited.astype(int),
            "probability_active": active,
        }
    )


def plot_activity_map(
    model: PurchaseModel, *, age_days: int = 365, image_format: ImageFormat = "png"
) -> bytes:
    """`activity_map` as a heat map: the same silence means more in a busy customer."""
    chart = (
        alt.Chart(
            activity_map(model, age_days=age_days),
            title=f"Still a customer? Of those who came {age_days} days ago",
        )
        .mark_rect()
        .encode(
            x=alt.X("repeat_purchase_days:O", title="repeat purchase days"),
            y=alt.Y("silent_days:O", title="days since the last"),
            color=alt.Color(
                "probability_active:Q",
                title="probability",
                scale=alt.Scale(domain=[0, 1], scheme="redyellowgreen"),
            ),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return _rendered(chart, image_format)


def plot_calibration(
    calibration: pd.DataFrame, *, image_format: ImageFormat = "png"
) -> bytes:
    """`Backtest.calibration`: what was said against what happened, by decile."""
    diagonal = alt.Chart(pd.DataFrame({"p": [0.0, 1.0]})).mark_line(
        strokeDash=[4, 4], color="gray"
    )
    points = (
        alt.Chart(calibration, title="Probability of buying: said and seen")
        .mark_line(point=True)
        .encode(
            x=alt.X("predicted:Q", title="said", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("actual:Q", title="seen", scale=alt.Scale(domain=[0, 1])),
        )
    )
    chart = diagonal.encode(x="p:Q", y="p:Q") + points
    return _rendered(chart.properties(width=_HEIGHT, height=_HEIGHT), image_format)


def plot_tracking(
    tracking: pd.DataFrame, *, image_format: ImageFormat = "png"
) -> bytes:
    """`Backtest.tracking`: orders as they added up, in the band that was foretold."""
    title = "Orders after the calibration, added up"
    base = alt.Chart(tracking, title=title).encode(x=alt.X("days:Q", title="days"))
    band = base.mark_area(opacity=0.25).encode(
        y=alt.Y("lower:Q", title="orders"), y2="upper:Q"
    )
    long = tracking.melt("days", ["expected", "actual"], "series", "orders")
    lines = (
        alt.Chart(long)
        .mark_line()
        .encode(x="days:Q", y="orders:Q", color=alt.Color("series:N", title=None))
    )
    return _rendered(
        (band + lines).properties(width=_WIDTH, height=_HEIGHT), image_format
    )


def _rendered(chart: alt.Chart | alt.LayerChart, image_format: ImageFormat) -> bytes:
    if image_format == "svg":
        text = io.StringIO()
        chart.save(text, format="svg")
        return text.getvalue().encode()
    binary = io.BytesIO()
    chart.save(binary, format="png", scale_factor=2)
    return binary.getvalue()
