"""Checks of what pages say: SQL that only reads, layout without holes, labels used.

What is missed shows up as a blank card in front of a customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import psycopg
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from metabase.content.company import EXAMPLE
from metabase.content.compile import compile_pages
from metabase.content.entities import (
    Card,
    Content,
    Dashboard,
    Parameter,
    Placement,
)
from metabase.content.labels import keys_used, read_labels
from metabase.content.load import load_content
from metabase.content.report_templates import raw_reports
from metabase.content.warehouse import result_columns

__all__ = ["column_problems", "file_problems", "missing_columns", "sql_problems"]

GRID_WIDTH = 24
_ROOM = "reporting"
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock)


def file_problems(root: Path, language: str = "es") -> list[str]:
    """Every problem that the files alone can show; empty when all is well.

    Raises
    ------
    ContentError
        The files cannot be read at all.
    """
    content = load_content(root, EXAMPLE, language)
    return [
        *_label_problems(root, language),
        *(problem for card in content.cards.values() for problem in _card(card)),
        *(
            problem
            for page in content.dashboards
            for problem in (*_layout_problems(page), *_choice_problems(page, content))
        ),
    ]


def column_problems(content: Content, connection: psycopg.Connection) -> list[str]:
    """Cards that draw a column their query does not give.

    Asks the database for no row, only for the names of the columns.
    """
    problems = []
    for card in content.cards.values():
        try:
            problems += missing_columns(card, connection)
        except psycopg.Error as error:
            connection.rollback()
            problems.append(f"{card.path}: the SQL does not run: {error}")
    return list(dict.fromkeys(problems))


def missing_columns(card: Card, connection: psycopg.Connection) -> list[str]:
    """Columns that the card draws and its SQL, in one of its forms, does not give.

    Raises
    ------
    psycopg.Error
        The SQL does not run.
    """
    return [
        f"{card.path}: draws {name!r}, but the SQL gives {', '.join(columns)}"
        for columns in (result_columns(connection, one) for one in card.written_sql())
        for name in (*card.shown_columns(), *card.columns)
        if name not in columns
    ]


def sql_problems(sql: str) -> Iterator[str]:
    """What keeps this SQL from being one plain question to ``reporting``."""
    try:
        statements = sqlglot.parse(sql, read="postgres")
    except SqlglotError as error:
        yield f"the SQL cannot be parsed: {error}"
        return
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        yield "the SQL must be one select"
        return
    query = statements[0]
    if query.find(*_WRITES):
        yield "the SQL must only read"
    # A function that is unknown here could run SQL of its own.
    for call in query.find_all(exp.Anonymous):
        if isinstance(call.parent, exp.Table) and call.parent.db == _ROOM:
            continue
        yield f"the SQL calls {call.name}(), which is not a known plain function"
    named_here = {cte.alias for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        is_local = not table.db and table.name in named_here
        if not is_local and (table.db != _ROOM or table.catalog):
            yield f"the SQL reads {table.sql()}, but cards may only read {_ROOM}.*"


def _card(card: Card) -> Iterator[str]:
    found = (one for text in card.written_sql() for one in sql_problems(text))
    for problem in dict.fromkeys(found):
        yield f"{card.path}: {problem}"


def _choice_problems(dashboard: Dashboard, content: Content) -> Iterator[str]:
    """Lists of values that no card gives, and clicks on what is not shown."""
    for told in dashboard.parameters:
        source = told.values and content.cards.get(told.values.card_id)
        if told.values and (not source or told.values.column not in source.columns):
            yield f"{dashboard.path}: no card gives the values of {told.slug!r}"
        elif source:
            yield from _other_words(dashboard, content, told, source)
    for placement in dashboard.placements:
        for link in placement.links:
            if link.column not in content.cards[placement.card_id].shown_columns():
                yield f"{dashboard.path}: a click on {link.column!r}, not shown"


def _other_words(
    dashboard: Dashboard, content: Content, choice: Parameter, source: Card
) -> Iterator[str]:
    """Cards that look for a chosen value where other words stand, as of a language."""
    shown = choice.values.column if choice.values else ""
    known = {shown, _origin(source, shown)}
    for placement in dashboard.placements:
        card = content.cards[placement.card_id]
        for name in (
            name for key, name in placement.mappings if key == choice.parameter_id
        ):
            tag = re.escape("{{" + name + "}}")
            for column in re.findall(rf"([\w.]+) = {tag}", card.sql):
                if column.rpartition(".")[2] not in known:
                    yield (
                        f"{card.path}: compares {column} with {choice.slug!r}, whose "
                        f"values are {_origin(source, shown)}"
                    )


def _origin(card: Card, column: str) -> str:
    """What a column of a card is called where it is read."""
    query = sqlglot.parse_one(card.default_sql(), read="postgres")
    for told in query.selects if isinstance(query, exp.Query) else ():
        if told.alias_or_name == column and isinstance(told.unalias(), exp.Column):
            return str(told.unalias().name)
    return column


def _label_problems(root: Path, language: str) -> Iterator[str]:
    labels = set(read_labels(root / "labels", language))
    raw = [*compile_pages(root).values(), *raw_reports(root).values()]
    used = set().union(*map(keys_used, raw))
    for key in sorted(labels - used):
        is_told = key.removesuffix(".when_empty") + ".title" in used
        if not is_told and not key.startswith(("preview.", "language")):
            yield f"labels/{language}.yml: no card uses {key}"
    for other in sorted((root / "labels").glob("*.yml")):
        translated = set(read_labels(root / "labels", other.stem))
        for key in sorted(labels - translated):
            yield f"labels/{other.name}: lacks {key}"
        for key in sorted(translated - labels):
            yield f"labels/{other.name}: {key} is not in labels/{language}.yml"


def _layout_problems(dashboard: Dashboard) -> Iterator[str]:
    for placement in dashboard.placements:
        if placement.col < 0 or placement.col + placement.size_x > GRID_WIDTH:
            yield f"{dashboard.path}: {_spot(placement)} leaves the 24 columns"
    for _, placements in dashboard.sheets():
        yield from _grid_problems(dashboard, placements)


def _grid_problems(
    dashboard: Dashboard, placements: tuple[Placement, ...]
) -> Iterator[str]:
    if not placements:
        yield f"{dashboard.path}: a tab has no card"
    for one, other in combinations(placements, 2):
        if _cells(one) & _cells(other):
            yield f"{dashboard.path}: {_spot(one)} overlaps {_spot(other)}"
    covered = set().union(*(_cells(placement) for placement in placements))
    height = max((row for row, _ in covered), default=-1) + 1
    grid = {(row, col) for row in range(height) for col in range(GRID_WIDTH)}
    hole = min(grid - covered, default=None)
    if hole:
        yield f"{dashboard.path}: nothing stands at row {hole[0]}, column {hole[1]}"


def _cells(placement: Placement) -> set[tuple[int, int]]:
    rows = range(placement.row, placement.row + placement.size_y)
    columns = range(placement.col, placement.col + placement.size_x)
    return {(row, col) for row in rows for col in columns}


def _spot(placement: Placement) -> str:
    return (
        f"the card at row {placement.row}, column {placement.col} "
        f"({placement.size_x}x{placement.size_y})"
    )
