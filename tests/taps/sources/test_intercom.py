"""Intercom: conversations by cursor with both clocks, no words and no addresses."""

from __future__ import annotations

import json

from tests.taps.sources.intercom import OPENED, contact, conversation, intercom


def test_what_changes_while_a_search_is_read_is_as_it_became() -> None:
    changed = conversation("1", "open") | {"updated_at": OPENED + 9000}
    talks = [conversation("1"), conversation("2", "snoozed"), changed]
    with intercom(conversations=talks) as api:
        told = api.read().records("conversations")

    asked = [each for each in api.searches if each["kind"] == "conversations"]
    assert [each["pagination"].get("starting_after") for each in asked] == [None, "2"]
    assert [(each["id"], each["state"]) for each in told] == [
        ("2", "snoozed"),
        ("1", "open"),
    ]
    assert (told[0]["reply_seconds"], told[0]["replied_at"]) == (
        600,
        "2026-03-02T09:30:00Z",
    )


def test_a_person_is_a_domain_and_their_companies() -> None:
    people = [contact("c1", " Ana.Paz@Client.test ", "7"), contact("c2", None)]
    companies = [{"id": "7", "company_id": "acc_7", "name": "Client"}]
    rated = conversation("1") | {
        "conversation_rating": {"rating": 4, "remark": "…", "created_at": OPENED}
    }
    with intercom(contacts=people, companies=companies, conversations=[rated]) as api:
        output = api.read()

    first, second = output.records("contacts")
    assert (first["email_domain"], first["companies"][0]["id"]) == ("client.test", "7")
    assert (second["email_domain"], second["companies"]) == (None, [])
    assert output.records("companies")[0]["account_id"] == "acc_7"
    (talk,) = output.records("conversations")
    assert (talk["rating"], talk["rated_at"]) == (4, "2026-03-02T09:00:00Z")
    assert "Paz" not in json.dumps(output.messages)
    assert "…" not in json.dumps(output.messages, ensure_ascii=False)
