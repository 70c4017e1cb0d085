"""Where the connections' secrets are kept: encrypted, in columns of ``ops``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from orchestration.lib.core.secrets import (
    KeyFile,
    SecretsUnreadable,
    Vault,
    new_key,
    open_vault,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.advisory_locks import take_lock
from orchestration.lib.warehouse.database import connect

__all__ = [
    "LOGIN_SECRET",
    "channel_secret",
    "destination_secret",
    "erasure_secret",
    "load_secrets",
    "locked_secrets",
    "rotate_key",
    "save_secrets",
    "sealing",
    "site_secret",
    "webhook_secret",
]

_UNLOCKED = """
    select encrypted_secrets from ops.connections
    where company_id = %s and connection_id = %s
"""
_LOCKED = """
    select encrypted_secrets from ops.connections
    where company_id = %s and connection_id = %s for update
"""
# Shared by whoever reads or writes secrets, exclusive while the key changes: nobody may
# seal with a key that is about to go.
_LOCK = "secrets"

LOGIN_SECRET = "logins of Metabase"  # noqa: S105 (a name, not a password)
"""The name under which a company's passwords of logins are sealed."""


def save_secrets(
    url: str,
    settings: Settings,
    company_id: str,
    connection_id: str,
    secrets: dict[str, Any],
) -> None:
    """Replace the secrets of a connection."""
    with sealing(url, settings) as (database, vault):
        _write(database, vault, company_id, connection_id, secrets)


@contextmanager
def sealing(
    url: str, settings: Settings, *, create: bool = True
) -> Iterator[tuple[psycopg.Connection, Vault]]:
    """A transaction and the vault, whose key does not change before it is over."""
    with connect(url, "orchestrator") as database:
        take_lock(database, _LOCK, is_shared=True, within_transaction=True)
        yield database, open_vault(settings, create=create)


def load_secrets(
    url: str, settings: Settings, company_id: str, connection_id: str
) -> dict[str, Any]:
    """The secrets of a connection; empty when it has none."""
    with connect(url, "orchestrator") as database:
        take_lock(database, _LOCK, is_shared=True, within_transaction=True)
        return _read(database, settings, company_id, connection_id)


@contextmanager
def locked_secrets(
    url: str, settings: Settings, company_id: str, connection_id: str
) -> Iterator[dict[str, Any]]:
    """Hold a connection's row; what the block changes in the secrets is committed."""
    with connect(url, "orchestrator") as database:
        take_lock(database, _LOCK, is_shared=True, within_transaction=True)
        secrets = _read(database, settings, company_id, connection_id, lock=True)
        before = dict(secrets)
        yield secrets
        if secrets != before:
            vault = open_vault(settings, create=True)
            _write(database, vault, company_id, connection_id, secrets)


def rotate_key(url: str, settings: Settings) -> int:
    """Re-encrypt all secrets with a new key; return how many there were.

    In a key file the new key is put in front of the old ones first, and the old ones
    go last: killed anywhere in between, every secret still has its key in the file.

    Raises
    ------
    SecretsUnreadable
        A secret has no key, or ``TIMONEL_SECRET_KEY`` holds no second one.
    """
    if len(settings.secret_keys) == 1:
        raise SecretsUnreadable(
            "TIMONEL_SECRET_KEY holds one key. Put a new one before it, with a comma "
            "between (timonel secrets new-key makes one), and rotate again."
        )
    with connect(url, "orchestrator", autocommit=True) as database:
        take_lock(database, _LOCK)
        if settings.secret_keys:
            return _reseal(database, Vault(settings.secret_keys))
        file = KeyFile(settings.home)
        if not file.exists():
            file.create()
        file.write([new_key(), *file.read()])
        keys = file.read()
        count = _reseal(database, Vault(keys))
        file.write(keys[:1])
        return count


def _reseal(database: psycopg.Connection, vault: Vault) -> int:
    with database.transaction():
        return sum(_reseal_column(database, vault, kept) for kept in _KEPT)


def _reseal_column(database: psycopg.Connection, vault: Vault, kept: _Kept) -> int:
    table = sql.Identifier("ops", kept.table)
    column, key = sql.Identifier(kept.column), sql.SQL(kept.key)
    rows = database.execute(
        sql.SQL(
            """select company_id, {key}, {column} from {table}
            where {column} is not null order by 1, 2 for update"""
        ).format(key=key, column=column, table=table)
    ).fetchall()
    for company_id, told, sealed in rows:
        name = kept.name_of(told)
        fresh = vault.seal(
            company_id, name, vault.unseal(company_id, name, bytes(sealed))
        )
        database.execute(
            sql.SQL(
                "update {table} set {column} = %s where company_id = %s and {key} = %s"
            ).format(key=key, column=column, table=table),
            (fresh, company_id, told),
        )
    return len(rows)


def destination_secret(destination: str) -> str:
    """The name under which a place's key is sealed: no connection has it."""
    return f"audience destination {destination}"


def channel_secret(channel_id: str) -> str:
    """The name under which a channel's address is sealed: no connection has it."""
    return f"alert channel {channel_id}"


def erasure_secret(key_id: str) -> str:
    """The name under which a key of erasures is sealed: no connection has it."""
    return f"erasure key {key_id}"


def webhook_secret(connection_id: str) -> str:
    """The name under which a webhook's secrets are sealed: no connection has it."""
    return f"webhook {connection_id}"


def site_secret(site_id: str) -> str:
    """The name under which a website's address is sealed: no connection has it."""
    return f"website {site_id}"


@dataclass(frozen=True)
class _Kept:
    """A column of secrets: its table, what tells a company's rows apart, their name."""

    table: str
    key: str
    name_of: Callable[[str], str]
    column: str = "encrypted_secrets"


_KEPT = (
    _Kept("connections", "connection_id", str),
    _Kept("alert_channels", "channel_id", channel_secret, "encrypted_address"),
    _Kept("audience_destinations", "destination", destination_secret),
    _Kept("erasure_keys", "key_id", erasure_secret),
    _Kept("login_passwords", "''", lambda _: LOGIN_SECRET),
    _Kept("webhooks", "connection_id", webhook_secret),
    _Kept("watched_sites", "site_id", site_secret, "encrypted_address"),
)


def _read(
    database: psycopg.Connection,
    settings: Settings,
    company_id: str,
    connection_id: str,
    *,
    lock: bool = False,
) -> dict[str, Any]:
    row = database.execute(
        _LOCKED if lock else _UNLOCKED,
        (company_id, connection_id),
    ).fetchone()
    if row is None or row[0] is None:
        return {}
    return open_vault(settings).unseal(company_id, connection_id, bytes(row[0]))


def _write(
    database: psycopg.Connection,
    vault: Vault,
    company_id: str,
    connection_id: str,
    secrets: dict[str, Any],
) -> None:
    sealed = vault.seal(company_id, connection_id, secrets) if secrets else None
    database.execute(
        """update ops.connections set encrypted_secrets = %s
        where company_id = %s and connection_id = %s""",
        (sealed, company_id, connection_id),
    )
