"""Forgetting a person at one company: raw rows, marts, predictions, quarantine.

Orders stay, as orders of nobody: revenue is the company's. What names the person goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure_keys import ForgottenNames
from orchestration.lib.tenancy.privacy.erasure_log import forgotten_names
from orchestration.lib.tenancy.privacy.person import (
    CONTACTS,
    PEOPLE,
    Person,
    PersonUnknown,
    find_person,
    matching,
    normalised,
    raw_tables,
    reference,
    values,
)
from orchestration.lib.tenancy.privacy.traces import remove_traces, traces

__all__ = ["PERSONAL", "Forgotten", "StillKnown", "forget", "forget_returned"]

#: Columns of raw rows that name a person or lead to one.
PERSONAL = (
    *CONTACTS,
    "client_id",
    *("email", "phone", "rut", "first_name", "last_name", "full_name"),
    *("customer_id", "user_id"),
)


class StillKnown(RuntimeError):
    """After forgetting, something is still found; nothing was changed."""


@dataclass(frozen=True)
class Forgotten:
    """Rows changed or deleted, by table, and how many tables were searched after."""

    rows: dict[str, int]
    searched_table_count: int


@dataclass(frozen=True)
class _Derived:
    """A column that names a customer; must it be filled, the row has to go."""

    schema: str
    table: str
    column: str
    must_go: bool

    @property
    def address(self) -> str:
        return f"{self.schema}.{self.table}"


def forget(url: str, settings: Settings, company_id: str, identifier: str) -> Forgotten:
    """Forget one customer of one company, in one transaction, and prove it.

    Parameters
    ----------
    url, settings
        Database, as an administrator, and where the key of its secrets is.
    identifier
        See `find_person`.

    Raises
    ------
    PersonUnknown
        Nobody is known by the identifier.
    StillKnown
        The search afterwards found something; nothing was changed.
    """
    names = forgotten_names(url, settings, company_id, create=True)
    with psycopg.connect(url) as database:
        person = find_person(database, company_id, identifier)
        rows = _erase(database, company_id, person)
        found, searched = traces(database, company_id, person)
        if found:
            tables = ", ".join(f"{name} ({count})" for name, count in found.items())
            raise StillKnown(
                f"Still found after forgetting in {tables}. Nothing was changed. A "
                "key there holds the person: delete those rows first."
            )
        _remember(database, company_id, person, names)
    return Forgotten(rows, searched)


def forget_returned(url: str, settings: Settings, company_id: str) -> int:
    """Forget again whoever lies in raw rows all the same; the number of people.

    The loader refuses the names it knows (`refusals`). This finds what came in before
    it, or is only linked to a name that came later. Keyed hashes are all that is kept
    of who was forgotten, so each name in raw rows is hashed to compare. Costs nothing
    for a company that never forgot anybody.
    """
    forgotten = forgotten_names(url, settings, company_id)
    if not forgotten.hashes:
        return 0
    with psycopg.connect(url) as database:
        returned = sorted(
            {name for name in _raw_names(database, company_id) if name in forgotten}
        )
    count = 0
    for name in returned:
        try:
            forget(url, settings, company_id, name)
        except PersonUnknown:
            continue  # the same person under another name, forgotten a moment ago
        count += 1
    return count


def _erase(
    database: psycopg.Connection, company_id: str, person: Person
) -> dict[str, int]:
    rows: Counter[str] = Counter()
    for schema, table, columns in raw_tables(database):
        rows[f"{schema}.{table}"] += _erase_raw(
            database, company_id, person, (schema, table), columns
        )
    for derived in _derived_tables(database):
        rows[derived.address] += _erase_derived(database, company_id, person, derived)
    _have_marts_built_whole(database, company_id)
    rows.update(remove_traces(database, company_id, person))
    return {table: count for table, count in sorted(rows.items()) if count}


def _erase_raw(
    database: psycopg.Connection,
    company_id: str,
    person: Person,
    table: tuple[str, str],
    columns: list[str],
) -> int:
    conditions = matching(*table, columns)
    if not conditions:
        return 0
    is_theirs = sql.SQL("company_id = %(company)s and ({})").format(
        sql.SQL(" or ").join(conditions)
    )
    if table in PEOPLE:
        is_file = table[0] == "raw_files"
        statement = sql.SQL(_DELETE_FROM_FILES if is_file else _DELETE).format(
            table=sql.Identifier(*table), is_theirs=is_theirs
        )
    else:
        emptied = [sql.Identifier(c) for c in PERSONAL if c in columns]
        # The time of loading tells the next run that the row is another.
        statement = sql.SQL(
            "update {} set {}, _sdc_batched_at = now() where {}"
        ).format(
            sql.Identifier(*table),
            sql.SQL(", ").join(sql.SQL("{} = null").format(c) for c in emptied),
            is_theirs,
        )
    return database.execute(statement, values(company_id, person)).rowcount


def _derived_tables(database: psycopg.Connection) -> list[_Derived]:
    """Tables made from raw rows that name a customer."""
    with database.cursor(row_factory=class_row(_Derived)) as cursor:
        return cursor.execute(
            """select n.nspname::text as schema, c.relname::text as table,
                a.attname::text as column, bool_or(
                    a.attnotnull or coalesce(a.attnum = any(i.indkey), false)
                ) as must_go
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            join pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
            left join pg_index as i on i.indrelid = c.oid and i.indisprimary
            where c.relkind = 'r'
                and a.attname ~ '(^|_)(customer|user|person|visitor)_id$'
                and n.nspname in ('intermediate', 'marts', 'predictions', 'ops')
            group by 1, 2, 3 order by 1, 2, 3"""
        ).fetchall()


def _erase_derived(
    database: psycopg.Connection, company_id: str, person: Person, derived: _Derived
) -> int:
    customers = list(person.customer_ids | person.hashes | person.names)
    if derived.column == "user_id":
        customers += person.ids_of("marketplace/")
    verb = "delete from {}" if derived.must_go else "update {} set {} = null"
    table = sql.Identifier(derived.schema, derived.table)
    column = sql.Identifier(derived.column)
    statement = sql.SQL("{} where company_id = %s and {} = any(%s)").format(
        sql.SQL(verb).format(table, column), column
    )
    return database.execute(statement, (company_id, customers)).rowcount


def _have_marts_built_whole(database: psycopg.Connection, company_id: str) -> None:
    """Drop what changed, which may name the person: nobody reads it any more."""
    database.execute(
        "delete from ops.mart_changes where company_id = %s", (company_id,)
    )
    database.execute(
        "update ops.mart_builds set definition = 'forgotten' where company_id = %s",
        (company_id,),
    )


def _remember(
    database: psycopg.Connection,
    company_id: str,
    person: Person,
    forgotten: ForgottenNames,
) -> None:
    """Keep hashes, to know the person again; they also make the next run count."""
    ids = {each for id_ in person.customer_ids for each in (id_, id_.lower())}
    database.cursor().executemany(
        """insert into ops.forgotten_people (company_id, key_id, identifier_hash)
        values (%s, %s, %s) on conflict do nothing""",
        [(company_id, *kept) for kept in forgotten.hashed(person.names | ids)],
    )


def _raw_names(database: psycopg.Connection, company_id: str) -> Iterator[str]:
    """Every name of every person in raw rows, as `_remember` hashes it."""
    for schema, table, columns in raw_tables(database):
        keys, prefix = reference(schema, table, columns)
        names: dict[str, sql.Composable] = {
            column: sql.SQL("{} || trim({})").format(
                sql.Literal(prefix), sql.Identifier(column)
            )
            for column in keys
        }
        if "email" in columns:
            names["email"] = sql.SQL("lower(trim(email))")
        if "rut" in columns:
            names["rut"] = sql.SQL("lower(regexp_replace(rut, '[^0-9kK]', '', 'g'))")
        if "phone" in columns:
            digits = "regexp_replace(phone, '\\D', '', 'g')"
            names["phone"] = sql.SQL(
                f"case when email is null then {digits} end"
                if "email" in columns
                else digits
            )
        for column, name in names.items():
            rows = database.execute(
                sql.SQL(
                    "select distinct {} as name from {} where company_id = %s"
                ).format(name, sql.Identifier(schema, table)),
                (company_id,),
            )
            for (found,) in rows:
                if found:
                    yield found
                    if column in keys and not prefix:
                        yield normalised(found)


_DELETE = "delete from {table} where {is_theirs}"
# A file's row says how many of its rows are there, and each run compares.
_DELETE_FROM_FILES = """
    with gone as (
        delete from {table} where {is_theirs} returning company_id, file_sha256
    ),

    counted as (
        update raw_files.files
        set loaded_row_count = loaded_row_count - (
            select count(*) from gone
            where
                gone.company_id = files.company_id
                and gone.file_sha256 = files.file_sha256
        )
        where (company_id, file_sha256) in (
            select company_id, file_sha256 from gone
        )
    )

    select 1 from gone
"""
