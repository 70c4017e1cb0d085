"""Passwords of the logins Metabase works with: each company's own, made here.

`bi_<company>` reads and `actions_<company>` asks. Both passwords are random, kept
encrypted in ``ops.login_passwords``, and handed to the process that knows Metabase in
its environment; it gives them to Postgres and to Metabase.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import psycopg

from orchestration.lib.connections.connection_secrets import LOGIN_SECRET, sealing
from orchestration.lib.core.secrets import SecretsUnreadable, Vault
from orchestration.lib.core.settings import Settings

__all__ = ["login_environment", "reader_password"]

_READER = "reader"
_VARIABLES = {
    _READER: "TIMONEL_BI_PASSWORD",
    "asker": "TIMONEL_ACTIONS_PASSWORD",
}
_RANDOM_BYTES = 32


def login_environment(
    url: str, settings: Settings, environment: Mapping[str, str]
) -> dict[str, str]:
    """The environment, with a variable for each password it does not give itself.

    A company without passwords gets them; so does one whose passwords no key opens any
    more, since whoever uses them is told the new ones by the same command.
    """
    found = {
        f"{_VARIABLES[login]}_{company_id.upper()}": password
        for company_id, passwords in _all_passwords(url, settings).items()
        for login, password in passwords.items()
    }
    given = {name: value for name, value in environment.items() if value}
    return {**environment, **found, **given}


def reader_password(
    url: str, settings: Settings, company_id: str, environment: Mapping[str, str]
) -> str:
    """The password with which ``bi_<company>`` signs in since the last apply."""
    variables = login_environment(url, settings, environment)
    return variables[f"{_VARIABLES[_READER]}_{company_id.upper()}"]


def _all_passwords(url: str, settings: Settings) -> dict[str, dict[str, str]]:
    with sealing(url, settings) as (database, vault):
        # Two commands at once would make two passwords of one login.
        database.execute("lock table ops.login_passwords in share row exclusive mode")
        rows = database.execute(
            """select company_id, encrypted_secrets
            from ops.companies left join ops.login_passwords using (company_id)
            order by company_id"""
        ).fetchall()
        return {
            company_id: _opened(vault, company_id, sealed)
            or _made(database, vault, company_id)
            for company_id, sealed in rows
        }


def _opened(vault: Vault, company_id: str, sealed: bytes | None) -> dict[str, str]:
    if sealed is None:
        return {}
    try:
        return vault.unseal(company_id, LOGIN_SECRET, bytes(sealed))
    except SecretsUnreadable:
        return {}


def _made(
    database: psycopg.Connection, vault: Vault, company_id: str
) -> dict[str, str]:
    passwords = {login: secrets.token_urlsafe(_RANDOM_BYTES) for login in _VARIABLES}
    database.execute(
        """insert into ops.login_passwords (company_id, encrypted_secrets)
        values (%s, %s) on conflict (company_id) do update
        set encrypted_secrets = excluded.encrypted_secrets, made_at = now()""",
        (company_id, vault.seal(company_id, LOGIN_SECRET, passwords)),
    )
    return passwords
