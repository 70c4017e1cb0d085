"""The rules that keep companies apart and the road to a distributed database open.

Postgres accepts a join that forgets the company; these functions do not. They read
what dbt compiled (see `manifest_rules` for what it declared) and name every breach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlglot
from sqlglot import exp

__all__ = ["sql_violations"]

_COMPANY = "company_id"


def sql_violations(
    sql: str, reference_tables: Iterable[str] = frozenset()
) -> list[str]:
    """Breaches of the tenancy rules in one compiled query.

    Parameters
    ----------
    sql
        One Postgres query, with the template already rendered.
    reference_tables
        Names of small tables that are the same for every company.

    Returns
    -------
    list of str
        One sentence per breach, with the offending SQL; empty when there is none.
    """
    tree = sqlglot.parse_one(sql, dialect="postgres")
    shared = _shared_names(tree, frozenset(reference_tables))
    checks = (
        _joins(tree, shared),
        _subqueries(tree),
        _windows(tree),
        _groups(tree, shared),
        _grouping_sets(tree),
        _unions(tree),
        _ordered_aggregates(tree),
    )
    return [breach for check in checks for breach in check]


def _shared_names(tree: exp.Expr, tables: frozenset[str]) -> frozenset[str]:
    """Reference tables, and the CTEs that read nothing else."""
    names = set(tables)
    for cte in tree.find_all(exp.CTE):
        read = {table.name for table in cte.this.find_all(exp.Table)}
        if read and read <= names:
            names.add(cte.alias)
    return frozenset(names)


def _joins(tree: exp.Expr, shared: frozenset[str]) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        if join.this.name in shared or _is_function(join.this):
            continue
        if _joins_on_company(join):
            continue
        yield f"A join without equality on company_id: {_text(join)}"


def _is_function(joined: exp.Expr) -> bool:
    """Whether rows come from a call such as generate_series, not from a table."""
    if isinstance(joined, (exp.Lateral, exp.Unnest)):
        return True
    return isinstance(joined, exp.Table) and isinstance(joined.this, exp.Func)


def _joins_on_company(join: exp.Join) -> bool:
    if any(column.name == _COMPANY for column in join.args.get("using") or ()):
        return True
    condition = join.args.get("on")
    return condition is not None and any(
        _equates_companies(part, join.alias_or_name) for part in _conjuncts(condition)
    )


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The parts that must all hold. What stands under OR need not, and is left out."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _equates_companies(part: exp.Expr, inner: str) -> bool:
    """Whether this says inner.company_id = other.company_id."""
    if not isinstance(part, exp.EQ):
        return False
    sides = (part.left, part.right)
    if not all(
        isinstance(side, exp.Column) and side.name == _COMPANY for side in sides
    ):
        return False
    return [side.text("table") == inner for side in sides].count(True) == 1


def _subqueries(tree: exp.Expr) -> Iterator[str]:
    for exists in tree.find_all(exp.Exists):
        query = exists.this
        inner = query.args["from_"].this.alias_or_name
        where = query.args.get("where")
        parts = _conjuncts(where.this) if where else ()
        if not any(_equates_companies(part, inner) for part in parts):
            yield f"An exists without equality on company_id: {_text(exists)}"
    for member in tree.find_all(exp.In):
        if member.args.get("query"):
            yield f"A membership test on a query; write a join: {_text(member)}"
    for subquery in tree.find_all(exp.Subquery):
        if isinstance(subquery.this, exp.Values):
            continue  # it reads no table
        if not isinstance(subquery.parent, (exp.From, exp.Join, exp.CTE, exp.In)):
            yield f"A query used as a value; write a join: {_text(subquery)}"


def _windows(tree: exp.Expr) -> Iterator[str]:
    for window in tree.find_all(exp.Window):
        partition = window.args.get("partition_by") or ()
        if not any(_is_company(part) for part in partition):
            yield f"A window not partitioned by company_id: {_text(window)}"


def _groups(tree: exp.Expr, shared: frozenset[str]) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        source = select.args.get("from_")
        if source is not None and source.this.name in shared:
            continue
        group = select.args.get("group")
        grouped = group.expressions if group else ()
        if group and grouped and not any(_is_company(part) for part in grouped):
            yield f"A group by without company_id: {_text(group)}"
        if not grouped and _has_aggregate(select):
            yield f"An aggregate over all companies at once: {_text(select)}"
        if select.args.get("distinct") and not any(
            _is_company(part.unalias()) for part in select.expressions
        ):
            yield f"A distinct without company_id: {_text(select)}"


def _has_aggregate(select: exp.Select) -> bool:
    return any(
        aggregate.parent_select is select and not aggregate.find_ancestor(exp.Window)
        for column in select.expressions
        for aggregate in column.find_all(exp.AggFunc)
    )


def _grouping_sets(tree: exp.Expr) -> Iterator[str]:
    for breach in tree.find_all(exp.Rollup, exp.Cube, exp.GroupingSets):
        yield f"Rollup, cube and grouping sets do not spread: {_text(breach)}"


def _unions(tree: exp.Expr) -> Iterator[str]:
    for union in tree.find_all(exp.SetOperation):
        if not isinstance(union, exp.Union) or union.args.get("distinct"):
            yield f"Only union all may put queries together: {_text(union)}"


def _ordered_aggregates(tree: exp.Expr) -> Iterator[str]:
    for aggregate in tree.find_all(exp.ArrayAgg, exp.JSONArrayAgg, exp.GroupConcat):
        over = aggregate.parent
        ordered = over if isinstance(over, exp.Window) else aggregate
        if ordered.find(exp.Order) is None:
            yield f"An aggregated list without an order: {_text(aggregate)}"


def _is_company(expression: exp.Expr) -> bool:
    return isinstance(expression, exp.Column) and expression.name == _COMPANY


def _text(expression: exp.Expr) -> str:
    text = expression.sql(dialect="postgres")
    return text if len(text) <= 120 else f"{text[:117]}..."
