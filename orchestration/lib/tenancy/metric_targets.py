"""What a company wants of a month: a target per figure, where it set one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg.rows import class_row

from orchestration.lib.reporting.metric_registry import read_registry
from orchestration.lib.tenancy.companies import InvalidCompany, load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "MetricTarget",
    "load_targets",
    "remove_target",
    "set_target",
    "targetable",
]


def targetable() -> dict[str, str]:
    """Metrics that a company sets its own target of, and the view each stands in.

    The registry says which: those whose limits have the status ``company``.
    """
    return {
        name: told.limits.relation
        for name, told in read_registry().items()
        if told.limits and told.limits.status == "company"
    }


@dataclass(frozen=True)
class MetricTarget:
    """What one figure should be in a month, in its unit; money in the company's."""

    metric_name: str
    month_start_date: date
    target: Decimal

    def check(self) -> None:
        """Refuse what cannot be a target.

        Raises
        ------
        InvalidCompany
            No company sets a target of such a metric, or it is not above 0.
        """
        known = targetable()
        if self.metric_name not in known:
            raise InvalidCompany(f"A target is of one of {', '.join(known)}.")
        if not self.target > 0:
            raise InvalidCompany("A target is above 0.")


def load_targets(url: str, company_id: str) -> tuple[MetricTarget, ...]:
    """All targets of a company, by month and metric.

    Raises
    ------
    UnknownCompany
        There is no such company.
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        cursor = connection.cursor(row_factory=class_row(MetricTarget)).execute(
            """select metric_name, month_start_date, target
            from ops.metric_targets where company_id = %s
            order by month_start_date, metric_name""",
            [company_id],
        )
        return tuple(cursor.fetchall())


def set_target(url: str, company_id: str, target: MetricTarget) -> None:
    """Set a target, or replace that of the same metric and month.

    Raises
    ------
    UnknownCompany
        There is no such company.
    InvalidCompany
        As `MetricTarget.check`.
    """
    target.check()
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        connection.execute(
            """insert into ops.metric_targets
                (company_id, metric_name, month_start_date, target)
            values (%s, %s, %s, %s)
            on conflict (company_id, metric_name, month_start_date)
            do update set target = excluded.target, updated_at = now()""",
            [
                company_id,
                target.metric_name,
                target.month_start_date.replace(day=1),
                target.target,
            ],
        )


def remove_target(url: str, company_id: str, metric: str, month: date) -> bool:
    """Remove a target; False if there was none."""
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        removed = connection.execute(
            """delete from ops.metric_targets
            where company_id = %s and metric_name = %s and month_start_date = %s""",
            [company_id, metric, month.replace(day=1)],
        )
        return removed.rowcount > 0
