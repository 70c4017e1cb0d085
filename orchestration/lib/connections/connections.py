"""Connections: which source of which company is read, and with what settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.connections.sources import source
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = [
    "Connection",
    "ConnectionTaken",
    "UnknownConnection",
    "add_connection",
    "check_is_free",
    "database_connection",
    "files_connection",
    "list_connections",
    "load_connection",
    "remove_connection",
]

# Where a source answers, as opposed to what is read of it.
_ADDRESSES = frozenset({"api_url", "token_url", "authorize_url", "dialog_url"})


@dataclass(frozen=True)
class Connection:
    """One source of one company.

    ``settings`` are those of the source's tap that are no secret; the others are
    read with `orchestration.lib.connections.connection_secrets`.
    """

    company_id: str
    connection_id: str
    source_slug: str
    settings: dict[str, Any]

    @property
    def label(self) -> str:
        """How messages name it: ``acme/shopify``."""
        return f"{self.company_id}/{self.connection_id}"


class ConnectionTaken(PlainError, ValueError):
    """Another source already has this name; the message says what to do."""


class UnknownConnection(PlainError, LookupError):
    """No connection has this name; the message says how to see those there are."""


def files_connection(
    company_id: str, path: Path, *, name: str | None = None, **settings: object
) -> Connection:
    """A connection to exported files at ``path``, named after the file or folder.

    Files of different connections never pass for versions of each other: their
    names begin with that of their connection, unless it is one file of that name.
    """
    connection_id = name or path.stem
    is_its_name = path.is_file() and connection_id == path.stem
    return Connection(
        company_id,
        connection_id=connection_id,
        source_slug="files",
        settings={
            "paths": [str(path)],
            "name_prefix": "" if is_its_name else f"{connection_id}/",
            **settings,
        },
    )


def database_connection(
    company_id: str, name: str, tables: dict[str, str], **settings: object
) -> Connection:
    """A connection to tables of a database, which are read as files are.

    ``tables``: the name to the table, or the select, that is read under it.
    """
    told = {"paths": [], "tables": tables, "name_prefix": f"{name}/", **settings}
    return Connection(company_id, name, "files", told)


def add_connection(url: str, connection: Connection) -> None:
    """Add a connection, or change the settings of the one with its id.

    Other settings may mean another shop or another history: the bookmark of an API is
    forgotten with them, and its next run reads everything again, which changes no row
    that is already right. Its state is then untested, too.
    """
    with connect(url, "orchestrator") as database:
        before = database.execute(
            """select source_slug, settings from ops.connections
            where company_id = %s and connection_id = %s for update""",
            (connection.company_id, connection.connection_id),
        ).fetchone()
        database.execute(
            _UPSERT,
            {
                "company_id": connection.company_id,
                "connection_id": connection.connection_id,
                "source_slug": connection.source_slug,
                "settings": Jsonb(connection.settings),
            },
        )
        is_api = connection.source_slug != "files"
        if is_api and (
            before is None
            or before[0] != connection.source_slug
            or _what_is_read(before[1]) != _what_is_read(connection.settings)
        ):
            bookmark = source(connection.source_slug).bookmark(connection.connection_id)
            database.execute(
                "delete from ops.singer_bookmarks where company_id = %s and tap = %s",
                (connection.company_id, bookmark),
            )


def check_is_free(url: str, connection: Connection) -> None:
    """Refuse a name that already stands for another source, or for files elsewhere.

    Raises
    ------
    ConnectionTaken
    """
    for other in list_connections(url, connection.company_id):
        if other.connection_id != connection.connection_id:
            continue
        if other.source_slug != connection.source_slug:
            raise ConnectionTaken(
                f"'{other.connection_id}' is already a connection to "
                f"{source(other.source_slug).title}. Choose another --name."
            )
        is_files = other.source_slug == "files"
        if is_files and other.settings["paths"] != connection.settings["paths"]:
            raise ConnectionTaken(
                f"'{other.connection_id}' is already connected to "
                f"{', '.join(other.settings['paths']) or 'a database'}. "
                "Choose another --name."
            )
    if connection.source_slug == "shopify":
        _check_is_the_one_shop(url, connection)


def remove_connection(url: str, company_id: str, connection_id: str) -> bool:
    """Forget a connection and its secrets; what it loaded stays. False if none."""
    with connect(url, "orchestrator") as database:
        removed = database.execute(
            """delete from ops.connections
            where company_id = %s and connection_id = %s""",
            (company_id, connection_id),
        )
        return bool(removed.rowcount)


def list_connections(
    url: str, company_id: str, source_slug: str | None = None
) -> list[Connection]:
    """The connections of a company, by id; those to one kind of source if asked."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Connection))
        return cursor.execute(
            """select company_id, connection_id, source_slug, settings
            from ops.connections
            where company_id = %(company)s
                and source_slug = coalesce(%(source)s, source_slug)
            order by connection_id""",
            {"company": company_id, "source": source_slug},
        ).fetchall()


def load_connection(url: str, company_id: str, connection_id: str) -> Connection:
    """One connection.

    Raises
    ------
    UnknownConnection
    """
    for connection in list_connections(url, company_id):
        if connection.connection_id == connection_id:
            return connection
    raise UnknownConnection(
        f"{company_id} has no connection '{connection_id}'. See: timonel connections"
    )


def _check_is_the_one_shop(url: str, connection: Connection) -> None:
    """A company is one shop: counts per day and lists of orders are the shop's own.

    Orders of another shop would look deleted, and the days of both would be compared
    with the count of one.
    """
    asked = str(connection.settings["shop"]).removesuffix(".myshopify.com")
    others = {
        str(other.settings["shop"]).removesuffix(".myshopify.com")
        for other in list_connections(url, connection.company_id, "shopify")
        if other.connection_id != connection.connection_id
    }
    for shop in sorted((others | _shops_read(url, connection.company_id)) - {asked}):
        raise ConnectionTaken(
            f"{connection.company_id} already has the shop '{shop}', and a company is "
            f"one shop. Add another company for '{asked}': timonel company add."
        )


def _shops_read(url: str, company_id: str) -> set[str]:
    with connect(url, "transformer") as database:
        if not has_relation(database, "raw_shopify.shop"):
            return set()
        rows = database.execute(
            "select myshopify_domain from raw_shopify.shop where company_id = %s",
            (company_id,),
        )
        return {domain.removesuffix(".myshopify.com") for (domain,) in rows if domain}


def _what_is_read(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _ADDRESSES}


_UPSERT = """
insert into ops.connections as stored
    (company_id, connection_id, source_slug, settings)
values (%(company_id)s, %(connection_id)s, %(source_slug)s, %(settings)s)
on conflict (company_id, connection_id) do update set
    source_slug = excluded.source_slug,
    settings = excluded.settings,
    encrypted_secrets = case
        when stored.source_slug = excluded.source_slug then stored.encrypted_secrets
    end,
    state = case
        when (stored.source_slug, stored.settings)
            = (excluded.source_slug, excluded.settings) then stored.state
        else 'untested'
    end
"""
