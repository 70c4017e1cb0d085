"""The linter finds what it is there to find, and nothing else."""

from __future__ import annotations

import pytest

from tests.dbt_project.house_rules import sql_violations

BAD = {
    "A join without": [
        "select a.x from a inner join b on a.customer_id = b.customer_id",
        "select a.x from a cross join b",
        "select a.x from a, b where a.company_id = b.company_id",
        "select a.x from a left join b on a.company_id = b.company_id or a.x = b.x",
        "select a.x from a inner join b on a.company_id = a.company_id",
        "select a.x from a inner join b on a.company_id = b.customer_id",
        "select a.x from a inner join b using (customer_id)",
        "with s as (select x from days) select a.x from a left join s on a.d = s.d",
    ],
    "An exists without": [
        "select a.x from a where exists (select 1 from b where b.x = a.x)",
        "select a.x from a where not exists (select 1 from b)",
        "select a.x from a where exists "
        "(select 1 from b where b.company_id = a.company_id or b.x = a.x)",
    ],
    "A membership test": ["select a.x from a where a.x in (select b.x from b)"],
    "A query used as a value": ["select a.x, (select max(b.x) from b) as m from a"],
    "A window not partitioned": [
        "select row_number() over (order by x) as n from a",
        "select row_number() over (partition by customer_id order by x) as n from a",
    ],
    "A group by without": ["select x, count(*) as n from a group by x"],
    "An aggregate over all": ["select sum(x) as total from a"],
    "A distinct without": ["select distinct customer_id from a"],
    "Rollup, cube": [
        "select company_id, x, sum(y) as y from a group by rollup (company_id, x)",
        "select company_id, sum(y) as y from a group by cube (company_id)",
        "select company_id, sum(y) as y from a "
        "group by grouping sets ((company_id), ())",
    ],
    "Only union all": ["select x from a union select x from b"],
    "An aggregated list": [
        "select array_agg(x) over (partition by company_id) as xs from a",
        "select company_id, array_agg(x) as xs from a group by company_id",
    ],
}

GOOD = [
    "select a.x from a inner join b "
    "on a.company_id = b.company_id and a.customer_id = b.customer_id",
    "select a.x from a inner join b as c on (c.company_id = a.company_id) and c.x = 1",
    "select a.x from a inner join b using (company_id)",
    "select a.x from a where exists "
    "(select 1 from b where b.company_id = a.company_id and b.x = a.x)",
    "select row_number() over (partition by a.company_id order by x) as n from a",
    "select company_id, array_agg(x order by x) as xs from a group by company_id",
    "select array_agg(x) over (partition by company_id order by x) as xs from a",
    "select a.company_id, n.n from a cross join generate_series(1, 10) as n (n)",
    "select a.company_id, v.x from a cross join lateral (values (a.x)) as v (x)",
    "with r as (select * from rules) select a.x from a left join r on a.s = r.s",
    "select company_id from a union all select company_id from b",
    "select distinct company_id, customer_id from a",
]


@pytest.mark.parametrize(
    ("sql", "breach"), [(sql, breach) for breach, cases in BAD.items() for sql in cases]
)
def test_a_query_that_forgets_the_company_is_named(sql: str, breach: str) -> None:
    found = sql_violations(sql, reference_tables={"rules"})

    assert any(sentence.startswith(breach) for sentence in found), found


@pytest.mark.parametrize("sql", GOOD)
def test_a_query_that_keeps_companies_apart_passes(sql: str) -> None:
    assert sql_violations(sql, reference_tables={"rules"}) == []
