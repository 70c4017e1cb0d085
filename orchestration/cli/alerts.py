"""`timonel alerts`: what is wrong now, who is told, and when."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.cli import alert_channels
from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.companies import load_company
from orchestration.lib.database import connect, open_database
from orchestration.lib.settings import Settings

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="What is wrong now, who is told of it, and when.",
)
app.add_typer(alert_channels.app, name="channel")

_Company = Annotated[str, typer.Option(help="Whose alerts.")]


@app.command("list")
def list_(
    company: _Company,
    all_: Annotated[
        bool, typer.Option("--all", help="Also those that are over: the last hundred.")
    ] = False,
) -> None:
    """List the alerts that are open, and who was told."""
    from orchestration.lib.alerts.ledger import list_alerts

    with plain_errors():
        url = _url(company)
        alerts = list_alerts(url, company, is_open=not all_)
    if not alerts:
        console.print("Nothing is wrong." if not all_ else "No alert yet.")
        return
    table = Table("alert", "severity", "what", "since (UTC)", "state", "told")
    for alert in alerts:
        table.add_row(
            str(alert["alert_id"]),
            alert["severity"],
            escape(alert["title_en"]),
            f"{alert['since'].astimezone(UTC):%Y-%m-%d %H:%M}",
            escape(_state(alert)),
            escape(alert["deliveries"] or "nobody yet"),
        )
    console.print(table)


@app.command()
def ack(
    alert: Annotated[list[int], typer.Argument(help="Its number; several at once.")],
    company: _Company,
    by: Annotated[
        str | None, typer.Option(help="Who looks after it. Default: your login.")
    ] = None,
) -> None:
    """Say that somebody looks after an alert: it is told no more until it is over."""
    from orchestration.lib.alerts.ledger import acknowledge

    with plain_errors():
        url = _url(company)
        acknowledge(url, company, alert, by or getpass.getuser(), datetime.now(UTC))
    console.print("Acknowledged. People are told when it is over.")


@app.command()
def rules(company: _Company) -> None:
    """Show the rules of a company, edited and generated."""
    from orchestration.lib.alerts.rules import load_rules

    with plain_errors():
        url = _url(company)
        _sync(url, company)
        found = load_rules(url, company)
    table = Table("rule", "of", "when", "severity", "on", "status", "origin")
    for rule in found:
        scope = ", ".join(f"{name}={value}" for name, value in rule.scope.items())
        name = f"{rule.relation}.{rule.metric}" if rule.relation else rule.metric
        limit = f"{rule.threshold:g}" if rule.threshold is not None else ""
        table.add_row(
            *(rule.rule_id, f"{name} {scope}".strip()),
            *(f"{rule.comparison or ''} {limit}".strip(), rule.severity),
            *("yes" if rule.is_enabled else "no", rule.status, rule.origin),
        )
    console.print(table)


@app.command("set")
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
    severity: Annotated[
        str | None, typer.Option(help="critical, high or medium.")
    ] = None,
    is_on: Annotated[
        bool | None, typer.Option("--on/--off", help="Whether the rule counts.")
    ] = None,
) -> None:
    """Change a rule, or add one. What you set is yours: nothing generated replaces it.

    timonel alerts set vip_churn --company my_shop --metric
    customer_value_segment_totals.at_risk_share --where segment_id=vip --above 0.10
    """
    changes: dict[str, Any] = {}
    for side, number in (("above", above), ("below", below)):
        if number is not None:
            changes |= {"comparison": side, "threshold": number}
    changes |= {} if threshold is None else {"threshold": threshold}
    changes |= {"status": "owner"} if "threshold" in changes else {}
    changes |= {} if severity is None else {"severity": severity}
    changes |= {} if is_on is None else {"is_enabled": is_on}
    changes |= {"scope": _scope(where)} if where else {}
    if not changes and metric is None:
        raise fail("Say what to change. What can be: timonel alerts set --help")
    with plain_errors():
        url = _url(company)
        _sync(url, company)
        _save(url, company, rule, metric, changes)
    console.print("Counts from the next look on, within a minute.")


@app.command()
def check(company: _Company) -> None:
    """See whether every rule can be looked at. Tells nobody; exits 1 if one cannot."""
    from orchestration.lib.alerts.conditions import problem_of, read_views
    from orchestration.lib.alerts.rules import load_rules

    with plain_errors():
        url = _url(company)
        _sync(url, company)
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


@app.command()
def test(company: _Company) -> None:
    """Send a test through every channel. Exits 1 if one does not take it."""
    from orchestration.lib.alerts.channels import list_channels, read_address
    from orchestration.lib.alerts.errors import NotDelivered
    from orchestration.lib.alerts.messages import test_message
    from orchestration.lib.alerts.services import send

    settings = Settings.from_environment()
    failures = []
    with plain_errors():
        url = _url(company)
        owner = load_company(url, company)
        channels = list_channels(url, company)
        if not channels:
            raise fail(
                "There is no channel yet. Add one: timonel alerts channel add NAME "
                f"--company {company}"
            )
        for channel in channels:
            address = read_address(url, settings, company, channel.channel_id)
            try:
                send(address, test_message(owner, channel.language))
            except NotDelivered as failure:
                failures.append(f"{channel.channel_id}: {failure}")
            else:
                console.print(f"  [green]✓[/green] {escape(channel.channel_id)}")
    if failures:
        raise fail("\n".join(failures))


@app.command()
def hours(
    company: _Company,
    quiet: Annotated[
        str | None,
        typer.Option(help="Such as 22:00-08:00, in the company's time zone; or none."),
    ] = None,
    digest: Annotated[
        str | None, typer.Option(help="When all that is open is told; or none.")
    ] = None,
) -> None:
    """Set quiet hours, which only critical alerts break, and the daily digest."""
    from orchestration.lib.alerts.policies import load_hours, save_hours

    with plain_errors():
        url = _url(company)
        with connect(url, "orchestrator") as database:
            told = load_hours(database, company)
        if quiet is not None:
            start, end = _range(quiet)
            told = replace(told, quiet_from=start, quiet_until=end)
        if digest is not None:
            told = replace(told, digest_at=_time(digest))
        save_hours(url, company, told)
    console.print(
        f"Quiet from {told.quiet_from or 'never'} to {told.quiet_until or 'never'}; "
        f"digest at {told.digest_at or 'no time'}."
    )


@app.command()
def delays(
    severity: Annotated[str, typer.Argument(help="critical, high or medium.")],
    company: _Company,
    first: Annotated[
        float, typer.Option(help="Minutes an alert waits before anybody is told.")
    ],
    escalate: Annotated[
        float, typer.Option(help="Minutes without an answer before the next level.")
    ],
) -> None:
    """Set how long a severity waits, before it is told and before it climbs."""
    from orchestration.lib.alerts.memory import SEVERITIES, Policy
    from orchestration.lib.alerts.policies import save_policy

    if severity not in SEVERITIES or first < 0 or escalate <= 0:
        raise fail(
            f"A severity is one of {', '.join(SEVERITIES)}; minutes are positive."
        )
    policy = Policy(timedelta(minutes=first), timedelta(minutes=escalate))
    with plain_errors():
        save_policy(_url(company), company, severity, policy)
    console.print(f"{severity}: told after {first:g} min, climbs after {escalate:g}.")


def _url(company: str) -> str:
    url = open_database(Settings.from_environment())
    load_company(url, company)
    return url


def _sync(url: str, company: str) -> None:
    """The rules as they are generated now, also before a first run."""
    from orchestration.lib.alerts.rules import default_rules, sync_rules
    from orchestration.lib.metrics import read_metrics

    with connect(url, "orchestrator") as database:
        sync_rules(database, company, default_rules(read_metrics()))


def _save(
    url: str, company: str, rule_id: str, metric: str | None, changes: dict[str, Any]
) -> None:
    from orchestration.lib.alerts.errors import RuleBroken
    from orchestration.lib.alerts.rules import load_rules, metric_rule, save_rule
    from orchestration.lib.metrics import read_metrics

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
    save_rule(url, company, replace(rule, **changes, origin="edited"))


def _state(alert: Mapping[str, Any]) -> str:
    if alert["resolved_at"] is not None:
        return "over"
    if alert["acknowledged_by"]:
        return f"acknowledged by {alert['acknowledged_by']}"
    return "open"


def _scope(pairs: Sequence[str]) -> dict[str, str]:
    scope = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise fail(f"--where takes column=value, not '{pair}'.")
        scope[name] = value
    return scope


def _range(text: str) -> tuple[time | None, time | None]:
    if text == "none":
        return None, None
    start, dash, end = text.partition("-")
    if not dash:
        raise fail(f"Quiet hours are two times, such as 22:00-08:00, not '{text}'.")
    return _time(start), _time(end)


def _time(text: str) -> time | None:
    if text == "none":
        return None
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        raise fail(f"'{text}' is no time: write it as 08:00.") from None
