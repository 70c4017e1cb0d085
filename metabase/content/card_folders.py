"""Where a card lies that pages of several folders show.

Rights are of folders. Whoever reads one of the pages has to read the card, and a role
that reads none of them must not, so it lies in no place that more people read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from metabase.content.compile import compile_pages
from metabase.content.entities import Card, Content, Dashboard
from metabase.content.roles import Roles, read_roles

__all__ = ["folder_of_card", "folder_words", "roles_of", "with_shared_folders"]

_LABEL = "folders.shared"


def roles_of(root: Path) -> Roles:
    """The roles of roles.yml, with the folders that the files' shared cards need.

    Raises
    ------
    ContentError
        A file is wrong.
    """
    pages = {
        path.stem: _shown(document)
        for path, document in compile_pages(root).items()
        if document["serdes/meta"][-1]["model"] == "Dashboard"
    }
    return with_shared_folders(read_roles(root / "roles.yml", pages), pages)


def with_shared_folders(roles: Roles, pages: Mapping[str, Collection[str]]) -> Roles:
    """Add the folders for what none may hold; ``pages`` by name, with their cards."""
    of: defaultdict[str, set[str | None]] = defaultdict(set)
    for page, cards in pages.items():
        for card in cards:
            of[card].add(roles.folder_of(page))
    groups = {frozenset(folders) for folders in of.values()}
    shared = {
        _key(group): frozenset(one for one in group if one is not None)
        for group in sorted(groups, key=lambda group: sorted(map(str, group)))
        if None not in group and _widest(roles, group) is None
    }
    folders = {**roles.folders, **dict.fromkeys(shared, ())}
    return replace(roles, folders=folders, shared=shared)


def folder_of_card(roles: Roles, content: Content, card: Card) -> str | None:
    """The folder of a card; None: the collection itself, as of a page in no folder."""
    group = frozenset(
        roles.folder_of(page.path.stem)
        for page in content.dashboards
        if card.entity_id in _cards_of(page)
    )
    if not group or None in group:
        return None
    return _widest(roles, group) or _key(group)


def folder_words(roles: Roles, words: Mapping[str, str]) -> dict[str, str]:
    """The importer's words with a name for each shared folder: those it is of."""
    named = {
        f"folders.{key}": f"{words[_LABEL]}: "
        + " + ".join(words[f"folders.{one}"] for one in roles.folders if one in of)
        for key, of in roles.shared.items()
        if _LABEL in words
    }
    return {**words, **named}


def _widest(roles: Roles, group: frozenset[str | None]) -> str | None:
    """The folder of the group that every reader of another one reads too."""
    found = (
        one
        for one in roles.folders
        if one in group and all(_covers(roles, one, other) for other in group)
    )
    return next(found, None)


def _covers(roles: Roles, one: str, other: str | None) -> bool:
    return all(one in folders for folders in roles.readable if other in folders)


def _key(group: frozenset[str | None]) -> str:
    return "shared_" + "_".join(sorted(map(str, group)))


def _cards_of(page: Dashboard) -> set[str]:
    lists = {one.values.card_id for one in page.parameters if one.values}
    return lists | {at.card_id for at in page.placements}


def _shown(document: Mapping[str, Any]) -> set[str]:
    """What a page shows, and the cards that its lists of choices are read from."""
    lists = {
        one["values_source_config"]["card_id"]
        for one in document["parameters"]
        if "values_source_config" in one
    }
    return lists | {at["card_id"] for at in document["dashcards"]}
