"""Access tokens: whose they are, and what is said of dead ones."""

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request

from sandbox.meta_ads.errors import GraphError
from sandbox.meta_ads.parameters import Parameters
from sandbox.simulation.companies import Company

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["SOURCE", "company_of", "register_tokens", "sent_token"]

SOURCE: Final = "meta_ads"
_REASONS: Final = {
    "expired": (463, "Session has expired."),
    "revoked": (
        460,
        "The session has been invalidated because the user changed their password or "
        "Facebook has changed the session for security reasons.",
    ),
}


def register_tokens(world: "World") -> None:
    """Accept the system-user tokens that are among the connections' secrets."""
    for company in world.companies.values():
        if SOURCE in company.sources:
            token = world.credentials(company.slug, SOURCE).secrets["access_token"]
            world.tokens.register(token, company.slug, SOURCE)


def sent_token(request: Request, parameters: Parameters) -> str:
    """From the header, or from the parameter `access_token`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "oauth") and token:
        return token.strip()
    value: Any = parameters.get("access_token", "")
    return str(value)


def company_of(world: "World", token: str) -> Company:
    """Whose token it is. An `appsecret_proof` is accepted with it, and not needed.

    Raises
    ------
    GraphError
        190 for a dead or unknown token, 104 when there is none.
    """
    if not token:
        raise GraphError(104, "An access token is required to request this resource.")
    register_tokens(world)
    state, found = world.tokens.use(token)
    if found is None or found.slug != SOURCE:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    if state != "valid":
        subcode, reason = _REASONS[state]
        raise GraphError(
            190, f"Error validating access token: {reason}", subcode=subcode
        )
    return world.company(found.company)
