"""Messages rebuilt for what changed are what a build of all gives."""

from __future__ import annotations

import random

from tests.dbt_project.narrow_builds import NarrowBuilds
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

NARROW = ("message_sends", "message_months")
_DELIVER = """
    insert into raw_webhooks.events (company_id, connection_id, event_key, sender,
        event_type, event_id, occurred_at, received_at, delivery_id, payload)
    select %s, 'one', %s, 'sendgrid', 'mail.delivered', %s, %s::timestamptz,
        %s::timestamptz, 1, jsonb_build_object('recipient', %s::text)
"""


def _event(number: int, day: str, contact: int | None, channel: str = "email") -> Row:
    return {
        "message_id": f"m{number}",
        "message_event": "sent",
        "channel": channel,
        "contact_id": None if contact is None else f"c{contact}",
        "occurred_at": f"{day} 23:30+00",
    }


def test_what_is_rebuilt_for_what_changed_is_what_a_build_of_all_gives(
    warehouse: Warehouse,
) -> None:
    """One of two companies with the same messages forgets each time what was built."""
    pair = warehouse.add_pair()
    companies = (pair.acme, pair.bolt)
    warehouse.execute(
        "update ops.companies set time_zone = 'Europe/Madrid' where company_id = %s",
        [pair.bolt],
    )
    builds = NarrowBuilds(warehouse, *companies, NARROW, ("companies",))
    chance = random.Random(3)
    days = [f"2026-0{month}-{day}" for month in (1, 2, 3) for day in (10, 28, 31)]
    days.remove("2026-02-31")

    def load(name: str, version: int) -> None:
        rows = tuple(
            _event(
                chance.randrange(9),
                chance.choice(days),
                chance.choice((None, 1, 2, 3)),
                chance.choice(("email", "sms")),
            )
            for _ in range(8)
        )
        for company in companies:
            warehouse.load(
                company,
                RawFile(name, rows, version, contract="message_events"),
            )

    load("first.csv", 1)
    builds.build("2026-02-27")
    for number, as_of in enumerate(
        ("2026-02-27", "2026-02-28", "2026-01-30", "2026-04-01", "2026-03-31")
    ):
        # A file that is corrected, another one, and a webhook of a message of a file.
        load("first.csv" if number % 2 else f"more{number}.csv", number + 2)
        for company in companies:
            warehouse.execute(
                _DELIVER,
                [
                    *(company, f"k{number}", f"m{number}", "2026-02-20 12:00+00"),
                    *("2026-02-20 12:00+00", f"a{number}@example.com"),
                ],
            )
        builds.build(as_of)

        assert builds.differing() == []
        assert builds.built(pair.acme) == set(NARROW)
        assert builds.built(pair.bolt) == set()
    assert len(builds.rows_of("message_months", pair.acme)) > 2


def test_a_message_counts_for_each_address_once_in_its_month(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    rows = (
        # To three whom no file of contacts knows; one of them again in March.
        _event(1, "2026-02-10", 1),
        _event(1, "2026-02-10", 2),
        _event(1, "2026-02-11", 3),
        _event(1, "2026-03-02", 3),
        # Somebody opened it, and it is not told who.
        {**_event(1, "2026-03-02", None), "message_event": "opened"},
        # Nobody is told at all, and in March in Madrid.
        _event(2, "2026-02-28", None),
        # Told by a webhook: to one address.
        _event(3, "2026-02-01", 1),
        _event(3, "2026-02-01", 2),
    )
    warehouse.load(pair.acme, RawFile("m.csv", rows, contract="message_events"))
    warehouse.execute(
        "update ops.companies set time_zone = 'Europe/Madrid' where company_id = %s",
        [pair.acme],
    )
    at = "2026-02-01 12:00+00"
    warehouse.execute(_DELIVER, [pair.acme, "k", "m3", at, at, "a@example.com"])
    warehouse.build(
        pair.acme, pair.bolt, as_of={pair.acme: "2026-03-31"}, only=["message_months"]
    )

    query = """select month_start_date::text as month, message_count as messages
        from marts.message_months where company_id = %s order by 1"""
    assert [tuple(row.values()) for row in warehouse.rows(query, [pair.acme])] == [
        ("2026-02-01", 4),
        ("2026-03-01", 1),
    ]
    assert warehouse.rows(query, [pair.bolt]) == []
