"""Which rules of a company hold now, which do not, and which cannot be looked at."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import psycopg
from psycopg import Connection

from ml_assets.measurement.alarm_rates import FALSE_ALARMS, MOST_FALSE_ALARMS
from orchestration.lib.alerts.events import EVENTS, needs_threshold
from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.looks import Look
from orchestration.lib.alerts.rules import Rule
from orchestration.lib.alerts.thresholds import Views, past_limits
from orchestration.lib.data_quality.unusual_days import MARTS, RATIOS, judge_total
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.warehouse.database import has_relation

__all__ = ["Judgement", "Views", "judge", "problem_of", "read_views"]

# Those that have a word.
_SALES = ("net_revenue", "purchase_count")
_PEOPLE = ("registered_count", "active_person_count")
_TOTALS = (*_SALES, *_PEOPLE, *RATIOS)
_NUMBERS = ("numeric", "double precision", "integer", "bigint", "smallint", "real")


@dataclass(frozen=True)
class Judgement:
    """What holds, and the ids of rules that could not be looked at."""

    conditions: list[Condition]
    unjudged: frozenset[str]


def read_views(database: Connection) -> Views:
    """Columns of every view of ``reporting``; empty before a first run."""
    rows = database.execute(
        """select relname, jsonb_object_agg(
            attname, format_type(atttypid, null) order by attnum
        )
        from pg_class inner join pg_attribute on attrelid = pg_class.oid
        where relnamespace = to_regnamespace('reporting') and relkind in ('v', 'r')
            and attnum > 0 and not attisdropped
        group by relname"""
    ).fetchall()
    return dict(rows)


def judge(
    database: Connection, company: Company, rules: list[Rule], now: datetime
) -> Judgement:
    """Look at every enabled rule. One with a typo is itself a condition; others go on.

    Parameters
    ----------
    database
        Acting as the orchestrator.
    now
        Aware.
    """
    views = read_views(database)
    conditions: list[Condition] = []
    unjudged = set()
    for rule in rules:
        if not rule.is_enabled:
            continue
        problem = problem_of(rule, views)
        found: list[Condition] | None = None
        if problem is None:
            try:
                with database.transaction():
                    found = _holding(database, company, rule, views, now)
            except psycopg.Error as failure:
                if database.closed:
                    raise
                problem = f"The database could not answer: {failure}"
        if problem is not None:
            conditions.append(_broken(rule, problem, views, now))
        if found is None:
            unjudged.add(rule.rule_id)
        else:
            conditions += found
    return Judgement(conditions, frozenset(unjudged))


def _holding(
    database: Connection, company: Company, rule: Rule, views: Views, now: datetime
) -> list[Condition] | None:
    """The conditions of a rule; None while there is nothing to look at."""
    if rule.kind == "event":
        look = Look(database, company.company_id, rule, now)
        return list(EVENTS[rule.metric](look))
    if rule.kind == "metric":
        return past_limits(database, company, rule, views, now) if views else None
    day = _last_day(database, company, MARTS[rule.metric], now)
    if day is None:
        return None
    return list(_deviation(database, company.company_id, rule, day, now))


def problem_of(rule: Rule, views: Views) -> str | None:
    """What is wrong with a rule and what to write, in a sentence; None if nothing is.

    Before anything is built no view is known, and none is missed.
    """
    if rule.kind == "event":
        if rule.metric not in EVENTS:
            return _unknown("event", rule.metric, list(EVENTS))
        return _number_problem(rule) if needs_threshold(rule.metric) else None
    if rule.kind == "deviation":
        if rule.metric not in _TOTALS:
            return _unknown("daily total", rule.metric, _TOTALS)
        return _number_problem(rule) or _rate_problem(rule)
    return _view_problem(rule, views) or _number_problem(rule)


def _view_problem(rule: Rule, views: Views) -> str | None:
    if not rule.relation:
        return "The rule names no view of reporting: write view.column as its metric."
    if not views:
        return None
    if rule.relation not in views:
        return _unknown("view", rule.relation, list(views))
    return _column_problem(rule, views[rule.relation])


def _column_problem(rule: Rule, columns: Mapping[str, str]) -> str | None:
    named = (rule.metric, *rule.scope, *((rule.sample,) if rule.sample else ()))
    if missing := [name for name in named if name not in columns]:
        return _unknown(f"column of {rule.relation}", missing[0], list(columns))
    if "customer_id" in columns:
        return (
            f"{rule.relation} has a row per customer: choose a view that adds them up."
        )
    if columns[rule.metric] not in _NUMBERS:
        return f"{rule.relation}.{rule.metric} is no number: choose a column that is."
    return None


def _number_problem(rule: Rule) -> str | None:
    if rule.comparison not in ("above", "below"):
        return f"It compares '{rule.comparison}': write above or below."
    if rule.threshold is None or not math.isfinite(rule.threshold):
        return f"Its threshold is no number: {rule.threshold}. Write one such as 0.1."
    return None


def _rate_problem(rule: Rule) -> str | None:
    rate = rule.threshold
    if rule.comparison == "below" and rate and 0 < rate <= MOST_FALSE_ALARMS:
        return None
    return (
        f"A deviation is told below so many false alarms a quarter: write --below with "
        f"a number above 0 and up to {MOST_FALSE_ALARMS:g}."
    )


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"There is: {', '.join(known)}."
    return f"There is no {what} '{name}'. {hint}"


def _broken(rule: Rule, problem: str, views: Views, now: datetime) -> Condition:
    facts: dict[str, Any] = {
        "event": "rule_broken",
        "subject": rule.rule_id,
        "detail": problem,
    }
    if rule.relation in views:
        facts["asset"] = ["reporting", rule.relation]
    topic = f"rule_broken:{rule.rule_id}"
    return Condition(topic, rule.rule_id, "medium", now, facts)


def _last_day(
    database: Connection, company: Company, mart: str, now: datetime
) -> date | None:
    """The last day that is over and the mart was built for; None if that is old."""
    if not has_relation(database, f"marts.{mart}"):
        return None
    row = database.execute(
        """select as_of_date from ops.mart_builds
        where company_id = %s and mart = %s""",
        (company.company_id, mart),
    ).fetchone()
    yesterday = company.last_complete_day(now)
    if row is None or (yesterday - row[0]).days > 1:
        return None
    built: date = row[0]
    return min(built, yesterday)


def _deviation(
    database: Connection, company_id: str, rule: Rule, day: date, now: datetime
) -> Iterator[Condition]:
    rate = rule.threshold or FALSE_ALARMS
    found = judge_total(database, company_id, rule.metric, day, rate)
    if found is None or not found.is_unusual:
        return
    is_ratio = rule.metric in RATIOS
    told = "activity" if rule.metric in _PEOPLE else "ratio" if is_ratio else "level"
    is_missing = found.side == "missing" and rule.metric in _SALES
    facts = {
        "event": "days_missing" if is_missing else f"{told}_{found.side}",
        "subject": rule.metric,
        "is_word": True,
        "value": _written(rule.metric, found.value),
        "usual": _written(rule.metric, found.expected),
        "first": found.since.isoformat(),
        "day": found.through.isoformat(),
        "asset": ["marts", MARTS[rule.metric]],
    }
    # As long as it holds it is one alert, of purchases and sales together, or of
    # registrations and activity. Who answered for one side has not for the other.
    # A ratio may change where neither does.
    of = "people:" if rule.metric in _PEOPLE else f"{rule.metric}:" if is_ratio else ""
    topic = f"deviation:{of}{found.side}"
    yield Condition(topic, rule.rule_id, rule.severity, now, facts)


def _written(metric: str, value: float) -> float:
    """Days' totals and returns as they are, conversion in percent."""
    if metric == "visit_conversion_rate":
        return round(100 * value, 2)
    return round(value, 2 if metric in RATIOS else 1)
