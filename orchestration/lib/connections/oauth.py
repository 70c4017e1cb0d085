"""A person's consent: the browser says yes, a callback on this machine hears it.

Authorization code grant with PKCE (RFC 6749, RFC 7636) by Authlib; the redirect goes to
the loopback address, as RFC 8252 has it for programs on one's own machine.
"""

from __future__ import annotations

import hmac
import secrets as random
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from orchestration.lib.connections.connections import Connection
from orchestration.lib.connections.sources import CALLBACK_PORT, OAuth, source
from orchestration.lib.connections.tokens import addresses, expiry
from orchestration.lib.core.plain_errors import PlainError

__all__ = ["ConsentFailed", "ask_for_consent"]

_HERE = "127.0.0.1"
_PATIENCE_SECONDS = 300.0
_TIMEOUT_SECONDS = 60


class ConsentFailed(PlainError, RuntimeError):
    """Nobody gave access, or no token followed; the message says what to do."""


@dataclass(frozen=True)
class _Callback:
    """What the browser brought back."""

    url: str

    def parameter(self, name: str) -> str:
        values = parse_qs(urlsplit(self.url).query).get(name, [""])
        return values[0]


def ask_for_consent(
    connection: Connection,
    client_secret: str,
    show: Callable[[str], None],
    *,
    port: int = CALLBACK_PORT,
) -> dict[str, Any]:
    """Send a person to the source's consent page; return the secrets that follow.

    Parameters
    ----------
    show
        Opens or prints an address.
    port
        Of the callback; an app that lists its redirect addresses must list
        ``http://127.0.0.1:<port>/callback``.

    Raises
    ------
    ConsentFailed
    """
    oauth = source(connection.source_slug).oauth
    if oauth is None:
        raise ConsentFailed(f"{connection.source_slug} needs nobody's consent.")
    places = addresses(connection)
    with HTTPServer((_HERE, port), _Listener) as server:
        session = OAuth2Session(
            client_id=places.get("client_id", ""),
            client_secret=client_secret,
            scope=oauth.scope_separator.join(oauth.scopes),
            redirect_uri=f"http://{_HERE}:{server.server_port}/callback",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106
            code_challenge_method="S256",
        )
        verifier = random.token_urlsafe(48)
        address, state = session.create_authorization_url(
            oauth.authorize_url.format(**places),
            code_verifier=verifier,
            **dict(oauth.extra),
        )
        show(address)
        callback = _wait(server)
    _refuse_strangers(connection, callback, state)
    token_url = connection.settings.get("token_url") or oauth.token_url.format(**places)
    try:
        answer: dict[str, Any] = session.fetch_token(
            token_url,
            authorization_response=callback.url,
            code_verifier=verifier,
            timeout=_TIMEOUT_SECONDS,
            **dict(oauth.token_extra),
        )
        if oauth.exchanges_long_lived:
            answer = _long_lived(token_url, places, client_secret, answer)
    except AuthlibBaseError as failure:
        raise _no_token(connection, failure.error) from None
    except (requests.RequestException, ValueError, KeyError) as failure:
        raise _no_token(connection, type(failure).__name__) from None
    return _kept(connection, oauth, answer)


def _wait(server: HTTPServer) -> _Callback:
    server.timeout = _PATIENCE_SECONDS
    server.callback = None  # type: ignore[attr-defined]
    server.handle_request()
    callback: _Callback | None = server.callback  # type: ignore[attr-defined]
    if callback is None:
        raise ConsentFailed(
            f"Nobody gave access within {_PATIENCE_SECONDS / 60:.0f} minutes. "
            "Start again."
        )
    return callback


def _refuse_strangers(connection: Connection, callback: _Callback, state: str) -> None:
    if not hmac.compare_digest(callback.parameter("state"), state):
        raise ConsentFailed(
            f"{connection.label}: the answer in the browser is not to our question "
            "(another state). Nothing was stored; start again."
        )
    if refusal := callback.parameter("error"):
        raise ConsentFailed(
            f"{connection.label}: access was refused ({refusal}). Nothing was stored."
        )


def _long_lived(
    token_url: str, places: dict[str, str], client_secret: str, answer: dict[str, Any]
) -> dict[str, Any]:
    """Meta's tokens of a person last an hour, and 60 days once exchanged."""
    exchanged = requests.post(
        token_url,
        data={
            "grant_type": "fb_exchange_token",
            "client_id": places.get("client_id", ""),
            "client_secret": client_secret,
            "fb_exchange_token": answer["access_token"],
        },
        timeout=_TIMEOUT_SECONDS,
    )
    exchanged.raise_for_status()
    content: dict[str, Any] = exchanged.json()
    return content


def _kept(
    connection: Connection, oauth: OAuth, answer: dict[str, Any]
) -> dict[str, Any]:
    names = {oauth.token_setting}
    if oauth.is_rotating:
        names |= {"access_token"}
    kept = {name: answer[name] for name in names if answer.get(name)}
    if not kept:
        raise _no_token(connection, f"the answer has no {oauth.token_setting}")
    return kept | (expiry(answer) if oauth.is_rotating else {})


def _no_token(connection: Connection, reason: object) -> ConsentFailed:
    return ConsentFailed(
        f"{connection.label}: access was given, but no token followed ({reason}). "
        "Check client id and secret, and that the app lists our redirect address."
    )


class _Listener(BaseHTTPRequestHandler):
    """Hears one redirect."""

    def do_GET(self) -> None:
        self.server.callback = _Callback(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"Timonel has what it needs. You can close this window.\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the line would hold the code."""
