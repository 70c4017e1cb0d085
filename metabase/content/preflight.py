"""What can be known to fail before anything is written to a server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import psycopg

from metabase.content.actions import read_actions
from metabase.content.company import EXAMPLE
from metabase.content.delivery import page_of, read_delivery
from metabase.content.entities import Card
from metabase.content.errors import ContentError
from metabase.content.labels import read_labels
from metabase.content.load import load_content
from metabase.content.roles import read_roles
from metabase.content.validate import missing_columns
from metabase.content.warehouse import connect_as

__all__ = ["check_columns", "rule_problems"]

_NOT_BUILT = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedFunction,
)


def rule_problems(root: Path) -> list[str]:
    """What is wrong with the words of the importer; its languages have the same.

    Raises
    ------
    ContentError
        roles.yml, delivery.yml or actions.yml names what does not exist.
    """
    content = load_content(root, EXAMPLE)
    pages = [page_of(page) for page in content.dashboards]
    roles = read_roles(root / "roles.yml", pages)
    delivery = read_delivery(root / "delivery.yml", pages, "")
    cards = {card.path.stem for card in content.cards.values()}
    asked: defaultdict[str, str] = defaultdict(str)
    # Reading them asks for every word of theirs.
    read_actions(root / "actions.yml", asked, cards)
    needed = {
        "actions.folder",
        *asked,
        "workspace",
        "company",
        *(f"folders.{folder}" for folder in (*roles.folders, "shared")),
        *(f"subscriptions.{one.rhythm}" for one in delivery.subscriptions),
    }
    problems = []
    for path in sorted((root / "labels" / "importer").glob("*.yml")):
        words = set(read_labels(path.parent, path.stem))
        problems += [f"{path}: lacks {key}" for key in sorted(needed - words)]
        problems += [f"{path}: nothing uses {key}" for key in sorted(words - needed)]
    return problems


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
                problems += missing_columns(card, connection)
            except _NOT_BUILT:
                connection.rollback()
                waiting.append(card.path.stem)
            except psycopg.Error as error:
                connection.rollback()
                problems.append(f"{card.path}: the SQL does not run: {error}")
    if problems:
        told = "\n".join(dict.fromkeys(problems))
        raise ContentError(
            f"{told}\nNothing was written. Correct the card or its view "
            "(dbt_project/models/reporting), run timonel run, then apply again."
        )
    return waiting
