"""Who is registered tells who comes, and events differ beyond it: known truth."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.webinars.attendance import AttendanceForecast, forecast_attendance
from ml_assets.webinars.attendance_grades import grade
from ml_assets.webinars.errors import InvalidEvents, TooFewEvents
from ml_assets.webinars.events import Events
from ml_assets.webinars.registrant_model import fit_registrants, forecast_registrants
from ml_assets.webinars.registrants import RegistrantGroups
from tests.ml_assets.webinars.registrant_draws import (
    EVENT_SD,
    WEIGHTS,
    drawn_events,
)


def test_weights_and_the_spread_between_events_are_found() -> None:
    model = fit_registrants(drawn_events(np.random.default_rng(1), 120))

    error = np.sqrt(np.diag(model.covariance))[1:4]
    assert np.abs((model.weights[1:4] - WEIGHTS[1:4]) / error).max() < 3
    # Of the two channels the difference is told by the data, not their level.
    assert model.weights[4] - model.weights[5] == pytest.approx(-0.6, abs=0.15)
    assert model.event_sd == pytest.approx(EVENT_SD, rel=0.25)


def test_intervals_hold_and_are_narrower_than_without_the_registrants() -> None:
    rng, ours, series = np.random.default_rng(3), [], []
    for _ in range(60):
        events = drawn_events(rng, 41)
        past, coming = events.of(range(40)), events.of([40])
        came = int(coming.shows.sum())
        ours.append((forecast_registrants(fit_registrants(past), coming), came))
        people = int(coming.registrants.sum())
        series.append((_by_series(past, people, coming.series[0]), came))

    found, other = grade(ours), grade(series)

    # 48 expected, its standard error 3.1.
    assert 41 <= found.covered_count <= 55
    assert found.mean_crps_ratio < 0.85 * other.mean_crps_ratio
    assert found.mean_width_ratio < 0.85 * other.mean_width_ratio


def _by_series(past: RegistrantGroups, people: int, name: str) -> AttendanceForecast:
    registrants, shows = (
        np.bincount(past.event, each).astype(int).tolist()
        for each in (past.registrants, past.shows)
    )
    events = Events.of(registrants, shows, list(past.series))
    return forecast_attendance(events, people, name)


def test_an_event_of_a_new_series_is_less_sure() -> None:
    events = drawn_events(np.random.default_rng(5), 31)
    coming = events.of([30])
    model = fit_registrants(events.of(range(30)))
    strange = RegistrantGroups(
        coming.features, coming.registrants, coming.shows, coming.event, ("new",)
    )

    known, unknown = (forecast_registrants(model, each) for each in (coming, strange))

    assert unknown.upper - unknown.lower > known.upper - known.lower


def test_too_few_events_nobody_and_more_who_came_than_registered_are_refused() -> None:
    events = drawn_events(np.random.default_rng(6), 31)
    with pytest.raises(TooFewEvents, match="29 past events"):
        fit_registrants(events.of(range(29)))
    with pytest.raises(InvalidEvents, match="several"):
        forecast_registrants(fit_registrants(events), events)
    with pytest.raises(InvalidEvents, match="event 1"):
        RegistrantGroups(
            events.features, events.shows, events.registrants, events.event, ()
        )
