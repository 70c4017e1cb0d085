"""`timonel receiver`: what other systems deliver by webhook."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Annotated, cast

import typer
from rich.markup import escape

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import open_database

__all__ = ["app", "webhook"]

app = typer.Typer(
    no_args_is_help=True,
    help="What other systems deliver by webhook: WhatsApp, Zoom, HubSpot, Stripe …",
)

_Company = Annotated[str, typer.Option(help="Whose webhooks.")]
_MOST_WAITING_REQUESTS = 2000
_KEEP_ALIVE_SECONDS = 15
_GRACE_SECONDS = 10
# What to do at the sender, with its own names of things.
_SETUP = {
    "whatsapp": "Meta app dashboard, WhatsApp, Configuration: Callback URL and Verify "
    "token below; subscribe to messages.",
    "zoom": "Zoom App Marketplace, Feature, Event Subscriptions: Event notification "
    "endpoint URL below, then Validate.",
    "hubspot": "HubSpot app, Webhooks: Target URL below. It signs the address, so "
    "TIMONEL_RECEIVER_URL has to be what HubSpot calls.",
    "stripe": "Stripe Workbench, Webhooks, Add destination: Endpoint URL below.",
    "segment": "Segment: Connections, Destinations, Webhooks (Actions): URL below and "
    "the shared secret. RudderStack: destination Webhook, the URL below and a header "
    "X-Webhook-Secret.",
    "sendgrid": "SendGrid: Settings, Mail Settings, Event Webhooks: Post URL below, "
    "Enable Signed Event Webhook; its secret here is the Verification Key.",
    "mailgun": "Mailgun: Sending, Webhooks: URL below for each event; its secret here "
    "is the HTTP webhook signing key.",
    "ses": "Amazon SES: a configuration set with an event destination of SNS; that "
    "topic's subscription: HTTPS, the endpoint below, no raw delivery. Its secret here "
    "is the topic's ARN.",
    "shared": "Give the sender the address below; with a secret, let it send the "
    "header X-Webhook-Secret, a Bearer token or the password of Basic.",
}


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port it listens at.")] = 3002,
    rate: Annotated[
        float, typer.Option(min=1, help="Deliveries a second of one address.")
    ] = 2000,
    most_bytes: Annotated[
        int, typer.Option(min=1024, help="How long a delivery may be.")
    ] = 4 * 1024 * 1024,
) -> None:
    """Receive deliveries until it is stopped.

    A delivery is answered with 200 once it is on disk; killed at any moment, nothing
    that was answered so is lost. Put a proxy with TLS in front of it.
    """
    import uvicorn

    from orchestration.lib.ingestion.webhooks.app import Limits, receiver

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
    limits = Limits(rate=rate, body_bytes=most_bytes)
    console.print(f"Receiving at http://{host}:{port} (Ctrl-C stops it)")
    uvicorn.run(
        receiver(url, settings, limits),
        host=host,
        port=port,
        # Addresses are secrets: no line of the log has one.
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_WAITING_REQUESTS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


@app.command()
def show(
    company: _Company,
    name: Annotated[
        str | None, typer.Argument(help="Of the webhook: shows its address, too.")
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """What came to each address and what was refused; of one, its address."""
    from orchestration.lib.ingestion.webhooks.hooks import hook_statuses, load_hooks
    from orchestration.lib.tenancy.companies import load_company

    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        load_company(url, company)
        hooks, broken = load_hooks(url, settings, company) if name else ([], [])
        statuses = hook_statuses(url, company)
    if name is None:
        rows = [
            {
                "webhook": status.connection_id,
                "sender": status.sender,
                "deliveries": status.delivery_count,
                "last": status.last_received_at,
                "refused": status.refusal_count,
                "reasons": status.refusals,
            }
            for status in statuses
        ]
        print_table(rows, form, "No webhook yet. Add one: timonel connect webhook")
        return
    for hook in hooks:
        if hook.connection_id == name:
            _print_setup(settings, hook.sender, hook.path, hook.verify_token)
            return
    raise fail("\n".join(broken) or f"{company} has no webhook '{name}'.")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Of the webhook.")], company: _Company
) -> None:
    """Expect nothing more at an address. What was delivered there stays."""
    from orchestration.lib.ingestion.webhooks.hooks import remove_hook

    with plain_errors():
        url = open_database(Settings.from_environment())
        if not remove_hook(url, company, name):
            raise fail(f"{company} has no webhook '{name}'.")
    console.print(f"Nobody waits at [bold]{escape(name)}[/bold] any more.")


@app.command()
def replay(
    company: _Company,
    since: Annotated[
        datetime, typer.Option(help="A day or moment of UTC: what came from then on.")
    ],
    connection: Annotated[
        str | None, typer.Option(help="Of which webhook. Default: of all.")
    ] = None,
) -> None:
    """Read deliveries once more, as they came. An event is told anew, never twice.

    Deliveries are kept for 30 days.
    """
    from orchestration.lib.ingestion.webhooks.reading import (
        read_deliveries,
        unread_again,
    )
    from orchestration.lib.tenancy.companies import load_company

    with plain_errors():
        url = open_database(Settings.from_environment())
        load_company(url, company)
        unread_again(url, company, connection, since.replace(tzinfo=UTC))
        read = read_deliveries(url, company)
    console.print(
        f"{read.delivery_count:,} deliveries, {read.event_count:,} events, "
        f"{read.quarantined_count:,} in quarantine."
    )


def webhook(
    sender: Annotated[str, typer.Argument(help=f"One of {', '.join(_SETUP)}.")],
    company: Annotated[str, typer.Option(help="Whose deliveries these are.")],
    name: Annotated[
        str | None, typer.Option(help="Of the webhook. Default: that of the sender.")
    ] = None,
    new_address: Annotated[
        bool, typer.Option("--new-address", help="Leave the one it had.")
    ] = False,
) -> None:
    """Expect what a system delivers, and say where: `timonel receiver serve` takes it.

    What the sender signs with is asked for and not shown, or read from standard input;
    it is stored encrypted. `shared` is for senders that do not sign: they send a secret
    along, or, if none is given, the address is the secret.
    """
    from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
    from orchestration.lib.ingestion.webhooks.signatures import Sender

    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        hook = Hook(company, name or sender, cast("Sender", sender), "", _secret())
        added = add_hook(url, settings, hook, has_new_address=new_address)
    _print_setup(settings, added.sender, added.path, added.verify_token)


def _print_setup(settings: Settings, sender: str, path: str, verify_token: str) -> None:
    console.print(_SETUP[sender])
    typer.echo(f"Address: {settings.receiver_url}{path}")
    if sender == "whatsapp":
        typer.echo(f"Verify token: {verify_token}")


def _secret() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.read().strip()
    asked: str = typer.prompt("Secret", hide_input=True, default="", show_default=False)
    return asked.strip()
