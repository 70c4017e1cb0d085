"""Bring the cards and dashboards of one company to what the files say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metabase.content.card_folders import folder_of_card
from metabase.content.delivery import Delivery, embedding_keys, page_of
from metabase.content.entities import Card, Content, Dashboard
from metabase.content.errors import MetabaseError
from metabase.content.roles import Roles
from metabase.server.buttons import Button
from metabase.server.diff import (
    Finding,
    Reconciliation,
    Resource,
    Values,
)
from metabase.server.folders import items_of
from metabase.server.identity import Known
from metabase.server.payloads import Published, card_body, dashboard_body, mark_of
from metabase.server.tenancy import Home

__all__ = ["Publication", "publish"]

_CARD, _DASHBOARD = "/api/card", "/api/dashboard"
_NOT_FOUND = 404


@dataclass(frozen=True)
class Publication:
    """What is put where for one company."""

    content: Content
    home: Home
    roles: Roles
    delivery: Delivery
    buttons: Mapping[str, Button]

    def folder_of_card(self, card: Card) -> int:
        """The folder that the readers of the pages that show it read, no one else."""
        return self._id_of(folder_of_card(self.roles, self.content, card))

    def folder_of_page(self, page: Dashboard) -> int:
        """The folder that roles.yml gives to the page."""
        return self._id_of(self.roles.folder_of(page_of(page)))

    def _id_of(self, folder: str | None) -> int:
        return self.home.folder_ids[folder] if folder else self.home.collection_id


def publish(work: Reconciliation, told: Publication) -> dict[str, int]:
    """Create, update and archive until the folders equal the files.

    Gives the id of every dashboard, by its ``entity_id``.

    Raises
    ------
    MetabaseError
        A request was refused, or the server did not keep what was sent.
    """
    found = _Found(work, told.home)
    card_ids = {
        card.entity_id: work.ensure(_card(told, card, found))
        for card in told.content.cards.values()
    }
    # All first: a click may lead to any of them.
    ids = Published(card_ids, {}, told.buttons)
    # From the first place on: the server moves the others when one is set.
    in_order = sorted(
        told.content.dashboards, key=lambda page: told.roles.place_of(page_of(page))
    )
    pages = [_page(told, page, ids, found) for page in in_order]
    page_ids = ids.pages
    for page in pages:
        page_ids[page.key] = work.locate(page)
    for page in pages:
        work.ensure(page)
    _put_away(work, told, found, set(page_ids.values()))
    return page_ids


class _Found:
    """What lies in the folders, read once and only if something is not known."""

    def __init__(self, work: Reconciliation, home: Home) -> None:
        self._work = work
        self._home = home
        self._items: dict[str, dict[int, dict[str, Any]]] | None = None
        self._cards: list[dict[str, Any]] | None = None

    def items(self, model: str) -> dict[int, dict[str, Any]]:
        """What there is of one kind, by its id."""
        if self._items is None:
            self._items = {}
            for one in self._home.published_ids():
                for item in items_of(self._work, one):
                    self._items.setdefault(item["model"], {})[item["id"]] = item
        return self._items.get(model, {})

    def cards(self) -> list[dict[str, Any]]:
        if self._cards is None:
            path = "/api/card/{}"
            self._cards = [
                self._work.metabase.get(path.format(card_id))
                for card_id in self.items("card")
            ]
        return self._cards

    def card(self, card: Card) -> list[int]:
        """Ids that could be a card: by the mark in its SQL, else by name."""
        live = self.cards()
        marked = [one["id"] for one in live if mark_of(one) == card.entity_id]
        return marked or [
            one["id"]
            for one in live
            if one["name"] == card.name and mark_of(one) is None
        ]

    def listed(self, model: str, key: int) -> Values | None:
        """What the list of its folder tells of it; of what lies in the bin, nothing."""
        return self.items(model).get(key)

    def page(self, page: Dashboard) -> list[int]:
        pages = self.items("dashboard")
        return [key for key, one in pages.items() if one["name"] == page.name]


def _card(told: Publication, card: Card, found: _Found) -> Resource:
    body = card_body(
        card,
        database_id=told.home.database_id,
        folder_id=told.folder_of_card(card),
    )
    return Resource(
        company_id=told.home.company.company_id,
        kind="card",
        key=card.entity_id,
        name=card.name,
        endpoint=_CARD,
        wanted=lambda _: {**body, "archived": False},
        candidates=lambda: found.card(card),
        born_with=tuple(body),
        listed=lambda card_id: found.listed("card", card_id),
        edits_are_listed=True,
    )


def _page(
    told: Publication, page: Dashboard, ids: Published, found: _Found
) -> Resource:
    company_id = told.home.company.company_id

    def wanted(live: Values | None) -> dict[str, Any]:
        folder_id = told.folder_of_page(page)
        if live is None:
            # Born empty: what it shows may point to pages that are yet to be made.
            return {
                "name": page.name,
                "description": page.description,
                "collection_id": folder_id,
            }
        body = dashboard_body(page, ids, live, folder_id=folder_id)
        embedding = embedding_keys(told.delivery, page, body["parameters"], company_id)
        # Pinned, so that pages stand in the order of roles.yml and not by name.
        pinned = {"collection_position": told.roles.place_of(page_of(page)) or None}
        return {**body, **embedding, **pinned, "archived": False}

    return Resource(
        company_id=company_id,
        kind="dashboard",
        key=page.entity_id,
        name=page.name,
        endpoint=_DASHBOARD,
        wanted=wanted,
        candidates=lambda: found.page(page),
        # What may be embedded, and where it is pinned, may be no edit to the server.
        listed=lambda page_id: found.listed("dashboard", page_id),
        # Cards sent without their tabs would delete the tabs.
        sent_together=("tabs", "dashcards"),
    )


def _put_away(
    work: Reconciliation, told: Publication, found: _Found, page_ids: set[int]
) -> None:
    """Archive what left the files, unless people put it to another use."""
    company_id = told.home.company.company_id
    pages = {page.entity_id for page in told.content.dashboards}
    for known in work.identities.all(company_id=company_id, kind="dashboard"):
        page_ids.add(known.metabase_id)
        if known.key not in pages:
            work.archive(known, _DASHBOARD)
    for known in _cards_that_left(work, told, found):
        uses = _other_uses(work, known, page_ids)
        if uses:
            names = ", ".join(uses)
            work.findings.append(
                Finding(company_id, "card", f"id {known.metabase_id}", "kept", names)
            )
        else:
            work.archive(known, _CARD)
    for known in work.identities.all(company_id=company_id, kind="collection"):
        kept = ("company", "workspace", *told.roles.folders)
        if known.key not in (kept if told.home.desk is None else (*kept, "actions")):
            work.archive(known, "/api/collection")


def _cards_that_left(
    work: Reconciliation, told: Publication, found: _Found
) -> list[Known]:
    company_id = told.home.company.company_id
    rows = work.identities.all(company_id=company_id, kind="card")
    left = [known for known in rows if known.key not in told.content.cards]
    if rows:
        return left
    # Nothing is known of this server, or this is the first run: marks tell.
    marked = ((mark_of(card), card) for card in found.cards())
    return [
        Known(company_id, "card", mark, int(card["id"]), card.get("entity_id"), {})
        for mark, card in marked
        if mark and mark not in told.content.cards
    ]


def _other_uses(work: Reconciliation, known: Known, page_ids: set[int]) -> list[str]:
    try:
        pages = work.metabase.get(f"{_CARD}/{known.metabase_id}/dashboards")
    except MetabaseError as error:
        if error.status == _NOT_FOUND:
            return []
        raise
    return [
        f"still shown on {page['name']!r}, which is not ours"
        for page in pages
        if page["id"] not in page_ids
    ]
