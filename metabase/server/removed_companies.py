"""Companies that are gone: their folders are put away and their connection is closed.

Groups stay, with the people in them and without rights; the connection stays because
its cards hang off it. Nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from metabase.server.diff import Reconciliation
from metabase.server.identity import Known
from metabase.server.subscriptions import PULSE, as_sent

__all__ = ["find_removed", "put_away"]

_PREFIX = "timonel_"
_LIES_IN_A_FOLDER = ("collection", "card", "dashboard", "model", "action")


def find_removed(
    work: Reconciliation, company_ids: Collection[str]
) -> dict[str, tuple[list[int], list[int]]]:
    """Collections and connections of companies that no longer exist, by company."""
    known = {
        one.company_id
        for one in work.identities.all()
        if one.company_id and one.company_id not in company_ids
    }
    databases = work.metabase.get("/api/database")["data"]
    named = {
        one["name"].removeprefix(_PREFIX)
        for one in databases
        if one["name"].startswith(_PREFIX)
    }
    gone = known | (named - set(company_ids))
    collections = _top_collections(work) if gone else []
    return {
        company_id: (
            [
                int(one["id"])
                for one in collections
                if one["name"].endswith(f" ({company_id})")
            ],
            [
                int(one["id"])
                for one in databases
                if one["name"] in (f"{_PREFIX}{company_id}", f"actions_{company_id}")
            ],
        )
        for company_id in sorted(gone)
    }


def put_away(work: Reconciliation, company_id: str, collections: list[int]) -> None:
    """Archive the folders of a company, and stop its mails.

    What lies in the folders goes with them, and comes back with them.
    """
    for known in work.identities.all(company_id=company_id):
        if known.kind == "subscription":
            # First: the server deletes those of a page that is archived.
            work.archive(known, PULSE, as_sent)
        elif known.kind in _LIES_IN_A_FOLDER:
            work.went_with(known)
    for collection_id in collections:
        live = work.metabase.get(f"/api/collection/{collection_id}")
        known = Known(
            company_id,
            "collection",
            "company",
            collection_id,
            live.get("entity_id"),
            {},
        )
        work.archive(known, "/api/collection")


def _top_collections(work: Reconciliation) -> list[dict[str, Any]]:
    return [
        one
        for one in work.metabase.get("/api/collection")
        if one["id"] != "root" and one.get("location", "/") == "/"
    ]
