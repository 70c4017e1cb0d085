"""Which jobs of a company are broken: their newest run failed, and nothing mended it.

A run is judged beside runs of its own job: that orders were read at noon says nothing
of the models that failed at night. Only ``refresh_company``, which does all that the
others do, mends them too. What the command line runs is that job (decision 0060).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Connection
from psycopg.rows import class_row

__all__ = ["WHOLE", "BrokenRun", "broken_runs"]

#: The job that does everything.
WHOLE = "refresh_company"


@dataclass(frozen=True)
class BrokenRun:
    """The newest run of a job, which failed.

    Of the command line, which has several runs in Dagster, ``dagster_run_id`` is the
    one that failed first; None if what failed was outside all of them.
    """

    company_id: str
    job_name: str
    run_id: str
    dagster_run_id: str | None
    as_of_date: date
    message: str | None
    failed_asset: list[str] | None
    started_at: datetime
    finished_at: datetime


def broken_runs(database: Connection, company_id: str | None = None) -> list[BrokenRun]:
    """The broken jobs of a company, or of all, by company and job.

    Parameters
    ----------
    database
        Acting as the orchestrator.
    """
    cursor = database.cursor(row_factory=class_row(BrokenRun))
    return cursor.execute(_BROKEN, {"company": company_id, "whole": WHOLE}).fetchall()


_BROKEN = """
with newest as (
    select distinct on (company_id, job_name) * from ops.runs
    where status in ('succeeded', 'failed')
        and (%(company)s::text is null or company_id = %(company)s)
    order by company_id, job_name, started_at desc
)
select newest.company_id, newest.job_name, newest.run_id, newest.dagster_run_id,
    newest.as_of_date, newest.message, newest.failed_asset, newest.started_at,
    newest.finished_at
from newest
left join newest as whole
    on whole.company_id = newest.company_id and whole.job_name = %(whole)s
        and whole.status = 'succeeded' and whole.started_at > newest.started_at
where newest.status = 'failed' and whole.company_id is null
order by newest.company_id, newest.job_name
"""
