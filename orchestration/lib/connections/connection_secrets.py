"""Where the connections' secrets are kept: encrypted, one column of ``ops``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

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
    "channel_secret",
    "destination_secret",
    "load_secrets",
    "locked_secrets",
    "rotate_key",
    "save_secrets",
    "sealing",
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
        rows = database.execute(
            """select company_id, connection_id, encrypted_secrets from ops.connections
            where encrypted_secrets is not null
            order by company_id, connection_id for update"""
        ).fetchall()
        for company_id, connection_id, sealed in rows:
            secrets = vault.unseal(company_id, connection_id, sealed)
            _write(database, vault, company_id, connection_id, secrets)
        resealed = _reseal_channels(database, vault)
        return len(rows) + resealed + _reseal_destinations(database, vault)


def _reseal_channels(database: psycopg.Connection, vault: Vault) -> int:
    rows = database.execute(
        """select company_id, channel_id, encrypted_address from ops.alert_channels
        order by company_id, channel_id for update"""
    ).fetchall()
    for company_id, channel_id, sealed in rows:
        name = channel_secret(channel_id)
        fresh = vault.seal(
            company_id, name, vault.unseal(company_id, name, bytes(sealed))
        )
        database.execute(
            """update ops.alert_channels set encrypted_address = %s
            where company_id = %s and channel_id = %s""",
            (fresh, company_id, channel_id),
        )
    return len(rows)


def _reseal_destinations(database: psycopg.Connection, vault: Vault) -> int:
    rows = database.execute(
        """select company_id, destination, encrypted_secrets
        from ops.audience_destinations where encrypted_secrets is not null
        order by company_id, destination for update"""
    ).fetchall()
    for company_id, destination, sealed in rows:
        name = destination_secret(destination)
        fresh = vault.seal(
            company_id, name, vault.unseal(company_id, name, bytes(sealed))
        )
        database.execute(
            """update ops.audience_destinations set encrypted_secrets = %s
            where company_id = %s and destination = %s""",
            (fresh, company_id, destination),
        )
    return len(rows)


def destination_secret(destination: str) -> str:
    """The name under which a place's key is sealed: no connection has it."""
    return f"audience destination {destination}"


def channel_secret(channel_id: str) -> str:
    """The name under which a channel's address is sealed: no connection has it."""
    return f"alert channel {channel_id}"


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
