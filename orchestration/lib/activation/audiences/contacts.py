"""How the members of an audience are reached, as the sources tell it at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from orchestration.lib.activation.audiences.layouts import Contact
from orchestration.lib.activation.audiences.membership import Audience

__all__ = ["Member", "members_now"]


@dataclass(frozen=True)
class Member:
    """A member of an audience; who is forgotten has no consent and no address."""

    customer_id: str
    value: str
    has_consent: bool
    has_phone_consent: bool
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None

    @property
    def contact(self) -> Contact:
        """What a destination may be told, in its own layout."""
        return Contact(
            self.customer_id,
            self.email,
            self.phone,
            self.first_name,
            self.last_name,
            self.value,
            self.has_phone_consent,
        )


def members_now(
    database: psycopg.Connection,
    audience: Audience,
    *,
    is_held_back: bool,
    among: Sequence[str] | None = None,
) -> list[Member]:
    """Members with the consent they give now, the most valuable first.

    Parameters
    ----------
    database
        As the role transformer, which alone may read addresses.
    among
        Only these customers; left out, all.
    """
    with database.cursor(row_factory=class_row(Member)) as cursor:
        return cursor.execute(
            """select members.customer_id,
                coalesce(members.predicted_value_12m::text, '') as value,
                coalesce(contacts.has_email_consent, false) as has_consent,
                coalesce(contacts.has_phone_consent, false) as has_phone_consent,
                contacts.email, contacts.phone, contacts.first_name, contacts.last_name
            from ops.audience_members as members
            left join personal.contacts as contacts using (company_id, customer_id)
            where members.company_id = %(company)s
                and members.audience_id = %(audience)s
                and members.is_held_back = %(is_held_back)s
                and (%(among)s::text[] is null
                    or members.customer_id = any(%(among)s::text[]))
            order by members.predicted_value_12m desc nulls last,
                members.customer_id""",
            {
                "company": audience.company_id,
                "audience": audience.audience_id,
                "is_held_back": is_held_back,
                "among": None if among is None else list(among),
            },
        ).fetchall()
