"""A card may ask one plain question to reporting, and nothing else."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from metabase.content.company import EXAMPLE
from metabase.content.errors import ContentError
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.preflight import check_columns
from metabase.content.validate import (
    column_problems,
    file_problems,
    sql_problems,
)
from metabase.content.warehouse import connect_as
from tests.metabase.conftest import Edit

PAGE = "pages/marketing/simulador.yml"
_CHOICE = "[[and scenario_label_${language}"


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from reporting.customer_values",
        "with best as (select * from reporting.customer_values) select * from best",
        "select round(a) from reporting.x union all select b from reporting.y",
    ],
)
def test_reading_reporting_is_allowed(sql: str) -> None:
    assert list(sql_problems(sql)) == []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("select * from marts.orders", "may only read"),
        ("select * from customer_values", "may only read"),
        ("select * from reporting.a, ops.companies", "ops.companies"),
        ("select (select max(x) from predictions.model_fits)", "may only read"),
        ("select * from other.reporting.a", "may only read"),
        ("delete from reporting.a", "one select"),
        ("select 1; select 2", "one select"),
        (
            "with x as (delete from reporting.a returning 1) select * from x",
            "only read",
        ),
        ("select * into b from reporting.a", "only read"),
        ("select query_to_xml('select 1', true, true, '')", "not a known"),
        ("select from where", "cannot be parsed"),
    ],
)
def test_anything_else_is_refused(sql: str, problem: str) -> None:
    assert any(problem in one for one in sql_problems(sql))


def test_every_card_gives_the_columns_it_draws(reporting_url: str) -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)

    with connect_as(reporting_url) as connection:
        assert column_problems(content, connection) == []


def test_a_column_that_is_gone_is_named_with_its_card(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "alter table reporting.customer_value_totals"
            " rename active_customer_count to active_customers"
        )

    with connect_as(reporting_url) as connection:
        problems = column_problems(load_content(CONTENT_ROOT, EXAMPLE), connection)

    assert len(problems) == 1
    assert "clientes.yml/active_customers: the SQL does not run" in problems[0]


def test_what_a_choice_adds_to_the_sql_is_checked_too(edit: Edit) -> None:
    """It is left out while nobody chooses, and runs as soon as somebody does."""
    root = _with_part(edit, "and exists (select 1 from ops.companies)")

    assert any(
        "simulador.yml/scenario_comparison: the SQL reads ops.companies" in one
        for one in file_problems(root)
    )


def test_a_choice_that_cannot_run_stops_an_apply(
    edit: Edit, reporting_url: str
) -> None:
    root = _with_part(edit, "and exists (select 1 from ops.companies)")

    with pytest.raises(ContentError, match=r"scenario_comparison.*permission denied"):
        check_columns(reporting_url, load_content(root, EXAMPLE).cards.values())


def test_a_column_that_only_a_choice_loses_is_named(
    edit: Edit, reporting_url: str
) -> None:
    root = _with_part(edit, "and no_such_column")

    with connect_as(reporting_url) as connection:
        (problem,) = column_problems(load_content(root, EXAMPLE), connection)

    assert "no_such_column" in problem


def test_a_choice_is_looked_for_in_the_words_that_it_is_offered_in(edit: Edit) -> None:
    root = edit(PAGE, _CHOICE, "[[and scenario_label_es")

    assert not any("compares" in one for one in file_problems(root, "es"))
    assert any(
        "compares scenario_label_es with 'scenario', whose values are scenario_label_en"
        in one
        for one in file_problems(root, "en")
    )


def _with_part(edit: Edit, part: str) -> Path:
    return edit(PAGE, _CHOICE, f"[[{part} {_CHOICE.removeprefix('[[')}")
