"""Tickets and answers of Zendesk, Intercom and files: each once, on the right clock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.warehouse import Warehouse
from tests.taps.sources.intercom import OPENED, contact, conversation, intercom
from tests.taps.sources.zendesk import rating, survey, ticket, user, zendesk
from tests.taps.target_postgres.singer import Loader

Told = dict[str, dict[str, list[dict[str, Any]]]]
_REOPENED = {
    "reply_time_in_minutes": {"calendar": 400, "business": 300},
    "solved_at": "2026-03-02T16:00:00Z",
}
_CLOSED = ["billing", "closed_by_merge"]
TICKETS = [
    ticket(1),
    # Its organization is that of who asked; it was solved, and is open again.
    ticket(2, "open", organization_id=None, metric_set=_REOPENED),
    ticket(3, "deleted"),
    ticket(4, "closed", tags=_CLOSED),
    # Of nobody that is known, because strangers share the domain.
    ticket(5, organization_id=None, requester_id=10),
]
TALKS = [
    conversation("1")
    | {"conversation_rating": {"rating": 4, "created_at": OPENED + 9000}},
    # A machine settled it; and what the company began, nobody answered.
    conversation(
        "900",
        statistics={},
        ai_agent={"resolution_state": "assumed_resolution"},
    ),
    conversation("901", source={"delivered_as": "campaigns_initiated"}, statistics={}),
]
FILED = [
    {"ticket_id": "1", "account_id": "old", "status": "open"},
    {"ticket_id": "of_file", "account_id": "acc_8", "status": "open"},
]


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> Told:
    pair = warehouse.add_pair()
    opened = {"created_at": "2026-03-02 09:00+00"}
    tickets = RawFile("t.csv", [row | opened for row in FILED], contract="tickets")
    accounts = [
        {"account_id": "acc_7"},
        {"account_id": "acc_8", "email_domain": "shop.test"},
    ]
    warehouse.load(pair.acme, tickets, RawFile("a.csv", accounts, contract="accounts"))
    warehouse.load(pair.bolt, tickets)
    with (
        zendesk(
            tickets=TICKETS,
            organizations=[{"id": 7, "external_id": "acc_7", "domain_names": []}],
            users=[user(9, "ana@shop.test"), user(10, "eva@gmail.com")],
            satisfaction_ratings=[rating(1, "good", 1), rating(2, "bad", 2)],
            survey_responses=[survey("01S", 4, 2), survey("01T", 2, 1, best=3)],
        ) as desk,
        intercom(
            conversations=TALKS,
            contacts=[contact("c1", "ana@x.test", "7")],
            companies=[{"id": "7", "company_id": "acc_7"}],
        ) as chat,
    ):
        load = Loader(warehouse.url).load
        load(*desk.read().messages, schema="raw_zendesk", company_id=pair.acme)
        load(*chat.read().messages, schema="raw_intercom", company_id=pair.acme)
    marts = ("support_months", "survey_months", "account_contacts")
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), "2026-04-30"),
        only=marts,
    )
    return {
        name: {
            mart: warehouse.rows(
                f"select * from marts.{mart} where company_id = %s order by 2, 3",
                [company],
            )
            for mart in marts
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_each_ticket_counts_once_on_the_clock_of_its_desk(told: Told) -> None:
    (month,) = told["acme"]["support_months"]

    # Tickets 1, 2 and 5, the conversation and the one of the file alone.
    assert month["ticket_count"] == 5
    assert (month["met_count"], month["decided_count"]) == (3, 5)
    # 10, 35, 35 and 300 minutes of office hours.
    assert (month["business_clock_count"], month["median_reply_minutes"]) == (4, 35)
    # What was solved and is open again is not solved.
    assert month["solved_within_7d_count"] == 3


def test_a_ticket_is_of_the_account_that_an_id_or_a_domain_names(told: Told) -> None:
    contacts = told["acme"]["account_contacts"]

    assert {
        each["contact_id"]: each["account_id"]
        for each in contacts
        if each["contact_kind"] == "ticket"
    } == {"1": "acc_7", "intercom/1": "acc_7", "2": "acc_8", "of_file": "acc_8"}
    assert {
        each["contact_id"]: (each["account_id"], each["score"])
        for each in contacts
        if each["contact_kind"] == "support_csat"
    } == {
        "1/intercom": ("acc_7", 7.5),
        "1/zendesk": ("acc_7", 10),
        "2/zendesk": ("acc_8", 0),
        "01S/01R": ("acc_8", 7.5),
        "01T/01R": ("acc_7", 5),
    }


def test_answers_of_every_scale_are_content_in_its_upper_half(told: Told) -> None:
    (month,) = told["acme"]["survey_months"]

    # Good, four of five, and four stars; neither bad nor two of three.
    assert (month["answer_count"], month["top_two_count"]) == (5, 3)
    assert month["mean_10"] == pytest.approx(6)


def test_nothing_of_it_is_another_companys(told: Told) -> None:
    (month,) = told["bolt"]["support_months"]

    assert (month["ticket_count"], month["met_count"]) == (2, 0)
    assert told["bolt"]["survey_months"] == []
    assert {each["account_id"] for each in told["bolt"]["account_contacts"]} == {
        "old",
        "acc_8",
    }
