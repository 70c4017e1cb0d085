"""Google's authorisation server, shared by Google Ads and Search Console.

`/google/authorize` approves at once. `/google/token` knows three grants: a refresh
token, an authorisation code (with PKCE), and a JWT signed by a service account's key;
`POST /google/service_accounts/{company}/{source}/keys` makes such a key, as the Cloud
console would. Answers as in developers.google.com/identity/protocols/oauth2.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.google_service_accounts import InvalidAssertion, ServiceAccounts

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["SCOPES", "bearer_token", "routes"]

SCOPES: Final = {
    "google_ads": "https://www.googleapis.com/auth/adwords",
    "search_console": "https://www.googleapis.com/auth/webmasters.readonly",
}
_ACCESS_LIFETIME: Final = timedelta(seconds=3_600)
_CODE_LIFETIME: Final = timedelta(minutes=10)
_REFRESH_PREFIX: Final = "1//"
_JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def bearer_token(request: Request) -> str:
    """The access token of a request; empty when there is none that could be one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token.startswith(_REFRESH_PREFIX):
        return ""
    return token.strip()


def routes(world: "World") -> list[Route]:
    """The authorisation server of a world."""
    server = _Server(world)

    def authorize(request: Request) -> Response:
        try:
            return RedirectResponse(server.approve(request.query_params), 302)
        except _Refused as refused:
            return refused.response()

    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        try:
            return JSONResponse(await run_in_threadpool(server.grant, form))
        except _Refused as refused:
            return refused.response()

    def make_key(request: Request) -> Response:
        company = request.path_params["company"]
        source = request.path_params["source"]
        if company not in world.companies or source not in SCOPES:
            return JSONResponse({"error": f"no {source} at {company}"}, 404)
        return JSONResponse(server.service_accounts.make_key(company, source))

    key_path = "/google/service_accounts/{company}/{source}/keys"
    return [
        Route("/google/authorize", authorize, methods=["GET"]),
        Route("/google/token", token, methods=["POST"]),
        Route(key_path, make_key, methods=["POST"]),
    ]


