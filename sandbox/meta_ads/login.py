"""Facebook Login: a dialog that approves at once, and the exchange of codes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from sandbox.meta_ads.access import SOURCE
from sandbox.meta_ads.errors import GraphError, invalid_parameter

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["approve", "exchange", "inspect"]

_CODE_LIFETIME: Final = timedelta(minutes=10)
_LONG_LIFETIME: Final = timedelta(days=60)


def approve(world: "World", query: Mapping[str, str]) -> Response:
    """Send the browser back with a code. `client_id` is a company's slug or account."""
    redirect_uri = query.get("redirect_uri")
    if not redirect_uri:
        raise invalid_parameter("The parameter redirect_uri is required")
    advertisers = [
        company for company in world.companies.values() if SOURCE in company.sources
    ]
    asked = query.get("client_id", "")
    company = next(
        (one for one in advertisers if asked in (one.slug, one.meta_account_id)),
        advertisers[0],
    )
    code = world.tokens.issue(
        company.slug, SOURCE, kind="code", lifetime=_CODE_LIFETIME, prefix="AQ"
    )
    answer = {"code": code}
    if "state" in query:
        answer["state"] = query["state"]
    separator = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(f"{redirect_uri}{separator}{urlencode(answer)}", 302)


def exchange(world: "World", given: Mapping[str, Any]) -> dict[str, Any]:
    """A long-lived token for a code, or for a token that lives (fb_exchange_token).

    Raises
    ------
    GraphError
    """
    if given.get("grant_type") == "fb_exchange_token":
        state, token = world.tokens.use(str(given.get("fb_exchange_token", "")))
    else:
        code = str(given.get("code", ""))
        state, token = world.tokens.use(code, kind="code")
        world.tokens.spend(code)
    if state != "valid" or token is None:
        raise GraphError(
            100,
            "This authorization code has been used or is expired.",
            subcode=36_009,
        )
    text = world.tokens.issue(
        token.company, SOURCE, lifetime=_LONG_LIFETIME, prefix="EAA"
    )
    seconds = int(_LONG_LIFETIME.total_seconds())
    return {"access_token": text, "token_type": "bearer", "expires_in": seconds}


def inspect(world: "World", given: Mapping[str, Any]) -> dict[str, Any]:
    """What `debug_token` says of the token `input_token`."""
    state, token = world.tokens.use(str(given.get("input_token", "")))
    expires_at = token.expires_at if token else None
    return {
        "data": {
            "app_id": "1000200030004000",
            "type": "SYSTEM_USER",
            "application": "sandbox",
            "is_valid": state == "valid",
            "expires_at": int(expires_at.timestamp()) if expires_at else 0,
            "scopes": ["ads_read", "business_management", "public_profile"],
        }
    }
