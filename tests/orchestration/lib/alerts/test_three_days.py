"""A source that is down for three days: everything arrives, and people hear once."""

from __future__ import annotations

from datetime import date, timedelta

from orchestration.lib.alerts.ledger import acknowledge, list_alerts
from tests.orchestration.conftest import DAYS, ORDERS, Shop
from tests.orchestration.lib.alerts.conftest import ALL, START, Hook, Office

_DAY = 24 * 60
_REFUSAL = "the shop answers 503: it is down. Try again later."


def _of_three_days(first: date) -> tuple[list[dict[str, object]], ...]:
    """An order and a campaign's spend on each of three days."""
    days = [(first + timedelta(days=offset)).isoformat() for offset in range(3)]
    orders = [
        {"id": f"late-{day}", "updated_at": f"{day}T10:00:00Z", "total_price": 5}
        for day in days
    ]
    spend = [
        {"account_id": "a", "date": day, "campaign_id": "x", "spend": 7} for day in days
    ]
    return orders, spend


def test_a_source_that_is_back_after_three_days_brings_all_of_them_and_one_alert(
    shop: Shop, office: Office, hook: Hook
) -> None:
    office.add("team", hook.address, ALL, "en")
    shop.connect()
    shop.read()
    office.at(0)
    assert hook.posts == []

    shop.connect(refuses=_REFUSAL)
    for night in range(3):
        assert _REFUSAL in shop.read().failures[0]
        for minute in (1, 7):
            office.at(night * _DAY + minute)
        if night == 0:
            (alert,) = list_alerts(shop.url, "acme")
            acknowledge(shop.url, "acme", [alert["alert_id"]], "ana", START)
    told_while_down = list(hook.subjects)

    orders, spend = _of_three_days(date(2026, 1, 3))
    shop.holds(orders=[*ORDERS, *orders], days=[*DAYS, *spend])
    shop.connect()
    assert shop.read().failures == ()
    # By the clock of the alerts, which is not the server's.
    back = START + timedelta(days=3)
    office.execute("update ops.connections set last_read_at = %s", back)
    office.at(3 * _DAY)
    office.at(3 * _DAY + 10)

    assert len(told_while_down) == 1
    assert len(hook.subjects) == 2
    assert office.topics() == []
    assert shop.rows("select count(*) from ops.alerts") == [(1,)]
    assert shop.rows(
        "select id from raw_shopify.orders where id like 'late-%%' order by 1"
    ) == [(order["id"],) for order in orders]
    assert shop.rows(
        """select date::text, sum(spend)::int from raw_shopify.campaign_days
        where date >= '2026-01-03' group by 1 order by 1"""
    ) == [(row["date"], 7) for row in spend]
