"""`timonel company lab`: a schema of their own for a company's analysts."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import typer
from psycopg.conninfo import conninfo_to_dict

from orchestration.cli.console import console, plain_errors
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.labs import lab_role, open_lab
from orchestration.lib.warehouse.database import open_database

__all__ = ["lab"]


def lab(company_id: Annotated[str, typer.Argument(help="Whose analysts.")]) -> None:
    """Give analysts a schema to write in, and say how to get there.

    They read what the company's people read in `reporting` and write in their own
    schema, which is backed up and leaves with the company. Given again, the password
    is a new one.
    """
    with plain_errors():
        url = open_database(Settings.from_environment())
        password = open_lab(url, company_id)
    parts = conninfo_to_dict(url)
    where = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
    name = lab_role(company_id)
    console.print(f"Schema [bold]{name}[/bold], with the login of that name. Address:")
    typer.echo(f"postgresql://{name}:{quote(password)}@{where}/{parts['dbname']}")
