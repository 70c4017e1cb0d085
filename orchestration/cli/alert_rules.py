"""`timonel alerts rules|set|check`: what people are told of, and past which limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect, open_database

__all__ = ["change_rule", "check", "keep_rules", "rules", "set_"]

_Company = Annotated[str, typer.Option(help="Whose rules.")]


def rules(company: _Company, form: FormatOption = Format.table) -> None:
    """Show the rules of a company, edited and generated."""
    from orchestration.lib.alerts.rules import load_rules

    with plain_errors():
        url = _url(company)
        keep_rules(url, company)
        found = load_rules(url, company)
    rows = []
    for rule in found:
        scope = ", ".join(f"{name}={value}" for name, value in rule.scope.items())
        name = f"{rule.relation}.{rule.metric}" if rule.relation else rule.metric
        limit = f"{rule.threshold:g}" if rule.threshold is not None else ""
        if rule.sample:
            limit += f", from {rule.sample_minimum} {rule.sample} on"
        rows.append(
            {
                "rule": rule.rule_id,
                "of": f"{name} {scope}".strip(),
                "when": f"{rule.comparison or ''} {limit}".strip(),
                "severity": rule.severity,
                "on": rule.is_enabled,
                "status": rule.status,
                "origin": rule.origin,
            }
        )
    print_table(rows, form)


def set_(
    rule: Annotated[str, typer.Argument(help="Its id, or a new one with --metric.")],
    company: _Company,
    metric: Annotated[
        str | None,
        typer.Option(help="Of a new rule: view.column of reporting (timonel metrics)."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="column=value that rows must have; repeat for more."),
    ] = None,
    above: Annotated[
        float | None, typer.Option(help="Alert above this; in the metric's unit.")
    ] = None,
    below: Annotated[
        float | None, typer.Option(help="Alert below this; in the metric's unit.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Another threshold on the side the rule looks at."),
    ] = None,
    at_least: Annotated[
        int | None,
        typer.Option(
            min=1, help="Judge only what rests on so many (orders, carts ...)."
        ),
    ] = None,
    severity: Annotated[
        str | None, typer.Option(help="critical, high or medium.")
    ] = None,
    is_on: Annotated[
        bool | None, typer.Option("--on/--off", help="Whether the rule counts.")
    ] = None,
) -> None:
    """Change a rule, or add one. What you set is yours: nothing generated replaces it.

    timonel alerts set vips_at_risk --company my_shop --metric
    customer_value_segment_totals.customer_count --where segment_id=vip_at_risk
    --above 100
    """
    changes: dict[str, Any] = {}
    for side, number in (("above", above), ("below", below)):
        if number is not None:
            changes |= {"comparison": side, "threshold": number}
    changes |= {} if threshold is None else {"threshold": threshold}
    changes |= {"status": "owner"} if "threshold" in changes else {}
    changes |= {} if at_least is None else {"sample_minimum": at_least}
    changes |= {} if severity is None else {"severity": severity}
    changes |= {} if is_on is None else {"is_enabled": is_on}
    changes |= {"scope": _scope(where)} if where else {}
    if not changes and metric is None:
        raise fail("Say what to change. What can be: timonel alerts set --help")
    with plain_errors():
        url = _url(company)
        change_rule(url, company, rule, metric, changes)
    console.print("Counts from the next look on, within a minute.")


def check(company: _Company) -> None:
    """See whether every rule can be looked at. Tells nobody; exits 1 if one cannot."""
    from orchestration.lib.alerts.conditions import problem_of, read_views
    from orchestration.lib.alerts.rules import load_rules

    with plain_errors():
        url = _url(company)
        keep_rules(url, company)
        with connect(url, "orchestrator") as database:
            views = read_views(database)
        found = load_rules(url, company)
    problems = [
        f"{rule.rule_id}: {problem}"
        for rule in found
        if rule.is_enabled and (problem := problem_of(rule, views))
    ]
    if problems:
        raise fail("\n".join(problems))
    built = "" if views else " Nothing is built yet: metrics were not looked for."
    console.print(f"All {len(found)} rules can be looked at.{built}")


def change_rule(
    url: str, company: str, rule_id: str, metric: str | None, changes: dict[str, Any]
) -> None:
    """Change a rule of a company, or with a metric (view.column) make it anew.

    Raises
    ------
    RuleBroken
        There is no such rule or metric, or it cannot be so.
    """
    from orchestration.lib.alerts.errors import RuleBroken
    from orchestration.lib.alerts.rules import load_rules, metric_rule, save_rule
    from orchestration.lib.reporting.metrics import read_metrics

    keep_rules(url, company)
    known = {rule.rule_id: rule for rule in load_rules(url, company)}
    if metric is not None:
        declared = {f"{m.relation}.{m.column}": m for m in read_metrics()}
        name = metric.removeprefix("reporting.")
        if name not in declared:
            raise RuleBroken(f"There is no metric '{metric}'. See: timonel metrics")
        rule = replace(metric_rule(declared[name]), rule_id=rule_id)
    elif rule_id in known:
        rule = known[rule_id]
    else:
        raise RuleBroken(
            f"{company} has no rule '{rule_id}'. See: timonel alerts rules --company "
            f"{company}; for a new one say its --metric."
        )
    if "sample_minimum" in changes and rule.sample is None:
        raise RuleBroken(
            f"Nothing tells how many {rule.metric} rests on: leave out --at-least."
        )
    save_rule(url, company, replace(rule, **changes, origin="edited"))


def _url(company: str) -> str:
    url = open_database(Settings.from_environment())
    load_company(url, company)
    return url


def keep_rules(url: str, company: str) -> None:
    """The rules as they are generated now, also before a first run."""
    from orchestration.lib.alerts.rules import default_rules, sync_rules
    from orchestration.lib.reporting.metrics import read_metrics

    with connect(url, "orchestrator") as database:
        sync_rules(database, company, default_rules(read_metrics()))


def _scope(pairs: Sequence[str]) -> dict[str, str]:
    scope = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise fail(f"--where takes column=value, not '{pair}'.")
        scope[name] = value
    return scope
