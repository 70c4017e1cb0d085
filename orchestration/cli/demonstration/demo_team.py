"""What the team of an example company wants and does, kept as a company keeps it.

Targets and limits go the way of `timonel company target`, minutes that of `timonel
report minutes`, and looks at cards are counted in tables such as Metabase's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from psycopg import sql
from psycopg.conninfo import make_conninfo

from orchestration.cli.companies.company_targets import set_limits
from orchestration.lib.reporting.dashboard_usage import read_usage
from orchestration.lib.reporting.report_preparations import Preparation, note
from orchestration.lib.tenancy.metric_targets import (
    MetricTarget,
    load_targets,
    set_target,
)
from orchestration.lib.warehouse.database import connect

__all__ = ["keep_team"]


def keep_team(url: str, company_id: str, told: Mapping[str, Sequence[Any]]) -> None:
    """Keep targets, minutes and looks; targets only where the company has none yet."""
    if not load_targets(url, company_id):
        for metric, month, target, warn, critical in told.get("targets", ()):
            wanted = MetricTarget(
                metric, date.fromisoformat(month), Decimal(str(target))
            )
            set_target(url, company_id, wanted)
            set_limits(url, company_id, metric, warn, critical)
    for review, day, minutes, is_baseline in told.get("preparations", ()):
        prepared = Preparation(review, date.fromisoformat(day), minutes, is_baseline)
        note(url, company_id, prepared)
    if looks := told.get("looks"):
        with _metabase(url, company_id, looks) as metabase_url:
            read_usage(url, metabase_url, datetime.now(UTC))


@contextmanager
def _metabase(
    url: str, company_id: str, looks: Sequence[Sequence[str]]
) -> Iterator[str]:
    """Metabase's own tables, with who looked at a card when; gone after the block."""
    roles = {role: number for number, role in enumerate({one[0]: 0 for one in looks})}
    people = {(one[1], one[0]): 0 for one in looks}
    ids = {person: number for number, (person, _) in enumerate(people)}
    rows: dict[str, list[tuple[Any, ...]]] = {
        "permissions_group": [
            (number, f"{company_id}: {role}") for role, number in roles.items()
        ],
        "permissions_group_membership": [
            (ids[person], roles[role]) for person, role in people
        ],
        "query_execution": [(ids[one[1]], f"{one[2]} 10:00+00") for one in looks],
    }
    with connect(url, "loader") as database:
        database.execute(_DROP)
        database.execute("create schema metabase_example")
        database.execute("set local search_path to metabase_example")
        with database.cursor() as cursor:
            for table, values in rows.items():
                cursor.execute(_TABLES[table])
                cursor.executemany(
                    sql.SQL("insert into {} values (%s, %s)").format(
                        sql.Identifier(table)
                    ),
                    values,
                )
    try:
        yield make_conninfo(url, options="-c search_path=metabase_example")
    finally:
        with connect(url, "loader") as database:
            database.execute(_DROP)


_DROP = "drop schema if exists metabase_example cascade"
_TABLES = {
    "permissions_group": "create table permissions_group (id int, name text)",
    "permissions_group_membership": """create table permissions_group_membership
        (user_id int, group_id int)""",
    "query_execution": """create table query_execution
        (executor_id int, started_at timestamptz)""",
}
