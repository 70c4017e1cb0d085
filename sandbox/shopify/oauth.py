"""How an app gets its token: client credentials, authorisation codes, refresh tokens.

`/admin/oauth/authorize` approves at once and sends the browser back with a signed code.
As in shopify.dev/docs/apps/build/authentication-authorization: a token of one's own app
lives a day; a code is exchanged for a token without end, or (`expiring=1`) for one of
an hour with a refresh token that works once.
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from sandbox.simulation.companies import Company
from sandbox.simulation.world import World

__all__ = ["Refused", "authorized_url", "granted", "signature"]

_OWN_APP_LIFETIME: Final = timedelta(seconds=86_399)
_PUBLIC_APP_LIFETIME: Final = timedelta(hours=1)
_REFRESH_LIFETIME: Final = timedelta(days=90)
_CODE_LIFETIME: Final = timedelta(minutes=10)
_SLUG: Final = "shopify"


class Refused(Exception):
    """No token is given; the JSON says why."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


def granted(world: World, company: Company, form: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of `/admin/oauth/access_token`.

    Raises
    ------
    Refused
    """
    credentials = world.credentials(company.slug, _SLUG)
    if form.get("client_id") != credentials.settings["client_id"]:
        raise Refused("application_cannot_be_found", "No app has this client_id")
    given = str(form.get("client_secret") or "")
    if not hmac.compare_digest(given, credentials.secrets["client_secret"]):
        raise Refused("invalid_client", "Client authentication failed")
    scope = ",".join(company.scopes)
    grant = form.get("grant_type")
    if grant == "client_credentials":
        token = _issue(world, company, _OWN_APP_LIFETIME)
        seconds = int(_OWN_APP_LIFETIME.total_seconds())
        return {"access_token": token, "scope": scope, "expires_in": seconds}
    if grant == "refresh_token":
        _spend(world, company, str(form.get("refresh_token") or ""), "refresh")
        return _expiring(world, company, scope)
    if form.get("code"):
        _spend(world, company, str(form["code"]), "code")
        if str(form.get("expiring") or "0") == "1":
            return _expiring(world, company, scope)
        return {"access_token": _issue(world, company, None), "scope": scope}
    raise Refused("invalid_request", "The grant_type is missing or not supported")


def authorized_url(world: World, company: Company, query: Mapping[str, str]) -> str:
    """Where the browser goes after the merchant has approved the app.

    Raises
    ------
    Refused
    """
    credentials = world.credentials(company.slug, _SLUG)
    if query.get("client_id") != credentials.settings["client_id"]:
        raise Refused("application_cannot_be_found", "No app has this client_id")
    if not query.get("redirect_uri"):
        raise Refused("invalid_request", "The redirect_uri is missing")
    code = world.tokens.issue(company.slug, _SLUG, kind="code", lifetime=_CODE_LIFETIME)
    answer = {
        "code": code,
        "shop": f"{company.shop}.myshopify.com",
        "state": query.get("state", ""),
        "timestamp": str(int(time.time())),
    }
    answer["hmac"] = signature(answer, credentials.secrets["client_secret"])
    separator = "&" if "?" in query["redirect_uri"] else "?"
    return f"{query['redirect_uri']}{separator}{urlencode(answer)}"


def signature(parameters: Mapping[str, str], secret: str) -> str:
    """The `hmac` of a redirect: SHA-256 over its other parameters, sorted."""
    message = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def _issue(world: World, company: Company, lifetime: timedelta | None) -> str:
    return world.tokens.issue(company.slug, _SLUG, lifetime=lifetime, prefix="shpat_")


def _expiring(world: World, company: Company, scope: str) -> dict[str, Any]:
    refresh = world.tokens.issue(
        company.slug, _SLUG, kind="refresh", lifetime=_REFRESH_LIFETIME, prefix="shprt_"
    )
    return {
        "access_token": _issue(world, company, _PUBLIC_APP_LIFETIME),
        "scope": scope,
        "expires_in": int(_PUBLIC_APP_LIFETIME.total_seconds()),
        "refresh_token": refresh,
        "refresh_token_expires_in": int(_REFRESH_LIFETIME.total_seconds()),
    }


def _spend(world: World, company: Company, text: str, kind: Any) -> None:
    state, token = world.tokens.use(text, kind=kind)
    if state != "valid" or token is None or token.company != company.slug:
        raise Refused("invalid_request", f"The {kind} is {state} or was used before")
    world.tokens.spend(text)
