"""Zoom's reports, of several tables each, become files of the webinar's contracts."""

from __future__ import annotations

from typing import Any

from tests.taps.tap_files.conftest import Run, RunTap
from tests.taps.tap_files.test_presets import export

ZONE = "Europe/Madrid"


def told(run: Run, stream: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in run.records(stream)]


def test_a_report_of_attendees_says_who_registered_and_who_was_there(
    read_text: RunTap,
) -> None:
    run = read_text(export("zoom_attendees"), time_zone=ZONE)

    assert (run.failures, run.rejects) == ([], {})
    assert told(run, "webinars", "title", "starts_at", "length_minutes") == [
        ("Lanzamiento IA", "2026-01-15T18:00:00+00:00", 62)
    ]
    registered = told(run, "registrants", "email", "registered_at", "status")
    assert registered == [
        ("ana@x.es", "2026-01-10T08:00:00+00:00", "approved"),
        ("luis@x.es", "2026-01-11T08:00:00+00:00", "approved"),
        ("eva@x.es", "2026-01-12T08:00:00+00:00", "approved"),
    ]
    # Ana came twice; Eva did not come; who joined by telephone has no address.
    visits = told(run, "attendances", "email", "joined_at", "left_at", "role")
    assert [visit[3] for visit in visits] == ["host", *["attendee"] * 4]
    assert [(visit[0], visit[1][11:16], visit[2][11:16]) for visit in visits] == [
        ("marta@acme.es", "17:50", "19:02"),
        ("ana@x.es", "18:01", "18:40"),
        ("ana@x.es", "18:45", "19:00"),
        ("luis@x.es", "18:05", "19:02"),
        (None, "18:10", "18:30"),
    ]


def test_reports_of_one_webinar_agree_on_its_name_and_people(
    read_text: RunTap,
) -> None:
    runs = [
        read_text(export(name), time_zone=ZONE)
        for name in ("zoom_attendees", "zoom_registrations_spanish")
    ]

    who = ("webinar_id", "registrant_id", "email")
    first, second = (set(told(run, "registrants", *who)) for run in runs)
    assert runs[1].failures == []
    assert second < first
    assert told(runs[1], "registrants", "email", "status", "channel") == [
        ("ana@x.es", "approved", "LinkedIn"),
        ("luis@x.es", "cancelled", "Email"),
    ]


def test_another_date_of_a_recurring_webinar_is_another(read_text: RunTap) -> None:
    text = export("zoom_attendees")
    later = text.replace("Jan 15, 2026", "Jan 22, 2026")

    first, second = read_text(text), read_text(later)

    ids = {row["webinar_id"] for e in (first, second) for row in e.records("webinars")}
    assert len(ids) == 2


def test_a_report_that_says_no_start_is_refused(read_text: RunTap) -> None:
    start = '"Jan 15, 2026 07:00 PM",62'

    run = read_text(export("zoom_attendees").replace(start, ",62"))

    assert "does not say of which webinar it is" in run.failures[0]
    assert run.records("registrants") == []


ANSWERS = ("kind", "email", "registrant_id", "poll_id", "occurred_at")


def test_a_report_of_polls_says_who_answered_which(read_text: RunTap) -> None:
    run = read_text(export("zoom_polls"), time_zone=ZONE)

    assert (run.failures, run.rejects) == ([], {})
    ana_uses, ana_what, luis_uses, *nobody = told(run, "webinar_interactions", *ANSWERS)
    assert ana_uses[:2] == ("poll", "ana@x.es")
    assert ana_uses[4] == "2026-01-15T18:20:00+00:00"
    # Each question is a poll; Luis answered one of the two, and nobody is no person.
    assert ana_uses[3] == luis_uses[3] != ana_what[3]
    assert luis_uses[1] == "luis@x.es"
    assert [row[:4] for row in nobody] == [("poll", None, None, ana_uses[3])] * 2
    ids = {row["interaction_id"] for row in run.records("webinar_interactions")}
    assert len(ids) == 5


