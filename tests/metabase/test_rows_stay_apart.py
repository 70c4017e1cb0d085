"""Through a company's connection nobody reads, or feels, another company's rows.

Every card is run as the login Metabase uses, with every combination of its parameters
and with texts that try to break out. Then the other companies' rows are deleted: if
any of them had had a part in an answer, the answer would change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from metabase.metabase_as_code.company import Company
from metabase.metabase_as_code.content import Card
from metabase.metabase_as_code.load import CONTENT_ROOT, load_content
from metabase.metabase_as_code.logins import set_password

ACME = Company("acme", "Acme Música", "EUR")
NUMBERS = ("0", "-1", "1000000000", "0.5")
HOSTILE = (
    "bolt",
    "' or 1=1 --",
    "' or company_id = 'bolt' --",
    "'; set role bi_bolt; select * from reporting.customer_values; --",
    "' union all select null --",
    "'; reset role; select * from marts.orders; --",
    "%' or true --",
)
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_TAG = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@pytest.fixture
def login(reporting_url: str) -> Iterator[psycopg.Connection]:
    """The connection that Metabase has for acme."""
    with psycopg.connect(reporting_url, autocommit=True) as admin:
        set_password(admin, ACME.role, "reader secret")
    with psycopg.connect(
        reporting_url, user=ACME.role, password="reader secret", autocommit=True
    ) as connection:
        yield connection


def test_no_answer_depends_on_another_companys_rows(
    login: psycopg.Connection, reporting_url: str
) -> None:
    cards = list(load_content(CONTENT_ROOT, ACME).cards.values())
    before = {key: _answer(login, *one) for card in cards for key, one in _asked(card)}

    _delete_the_others(reporting_url)

    after = {key: _answer(login, *one) for card in cards for key, one in _asked(card)}
    assert len(before) > len(cards)
    assert [key for key in before if before[key] != after[key]] == []
    assert [key for key in before if not key[1] and before[key][0] == "error"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_pasted_into_the_sql_reads_nothing_of_others(
    login: psycopg.Connection, text: str, reporting_url: str
) -> None:
    """Metabase binds texts; here it is supposed that it would not."""
    query = f"select * from reporting.customer_values where customer_id = '{text}'"

    before = _answer(login, query, {})
    _delete_the_others(reporting_url)

    assert _answer(login, query, {}) == before


@pytest.mark.parametrize(
    "statement",
    [
        "set role bi_bolt",
        "set session authorization bi_bolt",
        "select * from marts.orders",
        "insert into reporting.customer_values (company_id) values ('acme')",
        "delete from reporting.customer_values",
        "select * from ops.metabase_settings",
        "select * from ops.metabase_objects",
    ],
)
def test_an_analyst_with_sql_of_their_own_gets_no_further(
    login: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(sql.SQL(statement))


def _asked(
    card: Card,
) -> Iterator[tuple[tuple[str, tuple[tuple[str, str], ...]], tuple[str, Any]]]:
    """Every combination of values, with the SQL and the values to bind."""
    kinds = _kinds(card)
    choices = [
        [(name, value) for value in (None, *_values(kinds[name]))]
        for name in sorted(kinds)
    ]
    for chosen in product(*choices):
        given = {name: value for name, value in chosen if value is not None}
        text = _OPTIONAL.sub(
            lambda block, known=frozenset(given): (  # type: ignore[misc]
                block[1] if set(_TAG.findall(block[1])) <= known else ""
            ),
            card.sql,
        )
        if set(_TAG.findall(text)) <= set(given):
            key = (card.path.stem, tuple(sorted(given.items())))
            yield key, (text, {one: (kinds[one], given[one]) for one in given})


def _values(kind: str) -> tuple[str, ...]:
    return NUMBERS if kind == "number" else HOSTILE


def _kinds(card: Card) -> dict[str, str]:
    document = yaml.safe_load(card.path.read_text(encoding="utf-8"))
    tags = document["dataset_query"]["stages"][0].get("template-tags", {})
    return {name: tag["type"] for name, tag in tags.items()}


def _answer(connection: psycopg.Connection, text: str, given: Any) -> tuple[str, str]:
    """The rows as Metabase would get them, or the error: which one, and no more."""

    def bound(match: re.Match[str]) -> str:
        kind, value = given[match[1]]
        return value if kind == "number" else sql.Literal(value).as_string(connection)

    query = _TAG.sub(bound, text)
    try:
        rows = connection.execute(query.encode()).fetchall()
    except psycopg.Error as error:
        return "error", type(error).__name__
    return "rows", repr(rows)


def _delete_the_others(url: str) -> None:
    with psycopg.connect(url) as admin:
        tables = admin.execute(
            """
            select table_name from information_schema.columns
            where table_schema = 'reporting' and column_name = 'company_id'
            """
        ).fetchall()
        for (table,) in tables:
            admin.execute(
                sql.SQL("delete from {} where company_id <> 'acme'").format(
                    sql.Identifier("reporting", table)
                )
            )
