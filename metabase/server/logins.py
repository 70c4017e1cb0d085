"""The logins that Metabase reads with: bi_<company>, and their passwords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from metabase.content.company import Company
from metabase.content.errors import WarehouseError
from metabase.server.tenancy import Warehouse

__all__ = [
    "ACTIONS_VARIABLE",
    "PASSWORD_VARIABLE",
    "can_sign_in",
    "password_of",
    "set_password",
    "warehouse_of",
    "writing_password_of",
]

PASSWORD_VARIABLE = "TIMONEL_BI_PASSWORD"  # noqa: S105 (a name, not a password)
"""With ``_<COMPANY>`` behind it, the password of that company's reader login."""

ACTIONS_VARIABLE = "TIMONEL_ACTIONS_PASSWORD"
"""The same of the login that may only ask; without it nobody of it asks in Metabase."""

_ENCRYPTED = ("require", "verify-ca", "verify-full")


def password_of(company: Company, environment: Mapping[str, str]) -> str:
    """The password the environment gives to the login of a company.

    Raises
    ------
    WarehouseError
        There is none.
    """
    own = f"{PASSWORD_VARIABLE}_{company.company_id.upper()}"
    password = environment.get(own)
    if not password:
        raise WarehouseError(
            f"no password for the login {company.role}: set {own}, or use `timonel "
            "metabase`, which makes one"
        )
    return password


def writing_password_of(company: Company, environment: Mapping[str, str]) -> str:
    """The password of the login that may only ask; empty when none is given."""
    own = f"{ACTIONS_VARIABLE}_{company.company_id.upper()}"
    return environment.get(own) or ""


def can_sign_in(url: str, role: str, password: str) -> bool:
    """Whether Postgres takes the login with this password."""
    try:
        psycopg.connect(url, user=role, password=password).close()
    except psycopg.OperationalError:
        return False
    return True


def set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Give the login this password.

    Raises
    ------
    WarehouseError
        The user of the connection may not.
    """
    # Hashed here, so that the password does not reach the server's log.
    secret = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    )
    statement = sql.SQL("alter role {} password {}").format(
        sql.Identifier(role), sql.Literal(secret.decode())
    )
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        raise WarehouseError(f"cannot set the password of {role}: {error}") from (error)


def warehouse_of(url: str) -> Warehouse:
    """Where the database of a URL is, as Metabase is told."""
    parts: dict[str, Any] = conninfo_to_dict(url)
    return Warehouse(
        host=parts.get("host", "localhost"),
        port=int(parts.get("port", 5432)),
        dbname=parts["dbname"],
        is_encrypted=parts.get("sslmode") in _ENCRYPTED,
    )
