"""Alert rules: rows that people may edit, generated from the metric registry.

A rule is of one of three kinds: a metric past a threshold, an event of the platform, or
a deviation: days whose total is at another level than the weeks before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ml_assets.measurement.alarm_rates import FALSE_ALARMS
from orchestration.lib.alerts.errors import RuleBroken
from orchestration.lib.alerts.lifecycle import SEVERITIES
from orchestration.lib.reporting.metrics import Metric
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Rule",
    "default_rules",
    "load_rules",
    "metric_rule",
    "save_rule",
    "sync_rules",
]

NOT_AGREED = "default, not agreed"


@dataclass(frozen=True)
class Rule:
    """One row of ``ops.alert_rules``.

    Parameters
    ----------
    relation, metric
        View of ``reporting`` and its column; of an event or a deviation the metric is
        its name and the view empty.
    scope
        Columns of the view and the value each must have, such as a segment.
    comparison, threshold
        ``above`` or ``below`` which number, in the metric's unit; hours of what is
        late, minutes past what was promised, attempts of a channel. Of a deviation,
        below how many false alarms a quarter it is told.
    status
        Whether the owner set the threshold, or it is a default nobody agreed to.
    origin
        ``generated``, or ``edited``: then generating again leaves it alone.
    unit
        Of the metric, as the registry has it.
    sample, sample_minimum
        Column of the view that says how many the number rests on, and from how many on
        it is judged: three orders are no reason to wake anybody. None: always.
    """

    rule_id: str
    kind: str
    metric: str
    severity: str
    relation: str = ""
    scope: Mapping[str, str] = field(default_factory=dict)
    comparison: str | None = None
    threshold: float | None = None
    is_enabled: bool = True
    status: str = NOT_AGREED
    origin: str = "generated"
    label_es: str | None = None
    label_en: str | None = None
    unit: str | None = None
    sample: str | None = None
    sample_minimum: int | None = None

    def is_past(self, value: float) -> bool:
        """Whether a value is past the threshold, and not just on it."""
        if self.threshold is None:
            return False
        if self.comparison == "above":
            return value > self.threshold
        return value < self.threshold


_EVENTS = (
    Rule("model_blocked", "event", "model_blocked", "high"),
    Rule("media_mix_blocked", "event", "media_mix_blocked", "medium"),
    Rule("connection_failing", "event", "connection_failing", "high"),
    # Of what is read once a day: two hours late is late, two days are too many. What is
    # read weekly has six days more (orchestration.lib.operations.cadence).
    Rule(
        *("source_late", "event", "source_late", "medium"),
        comparison="above",
        threshold=26,
    ),
    Rule(
        *("source_silent", "event", "source_late", "high"),
        comparison="above",
        threshold=48,
    ),
    # Minutes past the promise. What is read hourly is as old as an hour and its run,
    # just before the next one: that is no reason to wake anybody.
    Rule(
        *("service_level_missed", "event", "service_level_missed", "medium"),
        comparison="above",
        threshold=30,
    ),
    Rule("run_failed", "event", "run_failed", "high"),
    Rule(
        *("predictions_stale", "event", "predictions_stale", "medium"),
        comparison="above",
        threshold=50,
    ),
    Rule(
        *("channel_failing", "event", "channel_failing", "high"),
        comparison="above",
        threshold=2,
    ),
    # Addresses of webhooks are secret: one who has it and not the signature is one too
    # many. Who mistypes a password is told as well, until somebody sets another limit.
    *(
        Rule(rule_id, "event", rule_id, "high", comparison="above", threshold=0)
        for rule_id in ("deliveries_refused", "logins_refused")
    ),
    # Of checks in a row: one alone may be the network's.
    Rule(
        *("website_down", "event", "website_down", "critical"),
        comparison="above",
        threshold=1,
    ),
    # Days on which other accounts of the source spent, and this one did not.
    Rule(
        *("account_silent", "event", "account_silent", "medium"),
        comparison="above",
        threshold=3,
    ),
    # As the check on the mart has it: the two must not contradict each other. One false
    # alarm a quarter of a shop, with its conversion and return, and one of a community.
    *(
        Rule(
            *(f"unusual_{metric}", "deviation", metric, "medium"),
            comparison="below",
            threshold=FALSE_ALARMS,
        )
        for metric in (
            *("net_revenue", "purchase_count"),
            *("visit_conversion_rate", "blended_return"),
            *("registered_count", "active_person_count"),
        )
    ),
)


def default_rules(metrics: Iterable[Metric]) -> list[Rule]:
    """The rules of a company that nobody has edited.

    A metric whose declaration has a warning or a critical limit gets a rule: of the
    severity that it declares (high if none), or critical.
    """
    rules = list(_EVENTS)
    for metric in metrics:
        rule = metric_rule(metric)
        for limit, severity in (
            ("warn", metric.warn_severity),
            ("critical", "critical"),
        ):
            if (threshold := getattr(metric, limit)) is not None:
                rules.append(
                    replace(
                        rule,
                        rule_id=f"{rule.rule_id}.{limit}",
                        severity=severity,
                        threshold=float(threshold),
                    )
                )
    return rules


def metric_rule(metric: Metric) -> Rule:
    """A rule on a metric of the registry, with its words and no threshold yet.

    It looks above where lower is better, else below.
    """
    return Rule(
        f"{metric.relation}.{metric.column}",
        "metric",
        metric.column,
        "high",
        relation=metric.relation,
        comparison="above" if metric.direction == "lower_is_better" else "below",
        status="owner" if metric.threshold_status == "owner" else NOT_AGREED,
        label_es=metric.label_es,
        label_en=metric.label_en,
        unit=metric.unit,
        sample=metric.sample,
        sample_minimum=metric.sample_minimum,
    )


def sync_rules(database: Connection, company_id: str, rules: Iterable[Rule]) -> None:
    """Bring the generated rules of a company up to date; what people edited stays."""
    made = list(rules)
    for rule in made:
        database.execute(_GENERATED, _values(company_id, rule))
    database.execute(
        """delete from ops.alert_rules where company_id = %s and origin = 'generated'
            and rule_id <> all(%s)""",
        (company_id, [rule.rule_id for rule in made]),
    )


def load_rules(url: str, company_id: str) -> list[Rule]:
    """The rules of a company by their ids, disabled ones too."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Rule))
        query = sql.SQL(
            "select {} from ops.alert_rules where company_id = %s order by rule_id"
        ).format(_COLUMNS)
        return cursor.execute(query, (company_id,)).fetchall()


