"""Tables of spend and outcome: public ones in a folder, and companies made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from tests.benchmarks.media_totals import KINDS

__all__ = ["MediaTable", "media_tables"]

_SIMULATED: Final = (
    "three channels",
    "four, 60 %",
    "delayed effects",
    "weeks, follows .4",
)
_SEED: Final = 500


@dataclass(frozen=True, eq=False)
class MediaTable:
    """Weeks of a company: `frame` has `date`, `revenue`, the channels and controls.

    `truth` (weeks not held back, channels), where it is known, is what each brought.
    """

    name: str
    frame: pd.DataFrame
    channels: list[str]
    controls: list[str]
    truth: Floats | None = None


def media_tables(data: Path | None, held_back: int) -> Iterator[MediaTable]:
    """What lies in the folder, then simulated ones.

    Parameters
    ----------
    held_back : int
        Weeks at the end that are predicted; truths are of those before.
    """
    if data is not None:
        yield from _public(data, held_back)
    for kind in _SIMULATED:
        table = KINDS[kind](_SEED)
        channels = table.frame.columns.drop(["date", "revenue", *table.controls])
        yield MediaTable(
            f"simulated, {kind}",
            table.frame,
            list(channels),
            table.controls,
            table.truth[:-held_back],
        )


def _public(data: Path, held_back: int) -> Iterator[MediaTable]:
    frame = pd.read_csv(data / "pymcm_mmm_example.csv")
    truth = pd.read_csv(data / "pymcm_mmm_example_truth.csv").iloc[:-held_back]
    yield MediaTable(
        "pymc-marketing's example",
        _named(frame, "date_week", "y"),
        ["x1", "x2"],
        ["event_1", "event_2"],
        truth[["x1_contribution", "x2_contribution"]].to_numpy(),
    )
    frame = pd.read_csv(data / "mpr_small_business.csv")
    truth = pd.read_csv(data / "mpr_small_business_truth_transformed_spend.csv")
    brought = truth.iloc[:-held_back].filter(like="contribution_")
    channels = [name for name in frame if str(name).startswith("x")]
    yield MediaTable(
        "mmm-param-recovery",
        _named(frame, "date", "y"),
        [str(name) for name in channels],
        ["c1", "c2"],
        brought[[f"contribution_{name}" for name in channels]].to_numpy(),
    )
    yield _meridian(pd.read_csv(data / "meridian_national_all_channels.csv"))
    yield _robyn(pd.read_csv(data / "robyn_dt_simulated_weekly.csv"))


def _meridian(frame: pd.DataFrame) -> MediaTable:
    sold = frame["conversions"] * frame["revenue_per_conversion"]
    channels = [f"Channel{one}_spend" for one in range(5)]
    organic = frame["Organic_channel0_impression"]
    frame = frame.assign(revenue=sold, organic=organic / organic.max())
    controls = ["competitor_sales_control", "sentiment_score_control", "Promo"]
    table = _named(frame, "time", "revenue")
    return MediaTable("Meridian's example", table, channels, [*controls, "organic"])


def _robyn(frame: pd.DataFrame) -> MediaTable:
    competitor, letters = frame["competitor_sales_B"], frame["newsletter"]
    frame = frame.assign(
        event1=(frame["events"] == "event1").astype(float),
        event2=(frame["events"] == "event2").astype(float),
        competitor=competitor / competitor.max(),
        letters=letters / letters.max(),
    )
    channels = ["tv_S", "ooh_S", "print_S", "facebook_S", "search_S"]
    controls = ["event1", "event2", "competitor", "letters"]
    return MediaTable(
        "Robyn's example", _named(frame, "DATE", "revenue"), channels, controls
    )


def _named(frame: pd.DataFrame, date: str, outcome: str) -> pd.DataFrame:
    frame = frame.rename(columns={date: "date", outcome: "revenue"})
    revenue = frame["revenue"].astype(np.float64)
    return frame.assign(date=pd.to_datetime(frame["date"]), revenue=revenue)
