"""Forecasts of a company's webinars: of those to come, and as they would have been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.webinars import attendance, registrant_model
from ml_assets.webinars.attendance import AttendanceForecast, forecast_attendance
from ml_assets.webinars.attendance_grades import ranked_probability_score
from ml_assets.webinars.events import Events
from ml_assets.webinars.registrant_model import fit_registrants, forecast_registrants
from ml_assets.webinars.registrants import RegistrantGroups, registrant_groups

__all__ = ["BY_REGISTRANTS", "BY_SERIES", "MODEL_VERSION", "forecast_webinars"]

MODEL_VERSION: Final = "2"
#: By the show rates of the series (`attendance`), or by who is registered
#: (`registrant_model`).
BY_SERIES: Final = "series"
BY_REGISTRANTS: Final = "registrants"
#: Webinars both must have forecast before it is asked which was better.
_FEWEST_COMPARED: Final = 10

#: Past webinars that a forecast learns from, the newest.
_MOST_PAST: Final = 60
_COLUMNS: Final = (
    *("webinar_id", "kind", "model_name", "past_webinar_count", "registrant_count"),
    *("expected_count", "median_count", "lower_count", "upper_count"),
)


@dataclass(frozen=True)
class _Forecast:
    """What both models say of a webinar, and what of those it is of came."""

    webinar: dict[Any, Any]
    past_count: int
    by_series: AttendanceForecast
    by_registrants: AttendanceForecast | None

    def lead(self) -> float:
        """By how much of the registrants the registrants' forecast was nearer."""
        if self.by_registrants is None:
            raise ValueError("There was no forecast by who is registered.")
        came = int(self.webinar["show_count"])
        series, registrants = (
            ranked_probability_score(each, came)
            for each in (self.by_series, self.by_registrants)
        )
        return (series - registrants) / self.by_series.registrants


def forecast_webinars(
    webinars: pd.DataFrame, groups: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How many of those registered come to each webinar.

    Of one that was held the forecast is by those that were over before it (a backtest);
    of one to come, by all that were held, and of those registered so far. There is none
    with fewer than three before it, or where nobody is registered.

    Who is registered is weighed where 30 webinars tell how, and used once it was
    nearer over 10 webinars or more that were over by then: by the mean CRPS, and by
    more than its standard error, or the simpler forecast stays.

    Parameters
    ----------
    webinars : DataFrame
        A row per webinar: `webinar_id`, `series`, `starts_at`, `is_held`,
        `registrant_count` (registered at the start, or so far) and `show_count` (of
        those, who came live).
    groups : DataFrame, optional
        Of these webinars, or of the newest, who registered, as `registrant_groups`
        takes them.
    """
    told = webinars.sort_values(["starts_at", "webinar_id"], kind="stable")
    told = told[told["registrant_count"] > 0].reset_index(drop=True)
    rows, leads = [], pd.DataFrame(columns=["starts_at", "lead"])
    for said in _forecasts(told, groups):
        webinar, best, name = said.webinar, said.by_series, BY_SERIES
        if said.by_registrants is not None:
            before = leads.loc[leads["starts_at"] < webinar["starts_at"], "lead"]
            if len(before) >= _FEWEST_COMPARED and before.mean() > before.sem():
                best, name = said.by_registrants, BY_REGISTRANTS
            if webinar["is_held"]:
                leads.loc[len(leads)] = [webinar["starts_at"], said.lead()]
        kind = "backtest" if webinar["is_held"] else "forecast"
        rows.append(
            (
                *(webinar["webinar_id"], kind, name, said.past_count),
                *(int(webinar["registrant_count"]), best.expected, best.median),
                *(best.lower, best.upper),
            )
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _forecasts(
    webinars: pd.DataFrame, groups: pd.DataFrame | None
) -> Iterator[_Forecast]:
    """Of each webinar with enough before it, in the order they take place."""
    is_held = webinars["is_held"].astype(bool)
    who = registrant_groups(groups, webinars) if groups is not None else None
    for at, webinar in enumerate(webinars.to_dict("records")):
        is_before = is_held & (webinars["starts_at"] < webinar["starts_at"])
        before = webinars[is_before].tail(_MOST_PAST)
        if len(before) < attendance.FEWEST_EVENTS:
            continue
        past = Events.of(
            before["registrant_count"].tolist(),
            before["show_count"].tolist(),
            before["series"].tolist(),
        )
        yield _Forecast(
            webinar,
            len(past),
            forecast_attendance(
                past, int(webinar["registrant_count"]), webinar["series"]
            ),
            None if who is None else _by_registrants(who, before.index, at),
        )


def _by_registrants(
    who: RegistrantGroups, before: pd.Index[Any], at: int
) -> AttendanceForecast | None:
    """None where it is not known who was registered, or of too few webinars."""
    known = np.unique(who.event)
    past = np.intersect1d(before, known)
    if at not in known or len(past) < registrant_model.FEWEST_EVENTS:
        return None
    return forecast_registrants(fit_registrants(who.of(past.tolist())), who.of([at]))