def save_rule(url: str, company_id: str, rule: Rule) -> None:
    """Keep a rule as a person wants it.

    Raises
    ------
    RuleBroken
        Its severity or comparison is none.
    """
    if rule.severity not in SEVERITIES:
        raise RuleBroken(
            f"A severity is one of {', '.join(SEVERITIES)}, not '{rule.severity}'."
        )
    with connect(url, "orchestrator") as database:
        database.execute(_EDITED, _values(company_id, rule))


def _values(company_id: str, rule: Rule) -> dict[str, Any]:
    return asdict(rule) | {"company_id": company_id, "scope": Jsonb(dict(rule.scope))}


_NAMES = [f.name for f in fields(Rule)]
_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, _NAMES))
_UPSERT = sql.SQL(
    """insert into ops.alert_rules as stored (company_id, {columns})
    values (%(company_id)s, {values})
    on conflict (company_id, rule_id) do update set ({columns}) = row({excluded})"""
).format(
    columns=_COLUMNS,
    values=sql.SQL(", ").join(map(sql.Placeholder, _NAMES)),
    excluded=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in _NAMES),
)
_EDITED = _UPSERT
_GENERATED = _UPSERT + sql.SQL(
    """ where stored.origin = 'generated'
        and to_jsonb(stored) is distinct from to_jsonb(excluded)"""
)
