"""The weather service: column arrays, late days, refusals."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import weather
from sandbox.simulation.world import World
from sandbox.weather.climate import Place, daily_value
from tests.sandbox.ads_world import TODAY, days_before, make_world
from tests.sandbox.serving import serving

MADRID = {"latitude": 40.4168, "longitude": -3.7038, "timezone": "Europe/Madrid"}
DAILY = "temperature_2m_mean,precipitation_sum,sunshine_duration"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("weather")))


@pytest.fixture(scope="module")
def http(world: World) -> Iterator[requests.Session]:
    with serving(world, weather.routes) as session:
        yield session


def get(
    world: World, http: requests.Session, path: str = "v1/archive", **query: Any
) -> requests.Response:
    params = {**MADRID, "daily": DAILY, **query}
    return http.get(f"{world.base_url}/weather/{path}", params=params)


def test_each_variable_is_an_array_as_long_as_the_days(
    world: World, http: requests.Session
) -> None:
    answer = get(world, http, start_date="2026-11-01", end_date="2026-11-03").json()

    assert answer["daily"]["time"] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert {len(column) for column in answer["daily"].values()} == {3}
    assert answer["daily_units"] == {
        "time": "iso8601",
        "temperature_2m_mean": "°C",
        "precipitation_sum": "mm",
        "sunshine_duration": "s",
    }
    assert answer["timezone"] == "Europe/Madrid"


def test_the_same_place_and_day_have_the_same_weather(
    world: World, http: requests.Session
) -> None:
    day = {"start_date": "2026-08-01", "end_date": "2026-08-01"}

    first = get(world, http, **day).json()["daily"]
    second = get(world, http, **day).json()["daily"]
    elsewhere = get(world, http, **day, latitude=-33.4).json()["daily"]

    assert first == second != elsewhere


def test_the_archive_is_null_for_the_last_five_days(
    world: World, http: requests.Session
) -> None:
    answer = get(
        world,
        http,
        start_date=days_before(6).isoformat(),
        end_date=TODAY.isoformat(),
    ).json()

    known = [value is not None for value in answer["daily"]["temperature_2m_mean"]]
    assert known == [True, True] + [False] * 5


def test_the_forecast_fills_the_gap_with_values_that_are_revised(
    world: World, http: requests.Session
) -> None:
    forecast = get(world, http, "v1/forecast", past_days=10, forecast_days=1).json()
    archive = get(
        world,
        http,
        start_date=days_before(10).isoformat(),
        end_date=days_before(6).isoformat(),
    ).json()

    assert forecast["daily"]["time"][0] == days_before(10).isoformat()
    assert forecast["daily"]["time"][-1] == TODAY.isoformat()
    assert None not in forecast["daily"]["temperature_2m_mean"]
    first = forecast["daily"]["temperature_2m_mean"][:5]
    settled = archive["daily"]["temperature_2m_mean"]
    assert first != settled
    assert first == pytest.approx(settled, abs=1.0)


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-11-03", "end_date": "2026-11-01"},
        {"start_date": "1.11.2026", "end_date": "2026-11-01"},
        {"start_date": "2026-11-01"},
        {"start_date": "2026-11-01", "end_date": "2026-11-30"},
        {"start_date": "2026-11-01", "end_date": "2026-11-01", "daily": "joy"},
        {"start_date": "2026-11-01", "end_date": "2026-11-01", "latitude": 91},
        {"start_date": "2026-11-01", "end_date": "2026-11-01", "timezone": "Mars"},
    ],
)
def test_a_refusal_says_why(
    world: World, http: requests.Session, query: dict[str, Any]
) -> None:
    answer = get(world, http, **query)

    assert answer.status_code == 400
    assert answer.json()["error"] is True
    assert answer.json()["reason"]


def test_customers_need_a_key(world: World, http: requests.Session) -> None:
    day = {"start_date": "2026-08-01", "end_date": "2026-08-01"}

    without = get(world, http, "customer/v1/archive", **day)
    with_key = get(world, http, "customer/v1/archive", **day, apikey="k")

    assert (without.status_code, with_key.status_code) == (400, 200)


def test_a_year_is_warm_in_summer_and_rains_one_day_in_three() -> None:
    madrid = Place(40.4, -3.7)
    year = [date(2025, 1, 1) + timedelta(days=offset) for offset in range(365)]

    def mean(days: list[date], variable: str) -> float:
        return sum(daily_value(madrid, day, variable) for day in days) / len(days)

    july = [day for day in year if day.month == 7]
    january = [day for day in year if day.month == 1]
    rainy = [day for day in year if daily_value(madrid, day, "precipitation_sum") > 0]

    assert mean(july, "temperature_2m_mean") > mean(january, "temperature_2m_mean") + 12
    assert 0.25 < len(rainy) / 365 < 0.40
    assert all(
        0 < daily_value(madrid, day, "sunshine_duration") < 57_600 for day in year
    )
