"""Bring what dbt says of views and columns to whoever builds questions in Metabase.

dbt-metabase writes them, from the manifest of the dbt project: each description stays
where the number is defined. It is a command of its own because the server has to read
its schema again first, which takes seconds for each company.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import requests
from dbtmetabase import DbtMetabase, Filter
from dbtmetabase.errors import ArgumentError, MetabaseStateError

from metabase.content.errors import MetabaseError
from metabase.content.warehouse import find_companies
from metabase.server.client import Metabase, check_version
from metabase.server.desired_state import Request

__all__ = ["describe"]

_SCHEMA = "reporting"


def describe(
    request: Request, manifest: Path, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Write the descriptions of the reporting views and their columns.

    What people typed over a description is replaced; nothing else of a table is ours.
    A second run writes nothing.

    Parameters
    ----------
    manifest : Path
        ``manifest.json`` of the dbt project.

    Raises
    ------
    MetabaseError
        The server has no connection of a company yet, did not find its views within
        ``request.wait_seconds``, or refused something.
    WarehouseError
        The database does not answer, or a company does not exist.
    """
    companies = find_companies(request.database_url, request.company_ids)
    check_version(Metabase(request.metabase_url).get("/api/session/properties"))
    try:
        client = DbtMetabase(
            manifest_path=manifest,
            metabase_url=request.metabase_url,
            metabase_api_key=request.admin.api_key,
            metabase_username=request.admin.email,
            metabase_password=request.admin.password,
        )
        for company in companies:
            client.export_models(
                metabase_database=company.connection,
                schema_filter=Filter(include=[_SCHEMA]),
                skip_sources=True,
                sync_timeout=int(request.wait_seconds),
            )
            tell(f"{company.company_id}: views and columns say what dbt says of them")
    except (ArgumentError, MetabaseStateError) as error:
        raise MetabaseError(
            f"{error}; run timonel metabase apply first, and timonel run so that every "
            "reporting view is there, then run the same again: it continues"
        ) from error
    except requests.RequestException as error:
        raise MetabaseError(
            f"{request.metabase_url} did not take the descriptions: {error}; look at "
            "Metabase's log, then run the same again: it continues"
        ) from error
