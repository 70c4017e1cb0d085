"""Which company a file of one's own belongs to: never one that only sounds like it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

from orchestration.lib.connections.connections import list_connections
from orchestration.lib.tenancy.companies import (
    Company,
    InvalidCompany,
    list_companies,
    slug,
)

__all__ = ["company_of_file"]


def company_of_file(
    url: str,
    file: Path,
    name: str | None,
    currency: str | None = None,
    time_zone: str | None = None,
) -> Company:
    """The company of a file, as it is or, when it is new, as it will be.

    Different names make the same id (``Café Ñandú`` and ``cafe_nandu``, what is longer
    than 40 letters), and many files are called ``orders.csv``. The id itself always
    means the company that has it.

    Parameters
    ----------
    name
        As people write it, or an id. None: the company is named after the file.

    Raises
    ------
    InvalidCompany
        There is one of this id, and it is called otherwise, or none was named and it
        has other files; the message says how to mean either.
    """
    company_id = slug(name or file.stem)
    known = {each.company_id: each for each in list_companies(url)}.get(company_id)
    if known is not None and name != company_id:
        _refuse_another(url, known, file, name)
    company = known or Company(company_id, name or file.stem, "EUR", "UTC")
    return replace(
        company,
        currency_code=(currency or company.currency_code).upper(),
        time_zone=time_zone or company.time_zone,
    )


def _refuse_another(url: str, known: Company, file: Path, name: str | None) -> None:
    if name is None and not _is_connected(url, known.company_id, file):
        what = f"and {file} is none of the files it was made of"
    elif name is not None and _plain(name) != _plain(known.name):
        what = f"called '{known.name}', not '{name}'"
    else:
        return
    company_id = known.company_id
    raise InvalidCompany(
        f"There is already a company '{company_id}', {what}. If it is the same one: "
        f"--company {company_id} (COMPANY={company_id}). If it is another, give it an "
        f"id of its own, such as --company {company_id[:38]}_2."
    )


def _is_connected(url: str, company_id: str, file: Path) -> bool:
    return any(
        str(file.absolute()) in connection.settings.get("paths", ())
        for connection in list_connections(url, company_id)
    )


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
