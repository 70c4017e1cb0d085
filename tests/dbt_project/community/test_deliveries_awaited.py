"""How many a campaign reached, where only some campaigns tell of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.dbt_project.community.programme import at, file, message
from tests.dbt_project.raw_files import Row
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-03-15"
# Of the day before the seventh, and of the seventh.
LAST_DAY, OVER = "2026-03-09", "2026-03-08"


def sent(
    campaign: str, day: str, *became: str, channel: str = "email", count: int = 3
) -> Sequence[Row]:
    """A message to so many, and what became of the first of them."""
    told = {"campaign_id": campaign, "channel": channel}
    return [
        message(f"{campaign}/{who}", what, at(day, hour), f"p{who}", **told)
        for who in range(count)
        for hour, what in enumerate(("sent", *became[who : who + 1]))
    ]


MAIL = (
    *sent("told", "2026-03-13", "delivered", "bounced"),
    *sent("waits", "2026-03-13"),
    *sent("last_day", LAST_DAY),
    # Who opened had it; how many others did, nobody says yet.
    *sent("opened", "2026-03-14", "opened"),
    # All came back: that is known.
    *sent("bounced", "2026-03-14", "bounced", "bounced", "failed"),
    # What is not told in a week is told by no delivery: what did not fail arrived.
    *sent("over", OVER, "bounced"),
)
WHATSAPP = (
    *sent("wa_waits", "2026-03-13", channel="whatsapp"),
    *sent("wa_over", OVER, "read", channel="whatsapp"),
)


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Pair:
    """Acme's sender tells of deliveries; Bolt's of none, of the same messages."""
    pair = warehouse.add_pair()
    warehouse.load(pair.acme, file("message_events", [*MAIL, *WHATSAPP]))
    # A campaign that got another name while it was read.
    for version, name in enumerate(("Marzo", "Abril"), start=1):
        row: Row = {"campaign_id": "told", "campaign_name": name, "channel": "email"}
        row = {**row, "started_at": at("2026-03-13")}
        warehouse.load(pair.acme, file("message_campaigns", [row], version))
    silent = [row for row in MAIL if row["message_event"] != "delivered"]
    warehouse.load(pair.bolt, file("message_events", silent))
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of={pair.acme: AS_OF, pair.bolt: AS_OF},
        only=["message_campaign_results", "email_delivery_months"],
    )
    return pair


def reached(warehouse: Warehouse, company: str) -> dict[str, Any]:
    return {
        row["campaign_id"]: (row["delivered_count"], row["delivery_ratio"])
        for row in warehouse.rows(
            "select * from reporting.message_campaigns where company_id = %s", [company]
        )
    }


def test_what_was_just_sent_is_not_all_delivered_where_deliveries_are_told(
    warehouse: Warehouse, built: Pair
) -> None:
    assert reached(warehouse, built.acme) == {
        "told": (1, pytest.approx(1 / 3)),
        "waits": (None, None),
        "last_day": (None, None),
        "opened": (None, None),
        "bounced": (0, 0),
        "over": (2, pytest.approx(2 / 3)),
        "wa_waits": (None, None),
        "wa_over": (0, 0),
    }


def test_where_no_campaign_tells_of_any_what_did_not_fail_arrived(
    warehouse: Warehouse, built: Pair
) -> None:
    assert reached(warehouse, built.bolt) == {
        "told": (2, pytest.approx(2 / 3)),
        "waits": (3, 1),
        "last_day": (3, 1),
        "opened": (3, 1),
        "bounced": (0, 0),
        "over": (2, pytest.approx(2 / 3)),
    }


def test_a_campaign_with_another_name_is_still_one(
    warehouse: Warehouse, built: Pair
) -> None:
    """Under the name it has now, with all that was sent of it."""
    assert warehouse.rows(
        """select campaign_name, sent_count from reporting.message_campaigns
        where company_id = %s and campaign_id = 'told'""",
        [built.acme],
    ) == [{"campaign_name": "Abril", "sent_count": 3}]


def test_a_month_is_of_the_campaigns_of_which_it_is_known(
    warehouse: Warehouse, built: Pair
) -> None:
    """Acme's told, bounced and over: 9 sent, 3 delivered; Bolt's all: 18, 13."""
    found = warehouse.rows(
        """select company_id, sent_count, delivered_count
        from marts.email_delivery_months where company_id = any(%s) order by 1""",
        [[built.acme, built.bolt]],
    )
    assert [(row["sent_count"], row["delivered_count"]) for row in found] == [
        *((9, 3), (18, 13)),
    ]
