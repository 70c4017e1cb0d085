"""The last cohort is held against the first at the same age, and told beyond chance."""

from __future__ import annotations

from datetime import date
from math import hypot
from typing import Any

import pytest
from scipy.stats import binomtest

from tests.dbt_project.insight_sources import check_against_source
from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-05-31"


def month(number: int) -> date:
    """The first day of a month of 2026."""
    return date(2026, number, 1)


def held(warehouse: Warehouse, company: str, *months: int, sold: int = 5) -> None:
    """Webinars in these months; what they sold is known until the month `sold`."""
    for number in months:
        insert(
            warehouse,
            "webinar_month_outcomes",
            company_id=company,
            month_start_date=month(number),
            is_complete=True,
            is_conversion_over=number <= sold,
        )


def cohort(  # noqa: PLR0917  (one column each)
    warehouse: Warehouse,
    company: str,
    number: int,
    members: int,
    came: tuple[int, ...],
    bought: tuple[int, ...] = (),
) -> None:
    """Who registered first in a month: how many came at each age, and bought."""
    for age, count in enumerate(came):
        insert(
            warehouse,
            "webinar_cohort_months",
            company_id=company,
            cohort_month=month(number),
            age_months=age,
            member_count=members,
            attendee_count=count,
            converted_count=bought[age] if age < len(bought) else 0,
        )


def found(warehouse: Warehouse, *companies: str) -> dict[tuple[str, str], Any]:
    """The insights, each held against the row it names, by company and rule."""
    warehouse.dbt.run(
        *("run", "--select", "webinar_cohort_changes"),
        company_ids=list(companies),
        as_of_dates=dict.fromkeys(companies, AS_OF),
    )
    rows = warehouse.rows(
        """select insights.*, template_es, template_en from reporting.insights
        inner join staging.insight_templates using (rule_id)
        where company_id = any(%s)""",
        [list(companies)],
    )
    for row in rows:
        check_against_source(warehouse, row)
    return {(row["company_id"], row["rule_id"]): row for row in rows}


@pytest.fixture
def told(warehouse: Warehouse, pair: Pair) -> Pair:
    """Both companies, of whom nothing but the settings is known."""
    for company in (pair.acme, pair.bolt):
        warehouse.execute(COMPANY, [company])
    return pair


def test_a_better_last_cohort_is_told_at_the_same_age(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, better in ((told.acme, 60), (told.bolt, 30)):
        held(warehouse, company, 1, 2, 3, 4, 5)
        # At the ages that the last has not reached the first was worse still.
        cohort(warehouse, company, 1, 100, (80, 20, 30, 0, 0))
        cohort(warehouse, company, 3, 100, (50, better, better))
        # Too few to say anything of, though the last.
        cohort(warehouse, company, 4, 29, (29, 29))

    rows = found(warehouse, told.acme, told.bolt)

    assert set(rows) == {(told.acme, "webinar_cohort_retained")}
    row = rows[told.acme, "webinar_cohort_retained"]
    ends = []
    for then in (20, 30):
        first, last = (
            binomtest(part, 100).proportion_ci(method="wilson") for part in (then, 60)
        )
        gap = (60 - then) / 100
        ends.append(gap - hypot(0.6 - last.low, first.high - then / 100))
    assert row["estimate"] == pytest.approx(0.35)
    assert row["estimate_lower"] == pytest.approx(sum(ends) / 2)
    assert row["kind"] == "success"
    assert row["sentence_es"].startswith(
        "De quienes se registraron por primera vez en 2026-03 volvió en directo cada "
        "mes el 60,0 %, frente al 25,0 % de quienes lo hicieron en 2026-01, a la misma "
        "edad (meses comparados: 2): 35,0 puntos más"
    )


def test_months_without_a_webinar_or_before_their_sales_say_nothing(
    warehouse: Warehouse, told: Pair
) -> None:
    # The first cohort had no webinar to come back to in February.
    held(warehouse, told.acme, 1, 3, 4, 5, sold=4)
    cohort(warehouse, told.acme, 1, 100, (80, 0, 50), (1, 0, 0))
    cohort(warehouse, told.acme, 4, 100, (50, 60), (20, 90))
    cohort(warehouse, told.acme, 5, 100, (90,), (90,))

    rows = found(warehouse, told.acme)

    # Of May sales are not over, and of age 1 nothing can be compared.
    assert set(rows) == {(told.acme, "webinar_cohort_converted")}
    row = rows[told.acme, "webinar_cohort_converted"]
    assert row["estimate"] == pytest.approx(0.19)
    assert row["second_estimate"] == 1
    assert "en 2026-04 compró cada mes" in row["sentence_es"]
