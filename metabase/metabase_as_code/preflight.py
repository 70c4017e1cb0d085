"""What can be known to fail before anything is written to a server."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from metabase.metabase_as_code.content import Card
from metabase.metabase_as_code.errors import ContentError
from metabase.metabase_as_code.warehouse import connect_as, result_columns

__all__ = ["check_columns"]

_NOT_BUILT = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedFunction,
)


def check_columns(url: str, cards: Iterable[Card]) -> list[str]:
    """Ask for the columns of every card, for no row.

    Gives the cards whose views are not built yet: on a new installation that is
    every one, and they answer after the first run.

    Raises
    ------
    ContentError
        A card draws a column that its view no longer has.
    """
    waiting, problems = [], []
    with connect_as(url) as connection:
        for card in cards:
            try:
                columns = result_columns(connection, card.default_sql())
            except _NOT_BUILT:
                connection.rollback()
                waiting.append(card.path.stem)
                continue
            except psycopg.Error as error:
                connection.rollback()
                problems.append(f"{card.path}: the SQL does not run: {error}")
                continue
            problems += [
                f"{card.path}: draws {name!r}, but the SQL gives {', '.join(columns)}"
                for name in (*card.shown_columns(), *card.columns)
                if name not in columns
            ]
    if problems:
        told = "\n".join(dict.fromkeys(problems))
        raise ContentError(
            f"{told}\nNothing was written. Correct the card or its view "
            "(dbt_project/models/reporting), run timonel run, then apply again."
        )
    return waiting
