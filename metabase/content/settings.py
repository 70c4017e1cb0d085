"""What a company asks of Metabase: its language, and who is mailed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from metabase.content.errors import WarehouseError
from metabase.content.schedules import RHYTHMS

__all__ = ["CompanySettings", "chosen_language", "load_settings", "save_settings"]

_LANGUAGE = "es"

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True)
class CompanySettings:
    """``language`` None: the one of the run; ``recipients`` by rhythm."""

    company_id: str
    time_zone: str
    language: str | None = None
    recipients: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_settings(connection: psycopg.Connection) -> dict[str, CompanySettings]:
    """Read those of every company."""
    rows = connection.execute(
        """
        select
            companies.company_id,
            companies.time_zone,
            settings.language,
            settings.daily_recipients,
            settings.weekly_recipients,
            settings.monthly_recipients
        from ops.companies
        left join ops.metabase_settings as settings
            on companies.company_id = settings.company_id
        """
    ).fetchall()
    return {
        company_id: CompanySettings(
            company_id,
            time_zone,
            language,
            {
                rhythm: tuple(addresses or ())
                for rhythm, addresses in zip(RHYTHMS, recipients, strict=True)
            },
        )
        for company_id, time_zone, language, *recipients in rows
    }


def chosen_language(
    connection: psycopg.Connection, company_ids: Sequence[str] = ()
) -> str:
    """The language that all of these companies chose, else Spanish; none are all."""
    chosen = {
        told.language or _LANGUAGE
        for company_id, told in load_settings(connection).items()
        if not company_ids or company_id in company_ids
    }
    return chosen.pop() if len(chosen) == 1 else _LANGUAGE


def save_settings(
    connection: psycopg.Connection,
    company_id: str,
    language: str | None,
    recipients: Mapping[str, Sequence[str] | None],
) -> None:
    """Write what is given and leave the rest; an empty list names nobody.

    Raises
    ------
    WarehouseError
        There is no such company, or an address is none.
    """
    for address in (one for told in recipients.values() for one in told or ()):
        if not _ADDRESS.fullmatch(address):
            raise WarehouseError(f"{address!r} is no mail address: write name@host.tld")
    try:
        connection.execute(
            "insert into ops.metabase_settings (company_id) values (%s)"
            " on conflict do nothing",
            [company_id],
        )
    except psycopg.errors.ForeignKeyViolation as error:
        raise WarehouseError(f"there is no company {company_id!r}") from error
    given = {f"{rhythm}_recipients": told for rhythm, told in recipients.items()}
    for column, value in {"language": language, **given}.items():
        if value is not None:
            connection.execute(
                sql.SQL(
                    "update ops.metabase_settings set {} = %s where company_id = %s"
                ).format(sql.Identifier(column)),
                [value if isinstance(value, str) else list(value), company_id],
            )
