"""Collections of Metabase: a company's own, the folders in it, and what lies there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metabase.content.company import Company
from metabase.content.errors import MetabaseError
from metabase.server.diff import Reconciliation, Resource, Values

__all__ = ["collection_of", "folder_of", "items_of"]


def collection_of(work: Reconciliation, company: Company, description: str) -> Resource:
    """The collection of a company."""
    # The id at the end of the name stays when the company is renamed.
    suffix = f" ({company.company_id})"

    def candidates() -> list[int]:
        return [
            one["id"]
            for one in _collections(work)
            if one["name"].endswith(suffix) and _parent(one) is None
        ]

    wanted = {
        "name": company.collection,
        "description": description,
        "archived": False,
    }
    return Resource(
        company_id=company.company_id,
        kind="collection",
        key="company",
        name=company.collection,
        endpoint="/api/collection",
        wanted=lambda _: wanted,
        candidates=candidates,
        born_with=("name", "description"),
        is_listed_whole=True,
    )


def folder_of(
    work: Reconciliation, company: Company, key: str, name: str, parent_id: int
) -> Resource:
    """A folder in the collection of a company."""

    def candidates() -> Sequence[int]:
        return [
            one["id"]
            for one in _collections(work)
            if one["name"] == name and _parent(one) == parent_id
        ]

    wanted = {"name": name, "parent_id": parent_id, "archived": False}
    return Resource(
        company_id=company.company_id,
        kind="collection",
        key=key,
        name=name,
        endpoint="/api/collection",
        wanted=lambda _: wanted,
        candidates=candidates,
        owned=lambda live: {**live, "parent_id": _parent(live)},
        born_with=("name", "parent_id"),
        is_listed_whole=True,
    )


def _collections(work: Reconciliation) -> list[Values]:
    return [
        one
        for one in work.listed("/api/collection").values()
        if not one.get("archived")
    ]


def _parent(collection: Values) -> int | None:
    """Id of the collection it lies in, read off its location, ``/12/34/``."""
    parts = [part for part in (collection.get("location") or "/").split("/") if part]
    return int(parts[-1]) if parts else None


def items_of(work: Reconciliation, collection_id: int) -> list[dict[str, Any]]:
    """What lies in a collection, archived things apart.

    Raises
    ------
    MetabaseError
        There is more than the server lists at once.
    """
    if collection_id < 0:
        return []
    page = work.metabase.get(f"/api/collection/{collection_id}/items")
    items: list[dict[str, Any]] = page["data"]
    # An empty collection answers with a total of null.
    total = page["total"] or 0
    if total != len(items):
        raise MetabaseError(
            f"collection {collection_id} has {total} items and the server "
            f"lists {len(items)}; move the ones made by hand elsewhere"
        )
    return items
