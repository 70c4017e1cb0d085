"""Companies: the tenants of the platform."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import psycopg
from babel import Locale
from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Company",
    "InvalidCompany",
    "UnknownCompany",
    "add_company",
    "check_company",
    "ensure_logins",
    "ensure_role",
    "list_companies",
    "load_company",
    "reader_role",
    "set_currency",
    "slug",
    "with_data",
    "writer_role",
]

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
_READERS = "bi_reader"
#: Of each login of a company. A session may lengthen its own timeouts, not the rest.
_CONNECTIONS = 20  # a pool of Metabase holds fifteen
_LIMITS = {
    "statement_timeout": "2min",
    "idle_in_transaction_session_timeout": "1min",
    "temp_file_limit": "2GB",
}
_DUPLICATE = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation)


class InvalidCompany(PlainError, ValueError):
    """A company cannot be added as asked; the message says what to change."""


class UnknownCompany(PlainError, LookupError):
    """No company has this id; the message lists those that exist."""


@dataclass(frozen=True)
class Company:
    """One tenant.

    Parameters
    ----------
    company_id
        Slug, first column of every key.
    currency_code
        ISO 4217 code in which the company reports.
    time_zone
        IANA name of the zone that decides on which date an order falls.
    """

    company_id: str
    name: str
    currency_code: str
    time_zone: str

    def last_complete_day(self, now: datetime) -> date:
        """The day before ``now`` (an aware datetime) in the company's time zone."""
        return now.astimezone(ZoneInfo(self.time_zone)).date() - timedelta(days=1)


def slug(name: str) -> str:
    """A company id made from any name, such as ``Tienda Ñandú`` -> ``tienda_nandu``.

    Raises
    ------
    InvalidCompany
        The name has no Latin letter or digit to make an id of.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", ascii_name.lower()).strip("_")
    if not words:
        raise InvalidCompany(
            f"No company id can be made of '{name}': give one of Latin letters, such "
            "as COMPANY=my_shop (--company my_shop)."
        )
    return (words if words[:1].isalpha() else f"c_{words}")[:40].rstrip("_")


def reader_role(company_id: str) -> str:
    """The login role whose reads are limited to this company."""
    return f"bi_{company_id}"


def writer_role(company_id: str) -> str:
    """The login role that may ask for actions of this company, and do nothing else."""
    return f"actions_{company_id}"


def add_company(url: str, company: Company) -> bool:
    """Add a company and its login roles. False if it was there already, unchanged.

    Raises
    ------
    InvalidCompany
        The id is no slug, the currency not ISO 4217, the time zone not IANA, or
        the id is taken by a company with other settings.
    """
    check_company(company)
    with psycopg.connect(url) as connection:
        inserted = connection.execute(
            """insert into ops.companies (company_id, name, currency_code, time_zone)
            values (%s, %s, %s, %s) on conflict do nothing""",
            (
                company.company_id,
                company.name,
                company.currency_code,
                company.time_zone,
            ),
        ).rowcount
        _ensure_logins(connection, company.company_id)
    present = load_company(url, company.company_id)
    if present != company:
        raise InvalidCompany(
            f"There is already a company '{company.company_id}' with other settings: "
            f"'{present.name}', {present.currency_code}, {present.time_zone}. If it is "
            "the same one, leave it as it is (timonel company set changes settings); "
            f"another needs another id, such as '{company.company_id[:38]}_2'."
        )
    return bool(inserted)


def ensure_logins(url: str, company_id: str) -> None:
    """Make the login roles of a company that a backup brought without them."""
    with psycopg.connect(url) as connection:
        _ensure_logins(connection, company_id)


def _ensure_logins(connection: psycopg.Connection, company_id: str) -> None:
    ensure_role(connection, reader_role(company_id), "bi_reader")
    ensure_role(connection, writer_role(company_id), "action_writer")


def set_currency(url: str, company_id: str, currency_code: str) -> None:
    """Change the currency a company reports in."""
    with connect(url, "orchestrator") as connection:
        connection.execute(
            "update ops.companies set currency_code = %s where company_id = %s",
            (currency_code, company_id),
        )


def list_companies(url: str) -> list[Company]:
    """All companies, by id."""
    with connect(url, "orchestrator") as connection:
        cursor = connection.cursor(row_factory=class_row(Company))
        return cursor.execute(
            """select company_id, name, currency_code, time_zone
            from ops.companies order by company_id"""
        ).fetchall()


def with_data(url: str) -> list[Company]:
    """Companies that have data of their own, by id: all but agencies."""
    with connect(url, "orchestrator") as connection:
        cursor = connection.cursor(row_factory=class_row(Company))
        return cursor.execute(
            """select company_id, name, currency_code, time_zone
            from ops.companies where plan <> 'agency' order by company_id"""
        ).fetchall()


def load_company(url: str, company_id: str) -> Company:
    """One company.

    Raises
    ------
    UnknownCompany
        Naming the companies that exist and how to add one.
    """
    companies = {company.company_id: company for company in list_companies(url)}
    if company_id not in companies:
        known = ", ".join(companies) or "none yet"
        raise UnknownCompany(
            f"There is no company '{company_id}' (companies: {known}). "
            f"Add it with `timonel company add {company_id}`."
        )
    return companies[company_id]


def check_company(company: Company) -> None:
    """Refuse what cannot be a company.

    Raises
    ------
    InvalidCompany
        The id is no slug, the currency not ISO 4217, or the time zone not IANA.
    """
    if not _SLUG.fullmatch(company.company_id):
        raise InvalidCompany(
            f"{company.company_id!r} cannot be a company id: use up to 40 lower-case "
            f"letters, digits and underscores, such as '{slug(company.company_id)}'."
        )
    if reader_role(company.company_id) == _READERS:
        raise InvalidCompany(
            f"'{company.company_id}' is taken: {_READERS} is the group of all readers."
        )
    if company.currency_code not in Locale("en").currencies:
        raise InvalidCompany(
            f"'{company.currency_code}' is not an ISO 4217 currency code such as EUR, "
            "USD or CLP."
        )
    if company.time_zone not in available_timezones():
        raise InvalidCompany(
            f"'{company.time_zone}' is not an IANA time zone such as Europe/Madrid or "
            "America/Santiago."
        )


def ensure_role(connection: psycopg.Connection, name: str, group: str) -> None:
    """Make a login role of a company without a password, limited as all of them are."""
    role = sql.Identifier(name)
    try:
        with connection.transaction():
            # No password: nobody can log in as it until one is set on purpose.
            statement = sql.SQL("create role {} login connection limit {} in role {}")
            connection.execute(
                statement.format(role, sql.Literal(_CONNECTIONS), sql.Identifier(group))
            )
            _limit(connection, role)
    except _DUPLICATE:
        pass  # roles belong to the whole server; another database may have made it
    connection.execute(sql.SQL("grant {} to current_user").format(role))


def _limit(connection: psycopg.Connection, role: sql.Identifier) -> None:
    """Bound what one session may take of the server that companies share."""
    for name, value in _LIMITS.items():
        statement = sql.SQL("alter role {} set {} = {}").format(
            role, sql.Identifier(name), sql.Literal(value)
        )
        try:
            with connection.transaction():
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            # The limit of files is the superuser's to give: doctor tells how.
            continue
