"""`timonel connect shopify` and the other sources with an API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.connection_flow import Asked, connect_source
from orchestration.cli.console import fail
from orchestration.lib.connections.sources import CALLBACK_PORT

__all__ = ["register"]

Company = Annotated[str, typer.Option(help="Whose source it is.")]
Name = Annotated[
    str | None,
    typer.Option(help="Of the connection. Default: that of the source."),
]
ExtraSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--setting",
        help="Another setting of the tap as name=value; repeat for more. All of them: "
        "tap-SOURCE --about.",
    ),
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


def register(app: typer.Typer) -> None:
    """Add one command per source."""
    for name, command in _COMMANDS.items():
        app.command(name)(command)


def shopify(
    company: Company,
    shop: Annotated[
        str | None,
        typer.Option(help="The name before .myshopify.com; not the public domain."),
    ] = None,
    client_id: ClientId = None,
    name: Name = None,
    setting: ExtraSettings = None,
    secret: Secrets = None,
    api_url: ApiUrl = None,
    token_url: TokenUrl = None,
    oauth: Consent = False,
    callback_port: Port = CALLBACK_PORT,
) -> None:
    """Read a Shopify shop: orders, refunds, customers, visits, discounts.

    An app of your own (Dev Dashboard) installed in your shop needs --client-id and the
    secret client_secret; an older custom app, the secret access_token. Grant the app
    read_orders, read_all_orders (without it Shopify hides what is older than 60 days),
    read_customers, read_discounts, read_products and read_reports.
    """
    connect_source(
        Asked(
            "shopify",
            company,
            name,
            {
                "shop": shop,
                "client_id": client_id,
                "api_url": api_url,
                "token_url": token_url,
            },
            setting or [],
            secret or [],
            required=("shop", "client_id") if oauth else ("shop",),
            needed_secrets=("client_secret",) if client_id or oauth else (_ACCESS,),
            is_oauth=oauth,
            callback_port=callback_port,
        )
    )


def meta_ads(
    company: Company,
    account: Annotated[
        list[str] | None,
        typer.Option(
            help="Advertising account id; repeat for more. Default: all that the token "
            "may read."
        ),
    ] = None,
    client_id: ClientId = None,
    name: Name = None,
    setting: ExtraSettings = None,
    secret: Secrets = None,
    api_url: ApiUrl = None,
    token_url: TokenUrl = None,
    oauth: Consent = False,
    callback_port: Port = CALLBACK_PORT,
) -> None:
    """Read Meta advertising accounts: spend, delivery and conversions per day.

    Needs the secret access_token of a system user with ads_read, which does not run
    out; --oauth gets one of a person (secret app_secret), which lasts 60 days.
    """
    connect_source(
        Asked(
            "meta_ads",
            company,
            name,
            {
                "account_ids": account,
                "client_id": client_id,
                "api_url": api_url,
                "token_url": token_url,
            },
            setting or [],
            secret or [],
            required=("client_id",) if oauth else (),
            needed_secrets=("app_secret",) if oauth else (_ACCESS,),
            is_oauth=oauth,
            callback_port=callback_port,
        )
    )


def google_ads(
    company: Company,
    customer: Annotated[
        list[str] | None,
        typer.Option(help="Customer id of an account; repeat for more."),
    ] = None,
    login_customer: Annotated[
        str | None,
        typer.Option(help="Customer id of the manager through which you reach it."),
    ] = None,
    client_id: ClientId = None,
    name: Name = None,
    setting: ExtraSettings = None,
    secret: Secrets = None,
    api_url: ApiUrl = None,
    token_url: TokenUrl = None,
    authorize_url: AuthorizeUrl = None,
    oauth: Consent = False,
    callback_port: Port = CALLBACK_PORT,
) -> None:
    """Read Google Ads accounts: cost, delivery and conversions per day.

    Needs --client-id with the secrets client_secret and refresh_token (--oauth gets
    the latter), or the secret service_account: the whole JSON key.
    """
    connect_source(
        Asked(
            "google_ads",
            company,
            name,
            {
                "customer_ids": [each.replace("-", "") for each in customer or []],
                "login_customer_id": (login_customer or "").replace("-", ""),
                "client_id": client_id,
                "api_url": api_url,
                "token_url": token_url,
                "authorize_url": authorize_url,
            },
            setting or [],
            secret or [],
            required=_google_settings("customer_ids", secret),
            needed_secrets=_google_secrets(secret, is_oauth=oauth),
            is_oauth=oauth,
            callback_port=callback_port,
        )
    )


def search_console(
    company: Company,
    site: Annotated[
        list[str] | None,
        typer.Option(
            help="Property as Search Console writes it: sc-domain:example.com or "
            "https://www.example.com/; repeat for more."
        ),
    ] = None,
    brand_term: Annotated[
        list[str] | None,
        typer.Option(
            help="Words that mean your own brand in a query; repeat for more."
        ),
    ] = None,
    client_id: ClientId = None,
    name: Name = None,
    setting: ExtraSettings = None,
    secret: Secrets = None,
    api_url: ApiUrl = None,
    token_url: TokenUrl = None,
    authorize_url: AuthorizeUrl = None,
    oauth: Consent = False,
    callback_port: Port = CALLBACK_PORT,
) -> None:
    """Read Search Console: clicks and impressions per day, query, page and country.

    Needs --client-id with the secrets client_secret and refresh_token (--oauth gets
    the latter), or the secret service_account: the whole JSON key.
    """
    connect_source(
        Asked(
            "search_console",
            company,
            name,
            {
                "site_urls": site,
                "brand_terms": brand_term,
                "client_id": client_id,
                "api_url": api_url,
                "token_url": token_url,
                "authorize_url": authorize_url,
            },
            setting or [],
            secret or [],
            required=_google_settings("site_urls", secret),
            needed_secrets=_google_secrets(secret, is_oauth=oauth),
            is_oauth=oauth,
            callback_port=callback_port,
        )
    )


def calendar(
    company: Company,
    country: Annotated[
        list[str] | None,
        typer.Option(
            help="Country, or country and subdivision, such as ES or ES-MD; repeat for "
            "more."
        ),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            exists=True, help="CSV of the company's own events: date, name, kind."
        ),
    ] = None,
    name: Name = None,
    setting: ExtraSettings = None,
) -> None:
    """Read the calendar: holidays, retail events, and the company's own."""
    connect_source(
        Asked(
            "calendar",
            company,
            name,
            {
                "calendars": country,
                "events_file": str(events.absolute()) if events else None,
            },
            setting or [],
            required=("calendars",),
        )
    )


