"""The addresses of a shop: GraphQL, files, OAuth and REST, under `/shopify/{shop}`."""

import uuid
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from sandbox.page_faults import path_with_query
from sandbox.shopify import oauth, rest
from sandbox.shopify.access import served_version
from sandbox.shopify.bulk import BulkOperations
from sandbox.shopify.context import Context
from sandbox.shopify.cost import Buckets
from sandbox.shopify.execution import GraphQLRequest, answer
from sandbox.simulation.companies import Company
from sandbox.simulation.world import World

__all__ = ["BULK_SECONDS", "routes"]

BULK_SECONDS: Final = 0.3
_API: Final = "/shopify/{shop}/admin/api/{version}"


class _Refusal(Exception):
    """The request is not answered; status and what `errors` says."""

    def __init__(self, status: int, errors: Any) -> None:
        super().__init__(errors)
        self.status = status
        self.errors = errors


def routes(world: World, *, bulk_seconds: float = BULK_SECONDS) -> list[Route]:
    """All routes of all shops. A bulk operation runs for `bulk_seconds` at least."""
    shops = _Shops(world, bulk_seconds)
    return [
        Route(f"{_API}/graphql.json", shops.graphql, methods=["POST"]),
        Route(f"{_API}/shop.json", shops.shop),
        Route("/shopify/{shop}/admin/shop.json", shops.shop),
        Route("/shopify/{shop}/admin/oauth/access_scopes.json", shops.scopes),
        Route("/shopify/{shop}/admin/oauth/authorize", shops.authorize),
        Route(
            "/shopify/{shop}/admin/oauth/access_token",
            shops.access_token,
            methods=["POST"],
        ),
        Route("/shopify/{shop}/bulk/{key}/{name}", shops.file),
    ]


class _Shops:
    """The endpoints, and what they share between requests."""

    def __init__(self, world: World, bulk_seconds: float) -> None:
        self._world = world
        self._buckets = Buckets()
        self._operations = BulkOperations(world.store, bulk_seconds)

    async def graphql(self, request: Request) -> Response:
        """Answer a GraphQL request; almost always with 200."""
        body = await request.body()
        return await run_in_threadpool(self._refusable, request, self._graphql, body)

    def shop(self, request: Request) -> Response:
        """Describe the shop."""
        return self._refusable(
            request,
            lambda _, company, version: _json(
                rest.shop(company, self._world.clock.now()), version
            ),
        )

    def scopes(self, request: Request) -> Response:
        """List the app's access scopes."""
        return self._refusable(
            request,
            lambda _, company, version: _json(rest.access_scopes(company), version),
        )

    def authorize(self, request: Request) -> Response:
        """Approve the app and send the browser back."""
        try:
            company = self._company(request)
            url = oauth.authorized_url(self._world, company, request.query_params)
        except _Refusal as refusal:
            return _json({"errors": refusal.errors}, status=refusal.status)
        except oauth.Refused as refused:
            return _json(refused.body, status=400)
        return RedirectResponse(url, 302)

    async def access_token(self, request: Request) -> Response:
        """Give a token for credentials, a code or a refresh token."""
        body = await request.body()
        try:
            company = self._company(request)
            form = _form(request, body)
            return _json(oauth.granted(self._world, company, form))
        except _Refusal as refusal:
            return _json({"errors": refusal.errors}, status=refusal.status)
        except oauth.Refused as refused:
            return _json(refused.body, status=400)

    def file(self, request: Request) -> Response:
        """Serve the file of a bulk operation: its address is its permission."""
        try:
            company = self._company(request)
        except _Refusal as refusal:
            return _json({"errors": refusal.errors}, status=refusal.status)
        file = self._operations.file(company.slug, request.path_params["key"])
        if file is None or not file.path.exists():
            return PlainTextResponse("The address has expired.", 403)
        return FileResponse(file.path, media_type="application/jsonl")

    def _refusable(
        self, request: Request, serve: Callable[..., Response], *arguments: Any
    ) -> Response:
        """Serve a request whose token, shop and version are in order."""
        try:
            company = self._company(request)
            self._authenticate(request, company)
            version = self._version(request)
            return serve(request, company, version, *arguments)
        except _Refusal as refusal:
            return _json({"errors": refusal.errors}, status=refusal.status)

    def _graphql(
        self, request: Request, company: Company, version: str, body: bytes
    ) -> Response:
        context = Context(
            self._world,
            company,
            version,
            path_with_query(request),
            self._world.clock.now(),
        )
        asked = _parsed_request(request, company, body, self._world.base_url)
        bucket = self._buckets.of(company.slug, company.plan)
        return _json(answer(context, asked, bucket, self._operations), version)

    def _company(self, request: Request) -> Company:
        company = self._world.company_with("shop", request.path_params["shop"])
        if company is None:
            raise _Refusal(404, "Not Found")
        return company

    def _authenticate(self, request: Request, company: Company) -> None:
        text = request.headers.get("x-shopify-access-token", "")
        if self._world.faults.active("token_expired", path_with_query(request)):
            self._world.tokens.spend(text)
        state, token = self._world.tokens.use(text)
        owner = (token.company, token.slug) if token else None
        if state != "valid" or owner != (company.slug, "shopify"):
            raise _Refusal(
                401,
                "[API] Invalid API key or access token "
                "(unrecognized login or wrong password)",
            )

    def _version(self, request: Request) -> str:
        now = self._world.clock.now()
        asked = request.path_params.get("version", "")
        served = served_version(asked, now) if asked else "unstable"
        if served is None:
            raise _Refusal(404, "Not Found")
        return served


def _parsed_request(
    request: Request, company: Company, body: bytes, base_url: str
) -> GraphQLRequest:
    try:
        asked = msgspec.json.decode(body)
        query = asked["query"]
        variables = asked.get("variables") or {}
        if not (isinstance(query, str) and isinstance(variables, dict)):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _Refusal(
            400, {"query": "Required parameter missing or invalid"}
        ) from None
    host = base_url or str(request.base_url).rstrip("/")
    return GraphQLRequest(
        query,
        variables,
        asked.get("operationName"),
        f"{host}/shopify/{company.shop}",
    )


def _form(request: Request, body: bytes) -> dict[str, Any]:
    """The parameters of a request for a token: a form, or JSON."""
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl(body.decode()))
    try:
        found = msgspec.json.decode(body, type=dict[str, Any])
    except ValueError:
        return {}
    return found


def _json(content: Any, version: str = "", status: int = 200) -> Response:
    headers = {"X-Request-Id": str(uuid.uuid4())}
    if version:
        headers["X-Shopify-API-Version"] = version
    return Response(
        msgspec.json.encode(content),
        status,
        headers,
        media_type="application/json; charset=utf-8",
    )
