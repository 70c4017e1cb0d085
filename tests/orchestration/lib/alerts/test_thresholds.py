"""A number past its limit is told with its unit, and few orders alarm nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orchestration.lib.alerts.ledger import list_alerts
from orchestration.lib.alerts.rules import Rule, load_rules, save_rule
from orchestration.lib.core.translations import measured
from orchestration.lib.reporting.metrics import Metric
from tests.orchestration.lib.alerts.conftest import ALL, BOLT, Hook, Mailbox, Office

CANCELLED = Metric(
    schema_name="reporting",
    relation="kpi_months",
    column="cancellation_rate",
    name="cancellation_rate",
    domain="commerce",
    page="operations",
    description="Share of orders that is cancelled.",
    label_es="Tasa de cancelación",
    label_en="Cancellation rate",
    formula="cancelled_order_count / order_count",
    unit="share",
    direction="lower_is_better",
    target=None,
    warn=0.15,
    critical=0.3,
    threshold_status="proposed",
    owner="operations",
    service_level="operational",
    sample="order_count",
    sample_minimum=100,
)
OCTOBER = date(2026, 10, 1)


def _month(
    office: Office,
    orders: int,
    cancelled: int,
    company: str = "acme",
    month: date = OCTOBER,
) -> None:
    """The month's row as `kpi_months` shows one; a month that was there goes."""
    office.execute(
        """create table if not exists marts.months (company_id text,
            month_start_date date, is_complete boolean, order_count integer,
            cancelled integer)"""
    )
    office.execute("delete from marts.months where company_id = %s", company)
    office.execute(
        "insert into marts.months values (%s, %s, true, %s, %s)",
        *(company, month, orders, cancelled),
    )
    office.execute(
        """create or replace view reporting.kpi_months as select *,
            cancelled::float8 / nullif(order_count, 0) as cancellation_rate
        from marts.months"""
    )
    office.execute("grant select on reporting.kpi_months to orchestrator")


@pytest.fixture
def watched(office: Office) -> Office:
    """Companies whose cancellations are looked at."""
    office.dispatcher = replace(office.dispatcher, metrics=[CANCELLED])
    return office


class TestNumbers:
    def test_crossing_is_told_once_in_words_and_its_end_too(
        self, watched: Office, mailbox: Mailbox, hook: Hook
    ) -> None:
        watched.add("team", mailbox.address, ALL)
        watched.add("english", hook.address, ALL, language="en")
        # 42 of 200 are 21 %: past 15, not past 30.
        _month(watched, orders=200, cancelled=42)
        for minute in (0, 5, 6):
            watched.at(minute)

        ((subject, body),) = mailbox.mails
        assert subject == "[alta] Acme: Tasa de cancelación por encima del límite"
        assert "21 %; el límite es 15 %" in body.replace("\n", " ")
        (post,) = hook.posts
        assert "21%; the limit is 15%" in post["message"].replace("\n", " ")

        _month(watched, orders=200, cancelled=30)  # 15 %: on the limit
        watched.at(7)
        watched.at(17)

        assert watched.topics() == []
        assert mailbox.subjects[1:] == [
            "[resuelta] Acme: Tasa de cancelación por encima del límite"
        ]

    def test_further_past_is_the_same_alert_made_critical(
        self, watched: Office
    ) -> None:
        _month(watched, orders=200, cancelled=42)
        watched.at(0)
        _month(watched, orders=200, cancelled=62)  # 31 %
        watched.at(1)

        (alert,) = list_alerts(watched.url, "acme")
        assert alert["severity"] == "critical"
        assert (alert["facts"]["observed"], alert["facts"]["threshold"]) == (0.31, 0.3)


class TestTooLittleIsKnown:
    def test_three_orders_are_no_alarm(self, watched: Office) -> None:
        _month(watched, orders=3, cancelled=3)
        _month(watched, orders=99, cancelled=99, company="bolt")

        watched.at(0)
        watched.at(0, BOLT)

        assert watched.topics() == watched.topics(BOLT) == []

    def test_a_company_without_orders_is_no_alarm(self, watched: Office) -> None:
        _month(watched, orders=0, cancelled=0)

        watched.at(0)
        watched.at(0, BOLT)

        assert watched.topics() == watched.topics(BOLT) == []

    def test_a_month_of_few_orders_ends_no_alert(self, watched: Office) -> None:
        _month(watched, orders=200, cancelled=100)
        watched.at(0)
        _month(watched, orders=3, cancelled=0)
        watched.at(1)

        assert watched.topics() == ["metric:kpi_months.cancellation_rate:above:"]

    def test_a_log_that_ended_years_ago_is_no_alarm(self, watched: Office) -> None:
        _month(watched, orders=200, cancelled=100, month=date(1998, 6, 1))

        watched.at(0)

        assert watched.topics() == []

    def test_a_company_sets_its_own_limit_and_number(self, watched: Office) -> None:
        _month(watched, orders=60, cancelled=6)
        watched.at(0)
        (rule,) = [r for r in load_rules(watched.url, "acme") if _is_warning(r)]
        own = replace(rule, threshold=0.05, sample_minimum=50, origin="edited")
        save_rule(watched.url, "acme", own)

        watched.at(1)

        (alert,) = list_alerts(watched.url, "acme")
        assert alert["facts"]["threshold"] == 0.05

    def test_each_tier_of_a_month_has_an_alert_of_its_own(
        self, watched: Office
    ) -> None:
        _month(watched, orders=200, cancelled=50)
        watched.execute(
            """create or replace view reporting.kpi_months as select months.*,
                tiers.rate as cancellation_rate, tiers.support_tier
            from marts.months as months
            cross join (values (1, 0.2::float8), (2, 0.1), (3, 0.25))
                as tiers (support_tier, rate)"""
        )

        watched.at(0)

        subjects = {alert["facts"]["subject"] for alert in _open(watched)}
        assert subjects == {"1", "3"}


def _open(office: Office) -> list[dict[str, Any]]:
    return list(list_alerts(office.url, "acme"))


def _is_warning(rule: Rule) -> bool:
    return rule.rule_id == "kpi_months.cancellation_rate.warn"


@pytest.mark.parametrize(
    ("value", "unit", "spanish", "english"),
    [
        (0.1234, "share", "12,34 %", "12.34%"),
        (1234.5, "money", "1.234,5 EUR", "1,234.5 EUR"),
        (3, "days", "3 días", "3 days"),
        (1.5, "hours", "1,5 horas", "1.5 hours"),
        (0.9, "ratio", "0,9", "0.9"),
    ],
)
def test_a_number_is_written_with_its_unit(
    value: float, unit: str, spanish: str, english: str
) -> None:
    assert measured(value, unit, "EUR", "es") == spanish
    assert measured(value, unit, "EUR", "en") == english
