"""The sandbox's companies, added here with all their connections."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from psycopg import sql

from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import (
    Connection,
    add_connection,
    list_connections,
    remove_connection,
)
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import Sandbox, SandboxBroken
from orchestration.lib.tenancy.companies import Company, add_company, list_companies
from orchestration.lib.tenancy.company_settings import change_settings, load_settings
from orchestration.lib.warehouse.database import connect

__all__ = ["adopt_company", "forget_delivered_files"]

# Where the examples' files were delivered before there was a sandbox.
_OLD_DELIVERY = "demo"


def adopt_company(
    url: str, settings: Settings, sandbox: Sandbox, company_id: str
) -> Company:
    """Add one of the sandbox's companies and all its connections, or refresh them.

    Raises
    ------
    SandboxBroken
        The sandbox has no such company.
    InvalidCompany
        Somebody else's company has this id.
    """
    offered = sandbox.connections()
    if company_id not in offered:
        raise SandboxBroken(
            f"The sandbox has no company '{company_id}' (it has: {', '.join(offered)})."
        )
    company = _company(url, company_id, offered[company_id])
    add_company(url, company)
    change_settings(url, company_id, **_settings(url, company_id, offered[company_id]))
    for slug, credentials in offered[company_id]["connections"].items():
        connection = Connection(company_id, slug, slug, credentials["settings"])
        add_connection(url, connection)
        save_secrets(url, settings, company_id, slug, credentials["secrets"])
    return company


def forget_delivered_files(url: str, settings: Settings, company_id: str) -> bool:
    """Drop the files an older demo delivered for an example company.

    They hold the purchases that the sandbox now serves, so each would count twice.
    Connection, bookmark and rows go; files from anywhere else are left alone.
    """
    folder = settings.home / _OLD_DELIVERY
    forgotten = False
    for connection in list_connections(url, company_id, "files"):
        paths = [Path(path) for path in connection.settings["paths"]]
        if not all(path.is_relative_to(folder) for path in paths):
            continue
        remove_connection(url, company_id, connection.connection_id)
        _delete_rows(url, connection)
        forgotten = True
    return forgotten


def _delete_rows(url: str, connection: Connection) -> None:
    """What this connection's files brought; they are examples of our own making."""
    values = {
        "company": connection.company_id,
        "prefix": connection.settings["name_prefix"],
    }
    with connect(url, "loader") as database:
        for table in SOURCES["files"].tables:
            if table.name != "files":
                name = sql.Identifier("raw_files", table.name)
                database.execute(sql.SQL(_DELETE_ROWS).format(name), values)
        database.execute(_DELETE_FILES, values)
    with connect(url, "orchestrator") as database:
        database.execute(
            "delete from ops.singer_bookmarks where company_id = %s and tap = %s",
            (connection.company_id, f"files/{connection.connection_id}"),
        )


def _company(url: str, company_id: str, offer: dict[str, Any]) -> Company:
    company = Company(
        company_id, offer["name"], offer["currency_code"], offer["time_zone"]
    )
    known = {each.company_id: each for each in list_companies(url)}.get(company_id)
    # What people call it is their affair.
    return replace(company, name=known.name) if known else company


def _settings(url: str, company_id: str, offer: dict[str, Any]) -> dict[str, Any]:
    """What its owner would tell of it; costs are told once, then theirs to tell."""
    told = dict(offer.get("settings", {}))
    if load_settings(url, company_id).gross_margin_rate is not None:
        for name in _COSTS:
            told.pop(name, None)
    return told


_COSTS = (
    *("gross_margin_rate", "shipping_cost_per_order"),
    *("payment_fee_rate", "payment_fee_per_order"),
)
_DELETE_ROWS = """
    delete from {} as landed using raw_files.files as files
    where
        landed.company_id = %(company)s
        and landed.company_id = files.company_id
        and landed.file_sha256 = files.file_sha256
        and starts_with(files.file_name, %(prefix)s)
"""
_DELETE_FILES = """
    delete from raw_files.files
    where company_id = %(company)s and starts_with(file_name, %(prefix)s)
"""
