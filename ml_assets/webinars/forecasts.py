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
from ml_assets.webinars.events import Events, Floats
from ml_assets.webinars.factor_model import FACTORS, factor_shift, moved
from ml_assets.webinars.registrant_model import fit_registrants, forecast_registrants
from ml_assets.webinars.registrants import RegistrantGroups, registrant_groups

__all__ = ["BY_FACTORS", "BY_REGISTRANTS", "BY_SERIES", "MODEL_VERSION"]
__all__ += ["forecast_webinars"]

MODEL_VERSION: Final = "2"
#: By the show rates of the series (`attendance`), or by who is registered
#: (`registrant_model`), or by what surrounds it (`factor_model`).
BY_SERIES: Final = "series"
BY_REGISTRANTS: Final = "registrants"
BY_FACTORS: Final = "factors"
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
    """What the first model says of a webinar, and its rivals where they do."""

    webinar: dict[Any, Any]
    past_count: int
    by_series: AttendanceForecast
    rivals: dict[str, AttendanceForecast]

    def leads(self) -> dict[str, float]:
        """By how much of the registrants each rival was nearer than the first."""
        came = int(self.webinar["show_count"])
        mine = ranked_probability_score(self.by_series, came)
        return {
            name: (mine - ranked_probability_score(rival, came))
            / self.by_series.registrants
            for name, rival in self.rivals.items()
        }


def forecast_webinars(
    webinars: pd.DataFrame, groups: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How many of those registered come to each webinar.

    Of one that was held the forecast is by those that were over before it (a backtest);
    of one to come, by all that were held, and of those registered so far. There is none
    with fewer than three before it, or where nobody is registered.

    Who is registered, and what surrounds a webinar, are weighed where 30 webinars tell
    how, and used once that was nearer over 10 webinars or more that were over by
    then: by the mean CRPS, and by more than its standard error, or the simpler
    forecast stays.

    Parameters
    ----------
    webinars : DataFrame
        A row per webinar: `webinar_id`, `series`, `starts_at`, `is_held`,
        `registrant_count` (registered at the start, or so far) and `show_count` (of
        those, who came live); where a file tells them, `FACTORS`.
    groups : DataFrame, optional
        Of these webinars, or of the newest, who registered, as `registrant_groups`
        takes them.
    """
    told = webinars.sort_values(["starts_at", "webinar_id"], kind="stable")
    told = told[told["registrant_count"] > 0].reset_index(drop=True)
    rows, leads = [], pd.DataFrame(columns=["starts_at", "name", "lead"])
    for said in _forecasts(told, groups):
        webinar = said.webinar
        is_before = leads["starts_at"] < webinar["starts_at"]
        name = _nearest(leads[is_before & leads["name"].isin(list(said.rivals))])
        best = said.rivals.get(name, said.by_series)
        if webinar["is_held"]:
            for rival, lead in said.leads().items():
                leads.loc[len(leads)] = [webinar["starts_at"], rival, lead]
        kind = "backtest" if webinar["is_held"] else "forecast"
        rows.append(
            (
                *(webinar["webinar_id"], kind, name, said.past_count),
                *(int(webinar["registrant_count"]), best.expected, best.median),
                *(best.lower, best.upper),
            )
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _nearest(leads: pd.DataFrame) -> str:
    """The rival that was nearer, the furthest ahead of several; else the first."""
    best, ahead = BY_SERIES, 0.0
    for name, mine in leads.groupby("name", sort=True)["lead"]:
        if len(mine) < _FEWEST_COMPARED:
            continue
        mean, error = float(mine.mean()), float(mine.std() / np.sqrt(len(mine)))
        if mean > error and mean > ahead:
            best, ahead = str(name), mean
    return best


def _forecasts(
    webinars: pd.DataFrame, groups: pd.DataFrame | None
) -> Iterator[_Forecast]:
    """Of each webinar with enough before it, in the order they take place."""
    is_held = webinars["is_held"].astype(bool)
    who = registrant_groups(groups, webinars) if groups is not None else None
    factors = webinars.reindex(columns=list(FACTORS)).to_numpy(dtype=np.float64)
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
        by_series = forecast_attendance(
            past, int(webinar["registrant_count"]), webinar["series"]
        )
        rivals = {
            BY_REGISTRANTS: None
            if who is None
            else _by_registrants(who, before.index, at),
            BY_FACTORS: _by_factors(
                by_series, past, factors[before.index], factors[at]
            ),
        }
        yield _Forecast(
            webinar,
            len(past),
            by_series,
            {name: rival for name, rival in rivals.items() if rival is not None},
        )


def _by_factors(
    by_series: AttendanceForecast, past: Events, factors: Floats, now: Floats
) -> AttendanceForecast | None:
    """None where too few webinars tell what surrounds them, or this one does not."""
    shift = factor_shift(past, factors, now)
    return None if shift is None else moved(by_series, shift)


def _by_registrants(
    who: RegistrantGroups, before: pd.Index[Any], at: int
) -> AttendanceForecast | None:
    """None where it is not known who was registered, or of too few webinars."""
    known = np.unique(who.event)
    past = np.intersect1d(before, known)
    if at not in known or len(past) < registrant_model.FEWEST_EVENTS:
        return None
    return forecast_registrants(fit_registrants(who.of(past.tolist())), who.of([at]))
