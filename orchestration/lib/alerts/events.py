"""Events of the platform that people are told of, as its own rows say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from orchestration.lib.alerts.accounts import account_silent
from orchestration.lib.alerts.delivery import UNDELIVERED
from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.looks import Look, hours_of
from orchestration.lib.alerts.websites import website_down
from orchestration.lib.connections.error_words import told_in_spanish
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.operations.cadence import slack_beyond_a_day
from orchestration.lib.operations.failed_runs import broken_runs
from orchestration.lib.operations.service_levels import levels_of

__all__ = ["EVENTS", "needs_threshold"]

# Those that have a word.
_JOBS = (
    *("refresh_company", "refresh_operations", "refresh_orders"),
    "refresh_delivered",
)


Event = Callable[[Look], Iterator[Condition]]


def _model_blocked(look: Look) -> Iterator[Condition]:
    for row in look.rows(_NEWEST_FIT + _TOLD):
        asset = ["predictions", "model_fits"]
        facts = _of_model("customer_value", row, asset)
        yield look.condition("customer_value", row["fitted_at"], facts)


def _media_mix_blocked(look: Look) -> Iterator[Condition]:
    for row in look.rows(_NEWEST_MIXES + _TOLD):
        asset = ["predictions", "marketing_curves"]
        subject = row["outcome_unit"]
        facts = _of_model(subject, row, asset)
        yield look.condition(subject, row["fitted_at"], facts)


def _connection_failing(look: Look) -> Iterator[Condition]:
    for row in look.rows(_FAILING):
        detail = row["last_error"] or ""
        facts = _of_connection(row, detail) | {"detail": detail}
        facts["detail_es"] = told_in_spanish(row["source_slug"], detail)
        since = row["checked_at"] or row["last_read_at"] or look.now
        yield look.condition(row["connection_id"], since, facts)


def _source_late(look: Look) -> Iterator[Condition]:
    for row in look.rows(_READS):
        last = row["last_read_at"] or row["created_at"]
        slack = slack_beyond_a_day(row["prediction_cadence"], row["reads"])
        late = look.allowing(slack)
        hours = hours_of(look.now - last)
        if late.rule.is_past(hours):
            facts = _of_connection(row)
            yield late.condition(row["connection_id"], last, facts, hours)


def _run_failed(look: Look) -> Iterator[Condition]:
    """Runs that failed, but for those whose cause is told already.

    A gate is told as the model that it blocked, a source as its connection.
    """
    failing = {f"raw_{row['source_slug']}" for row in look.rows(_FAILING)}
    for run in broken_runs(look.database, look.company_id):
        within = {"started_at": run.started_at, "finished_at": run.finished_at}
        is_of_a_source = bool(failing.intersection((run.failed_asset or [])[:1]))
        if is_of_a_source or look.rows(_BLOCKED_WITHIN, within):
            continue
        number = run.dagster_run_id or run.run_id
        facts: dict[str, Any] = {
            "subject": run.job_name if run.job_name in _JOBS else "other_run",
            "is_word": True,
            "detail": run.message or "",
            "run": ", ".join(filter(None, (number, "/".join(run.failed_asset or ())))),
            "asset": run.failed_asset or [],
        }
        # The command line's own number is none of Dagster's.
        if run.dagster_run_id or not run.failed_asset:
            facts["page"] = f"runs/{run.dagster_run_id or ''}".rstrip("/")
        yield look.condition(run.job_name, run.finished_at, facts)


def _service_level_missed(look: Look) -> Iterator[Condition]:
    """Promises that are broken by more minutes than the threshold.

    What was never read is told as late after its day, not as soon as it is connected.
    """
    for level in levels_of(look.database, look.company_id):
        if level.is_met or level.age_minutes is None:
            continue
        late = round(level.age_minutes - level.target_minutes, 1)
        if look.rule.is_past(late):
            facts = {
                "subject": level.service_level,
                "is_word": True,
                "source": level.source_slug,
                "minutes": round(level.age_minutes),
                "promised": level.target_minutes,
                "asset": ["reporting", "service_levels"],
            }
            since = look.now - timedelta(minutes=late)
            yield look.condition(level.service_level, since, facts, late)


def _predictions_stale(look: Look) -> Iterator[Condition]:
    for row in look.rows(_PREDICTED):
        late = look.allowing(slack_beyond_a_day(row["prediction_cadence"]))
        hours = hours_of(look.now - row["fitted_at"])
        if late.rule.is_past(hours):
            facts = {"asset": ["predictions", "predictions_customer"]}
            yield late.condition("", row["fitted_at"], facts, hours)


def _channel_failing(look: Look) -> Iterator[Condition]:
    for row in look.rows(UNDELIVERED):
        if look.rule.is_past(row["attempts"]):
            subject = row["channel_id"]
            facts = {"subject": subject, "detail": row["last_error"] or ""}
            yield look.condition(subject, row["claimed_at"], facts, row["attempts"])


def _refused(query: str, look: Look) -> Iterator[Condition]:
    """Who was not let in within the last day; that is no state that waiting ends."""
    for row in look.rows(query, {"since": look.now - timedelta(days=1)}):
        since, count = row.pop("last_refused_at"), row.pop("attempts")
        if look.rule.is_past(count):
            facts = row | {"asset": ["marts", "access_days"]}
            found = look.condition(row["subject"], since, facts, count)
            yield replace(found, has_happened=True)


EVENTS: Mapping[str, Event] = {
    "model_blocked": _model_blocked,
    "media_mix_blocked": _media_mix_blocked,
    "connection_failing": _connection_failing,
    "source_late": _source_late,
    "service_level_missed": _service_level_missed,
    "run_failed": _run_failed,
    "predictions_stale": _predictions_stale,
    "channel_failing": _channel_failing,
    # Who delivers to a webhook and is not its sender.
    "deliveries_refused": lambda look: _refused(_DELIVERIES_REFUSED, look),
    # Postgres, Dagster and Metabase.
    "logins_refused": lambda look: _refused(_LOGINS_REFUSED, look),
    "website_down": website_down,
    "account_silent": account_silent,
}
_WITH_THRESHOLD = (
    *("source_late", "service_level_missed", "predictions_stale", "channel_failing"),
    *("deliveries_refused", "logins_refused", "website_down", "account_silent"),
)


def needs_threshold(event: str) -> bool:
    """Whether the event is one only past a number."""
    return event in _WITH_THRESHOLD


def _of_model(subject: str, row: Mapping[str, Any], asset: list[str]) -> dict[str, Any]:
    # What models predict has a word in each language, and so has what gates said.
    told = {name: row[name] for name in ("detail", "detail_es")}
    return {"subject": subject, "is_word": True, **told, "asset": asset}


def _of_connection(row: Mapping[str, Any], said: str = "") -> dict[str, Any]:
    """The connection, and the table that an error names; else that of its checks."""
    facts: dict[str, Any] = {"subject": row["connection_id"]}
    facts["source"] = row["source_slug"]
    source = SOURCES.get(row["source_slug"])
    if source and source.tables:
        names = [table.name for table in source.tables]
        found = (name for name in re.findall(r"\w+", said) if name in names)
        facts["asset"] = [source.schema, next(found, names[0])]
    return facts


# What a gate says is told; a fit that failed before its gates has a reason instead.
_TOLD = """
    select newest.*, coalesce(gates.detail, newest.reason, '') as detail,
        coalesce(gates.detail_es, newest.reason_es, newest.reason, '') as detail_es
    from newest cross join lateral (
        select string_agg(message, ' ' order by gate) as detail,
            string_agg(coalesce(message_es, message), ' ' order by gate) as detail_es
        from predictions.gate_results
        where company_id = newest.company_id and fit_id = newest.fit_id
            and outcome = 'blocked'
    ) as gates
    where newest.status = 'blocked'
