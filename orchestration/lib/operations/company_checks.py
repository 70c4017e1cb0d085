"""What waits for a person at a company: alerts nobody gets, gates, the quarantine."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import Connection

from orchestration.lib.alerts.channels import list_channels
from orchestration.lib.alerts.conditions import problem_of, read_views
from orchestration.lib.alerts.delivery import UNDELIVERED
from orchestration.lib.alerts.rules import load_rules
from orchestration.lib.operations.findings import Finding
from orchestration.lib.tenancy.companies import with_data
from orchestration.lib.warehouse.database import connect

__all__ = ["examine_companies"]

_SHOWN = 3


def examine_companies(url: str) -> Iterator[Finding]:
    """Look at each company's channels, rules, gates and quarantine."""
    for company in with_data(url):
        company_id = company.company_id
        yield from _channels(url, company_id)
        yield from _rules(url, company_id)
        with connect(url, "orchestrator") as database:
            yield from _quarantine(database, company_id)
        # What models said is not for those who run them.
        with connect(url, "transformer") as database:
            yield from _gates(database, company_id)


def _channels(url: str, company_id: str) -> Iterator[Finding]:
    subject = f"{company_id}: alerts"
    if not list_channels(url, company_id):
        yield Finding(
            subject,
            "warning",
            "nobody is told of anything: it has no channel",
            f"timonel alerts channel add NAME --company {company_id}",
        )
    with connect(url, "orchestrator") as database:
        failing = database.execute(
            UNDELIVERED.encode(), {"company": company_id}
        ).fetchall()
    for channel_id, _, _, said in failing:
        yield Finding(
            subject,
            "broken",
            f"nothing goes out by {channel_id}: {said}",
            f"timonel alerts channel add {channel_id} --company {company_id}, with an "
            f"address that works, then: timonel alerts test --company {company_id}",
        )


def _rules(url: str, company_id: str) -> Iterator[Finding]:
    with connect(url, "orchestrator") as database:
        views = read_views(database)
    for rule in load_rules(url, company_id):
        problem = problem_of(rule, views) if rule.is_enabled else None
        if problem:
            yield Finding(
                f"{company_id}: rule {rule.rule_id}",
                "warning",
                f"it cannot be looked at. {problem}",
                "correct it with timonel alerts rule set, or switch it off there",
            )


def _gates(database: Connection, company_id: str) -> Iterator[Finding]:
    """The newest fit of each model, where a gate blocked it."""
    for what, reason in database.execute(_BLOCKED, {"id": company_id}).fetchall():
        yield Finding(
            f"{company_id}: {what}",
            "broken",
            f"a gate blocks: {reason or 'it gave no reason'}",
            "what it says; the last good numbers stay until then. If the past changed "
            f"on purpose: timonel run --accept-changes --company {company_id}",
        )


def _quarantine(database: Connection, company_id: str) -> Iterator[Finding]:
    waiting = database.execute(_WAITING, (company_id,)).fetchall()
    if not waiting:
        return
    total = sum(count for _, count in waiting)
    told = "; ".join(f"{count} {reason}" for reason, count in waiting[:_SHOWN])
    yield Finding(
        f"{company_id}: quarantine",
        "warning",
        f"{total} records wait: {told}",
        f"timonel quarantine list --company {company_id}, then retry or drop them",
    )


_BLOCKED = """
    select what, reason from (
        select 'predictions' as what, status, reason,
            row_number() over (order by fitted_at desc) as place
        from predictions.model_fits where company_id = %(id)s
        union all
        select 'media mix', status, reason,
            row_number() over (partition by outcome_unit order by fitted_at desc)
        from predictions.media_mix_fits where company_id = %(id)s
    ) as fits
    where place = 1 and status = 'blocked' order by what
"""
_WAITING = """
    select reason, count(*) from ops.quarantined_records
    where company_id = %s and review is distinct from 'dropped'
    group by reason order by count(*) desc, reason
"""
