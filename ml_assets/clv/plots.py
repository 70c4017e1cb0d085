"""Two pictures for a fit's metadata, as PNG or SVG bytes."""

import io
from typing import Literal, TypeAlias

import altair as alt
import numpy as np
import pandas as pd

from ml_assets.clv.bg_nbd import BgNbd, probability_of_purchases
from ml_assets.clv.histories import column_of_floats

__all__ = [
    "ImageFormat",
    "frequency_calibration",
    "no_purchase_histogram",
    "plot_frequency_calibration",
    "plot_no_purchase_histogram",
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


def _rendered(chart: alt.Chart, image_format: ImageFormat) -> bytes:
    if image_format == "svg":
        text = io.StringIO()
        chart.save(text, format="svg")
        return text.getvalue().encode()
    binary = io.BytesIO()
    chart.save(binary, format="png", scale_factor=2)
    return binary.getvalue()
