"""The websites of companies that are watched. An address may hold a token.

What is told of a site, in rows, logs and errors, is its name: host, port and path. Its
address is sealed like a secret; the probe unseals it, and nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from orchestration.lib.connections.connection_secrets import sealing, site_secret
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.secrets import Vault
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = ["Site", "SiteRefused", "list_names", "list_sites", "site_of", "unwatch"]
__all__ += ["watch"]


class SiteRefused(PlainError, ValueError):
    """An address cannot be watched; the message says why, without the address."""


@dataclass(frozen=True)
class Site:
    """A website of a company that is asked whether it answers."""

    company_id: str
    site_id: str
    address: str = field(repr=False)


def site_of(company_id: str, address: str) -> Site:
    """A site by its address.

    Raises
    ------
    SiteRefused
        It is none of http or https, names no host, or holds a user or password, which
        would be sent in the clear with each check.
    """
    text = address.strip()
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise SiteRefused("The address is none: write https://host/path.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SiteRefused("An address begins with https:// or http:// and a host.")
    if "@" in parts.netloc:
        raise SiteRefused("Leave out user and password: a public page needs none.")
    if any(ord(letter) < ord("!") for letter in text):
        raise SiteRefused("An address has no spaces: write them as %20.")
    name = f"{parts.hostname}{port}{parts.path}".rstrip("/")
    return Site(company_id, name, text)


def watch(url: str, settings: Settings, site: Site) -> None:
    """Watch a site, or go on with another address of its name.

    Raises
    ------
    UnknownCompany
        There is no such company.
    """
    load_company(url, site.company_id)
    with sealing(url, settings) as (database, vault):
        database.execute(
            """insert into ops.watched_sites (company_id, site_id, encrypted_address)
            values (%s, %s, %s)
            on conflict (company_id, site_id) do update
                set address = null, encrypted_address = excluded.encrypted_address""",
            (site.company_id, site.site_id, _sealed(vault, site)),
        )


def unwatch(url: str, company_id: str, site_id: str) -> bool:
    """Ask a site no more; what was seen stays. False if it was not watched."""
    with connect(url, "orchestrator") as database:
        gone = database.execute(
            "delete from ops.watched_sites where company_id = %s and site_id = %s",
            (company_id, site_id),
        )
        return bool(gone.rowcount)


def list_names(
    url: str, company_ids: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Company and name of the watched sites of all companies, or of these."""
    with connect(url, "orchestrator") as database:
        return database.execute(
            f"select company_id, site_id {_WATCHED}", _of(company_ids)
        ).fetchall()


def list_sites(
    url: str, settings: Settings, company_ids: Sequence[str] | None = None
) -> list[Site]:
    """The watched sites with their addresses, of all companies, or of these.

    Addresses from before they were sealed are sealed now.

    Raises
    ------
    SecretsUnreadable
        An address has no key.
    """
    if not list_names(url, company_ids):
        return []
    with sealing(url, settings) as (database, vault):
        rows = database.execute(
            f"select company_id, site_id, address, encrypted_address {_WATCHED}"
            " for update",
            _of(company_ids),
        ).fetchall()
        sites = []
        for company_id, site_id, plain, sealed in rows:
            if sealed is None:
                site = Site(company_id, site_id, plain)
                database.execute(
                    """update ops.watched_sites
                    set address = null, encrypted_address = %s
                    where company_id = %s and site_id = %s""",
                    (_sealed(vault, site), company_id, site_id),
                )
            else:
                secret = vault.unseal(company_id, site_secret(site_id), bytes(sealed))
                site = Site(company_id, site_id, str(secret["address"]))
            sites.append(site)
        return sites


def _sealed(vault: Vault, site: Site) -> bytes:
    name = site_secret(site.site_id)
    return vault.seal(site.company_id, name, {"address": site.address})


def _of(company_ids: Sequence[str] | None) -> dict[str, list[str] | None]:
    return {"ids": None if company_ids is None else list(company_ids)}


_WATCHED = """
    from ops.watched_sites
    where %(ids)s::text[] is null or company_id = any(%(ids)s::text[])
    order by company_id, site_id
"""
