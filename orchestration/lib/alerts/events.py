"""Events of the platform that people are told of, as its own rows say them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from orchestration.lib.alerts.memory import Condition
from orchestration.lib.alerts.rules import Rule
from orchestration.lib.cadence import slack_beyond_a_day
from orchestration.lib.sources import SOURCES

__all__ = ["EVENTS", "Look", "needs_threshold"]

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Look:
    """A rule on an event, looked at for a company at ``now``."""

    database: Connection
    company_id: str
    rule: Rule
    now: datetime

    def rows(self, query: str) -> Rows:
        """What the platform wrote of the company."""
        cursor = self.database.cursor(row_factory=dict_row)
        return cursor.execute(query.encode(), {"company": self.company_id}).fetchall()

    def allowing(self, slack: timedelta) -> Look:
        """The same look, with hours added to the threshold, which is of a daily one."""
        threshold = self.rule.threshold
        if threshold is None or not slack:
            return self
        later = replace(self.rule, threshold=threshold + _hours(slack))
        return replace(self, rule=later)

    def condition(
        self,
        subject: str,
        since: datetime,
        facts: Mapping[str, Any],
        observed: float | None = None,
    ) -> Condition:
        """That it holds for a subject."""
        numbers = {"observed": observed, "threshold": self.rule.threshold}
        return Condition(
            topic=f"{self.rule.metric}:{subject}",
            rule_id=self.rule.rule_id,
            severity=self.rule.severity,
            since=since,
            facts={"event": self.rule.metric, **facts, **(numbers if observed else {})},
        )


Event = Callable[[Look], Iterator[Condition]]


def _model_blocked(look: Look) -> Iterator[Condition]:
    for row in look.rows(_NEWEST_FIT):
        asset = ["predictions", "model_fits"]
        facts = _of_model("customer_value", row["detail"], asset)
        yield look.condition("customer_value", row["fitted_at"], facts)


def _media_mix_blocked(look: Look) -> Iterator[Condition]:
    for row in look.rows(_NEWEST_MIXES):
        asset = ["predictions", "marketing_curves"]
        subject = row["outcome_unit"]
        facts = _of_model(subject, row["detail"], asset)
        yield look.condition(subject, row["fitted_at"], facts)


def _connection_failing(look: Look) -> Iterator[Condition]:
    for row in look.rows(_FAILING):
        facts = _of_connection(row) | {"detail": row["last_error"] or ""}
        since = row["checked_at"] or row["last_read_at"] or look.now
        yield look.condition(row["connection_id"], since, facts)


def _source_late(look: Look) -> Iterator[Condition]:
    for row in look.rows(_READS):
        last = row["last_read_at"] or row["created_at"]
        slack = slack_beyond_a_day(row["prediction_cadence"], row["reads"])
        late = look.allowing(slack)
        hours = _hours(look.now - last)
        if late.rule.is_past(hours):
            facts = _of_connection(row)
            yield late.condition(row["connection_id"], last, facts, hours)


def _run_failed(look: Look) -> Iterator[Condition]:
    for row in look.rows(_FAILED_RUN):
        facts = {"detail": row["message"] or "", "page": "runs"}
        yield look.condition("", row["finished_at"], facts)


def _predictions_stale(look: Look) -> Iterator[Condition]:
    for row in look.rows(_PREDICTED):
        late = look.allowing(slack_beyond_a_day(row["prediction_cadence"]))
        hours = _hours(look.now - row["fitted_at"])
        if late.rule.is_past(hours):
            facts = {"asset": ["predictions", "predictions_customer"]}
            yield late.condition("", row["fitted_at"], facts, hours)


def _channel_failing(look: Look) -> Iterator[Condition]:
    for row in look.rows(_UNDELIVERED):
        if look.rule.is_past(row["attempts"]):
            subject = row["channel_id"]
            facts = {"subject": subject, "detail": row["last_error"] or ""}
            yield look.condition(subject, row["claimed_at"], facts, row["attempts"])


EVENTS: Mapping[str, Event] = {
    "model_blocked": _model_blocked,
    "media_mix_blocked": _media_mix_blocked,
    "connection_failing": _connection_failing,
    "source_late": _source_late,
    "run_failed": _run_failed,
    "predictions_stale": _predictions_stale,
    "channel_failing": _channel_failing,
}
_WITH_THRESHOLD = ("source_late", "predictions_stale", "channel_failing")


def needs_threshold(event: str) -> bool:
    """Whether the event is one only past a number."""
    return event in _WITH_THRESHOLD


def _of_model(subject: str, detail: str, asset: list[str]) -> dict[str, Any]:
    # What models predict has a word in each language.
    return {"subject": subject, "is_word": True, "detail": detail, "asset": asset}


def _of_connection(row: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"subject": row["connection_id"]}
    source = SOURCES.get(row["source_slug"])
    if source and source.tables:
        facts["asset"] = [source.schema, source.tables[0].name]
    return facts


def _hours(length: timedelta) -> float:
    return round(length.total_seconds() / 3600, 1)


# What a gate says is told; a fit that failed before its gates has a reason instead.
_NEWEST_FIT = """
    select newest.fitted_at, coalesce(
        (select string_agg(gates.message, ' ' order by gates.gate)
        from predictions.gate_results as gates
        where gates.company_id = newest.company_id
            and gates.fit_id = newest.fit_id and gates.outcome = 'blocked'),
        newest.reason, ''
    ) as detail
    from (
        select * from predictions.model_fits where company_id = %(company)s
        order by fitted_at desc, as_of_date desc, fit_id desc limit 1
    ) as newest
    where newest.status = 'blocked'
