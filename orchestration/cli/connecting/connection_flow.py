"""What every `timonel connect SOURCE` does: store, ask for consent, try, and show."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.connections.connection_secrets import load_secrets, save_secrets
from orchestration.lib.connections.connections import (
    Connection,
    add_connection,
    check_is_free,
    list_connections,
)
from orchestration.lib.connections.sources import SOURCES, Source
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["ConnectionAnswers", "connect_source", "test_connection"]


@dataclass(frozen=True)
class ConnectionAnswers:
    """What was typed.

    Parameters
    ----------
    settings
        Of the tap; None where an option was not given.
    required
        Settings without which nothing can be read.
    needed_secrets
        Secrets asked for on a terminal when they are neither given nor stored.
    """

    slug: str
    company: str
    name: str | None
    settings: dict[str, Any]
    extra_settings: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    required: tuple[str, ...] = ()
    needed_secrets: tuple[str, ...] = ()
    is_oauth: bool = False
    callback_port: int = 0


def connect_source(asked: ConnectionAnswers) -> None:
    """Store a connection, try it and show what it can see. Exits 1 if it fails."""
    source = SOURCES[asked.slug]
    settings = Settings.from_environment()
    given = given_secrets(source, asked.secrets)
    with plain_errors():
        url = open_database(settings)
        load_company(url, asked.company)
        connection = _connection(url, source, asked)
        check_is_free(url, connection)
        stored = load_secrets(url, settings, asked.company, connection.connection_id)
        secrets = stored | given
        secrets |= prompted(source.title, asked.needed_secrets, secrets)
        add_connection(url, connection)
        save_secrets(url, settings, asked.company, connection.connection_id, secrets)
        if asked.is_oauth:
            from orchestration.lib.connections.oauth import ask_for_consent

            secrets |= ask_for_consent(
                connection,
                secrets.get("client_secret") or secrets.get("app_secret") or "",
                _show_address,
                port=asked.callback_port,
            )
            save_secrets(
                url, settings, asked.company, connection.connection_id, secrets
            )
    _try_and_show(url, settings, connection)
    console.print(f"Read it with: timonel run --company {asked.company}")


def test_connection(url: str, settings: Settings, connection: Connection) -> None:
    """Try a connection and show what it can see. Exits 1 if it fails."""
    if connection.source_slug == "files":
        raise fail(
            f"'{connection.connection_id}' are files: they are looked at when they are "
            f"read. timonel run --company {connection.company_id}"
        )
    _try_and_show(url, settings, connection)


def _connection(url: str, source: Source, asked: ConnectionAnswers) -> Connection:
    """What was asked for, on top of what is stored under that name."""
    name = asked.name or source.slug
    stored = {
        each.connection_id: each.settings
        for each in list_connections(url, asked.company, source.slug)
    }
    typed = {key: value for key, value in asked.settings.items() if value}
    typed |= _extra_settings(source, asked.extra_settings)
    merged = stored.get(name, {}) | typed
    missing = [key for key in asked.required if not merged.get(key)]
    if missing:
        options = ", ".join(_option(source, key) for key in missing)
        raise fail(f"Missing: {options}. See: timonel connect {source.command} --help")
    return Connection(asked.company, name, source.slug, merged)


def _extra_settings(source: Source, pairs: list[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise fail(f"--setting takes name=value, not '{name}'.")
        if name in source.secret_settings:
            raise fail(f"'{name}' is a secret: give it as --secret {name}=@FILE or -.")
        try:
            settings[name] = json.loads(value)
        except ValueError:
            settings[name] = value
    return settings


def given_secrets(source: Source, pairs: list[str]) -> dict[str, str]:
    """Secrets named on the command line, from files or standard input."""
    secrets = {}
    for pair in pairs:
        name, _, place = pair.partition("=")
        if name not in source.secret_settings:
            known = ", ".join(source.secret_settings) or "none"
            raise fail(f"{source.title} has no secret '{name}' (it has: {known}).")
        if place == "-":
            secrets[name] = sys.stdin.read().strip()
        elif place.startswith("@") and Path(place[1:]).is_file():
            secrets[name] = Path(place[1:]).read_text().strip()
        else:
            # Not repeated: it may be the secret itself.
            raise fail(
                f"--secret takes {name}=@FILE or {name}=- (standard input). A secret "
                "typed here would stay in the shell's history."
            )
        if not secrets[name]:
            raise fail(f"The secret '{name}' is empty.")
    return secrets


def prompted(
    title: str, needed: tuple[str, ...], known: dict[str, Any]
) -> dict[str, str]:
    """The secrets that are needed and not known, asked for on a terminal."""
    missing = [name for name in needed if not known.get(name)]
    if missing and not sys.stdin.isatty():
        options = " ".join(f"--secret {name}=@FILE" for name in missing)
        who = title[:1].upper() + title[1:]
        raise fail(f"{who} needs {', '.join(missing)}: add {options}")
    return {
        name: typer.prompt(
            f"{name.replace('_', ' ').capitalize()} of {title}", hide_input=True
        )
        for name in missing
    }


def _show_address(address: str) -> None:
    console.print("Give access in the browser:")
    console.print(f"  {address}", soft_wrap=True, highlight=False, markup=False)
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY")
    if sys.stdout.isatty() and has_screen:
        webbrowser.open(address)


def _try_and_show(url: str, settings: Settings, connection: Connection) -> None:
    from orchestration.lib.connections.connection_checks import (
        CheckFailed,
        check_connection,
    )

    company = load_company(url, connection.company_id)
    title = f"Trying {SOURCES[connection.source_slug].title}"
    try:
        with plain_errors(), step(title):
            result = check_connection(url, settings, company, connection)
    except CheckFailed as failure:
        again = (
            f"timonel connect test {connection.connection_id} "
            f"--company {connection.company_id}"
        )
        raise fail(f"{failure}\nStored as failing. Try it again: {again}") from None
    table = Table(box=None, show_header=False, padding=(0, 2))
    for label, key in _SHOWN:
        value = result.get(key)
        if value:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            table.add_row(label, f"[bold]{escape(text)}[/bold]")
    console.print(table)
    for warning in result.get("warnings") or []:
        console.print(f"  [yellow]![/yellow] {escape(str(warning))}")


_SHOWN = (
    ("Account", "account"),
    ("Currency", "currency_code"),
    ("Time zone", "time_zone"),
    ("Scopes", "scopes"),
    ("History from", "history_from"),
    ("API version", "api_version"),
)


def _option(source: Source, setting: str) -> str:
    """How the command line asks for a setting."""
    options = source.connect.options.items() if source.connect else ()
    named = (name for name, option in options if option.setting == setting)
    return f"--{next(named, setting.replace('_', '-'))}"
