"""Whether a company is being run already: two runs would read and write the same."""

from __future__ import annotations

import dagster as dg

from orchestration.lib.operations.dagster_home import is_of_dead_process

__all__ = ["run_under_way"]

_NOT_OVER = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def run_under_way(instance: dg.DagsterInstance, company_id: str) -> str | None:
    """The company's run that is queued or running, in words; None without one.

    The run of a command that was killed stays "started" until somebody looks; it holds
    up nobody.
    """
    of_the_company = dg.RunsFilter(
        statuses=_NOT_OVER, tags={"dagster/partition/company": company_id}
    )
    for run in instance.get_runs(filters=of_the_company):
        if not is_of_dead_process(run):
            state = run.status.value.lower()
            return f"{run.job_name} {run.run_id[:8]} of {company_id} is {state}"
    return None
