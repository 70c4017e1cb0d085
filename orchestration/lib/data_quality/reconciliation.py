"""Compare the raw tables with what the source counted, slice by slice, day by day.

Only slices that landed since the last comparison that passed are looked at, so the cost
follows what was read. A read that failed the comparison is compared again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection as Database
from psycopg import sql
from psycopg.rows import dict_row

from orchestration.lib.connections.sources import RawTable, Source
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["Difference", "differences"]

# Sources round each row; the sum over n rows may be this much off per row.
_ROUNDING_PER_ROW = "0.01"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Difference:
    """A slice or day whose rows are not those the source counted.

    ``is_settled`` is False where a later read is expected to explain it: that is no
    reason to stop.
    """

    what: str
    problem: str
    is_settled: bool = True

    def __str__(self) -> str:
        return f"{self.what}: {self.problem}"


def differences(
    url: str, company_id: str, source: Source, since: datetime | None
) -> list[Difference]:
    """What differs among the slices and days that landed since then.

    Parameters
    ----------
    since
        None compares everything.
    """
    values = {"company": company_id, "since": since or _BEGINNING}
    found: list[Difference] = []
    with connect(url, "transformer") as database:
        # A first read that was cut off may have left rows and no table of slices.
        if not has_relation(database, f"{source.schema}.slices"):
            return found
        tables = {table.name: table for table in source.tables}
        for stream, total_name in _streams(database, source, values):
            if stream not in tables:
                found.append(Difference(stream, "no such table in the registry"))
                continue
            found += _slices(database, source, tables[stream], total_name, values)
        if "order_days" in tables:
            found += _order_days(database, values)
    return found


def _streams(
    database: Database, source: Source, values: dict[str, Any]
) -> list[tuple[str, str | None]]:
    statement = sql.SQL(
        """select stream_name, max(total_name) from {}
        where company_id = %(company)s and _sdc_batched_at >= %(since)s
        group by 1 order by 1"""
    ).format(sql.Identifier(source.schema, "slices"))
    return database.execute(statement, values).fetchall()


def _slices(
    database: Database,
    source: Source,
    table: RawTable,
    total_name: str | None,
    values: dict[str, Any],
) -> Iterator[Difference]:
    columns = [sql.Identifier(name) for name in source.slice_columns]
    total = (
        sql.SQL("coalesce(sum(facts.{}), 0)").format(sql.Identifier(total_name))
        if total_name
        else sql.SQL("null::numeric")
    )
    statement = sql.SQL(_SLICES).format(
        table=sql.Identifier(source.schema, table.name),
        slices=sql.Identifier(source.schema, "slices"),
        slice=sql.SQL(", ").join(
            sql.SQL("slices.{}").format(column) for column in columns
        ),
        same_slice=sql.SQL(" and ").join(
            sql.SQL("facts.{0} = slices.{0}").format(column) for column in columns
        ),
        total=total,
    )
    rows = database.cursor(row_factory=dict_row).execute(
        statement,
        values
        | {
            "stream": table.name,
            "rounding": _ROUNDING_PER_ROW,
            "is_part": table.control == "at_most",
        },
    )
    for row in rows.fetchall():
        where = ", ".join(str(row[name]) for name in source.slice_columns)
        yield Difference(f"{table.name} of {where}", _problem(row, total_name))


def _problem(row: dict[str, Any], total_name: str | None) -> str:
    if row["landed_count"] != row["row_count"]:
        return f"{row['landed_count']} rows landed, {row['row_count']} were read"
    if row["landed_total"] != row["total"] and total_name is not None:
        return f"{total_name} {row['landed_total']} landed, {row['total']} was read"
    return (
        f"{total_name} adds up to {row['total']}, the source says "
        f"{row['control_total']} of the whole"
    )


def _order_days(database: Database, values: dict[str, Any]) -> Iterator[Difference]:
    rows = database.cursor(row_factory=dict_row).execute(_ORDER_DAYS, values)
    for row in rows.fetchall():
        surplus = row["landed_count"] - row["order_count"]
        deleted = f", {row['deleted_count']} of them deleted" * bool(
            row["deleted_count"]
        )
        yield Difference(
            f"orders of {row['date']} ({row['time_zone']})",
            f"{row['landed_count'] + row['deleted_count']} landed{deleted}; the shop "
            f"counts {row['order_count']}",
            # An order deleted since the ids were listed is only missed there.
            is_settled=surplus < 0 or row["ids_are_newer"],
        )


_SLICES = """
select
    {slice},
    slices.row_count,
    slices.total,
    slices.control_total,
    landed.row_count as landed_count,
    landed.total as landed_total
from {slices} as slices
cross join lateral (
    select count(*) as row_count, {total} as total
    from {table} as facts
    where facts.company_id = slices.company_id and {same_slice}
) as landed
where
    slices.company_id = %(company)s
    and slices.stream_name = %(stream)s
    and slices._sdc_batched_at >= %(since)s
    and (
        slices.row_count <> landed.row_count
        or (landed.total is not null and slices.total <> landed.total)
        or slices.total - slices.control_total
        > %(rounding)s::numeric * greatest(slices.row_count, 1)
        or (
            not %(is_part)s
            and slices.control_total - slices.total
            > %(rounding)s::numeric * greatest(slices.row_count, 1)
        )
    )
order by {slice}
"""

# A day still running is left out: orders arrive while it is counted.
_ORDER_DAYS = """
with days as (
    select
        date,
        time_zone,
        order_count,
        read_at,
        date::timestamp at time zone time_zone as starts_at,
        (date + 1)::timestamp at time zone time_zone as ends_at
    from raw_shopify.order_days
    where
        company_id = %(company)s
        and _sdc_batched_at >= %(since)s
        and (date + 1)::timestamp at time zone time_zone <= read_at
),

span as (
    select
        max(time_zone) as time_zone,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from days
),

landed as (
    select
        orders.id,
        orders.created_at,
        (orders.created_at at time zone span.time_zone)::date as date
    from raw_shopify.orders as orders
    cross join span
    where
        orders.company_id = %(company)s
        and orders.created_at >= span.starts_at
        and orders.created_at < span.ends_at
),

judged as (
    select
        landed.date,
        landed.id,
        listings.read_at is not null
        -- The shop's search index lags: a new order may be missing from a list.
        and landed.created_at < listings.read_at - interval '10 minutes'
        and listed.id is null as is_deleted
    from landed
    left join raw_shopify.slices as listings
        on
            listings.company_id = %(company)s
            and listings.stream_name = 'order_ids'
            and landed.date = listings.date
    left join raw_shopify.order_ids as listed
        on
            listed.company_id = %(company)s
            and landed.id = listed.id
)

select
    days.date,
    days.time_zone,
    days.order_count,
    count(judged.id) filter (where not judged.is_deleted) as landed_count,
    count(judged.id) filter (where judged.is_deleted) as deleted_count,
    exists (
        select 1 from raw_shopify.slices as listings
        where
            listings.company_id = %(company)s
            and listings.stream_name = 'order_ids'
            and listings.date = days.date
            and listings.read_at >= days.read_at
    ) as ids_are_newer
from days
left join judged on days.date = judged.date
group by days.date, days.time_zone, days.order_count, days.read_at
having days.order_count
    <> count(judged.id) filter (where not judged.is_deleted)
order by days.date
"""