def test_a_report_of_questions_says_who_asked(read_text: RunTap) -> None:
    run = read_text(export("zoom_questions"), time_zone=ZONE)

    assert (run.failures, run.rejects) == ([], {})
    asked = told(run, "webinar_interactions", "kind", "email", "occurred_at")
    assert [row[0] for row in asked] == ["question"] * 4
    assert [str(row[1]).casefold() for row in asked] == [
        *("ana@x.es", "ana@x.es", "luis@x.es", "none"),
    ]
    assert {row[2] for row in asked} == {None}


def test_who_answers_and_asks_is_who_was_there(read_text: RunTap) -> None:
    runs = [
        read_text(export(name), time_zone=ZONE)
        for name in ("zoom_attendees", "zoom_polls", "zoom_questions")
    ]

    there = set(told(runs[0], "attendances", "webinar_id", "registrant_id"))
    for run in runs[1:]:
        who = told(run, "webinar_interactions", "webinar_id", "registrant_id")
        assert {pair for pair in who if pair[1]} <= there


def test_a_report_that_lacks_questions_is_refused(read_text: RunTap) -> None:
    lines = export("zoom_questions").splitlines()

    run = read_text("\n".join(lines[:-1]))

    assert "says 4 questions and lists 3" in run.failures[0]
    assert run.records("webinar_interactions") == []


def test_a_report_of_something_else_is_refused_whole(read_text: RunTap) -> None:
    text = export("zoom_attendees")
    other = text[: text.index("Host Details")] + (
        "Launched Polls,\n#,Poll Name,Answers\n1,¿Usas IA?,12\n"
    )

    run = read_text(other)

    assert "neither who registered nor who was there, answered" in run.failures[0]
    assert run.records("webinars") == []


def test_a_report_of_teams_tells_each_visit_in_its_role(read_text: RunTap) -> None:
    text = export("teams_attendance")

    run = read_text(text.encode("utf-16"), time_zone=ZONE)

    assert (run.failures, run.rejects) == ([], {})
    assert told(run, "webinars", "title", "starts_at", "length_minutes") == [
        ("JEE Session 1", "2025-07-22T17:00:11+00:00", 91)
    ]
    visits = told(run, "attendances", "email", "joined_at", "left_at", "role")
    assert sorted(
        (who, joined[11:16], left[11:16]) for who, joined, left, _ in visits
    ) == [
        ("hari@x.com", "17:00", "18:31"),
        ("huma@x.com", "17:02", "17:30"),
        ("huma@x.com", "17:37", "18:30"),
        ("pranav@x.com", "17:05", "18:30"),
    ]
    assert {(who, role) for who, _, _, role in visits} == {
        ("hari@x.com", "host"),
        ("huma@x.com", "attendee"),
        ("pranav@x.com", "attendee"),
    }


def test_a_report_of_teams_without_visits_tells_when_people_came_and_went(
    read_text: RunTap,
) -> None:
    text = export("teams_attendance").partition("3. In-Meeting")[0]

    run = read_text(text, time_zone=ZONE)

    visits = told(run, "attendances", "email", "joined_at")
    assert run.failures == []
    assert sorted((who, joined[11:16]) for who, joined in visits) == [
        ("hari@x.com", "17:00"),
        ("huma@x.com", "17:02"),
        ("pranav@x.com", "17:05"),
    ]


def test_a_report_of_gotowebinar_says_who_registered_and_who_came(
    read_text: RunTap,
) -> None:
    run = read_text(export("gotowebinar_attendees"), time_zone=ZONE)

    assert (run.failures, run.rejects) == ([], {})
    assert told(run, "webinars", "title", "starts_at", "length_minutes") == [
        ("Standards for ballots", "2025-05-16T14:49:00+00:00", 76)
    ]
    assert told(run, "registrants", "email", "registered_at") == [
        ("keith@x.com", "2025-05-15T12:19:00+00:00"),
        ("john@x.com", "2025-05-14T14:50:00+00:00"),
        ("justin@x.com", "2025-05-14T14:49:00+00:00"),
    ]
    # Justin did not come.
    assert told(run, "attendances", "email", "joined_at", "left_at") == [
        ("keith@x.com", "2025-05-16T14:58:00+00:00", "2025-05-16T15:56:00+00:00"),
        ("john@x.com", "2025-05-16T14:58:00+00:00", "2025-05-16T16:05:00+00:00"),
    ]
