"""Who a person is: every name the sources know one customer by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from orchestration.lib.tenancy.privacy.erasure_keys import sha256

__all__ = [
    "CONTACTS",
    "PEOPLE",
    "Person",
    "PersonUnknown",
    "find_person",
    "matching",
    "normalised",
    "raw_tables",
    "reference",
    "references",
    "values",
]

# Tables with one row per person: their ids, and what marts put before them. Several
# users of a marketplace may be one person.
PEOPLE = {
    ("raw_shopify", "customers"): (("id",), "shopify/"),
    ("raw_files", "marketplace_users"): (("user_id", "person_id"), "marketplace/"),
    ("raw_files", "contacts"): (("contact_id", "merged_into"), "contacts/"),
    ("raw_hubspot", "contacts"): (("id",), "contacts/"),
    ("raw_activecampaign", "contacts"): (("id",), "contacts/activecampaign/"),
}
# Columns that name a contact of a community, whatever part it has in the row.
CONTACTS = (
    "contact_id",
    "inviter_contact_id",
    "invited_contact_id",
    "referrer_contact_id",
    "referred_contact_id",
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_STEPS = 5
_SHORTEST = 6
"""Letters of a name that is looked for anywhere in a document, as traces has it."""


class PersonUnknown(LookupError):
    """Nobody by this name; the message says by which names one can be found."""


@dataclass
class Person:
    """What identifies one customer of one company.

    ``names`` are e-mail addresses, tax ids and, when asked for by it, a telephone
    number, normalised; ``customer_ids`` are those of ``marts``.
    """

    names: set[str] = field(default_factory=set)
    customer_ids: set[str] = field(default_factory=set)

    @property
    def hashes(self) -> set[str]:
        """SHA-256 of every name, as marts show it for people without an id."""
        return {sha256(name) for name in self.names}

    def ids_of(self, prefix: str) -> list[str]:
        """The source's own ids, by what marts put before them."""
        return [
            id_.removeprefix(prefix)
            for id_ in self.customer_ids
            if id_.startswith(prefix)
        ]


def normalised(name: str) -> str:
    """A name as it is compared: without capitals; tax ids and phones without marks."""
    name = name.strip().lower()
    if "@" in name or "/" in name:
        return name
    bare = re.sub(r"[\s.()+-]", "", name)
    return bare if re.fullmatch(r"\d{6,}k?", bare) else name


def find_person(
    database: psycopg.Connection, company_id: str, identifier: str
) -> Person:
    """Everything one customer is known by.

    Parameters
    ----------
    identifier
        An e-mail address, a tax id, a telephone number or the ``customer_id`` of
        marts. People who only share a telephone number stay apart.

    Raises
    ------
    PersonUnknown
        No raw row knows the identifier.
    """
    name = normalised(identifier)
    is_id = "/" in name or _SHA256.fullmatch(name) is not None
    person = Person(set() if is_id else {name}, {identifier.strip()})
    known = len(person.names) + len(person.customer_ids)
    is_known = False
    for _ in range(_MOST_STEPS):
        for names, ids in _mentions(database, company_id, person):
            is_known = True
            person.names |= {normalised(each) for each in names if each}
            person.customer_ids |= ids
            person.names |= {normalised(id_) for id_ in ids} - ids
        if len(person.names) + len(person.customer_ids) == known:
            break
        known = len(person.names) + len(person.customer_ids)
    if not is_known and not _is_delivered(database, company_id, person):
        raise PersonUnknown(
            f"Nobody at {company_id} is known by that. Give an e-mail address, a tax "
            "id, a telephone number, or the customer_id of marts.customers."
        )
    return person


def _is_delivered(
    database: psycopg.Connection, company_id: str, person: Person
) -> bool:
    """Whether a webhook told of the person, whom nothing else may have heard of."""
    quoted = [f'"{name}"' for name in person.names if len(name) >= _SHORTEST]
    row = database.execute(
        """select exists (
            select from raw_webhooks.events, unnest(%s::text[]) as told (name)
            where company_id = %s and position(name in lower(payload::text)) > 0
        )""",
        (quoted, company_id),
    ).fetchone()
    return bool(row and row[0])


