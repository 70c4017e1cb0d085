"""Open what roles.yml opens, and close every other door.

A new connection, and a new collection, is open to everyone until this has run, so it
runs before any card exists. Rights that people gave by hand are taken back without
asking: this is the wall between companies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from metabase.content.roles import Roles
from metabase.server.diff import Finding, Reconciliation
from metabase.server.tenancy import Home

__all__ = ["Access", "close_doors", "wanted_access"]

_OPEN_TO_ALL = "all-internal-users"
_EVERYTHING = "view-data"


@dataclass(frozen=True)
class Access:
    """Levels that groups should have; what is not named is closed.

    ``folders`` by group and collection, ``queries`` by group and connection.
    ``collection_ids`` and ``database_ids`` are those that are looked after.
    """

    folders: Mapping[tuple[int, int], str]
    queries: Mapping[tuple[int, int], str]
    collection_ids: frozenset[int]
    database_ids: frozenset[int]
    group_ids: frozenset[int]

    def and_closed(self, gone: Mapping[str, tuple[list[int], list[int]]]) -> Access:
        """Also close collections and connections of companies that are gone."""
        collections = {one for inside, _ in gone.values() for one in inside}
        databases = {one for _, inside in gone.values() for one in inside}
        return replace(
            self,
            collection_ids=self.collection_ids | collections,
            database_ids=self.database_ids | databases,
        )


def wanted_access(homes: Sequence[Home], roles: Roles, operator_id: int) -> Access:
    """Work out every level of the companies' groups and the operator's."""
    folders: dict[tuple[int, int], str] = {}
    queries = {}
    for home in homes:
        plan = home.company.plan
        folders |= {(operator_id, one): "read" for one in home.published_ids()}
        for role in roles.roles:
            group_id = home.group_ids[role.name]
            folders[group_id, home.collection_id] = "read"
            folders[group_id, home.workspace_id] = role.workspace
            for folder in roles.reads(role, plan):
                folders[group_id, home.folder_ids[folder]] = "read"
            queries[group_id, home.database_id] = role.queries
            if home.desk and roles.may_ask(role, plan):
                folders[group_id, home.desk.folder_id] = "read"
    desks = [home.desk for home in homes if home.desk]
    return Access(
        folders=folders,
        queries=queries,
        collection_ids=frozenset(
            one for home in homes for one in (*home.published_ids(), home.workspace_id)
        )
        | {desk.folder_id for desk in desks},
        database_ids=frozenset(home.database_id for home in homes)
        | {desk.writing_id for desk in desks},
        group_ids=frozenset(
            {one for home in homes for one in home.group_ids.values()} | {operator_id}
        ),
    )


def close_doors(work: Reconciliation, access: Access) -> None:
    """Make both graphs of the server say exactly this about what is ours.

    Groups made by hand lose their access to it; what is not ours is left alone, but
    for the root collection, which All Users and our own groups do not see.
    """
    groups = {
        int(group["id"]): group
        for group in work.metabase.get("/api/permissions/group")
        # Other built-in groups (administrators) cannot be changed.
        if group.get("magic_group_type") in (None, _OPEN_TO_ALL)
    }
    # Those that are yet to be made have no entry there.
    groups |= {one: {"name": "new"} for one in access.group_ids if one < 0}
    _close_data(work, access, groups)
    _close_collections(work, access, groups)


def _close_data(
    work: Reconciliation, access: Access, groups: Mapping[int, Mapping[str, Any]]
) -> None:
    graph = work.metabase.get("/api/permissions/graph")
    changed: dict[str, dict[str, Any]] = {}
    for group_id in groups:
        live = graph["groups"].get(str(group_id), {})
        for database_id in access.database_ids:
            wanted = access.queries.get((group_id, database_id), "no")
            # The server leaves the lowest level out of its answer.
            level = live.get(str(database_id), {}).get("create-queries", "no")
            if level != wanted or database_id < 0:
                changed.setdefault(str(group_id), {})[str(database_id)] = {
                    _EVERYTHING: "unrestricted",
                    "create-queries": wanted,
                }
    _tell(work, "queries by hand", [groups[int(one)] for one in changed])
    _put(work, "/api/permissions/graph", graph, changed)


def _close_collections(
    work: Reconciliation, access: Access, groups: Mapping[int, Mapping[str, Any]]
) -> None:
    # Read here: making a collection moves the revision.
    graph = work.metabase.get("/api/collection/graph")
    changed: dict[str, dict[str, Any]] = {}
    for group_id, group in groups.items():
        is_managed = group_id in access.group_ids or group.get("magic_group_type")
        wanted = {"root": "none"} if is_managed else {}
        for collection_id in access.collection_ids:
            level = access.folders.get((group_id, collection_id), "none")
            wanted[str(collection_id)] = level
        live = graph["groups"].get(str(group_id), {})
        different = {
            key: level
            for key, level in wanted.items()
            if live.get(key, "none") != level
        }
        if different:
            changed[str(group_id)] = different
    _tell(work, "collections", [groups[int(one)] for one in changed])
    _put(work, "/api/collection/graph", graph, changed)


def _tell(work: Reconciliation, what: str, changed: list[Mapping[str, Any]]) -> None:
    if changed:
        names = sorted({str(group["name"]) for group in changed})
        told = f"who may use them: {', '.join(names)}"
        work.findings.append(Finding("", "rights", what, "update", told))


def _put(
    work: Reconciliation,
    path: str,
    graph: Mapping[str, Any],
    changed: Mapping[str, Any],
) -> None:
    if changed and not work.is_dry:
        work.metabase.put(path, {"revision": graph["revision"], "groups": changed})
