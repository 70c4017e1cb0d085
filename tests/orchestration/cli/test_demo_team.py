"""What an example team wants and does is kept as that of a company is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from orchestration.cli.demonstration.demo_team import keep_team
from orchestration.lib.alerts.rules import load_rules
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.metric_targets import (
    MetricTarget,
    load_targets,
    set_target,
)
from sandbox.community.team import team

DAY = date(2026, 11, 27)


def test_a_team_is_kept_once_and_apart_from_others(database_url: str) -> None:
    for name in ("acme", "bolt"):
        add_company(database_url, Company(name, name, "EUR", "Europe/Madrid"))
    own = MetricTarget("k_factor", date(2026, 1, 1), Decimal("0.5"))
    set_target(database_url, "bolt", own)

    for _ in range(2):
        keep_team(database_url, "acme", team(DAY))
    keep_team(database_url, "bolt", {"targets": team(DAY)["targets"]})

    wanted = {one.metric_name: one.target for one in load_targets(database_url, "acme")}
    assert len(wanted) == 8
    assert wanted["k_factor"] == Decimal("0.12")
    rules = {one.rule_id: one for one in load_rules(database_url, "acme")}
    assert rules["community_standing.k_factor.warn"].threshold == 0.06
    # Who has a target of its own keeps it.
    assert load_targets(database_url, "bolt") == (own,)

    last_week = DAY - timedelta(days=DAY.weekday() + 7)
    used = """select role_name, person_count, look_count from ops.dashboard_usage
        where company_id = 'acme' and week_start_date = %s order by 1"""
    assert rows(database_url, used, last_week) == [
        # The analyst looks every second week, the consultant every fourth.
        ("analista", 0, 0),
        ("consultor", 0, 0),
        ("devops", 1, 14),
        ("directivo", 2, 18),
        ("marketing", 3, 63),
    ]
    told = """select is_baseline, count(*)::int, max(minutes)::int
        from ops.report_preparations
        where company_id = 'acme' and review = %s group by 1 order by 1"""
    assert rows(database_url, told, "weekly") == [(False, 8, 80), (True, 1, 180)]
    left = "select count(*) from pg_namespace where nspname like %s"
    assert rows(database_url, left, "metabase_example") == [(0,)]
    others = "select count(*) from ops.dashboard_usage where company_id = %s"
    assert rows(database_url, others, "bolt") == [(0,)]


def rows(url: str, query: str, value: Any) -> list[tuple[Any, ...]]:
    """The rows of a query with one value."""
    with psycopg.connect(url) as database:
        return database.execute(query.encode(), (value,)).fetchall()
