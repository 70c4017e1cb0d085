"""`timonel`, the command line."""

from __future__ import annotations

import gc
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from orchestration.cli import (
    alerts,
    backup,
    customers,
    dashboard,
    database,
    dev,
    doctor,
    forget,
    kpis,
    media,
    metabase,
    metrics,
    probe,
    quarantine,
    receiver,
    recommendations,
    report,
    run,
    scenario,
    secrets,
    trace,
)
from orchestration.cli.audiences import audience, coupon, points
from orchestration.cli.companies import agency, company
from orchestration.cli.connecting import connect, connections, source
from orchestration.cli.demonstration import demo, sandbox
from orchestration.lib.core.temporary_folders import own_temporary_folder

__all__ = ["app"]

app = typer.Typer(
    name="timonel",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="""Who is about to leave, what each customer is worth, where the next
    euro goes.

    [bold]First steps[/bold]

    timonel demo                       six example companies, start to finish\n
    timonel demo --orders export.csv   your own Shopify export or purchase log

    [bold]Your own shop[/bold]

    timonel company add my_shop --currency EUR --time-zone Europe/Madrid\n
    timonel connect shopify --company my_shop --shop my-shop --client-id ...\n
    timonel connect files exports/ --company my_shop\n
    timonel connections                how each source fares\n
    timonel run                        load what is new, rebuild, predict\n
    timonel dashboard                  the dashboard as one HTML page\n
    timonel report --company my_shop   a report as PDF, HTML or pictures\n
    timonel kpis engagement --company my_shop   the numbers of a page\n
    timonel metrics                    what each number means\n
    timonel trace predicted_value --company my_shop   what it was made of\n
    timonel doctor                     what is wrong, and what to do\n
    timonel backup DIR                 everything, to restore from\n
    timonel quarantine                 records that could not be loaded\n
    timonel receiver                   what others deliver by webhook\n
    timonel customers                  ids of a shop that are one person\n
    timonel media                      experiments and limits of budgets\n
    timonel recommendations            what was advised, and was it followed\n
    timonel scenario                   plans, projected and saved\n
    timonel alerts                     what is wrong now, and who is told\n
    timonel audience                   customers to write to, some kept back\n
    timonel coupon                     discount codes, within limits\n
    timonel points                     loyalty points: earned, redeemed\n
    timonel agency                     companies of an agency, at a glance\n
    timonel metabase plan              what a Metabase server lacks
    """,
)
app.add_typer(database.app, name="db")
app.add_typer(company.app, name="company")
app.add_typer(agency.app, name="agency")
app.add_typer(connect.app, name="connect")
app.add_typer(source.app, name="source")
app.add_typer(secrets.app, name="secrets")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(media.app, name="media")
app.add_typer(scenario.app, name="scenario")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(customers.app, name="customers")
app.add_typer(alerts.app, name="alerts")
app.add_typer(audience.app, name="audience")
app.add_typer(coupon.app, name="coupon")
app.add_typer(points.app, name="points")
app.add_typer(metabase.app, name="metabase")
app.add_typer(receiver.app, name="receiver")
app.add_typer(probe.app, name="probe")
app.add_typer(report.app, name="report")
app.add_typer(recommendations.app, name="recommendations")
app.command("connections")(connections.connections)
app.command("run")(run.run)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("demo")(demo.demo)
app.command("dev")(dev.dev)
app.command("doctor")(doctor.doctor)
app.command("dashboard")(dashboard.dashboard)
app.command("forget")(forget.forget)
app.command("kpis")(kpis.kpis)
app.command("metrics")(metrics.metrics)
app.command("trace")(trace.trace)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(installed_version("timonel"))
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_say_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Hold the options that come before any command."""
    del version
    # What a command imports and reads stays until it ends: looking through it for
    # garbage at every seven hundredth object took a seventh of its start.
    gc.set_threshold(100_000, 50, 100)
    context.with_resource(own_temporary_folder())
