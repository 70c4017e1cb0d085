"""Access tokens of a shop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from taps.api_source.errors import AccessDenied
from taps.api_source.http import Authorizer, HttpClient, NoAuthorization
from taps.api_source.verdicts import Fail, Verdict
from taps.tap_shopify.settings import timeout, token_url

__all__ = ["AccessToken", "ClientCredentials", "authorizer"]

_HEADER = "X-Shopify-Access-Token"
_RENEW_BEFORE_SECONDS = 300.0


class AccessToken:
    """A token that somebody else got."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> Mapping[str, str]:
        """The header with the token."""
        return {_HEADER: self._token}

    def renew(self) -> bool:
        """Never: whoever got the token has to."""
        return False


class ClientCredentials:
    """Tokens of a shop's own app, which live 24 hours and are got as often as needed.

    Source: shopify.dev, "Client credentials grant".

    Raises
    ------
    AccessDenied
        From the first request on, when id or secret are not (or no longer) right.
    """

    def __init__(
        self, http: HttpClient, url: str, client_id: str, client_secret: str
    ) -> None:
        self._http = http
        self._url = url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._token = ""
        self._good_until = 0.0

    def headers(self) -> Mapping[str, str]:
        """The header with a token that has some minutes left."""
        if time.monotonic() > self._good_until:
            self.renew()
        return {_HEADER: self._token}

    def renew(self) -> bool:
        """Get a new token."""
        answer = self._http.json(
            "POST", self._url, call="access token", data=self._form
        )
        try:
            self._token = str(answer["access_token"])
        except (TypeError, KeyError):
            raise AccessDenied(
                "Shopify's answer holds no access token",
                call="access token",
                remedy="Check token_url, client_id and client_secret.",
            ) from None
        lifetime = float(answer.get("expires_in") or 0)
        self._good_until = time.monotonic() + lifetime - _RENEW_BEFORE_SECONDS
        return True


def authorizer(config: Mapping[str, Any], sleep: Callable[[float], None]) -> Authorizer:
    """Whatever the settings hold: an app's id and secret, or a token.

    Raises
    ------
    AccessDenied
        Neither is set.
    """
    if config.get("client_id") and config.get("client_secret"):
        http = HttpClient(
            NoAuthorization(), _judge, timeout=timeout(config), sleep=sleep
        )
        return ClientCredentials(
            http, token_url(config), config["client_id"], config["client_secret"]
        )
    if token := config.get("access_token"):
        return AccessToken(token)
    raise AccessDenied(
        "no credentials are set",
        remedy="Set client_id and client_secret, or access_token.",
    )


def _judge(response: requests.Response, call: str) -> Verdict | None:
    if response.status_code == 404:
        return Fail(
            AccessDenied(
                "there is no such shop (HTTP 404)",
                call=call,
                remedy="Check the setting shop: the name before .myshopify.com.",
            )
        )
    if response.status_code in {400, 401, 403}:
        return Fail(
            AccessDenied(
                f"Shopify refuses an access token (HTTP {response.status_code})",
                call=call,
                remedy="Check client_id and client_secret, and that the app is "
                "installed in the shop.",
            )
        )
    return None
