"""Forecasts of a company's webinars: of those to come, and as they would have been."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ml_assets.webinars.attendance import FEWEST_EVENTS, forecast_attendance
from ml_assets.webinars.events import Events

__all__ = ["forecast_webinars"]

#: Past webinars that a forecast learns from, the newest.
_MOST_PAST: Final = 60
_COLUMNS: Final = (
    *("webinar_id", "kind", "past_webinar_count", "registrant_count"),
    *("expected_count", "median_count", "lower_count", "upper_count"),
)


def forecast_webinars(webinars: pd.DataFrame) -> pd.DataFrame:
    """How many of those registered come to each webinar.

    Of one that was held the forecast is by those that were over before it (a backtest);
    of one to come, by all that were held, and of those registered so far. There is none
    with fewer than three before it, or where nobody is registered.

    Parameters
    ----------
    webinars : DataFrame
        A row per webinar: `webinar_id`, `series`, `starts_at`, `is_held`,
        `registrant_count` (registered at the start, or so far) and `show_count` (of
        those, who came live).
    """
    told = webinars.sort_values(["starts_at", "webinar_id"], kind="stable")
    told = told[told["registrant_count"] > 0]
    held = told[told["is_held"].astype(bool)]
    rows = []
    for webinar in told.to_dict("records"):
        before = held[held["starts_at"] < webinar["starts_at"]].tail(_MOST_PAST)
        if len(before) < FEWEST_EVENTS:
            continue
        past = Events.of(
            before["registrant_count"].tolist(),
            before["show_count"].tolist(),
            before["series"].tolist(),
        )
        registrants = int(webinar["registrant_count"])
        said = forecast_attendance(past, registrants, webinar["series"])
        kind = "backtest" if webinar["is_held"] else "forecast"
        people = (said.expected, said.median, said.lower, said.upper)
        rows.append((webinar["webinar_id"], kind, len(past), registrants, *people))
    return pd.DataFrame(rows, columns=list(_COLUMNS))
