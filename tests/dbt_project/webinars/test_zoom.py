"""What Zoom tells makes the marts that files make; what its webhook tells, live."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.app import Limits, receiver
from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
from orchestration.lib.ingestion.webhooks.reading import read_deliveries
from orchestration.lib.warehouse.dbt import current_manifest
from orchestration.lib.warehouse.idle_marts import raw_tables_of_marts
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import registrant as filed_registrant
from tests.dbt_project.webinar_rows import visit, webinar_file
from tests.dbt_project.webinar_rows import webinar as filed_webinar
from tests.taps.sources.zoom import participant, person, registrant, webinar, zoom
from tests.taps.target_postgres.singer import Loader

DAY = "2026-03-10"
EARLY = "2026-03-01T10:00:00Z"
PEOPLE = "person_id, state, live_seconds, question_count, answered_poll_count"


def at(time: str) -> str:
    return f"{DAY}T{time}:00Z"


def lists() -> dict[str, Any]:
    """One webinar of one date, in two parts, and a series held once."""
    host = {"user_email": "host@x.test"}
    first = [
        participant("1", at("17:00"), at("17:30"), registrant_id="id ana"),
        # On the same evening, from two more devices.
        participant("2", at("17:20"), at("17:40"), user_email="ANA@example.test"),
        participant("3", at("17:10"), at("17:35"), registrant_id="id ana"),
        participant("4", at("17:00"), at("18:00"), **host),
        participant("5", at("17:00"), at("18:00"), user_email="panel@x.test"),
        participant("6", at("17:00"), at("17:09"), status="in_waiting_room"),
    ]
    again = [participant("1", at("17:50"), at("18:30"), registrant_id="id ana")]
    vote = {"polling_id": "p", "date_time": at("17:20"), "answer": "yes"}
    asked = {"question": "why", "create_time": at("17:30")}
    return {
        "/users": ("users", [{"id": "u", "email": "Host@x.test"}]),
        "/users/u/webinars": (
            "webinars",
            [webinar(1, at("17:00"), 60), webinar(2, None, 0, kind=6)],
        ),
        "/past_webinars/1/instances": (
            "webinars",
            [{"uuid": uuid, "start_time": at("16:55")} for uuid in ("a", "b")],
        ),
        "/past_webinars/2/instances": (
            "webinars",
            [{"uuid": "c", "start_time": at("09:00")}],
        ),
        "/webinars/1/registrants": (
            "registrants",
            [
                registrant("ana", EARLY, industry="Retail", job_title="Head of IT"),
                registrant("bea", EARLY),
            ],
        ),
        "/webinars/2/registrants": (
            "registrants",
            [registrant(name, EARLY) for name in ("ana", "bea", "carl")],
        ),
        "/webinars/1/panelists": ("panelists", [{"id": "p", "email": "panel@x.test"}]),
        "/report/webinars/a/participants": ("participants", first),
        "/report/webinars/b/participants": ("participants", again),
        "/report/webinars/c/participants": (
            "participants",
            [participant("9", at("09:10"), at("09:40"), registrant_id="id ana")],
        ),
        "/past_webinars/c/absentees": ("registrants", [registrant("bea", EARLY)]),
        "/report/webinars/a/polls": (
            "questions",
            [person("ana@example.test", vote), person("", vote)],
        ),
        "/report/webinars/a/qa": ("questions", [person("ana@example.test", asked)]),
    }


@pytest.fixture(scope="module")
def told(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Warehouse, Pair, Pair]:
    """Acme is told by Zoom's lists; who else, the same by files, and by webhook."""
    api, live = warehouse.add_pair(), warehouse.add_pair()
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched, zoom(**lists()) as served:
        patched.setattr("taps.declared.pages.Pace.wait", lambda _: None)
        settings = {"schema": "raw_zoom", "company_id": api.acme}
        Loader(warehouse.url).load(*served.read().messages, **settings)
    warehouse.load(api.bolt, *_files())
    # What a file says of a webinar that Zoom tells counts nothing.
    stale = filed_registrant("1", "zoe", at("10:00"))
    warehouse.load(
        api.acme,
        webinar_file("webinars", filed_webinar("1", at("12:00"), title="stale")),
        webinar_file("registrants", stale),
    )
    target = {"metric_name": "live_registrant_count", "target_month": "2026-03-01"}
    warehouse.load(
        live.acme, webinar_file("kpi_targets", {**target, "target_value": 40})
    )
    _deliver(warehouse.url, Settings(home, warehouse.url), live.acme)
    companies = api.acme, api.bolt, live.acme, live.bolt
    warehouse.build(
        *companies,
        as_of=dict.fromkeys(companies, "2026-03-09"),
        only=["webinar_counters", "webinar_minutes", "webinar_audiences"],
    )
    return warehouse, api, live


