"""Days of weather: settled or for now, never invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.weather import climate
from taps.api_source.errors import AccessDenied, RateLimited, SourceError
from taps.declared.tap import declared_tap
from taps.sources.weather import days_in
from tests.taps.sources.weather.conftest import OpenMeteo
from tests.taps.tap_runs import Output, sync

TapWeather = declared_tap("weather")

_YESTERDAY = "2026-11-19"
_LAST_SETTLED = "2026-11-15"


def _read(open_meteo: OpenMeteo, state: Any = None, **settings: Any) -> Output:
    return sync(TapWeather, open_meteo.settings(**settings), state)


def _bookmark(output: Output) -> str:
    partition = output.state["bookmarks"]["days"]["partitions"][0]
    return str(partition["replication_key_value"])


def test_every_day_up_to_yesterday_is_there_once(open_meteo: OpenMeteo) -> None:
    output = _read(open_meteo)

    days = [row["date"] for row in output.records("days")]
    first = date(2026, 10, 1)
    assert days == [(first + timedelta(days=n)).isoformat() for n in range(50)]
    assert days[-1] == _bookmark(output) == _YESTERDAY


def test_the_last_days_are_from_the_forecast_and_not_final(
    open_meteo: OpenMeteo,
) -> None:
    rows = {row["date"]: row for row in _read(open_meteo).records("days")}

    assert {day for day, row in rows.items() if not row["is_final"]} == {
        f"2026-11-{n}" for n in range(16, 20)
    }
    madrid = climate.Place(40.4, -3.7)
    settled = climate.daily_value(madrid, date(2026, 11, 15), "temperature_2m_mean")
    forecast = climate.forecast_value(madrid, date(2026, 11, 16), "precipitation_sum")
    assert rows[_LAST_SETTLED]["temperature_mean_c"] == settled
    assert rows["2026-11-16"]["precipitation_mm"] == forecast


def test_sunshine_is_in_hours(open_meteo: OpenMeteo) -> None:
    row = _read(open_meteo).records("days")[0]

    seconds = climate.daily_value(
        climate.Place(40.4, -3.7), date(2026, 10, 1), "sunshine_duration"
    )
    assert row["sunshine_hours"] == pytest.approx(seconds / 3600, abs=1e-4)
    assert 0 <= row["sunshine_hours"] <= 24


def test_a_second_run_reads_ten_days_again_and_settles_them(
    open_meteo: OpenMeteo,
) -> None:
    first = _read(open_meteo)
    open_meteo.clock.shift(timedelta(days=1))
    open_meteo.requests.clear()

    second = _read(open_meteo, first.state)

    rows = {row["date"]: row["is_final"] for row in second.records("days")}
    assert list(rows) == [f"2026-11-{n}" for n in range(10, 21)]
    assert rows["2026-11-16"] is True
    assert open_meteo.asked("archive")[0]["start_date"] == "2026-11-10"


def test_each_day_is_a_slice(open_meteo: OpenMeteo) -> None:
    output = _read(open_meteo, start_date=_LAST_SETTLED)

    slices = output.records("slices")
    assert [row["date"] for row in slices] == [
        row["date"] for row in output.records("days")
    ]
    assert {(row["location_id"], row["row_count"]) for row in slices} == {("madrid", 1)}
    assert {row["total_name"] for row in slices} == {None}
    replaced_by = output.schema("slices")["schema"]["x-replaces-by"]
    assert replaced_by == ["location_id", "date"]


def test_a_range_is_read_again_without_moving_the_bookmark(
    open_meteo: OpenMeteo,
) -> None:
    first = _read(open_meteo)

    again = _read(
        open_meteo, first.state, start_date="2026-10-05", end_date="2026-10-06"
    )

    assert [row["date"] for row in again.records("days")] == [
        "2026-10-05",
        "2026-10-06",
    ]
    assert again.state == first.state


def test_the_days_of_a_place_end_by_its_own_clock(open_meteo: OpenMeteo) -> None:
    auckland = {
        "location_id": "auckland",
        "latitude": -36.8,
        "longitude": 174.8,
        "time_zone": "Pacific/Auckland",
    }

    output = _read(open_meteo, locations=[auckland], start_date="2026-11-18")

    # In Auckland it is the 21st already.
    assert output.records("days")[-1]["date"] == "2026-11-20"


def test_years_are_asked_for_one_by_one(open_meteo: OpenMeteo) -> None:
    output = _read(open_meteo, start_date="2024-11-20")

    assert len(open_meteo.asked("archive")) == 2
    assert len(output.records("days")) == 730


def test_what_neither_service_knows_is_no_row_and_no_zero(
    open_meteo: OpenMeteo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown_since(place: object, day: date, variable: str) -> float | None:
        return None if day >= date(2026, 11, 18) else 1.0

    monkeypatch.setattr("sandbox.weather.endpoints.forecast_value", unknown_since)

    output = _read(open_meteo, start_date="2026-11-14")

    assert output.records("days")[-1]["date"] == "2026-11-17"
    assert output.records("slices")[-1]["date"] == "2026-11-17"
    assert _bookmark(output) == "2026-11-17"


def test_a_late_archive_is_bridged_by_an_older_forecast(
    open_meteo: OpenMeteo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.weather.endpoints._ARCHIVE_DELAY_DAYS", 30)

    rows = _read(open_meteo).records("days")

    assert len(rows) == 50
    assert sum(not row["is_final"] for row in rows) == 29
    assert [query["past_days"] for query in open_meteo.asked("forecast")] == [
        "14",
        "29",
    ]


def test_the_reason_of_a_refusal_is_shown(open_meteo: OpenMeteo) -> None:
    open_meteo.refusals.append((400, "Invalid timezone"))

    with pytest.raises(SourceError, match=r"forecast of madrid.*Invalid timezone"):
        _read(open_meteo)


def test_a_key_goes_with_every_request_and_into_no_log_and_no_error(
    open_meteo: OpenMeteo, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{open_meteo.url}/weather/customer"
    settings = {"api_key": "planted-key", "api_url": url}

    with caplog.at_level("DEBUG"):
        _read(open_meteo, **settings)
        open_meteo.refusals.append((400, "The supplied API key is invalid."))
        with pytest.raises(AccessDenied, match="Correct api_key") as failure:
            _read(open_meteo, **settings)

    assert {query["apikey"] for _, query in open_meteo.requests} == {"planted-key"}
    ours = [
        r.getMessage() for r in caplog.records if r.name.startswith(("tap", "sing"))
    ]
    assert "planted-key" not in "".join(ours) + str(failure.value)


def test_the_limit_of_a_minute_is_waited_for_and_that_of_a_day_is_not(
    open_meteo: OpenMeteo,
) -> None:
    open_meteo.refusals.append((429, "Minutely API request limit exceeded."))
    assert _read(open_meteo).records("days")

    open_meteo.refusals.append((429, "Daily API request limit exceeded."))
    with pytest.raises(RateLimited, match="Daily API request limit"):
        _read(open_meteo)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"latitude": 140.4}, "no place on earth"),
        ({"time_zone": "Europe/Madird"}, "no time zone 'Europe/Madird'"),
    ],
)
def test_a_place_that_cannot_be_is_refused(
    open_meteo: OpenMeteo, change: dict[str, Any], complaint: str
) -> None:
    place = open_meteo.settings()["locations"][0] | change

    with pytest.raises(SourceError, match=complaint):
        _read(open_meteo, locations=[place])


def test_a_place_that_is_there_twice_is_refused(open_meteo: OpenMeteo) -> None:
    place = open_meteo.settings()["locations"][0]

    with pytest.raises(SourceError, match="'madrid' is there twice"):
        _read(open_meteo, locations=[place, place])


_DAY: dict[str, dict[str, Any]] = {
    "daily_units": {
        "temperature_2m_mean": "°C",
        "precipitation_sum": "mm",
        "sunshine_duration": "s",
    },
    "daily": {
        "time": ["2026-11-01"],
        "temperature_2m_mean": [8.1],
        "precipitation_sum": [0.0],
        "sunshine_duration": [3600.0],
    },
}


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        ("daily_units", {"temperature_2m_mean": "°F"}, "in '°F', not in '°C'"),
        ("daily", {"precipitation_sum": []}, "documented shape"),
        ("daily", {"sunshine_duration": ["sunny"]}, "documented shape"),
        ("daily", {"time": []}, "documented shape"),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    part: str, change: dict[str, Any], complaint: str
) -> None:
    answer = _DAY | {part: _DAY[part] | change}

    with pytest.raises(SourceError, match=complaint):
        days_in(answer, "archive", 1)


def test_days_that_were_not_asked_are_refused() -> None:
    with pytest.raises(SourceError, match="asked for 2 days in a row, got 1"):
        days_in(_DAY, "archive", 2)


def test_a_connection_says_what_it_can_see(open_meteo: OpenMeteo) -> None:
    found = TapWeather(config=open_meteo.settings()).check()

    assert (found["account"], found["time_zone"]) == ("madrid", "Europe/Madrid")
    assert found["history_from"] == "1940-01-01"
