"""Targets of a desk's own policies: which one a ticket has, and on which clock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.warehouse import Warehouse
from tests.taps.sources.zendesk import policy, ticket, zendesk
from tests.taps.target_postgres.singer import Loader

Month = dict[str, Any]
_LARGE = ("organization_id", "is", 7)
EVERYBODY = policy(
    3, position=3, high=(90, False), normal=(40, True), urgent=(2400, True)
)
POLICIES = [
    EVERYBODY,
    policy(1, _LARGE, ("current_tags", "includes", "gold vip"), high=(20, True)),
    # Nobody here knows who works on a ticket.
    policy(
        2,
        ("current_tags", "includes", "fragile"),
        ("assignee_id", "is", 5),
        position=2,
        high=(1, False),
    ),
]
TAKEN_BACK = policy(9, position=0, high=(1, False), normal=(1, False))
SOONER = {"reply_time_in_minutes": {"calendar": 85, "business": 30}}
# Each was answered after 95 minutes, 35 of them of office hours, unless it says so.
TICKETS = [
    ticket(1),
    ticket(2, tags=["vip"]),
    ticket(3, tags=["fragile"]),
    ticket(4, priority="normal"),
    # The policy of everybody says nothing of its priority, or it has none.
    ticket(5, priority="low"),
    ticket(6, priority=None),
    ticket(7, tags=["vip"], organization_id=8, metric_set=SOONER),
    ticket(8, "deleted"),
    # Not answered for nine days, of which 40 hours of office are not over for sure.
    ticket(
        9,
        "open",
        priority="urgent",
        created_at="2026-04-22T09:00:00Z",
        metric_set={},
    ),
]


@pytest.fixture(scope="module")
def months(warehouse: Warehouse) -> dict[str, list[Month]]:
    pair = warehouse.add_pair()
    load = Loader(warehouse.url).load
    reads = [
        (pair.acme, TICKETS, [*POLICIES, TAKEN_BACK]),
        (pair.acme, TICKETS, POLICIES),
        # The same tickets of another shop, with one policy for all of them.
        (pair.bolt, TICKETS[:3], [policy(1, high=(90, False))]),
    ]
    for company, tickets, policies in reads:
        with zendesk(tickets=tickets, sla_policies=policies) as desk:
            told = desk.read().messages
            load(*told, schema="raw_zendesk", company_id=company)
    both = (pair.acme, pair.bolt)
    as_of = dict.fromkeys(both, "2026-04-30")
    warehouse.build(*both, as_of=as_of, only=["support_months"])
    query = "select * from marts.support_months where company_id = %s order by 2"
    return {
        name: warehouse.rows(query, [company])
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_a_ticket_is_judged_by_the_first_policy_that_fits_on_its_clock(
    months: dict[str, list[Month]],
) -> None:
    month = months["acme"][0]

    # 1, 2, 4 and 7; 3 may be of a policy that asks for more than is known.
    assert (month["ticket_count"], month["desk_target_count"]) == (7, 4)
    # 1 waited 95 of 90 minutes of the calendar, 2 waited 35 of 20 of the office; 4 and
    # 7 were in time, as 3, 5 and 6 were by their tier.
    assert (month["met_count"], month["decided_count"]) == (5, 7)
    assert (month["business_clock_count"], month["median_reply_minutes"]) == (5, 35)
    # There are several.
    assert month["target_minutes"] is None


def test_a_long_target_of_office_hours_is_not_missed_while_it_may_be_kept(
    months: dict[str, list[Month]],
) -> None:
    month = months["acme"][1]

    assert (month["target_minutes"], month["desk_target_count"]) == (2400, 1)
    assert (month["ticket_count"], month["decided_count"]) == (1, 0)


def test_another_company_has_its_own_policies(months: dict[str, list[Month]]) -> None:
    (month,) = months["bolt"]

    assert (month["target_minutes"], month["desk_target_count"]) == (90, 3)
    assert (month["met_count"], month["business_clock_count"]) == (0, 0)
