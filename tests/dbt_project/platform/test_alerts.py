"""What is wrong is on the dashboard until it is over, and 30 days longer."""

from __future__ import annotations

from tests.dbt_project.warehouse import Pair, Warehouse

ALERT = """
    insert into ops.alerts (company_id, topic, rule_id, severity, facts, title_es,
        title_en, advice_es, advice_en, link, since, opened_at, due_from,
        acknowledged_at, acknowledged_by, resolved_at)
    values (%(company)s, %(topic)s, 'rule', %(severity)s, '{}', %(topic)s, %(topic)s,
        'Haga', 'Do', '/', now(), now(), now(),
        now() - %(answered)s::interval, %(by)s, now() - %(over)s::interval)
"""
QUERY = """
    select title_es, severity_label_es, severity_label_en, state, state_label_es,
        state_label_en, light, acknowledged_by
    from reporting.alerts where company_id = %s
    order by state_rank, severity_rank, title_es
"""


def _alert(warehouse: Warehouse, company: str, topic: str, **told: str | None) -> None:
    values = {"severity": "high", "answered": None, "by": None, "over": None}
    warehouse.execute(ALERT, {**values, **told, "company": company, "topic": topic})


def test_what_needs_somebody_most_comes_first(warehouse: Warehouse, pair: Pair) -> None:
    _alert(warehouse, pair.acme, "late", severity="medium")
    _alert(warehouse, pair.acme, "down", severity="critical")
    _alert(warehouse, pair.acme, "bad", answered="1 hour", by="ana")
    _alert(warehouse, pair.acme, "gone", answered="3 days", by="ana", over="2 days")
    _alert(warehouse, pair.acme, "forgotten", over="31 days")
    _alert(warehouse, pair.bolt, "late")

    rows = warehouse.rows(QUERY, [pair.acme])

    answered = ("acknowledged", "Atendida", "Acknowledged", "yellow", "ana")
    assert [tuple(row.values()) for row in rows] == [
        ("down", "Crítica", "Critical", "open", "Abierta", "Open", "red", None),
        ("late", "Media", "Medium", "open", "Abierta", "Open", "red", None),
        ("bad", "Alta", "High", *answered),
        ("gone", "Alta", "High", "over", "Terminada", "Over", "green", "ana"),
    ]


RULE = """
    insert into ops.alert_rules (company_id, rule_id, kind, metric, comparison,
        threshold, severity, is_enabled, origin, label_es, label_en, unit)
    values (%(company)s, %(metric)s, 'metric', %(metric)s, %(side)s, %(limit)s,
        'high', true, 'generated', %(label)s, %(label)s, %(unit)s)
"""


def _rule(warehouse: Warehouse, company: str, metric: str, **told: object) -> None:
    values = {"side": "above", "limit": None, "label": None, "unit": None}
    warehouse.execute(RULE, {**values, **told, "company": company, "metric": metric})


def test_a_rule_says_its_limit_in_words(warehouse: Warehouse, pair: Pair) -> None:
    warehouse.build(pair.acme, only=["companies"])
    _rule(warehouse, pair.acme, "churn", limit=0.1, label="Churn", unit="share")
    _rule(warehouse, pair.acme, "spend", side="below", limit=50, unit="money")
    _rule(warehouse, pair.acme, "source_late", limit=26)
    _rule(warehouse, pair.acme, "run_failed", side=None)
    _rule(warehouse, pair.bolt, "churn", limit=0.2, unit="share")

    rows = warehouse.rows(
        """select watched_es, comparison_label_es, threshold, unit_label_es, is_own
        from reporting.alert_rules where company_id = %s order by rule_id""",
        [pair.acme],
    )

    assert [tuple(row.values()) for row in rows] == [
        ("Churn", "más de", 10, "%", False),
        ("Un cálculo falló", None, None, None, False),
        ("Tiempo sin datos nuevos de una fuente", "más de", 26, "horas", False),
        ("spend", "menos de", 50, "EUR", False),
    ]
