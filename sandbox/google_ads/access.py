"""Who calls, and which customers that caller reaches."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from sandbox.google_ads.accounts import Account, accounts_of
from sandbox.google_ads.errors import Failure, user_permission_denied
from sandbox.google_oauth import bearer_token

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["Caller", "caller_of"]


@dataclass(frozen=True)
class Caller:
    """The company whose token was sent, and its accounts, the manager first."""

    company: str
    accounts: list[Account]

    def customer(self, customer_id: str, login_customer_id: str | None) -> Account:
        """The account asked for, if it is reached this way.

        A client account is reached through its manager, which `login-customer-id`
        must name; the account that the token opens directly needs no header.

        Raises
        ------
        Failure
            USER_PERMISSION_DENIED.
        """
        direct = self.accounts[0]
        found = next(
            (one for one in self.accounts if one.customer_id == customer_id), None
        )
        if found is None or login_customer_id not in (None, direct.customer_id):
            raise user_permission_denied()
        if found != direct and login_customer_id is None:
            raise user_permission_denied()
        return found


def caller_of(world: "World", request: Request) -> Caller:
    """Read the bearer token. The developer token is ignored, as it is since 2026-09.

    Raises
    ------
    Failure
        When the token is missing, dead, or of another API's scope.
    """
    state, token = world.tokens.use(bearer_token(request))
    if state != "valid" or token is None:
        code = {"expired": "OAUTH_TOKEN_EXPIRED", "revoked": "OAUTH_TOKEN_REVOKED"}
        raise Failure(
            401,
            "authenticationError",
            code.get(state, "OAUTH_TOKEN_INVALID"),
            "Request had invalid authentication credentials.",
        )
    if token.slug != "google_ads":
        raise Failure(
            403,
            "authorizationError",
            "ACTION_NOT_PERMITTED",
            "Request had insufficient authentication scopes.",
        )
    company = world.company(token.company)
    return Caller(company.slug, accounts_of(company))
