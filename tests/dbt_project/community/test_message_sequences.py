"""Steps of a sequence of messages: their order, and the days between them."""

from __future__ import annotations

from typing import Any

from tests.dbt_project.community.programme import at, contact, file, message
from tests.dbt_project.raw_files import Row
from tests.dbt_project.warehouse import Warehouse


def campaign(campaign_id: str, name: str, sequence: str | None) -> Row:
    told: Row = {"campaign_id": campaign_id, "campaign_name": name, "channel": "email"}
    return {**told, "started_at": at("2026-03-01"), "sequence_name": sequence}


def sent(campaign_id: str, who: str, day: str) -> Row:
    told = {"campaign_id": campaign_id, "channel": "email"}
    return message(f"{campaign_id}/{who}", "sent", at(day), who, **told)


CAMPAIGNS = (
    # The third was put between the others later: its number says so.
    campaign("a", "Bienvenida 1", "Bienvenida"),
    campaign("z", "Bienvenida 2 (nuevo)", "Bienvenida"),
    campaign("b", "Bienvenida 3", "Bienvenida"),
    # Without a number each: by when it was sent first.
    campaign("late", "Vuelve", "Rescate"),
    campaign("early", "Hola de nuevo", "Rescate"),
    campaign("alone", "Boletín 7", None),
)
EVENTS = (
    *(sent("a", who, "2026-03-01") for who in ("p1", "p2", "p3", "x")),
    # After 2, 4 and 9 days: half of them by the fourth. Whom nobody knows, not.
    *(sent("b", "p1", "2026-03-03"), sent("b", "p2", "2026-03-05")),
    *(sent("b", "p3", "2026-03-10"), sent("b", "x", "2026-03-31")),
    # Who had not the first step has not waited from it.
    *(sent("z", "p1", "2026-03-20"), sent("z", "p4", "2026-03-20")),
    *(sent("late", "p1", "2026-03-09"), sent("early", "p1", "2026-03-08")),
    sent("alone", "p1", "2026-03-02"),
)


def test_steps_stand_in_order_with_the_days_after_the_first(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    people = [contact(name, at("2026-02-01")) for name in ("p1", "p2", "p3", "p4")]
    for company in (pair.acme, pair.bolt):
        warehouse.load(company, file("message_events", EVENTS))
        warehouse.load(company, file("contacts", people))
    warehouse.load(pair.acme, file("message_campaigns", CAMPAIGNS))
    # The other's files name no sequence.
    plain = [campaign(f"{row['campaign_id']}", "x", None) for row in CAMPAIGNS]
    warehouse.load(pair.bolt, file("message_campaigns", plain))
    companies = (pair.acme, pair.bolt)

    warehouse.build(
        *companies,
        as_of=dict.fromkeys(companies, "2026-04-30"),
        only=["message_campaign_results", "message_sequence_steps"],
    )

    found: dict[Any, Any] = {
        (row["sequence_name"], row["message_step"]): (
            row["campaign_id"],
            row["sent_count"],
            row["from_first_count"],
            row["days_after_first"],
        )
        for row in warehouse.rows(
            """select * from reporting.message_campaigns
            where company_id = %s and sequence_name is not null""",
            [pair.acme],
        )
    }
    assert found == {
        ("Bienvenida", 1): ("a", 4, 4, 0),
        ("Bienvenida", 2): ("z", 2, 1, 19),
        ("Bienvenida", 3): ("b", 4, 3, 4),
        ("Rescate", 1): ("early", 1, 1, 0),
        ("Rescate", 2): ("late", 1, 1, 1),
    }
    told = warehouse.rows(
        """select company_id, count(*) as campaigns, count(sequence_name) as steps
        from reporting.message_campaigns where company_id = any(%s)
        group by 1 order by 2, 3""",
        [[pair.acme, pair.bolt]],
    )
    assert [tuple(row.values()) for row in told] == [
        (pair.bolt, 6, 0),
        (pair.acme, 6, 5),
    ]
