"""Zoom: chains of lists, dates by uuid, what is gone, and nothing that people wrote."""

from __future__ import annotations

import pytest

from tests.taps.sources.zoom import participant, person, registrant, webinar, zoom

UUID = "/ab//c=="


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taps.declared.pages.Pace.wait", lambda _: None)


def test_a_webinar_is_read_from_its_users_to_its_answers() -> None:
    report = f"/report/webinars/{UUID}"
    vote = {"polling_id": "p", "date_time": "2026-03-10T17:20:00Z", "answer": "secret"}
    asked = {"question": "secret", "create_time": "2026-03-10T17:30:00Z"}
    held = {"uuid": UUID, "start_time": "2026-03-10T17:01:00Z"}
    rows = [
        participant("1", "2026-03-10T17:00:00Z", "2026-03-10T17:30:00Z"),
        participant("1", "2026-03-10T17:40:00Z", "2026-03-10T18:00:00Z"),
    ]
    lists = {
        "/users": ("users", [{"id": "u", "email": "host@x.test"}, {"id": "v"}]),
        "/users/u/webinars": ("webinars", [webinar(7, "2026-03-10T17:00:00Z", 60)]),
        "/past_webinars/7/instances": ("webinars", [held]),
        "/webinars/7/registrants": (
            "registrants",
            [registrant(name, "2026-03-01T10:00:00Z") for name in ("ana", "bea")],
        ),
        "/webinars/7/panelists": ("panelists", [{"id": "p", "email": "p@x.test"}]),
        f"{report}/participants": ("participants", rows),
        f"/past_webinars/{UUID}/absentees": ("registrants", []),
        f"{report}/polls": ("questions", [person("ana@x.test", vote)]),
        f"{report}/qa": ("questions", [person("", asked)]),
    }
    with zoom(**lists) as api:
        output = api.read()

    (told,) = output.records("webinars")
    assert (told["id"], told["starts_at"]) == ("7", "2026-03-10T17:00:00Z")
    assert [each["id"] for each in output.records("registrants")] == [
        "id ana",
        "id bea",
    ]
    visits = output.records("participants")
    assert [(each["instance_id"], each["webinar_number"]) for each in visits] == [
        (UUID, "7")
    ] * 2
    # A user without the plan, and what is gone, hold nothing; the rest is read.
    assert "/users/v/webinars" in api.asked
    assert "/report/webinars/%252Fab%252F%252Fc%253D%253D/qa" in api.asked
    (poll,), (question,) = output.records("polls"), output.records("questions")
    assert (poll["place"], poll["email"], poll["poll_id"]) == (0, "ana@x.test", "p")
    assert (question["email"], question["asked_at"]) == (None, "2026-03-10T17:30:00Z")
    assert "secret" not in str(output.messages)
