"""Days on which people buy more or less, by country and year."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from taps.api_source.errors import SourceError
from taps.declared.tap import declared_tap
from taps.sources.calendar.company_events import company_events
from taps.sources.calendar.country_holidays import Calendar, Holiday
from taps.sources.calendar.retail_events import retail_events, unannounced
from tests.taps.tap_runs import Output, sync

TapCalendar = declared_tap("calendar")


@pytest.fixture(autouse=True)
def _november_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    november = date(2026, 11, 20)
    monkeypatch.setattr("taps.sources.calendar.streams.today", lambda: november)


def _read(**settings: Any) -> Output:
    return sync(TapCalendar, {"calendars": ["ES-MD"]} | settings)


def _holidays(calendar_id: str, year: int, *categories: str) -> list[Holiday]:
    return list(Calendar(calendar_id, None, categories or ("public",)).of(year))


def _days(country: str, event_id: str, year: int) -> list[str]:
    return [
        event.day.isoformat()
        for event in retail_events(country, year)
        if event.event_id == event_id
    ]


# Holidays


def test_names_are_in_the_countrys_language_and_in_english() -> None:
    found = {h.day: (h.name, h.name_en) for h in _holidays("ES-MD", 2026)}

    assert found[date(2026, 1, 6)] == ("Epifanía del Señor", "Epiphany")
    assert found[date(2026, 5, 2)][0] == "Fiesta de la Comunidad de Madrid"


def test_names_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    program = (
        "from taps.sources.calendar.country_holidays import Calendar;"
        "print([h.name for h in Calendar('BR', None, ['public']).of(2026)])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ
            | {"LANG": language, "LC_ALL": language, "LANGUAGE": language},
            capture_output=True,
            check=True,
        ).stdout
        for language in ("en_US.UTF-8", "pt_BR.UTF-8", "C.UTF-8")
    }

    assert len(said) == 1
    assert "Confraternização Universal" in said.pop().decode()


def test_two_holidays_on_one_day_are_two_rows() -> None:
    found = [h for h in _holidays("AR", 2026) if h.day == date(2026, 4, 2)]

    assert len(found) == 2
    assert {h.name_en for h in found} == {
        "Maundy Thursday",
        "Veteran's Day and the Fallen in the Malvinas War",
    }
    assert not any("; " in h.name for h in found)


def test_a_day_off_for_a_holiday_on_another_day_is_marked() -> None:
    found = {h.day: h.is_observed for h in _holidays("ES-MD", 2026)}

    assert found[date(2026, 11, 2)] is True
    assert found[date(2026, 10, 12)] is False


def test_a_new_year_observed_in_december_belongs_to_decembers_year() -> None:
    assert date(2027, 12, 31) in {h.day for h in _holidays("US", 2027)}
    assert all(h.day.year == 2028 for h in _holidays("US", 2028))


def test_a_kind_that_a_country_does_not_have_adds_nothing() -> None:
    kinds = ("public", "bank")

    assert _holidays("ES-MD", 2026, *kinds) == _holidays("ES-MD", 2026)
    assert {h.category for h in _holidays("CL", 2026, *kinds)} == set(kinds)


def test_a_holiday_of_two_kinds_is_one_row() -> None:
    found = _holidays("US", 2026, "public", "government", "unofficial")

    keys = [(h.day, h.name) for h in found]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("calendar_id", ["XX", "ES-ZZ"])
def test_a_calendar_that_does_not_exist_is_refused(calendar_id: str) -> None:
    with pytest.raises(SourceError, match=f"calendar '{calendar_id}'"):
        _read(calendars=[calendar_id])


def test_a_language_that_is_not_known_is_refused() -> None:
    with pytest.raises(SourceError, match="Set language to one of: ca, en_US, es"):
        _read(language="fr")


# Retail events


@pytest.mark.parametrize(
    ("country", "event_id", "day"),
    [
        ("ES", "black_friday", "2026-11-27"),
        ("US", "black_friday", "2024-11-29"),
        ("US", "cyber_monday", "2024-12-02"),
        ("DE", "singles_day", "2026-11-11"),
        ("FR", "valentines_day", "2026-02-14"),
        ("BR", "valentines_day", "2026-06-12"),
        ("ES", "mothers_day", "2026-05-03"),
        ("CL", "mothers_day", "2026-05-10"),
        ("MX", "mothers_day", "2026-05-10"),
        ("AR", "mothers_day", "2026-10-18"),
        ("GB", "mothers_day", "2026-03-15"),
        # 28 May 2023 was Pentecost.
        ("FR", "mothers_day", "2023-06-04"),
        ("FR", "mothers_day", "2024-05-26"),
        ("ES", "reyes", "2026-01-06"),
        ("ES", "winter_sales_start", "2026-01-07"),
    ],
)
def test_an_event_falls_on_its_day(country: str, event_id: str, day: str) -> None:
    assert _days(country, event_id, int(day[:4])) == [day]


def test_chiles_events_are_its_own() -> None:
    assert _days("CL", "cyber_day", 2025) == ["2025-06-02", "2025-06-03", "2025-06-04"]
    assert _days("CL", "cyber_monday", 2025) == [
        "2025-10-06",
        "2025-10-07",
        "2025-10-08",
    ]
    assert _days("CL", "black_friday", 2025) == [
        "2025-11-28",
        "2025-11-29",
        "2025-11-30",
        "2025-12-01",
    ]
    assert _days("ES", "cyber_day", 2025) == []
    for year, day, monday in ((2024, "06-03", "09-30"), (2026, "06-01", "10-05")):
        first, *_, last = _days("CL", "cyber_day", year)
        assert (first, (date.fromisoformat(last) - date.fromisoformat(first)).days) == (
            f"{year}-{day}",
            2,
        )
        assert _days("CL", "cyber_monday", year)[0] == f"{year}-{monday}"


def test_dates_that_nobody_told_are_missing_and_missed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _read(calendars=["CL"], start_date="2023-01-01")

    assert unannounced("CL", [2023, 2027]) == {
        "CyberDay": [2027],
        "CyberMonday": [2023, 2027],
    }
    assert "CL: the dates of CyberMonday in 2023 are not known here" in caplog.text


def test_a_day_of_a_country_has_an_event_once() -> None:
    for country in ("AR", "BR", "CL", "DE", "ES", "FR", "GB", "MX", "SE", "US"):
        keys = [(e.day, e.event_id) for e in retail_events(country, 2025)]
        assert len(keys) == len(set(keys))


def test_every_event_names_its_source() -> None:
    assert all(event.source for event in retail_events("CL", 2025))


# The company's own


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(text, "utf-8")
    return path


def test_own_events_are_days_and_may_cross_a_year(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "date,end_date,name,kind\n"
        "2026-12-31,2027-01-01,Liquidación,promotion\n"
        "2026-03-02,,Nueva web,launch\n",
    )

    output = _read(events_file=str(path))

    own = [row for row in output.records("events") if row["kind"] == "company"]
    assert [(row["year"], row["date"], row["event_id"]) for row in own] == [
        (2026, "2026-03-02", "nueva_web"),
        (2026, "2026-12-31", "liquidacion"),
        (2027, "2027-01-01", "liquidacion"),
    ]
    assert {row["calendar_id"] for row in own} == {"company"}
    assert {row["event_type"] for row in own} == {"promotion", "launch"}


def test_a_file_may_have_semicolons_and_no_end_dates(tmp_path: Path) -> None:
    path = _file(tmp_path, "\ufeffdate;name;kind\n2026-03-02;Web; launch \n\n")

    assert [(e.name, e.event_type) for e in company_events(path)] == [("Web", "launch")]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("02/03/2026,,Web,launch", "date '02/03/2026' is not a date like 2026-01-31"),
        ("2026-03-02,tomorrow,Web,launch", "end_date 'tomorrow' is not a date"),
        ("2026-03-02,2026-03-01,Web,launch", "end_date 2026-03-01 is before date"),
        ("2026-03-02,2036-03-01,Web,launch", "it lasts 3,653 days"),
        ("2026-03-02,,,launch", "it has no name"),
        ("2026-03-02,,Web,", "it has no kind"),
        ("2026-03-02", "it has no name"),
        ("2026-01-01,,WEB  uno,launch", "'WEB uno' is there twice on 2026-01-01"),
    ],
)
def test_a_line_that_is_no_event_is_named(
    tmp_path: Path, line: str, complaint: str
) -> None:
    path = _file(tmp_path, f"date,end_date,name,kind\n2026-01-01,,Web uno,x\n{line}\n")

    with pytest.raises(SourceError, match=r"events\.csv: line 3: ") as failure:
        company_events(path)

    assert complaint in str(failure.value)


def test_all_bad_lines_are_told_at_once(tmp_path: Path) -> None:
    path = _file(tmp_path, "date,name,kind\n" + "soon,Web,launch\n" * 8)

    with pytest.raises(SourceError, match=r"line 2: .*line 6: .*; and 3 more\."):
        company_events(path)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("date,name", "no column 'kind'"),
        ("date,enddate,name,kind", "unknown column 'enddate'"),
        ("", "no column 'date'"),
    ],
)
def test_a_header_of_another_file_is_refused(
    tmp_path: Path, header: str, complaint: str
) -> None:
    with pytest.raises(SourceError, match=complaint):
        company_events(_file(tmp_path, f"{header}\n"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.csv: cannot be read \(No such file"):
        company_events(tmp_path / "gone.csv")


# Slices


def test_every_calendar_and_year_is_a_slice_even_when_it_is_empty() -> None:
    output = _read(start_date="2025-06-01", years_ahead=1)

    slices = {
        (row["stream_name"], row["calendar_id"], row["year"]): row["row_count"]
        for row in output.records("slices")
    }
    years = (2025, 2026, 2027)
    assert {key for key in slices if key[1] == "ES-MD"} == {
        (stream, "ES-MD", year) for stream in ("holidays", "events") for year in years
    }
    assert [slices["events", "company", year] for year in years] == [0, 0, 0]
    assert slices["holidays", "ES-MD", 2026] == sum(
        row["year"] == 2026 for row in output.records("holidays")
    )
    assert output.schema("slices")["schema"]["x-replaces-by"] == ["calendar_id", "year"]


def test_two_runs_write_the_same() -> None:
    def facts(output: Output) -> list[Any]:
        return [
            {k: v for k, v in row.items() if k != "read_at"}
            for stream in ("holidays", "events")
            for row in output.records(stream)
        ]

    assert facts(_read(calendars=["CL", "ES-MD"])) == facts(
        _read(calendars=["CL", "ES-MD"])
    )


def test_a_connection_is_warned_about_dates_that_are_not_known() -> None:
    told = {"calendars": ["CL"], "start_date": "2023-01-01"}
    found = TapCalendar(config=told).check()

    assert found["account"] == "CL"
    assert any("CyberMonday in 2023" in warning for warning in found["warnings"])
