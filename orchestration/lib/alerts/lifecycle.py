"""What an alert remembers: a state machine that is told the time and touches nothing.

An alert opens with its condition, waits for the delay of its severity, is told once to
the channels that take its severity, climbs the ladder while nobody acknowledges it, and
ends when its condition has not held for a while: what comes back within that while is
the same alert, and nobody hears of it. What ends before it was told is never told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

__all__ = [
    "LADDER",
    "POLICIES",
    "SETTLED",
    "SEVERITIES",
    "Alert",
    "Circumstances",
    "Condition",
    "Policy",
    "QuietHours",
    "Step",
    "advance",
    "takers",
]

Severity = Literal["medium", "high", "critical"]
Purpose = Literal["first", "escalation", "recovery"]

SEVERITIES = ("medium", "high", "critical")
# Each level of escalation is told to the channels of the next; the last to all of them.
LADDER = (*SEVERITIES, "everyone")


@dataclass(frozen=True)
class Policy:
    """How long to wait before people are told, and before the next level is."""

    delay: timedelta
    escalate_after: timedelta


# The delays are the owner's; how long to wait for an answer is our default.
POLICIES: Mapping[str, Policy] = {
    "critical": Policy(timedelta(0), timedelta(minutes=15)),
    "high": Policy(timedelta(minutes=5), timedelta(hours=1)),
    "medium": Policy(timedelta(minutes=15), timedelta(hours=4)),
}

#: How long a condition has to be over until people who know of it are told so.
SETTLED = timedelta(minutes=10)


@dataclass(frozen=True)
class QuietHours:
    """Hours of a company's time zone in which only what is critical is told."""

    start: time
    end: time
    time_zone: str

    def covers(self, now: datetime) -> bool:
        """Whether it is quiet at ``now``; hours may run over midnight."""
        clock = now.astimezone(ZoneInfo(self.time_zone)).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over_at(self, now: datetime) -> datetime:
        """When people may be told: ``now``, or the end of the quiet hours it is in."""
        if not self.covers(now):
            return now
        local = now.astimezone(ZoneInfo(self.time_zone))
        end = datetime.combine(local.date(), self.end, tzinfo=local.tzinfo)
        return end if end > local else end + timedelta(days=1)


@dataclass(frozen=True)
class Condition:
    """Something a rule found to hold: its topic, since when, and what was seen.

    ``has_happened``: it is no state that may be over before its delay is, so nobody
    waits for that.
    """

    topic: str
    rule_id: str
    severity: str
    since: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    has_happened: bool = False


@dataclass(frozen=True)
class Alert:
    """One alert. ``alert_id`` is None until it is stored.

    ``due_from`` is when its delay began: when it opened, or became more severe.
    ``level`` is the step of the ladder that was told, and ``noticed_at`` when.
    ``over_since`` is when its condition was first found not to hold any more.
    """

    topic: str
    rule_id: str
    severity: str
    opened_at: datetime
    due_from: datetime
    alert_id: int | None = None
    level: str | None = None
    noticed_at: datetime | None = None
    escalated_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    over_since: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True)
class Circumstances:
    """What decides beside the conditions.

    Parameters
    ----------
    enabled
        Ids of the rules in force: an alert of another one ends without a word.
    unjudged
        Ids of rules that could not be looked at: their alerts stay as they are.
    channels
        Severities taken, by channel.
    quiet
        None: no quiet hours.
    """

    enabled: Collection[str]
    unjudged: Collection[str] = ()
    channels: Mapping[str, Collection[str]] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    quiet: QuietHours | None = None


@dataclass(frozen=True)
class Step:
    """An alert as it is now, its condition if that holds, and what to tell if anything.

    ``tell_at`` is when a recovery may be told: not in quiet hours.
    """

    alert: Alert
    condition: Condition | None
    purpose: Purpose | None = None
    tell_at: datetime | None = None


