"""What the loader leaves in `raw_files`: files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
from psycopg import sql

from orchestration.lib.connections.file_contracts import file_contracts

__all__ = ["RawFile", "Row", "load", "purchase", "rates", "remove", "shopify_row"]
__all__ += ["table_of"]

Row = Mapping[str, object]

_STREAMS = {each.name: each.stream for each in file_contracts()}
_AMOUNTS = {each.name: each.amount_column or "" for each in file_contracts()}
_LOADED_AT = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RawFile:
    """One version of an exported file; rows are numbered from line 2 on.

    A correction has the same name and a higher version. `content` names the bytes:
    two files with the same content have the same rows.
    """

    name: str
    rows: Sequence[Row]
    version: int = 1
    contract: str = "purchases"
    content: str = ""
    rejected_row_count: int = 0
    rejected_total: Decimal = Decimal(0)

    @property
    def sha256(self) -> str:
        """Stand-in for the hash of the file's bytes."""
        return self.content or f"{self.name}@{self.version}"

    @property
    def loaded_total(self) -> Decimal:
        """Sum of the amount column."""
        column = _AMOUNTS.get(self.contract, "")
        amounts = (row.get(column) for row in self.rows)
        return sum((Decimal(str(a)) for a in amounts if a is not None), Decimal(0))


def purchase(customer_id: str | None, at: str, amount: object, **others: object) -> Row:
    """A row of a purchase log, in EUR and with a time unless told otherwise."""
    return {
        "customer_id": customer_id,
        "purchased_at": at,
        "amount": amount,
        "currency_code": "EUR",
        "is_date_only": False,
        **others,
    }


def shopify_row(order_id: str, at: str, total: object, **others: object) -> Row:
    """The first row of a paid order in EUR."""
    return {
        "order_id": order_id,
        "created_at": at,
        "total": total,
        "currency_code": "EUR",
        "financial_status": "paid",
        "is_order_row": True,
        **others,
    }


def rates(*rows: tuple[str, str, str, object]) -> RawFile:
    """A file of currency rates: day, from, to, rate."""
    columns = ("rate_date", "from_currency", "to_currency", "rate")
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    return RawFile("rates.csv", told, contract="currency_rates")


def load(connection: psycopg.Connection, company_id: str, file: RawFile) -> None:
    """Add the rows of a version, then make the version the visible one."""
    known = connection.execute(
        sql.SQL(
            "select 1 from raw_files.{} where company_id = %s and file_sha256 = %s"
        ).format(sql.Identifier(table_of(file.contract))),
        [company_id, file.sha256],
    ).fetchone()
    if known is None:
        _add_rows(connection, company_id, file)
    connection.execute(
        """insert into raw_files.files (
            company_id, file_name, file_sha256, contract, exported_at, row_count,
            loaded_row_count, rejected_row_count, control_total, loaded_total,
            rejected_total, notes, _sdc_batched_at
        ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '[]', %s)
        on conflict (company_id, file_name) do update set
            file_sha256 = excluded.file_sha256, exported_at = excluded.exported_at,
            row_count = excluded.row_count,
            loaded_row_count = excluded.loaded_row_count,
            rejected_row_count = excluded.rejected_row_count,
            control_total = excluded.control_total,
            loaded_total = excluded.loaded_total,
            rejected_total = excluded.rejected_total""",
        [
            company_id,
            file.name,
            file.sha256,
            file.contract,
            _LOADED_AT + timedelta(hours=file.version),
            len(file.rows) + file.rejected_row_count,
            len(file.rows),
            file.rejected_row_count,
            file.loaded_total + file.rejected_total,
            file.loaded_total,
            file.rejected_total,
            _LOADED_AT,
        ],
    )


def table_of(contract: str) -> str:
    """Table of `raw_files` that the rows of a contract go to."""
    return _STREAMS.get(contract, contract)


def remove(connection: psycopg.Connection, company_id: str, file_name: str) -> None:
    """Make a file invisible, as if it had never been exported."""
    connection.execute(
        "delete from raw_files.files where company_id = %s and file_name = %s",
        [company_id, file_name],
    )


def _add_rows(connection: psycopg.Connection, company_id: str, file: RawFile) -> None:
    if not file.rows:
        return
    names = sorted({name for row in file.rows for name in row})
    columns = [
        *("company_id", "file_sha256", "line_number", "file_name", "_sdc_batched_at"),
        *names,
    ]
    statement = sql.SQL("copy raw_files.{} ({}) from stdin").format(
        sql.Identifier(table_of(file.contract)),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line, row in enumerate(file.rows, start=2):
            values = [row.get(name) for name in names]
            copy.write_row(
                [company_id, file.sha256, line, file.name, _LOADED_AT, *values]
            )
