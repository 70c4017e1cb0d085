"""Audiences: a segment of today as a list that stays, part of it kept back by lot."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import psycopg
from psycopg.rows import class_row

from orchestration.lib.activation.audiences.holdouts import kept_back_now
from orchestration.lib.activation.audiences.segments import (
    Candidate,
    candidates,
    segment_sizes,
)
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import connect, one_at_a_time

__all__ = [
    "HOLDOUT_SHARE",
    "Audience",
    "AudienceRefused",
    "AudienceRequest",
    "UnknownAudience",
    "build_audience",
    "list_audiences",
    "load_audience",
]

HOLDOUT_SHARE = Decimal("0.1")


class AudienceRefused(PlainError, ValueError):
    """Such an audience cannot be built; the message says why and what can."""


class UnknownAudience(PlainError, LookupError):
    """The company has no audience of this name; the message lists those it has."""


@dataclass(frozen=True)
class Audience:
    """A frozen list. Counts are of customers, on the day it was built.

    ``segment_customer_count`` is the whole segment; those without consent or without
    an address are no members, nor those whom another audience that is still counted
    keeps back (``kept_back_elsewhere_count``). Members are written to
    (``contacted_count``) or kept back (``held_back_count``).
    """

    company_id: str
    audience_id: uuid.UUID
    name: str
    segment_id: str
    prediction_as_of_date: date | None
    holdout_share: Decimal
    segment_customer_count: int
    without_consent_count: int
    without_address_count: int
    kept_back_elsewhere_count: int
    built_at: datetime
    built_by: str
    contacted_count: int
    held_back_count: int


@dataclass(frozen=True)
class AudienceRequest:
    """What somebody wants frozen.

    Parameters
    ----------
    segment_id
        As `segment_sizes` names it.
    holdout_share
        Share of the members to keep back, 0 to 0.5. At least one is, unless it is 0.
    """

    company_id: str
    name: str
    segment_id: str
    built_by: str
    holdout_share: Decimal = HOLDOUT_SHARE


def build_audience(url: str, request: AudienceRequest) -> Audience:
    """Freeze a segment as it is today, and draw by lot who is kept back.

    Only customers who agreed to marketing and can be reached take part in the lot, so
    that those written to and those kept back differ by the message alone; and nobody
    whom another audience keeps back while it is counted, since that one would no
    longer be told apart. The lot is the order of SHA-256(audience_id, customer_id):
    anybody can draw it again.

    Raises
    ------
    AudienceRefused
        Nothing is predicted yet, no such segment, nobody to write to, the name is
        taken, or the share is out of range.
    """
    share = request.holdout_share
    if not 0 <= share <= Decimal("0.5"):
        raise AudienceRefused(
            f"A holdout of {share} is not possible: give a share from 0 to 0.5, such "
            "as 0.1 for one in ten."
        )
    with (
        company_held(url, request.company_id),
        one_at_a_time(url, f"audience {request.company_id}"),
        connect(url, "orchestrator") as database,
    ):
        _refuse_taken(database, request)
        sifted = _sifted(url, request)
        if not sifted.members:
            raise _nobody(request, sifted)
        audience_id = uuid.uuid4()
        database.execute(
            """insert into ops.audiences (company_id, audience_id, name, segment_id,
                prediction_as_of_date, holdout_share, segment_customer_count,
                without_consent_count, without_address_count,
                kept_back_elsewhere_count, built_by)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            (
                *(request.company_id, audience_id, request.name, request.segment_id),
                *(sifted.members[0].as_of_date, share, sifted.segment_customer_count),
                *(sifted.without_consent_count, sifted.without_address_count),
                *(sifted.kept_back_elsewhere_count, request.built_by),
            ),
        )
        _write_members(database, request, audience_id, sifted.members)
    return load_audience(url, request.company_id, request.name)


def list_audiences(url: str, company_id: str) -> list[Audience]:
    """The audiences of a company, the newest first."""
    with connect(url, "orchestrator") as database:
        return _audiences(database, company_id)


def load_audience(url: str, company_id: str, name: str) -> Audience:
    """One audience.

    Raises
    ------
    UnknownAudience
    """
    found = list_audiences(url, company_id)
    for audience in found:
        if audience.name == name:
            return audience
    known = ", ".join(repr(each.name) for each in found)
    raise UnknownAudience(
        f"{company_id} has no audience {name!r} (audiences: {known or 'none yet'}). "
        f"Build one: timonel audience build --company {company_id} --segment SEGMENT"
    )