class _Refused(Exception):
    """An OAuth error: its code and description as the client reads them."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status

    def response(self) -> Response:
        body = {"error": self.code, "error_description": str(self)}
        return JSONResponse(body, self.status)


@dataclass(frozen=True)
class _Client:
    """A registered OAuth client: it belongs to one connection of one company."""

    company: str
    source: str
    client_id: str
    client_secret: str
    refresh_token: str


@dataclass(frozen=True)
class _Approval:
    """What a code stands for until it is exchanged."""

    client_id: str
    redirect_uri: str
    challenge: str
    is_challenge_hashed: bool
    is_offline: bool


class _Server:
    """Codes, keys and refresh tokens handed out since the start."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._approvals: dict[str, _Approval] = {}
        self.service_accounts = ServiceAccounts(world)
        self._handles: dict[str, str] = {}
        for client in self._clients():
            self._handle_of(client)

    def approve(self, query: Mapping[str, str]) -> str:
        """Say yes to an authorisation request: where the browser goes next."""
        client = self._client(query.get("client_id", ""))
        redirect_uri = query.get("redirect_uri", "")
        if not redirect_uri:
            raise _Refused("invalid_request", "Missing required parameter.")
        code = self._world.tokens.issue(
            client.company,
            client.source,
            kind="code",
            lifetime=_CODE_LIFETIME,
            prefix="4/0A",
        )
        self._approvals[code] = _Approval(
            client_id=client.client_id,
            redirect_uri=redirect_uri,
            challenge=query.get("code_challenge", ""),
            is_challenge_hashed=query.get("code_challenge_method") == "S256",
            is_offline=query.get("access_type") == "offline",
        )
        answer = {"code": code, "scope": SCOPES[client.source]}
        if "state" in query:
            answer["state"] = query["state"]
        parts = urlsplit(redirect_uri)
        joined = "&".join(filter(None, (parts.query, urlencode(answer))))
        return urlunsplit(parts._replace(query=joined))

    def grant(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Exchange what the client holds for an access token.

        Raises
        ------
        _Refused
        """
        grants = {
            "refresh_token": self._refresh,
            "authorization_code": self._exchange,
            _JWT_GRANT: self._sign_in,
        }
        kind = form.get("grant_type", "")
        if kind not in grants:
            raise _Refused("unsupported_grant_type", f"Invalid grant_type: {kind}")
        return grants[kind](form)

    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        client = self._authenticated(form)
        text = form.get("refresh_token", "")
        handle = self._handle_of(client) if text == client.refresh_token else text
        self._check_alive(handle, client.company, client.source)
        return self._access(client.company, client.source)

    def _exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        client = self._authenticated(form)
        code = form.get("code", "")
        state, _ = self._world.tokens.use(code, kind="code")
        approval = self._approvals.pop(code, None)
        self._world.tokens.spend(code)
        if state != "valid" or approval is None:
            raise _Refused("invalid_grant", "Malformed auth code.")
        if approval.client_id != client.client_id:
            raise _Refused("invalid_grant", "Bad Request")
        if approval.redirect_uri != form.get("redirect_uri"):
            raise _Refused("redirect_uri_mismatch", "Bad Request")
        if not _proves(form.get("code_verifier", ""), approval):
            raise _Refused("invalid_grant", "Invalid code verifier.")
        found = self._access(client.company, client.source)
        if approval.is_offline:
            found["refresh_token"] = self._world.tokens.issue(
                client.company, client.source, kind="refresh", prefix=_REFRESH_PREFIX
            )
        return found

    def _sign_in(self, form: Mapping[str, str]) -> dict[str, Any]:
        try:
            account, scopes = self.service_accounts.verified(form.get("assertion", ""))
        except InvalidAssertion as invalid:
            raise _Refused("invalid_grant", str(invalid)) from None
        if SCOPES[account.source] not in scopes:
            raise _Refused(
                "invalid_scope", "Invalid OAuth scope or ID token audience provided."
            )
        self._check_alive(account.handle, account.company, account.source)
        return self._access(account.company, account.source)

    def _access(self, company: str, source: str) -> dict[str, Any]:
        token = self._world.tokens.issue(
            company, source, lifetime=_ACCESS_LIFETIME, prefix="ya29."
        )
        return {
            "access_token": token,
            "expires_in": int(_ACCESS_LIFETIME.total_seconds()) - 1,
            "scope": SCOPES[source],
            "token_type": "Bearer",
        }

    def _check_alive(self, handle: str, company: str, source: str) -> None:
        state, token = self._world.tokens.use(handle, kind="refresh")
        owner = (token.company, token.slug) if token else None
        is_own = owner == (company, source)
        if state != "valid" or not is_own:
            raise _Refused("invalid_grant", "Token has been expired or revoked.")

    def _handle_of(self, client: _Client) -> str:
        """The token that stands for the refresh token among the connection's secrets.

        The text of that one is not random, so its life is kept in one that is issued.
        """
        if client.refresh_token not in self._handles:
            self._handles[client.refresh_token] = self._world.tokens.issue(
                client.company, client.source, kind="refresh"
            )
        return self._handles[client.refresh_token]

    def _authenticated(self, form: Mapping[str, str]) -> _Client:
        client = self._client(form.get("client_id", ""))
        if form.get("client_secret") != client.client_secret:
            raise _Refused("invalid_client", "Unauthorized", 401)
        return client

    def _client(self, client_id: str) -> _Client:
        for client in self._clients():
            if client.client_id == client_id:
                return client
        raise _Refused("invalid_client", "The OAuth client was not found.", 401)

    def _clients(self) -> list[_Client]:
        return [
            _registered(self._world, company.slug, source)
            for company in self._world.companies.values()
            for source in SCOPES
            if source in company.sources
        ]


def _registered(world: "World", company: str, source: str) -> _Client:
    found = world.credentials(company, source)
    return _Client(
        company,
        source,
        client_id=str(found.settings["client_id"]),
        client_secret=found.secrets["client_secret"],
        refresh_token=found.secrets["refresh_token"],
    )


def _proves(verifier: str, approval: _Approval) -> bool:
    """PKCE (RFC 7636): whoever exchanges the code is who asked for it."""
    if not approval.challenge:
        return True
    if not approval.is_challenge_hashed:
        return secrets.compare_digest(verifier, approval.challenge)
    digest = hashlib.sha256(verifier.encode()).digest()
    hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return secrets.compare_digest(hashed, approval.challenge)