def weather(
    company: Company,
    location: Annotated[
        list[str] | None,
        typer.Option(
            help="A place as name,latitude,longitude,time zone, such as "
            "madrid,40.42,-3.70,Europe/Madrid; repeat for more."
        ),
    ] = None,
    name: Name = None,
    setting: ExtraSettings = None,
    secret: Secrets = None,
    api_url: ApiUrl = None,
) -> None:
    """Read the weather where the customers are (Open-Meteo).

    Its free service is for non-commercial use; a paid key is the secret api_key.
    """
    connect_source(
        Asked(
            "weather",
            company,
            name,
            {
                "locations": [_place(each) for each in location or []],
                "api_url": api_url,
            },
            setting or [],
            secret or [],
            required=("locations",),
        )
    )


def _google_settings(accounts: str, secrets: list[str] | None) -> tuple[str, ...]:
    return (accounts,) if _has_service_account(secrets) else (accounts, "client_id")


def _google_secrets(secrets: list[str] | None, *, is_oauth: bool) -> tuple[str, ...]:
    if _has_service_account(secrets):
        return ()
    return ("client_secret",) if is_oauth else ("client_secret", "refresh_token")


def _has_service_account(secrets: list[str] | None) -> bool:
    return any(each.startswith("service_account=") for each in secrets or [])


def _place(text: str) -> dict[str, str | float]:
    try:
        location_id, latitude, longitude, time_zone = text.split(",")
        return {
            "location_id": location_id.strip(),
            "latitude": float(latitude),
            "longitude": float(longitude),
            "time_zone": time_zone.strip(),
        }
    except ValueError:
        raise fail(
            f"--location takes name,latitude,longitude,time zone, not '{text}'."
        ) from None


_ACCESS = "access_token"
_COMMANDS: dict[str, Callable[..., None]] = {
    "shopify": shopify,
    "meta-ads": meta_ads,
    "google-ads": google_ads,
    "search-console": search_console,
    "calendar": calendar,
    "weather": weather,
}
