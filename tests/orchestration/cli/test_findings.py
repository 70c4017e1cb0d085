"""What the demo says last of a shop: what holds first, then the month, three in all."""

from __future__ import annotations

from io import StringIO

import psycopg
import pytest
from rich.console import Console

from orchestration.cli import findings
from orchestration.cli.findings import print_findings

VIEWS = """
    create table reporting.insight_feed (kind_order int, trace_id text,
        sentence_en text);
    create table reporting.findings_by_month (month_start_date date, place int,
        sentence_en text);
    insert into reporting.findings_by_month values
        ('2026-09-01', 1, 'An older month.'),
        ('2026-10-01', 2, 'Customers came back.'), ('2026-10-01', 1, 'More was sold.'),
        ('2026-10-01', 3, 'More stayed.');
"""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    found = StringIO()
    monkeypatch.setattr(findings, "console", Console(file=found, width=200))
    return found


def test_what_holds_comes_before_the_month_and_what_says_nothing_is_left_out(
    database_url: str, said: StringIO
) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(VIEWS)
        database.execute(
            """insert into reporting.insight_feed values
                (2, 'b', 'An [alert].'), (1, 'a', 'An advice.'),
                (3, null, 'Nothing.')"""
        )

        print_findings(database)

    assert [line.strip() for line in said.getvalue().splitlines()] == [
        "What to know first",
        "1. An advice.",
        "2. An [alert].",
        "3. More was sold.",
    ]


def test_of_a_company_without_findings_nothing_is_said(
    database_url: str, said: StringIO
) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(VIEWS)
        database.execute("delete from reporting.findings_by_month")

        print_findings(database)

    assert not said.getvalue()
