"""The SQL of a card that only names its columns and where they come from.

Three shapes: rows of a view, months of ``reporting.kpi_months``, and one row of a KPI
function (``reporting.get_…``). The latter two answer for the period that the reader
chose in months; a card with SQL of its own writes ``with ${query.period}`` for that.
A line of days, weeks or months that says ``every`` has a point in each: where there is
no row, nothing was counted. Any card may go back that far from a day of its own:
``${query.months:13}`` is an interval, of thirteen months while nobody chose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["query_of"]

_MONTHS = "reporting.kpi_months"
_FUNCTION = "reporting.get_"
_PERIOD_KEY = "${query.period}"
_SPAN = re.compile(r"\$\{query\.months:(\d+)\}")
# The month in progress counts as one: its end is the last day there are data of.
_PERIOD = """period as (
    select
        company_id,
        (
            date_trunc('month', max(through_date))
            - make_interval(
                months => least(greatest(coalesce([[{{months}},]] 12), 1), 600)::integer - 1
            )
        )::date as start_date,
        max(through_date) as end_date
    from reporting.kpi_months
    group by company_id
)"""  # noqa: E501 (as it is on the servers)


def query_of(card: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """The SQL of a card.

    Parameters
    ----------
    card
        Its ``sql``; else ``from``, and ``where``, ``order``, ``limit``, ``only_if``.
        ``every`` is day, week or month.
    columns
        What each column is in SQL, in their order.
    """
    asked = _asked(card, columns)
    if "every" in card:
        asked = _without_gaps(card, columns, asked)
    return _SPAN.sub(_span, asked)


def _without_gaps(
    card: Mapping[str, Any], columns: Mapping[str, str], asked: str
) -> str:
    """A row for each day from a series' first to the last of all, 0 where none is told.

    A line through what was told alone would pass over the days on which nothing was.
    """
    split = 2 if "by" in card else 1
    (day, *series), counts = list(columns)[:split], list(columns)[split:]
    keys = [f"told.{day} = steps.{day}"]
    # A series may have no name.
    keys += [f"told.{one} is not distinct from steps.{one}" for one in series]
    last = f"(select max({day}) from told)"  # noqa: S608 (names of columns)
    steps = [
        *series,
        f"generate_series(min({day}), {last}, interval '1 {card['every']}')::date"
        f" as {day}",
    ]
    shown = [f"steps.{name}" for name in (day, *series)]
    shown += [f"coalesce(told.{name}, 0) as {name}" for name in counts]
    lines = [
        *("with told as (", *_indented(asked.splitlines()), "),", "", "steps as ("),
        *("    select", *(f"    {line}" for line in _listed(steps)), "    from told"),
        *(f"    group by {name}" for name in series),
        *(")", "", "select", *_listed(shown), "from steps"),
        *("left join told", "    on", "        " + "\n        and ".join(keys)),
        f"order by {', '.join(f'steps.{name}' for name in (*series, day))}",
    ]
    return "\n".join(lines) + "\n"


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" if line else line for line in lines]


def _asked(card: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    if "sql" in card:
        return str(card["sql"]).replace(_PERIOD_KEY, _PERIOD)
    if card["from"].startswith(_FUNCTION):
        return _of_function(card, columns)
    if card["from"] == _MONTHS and card["kind"] == "line":
        return _by_month(card, columns)
    return _of_view(card, columns)


def _span(key: re.Match[str]) -> str:
    chosen = f"least(greatest(coalesce([[{{{{months}}}},]] {key[1]}), 1), 600)"
    return f"make_interval(months => {chosen}::integer)"


def _of_view(card: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    lines = [*_select(columns), f"from {card['from']}"]
    if "where" in card:
        lines.append(f"where {card['where']}")
    if "order" in card:
        lines.append(f"order by {card['order']}")
    if "limit" in card:
        lines.append(f"limit {card['limit']}")
    return "\n".join(lines) + "\n"


def _of_function(card: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    kpis = {name: f"kpis.{text}" for name, text in columns.items()}
    lines = [
        *(f"with {_PERIOD}", "", *_select(kpis), "from period"),
        f"inner join {card['from']}(",
        "    period.company_id, period.start_date, period.end_date",
        ") as kpis on true",
    ]
    if "only_if" in card:
        lines.append(f"where {_any_month(card)}")
    return "\n".join(lines) + "\n"


def _by_month(card: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    (month, *_), shown = columns, list(columns.values())[1:]
    lines = [
        *(f"with {_PERIOD}", "", "select"),
        f"    months.month_start_date as {month},",
        *_listed([f"months.{text}" for text in shown]),
        f"from {_MONTHS} as months",
        "inner join period on months.month_start_date >= period.start_date",
        *("where", "    months.is_complete"),
    ]
    if "only_if" in card:
        lines.append(f"    and {_any_month(card)}")
    return "\n".join([*lines, f"order by {month}"]) + "\n"


def _any_month(card: Mapping[str, Any]) -> str:
    """What a company never had is no 0 %: the card is then empty."""
    return f"exists (select 1 from {_MONTHS} where {card['only_if']})"  # noqa: S608


def _select(columns: Mapping[str, str]) -> list[str]:
    shown = [
        text if text.rpartition(".")[2] == name else f"{text} as {name}"
        for name, text in columns.items()
    ]
    if len(shown) == 1:
        return [f"select {shown[0]}"]
    return ["select", *_listed(shown)]


def _listed(shown: Sequence[str]) -> list[str]:
    return [f"    {text}," for text in shown[:-1]] + [f"    {shown[-1]}"]
