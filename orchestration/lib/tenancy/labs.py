"""An analyst's own schema: ``lab_<company>``, written by the login of the same name.

The login reads what the company's people read, and nothing else of the platform; what
it makes is its own. The company's readers see it, so that it can be shown in Metabase.
No role the platform works with has a right there.
"""

from __future__ import annotations

import secrets

import psycopg
from psycopg import sql

from orchestration.lib.tenancy.companies import ensure_role, load_company, reader_role

__all__ = ["drop_lab", "ensure_lab", "lab_role", "labs", "open_lab"]

_RANDOM_BYTES = 32


def lab_role(company_id: str) -> str:
    """Name of the login of a company's analysts, and of their schema."""
    return f"lab_{company_id}"


def open_lab(url: str, company_id: str) -> str:
    """Make the schema and its login, and give the login a new password.

    Returns
    -------
    str
        The password, which is kept nowhere: who lost it opens the lab again.

    Raises
    ------
    UnknownCompany
    """
    load_company(url, company_id)
    password = secrets.token_urlsafe(_RANDOM_BYTES)
    with psycopg.connect(url) as database:
        ensure_lab(database, company_id)
        name = lab_role(company_id)
        # Hashed here, so that the password does not reach the server's log.
        hashed = database.pgconn.encrypt_password(
            password.encode(), name.encode(), b"scram-sha-256"
        )
        database.execute(
            sql.SQL("alter role {} password {}").format(
                sql.Identifier(name), sql.Literal(hashed.decode())
            )
        )
    return password


def ensure_lab(database: psycopg.Connection, company_id: str) -> None:
    """Make the schema and its login, if they are not there.

    The schema stays the platform's, so that it can be removed with all that is in it,
    and nobody can be let into it.
    """
    name = lab_role(company_id)
    ensure_role(database, name, "bi_reader")
    lab, reader = sql.Identifier(name), sql.Identifier(reader_role(company_id))
    for statement in (
        "create schema if not exists {lab}",
        "grant usage, create on schema {lab} to {lab}",
        "grant usage on schema {lab} to {reader}",
        "alter default privileges for role {lab} in schema {lab}"
        " grant select on tables to {reader}",
    ):
        database.execute(sql.SQL(statement).format(lab=lab, reader=reader))


def labs(url: str) -> list[str]:
    """Ids of the companies that have such a schema."""
    with psycopg.connect(url) as database:
        rows = database.execute(
            """select company_id from ops.companies
            where to_regnamespace('lab_' || company_id) is not null order by 1"""
        )
        return [company_id for (company_id,) in rows]


def drop_lab(database: psycopg.Connection, company_id: str) -> None:
    """Remove the schema with all that is in it; its login is another matter."""
    lab = sql.Identifier(lab_role(company_id))
    database.execute(sql.SQL("drop schema if exists {} cascade").format(lab))