def advance(
    alerts: Iterable[Alert],
    conditions: Iterable[Condition],
    circumstances: Circumstances,
    now: datetime,
) -> list[Step]:
    """How each open alert stands at ``now``, and those that open.

    Parameters
    ----------
    alerts
        Those that are open, one of a topic.
    conditions
        All that hold; of one topic the most severe counts.

    Returns
    -------
    list of Step
        One per open alert or condition, by topic. Applying them and asking again at
        the same moment gives no purpose: nothing is told twice.
    """
    known = {alert.topic: alert for alert in alerts}
    holding = dict(_most_severe(conditions))
    steps = [
        _notification_step(
            _continued(known.get(topic), condition, now), condition, circumstances, now
        )
        for topic, condition in holding.items()
    ]
    for topic, alert in known.items():
        if topic in holding:
            continue
        if alert.rule_id in circumstances.unjudged:
            steps.append(_notification_step(alert, None, circumstances, now))
        else:
            steps.append(_ended(alert, circumstances, now))
    return sorted(steps, key=lambda step: step.alert.topic)


def takers(
    channels: Mapping[str, Collection[str]], level: str | None
) -> tuple[str, ...]:
    """The channels told at a level of the ladder."""
    return tuple(
        name
        for name, severities in sorted(channels.items())
        if level == "everyone" or level in severities
    )


def _most_severe(conditions: Iterable[Condition]) -> Iterator[tuple[str, Condition]]:
    for condition in sorted(conditions, key=lambda c: SEVERITIES.index(c.severity)):
        yield condition.topic, condition


def _continued(alert: Alert | None, condition: Condition, now: datetime) -> Alert:
    """A new alert, the same, or the same made more severe, which nobody knows yet."""
    if alert is None:
        return Alert(condition.topic, condition.rule_id, condition.severity, now, now)
    same = replace(alert, over_since=None)
    if SEVERITIES.index(condition.severity) <= SEVERITIES.index(alert.severity):
        return same
    return replace(
        same,
        rule_id=condition.rule_id,
        severity=condition.severity,
        due_from=now,
        level=None,
        acknowledged_at=None,
        acknowledged_by=None,
    )


def _ended(alert: Alert, circumstances: Circumstances, now: datetime) -> Step:
    """What nobody knows ends at once; else once it has been over for a while."""
    # Whether anybody was told of a less severe state is known by noticed_at.
    if alert.rule_id not in circumstances.enabled or alert.noticed_at is None:
        return Step(replace(alert, resolved_at=now), None)
    since = alert.over_since or now
    if now < since + SETTLED:
        return Step(replace(alert, over_since=since), None)
    ended = replace(alert, over_since=since, resolved_at=since)
    quiet = None if alert.severity == "critical" else circumstances.quiet
    return Step(ended, None, "recovery", quiet.over_at(now) if quiet else now)


def _notification_step(
    alert: Alert,
    condition: Condition | None,
    circumstances: Circumstances,
    now: datetime,
) -> Step:
    step = Step(alert, condition)
    quiet = circumstances.quiet
    must_wait = alert.severity != "critical" and quiet is not None and quiet.covers(now)
    is_over = alert.over_since is not None
    if alert.acknowledged_at is not None or is_over or must_wait:
        return step
    policy = circumstances.policies[alert.severity]
    if alert.level is None:
        has_taker = bool(takers(circumstances.channels, alert.severity))
        has_happened = condition is not None and condition.has_happened
        delay = timedelta(0) if has_happened else policy.delay
        if not has_taker or now < alert.due_from + delay:
            return step
        told = replace(alert, level=alert.severity, noticed_at=now)
        return replace(step, alert=told, purpose="first")
    told_at = alert.noticed_at or alert.opened_at
    above = LADDER[LADDER.index(alert.level) + 1 :]
    if not above or now < told_at + policy.escalate_after:
        return step
    told = replace(alert, level=above[0], noticed_at=now, escalated_at=now)
    return replace(step, alert=told, purpose="escalation")
