"""A message that was sent before, from elsewhere: who got it, and who was kept back."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.lib.activation.audiences.membership import (
    Audience,
    AudienceRefused,
    load_audience,
)
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import connect, one_at_a_time

__all__ = ["IMPORTED", "Imported", "SentBefore", "import_audience", "read_recipients"]

#: The segment of an audience that somebody else chose.
IMPORTED = "imported"
_KEPT_BACK = {"yes": True, "true": True, "1": True, "si": True, "sí": True}
_KEPT_BACK |= {"no": False, "false": False, "0": False}
_NOON = time(12)


@dataclass(frozen=True)
class SentBefore:
    """A message of the past.

    Parameters
    ----------
    sent_on
        A day of the company's time zone; purchases count from the day after.
    recipients
        By e-mail address, lower case, whether the lot kept it back.
    """

    name: str
    sent_on: date
    recipients: Mapping[str, bool]
    told_by: str


@dataclass(frozen=True)
class Imported:
    """The audience, and how many addresses are of no customer."""

    audience: Audience
    unknown_count: int


def read_recipients(path: Path) -> dict[str, bool]:
    """Read a CSV file with the columns `email` and `kept_back` (yes or no).

    Raises
    ------
    AudienceRefused
        A column is missing, a line says neither yes nor no, or an address both.
    """
    found: dict[str, bool] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if missing := {"email", "kept_back"} - set(rows.fieldnames or ()):
            raise AudienceRefused(
                f"{path} has no column {' and no column '.join(sorted(missing))}: it "
                "takes email, and kept_back with yes or no."
            )
        for row in rows:
            said = (row["kept_back"] or "").strip().lower()
            email = (row["email"] or "").strip().lower()
            if said not in _KEPT_BACK or not email:
                raise AudienceRefused(
                    f"{path}, line {rows.line_num}: it takes an address in email, and "
                    "yes or no in kept_back."
                )
            if found.setdefault(email, _KEPT_BACK[said]) != _KEPT_BACK[said]:
                raise AudienceRefused(
                    f"{path}, line {rows.line_num}: this address was written to and "
                    "kept back as well. Give it one line."
                )
    return found


def import_audience(url: str, company: Company, sent: SentBefore) -> Imported:
    """Keep a message of the past as an audience that was given out on its day.

    Whom it was sent to was drawn by lot elsewhere; nobody is written to now. What it
    brought is measured like that of any audience.

    Raises
    ------
    AudienceRefused
        It has not been sent yet, nobody in it is a customer or more than half were
        kept back, or the name is taken.
    """
    sent_at = datetime.combine(sent.sent_on, _NOON, ZoneInfo(company.time_zone))
    if sent_at > datetime.now(UTC):
        raise AudienceRefused(f"{sent.sent_on} has not come yet: when was it sent?")
    company_id = company.company_id
    with (
        company_held(url, company_id),
        one_at_a_time(url, f"audience {company_id}"),
    ):
        members, unknown = _customers(url, company_id, sent.recipients)
        share = _held_back_share(company, members.values())
        audience_id = uuid.uuid4()
        with connect(url, "orchestrator") as database:
            kept = database.execute(
                """insert into ops.audiences (company_id, audience_id, name, segment_id,
                    holdout_share, segment_customer_count, without_consent_count,
                    without_address_count, built_at, built_by)
                values (%s, %s, %s, %s, %s, %s, 0, 0, %s, %s)
                on conflict (company_id, name) do nothing""",
                (
                    *(company_id, audience_id, sent.name, IMPORTED, share),
                    *(len(members), sent_at, sent.told_by),
                ),
            )
            if not kept.rowcount:
                raise AudienceRefused(
                    f"{company_id} has an audience {sent.name!r}. Give another --name."
                )
            database.cursor().executemany(
                """insert into ops.audience_members (company_id, audience_id,
                    customer_id, is_held_back) values (%s, %s, %s, %s)""",
                [(company_id, audience_id, *member) for member in members.items()],
            )
            database.execute(
                """insert into ops.audience_exports (company_id, audience_id,
                    destination, is_holdout, row_count, withdrawn_count,
                    unreachable_count, exported_at, exported_by)
                values (%s, %s, %s, false, %s, 0, 0, %s, %s)""",
                (
                    *(company_id, audience_id, IMPORTED),
                    *(len(members) - sum(members.values()), sent_at, sent.told_by),
                ),
            )
    return Imported(load_audience(url, company_id, sent.name), unknown)


def _customers(
    url: str, company_id: str, recipients: Mapping[str, bool]
) -> tuple[dict[str, bool], int]:
    """Whether each customer was kept back, and how many addresses are of nobody."""
    with connect(url, "transformer") as database:
        rows = database.execute(
            """select customer_id, lower(email) from personal.contacts
            where company_id = %s and lower(email) = any(%s)""",
            (company_id, list(recipients)),
        ).fetchall()
    members = {customer_id: recipients[email] for customer_id, email in rows}
    return members, len(recipients) - len({email for _, email in rows})


def _held_back_share(company: Company, are_held_back: Iterable[bool]) -> Decimal:
    told = list(are_held_back)
    if not told:
        raise AudienceRefused(
            f"None of these addresses is one of a customer of {company.company_id}: "
            "load its customers first (timonel run)."
        )
    if sum(told) * 2 > len(told):
        raise AudienceRefused(
            f"{sum(told)} of {len(told)} customers were kept back, more than half: is "
            "kept_back the other way round?"
        )
    return round(Decimal(sum(told)) / len(told), 3)
