"""Who looked at dashboards is counted by role and week, apart by company."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from orchestration.lib.reporting.dashboard_usage import UsageUnreadable, read_usage
from orchestration.lib.tenancy.companies import Company, add_company

# What is read of Metabase's own tables, and no more.
_METABASE = """
    create table public.permissions_group (id int, name text);
    create table public.permissions_group_membership (user_id int, group_id int);
    create table public.query_execution (executor_id int, started_at timestamptz);
    insert into public.permissions_group values (1, 'All Users'),
        (2, 'acme: directivo'),
        (3, 'acme: devops'), (4, 'acme_2: directivo'), (5, 'gone: directivo');
    insert into public.permissions_group_membership values
        (7, 1), (7, 2), (8, 2), (8, 3), (9, 4), (6, 5);
"""
LAST_WEEK = date(2026, 11, 16)
THIS_WEEK = date(2026, 11, 23)
# Monday of the week after in UTC, Sunday of this one in Santiago.
NOW = datetime(2026, 11, 30, 2, 50, tzinfo=UTC)


def _look(url: str, person: int | None, moment: str) -> None:
    with psycopg.connect(url) as metabase:
        query = "insert into public.query_execution values (%s, %s)"
        metabase.execute(query, (person, moment))


def _usage(url: str, company_id: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(
            """select role_name, week_start_date, person_count, look_count
            from ops.dashboard_usage where company_id = %s
            order by week_start_date, role_name""",
            (company_id,),
        ).fetchall()


@pytest.fixture
def url(database_url: str) -> str:
    for company in ("acme", "acme_2"):
        zone = "America/Santiago"
        add_company(database_url, Company(company, company, "EUR", zone))
    with psycopg.connect(database_url) as metabase:
        metabase.execute(_METABASE)
    return database_url


def test_roles_are_counted_by_week_and_who_does_not_look_is_a_zero(url: str) -> None:
    # Sunday evening in Santiago, Monday of this week in UTC.
    for person in (7, 8, 7, 6, None):
        _look(url, person, f"{THIS_WEEK} 01:00+00")

    assert read_usage(url, url, NOW) == 4
    assert _usage(url, "acme") == [
        ("devops", LAST_WEEK, 1, 1),
        ("directivo", LAST_WEEK, 2, 3),
        ("devops", THIS_WEEK, 0, 0),
        ("directivo", THIS_WEEK, 0, 0),
    ]
    assert _usage(url, "acme_2") == []


def test_a_week_that_metabase_forgot_stays(url: str) -> None:
    _look(url, 9, f"{THIS_WEEK} 12:00+00")
    read_usage(url, url, NOW)
    with psycopg.connect(url) as metabase:
        metabase.execute("delete from public.query_execution")
    read_usage(url, url, NOW)

    assert _usage(url, "acme_2") == [("directivo", THIS_WEEK, 1, 1)]


def test_a_metabase_that_does_not_answer_is_told_without_its_address(url: str) -> None:
    with pytest.raises(UsageUnreadable) as told:
        read_usage(url, "postgresql://metabase_app:hush@127.0.0.1:1/metabase_app", NOW)

    assert "hush" not in f"{told.value}"
