"""Small tables of journeys."""

from typing import Any

import pandas as pd


def paths(*rows: tuple[str, float, float], value: float | None = None) -> pd.DataFrame:
    """Rows of path, conversions and journeys that did not convert."""
    frame = pd.DataFrame(list(rows), columns=["path", "conversions", "no_conversions"])
    return frame if value is None else frame.assign(value=value * frame["conversions"])


def touches(*rows: tuple[str, str | None, str | None, bool, float]) -> pd.DataFrame:
    """Rows of journey, moment, channel, whether it converted and its value."""
    columns = ["journey_id", "touched_at", "channel", "converted", "value"]
    return pd.DataFrame(list(rows), columns=columns)


def credited(rows: pd.DataFrame, method: str, measure: str = "conversions") -> Any:
    """What a method credits to each channel."""
    of = rows[rows["method"] == method]
    return dict(zip(of["channel"], of[measure], strict=True))
