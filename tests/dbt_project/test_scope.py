"""A mart that is rebuilt for one company reads no other's rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
MARTS = sorted((PROJECT / "models" / "marts").rglob("*.sql"))
#: The same for every company.
SEEDS = {file.stem for file in (PROJECT / "seeds").rglob("*.csv")}

_COMMENT = re.compile(r"--[^\n]*|\{#.*?#\}", re.DOTALL)
_READ = re.compile(r"\b(?:from|join)\s*\{\{\s*ref\('(\w+)'\)\s*\}\}")


def unscoped_reads(sql: str) -> Iterator[str]:
    """Models that a select reads without asking for the companies in scope."""
    for select in re.split(r"\bselect\b", _COMMENT.sub("", sql))[1:]:
        if "is_in_scope(" not in select:
            yield from (name for name in _READ.findall(select) if name not in SEEDS)


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.stem)
def test_every_read_of_a_mart_is_of_the_companies_in_scope(mart: Path) -> None:
    assert list(unscoped_reads(mart.read_text())) == []


def test_a_read_that_forgets_the_scope_is_named() -> None:
    sql = """
        with days as (
            select * from {{ ref('company_days') }} where {{ is_in_scope() }}
        ),
        -- where {{ is_in_scope() }}
        orders as (select * from {{ ref('orders') }})
        select * from orders
    """
    assert list(unscoped_reads(sql)) == ["orders"]