def _files() -> list[Any]:
    return [
        webinar_file("webinars", filed_webinar("1", at("17:00"), ends_at=at("18:00"))),
        webinar_file(
            "registrants",
            filed_registrant("1", "ana", EARLY),
            filed_registrant("1", "bea", EARLY),
        ),
        webinar_file(
            "attendances",
            visit("1", at("17:00"), at("17:40"), registrant_id="id ana"),
            visit("1", at("17:50"), at("18:00"), registrant_id="id ana"),
        ),
        webinar_file(
            "webinar_interactions",
            {
                "webinar_id": "1",
                "registrant_id": "id ana",
                "kind": "question",
                "occurred_at": at("17:30"),
            },
            {
                "webinar_id": "1",
                "registrant_id": "id ana",
                "kind": "poll",
                "poll_id": "p",
                "occurred_at": at("17:20"),
            },
        ),
    ]


def _people(warehouse: Warehouse, company: str, webinar_id: str) -> list[Any]:
    rows = warehouse.rows(
        f"select {PEOPLE} from marts.webinar_people"
        " where company_id = %s and webinar_id = %s order by live_seconds desc, 1",
        [company, webinar_id],
    )
    return [tuple(row.values()) for row in rows]


def test_lists_make_the_people_that_files_make(
    told: tuple[Warehouse, Pair, Pair],
) -> None:
    warehouse, api, _ = told

    people = _people(warehouse, api.acme, "1")

    # Three devices and two parts: from 17:00 to 17:40 and from 17:50 to 18:00.
    assert [row[1:] for row in people] == [
        ("at_start", 3000, 1, 1),
        ("at_start", 0, 0, 0),
    ]
    assert people == _people(warehouse, api.bolt, "1")


def test_a_date_of_a_series_has_who_came_and_who_did_not(
    told: tuple[Warehouse, Pair, Pair],
) -> None:
    warehouse, api, _ = told

    people = _people(warehouse, api.acme, "2/c")

    # Carl registered for another date.
    assert [row[1:3] for row in people] == [("at_start", 1800), ("at_start", 0)]
    (date,) = warehouse.rows(
        "select title, series, length_minutes from marts.webinars"
        " where company_id = %s and webinar_id = '2/c'",
        [api.acme],
    )
    # No length is told: until who left last.
    assert tuple(date.values()) == ("About 2", "zoom/2", 40)


def _event(name: str, minute: str, **parts: Any) -> dict[str, Any]:
    """A delivery, at a minute after 17:00."""
    object_ = {"id": "7", "uuid": "x==", "type": 5, "topic": "Live", "host_id": "h"}
    times = {"start_time": at("17:00"), "duration": 60}
    payload = {"account_id": "acc", "object": object_ | times | parts}
    moment = 1773162000000 + int(float(minute) * 60_000)
    return {"event": f"webinar.{name}", "event_ts": moment, "payload": payload}


def _moved(how: str, minute: str, device: str, **who: str) -> dict[str, Any]:
    times = {f"{'join' if how == 'joined' else 'leave'}_time": at(f"17:{minute}")}
    known = {"user_id": device, "id": "", "user_name": "Somebody", **times, **who}
    return _event(f"participant_{how}", minute, participant=known)


def _events() -> list[dict[str, Any]]:
    ana = {"registrant_id": "r1"}
    said = {"message_id": "m1", "sender_session_id": "11", "sender_type": "attendee"}
    said |= {"date_time": at("17:05"), "message_content": "secret"}
    host = {"message_id": "m2", "sender_session_id": "99", "sender_type": "host"}
    new = {"id": "r1", "email": "ana@example.test", "status": "approved"}
    return [
        _event("registration_created", "-30", registrant=new, uuid=""),
        _event("registration_created", "-20", registrant={"id": "r2"}, uuid=""),
        _event("registration_cancelled", "-10", registrant={"id": "r2"}, uuid=""),
        _event("started", "00"),
        # Out of order, and one of them twice.
        _moved("left", "10", "11", **ana),
        _moved("joined", "00", "11", **ana),
        _moved("joined", "00", "11", **ana),
        _moved("joined", "05", "12", email="Ana@example.test"),
        _moved("left", "20", "12", email="Ana@example.test"),
        _moved("joined", "15", "13", **ana),
        _moved("left", "30", "13", **ana),
        _moved("joined", "00", "99", id="h"),
        _moved("joined", "40", "14"),
        _event("chat_message_sent", "05", chat_message=said, start_time=""),
        _event("chat_message_sent", "06", chat_message=host, start_time=""),
    ]