@dataclass(frozen=True)
class _Sifted:
    """A segment's customers: who takes part in the lot, and why the others do not."""

    segment_customer_count: int
    without_consent_count: int
    without_address_count: int
    kept_back_elsewhere_count: int
    members: list[Candidate]


def _sifted(url: str, request: AudienceRequest) -> _Sifted:
    found = candidates(url, request.company_id, request.segment_id)
    if not found:
        raise _unknown_segment(url, request)
    consenting = [each for each in found if each.has_consent]
    reachable = [each for each in consenting if each.has_address]
    kept_back = kept_back_now(url, request.company_id)
    members = [each for each in reachable if each.customer_id not in kept_back]
    return _Sifted(
        len(found),
        len(found) - len(consenting),
        len(consenting) - len(reachable),
        len(reachable) - len(members),
        members,
    )


def _nobody(request: AudienceRequest, sifted: _Sifted) -> AudienceRefused:
    return AudienceRefused(
        f"{request.company_id} has nobody to write to in {request.segment_id}: of "
        f"{sifted.segment_customer_count} customers, {sifted.without_consent_count} "
        "did not agree to marketing at the source, "
        f"{sifted.without_address_count} have neither an e-mail address nor a "
        "telephone number with its country code that may be written to, and "
        f"{sifted.kept_back_elsewhere_count} are kept back by an audience that is "
        "still counted."
    )


def _write_members(
    database: psycopg.Connection,
    request: AudienceRequest,
    audience_id: uuid.UUID,
    members: list[Candidate],
) -> None:
    held_back = _drawn(audience_id, members, request.holdout_share)
    rows = [
        (
            *(request.company_id, audience_id, each.customer_id),
            *(each.customer_id in held_back, each.predicted_value_12m),
        )
        for each in members
    ]
    with database.cursor() as cursor:
        cursor.executemany(
            """insert into ops.audience_members (company_id, audience_id,
                customer_id, is_held_back, predicted_value_12m)
            values (%s, %s, %s, %s, %s)""",
            rows,
        )


def _drawn(
    audience_id: uuid.UUID, members: list[Candidate], share: Decimal
) -> frozenset[str]:
    """Customers kept back: the first of an order that nobody chose."""
    count = max(round(share * len(members)), 1) if share else 0
    by_lot = sorted(
        (each.customer_id for each in members),
        key=lambda id_: hashlib.sha256(f"{audience_id}{id_}".encode()).digest(),
    )
    return frozenset(by_lot[:count])


def _refuse_taken(database: psycopg.Connection, request: AudienceRequest) -> None:
    row = database.execute(
        "select built_at from ops.audiences where company_id = %s and name = %s",
        (request.company_id, request.name),
    ).fetchone()
    if row:
        raise AudienceRefused(
            f"{request.company_id} has an audience {request.name!r} since "
            f"{row[0]:%Y-%m-%d}, and who is in it does not change. Export that one, or "
            "give another --name."
        )


def _unknown_segment(url: str, request: AudienceRequest) -> AudienceRefused:
    company_id = request.company_id
    sizes = segment_sizes(url, company_id)
    if not sizes:
        return AudienceRefused(
            f"Nothing is predicted for {company_id} yet, so it has no segments: "
            f"timonel run --company {company_id}"
        )
    known = ", ".join(f"{name} ({size})" for name, size in sizes.items())
    return AudienceRefused(
        f"No customer of {company_id} is in a segment {request.segment_id!r}. Segments "
        f"and their customers: {known}."
    )


def _audiences(database: psycopg.Connection, company_id: str) -> list[Audience]:
    with database.cursor(row_factory=class_row(Audience)) as cursor:
        return cursor.execute(
            """select audiences.*,
                coalesce(members.contacted_count, 0) as contacted_count,
                coalesce(members.held_back_count, 0) as held_back_count
            from ops.audiences as audiences
            left join (
                select company_id, audience_id,
                    count(*) filter (where not is_held_back) as contacted_count,
                    count(*) filter (where is_held_back) as held_back_count
                from ops.audience_members group by company_id, audience_id
            ) as members using (company_id, audience_id)
            where audiences.company_id = %s
            order by audiences.built_at desc""",
            (company_id,),
        ).fetchall()
