"""Credentials of each request, as a declaration says how they are given."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from taps.api_source.errors import AccessDenied, SourceError
from taps.api_source.google import GoogleAuthorizer
from taps.api_source.http import Authorizer, HttpClient, NoAuthorization
from taps.api_source.verdicts import Fail, Verdict
from taps.declared.api_declaration import Auth
from taps.declared.templates import filled

__all__ = ["authorizer", "key_parameters"]

# Renewed this long before it runs out: an answer may be long in coming.
_SPARE_SECONDS = 60.0
_DEFAULT_SECONDS = 3600.0


def authorizer(
    auth: Auth, config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
) -> Authorizer:
    """Who gives the requests of a source their headers."""
    match auth.kind:
        case "bearer":
            return _Fixed({"Authorization": f"Bearer {config[str(auth.secret)]}"})
        case "basic":
            password = config[auth.password] if auth.password else ""
            user = f"{config[str(auth.user)]}{auth.suffix}"
            return _Fixed(_basic(user, password))
        case "api_key" if auth.header and config.get(str(auth.secret)):
            return _Fixed({auth.header: f"{auth.prefix}{config[str(auth.secret)]}"})
        case "oauth_refresh" | "client_credentials":
            return _Tokens(auth, config, sleep)
        case "google":
            return GoogleAuthorizer(config, [auth.scope])
        case _:
            return NoAuthorization()


def key_parameters(auth: Auth, config: Mapping[str, Any]) -> dict[str, str]:
    """The query parameter that holds the key, if the source takes it there."""
    key = config.get(auth.secret) if auth.kind == "api_key" and auth.secret else None
    return {auth.query: key} if auth.query and key else {}


class _Fixed:
    """Credentials that this program cannot renew."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self) -> bool:
        return False


class _Tokens:
    """Access tokens for a refresh token, or for the client itself (RFC 6749, 4.4, 6).

    Raises
    ------
    AccessDenied
        From the first request on, when the grant is refused.
    """

    def __init__(
        self, auth: Auth, config: Mapping[str, Any], sleep: Callable[[float], None]
    ) -> None:
        self._auth, self._config = auth, config
        self._http = HttpClient(NoAuthorization(), _classify, sleep=sleep)
        self._token, self._good_until = "", 0.0

    def headers(self) -> Mapping[str, str]:
        if time.monotonic() >= self._good_until:
            self.renew()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        asked_at = time.monotonic()
        answer = self._http.json(
            "POST",
            str(
                self._config.get("token_url")
                or filled(self._auth.token_url, self._config)
            ),
            call="access token",
            data=self._form(),
            headers=self._client() if self._auth.client_in == "header" else {},
        )
        try:
            self._token = str(answer["access_token"])
            lasts = float(answer.get("expires_in") or _DEFAULT_SECONDS)
        except (KeyError, TypeError, ValueError):
            raise SourceError(
                "the answer holds no access token",
                call="access token",
                remedy="Check token_url.",
            ) from None
        self._good_until = asked_at + max(lasts - _SPARE_SECONDS, lasts / 2)
        return True

    def _form(self) -> dict[str, Any]:
        form: dict[str, Any] = {"grant_type": "client_credentials"}
        if self._auth.kind == "oauth_refresh":
            form["grant_type"] = "refresh_token"
            form["refresh_token"] = self._config["refresh_token"]
        if self._auth.client_in == "body":
            form["client_id"] = self._config["client_id"]
            form["client_secret"] = self._config["client_secret"]
        params: dict[str, Any] = filled(self._auth.params, self._config)
        return form | params

    def _client(self) -> dict[str, str]:
        return _basic(self._config["client_id"], self._config["client_secret"])


def _basic(user: str, password: str) -> dict[str, str]:
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def _classify(response: requests.Response, call: str) -> Verdict | None:
    # A refusal is 400 or 401 (RFC 6749, 5.2); its body may repeat what was sent.
    if response.status_code not in {400, 401, 403}:
        return None
    return Fail(
        AccessDenied(
            f"the source gives no access token (HTTP {response.status_code})",
            call=call,
            remedy="Check the client id and its secrets, or connect the source again.",
        )
    )
