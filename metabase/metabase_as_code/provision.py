"""Make one Metabase ready for every company, and keep it that way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from metabase.metabase_as_code.company import Company
from metabase.metabase_as_code.errors import MetabaseError, WarehouseError
from metabase.metabase_as_code.http_api import (
    Admin,
    Metabase,
    sign_in,
    wait_until_healthy,
)
from metabase.metabase_as_code.load import load_content
from metabase.metabase_as_code.publish import publish
from metabase.metabase_as_code.tenancy import (
    Home,
    Warehouse,
    close_permissions,
    ensure_home,
)
from metabase.metabase_as_code.warehouse import connect_as_admin, find_companies

__all__ = ["PASSWORD_VARIABLE", "Request", "provision"]

PASSWORD_VARIABLE = "TIMONEL_BI_PASSWORD"  # noqa: S105 (a name, not a password)
"""Password of every reader login; ``…_<COMPANY>`` gives one company its own."""

_LOCK = 5_260_817_394
_ENCRYPTED = ("require", "verify-ca", "verify-full")


@dataclass(frozen=True)
class Request:
    """What to provision, and from where."""

    metabase_url: str
    admin: Admin
    database_url: str
    company_ids: tuple[str, ...]
    root: Path
    language: str = "es"
    wait_seconds: float = 600
    renew_passwords: bool = False


def provision(request: Request, environment: Mapping[str, str]) -> list[str]:
    """Apply everything; returns what was changed, in words, nothing when equal.

    Raises
    ------
    ContentError, WarehouseError, MetabaseError
        Nothing was skipped in silence: what failed is named, and running again
        continues from there.
    """
    companies = find_companies(request.database_url, request.company_ids)
    passwords = {one.company_id: _password(one, environment) for one in companies}
    metabase = Metabase(request.metabase_url)
    with connect_as_admin(request.database_url) as connection:
        _lock(connection)
        wait_until_healthy(metabase, seconds=request.wait_seconds)
        sign_in(metabase, request.admin, language=request.language)
        homes = _homes(metabase, request, companies, passwords, connection)
        close_permissions(metabase, homes)
        for home in homes:
            content = load_content(request.root, home.company, request.language)
            publish(metabase, content, home)
    return metabase.changes


def _homes(
    metabase: Metabase,
    request: Request,
    companies: Sequence[Company],
    passwords: Mapping[str, str],
    connection: psycopg.Connection,
) -> list[Home]:
    homes = []
    for company in companies:
        password = passwords[company.company_id]
        is_new = not _can_sign_in(request.database_url, company, password)
        if is_new:
            _set_password(connection, company, password)
        homes.append(
            ensure_home(
                metabase,
                company,
                _warehouse(request.database_url),
                password,
                renew_password=is_new or request.renew_passwords,
            )
        )
    return homes


def _password(company: Company, environment: Mapping[str, str]) -> str:
    own = f"{PASSWORD_VARIABLE}_{company.company_id.upper()}"
    password = environment.get(own) or environment.get(PASSWORD_VARIABLE)
    if not password:
        raise WarehouseError(
            f"no password for the login {company.role}: "
            f"set {own} or {PASSWORD_VARIABLE}"
        )
    return password


def _lock(connection: psycopg.Connection) -> None:
    # Two runs at once would both create what neither of them finds.
    connection.autocommit = True
    row = connection.execute("select pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    if not (row and row[0]):
        raise MetabaseError("another provision is running; wait for it to end")


def _can_sign_in(url: str, company: Company, password: str) -> bool:
    try:
        psycopg.connect(url, user=company.role, password=password).close()
    except psycopg.OperationalError:
        return False
    return True


def _set_password(
    connection: psycopg.Connection, company: Company, password: str
) -> None:
    # Hashed here, so that the password does not reach the server's log.
    secret = connection.pgconn.encrypt_password(
        password.encode(), company.role.encode(), b"scram-sha-256"
    )
    statement = sql.SQL("alter role {} password {}").format(
        sql.Identifier(company.role), sql.Literal(secret.decode())
    )
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        raise WarehouseError(
            f"cannot set the password of {company.role}: {error}"
        ) from (error)


def _warehouse(url: str) -> Warehouse:
    parts: dict[str, Any] = conninfo_to_dict(url)
    return Warehouse(
        host=parts.get("host", "localhost"),
        port=int(parts.get("port", 5432)),
        dbname=parts["dbname"],
        is_encrypted=parts.get("sslmode") in _ENCRYPTED,
    )
