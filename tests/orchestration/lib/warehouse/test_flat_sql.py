"""What is read once stands where it is read; anything else stays as it was written."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.lib.warehouse.flat_sql import flat_sql


def flat(statement: str, *, is_view: bool = False) -> str:
    return " ".join(flat_sql(statement, is_view=is_view).split())


def test_a_part_that_is_read_once_stands_in_its_place() -> None:
    statement = """
        with orders as (select * from raw.orders),
        paid as (select id from orders where is_paid),
        named as (select p.id from paid as p inner join raw.names on p.id = names.id)
        select * from named
    """

    assert flat(statement) == (
        "select * from (select p.id from (select id from (select * from raw.orders )"
        " as orders where is_paid ) as p inner join raw.names on p.id = names.id )"
        " as named"
    )


def test_a_part_that_is_to_be_made_by_itself_stays_and_takes_what_it_reads() -> None:
    statement = """
        with a as (select 1 as x), b as materialized (select x from a),
        c as (select x from b)
        select * from c
    """

    assert flat(statement) == (
        "with b as materialized (select x from (select 1 as x ) as a)"
        " select * from (select x from b ) as c"
    )


def test_a_view_keeps_its_last_part() -> None:
    statement = """
        with a as (select 1 as x), b as (select x from a), c as (select x from b)
        select * from c
    """

    assert flat(statement, is_view=True) == (
        "with c as (select x from (select x from (select 1 as x ) as a ) as b)"
        " select * from c"
    )


@pytest.mark.parametrize(
    "statement",
    [
        # Read twice, so that it is made once.
        "with a as (select 1 as x) select * from a union all select x from a",
        "with a as (select 1 as x) select * from raw.b, a",
        "with a as materialized (select 1 as x) select * from a",
        "with recursive a as (select 1 as x) select * from a",
        "with a (x) as (select 1) select * from a",
        "with a as (select random() as x) select * from a",
        "with a as (with b as (select 1 as x) select * from b) select * from a",
        # Names that mean two things, and texts of another kind.
        "with a as (select 1 as x), b as (select (with a as (select 2 as x) select x"
        " from a) as y from a) select * from b",
        "with b as (select * from a), a as (select 1 as x) select * from a, b",
        'with a as (select 1 as x) select a.x from a cross join "a" as b',
        "with a as (select e'it\\'s from a' as x) select * from a",
        "select * from a",
    ],
)
def test_anything_else_stays_as_it_is(statement: str) -> None:
    assert flat(statement) == statement


def test_a_name_in_another_place_is_no_reading(database_url: str) -> None:
    # As a column, in a text, in a comment, of a table of a schema, of a difference.
    statement = """
        with a as (select 1 as a, 'from a' as told),
        -- from a
        b as (
            select a.a, told, extract(day from now()) > 0 as is_day
            from a where a.a is distinct from 2 /* join a */
        )
        select a, told, is_day, (select 'from b') as b from b
    """

    flattened = flat_sql(statement)

    assert "with" not in flattened
    with psycopg.connect(database_url) as database:
        rows = database.execute(statement.encode()).fetchall()
        assert database.execute(flattened.encode()).fetchall() == rows
    assert rows == [(1, "from a", True, "from b")]


@pytest.mark.parametrize("after", ["as b", "b", "", "where true", "cross join raw.c"])
def test_what_is_read_keeps_the_name_it_is_given(after: str) -> None:
    told = flat(f"with a as (select 1 as x) select * from a {after}")

    given = "" if after in {"as b", "b"} else " as a"
    assert told == f"select * from (select 1 as x ){given} {after}".rstrip()
