"""Customers of a shop who are one person: which ids are merged, and kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["Identity", "NotMerged", "keep_apart", "list_identities", "undo_split"]


class NotMerged(PlainError, LookupError):
    """The customer is merged with nobody, or not kept apart; the message says which."""


@dataclass(frozen=True)
class Identity:
    """A customer id that is another customer, or that people keep apart.

    ``person_customer_id`` is None of who is kept apart; ``since`` is when the id was
    created at the shop, or when it was told to keep it apart.
    """

    customer_id: str
    person_customer_id: str | None
    state: Literal["merged", "kept_apart"]
    since: datetime | None
    told_by: str | None
    note: str | None


def list_identities(url: str, company_id: str) -> list[Identity]:
    """Who is merged as of the last build, and who is kept apart, by customer id."""
    with connect(url, "orchestrator") as database:
        queries = [_KEPT_APART]
        if has_relation(database, "marts.customer_identities"):
            queries.append(_MERGED)
        with database.cursor(row_factory=class_row(Identity)) as cursor:
            return cursor.execute(
                f"{' union all '.join(queries)} order by customer_id",
                {"company": company_id},
            ).fetchall()


def keep_apart(
    url: str, company_id: str, customer: str, told_by: str, note: str | None = None
) -> str:
    """Keep an id apart from whoever shares its address, from the next build on.

    Parameters
    ----------
    customer
        The ``customer_id`` of marts, or the shop's own number.

    Returns
    -------
    str
        The ``customer_id``.

    Raises
    ------
    NotMerged
        The customer is one with nobody.
    """
    customer_id = _customer_id(customer)
    with connect(url, "orchestrator") as database:
        if not _is_merged(database, company_id, customer_id):
            raise NotMerged(
                f"{customer_id} of {company_id} is merged with nobody. Who is: "
                f"timonel customers list --company {company_id}"
            )
        database.execute(_SPLIT, (company_id, customer_id, note, told_by))
    return customer_id


def undo_split(url: str, company_id: str, customer: str, told_by: str) -> str:
    """Let an id be merged again, from the next build on; arguments as `keep_apart`.

    Raises
    ------
    NotMerged
        The customer is not kept apart.
    """
    customer_id = _customer_id(customer)
    with connect(url, "orchestrator") as database:
        done = database.execute(_UNDO, (told_by, company_id, customer_id)).rowcount
    if not done:
        raise NotMerged(
            f"{customer_id} of {company_id} is not kept apart. Who is: "
            f"timonel customers list --company {company_id}"
        )
    return customer_id


def _customer_id(customer: str) -> str:
    return f"shopify/{customer.strip().removeprefix('shopify/')}"


def _is_merged(database: psycopg.Connection, company_id: str, customer_id: str) -> bool:
    if not has_relation(database, "marts.customer_identities"):
        return False
    found = database.execute(
        """select 1 from marts.customer_identities
        where company_id = %s and %s in (customer_id, person_customer_id) limit 1""",
        (company_id, customer_id),
    )
    return found.fetchone() is not None


_KEPT_APART = """
    select customer_id, null as person_customer_id, 'kept_apart' as state,
        split_at as since, split_by as told_by, note
    from ops.customer_splits
    where company_id = %(company)s and undone_at is null
"""
_MERGED = """
    select customer_id, person_customer_id, 'merged', since, null, null
    from marts.customer_identities
    where company_id = %(company)s
        and customer_id not in (
            select customer_id from ops.customer_splits
            where company_id = %(company)s and undone_at is null
        )
"""
_SPLIT = """
    insert into ops.customer_splits (company_id, customer_id, note, split_by)
    values (%s, %s, %s, %s)
    on conflict (company_id, customer_id) do update set
        note = excluded.note, split_by = excluded.split_by, split_at = now(),
        undone_by = null, undone_at = null
"""
_UNDO = """
    update ops.customer_splits set undone_by = %s, undone_at = now()
    where company_id = %s and customer_id = %s and undone_at is null
"""
