"""Credentials of Google's APIs: a user's refresh token, or a service account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import google.auth.credentials
import google.auth.exceptions
import requests
from google.auth.transport.requests import Request
from google.oauth2 import credentials, service_account

from taps.api_source.bodies import Unanswered
from taps.api_source.errors import AccessDenied, SourceError

__all__ = ["SETTINGS", "GoogleAuthorizer"]

_NO_TOKEN = "No access token in response."  # noqa: S105 - the library's words
_CUT_OFF = "Google's answer with the access token was cut off"
_OUT_OF_REACH = "Google's token service cannot be reached: check token_url"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

#: Settings of both Google taps, as JSON schema properties.
SETTINGS: dict[str, Any] = {
    "client_id": {
        "type": ["string", "null"],
        "description": "OAuth client of your Google Cloud project.",
    },
    "client_secret": {
        "type": ["string", "null"],
        "secret": True,
        "description": "Secret of the OAuth client.",
    },
    "refresh_token": {
        "type": ["string", "null"],
        "secret": True,
        "description": "Refresh token of the user who gave access.",
    },
    "service_account": {
        "type": ["string", "null"],
        "secret": True,
        "description": (
            "Key of a service account, the whole JSON file as text; instead of the "
            "three settings of a user."
        ),
    },
    "token_url": {
        "type": "string",
        "default": TOKEN_URL,
        "description": "Where access tokens are issued.",
    },
}


class GoogleAuthorizer:
    """Access tokens for one scope, renewed when they are about to run out.

    Source: developers.google.com/identity/protocols/oauth2.

    Raises
    ------
    AccessDenied
        From the first request on, when the grant was revoked or never complete.
    Unanswered
        Nothing came, or what came is no token: worth another attempt.
    """

    def __init__(self, config: Mapping[str, Any], scopes: Sequence[str]) -> None:
        self._credentials = _credentials(config, scopes)
        self._transport = Request(requests.Session())

    def headers(self) -> Mapping[str, str]:
        """The Authorization header."""
        if not self._credentials.valid:
            self._refresh()
        return {"Authorization": f"Bearer {self._credentials.token}"}

    def renew(self) -> bool:
        """Get a new access token."""
        self._refresh()
        return True

    def _refresh(self) -> None:
        call = "access token"
        try:
            self._credentials.refresh(self._transport)  # type: ignore[no-untyped-call]
        except google.auth.exceptions.RefreshError as error:
            if error.retryable:
                raise SourceError(
                    "Google's token service does not answer", call=call
                ) from None
            if error.args[:1] == (_NO_TOKEN,):
                raise Unanswered(_CUT_OFF) from None
            raise AccessDenied(
                f"Google refuses a new access token ({_reason(error)})",
                call=call,
                remedy="Connect the source again.",
            ) from None
        except google.auth.exceptions.TransportError as error:
            if isinstance(error.__cause__, requests.exceptions.ChunkedEncodingError):
                raise Unanswered(_CUT_OFF) from None
            raise Unanswered(_OUT_OF_REACH) from None
        except (TypeError, ValueError, AttributeError):
            # The library takes any answer for whole JSON of the kind it expects.
            raise Unanswered(_CUT_OFF) from None


def _credentials(
    config: Mapping[str, Any], scopes: Sequence[str]
) -> google.auth.credentials.Credentials:
    token_url = config.get("token_url") or TOKEN_URL
    if key := config.get("service_account"):
        return _service_account(key, token_url, scopes)
    names = ("client_id", "client_secret", "refresh_token")
    if missing := [name for name in names if not config.get(name)]:
        raise AccessDenied(
            f"{', '.join(missing)} not set",
            remedy="Set client_id, client_secret and refresh_token, or service_account",
        )
    return credentials.Credentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=config["refresh_token"],
        client_id=config["client_id"],
        client_secret=config["client_secret"],
        token_uri=token_url,
    )


def _service_account(
    key: str, token_url: str, scopes: Sequence[str]
) -> google.auth.credentials.Credentials:
    try:
        info = {**json.loads(key), "token_uri": token_url}
        return service_account.Credentials.from_service_account_info(  # type: ignore[no-any-return,no-untyped-call]
            info, scopes=list(scopes)
        )
    except (ValueError, TypeError):
        raise AccessDenied(
            "service_account is not the JSON of a service account's key",
            remedy="Give the whole file that Google Cloud offers for download.",
        ) from None


def _reason(error: google.auth.exceptions.RefreshError) -> str:
    details = error.args[1] if len(error.args) > 1 else None
    if isinstance(details, dict) and "error" in details:
        return str(details["error"])
    return "invalid_grant" if "invalid_grant" in str(error) else "no reason given"
