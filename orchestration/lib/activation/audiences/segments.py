"""The segments that an audience can be built of, and who is in them today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.activation.audiences.layouts import e164
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["Candidate", "candidates", "segment_sizes"]

# Both ways of telling customers apart have a segment "lost".
_SEGMENTS = sql.SQL("""
    with segments as (
        select customer_id, segment_id, predicted_value_12m,
            prediction_as_of_date as as_of_date
        from reporting.customer_value_segments where company_id = %(company)s
        union all
        select scored.customer_id, 'rfm:' || scored.segment_id,
            valued.predicted_value_12m, scored.as_of_date
        from reporting.rfm_customers as scored
        left join reporting.customer_value_segments as valued
            on valued.company_id = scored.company_id
            and valued.customer_id = scored.customer_id
        where scored.company_id = %(company)s
    )
""")
_SIZES = _SEGMENTS + sql.SQL(
    """select segment_id, count(*) from segments
    group by segment_id order by 2 desc, 1"""
)
_CANDIDATES = _SEGMENTS + sql.SQL(
    """select segments.customer_id, segments.predicted_value_12m,
        segments.as_of_date,
        coalesce(contacts.has_email_consent, false) as has_consent,
        coalesce(contacts.has_phone_consent, false) as has_phone_consent,
        contacts.email, contacts.phone
    from segments
    left join personal.contacts as contacts
        on contacts.company_id = %(company)s
        and contacts.customer_id = segments.customer_id
    where segments.segment_id = %(segment)s
    order by segments.customer_id"""
)


@dataclass(frozen=True)
class Candidate:
    """A customer of a segment; ``predicted_value_12m`` in the company's currency."""

    customer_id: str
    predicted_value_12m: Decimal | None
    as_of_date: date | None
    has_consent: bool
    has_phone_consent: bool
    email: str | None
    phone: str | None

    @property
    def has_address(self) -> bool:
        """Whether there is an e-mail address, or a number that may be written to."""
        return bool(self.email or (self.has_phone_consent and e164(self.phone)))


def segment_sizes(url: str, company_id: str) -> dict[str, int]:
    """Customers by segment, the largest first; empty before anything is predicted.

    Segments are those of ``reporting.customer_value_segments``, and with ``rfm:``
    before them those of ``reporting.rfm_customers``.
    """
    with connect(url, "transformer") as database:
        if not has_relation(database, "reporting.customer_value_segments"):
            return {}
        return dict(database.execute(_SIZES, {"company": company_id}).fetchall())


def candidates(url: str, company_id: str, segment_id: str) -> list[Candidate]:
    """Who is in a segment, and how each could be reached."""
    with connect(url, "transformer") as database:
        if not has_relation(database, "reporting.customer_value_segments"):
            return []
        values = {"company": company_id, "segment": segment_id}
        with database.cursor(row_factory=class_row(Candidate)) as cursor:
            return cursor.execute(_CANDIDATES, values).fetchall()