def _mentions(
    database: psycopg.Connection, company_id: str, person: Person
) -> Iterator[tuple[list[str | None], set[str]]]:
    """Names and customer ids of each raw row that names the person."""
    for schema, table, columns in raw_tables(database):
        names = [column for column in ("email", "rut") if column in columns]
        keys, prefix = reference(schema, table, columns)
        matches = matching(schema, table, columns)
        # A row about two people tells no other name of either.
        is_of_one = (schema, table) in PEOPLE or len(keys) <= 1
        if not matches or not is_of_one:
            continue
        query = sql.SQL(
            "select distinct {} from {} where company_id = %(company)s and ({})"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, [*names, *keys])),
            sql.Identifier(schema, table),
            sql.SQL(" or ").join(matches),
        )
        for row in database.execute(query, values(company_id, person)):
            found, ids = row[: len(names)], row[len(names) :]
            yield list(found), {f"{prefix}{id_}" for id_ in ids if id_}


def raw_tables(database: psycopg.Connection) -> list[tuple[str, str, list[str]]]:
    """Schema, name and columns of every raw table that may name a person.

    Google's customer is the company's own account.
    """
    return database.execute(
        """select table_schema, table_name, array_agg(column_name::text order by 1)
        from information_schema.columns
        where table_schema like 'raw\\_%%' and table_schema <> 'raw_google_ads'
        group by table_schema, table_name
        having bool_or(column_name in ('email', 'rut', 'phone', 'customer_id',
            'user_id') or column_name like '%%contact\\_id')
        order by table_schema, table_name"""
    ).fetchall()


def reference(
    schema: str, table: str, columns: list[str]
) -> tuple[tuple[str, ...], str]:
    """The columns in which a table refers to a person, and their prefix in marts."""
    if (schema, table) in PEOPLE:
        return PEOPLE[schema, table]
    known = references(schema)
    prefix = next((known[column] for column in known if column in columns), None)
    if prefix is None:
        return (), ""
    return tuple(c for c in known if c in columns and known[c] == prefix), prefix


def references(schema: str) -> dict[str, str]:
    """Columns that refer to a person, and their prefix in marts; the first counts."""
    shop = "shopify/" if schema == "raw_shopify" else ""
    contacts = dict.fromkeys(CONTACTS, "contacts/")
    return {"user_id": "marketplace/", **contacts, "customer_id": shop}


def matching(schema: str, table: str, columns: list[str]) -> list[sql.Composable]:
    """Conditions under which a row of a raw table is the person's."""
    conditions: list[sql.Composable] = []
    if "email" in columns:
        email = sql.SQL("lower(trim(email))")
        conditions += [email + sql.SQL(" = any(%(names)s)"), _hashed(email)]
    if "rut" in columns:
        conditions.append(
            sql.SQL("lower(regexp_replace(rut, '[^0-9kK]', '', 'g')) = any(%(names)s)")
        )
    if "phone" in columns:
        # Families share a telephone: it names a person only where no address does.
        others = "email is null and " if "email" in columns else ""
        conditions.append(
            sql.SQL(others + "regexp_replace(phone, '\\D', '', 'g') = any(%(names)s)")
        )
    keys, prefix = reference(schema, table, columns)
    for key in keys:
        id_ = sql.SQL("{} || lower(trim({}))").format(
            sql.Literal(prefix), sql.Identifier(key)
        )
        conditions.append(sql.SQL("{} = any(%(customers)s)").format(id_))
        if not prefix:
            # A log may name its customers by anything, an address too.
            bare = sql.SQL("regexp_replace({}, '[[:space:].()+-]', '', 'g')")
            conditions += [
                sql.SQL("{} = any(%(names)s)").format(bare.format(id_)),
                _hashed(id_),
                _hashed(bare.format(id_)),
            ]
    return conditions


def _hashed(text: sql.Composable) -> sql.Composable:
    return sql.SQL(
        "encode(sha256(convert_to({}, 'UTF8')), 'hex') = any(%(customers)s)"
    ).format(text)


def values(company_id: str, person: Person) -> dict[str, object]:
    """What the conditions are asked with: they compare in lower case."""
    ids = {id_.lower() for id_ in person.customer_ids}
    return {
        "company": company_id,
        "names": sorted(person.names),
        "customers": sorted(ids | person.hashes | person.names),
    }
