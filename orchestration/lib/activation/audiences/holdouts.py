"""Who is kept back while what writing brings is still counted."""

from __future__ import annotations

from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["COUNTED_DAYS", "kept_back_now"]

#: Days whose purchases count, from the day after the first export; as many as in the
#: view ``reporting.audience_uplift``.
COUNTED_DAYS = 30

# One that was not given out yet may be tomorrow; after as many days it is given up.
_KEPT_BACK = """
    with given_out as (
        select company_id, audience_id, min(exported_at) as first_exported_at
        from ops.audience_exports
        where company_id = %(company)s and not is_holdout
        group by company_id, audience_id
    )
    select distinct members.customer_id
    from ops.audience_members as members
    inner join ops.audiences as audiences using (company_id, audience_id)
    inner join ops.companies as companies using (company_id)
    left join given_out using (company_id, audience_id)
    where members.company_id = %(company)s and members.is_held_back
        and (now() at time zone companies.time_zone)::date <= %(days)s + (
            coalesce(given_out.first_exported_at, audiences.built_at)
                at time zone companies.time_zone
        )::date
"""
# Whoever is kept back by one id is kept back by all of theirs.
_ALL_IDS = """
    with people as (
        select unnest(%(kept_back)s::text[]) as customer_id
        union
        select person_customer_id from marts.customer_identities
        where company_id = %(company)s and customer_id = any(%(kept_back)s)
    )
    select customer_id from people
    union
    select merged.customer_id
    from marts.customer_identities as merged
    inner join people on merged.person_customer_id = people.customer_id
    where merged.company_id = %(company)s
"""


def kept_back_now(url: str, company_id: str) -> frozenset[str]:
    """Customers kept back by an audience that is being counted, or may yet be.

    An audience counts from its first export for `COUNTED_DAYS`, by the days of the
    company; one that was never given out, for as long from when it was built.
    """
    with connect(url, "orchestrator") as database:
        rows = database.execute(
            _KEPT_BACK, {"company": company_id, "days": COUNTED_DAYS}
        ).fetchall()
        if rows and has_relation(database, "marts.customer_identities"):
            kept_back = [customer_id for (customer_id,) in rows]
            rows = database.execute(
                _ALL_IDS, {"company": company_id, "kept_back": kept_back}
            ).fetchall()
    return frozenset(customer_id for (customer_id,) in rows)
