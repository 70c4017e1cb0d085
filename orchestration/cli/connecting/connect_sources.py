"""`timonel connect shopify` and the other sources with an API, as each declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.connecting.connection_flow import (
    ConnectionAnswers,
    connect_source,
)
from orchestration.cli.console import fail
from orchestration.lib.connections.source_declarations import Connect, Option, Way
from orchestration.lib.connections.sources import CALLBACK_PORT, Source, api_sources

__all__ = ["register"]

Company = Annotated[str, typer.Option(help="Whose source it is.")]
Name = Annotated[
    str | None,
    typer.Option(help="Of the connection. Default: that of the source."),
]
Secrets = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        help="A secret as name=@FILE, or name=- to read it from standard input. On a "
        "terminal, what is missing is asked for and not shown.",
    ),
]
ApiUrl = Annotated[
    str | None, typer.Option(help="Where the API is, if not at its usual address.")
]
TokenUrl = Annotated[
    str | None, typer.Option(help="Where tokens are issued, if not at the usual one.")
]
AuthorizeUrl = Annotated[
    str | None, typer.Option(help="Where consent is given, if not at the usual one.")
]
ClientId = Annotated[
    str | None, typer.Option(help="Client id of your own app at the source.")
]
Consent = Annotated[
    bool,
    typer.Option(
        "--oauth",
        help="Give access in the browser, with your app's client id and secret. The "
        "app must allow the redirect http://127.0.0.1:8722/callback.",
    ),
]
Port = Annotated[
    int, typer.Option("--callback-port", help="Port of that redirect.", min=1024)
]
_ADDRESSES = {
    "api_url": ApiUrl,
    "token_url": TokenUrl,
    "authorize_url": AuthorizeUrl,
}


def register(app: typer.Typer) -> None:
    """Add one command per source."""
    for source in api_sources():
        if source.connect is not None:
            app.command(source.command)(_command(source, source.connect))


def _command(source: Source, connect: Connect) -> Callable[..., None]:
    def command(**typed: Any) -> None:
        connect_source(_answers(source, connect, typed))

    # Typer reads a command's options from its signature and its help from its text.
    command.__signature__ = Signature(  # type: ignore[attr-defined]
        list(_parameters(source, connect))
    )
    command.__doc__ = connect.help
    return command


def _parameters(source: Source, connect: Connect) -> Iterator[Parameter]:
    yield _parameter("company", Company, Parameter.empty)
    for name, option in connect.options.items():
        yield _parameter(_identifier(name), _annotation(option))
    if connect.takes_client_id:
        yield _parameter("client_id", ClientId)
    yield _parameter("name", Name)
    yield _parameter("setting", _extra_settings(source))
    if source.secret_settings:
        yield _parameter("secret", Secrets)
    for address in connect.addresses:
        yield _parameter(address, _ADDRESSES[address])
    if source.oauth is not None:
        yield _parameter("oauth", Consent, default=False)
        yield _parameter("callback_port", Port, CALLBACK_PORT)


def _parameter(name: str, annotation: Any, default: Any = None) -> Parameter:
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _annotation(option: Option) -> Any:
    kind: Any = Path if option.is_file else str
    info = typer.Option(help=option.help, exists=option.is_file)
    return Annotated[(list[kind] if option.many else kind) | None, info]


def _extra_settings(source: Source) -> Any:
    tap = f"tap-{source.command}"
    if source.tap_arguments:
        tap = " ".join(("tap-declared", *source.tap_arguments))
    info = typer.Option(
        "--setting",
        help="Another setting of the tap as name=value; repeat for more. All of them: "
        f"{tap} --about.",
    )
    return Annotated[list[str] | None, info]


def _identifier(option: str) -> str:
    return option.replace("-", "_")


def _answers(
    source: Source, connect: Connect, typed: dict[str, Any]
) -> ConnectionAnswers:
    settings = {
        option.setting: _value(name, option, typed[_identifier(name)])
        for name, option in connect.options.items()
    }
    for name in ("client_id", *connect.addresses):
        settings.setdefault(name, typed.get(name))
    secrets = typed.get("secret") or []
    way = _way(connect, typed, secrets)
    return ConnectionAnswers(
        source.slug,
        typed["company"],
        typed["name"],
        settings,
        typed["setting"] or [],
        secrets,
        required=way.settings,
        needed_secrets=way.secrets,
        is_oauth=typed.get("oauth", False),
        callback_port=typed.get("callback_port", CALLBACK_PORT),
    )


def _way(connect: Connect, typed: dict[str, Any], secrets: list[str]) -> Way:
    """The first way that was chosen; the last one is everybody's."""
    given = {each.partition("=")[0] for each in secrets}
    given |= {name for name, value in typed.items() if value}
    return next(way for way in connect.ways if way.when is None or way.when in given)


def _value(name: str, option: Option, typed: Any) -> Any:
    if typed is None:
        return None
    if option.is_file:
        return str(typed.absolute())
    if option.many:
        return [_text(name, option, each) for each in typed]
    return _text(name, option, typed)


def _text(name: str, option: Option, typed: str) -> Any:
    for character in option.without:
        typed = typed.replace(character, "")
    if not option.fields:
        return typed
    try:
        return {
            field: float(part) if kind == "number" else part.strip()
            for (field, kind), part in zip(option.fields, typed.split(","), strict=True)
        }
    except ValueError:
        wanted = ",".join(field.replace("_", " ") for field, _ in option.fields)
        raise fail(f"--{name} takes {wanted}, not '{typed}'.") from None
