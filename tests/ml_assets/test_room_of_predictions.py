"""What the migrations allow in the room `predictions`, and what they keep."""

from __future__ import annotations

import psycopg
import pytest

RIGHTS = """
    select relname, string_agg(lower(privilege), ' ' order by privilege)
    from pg_class
    cross join unnest(array['DELETE', 'INSERT', 'SELECT', 'TRUNCATE', 'UPDATE'])
        as rights (privilege)
    where relnamespace = 'predictions'::regnamespace and relkind = 'r'
        and has_table_privilege('scientist', pg_class.oid, privilege)
    group by relname
"""
#: What was said, and is never said otherwise afterwards.
ONLY_ADDED_TO = (
    "predictions_customer_history",
    "model_parameters",
    "model_covariances",
    "forecast_totals",
    "forecast_grades",
)
MONEY = """
    select table_name || '.' || column_name
    from information_schema.columns
    where table_schema = 'predictions' and data_type in ('double precision', 'real')
        and column_name in (
            'historic_value', 'expected_order_value', 'predicted_value_12m',
            'predicted_value_12m_lower', 'predicted_value_12m_upper', 'expected_value',
            'expected_value_lower', 'expected_value_upper'
        )
"""


@pytest.fixture
def rights(database_url: str) -> dict[str, str]:
    """What the role that fits models may do, by table."""
    with psycopg.connect(database_url) as database:
        return dict(database.execute(RIGHTS).fetchall())


def test_the_scientist_replaces_what_is_in_force_and_only_adds_to_the_rest(
    rights: dict[str, str],
) -> None:
    assert rights["predictions_customer"] == "delete insert select"
    assert {rights[table] for table in ONLY_ADDED_TO} == {"insert select"}


def test_money_is_kept_to_the_cent(database_url: str) -> None:
    with psycopg.connect(database_url) as database:
        assert database.execute(MONEY).fetchall() == []
