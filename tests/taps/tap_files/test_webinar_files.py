"""Files of webinars are told apart by their headers, and read row by row."""

from __future__ import annotations

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import recognise
from taps.tap_files.settings import Settings
from tests.taps.tap_files.conftest import RunTap

CONTRACTS = (
    "webinars",
    "registrants",
    "attendances",
    "webinar_interactions",
    "webinar_costs",
    "webinar_sections",
)
HEADERS = {
    # Zoom's own headers, with the webinar's id beside each row.
    "registrants": "Webinar ID,First Name,Last Name,Email,Registration Time,"
    "Approval Status,Source Name,No. of Employees",
    "attendances": "Webinar ID,Email,Join Time,Leave Time,user_id",
    "webinars": "Webinar ID,Topic,Actual Start Time,Actual Duration (minutes)",
    # Spanish.
    "webinar_costs": "id_webinar,fecha,coste,canal,moneda",
    "webinar_sections": "id_webinar,sección,minuto_inicio,minuto_fin",
    "webinar_interactions": "id_webinar,correo,tipo,hora",
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_file_with_the_contract_s_own_columns_is_that_file(name: str) -> None:
    header = [column.name for column in load_contracts()[name].columns]

    binding = recognise("export.csv", header, Settings(paths=()))

    assert binding.contract.name == name
    assert set(binding.positions) == set(header)


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_says_which_file_it_is(name: str) -> None:
    header = HEADERS[name].split(",")

    assert recognise("x.csv", header, Settings(paths=())).contract.name == name


def test_visits_without_an_end_and_on_a_stage_are_read(read_text: RunTap) -> None:
    run = read_text(
        "webinar_id,email,joined_at,left_at,role\n"
        "W1,ana@example.test,2026-03-10 17:00,,Panelist\n"
        "W1,bea@example.test,2026-03-10 17:00,2026-03-10 17:30,guest\n"
        ",carl@example.test,2026-03-10 17:00,,\n"
    )

    (row,) = run.records("attendances")
    assert (row["left_at"], row["role"]) == (None, "panelist")
    assert run.rejects == {
        "log.csv line 3": "role is none of attendee, host, panelist",
        "log.csv line 4": "webinar_id is missing",
    }


def test_a_rating_beyond_ten_and_an_unknown_kind_are_quarantined(
    read_text: RunTap,
) -> None:
    run = read_text(
        "webinar_id,registrant_id,kind,occurred_at,rating\n"
        "W1,r1,survey,2026-03-10 18:00,11\n"
        "W1,r1,wave,2026-03-10 18:00,\n"
        "W1,r1,Survey,2026-03-10 18:00,9.5\n"
    )

    assert [row["kind"] for row in run.records("webinar_interactions")] == ["survey"]
    assert run.rejects == {
        "log.csv line 2": "rating is above 10",
        "log.csv line 3": "kind is none of chat, question, poll, cta, survey",
    }
