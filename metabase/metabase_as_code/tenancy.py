"""Give each company its own connection, folder and group, and close the doors.

Metabase's open edition keeps rows apart only by the connection a card uses. So each
company has a connection that signs in as its own ``bi_<company>``, and only its own
group may see the folder whose cards use that connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from metabase.metabase_as_code.company import Company
from metabase.metabase_as_code.errors import MetabaseError
from metabase.metabase_as_code.http_api import Metabase

__all__ = ["Home", "Warehouse", "close_permissions", "ensure_home"]

_OPEN_TO_ALL = "all-internal-users"


@dataclass(frozen=True)
class Warehouse:
    """Where Metabase finds the platform's database."""

    host: str
    port: int
    dbname: str
    is_encrypted: bool


@dataclass(frozen=True)
class Home:
    """What one company has in Metabase, by its numeric ids."""

    company: Company
    database_id: int
    collection_id: int
    group_id: int


@dataclass(frozen=True)
class _Connection:
    company: Company
    warehouse: Warehouse
    password: str = field(repr=False)

    def settings(self) -> dict[str, Any]:
        """Everything about the connection that can be read back."""
        return {
            "name": self.company.connection,
            "engine": "postgres",
            "is_full_sync": False,
            "is_on_demand": False,
            "auto_run_queries": True,
        }

    def details(self) -> dict[str, Any]:
        warehouse = self.warehouse
        return {
            "host": warehouse.host,
            "port": warehouse.port,
            "dbname": warehouse.dbname,
            "user": self.company.role,
            "ssl": warehouse.is_encrypted,
            "schema-filters-type": "inclusion",
            "schema-filters-patterns": "reporting",
        }

    def body(self) -> dict[str, Any]:
        return {
            **self.settings(),
            "details": {**self.details(), "password": self.password},
        }


def ensure_home(
    metabase: Metabase,
    company: Company,
    warehouse: Warehouse,
    password: str,
    *,
    renew_password: bool,
) -> Home:
    """Create or correct the connection, the collection and the group of a company.

    Metabase never shows a stored password, so a changed one cannot be noticed:
    ``renew_password`` sends it again.
    """
    connection = _Connection(company, warehouse, password)
    return Home(
        company=company,
        database_id=_ensure_database(metabase, connection, renew_password),
        collection_id=_ensure_collection(metabase, company),
        group_id=_ensure_group(metabase, company),
    )


def _ensure_database(
    metabase: Metabase, connection: _Connection, renew_password: bool
) -> int:
    name = connection.company.connection
    found = _only(metabase.get("/api/database")["data"], name, "database connection")
    if found is None:
        made = metabase.post("/api/database", connection.body())
        metabase.changes.append(f"created database connection {name}")
        return int(made["id"])
    database_id = int(found["id"])
    live = metabase.get(f"/api/database/{database_id}")
    is_same = _holds(live, connection.settings()) and _holds(
        live["details"], connection.details()
    )
    if renew_password or not is_same:
        metabase.put(f"/api/database/{database_id}", connection.body())
        metabase.changes.append(f"updated database connection {name}")
    return database_id


def _ensure_collection(metabase: Metabase, company: Company) -> int:
    # The id at the end of the name stays when the company is renamed.
    suffix = f"({company.company_id})"
    found = [
        collection
        for collection in metabase.get("/api/collection")
        if collection["id"] != "root"
        and collection["name"].endswith(suffix)
        and not collection.get("archived")
        and collection.get("location", "/") == "/"
    ]
    if len(found) > 1:
        raise MetabaseError(f"two collections end in {suffix}; archive one of them")
    if not found:
        made = metabase.post("/api/collection", {"name": company.collection})
        metabase.changes.append(f"created collection {company.collection}")
        return int(made["id"])
    if found[0]["name"] != company.collection:
        renamed = {"name": company.collection, "archived": False}
        metabase.put(f"/api/collection/{found[0]['id']}", renamed)
        metabase.changes.append(f"renamed a collection to {company.collection}")
    return int(found[0]["id"])


def _ensure_group(metabase: Metabase, company: Company) -> int:
    name = company.connection
    found = _only(metabase.get("/api/permissions/group"), name, "group")
    if found is None:
        found = metabase.post("/api/permissions/group", {"name": name})
        metabase.changes.append(f"created group {name}")
    return int(found["id"])


def close_permissions(metabase: Metabase, homes: Sequence[Home]) -> None:
    """Let each company's group read its own folder, and nobody query by hand.

    A new connection is open to everyone until this has run, so it runs before any
    card exists. Groups made by hand lose their access to these connections too.
    """
    groups = [
        group
        for group in metabase.get("/api/permissions/group")
        # Other built-in groups (administrators) cannot be changed.
        if group.get("magic_group_type") in (None, _OPEN_TO_ALL)
    ]
    _close_data(metabase, groups, homes)
    _close_collections(metabase, groups, homes)


def _close_data(
    metabase: Metabase, groups: list[dict[str, Any]], homes: Sequence[Home]
) -> None:
    graph = metabase.get("/api/permissions/graph")
    closed = {"view-data": "unrestricted", "create-queries": "no"}
    changed: dict[str, dict[str, Any]] = {}
    for group in groups:
        live = graph["groups"].get(str(group["id"]), {})
        for home in homes:
            # The server leaves the lowest level out of its answer.
            level = live.get(str(home.database_id), {}).get("create-queries", "no")
            if level != "no":
                changed.setdefault(str(group["id"]), {})[str(home.database_id)] = closed
    if changed:
        body = {"revision": graph["revision"], "groups": changed}
        metabase.put("/api/permissions/graph", body)
        metabase.changes.append("closed the connections to queries by hand")


def _close_collections(
    metabase: Metabase, groups: list[dict[str, Any]], homes: Sequence[Home]
) -> None:
    graph = metabase.get("/api/collection/graph")
    ours = {home.group_id for home in homes}
    changed: dict[str, dict[str, str]] = {}
    for group in groups:
        is_managed = group["id"] in ours or group.get("magic_group_type")
        wanted = {"root": "none"} if is_managed else {}
        for home in homes:
            is_own = home.group_id == group["id"]
            wanted[str(home.collection_id)] = "read" if is_own else "none"
        live = graph["groups"].get(str(group["id"]), {})
        different = {
            key: level
            for key, level in wanted.items()
            if live.get(key, "none") != level
        }
        if different:
            changed[str(group["id"])] = different
    if changed:
        body = {"revision": graph["revision"], "groups": changed}
        metabase.put("/api/collection/graph", body)
        metabase.changes.append("closed the collections to other groups")


def _only(things: list[dict[str, Any]], name: str, what: str) -> dict[str, Any] | None:
    found = [thing for thing in things if thing["name"] == name]
    if len(found) > 1:
        raise MetabaseError(f"there are {len(found)} of {what} {name!r}; keep one")
    return found[0] if found else None


def _holds(live: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(live.get(key) == value for key, value in wanted.items())