def _deliver(url: str, settings: Settings, company: str) -> None:
    """What Zoom sends until 17:40, over HTTP and signed, and read as a run reads it."""
    asked = Hook(company, "zoom", "zoom", "", "token")
    hook = add_hook(url, settings, asked)
    with TestClient(receiver(url, settings, Limits())) as client:
        for each in _events():
            body, moment = json.dumps(each).encode(), str(int(time.time()))
            signed = f"v0:{moment}:".encode() + body
            digest = hmac.new(b"token", signed, hashlib.sha256).hexdigest()
            headers = {"x-zm-request-timestamp": moment}
            headers["x-zm-signature"] = f"v0={digest}"
            answer = client.post(hook.path, content=body, headers=headers)
            assert answer.status_code == 200
    assert read_deliveries(url, company).event_count == len(_events()) - 1


def test_a_participant_with_three_devices_is_one_person(
    told: tuple[Warehouse, Pair, Pair],
) -> None:
    warehouse, _, live = told

    rows = warehouse.rows(
        "select state, live_seconds, chat_count, is_live_attendee"
        " from marts.webinar_people where company_id = %s order by 2 desc, 1",
        [live.acme],
    )

    # From 17:00 to 17:30 on three devices; who came at 17:40 may stay until the end.
    assert [tuple(row.values()) for row in rows] == [
        ("at_start", 1800, 1, True),
        ("unregistered", 1200, 0, True),
        ("cancelled", 0, 0, False),
    ]
    assert not warehouse.rows(
        "select from marts.webinar_people where company_id = %s", [live.bolt]
    )


def test_counters_follow_what_is_delivered(told: tuple[Warehouse, Pair, Pair]) -> None:
    warehouse, api, live = told
    counters = (
        "select metric_name, live_people_count, live_present_count, phase, target_count"
        " from reporting.webinar_live_counters where company_id = %s order by 1"
    )

    rows = warehouse.rows(counters, [live.acme])
    moments = warehouse.rows(
        "select minutes_present_count as present, minutes_chat_count as chats"
        " from reporting.webinar_moments where company_id = %s order by start_minute",
        [live.acme],
    )

    # At 17:40, of two registrants one has cancelled; the host is nobody's attendee.
    assert [tuple(row.values()) for row in rows] == [
        ("live_attendee_count", 2, 1, "live", 1700),
        ("live_conversion_count", 0, 1, "live", 425),
        ("live_registrant_count", 1, 1, "live", 40),
    ]
    assert [row["present"] for row in moments] == [1, 1, 1, 1, 1, 1, 0, 0]
    assert [row["chats"] for row in moments] == [0, 1, 0, 0, 0, 0, 0, 0]
    # Whose last word is of 18:30 has no webinar on.
    assert {row["phase"] for row in warehouse.rows(counters, [api.acme])} == {"over"}
    assert warehouse.rows(counters, [live.bolt]) == []


def test_registrants_of_a_webinar_are_told_by_industry(
    told: tuple[Warehouse, Pair, Pair],
) -> None:
    warehouse, api, _ = told

    rows = warehouse.rows(
        "select trait_value, trait_registrant_count, trait_attendee_count"
        " from reporting.webinar_audience_traits where company_id = %s"
        " and webinar_id = '1' and trait = 'industry' order by 1",
        [api.acme],
    )

    assert [tuple(row.values()) for row in rows] == [("", 1, 0), ("Retail", 1, 1)]
    levels = warehouse.rows(
        "select job_level from marts.webinar_registrants where company_id = %s"
        " and webinar_id = '1'",
        [api.acme],
    )
    assert {row["job_level"] for row in levels} == {"director", None}


def test_marts_of_webinars_are_built_of_whoever_tells_of_them() -> None:
    needs = raw_tables_of_marts(current_manifest())
    tellers = {"raw_files.webinars", "raw_zoom.webinars", "raw_webhooks.events"}

    for mart in ("webinars", "webinar_people", "webinar_live", "webinar_outcomes"):
        assert tellers <= needs[mart], mart
