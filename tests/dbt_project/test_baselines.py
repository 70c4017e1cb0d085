"""Rules that are not kept everywhere yet: their exceptions may only become fewer.

`baselines.yml` names today's. A new one is refused; one that is none any more is
struck from the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orchestration.lib.core.yaml_files import parsed

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
KNOWN = parsed(Path(__file__).with_name("baselines.yml"))
LONGEST = 100

_NO_CODE = re.compile(r"--[^\n]*|\{#.*?#\}|'[^']*'", re.DOTALL)
_COMPUTES = re.compile(
    r"\bgroup\s+by\b|\bselect\s+distinct\b|\bover\s*\(|\bover\s+\w"
    r"|\b(?:sum|count|avg|min|max|\w+_agg|bool_(?:and|or)|percentile_\w+)\s*\("
)


def texts(folder: Path) -> dict[str, str]:
    """The SQL of each model below a folder."""
    return {file.stem: file.read_text() for file in sorted(folder.rglob("*.sql"))}


def long_models(models: Mapping[str, str]) -> Iterator[str]:
    """Models of more than a hundred lines."""
    return (name for name, sql in models.items() if len(sql.splitlines()) > LONGEST)


def computing_views(views: Mapping[str, str]) -> Iterator[str]:
    """Views that aggregate or look at other rows; a function is asked to."""
    for name, sql in views.items():
        is_function = name.startswith("get_")
        if not is_function and _COMPUTES.search(_NO_CODE.sub(" ", sql)):
            yield name


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("models of more than 100 lines", long_models(texts(MODELS))),
        (
            "reporting views that compute",
            computing_views(texts(MODELS / "reporting")),
        ),
    ],
)
def test_what_breaks_a_rule_is_known_and_nothing_else_is(
    rule: str, found: Iterator[str]
) -> None:
    assert sorted(found) == KNOWN[rule]


def test_a_model_is_long_from_its_hundred_and_first_line() -> None:
    models = {"short": "select 1\n" * 100, "long": "select 1\n" * 101}

    assert list(long_models(models)) == ["long"]


@pytest.mark.parametrize(
    ("sql", "computes"),
    [
        ("select day, sum(amount) from orders group by day", True),
        ("select max(day) from orders", True),
        ("select rank() over (partition by company_id) from orders", True),
        ("select lag(day) over days from orders window days as ()", True),
        ("select distinct day from orders", True),
        ("select day, order_count, 'max(' from orders -- group by day", False),
        ("select greatest(account, discount) from orders {# sum(day) #}", False),
    ],
)
def test_aggregates_and_windows_are_found(sql: str, computes: bool) -> None:
    assert list(computing_views({"view": sql})) == ["view"] * computes
    assert list(computing_views({"get_kpis": sql})) == []