"""
_NEWEST_FIT = """
    with newest as (
        select * from predictions.model_fits where company_id = %(company)s
        order by fitted_at desc, as_of_date desc, fit_id desc limit 1
    )
"""
_NEWEST_MIXES = """
    with newest as (
        select distinct on (outcome_unit) * from predictions.media_mix_fits
        where company_id = %(company)s
        order by outcome_unit, fitted_at desc, as_of_date desc, fit_id desc
    )
"""
_FAILING = """
    select connection_id, source_slug, checked_at, last_read_at, last_error
    from ops.connections where company_id = %(company)s and state = 'failing'
"""
# One that fails is told as such, not again as late.
_READS = """
    select connection_id, source_slug, last_read_at, connections.created_at,
        prediction_cadence, array(
            select started_at from ops.connection_reads as reads
            where reads.company_id = connections.company_id
                and reads.source_slug = connections.source_slug
                and reads.connection_id = connections.connection_id
                and reads.outcome = 'succeeded'
            order by started_at desc limit 9
        ) as reads
    from ops.connections inner join ops.companies using (company_id)
    where company_id = %(company)s and state <> 'failing'
"""
# Too many, too big and too slow may be the sender's own.
_DELIVERIES_REFUSED = """
    select connection_id as subject, sum(refusal_count)::int as attempts,
        max(last_refused_at) as last_refused_at,
        string_agg(distinct reason, ', ' order by reason) as reasons
    from ops.webhook_refusals
    where company_id = %(company)s and last_refused_at > %(since)s
        and reason not in ('rate', 'size', 'slow')
    group by connection_id order by connection_id
"""
_LOGINS_REFUSED = """
    select system_name as subject, sum(refusal_count)::int as attempts,
        max(refused_at) as last_refused_at
    from ops.refused_logins
    where company_id = %(company)s and refused_at > %(since)s
    group by system_name order by system_name
"""
# A run that a gate stopped is told as the blocked model it is.
_BLOCKED_WITHIN = """
    select 1 as found from predictions.model_fits as fits
    where fits.company_id = %(company)s and fits.status = 'blocked'
        and fits.fitted_at between %(started_at)s and %(finished_at)s
    limit 1
"""
_PREDICTED = """
    select newest.fitted_at, companies.prediction_cadence
    from ops.companies cross join lateral (
        select max(fitted_at) as fitted_at from predictions.predictions_customer
        where company_id = %(company)s
    ) as newest
    where companies.company_id = %(company)s and newest.fitted_at is not null
"""