"""
_NEWEST_MIXES = """
    select newest.outcome_unit, newest.fitted_at, coalesce(
        (select string_agg(gates.message, ' ' order by gates.gate)
        from predictions.gate_results as gates
        where gates.company_id = newest.company_id
            and gates.fit_id = newest.fit_id and gates.outcome = 'blocked'),
        newest.reason, ''
    ) as detail
    from (
        select distinct on (outcome_unit) * from predictions.media_mix_fits
        where company_id = %(company)s
        order by outcome_unit, fitted_at desc, as_of_date desc, fit_id desc
    ) as newest
    where newest.status = 'blocked'
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
# A run that a gate stopped is told as the blocked model it is.
_FAILED_RUN = """
    select newest.finished_at, newest.message
    from (
        select * from ops.runs
        where company_id = %(company)s and status in ('succeeded', 'failed')
        order by started_at desc limit 1
    ) as newest
    where newest.status = 'failed' and not exists (
        select from predictions.model_fits as fits
        where fits.company_id = newest.company_id and fits.status = 'blocked'
            and fits.fitted_at between newest.started_at and newest.finished_at
    )
"""
_PREDICTED = """
    select newest.fitted_at, companies.prediction_cadence
    from ops.companies cross join lateral (
        select max(fitted_at) as fitted_at from predictions.predictions_customer
        where company_id = %(company)s
    ) as newest
    where companies.company_id = %(company)s and newest.fitted_at is not null
"""
# Since something last went out by the channel.
_UNDELIVERED = """
    select failing.channel_id, max(failing.attempts) as attempts,
        min(failing.claimed_at) as claimed_at,
        (array_agg(failing.last_error order by failing.claimed_at desc))[1]
        as last_error
    from ops.alert_deliveries as failing
    inner join ops.alert_channels using (company_id, channel_id)
    where failing.company_id = %(company)s and failing.last_error is not null
        and failing.state <> 'sent' and failing.claimed_at > coalesce((
            select max(sent.sent_at) from ops.alert_deliveries as sent
            where sent.company_id = failing.company_id
                and sent.channel_id = failing.channel_id
        ), '-infinity')
    group by failing.channel_id
"""
