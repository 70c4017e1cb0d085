"""`timonel alerts`: what is wrong now, who is told, and when."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape

from orchestration.cli import alert_channels, alert_rules
from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import list_companies, load_company
from orchestration.lib.warehouse.database import connect, open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="What is wrong now, who is told of it, and when.",
)
app.add_typer(alert_channels.app, name="channel")
app.command("rules")(alert_rules.rules)
app.command("set")(alert_rules.set_)
app.command("check")(alert_rules.check)

_LONGEST_MINUTES = 7 * 24 * 60
_Company = Annotated[str, typer.Option(help="Whose alerts.")]


@app.command("list")
def list_(
    company: _Company,
    all_: Annotated[
        bool, typer.Option("--all", help="Also those that are over: the last hundred.")
    ] = False,
    form: FormatOption = Format.table,
) -> None:
    """List the alerts that are open, and who was told."""
    from orchestration.lib.alerts.ledger import list_alerts

    with plain_errors():
        url = _url(company)
        alerts = list_alerts(url, company, is_open=not all_)
    rows = [
        {
            "alert": str(alert["alert_id"]),
            "severity": alert["severity"],
            "what": alert["title_en"],
            "since": alert["since"],
            "state": _state(alert),
            "told": alert["deliveries"] or "nobody yet",
        }
        for alert in alerts
    ]
    print_table(rows, form, "No alert yet." if all_ else "Nothing is wrong.")


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
def send(
    company: Annotated[
        str | None, typer.Option(help="Only this company. Default: all.")
    ] = None,
) -> None:
    """Look at the rules once, and send what is due.

    For cron, every few minutes, where no scheduler of `timonel dev --schedules` or of
    compose does it: a run only looks when it ends. Exits 1 if rules could not be looked
    at, or a channel did not take its message; that is tried again later.
    """
    from orchestration.lib.alerts.dispatch import Dispatcher
    from orchestration.lib.reporting.metrics import read_metrics

    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        companies = [load_company(url, company)] if company else list_companies(url)
        dispatcher = Dispatcher(url, settings, read_metrics())
        found = dispatcher.dispatch_all(datetime.now(UTC), companies)
    console.print(f"Looked at the rules of {len(companies)} companies.")
    failures = [
        f"The alerts of {company_id} could not be looked at: {reason}"
        for company_id, reason in found.unjudged.items()
    ]
    failures += [
        f"{company_id}, channel {channel_id}: {reason}"
        for (company_id, channel_id), reason in found.undelivered.items()
    ]
    if failures:
        raise fail("\n".join(failures))


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
    from orchestration.lib.alerts.lifecycle import SEVERITIES, Policy
    from orchestration.lib.alerts.policies import save_policy

    # Of nan every comparison is false.
    is_possible = 0 <= first <= _LONGEST_MINUTES and 0 < escalate <= _LONGEST_MINUTES
    if severity not in SEVERITIES or not is_possible:
        raise fail(
            f"A severity is one of {', '.join(SEVERITIES)}; minutes are positive, and "
            f"at most {_LONGEST_MINUTES:,} (a week)."
        )
    policy = Policy(timedelta(minutes=first), timedelta(minutes=escalate))
    with plain_errors():
        save_policy(_url(company), company, severity, policy)
    console.print(f"{severity}: told after {first:g} min, climbs after {escalate:g}.")


def _url(company: str) -> str:
    url = open_database(Settings.from_environment())
    load_company(url, company)
    return url


def _state(alert: Mapping[str, Any]) -> str:
    if alert["resolved_at"] is not None:
        return "over"
    if alert["acknowledged_by"]:
        return f"acknowledged by {alert['acknowledged_by']}"
    return "open"


def _range(text: str) -> tuple[time | None, time | None]:
    if text == "none":
        return None, None
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash or "none" in (start, end):
        raise fail(
            f"Quiet hours are two times, such as 22:00-08:00, or none; not '{text}'."
        )
    if _time(start) == _time(end):
        raise fail(
            f"Quiet hours from {start} to {end} last no time. Write two times that "
            "differ, or none."
        )
    return _time(start), _time(end)


def _time(text: str) -> time | None:
    if text == "none":
        return None
    try:
        told = time.fromisoformat(text.strip())
    except ValueError:
        raise fail(f"'{text}' is no time: write it as 08:00.") from None
    if told.tzinfo is not None:
        raise fail(f"'{text}' names a zone: times are of the company's own.")
    return told
