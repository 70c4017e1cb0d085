"""What came of each audience, as the company itself may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg.rows import class_row

from orchestration.lib.tenancy.companies import reader_role
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["AudienceResult", "list_results"]


@dataclass(frozen=True)
class AudienceResult:
    """One row of ``reporting.audience_uplift``; money in ``currency_code``."""

    name: str
    contacted_count: int
    held_back_count: int
    counted_from: date | None
    counted_to: date | None
    result: str
    result_label_en: str
    currency_code: str
    coupon_code: str | None
    revenue_gained: Decimal | None
    revenue_gained_lower: Decimal | None
    revenue_gained_upper: Decimal | None
    margin_gained: Decimal | None
    margin_gained_lower: Decimal | None
    margin_gained_upper: Decimal | None


def list_results(url: str, company_id: str) -> list[AudienceResult]:
    """The audiences of a company, the newest first; none before the first run."""
    with connect(url, reader_role(company_id)) as database:
        if not has_relation(database, "reporting.audience_uplift"):
            return []
        with database.cursor(row_factory=class_row(AudienceResult)) as cursor:
            return cursor.execute(
                """select name, contacted_count, held_back_count, counted_from,
                    counted_to, result, result_label_en, currency_code,
                    coupon_code, revenue_gained, revenue_gained_lower,
                    revenue_gained_upper, margin_gained, margin_gained_lower,
                    margin_gained_upper
                from reporting.audience_uplift
                where company_id = %s order by built_at desc""",
                (company_id,),
            ).fetchall()
