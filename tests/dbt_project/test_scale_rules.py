"""What stands in the database keeps the road to a distributed one open.

The rules on SQL are in `house_rules`; these are about tables, keys, policies and hooks.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.dbt_project.warehouse import Warehouse

OURS = (
    "nspname ~ '^(raw_|ops|staging|intermediate|marts|predictions|reporting|personal)'"
)
# The same for every company, few and small: reference tables of a distributed database.
REFERENCE_SCHEMAS = {"staging"}
WITHOUT_COMPANY = {"ops.alembic_version", "ops.raw_table_versions"}


def _tables(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.rows(
        f"""select n.nspname || '.' || c.relname as name, n.nspname as schema,
            c.relrowsecurity as has_security,
            (select atttypid::regtype::text || case when attnotnull then '' else '?' end
                from pg_attribute
                where attrelid = c.oid and attname = 'company_id') as company_type,
            array(
                select (
                    select attname::text from pg_attribute
                    where attrelid = c.oid and attnum = i.indkey[0]
                ) from pg_index as i
                where i.indrelid = c.oid and i.indisunique
            ) as unique_first
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where {OURS} and c.relkind in ('r', 'p')"""
    )


def test_a_table_without_a_company_is_a_reference_table(warehouse: Warehouse) -> None:
    found = {
        table["name"] for table in _tables(warehouse) if table["company_type"] is None
    }

    assert {
        name for name in found if name.split(".")[0] not in REFERENCE_SCHEMAS
    } == WITHOUT_COMPANY


def test_the_company_has_one_type_and_is_never_missing(warehouse: Warehouse) -> None:
    types = {table["company_type"] for table in _tables(warehouse)} - {None}

    assert types == {"text"}


def test_every_unique_key_starts_with_the_company(warehouse: Warehouse) -> None:
    wrong = [
        table["name"]
        for table in _tables(warehouse)
        if table["company_type"] and set(table["unique_first"]) - {"company_id"}
    ]

    assert wrong == []


def test_tables_that_people_reach_have_row_level_security(warehouse: Warehouse) -> None:
    open_ = [
        table["name"]
        for table in _tables(warehouse)
        if table["schema"] in ("marts", "predictions") and not table["has_security"]
    ]

    assert open_ == []


def test_no_table_is_read_by_people_directly(warehouse: Warehouse) -> None:
    assert [t["name"] for t in _tables(warehouse) if t["schema"] == "reporting"] == []


def test_a_policy_compares_with_the_current_user_and_looks_nothing_up(
    warehouse: Warehouse,
) -> None:
    policies = warehouse.rows(
        """select polrelid::regclass::text as name, condition
        from pg_policy, unnest(array[
            pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        ]) as condition
        where condition is not null"""
    )

    assert policies
    for policy in policies:
        assert not re.search(
            r"select|current_setting|_config", policy["condition"], re.IGNORECASE
        ), policy
        assert policy["condition"] == "true" or "CURRENT_USER" in policy["condition"]


def test_readers_see_their_rows_by_one_rule_and_without_a_pattern_for_each_row(
    warehouse: Warehouse,
) -> None:
    rules = warehouse.rows(
        """select pg_get_expr(polqual, polrelid) as condition, count(*) as table_count
        from pg_policy where 'bi_reader'::regrole::oid = any(polroles) group by 1"""
    )

    (rule,) = rules
    assert "starts_with((CURRENT_USER)::text, 'bi_'::text)" in rule["condition"]
    assert rule["table_count"] > 100


def test_every_view_that_people_read_runs_as_its_reader(warehouse: Warehouse) -> None:
    owners = warehouse.rows(
        f"""select n.nspname || '.' || c.relname as name from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        where {OURS} and c.relkind = 'v' and not coalesce(
            'security_invoker=true' = any(c.reloptions), false
        )"""
    )

    assert owners == []


def test_a_function_that_people_call_runs_as_its_caller(warehouse: Warehouse) -> None:
    privileged = warehouse.rows(
        f"""select p.oid::regprocedure::text as name from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        where {OURS} and p.prosecdef"""
    )

    assert privileged == []


def test_nothing_is_done_by_triggers(warehouse: Warehouse) -> None:
    triggers = warehouse.rows(
        "select tgname as name from pg_trigger where not tgisinternal"
    )

    # It refuses changes of a ledger, and does nothing (decision 0127).
    assert triggers == [{"name": "refuse_change"}]


@pytest.mark.parametrize("kind", ["pre-hook", "post-hook"])
def test_a_hook_is_one_statement(warehouse: Warehouse, kind: str) -> None:
    nodes = warehouse.dbt.parsed_manifest()["nodes"].values()

    hooks = {
        hook["sql"]
        for node in nodes
        for hook in node["config"].get(kind, ())
        if ";" in hook["sql"].strip().rstrip(";")
    }
    assert hooks == set()
