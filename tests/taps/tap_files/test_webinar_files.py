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
    "webinar_ratings",
    "offers",
    "social_posts",
    "uptime_checks",
    "webinar_campaigns",
    "web_sessions",
    "experiments",
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
    "webinar_ratings": "id_webinar,correo,sección,nota,fecha",
    "offers": "id_webinar,correo,oferta,mostrada_en,clic_en",
    # As LinkedIn and a monitor export them.
    "social_posts": "Post URN,Network,Post date,Impressions,Reactions",
    "webinar_campaigns": "id_webinar,campaña",
    "experiments": "experimento,variante,destinatarios,logros,inicio",
    # The traffic report of Google Analytics, by day.
    "web_sessions": "Date,Session source,Session medium,Session campaign,Sessions,"
    "Engaged sessions,Views,New users,User engagement",
    "uptime_checks": "monitor,timestamp,is_up,response_time",
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
        "log.csv line 3": "kind is none of chat, question, poll, cta, survey, slide, "
        "screen, quiz",
    }


def test_a_rating_of_eleven_and_one_of_nobody_are_quarantined(
    read_text: RunTap,
) -> None:
    run = read_text(
        "webinar_id,email,section,rating,rated_at\n"
        "W1,ana@example.test,Inicio,11,2026-03-10 18:00\n"
        "W1,ana@example.test,,10,2026-03-10 18:00\n"
        "W1,bea@example.test,Inicio,,2026-03-10 18:00\n"
    )

    assert [row["rating"] for row in run.records("webinar_ratings")] == [10]
    assert run.rejects == {
        "log.csv line 2": "rating is above 10",
        "log.csv line 4": "rating is missing",
    }


def test_an_offer_clicked_before_it_was_shown_is_quarantined(read_text: RunTap) -> None:
    run = read_text(
        "webinar_id,offer_id,email,shown_at,clicked_at\n"
        "W1,curso,ana@example.test,2026-03-10 18:50,2026-03-10 18:49\n"
        "W1,curso,bea@example.test,2026-03-10 18:50,2026-03-10 18:50\n"
        "W1,curso,carl@example.test,2026-03-10 18:50,\n"
    )

    assert [row["email"] for row in run.records("offers")] == [
        "bea@example.test",
        "carl@example.test",
    ]
    assert run.rejects == {"log.csv line 2": "clicked_at is before shown_at"}


def test_a_post_without_a_day_is_quarantined(read_text: RunTap) -> None:
    run = read_text(
        "post_id,network,posted_at,impressions,likes\n"
        "p1,LinkedIn,,900,3\n"
        "p2,LinkedIn,2026-03-10 18:50,900,-3\n"
        "p3,LinkedIn,2026-03-10 18:50,900,3\n"
    )

    assert [row["post_id"] for row in run.records("social_posts")] == ["p3"]
    assert run.rejects == {
        "log.csv line 2": "posted_at is missing",
        "log.csv line 3": "likes is not a whole number",
    }


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_a_clock_that_jumps_costs_a_row_and_what_is_secret_stays_out(
    read_text: RunTap, is_newest_first: bool
) -> None:
    minutes = ["18:00", "18:05", "17:10", "17:15", "18:20"]
    told = [f"a.test,2026-03-10 {minute},yes" for minute in minutes]
    # Of another site, told between: its own clock.
    told[2:2] = ["https://me:pw@b.test/x/?key=s3cret,2026-03-10 17:00,no"]
    lines = list(reversed(told)) if is_newest_first else told

    run = read_text("\n".join(["url,checked_at,is_up", *lines]) + "\n")

    jumped = "checked_at is against the order of the log: its clock jumped"
    assert list(run.rejects.values()) == [jumped]
    rows = run.records("uptime_checks")
    assert len(rows) == 5
    assert {row["site"] for row in rows} == {"a.test", "b.test/x"}


def test_who_left_before_they_came_is_set_aside(read_text: RunTap) -> None:
    run = read_text(
        "webinar,email,join_time,leave_time\n"
        "w1,ana@example.com,2026-01-03 10:00,2026-01-03 11:00\n"
        "w1,luis@example.com,2026-01-03 10:30,2026-01-03 10:10\n"
    )

    assert [r["email"] for r in run.records("attendances")] == ["ana@example.com"]
    assert run.rejects == {"log.csv line 3": "left_at is before joined_at"}
