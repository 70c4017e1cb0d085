"""Numbers of the newest complete period that are past the limit of a rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.rules import Rule
from orchestration.lib.tenancy.companies import Company

__all__ = ["Views", "past_limits"]

# Type of each column of each view.
Views = Mapping[str, Mapping[str, str]]

_PERIODS = ("month_start_date", "calendar_date")
# Days after which the newest row is history. A month that is over is the newest for up
# to 31 days after its 31, and a company that is told weekly hears a week later.
_OLDEST = {"month_start_date": 75, "calendar_date": 14, "as_of_date": 14}
_MOST_SUBJECTS = 50
# How columns end that tell the rows of a period apart.
_NAMED = ("_id", "_tier")


def past_limits(
    database: Connection, company: Company, rule: Rule, views: Views, now: datetime
) -> list[Condition] | None:
    """A condition for each row of the newest complete period past the threshold.

    None when that period is long past, or every number rests on too few: what is not
    known neither opens an alert nor ends one.
    """
    columns = views[rule.relation]
    rows = _newest_rows(database, company.company_id, rule, columns)
    fresh = [row for row in rows if not _is_old(row, company.last_complete_day(now))]
    known = [row for row in fresh if _is_enough(rule, row)]
    if rows and not known:
        return None
    past = [row for row in known if _is_past(rule, row[rule.metric])]
    # Of more than anybody would read, those that are furthest.
    past.sort(key=lambda row: row[rule.metric], reverse=rule.comparison == "above")
    names = [name for name in columns if name.endswith(_NAMED) and name != "company_id"]
    return [
        _past_limit(company, rule, row, names, now) for row in past[:_MOST_SUBJECTS]
    ]


def _past_limit(
    company: Company,
    rule: Rule,
    row: Mapping[str, Any],
    names: list[str],
    now: datetime,
) -> Condition:
    subject = ", ".join(str(row[name]) for name in names if row[name] is not None)
    facts = {
        "event": f"metric_{rule.comparison}",
        "subject": subject,
        "observed": float(row[rule.metric]),
        "threshold": rule.threshold,
        "unit": rule.unit,
        "currency": company.currency_code,
        "label_es": rule.label_es or rule.metric,
        "label_en": rule.label_en or rule.metric,
        "view": rule.relation,
        "asset": ["reporting", rule.relation],
    }
    topic = f"metric:{rule.relation}.{rule.metric}:{rule.comparison}:{subject}"
    return Condition(topic, rule.rule_id, rule.severity, now, facts)


def _is_old(row: Mapping[str, Any], yesterday: date) -> bool:
    """Whether a row is of a time nobody can act on any more.

    A purchase log may end years ago; a shop that stopped is told as a late source.
    """
    for name, days in _OLDEST.items():
        if (day := row.get(name)) is not None:
            return bool((yesterday - day).days > days)
    return False


def _is_enough(rule: Rule, row: Mapping[str, Any]) -> bool:
    if rule.sample is None or rule.sample_minimum is None:
        return True
    return (row[rule.sample] or 0) >= rule.sample_minimum


def _is_past(rule: Rule, value: Any) -> bool:
    # A ratio without a denominator may be infinite, which is no finding.
    return value is not None and math.isfinite(value) and rule.is_past(float(value))


def _newest_rows(
    database: Connection, company_id: str, rule: Rule, columns: Mapping[str, str]
) -> list[dict[str, Any]]:
    conditions: list[sql.Composable] = [sql.SQL("company_id = %(company)s")]
    if "is_complete" in columns:
        conditions.append(sql.SQL("is_complete"))
    conditions += [
        sql.SQL("{}::text = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in rule.scope.items()
    ]
    scoped = sql.SQL(" and ").join(conditions)
    view = sql.Identifier("reporting", rule.relation)
    query = sql.SQL("select * from {} where {}").format(view, scoped)
    for period in _PERIODS:
        if period in columns:
            query += sql.SQL(" and {0} = (select max({0}) from {1} where {2})").format(
                sql.Identifier(period), view, scoped
            )
            break
    cursor = database.cursor(row_factory=dict_row)
    return cursor.execute(query, {"company": company_id}).fetchall()
