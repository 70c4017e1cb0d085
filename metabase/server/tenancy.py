"""What each company has in Metabase: a connection, folders and groups.

Metabase's open edition keeps rows apart only by the connection a card uses. So each
company has a connection that signs in as its own ``bi_<company>``, and only its own
groups may see the folders whose cards use that connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metabase.content.company import Company
from metabase.content.errors import ContentError
from metabase.content.roles import Role, Roles
from metabase.server.actions_switch import ACTIONS
from metabase.server.diff import Reconciliation, Resource, Values
from metabase.server.folders import collection_of, folder_of

__all__ = [
    "Desk",
    "Home",
    "Login",
    "Warehouse",
    "ensure_group",
    "ensure_home",
]


@dataclass(frozen=True)
class Warehouse:
    """Where Metabase finds the platform's database."""

    host: str
    port: int
    dbname: str
    is_encrypted: bool


@dataclass(frozen=True)
class Desk:
    """Where people of a company ask for something, by ids as in ``Home``.

    ``reading_id`` is the connection the company reads with, ``writing_id`` the one
    that adds requests and reads nothing.
    """

    folder_id: int
    reading_id: int
    writing_id: int


@dataclass(frozen=True)
class Home:
    """What one company has in Metabase, by its numeric ids (negative: not yet).

    ``folder_ids`` are those of roles.yml, ``group_ids`` one per role.
    """

    company: Company
    database_id: int
    collection_id: int
    folder_ids: Mapping[str, int]
    workspace_id: int
    group_ids: Mapping[str, int]
    desk: Desk | None = None

    def published_ids(self) -> list[int]:
        """The collections that the files fill."""
        return [self.collection_id, *self.folder_ids.values()]


@dataclass(frozen=True)
class Login:
    """How Metabase signs in for one company; renewed: the password is sent again.

    ``user`` is set for the login that may only ask; ``may_act`` allows the actions of
    Metabase on the connection, which both of a company's need then.
    """

    company: Company
    warehouse: Warehouse
    password: str = field(repr=False)
    is_renewed: bool = False
    user: str = ""
    may_act: bool = False

    @property
    def role(self) -> str:
        """Who signs in: the company's reader, unless ``user`` is another."""
        return self.user or self.company.role

    def details(self) -> dict[str, Any]:
        """Everything that can be read back."""
        return {
            "host": self.warehouse.host,
            "port": self.warehouse.port,
            "dbname": self.warehouse.dbname,
            "user": self.role,
            "ssl": self.warehouse.is_encrypted,
            "schema-filters-type": "inclusion",
            "schema-filters-patterns": "ops" if self.user else "reporting",
        }


def ensure_home(
    work: Reconciliation,
    login: Login,
    roles: Roles,
    words: Mapping[str, str],
    description: str,
) -> Home:
    """Create or correct the connection, the folders and the groups of a company."""
    company = login.company
    database_id = work.ensure(_database(work, login, "warehouse", company.connection))
    collection_id = work.ensure(collection_of(work, company, description))
    folder_ids = {
        folder: work.ensure(
            folder_of(work, company, folder, _word(words, folder), collection_id)
        )
        for folder in roles.folders
    }
    workspace = folder_of(work, company, "workspace", words["workspace"], collection_id)
    return Home(
        company=company,
        database_id=database_id,
        collection_id=collection_id,
        folder_ids=folder_ids,
        workspace_id=work.ensure(workspace),
        group_ids={one.name: _role_group(work, company, one) for one in roles.roles},
    )


def ensure_desk(
    work: Reconciliation, writer: Login, home: Home, words: Mapping[str, str]
) -> Desk:
    """Create or correct the folder and the connection that people ask through."""
    company, name = writer.company, words["actions.folder"]
    folder = folder_of(work, company, "actions", name, home.collection_id)
    writing = _database(work, writer, "actions", company.writer)
    return Desk(work.ensure(folder), home.database_id, work.ensure(writing))


def ensure_group(
    work: Reconciliation, company_id: str, name: str, former: str = ""
) -> int:
    """Create or rename one group; ``former`` is a name it may have had."""

    def candidates() -> list[int]:
        groups = work.listed("/api/permissions/group").values()
        for known in (name, former):
            found = [one["id"] for one in groups if one["name"] == known]
            if found:
                return found
        return []

    return work.ensure(
        Resource(
            company_id=company_id,
            kind="group",
            key=name,
            name=name,
            endpoint="/api/permissions/group",
            wanted=lambda _: {"name": name},
            candidates=candidates,
            is_listed_whole=True,
        )
    )


def _role_group(work: Reconciliation, company: Company, role: Role) -> int:
    company_id = company.company_id
    return ensure_group(
        work, company_id, role.group(company_id), role.former_group(company_id)
    )


def _word(words: Mapping[str, str], folder: str) -> str:
    try:
        return words[f"folders.{folder}"]
    except KeyError as error:
        raise ContentError(
            f"labels/importer lacks folders.{folder}, a folder of roles.yml"
        ) from error


def _database(work: Reconciliation, login: Login, key: str, name: str) -> Resource:
    details = login.details()
    wanted = {
        "name": name,
        "engine": "postgres",
        "is_full_sync": False,
        "is_on_demand": False,
        "auto_run_queries": True,
        "details": details,
    }
    settings = {"settings": {ACTIONS: True}} if login.may_act else {}

    def owned(live: Values) -> Values:
        kept = {key: live.get("details", {}).get(key) for key in details}
        switch = {ACTIONS: (live.get("settings") or {}).get(ACTIONS)}
        return {**live, "details": kept, "settings": switch}

    def complete(body: dict[str, Any]) -> dict[str, Any]:
        # Whole, because what a PUT leaves out falls back to a default.
        secret = {"details": {**details, "password": login.password}}
        # A POST takes no settings.
        return {**wanted, **secret, **(settings if "settings" in body else {})}

    def candidates() -> list[int]:
        found = work.metabase.get("/api/database")["data"]
        return [one["id"] for one in found if one["name"] == name]

    return Resource(
        company_id=login.company.company_id,
        kind="connection",
        key=key,
        name=name,
        endpoint="/api/database",
        wanted=lambda _: {**wanted, **settings},
        candidates=candidates,
        owned=owned,
        complete=complete,
        born_with=tuple(wanted),
        must_write=login.is_renewed,
    )
