"""Zendesk: tickets by cursor, both systems of satisfaction, no address of anybody."""

from __future__ import annotations

import json

import pytest
import singer_sdk.exceptions

from taps.api_source.errors import SourceError
from taps.declared.tap import declared_tap
from tests.taps.sources.zendesk import (
    policy,
    rating,
    survey,
    ticket,
    user,
    zendesk,
)


def test_an_export_goes_on_by_its_cursor_alone_until_it_says_the_end() -> None:
    gone = {"id": 3, "status": "deleted", "generated_timestamp": 1772500000}
    with zendesk(tickets=[ticket(1), ticket(2, "open"), gone]) as api:
        output = api.read()

    assert [sorted(query) for query in api.asked] == [
        ["include", "per_page", "start_time"],
        ["cursor", "include", "per_page"],
    ]
    first, _, deleted = output.records("tickets")
    assert (first["reply_minutes"], first["reply_business_minutes"]) == (95, 35)
    assert (first["reopen_count"], first["generated_at"]) == (1, "2026-03-02T12:00:00Z")
    assert (deleted["status"], deleted["solved_at"]) == ("deleted", None)
    bookmark = output.state["bookmarks"]["tickets"]["replication_key_value"]
    assert bookmark == "2026-03-03T01:06:40+00:00"


def test_clocks_beside_the_tickets_are_those_of_the_tickets() -> None:
    beside = ticket(1)
    clocks = beside.pop("metric_set")
    with zendesk(tickets=[beside], metric_sets=[clocks]) as api:
        output = api.read()

    assert output.records("tickets")[0]["reply_minutes"] == 95


def test_a_ticket_that_changes_during_the_export_is_as_it_became() -> None:
    changed = ticket(1, "solved", hours=4)
    with zendesk(tickets=[ticket(1, "open"), ticket(2), changed]) as api:
        told = api.read().records("tickets")

    assert [(each["id"], each["status"]) for each in told] == [
        ("2", "solved"),
        ("1", "solved"),
    ]
    assert len(api.asked) == 2


def test_a_ticket_without_its_moment_keeps_no_other_from_being_read() -> None:
    lost = ticket(1) | {"generated_timestamp": None}
    with zendesk(tickets=[lost, ticket(2)]) as api:
        told = api.read().records("tickets")

    assert [(each["id"], each["generated_at"] is None) for each in told] == [
        ("1", True),
        ("2", False),
    ]


def test_a_cursor_that_comes_again_ends_the_export_with_words() -> None:
    with zendesk(tickets=[ticket(1), ticket(2), ticket(3)]) as api:
        api.is_turning = True
        with pytest.raises(SourceError, match="the same next page twice"):
            api.read()


def test_answers_of_both_systems_are_told_and_no_words_and_no_address() -> None:
    with zendesk(
        satisfaction_ratings=[rating(1, "good", 35)],
        survey_responses=[survey("01S", 4, 36)],
        users=[user(9, "Ana.Paz@Client.test", 7), user(10, None)],
    ) as api:
        output = api.read()

    (older,) = output.records("ratings")
    assert (older["score"], older["ticket_id"]) == ("good", "35")
    rated, skipped = output.records("answers")
    assert (rated["rating"], rated["subjects"]) == (4, ["zen:ticket:36"])
    assert [each["rating"] for each in rated["options"]] == [1, 2, 3, 4, 5]
    assert (skipped["question_id"], skipped["rating"]) == ("01C", None)
    people = output.records("requesters")
    assert [each["email_domain"] for each in people] == ["client.test", None]
    assert "Paz" not in json.dumps(output.messages)


def test_a_policy_is_told_by_priority_with_its_clock_and_whom_it_is_for() -> None:
    large = ("organization_id", "is", 360033549136)
    policies = [
        policy(1, large, urgent=(30, False), high=(480, True)),
        policy(2, position=2, normal=(60, True)),
        # On another page, and of nothing: it says when nothing is due.
        policy(3, position=3),
        policy(4, position=4, low=(90, False)),
    ]
    with zendesk(sla_policies=policies) as api:
        told = api.read().records("sla_policies")

    assert [
        (each["id"], each["priority"], each["target_minutes"], each["business_hours"])
        for each in told
    ] == [
        ("1", "urgent", 30, False),
        ("1", "high", 480, True),
        ("2", "normal", 60, True),
        ("4", "low", 90, False),
    ]
    assert {each["metric"] for each in told} == {"first_reply_time"}
    assert told[0]["target_seconds"] == 1800
    assert told[0]["all_of"] == [
        {"field": "organization_id", "operator": "is", "value": 360033549136}
    ]
    assert (told[2]["all_of"], told[2]["position"]) == ([], 2)


def test_a_plan_without_policies_reads_everything_else() -> None:
    with zendesk(
        tickets=[ticket(1)], satisfaction_ratings=[rating(1, "bad", 1)]
    ) as api:
        api.has_policies = False
        output = api.read()

    assert output.records("sla_policies") == []
    assert len(output.records("tickets")) == len(output.records("ratings")) == 1


def test_a_subdomain_that_would_send_the_token_elsewhere_is_refused() -> None:
    settings = {"subdomain": "evil.test/", "email": "a@x.test", "api_token": "token-1"}

    with pytest.raises(singer_sdk.exceptions.ConfigValidationError) as refusal:
        declared_tap("zendesk")(config=settings)

    assert "token-1" not in str(refusal.value)
