"""How long people took to prepare a review, which only they can tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = ["Preparation", "note"]


@dataclass(frozen=True)
class Preparation:
    """Minutes of work for one review (weekly, monthly, quarterly) on a day."""

    review: str
    prepared_on: date
    minutes: float
    is_baseline: bool = False


def note(url: str, company_id: str, told: Preparation) -> None:
    """Keep it; told again of the same day, the later counts.

    Raises
    ------
    UnknownCompany
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.report_preparations (company_id, review, prepared_on,
                is_baseline, minutes)
            values (%s, %s, %s, %s, %s)
            on conflict (company_id, review, prepared_on, is_baseline) do update set
                minutes = excluded.minutes""",
            (
                *(company_id, told.review, told.prepared_on),
                *(told.is_baseline, told.minutes),
            ),
        )
