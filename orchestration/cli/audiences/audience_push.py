"""`timonel audience push`, and the switch without which nothing is written anywhere."""

from __future__ import annotations

import getpass
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from orchestration.cli.audiences.audience_withdraw import withdraw
from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

if TYPE_CHECKING:
    from orchestration.lib.activation.audiences.pushes import PushRequest

__all__ = ["SOME_REFUSED", "register"]

#: Exit code of a push of which the place refused some customers.
SOME_REFUSED = 3


class _Place(StrEnum):
    """Where lists are pushed to."""

    klaviyo = "klaviyo"
    meta = "meta"
    shopify = "shopify"


_Company = Annotated[str, typer.Option(help="Whose customers.")]
_By = Annotated[str | None, typer.Option(help="Who asks. Default: the user.")]
_Which = Annotated[_Place, typer.Argument(help="Which place.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `timonel audience`."""
    app.command("push")(push)
    app.command("pushes")(pushes)
    app.command("withdraw")(withdraw)
    app.command("switch-on")(switch_on)
    app.command("switch-off")(switch_off)


def push(
    company: _Company,
    name: Annotated[str, typer.Option(help="Which audience; `list` tells.")],
    to: Annotated[_Place, typer.Option(help="Which place.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be written.")
    ] = False,
    by: _By = None,
) -> None:
    """Put whom to write to on a list at a place, once; off until it is switched on.

    Consent is asked for again at that moment, and who is kept back is never pushed.
    Killed or refused half way, the same command goes on; done, it writes nothing more.
    Ends with code 3 when the place refused some customers: `pushes` tells why.
    """
    from orchestration.lib.activation.audiences.pushes import PushRequest, push_audience

    with plain_errors():
        settings = Settings.from_environment()
        url = open_database(settings)
        load_company(url, company)
        request = PushRequest(company, name, to.value, by or getpass.getuser())
        if dry_run:
            _preview(url, request)
            return
        with step(f"Pushing {name} to {to.value}") as progress:
            done = push_audience(url, settings, request, progress)
    pushed = done.push
    if not done.is_new:
        console.print(
            f"Already pushed on {pushed.finished_at:%Y-%m-%d %H:%M} UTC; nothing was "
            "written."
        )
    console.print(
        f"{pushed.pushed_count} customers on the list "
        f"[bold]{escape(pushed.list_name)}[/bold] ({escape(pushed.list_id or '')}). "
        f"Left out: {pushed.withdrawn_count} took their consent back since, "
        f"{pushed.unreachable_count} have no address for {to.value}.",
        soft_wrap=True,
    )
    if pushed.refused_count:
        _refused(url, company)
        raise typer.Exit(SOME_REFUSED)


def pushes(company: _Company) -> None:
    """List what was pushed where, whom the places refused and why, and who withdrew.

    `withdrew since` are on a list and no longer consent: `withdraw` takes them off.
    """
    from orchestration.lib.activation.audiences.push_records import list_pushes
    from orchestration.lib.activation.audiences.withdrawals import to_take_back

    with plain_errors():
        url = open_database(Settings.from_environment())
        load_company(url, company)
        found = list_pushes(url, company)
        since = {each.push_id: len(to_take_back(url, each)) for each in found}
    if not found:
        console.print("Nothing was pushed yet: timonel audience push --help")
        return
    # A line each: eleven columns are wider than a terminal.
    for each in found:
        counts = {
            "pushed": each.pushed_count,
            "refused": each.refused_count,
            "withdrawn": each.withdrawn_count,
            "unreachable": each.unreachable_count,
            "withdrew since": since[each.push_id],
            "taken back": each.taken_back_count,
        }
        console.print(
            f"[bold]{escape(each.audience_name)}[/bold] to {each.destination}: "
            f"{each.state}, begun {each.started_at:%Y-%m-%d %H:%M} UTC by "
            f"{escape(each.pushed_by)}",
            soft_wrap=True,
        )
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        console.print(f"  {told}", highlight=False, soft_wrap=True)
    if any(since.values()):
        console.print(
            f"On lists without consent: timonel audience withdraw --company {company}"
        )
    for each in found:
        if each.reason:
            console.print(
                f"{each.audience_name}, {each.destination}: {each.reason}",
                markup=False,
                soft_wrap=True,
            )
    _refused(url, company)


def switch_on(
    to: _Which,
    company: _Company,
    connection: Annotated[
        str | None,
        typer.Option(help="Whose access is used. Default: the only one there is."),
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Which account, where there are several.")
    ] = None,
    api_url: Annotated[
        str | None, typer.Option(help="Where the API is, if not at its usual address.")
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(help="A secret as name=@FILE, or name=- for standard input."),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option(help="Another setting as name=value.")
    ] = None,
    by: _By = None,
) -> None:
    """Allow writing to a place, with its key, and try whether it lets us.

    It stays on until `switch-off`, which forgets the key, too.
    """
    from orchestration.lib.activation.audiences.destination_checks import try_place
    from orchestration.lib.activation.audiences.destinations import (
        SwitchOn,
        store_destination,
    )

    told: dict[str, Any] = {"account_id": account, "api_url": api_url}
    given = {key: value for key, value in told.items() if value}
    with plain_errors():
        settings = Settings.from_environment()
        url = open_database(settings)
        load_company(url, company)
        asked = SwitchOn(
            company,
            to.value,
            by or getpass.getuser(),
            connection,
            {**given, **_settings(setting or [])},
            _secrets(secret or []),
        )
        with step(f"Trying {to.value}"):
            destination = store_destination(url, settings, asked)
            access = try_place(url, settings, destination)
    console.print(
        f"Writing to {destination.place.title} ({escape(access)}) is on for {company}. "
        f"Switch it off: timonel audience switch-off {to.value} --company {company}",
        soft_wrap=True,
    )


def switch_off(to: _Which, company: _Company, by: _By = None) -> None:
    """Forbid writing to a place, and forget its key."""
    from orchestration.lib.activation.audiences.destinations import switch_off as forbid

    with plain_errors():
        url = open_database(Settings.from_environment())
        load_company(url, company)
        was_on = forbid(url, company, to.value, by or getpass.getuser())
    state = "is off now" if was_on else "was off already"
    console.print(f"Writing to {to.value} {state} for {company}.")


def _preview(url: str, request: PushRequest) -> None:
    from orchestration.lib.activation.audiences.pushes import preview_push

    told = preview_push(url, request)
    console.print(
        f"Would push {told.would_push_count} customers to {request.destination}. Left "
        f"out: {told.withdrawn_count} took their consent back since, "
        f"{told.unreachable_count} have no address there. {told.given_count} were "
        f"given before; {told.audience.held_back_count} are kept back.",
        soft_wrap=True,
    )
    if not told.is_switched_on:
        console.print(
            f"Writing there is off: timonel audience switch-on {request.destination} "
            f"--company {request.company_id}"
        )


def _refused(url: str, company: str) -> None:
    from orchestration.lib.activation.audiences.push_records import (
        list_pushes,
        refusals,
    )

    for each in list_pushes(url, company):
        for reason, count in refusals(url, each).items():
            console.print(
                f"{each.destination} refused {count} of {each.audience_name}: {reason}",
                markup=False,
                soft_wrap=True,
            )


def _secrets(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, _, place = pair.partition("=")
        if place == "-":
            found[name] = sys.stdin.read().strip()
        elif place.startswith("@") and Path(place[1:]).is_file():
            found[name] = Path(place[1:]).read_text().strip()
        else:
            # Not repeated: it may be the secret itself.
            raise fail(
                f"--secret takes {name}=@FILE or {name}=- (standard input). A secret "
                "typed here would stay in the shell's history."
            )
        if not found[name]:
            raise fail(f"The secret '{name}' is empty.")
    return found


def _settings(pairs: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise fail(f"--setting takes name=value, not '{name}'.")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
