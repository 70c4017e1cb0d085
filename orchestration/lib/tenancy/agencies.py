"""Agencies: companies without orders of their own, and the companies they serve.

An agency reads what was written into its own tenancy about its clients (see
`client_summaries`), and no row of theirs.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.tenancy.companies import (
    Company,
    InvalidCompany,
    UnknownCompany,
    add_company,
    check_company,
    list_companies,
    load_company,
)
from orchestration.lib.warehouse.database import connect

__all__ = [
    "AGENCY",
    "InvalidClients",
    "add_agency",
    "add_clients",
    "import_clients",
    "known_agency",
    "list_agencies",
    "remove_client",
]

AGENCY = "agency"
"""The plan of a company that is an agency."""
_COLUMNS = ("agency", "company", "name", "currency", "time_zone")


class InvalidClients(PlainError, ValueError):
    """Clients cannot be added as asked; the message says which and why."""


@dataclass(frozen=True)
class _Line:
    """A company of a file, and the agency it is a client of."""

    number: int
    agency_id: str
    company: Company


def add_agency(url: str, company: Company) -> bool:
    """Add an agency. False if it was there already.

    Raises
    ------
    InvalidCompany
        As of `add_company`, or a company that is no agency has this id.
    """
    if company.company_id in _ids(url) - set(list_agencies(url)):
        raise InvalidCompany(
            f"'{company.company_id}' is a company with data of its own: give the "
            f"agency another id, such as '{company.company_id[:33]}_agency'."
        )
    added = add_company(url, company)
    with connect(url, "orchestrator") as connection:
        connection.execute(
            "update ops.companies set plan = %s where company_id = %s",
            (AGENCY, company.company_id),
        )
    return added


def list_agencies(url: str) -> dict[str, tuple[str, ...]]:
    """The clients of every agency, by their ids."""
    with connect(url, "orchestrator") as connection:
        rows = connection.execute(
            """select agencies.company_id,
                coalesce(array_agg(clients.client_id order by clients.client_id)
                    filter (where clients.client_id is not null), '{}')
            from ops.companies as agencies
            left join ops.agency_clients as clients using (company_id)
            where agencies.plan = %s group by 1 order by 1""",
            (AGENCY,),
        )
        return {agency_id: tuple(clients) for agency_id, clients in rows}


def known_agency(url: str, agency_id: str) -> dict[str, tuple[str, ...]]:
    """The clients of every agency, of which this is one.

    Raises
    ------
    UnknownCompany
        It is not.
    """
    agencies = list_agencies(url)
    if agency_id not in agencies:
        raise UnknownCompany(
            f"There is no agency '{agency_id}' (agencies: "
            f"{', '.join(agencies) or 'none yet'}). Add it with `timonel agency add "
            f"{agency_id}`."
        )
    return agencies


def add_clients(url: str, agency_id: str, client_ids: Sequence[str]) -> int:
    """Let an agency see how these companies are doing; how many are new to it.

    A company may be served by several agencies, none of which sees the others.

    Raises
    ------
    UnknownCompany
        There is no such agency or company; nothing was changed.
    InvalidClients
        One of them is an agency itself; nothing was changed.
    """
    agencies = known_agency(url, agency_id)
    for client_id in client_ids:
        load_company(url, client_id)
        if client_id in agencies:
            raise InvalidClients(f"'{client_id}' is an agency, not a client of one.")
    with connect(url, "orchestrator") as connection:
        return _link(connection, agency_id, client_ids)


def remove_client(url: str, agency_id: str, client_id: str) -> bool:
    """Take a company from an agency, with what it saw of it; False if it had it not."""
    known_agency(url, agency_id)
    with connect(url, "orchestrator") as connection:
        removed = connection.execute(
            "delete from ops.agency_clients where company_id = %s and client_id = %s",
            (agency_id, client_id),
        )
        return removed.rowcount > 0


def import_clients(url: str, path: Path) -> int:
    """Add the companies of a CSV file to their agencies; how many links are new.

    Parameters
    ----------
    path
        With the columns agency, company, name, currency and time_zone. The agencies
        exist; companies that do not are added, those that do stay as they are.

    Raises
    ------
    InvalidClients
        The file cannot be read, or lines of it are wrong, by themselves or beside an
        earlier one: each is named, and nothing was changed.
    """
    lines = _read(path)
    agencies = list_agencies(url)
    known = {each.company_id: each for each in list_companies(url)}
    told = dict(known)
    wrong = []
    for line in lines:
        reasons = _reasons(line, agencies, told)
        wrong += [f"line {line.number}: {reason}" for reason in reasons]
        told.setdefault(line.company.company_id, line.company)
    if wrong:
        raise InvalidClients(f"{path.name}: nothing was added.\n" + "\n".join(wrong))
    for line in lines:
        if line.company.company_id not in known:
            add_company(url, line.company)
    with connect(url, "orchestrator") as connection:
        return sum(
            _link(connection, line.agency_id, [line.company.company_id])
            for line in lines
        )


def _read(path: Path) -> list[_Line]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            # Where a comma is for decimals, spreadsheets write semicolons.
            delimiter = ";" if ";" in file.readline() else ","
            file.seek(0)
            rows = csv.DictReader(file, delimiter=delimiter)
            missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise InvalidClients(
                    f"{path.name} lacks the columns {', '.join(missing)}: its first "
                    f"line is {','.join(_COLUMNS)}."
                )
            return [_line(rows.line_num, row) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidClients(f"{path} cannot be read: {error}") from error


def _line(number: int, row: dict[str, str | None]) -> _Line:
    agency, company, name, currency, zone = (
        (row[key] or "").strip() for key in _COLUMNS
    )
    told = Company(company, name or company, currency.upper(), zone)
    return _Line(number, agency, told)


def _reasons(
    line: _Line, agencies: Collection[str], known: dict[str, Company]
) -> list[str]:
    company = line.company
    found = []
    if line.agency_id not in agencies:
        found.append(
            f"there is no agency '{line.agency_id}' (timonel agency add "
            f"{line.agency_id or 'ID'})"
        )
    if company.company_id in agencies:
        found.append(f"'{company.company_id}' is an agency, not a client of one")
    present = known.get(company.company_id)
    if present and present != company:
        found.append(
            f"'{company.company_id}' is there as '{present.name}', "
            f"{present.currency_code}, {present.time_zone}: write the same, or "
            "another id"
        )
    if not present:
        try:
            check_company(company)
        except InvalidCompany as wrong:
            found.append(str(wrong))
    return found


def _link(
    connection: psycopg.Connection, agency_id: str, client_ids: Sequence[str]
) -> int:
    added = connection.execute(
        """insert into ops.agency_clients (company_id, client_id)
        select %s, unnest(%s::text[]) on conflict do nothing""",
        (agency_id, list(client_ids)),
    )
    return added.rowcount


def _ids(url: str) -> set[str]:
    return {each.company_id for each in list_companies(url)}
