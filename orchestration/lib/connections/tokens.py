"""What a tap gets to sign in with; rotating tokens are renewed first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from orchestration.lib.connections.connection_secrets import (
    load_secrets,
    locked_secrets,
)
from orchestration.lib.connections.connections import Connection
from orchestration.lib.connections.sources import OAuth, source
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.singer import PipelineFailed

__all__ = ["TokenRefused", "addresses", "expiry", "secrets_for_tap"]

# A token that lasts longer than this is not renewed before a run.
_ENOUGH = timedelta(minutes=30)
# Ours, beside the tap's own settings.
_EXPIRES_AT = "access_token_expires_at"
_TIMEOUT_SECONDS = 60


class TokenRefused(PlainError, PipelineFailed):
    """The source gave no new access token; the message says what to do."""


def secrets_for_tap(
    url: str, settings: Settings, connection: Connection, *, renew: bool = False
) -> dict[str, Any]:
    """The secret settings of the connection's tap.

    Of a source whose refresh tokens can be used once, the tap gets an access token
    and never the refresh token. The one that replaces it is committed, encrypted,
    before the access token that came with it is used.

    Parameters
    ----------
    renew
        Get a new access token even if the present one should still do.

    Raises
    ------
    TokenRefused
    SecretsUnreadable
    """
    oauth = source(connection.source_slug).oauth
    if oauth is None or not oauth.is_rotating:
        return load_secrets(
            url, settings, connection.company_id, connection.connection_id
        )
    with locked_secrets(
        url, settings, connection.company_id, connection.connection_id
    ) as secrets:
        if "refresh_token" in secrets and (renew or _is_running_out(secrets)):
            secrets.update(_refresh(oauth, connection, secrets))
    return _without_refresh_token(secrets)


def addresses(connection: Connection) -> dict[str, str]:
    """The connection's settings, with the addresses that OAuth templates name."""
    settings = {key: str(value) for key, value in connection.settings.items()}
    shop = settings.get("shop", "").removesuffix(".myshopify.com")
    shop_url = settings.get("api_url") or f"https://{shop}.myshopify.com"
    dialog = settings.get("api_url") or "https://www.facebook.com/v26.0"
    defaults = {
        "shop_url": shop_url.rstrip("/"),
        "dialog_url": dialog.rstrip("/"),
        "api_url": "https://graph.facebook.com",
        "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_url": "https://oauth2.googleapis.com/token",
    }
    return defaults | settings


def expiry(answer: dict[str, Any]) -> dict[str, str]:
    """When the access token of a token answer ends, as a secret setting of ours."""
    if not answer.get("expires_in"):
        return {}
    ends = datetime.now(UTC) + timedelta(seconds=float(answer["expires_in"]))
    return {_EXPIRES_AT: ends.isoformat()}


def _is_running_out(secrets: dict[str, Any]) -> bool:
    ends = secrets.get(_EXPIRES_AT)
    if not ends or not secrets.get("access_token"):
        return True
    return datetime.fromisoformat(ends) - datetime.now(UTC) < _ENOUGH


def _refresh(
    oauth: OAuth, connection: Connection, secrets: dict[str, Any]
) -> dict[str, Any]:
    places = addresses(connection)
    token_url = connection.settings.get("token_url") or oauth.token_url.format(**places)
    try:
        answer = requests.post(
            token_url,
            data={
                "grant_type": "refresh_token",
                "client_id": connection.settings.get("client_id", ""),
                "client_secret": secrets.get("client_secret", ""),
                "refresh_token": secrets["refresh_token"],
            },
            timeout=_TIMEOUT_SECONDS,
        )
        content = answer.json()
    except requests.RequestException as failure:
        raise TokenRefused(
            f"{connection.label}: no new access token, {token_url} does not answer "
            f"({type(failure).__name__}). Try again; nothing was lost."
        ) from None
    if not answer.ok or "access_token" not in content:
        reason = content.get("error", f"HTTP {answer.status_code}")
        slug = source(connection.source_slug).command
        raise TokenRefused(
            f"{connection.label}: no new access token ({reason}). Give access again: "
            f"timonel connect {slug} --company {connection.company_id} "
            f"--name {connection.connection_id} --oauth"
        )
    kept = {key: content[key] for key in _KEPT if content.get(key)}
    return kept | expiry(content)


def _without_refresh_token(secrets: dict[str, Any]) -> dict[str, Any]:
    if "refresh_token" not in secrets:
        return secrets
    kept_here = {"refresh_token", "client_secret", _EXPIRES_AT}
    return {key: value for key, value in secrets.items() if key not in kept_here}


_KEPT = ("access_token", "refresh_token")
