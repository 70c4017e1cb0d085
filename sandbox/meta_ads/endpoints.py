"""`/meta_ads/{version}/...`: one entrance for the whole graph."""

import re
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.meta_ads.access import company_of, register_tokens, sent_token
from sandbox.meta_ads.errors import GraphError, nonexistent_object, throttled
from sandbox.meta_ads.login import approve, exchange, inspect
from sandbox.meta_ads.parameters import Parameters, read_parameters
from sandbox.meta_ads.service import Limits, Service
from sandbox.meta_ads.usage import Usage
from sandbox.page_faults import path_with_query
from sandbox.simulation.companies import Company

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["routes"]

_SERVED: Final = ("v26.0", "v25.0")
_OLDEST_SERVED: Final = 25
_INSIGHTS_THROTTLE: Final = 80_000
_DEFAULT_BLOCKED_MINUTES: Final = 1


def routes(world: "World", *, limits: Limits | None = None) -> list[Route]:
    """The Marketing API. Paths may end with a slash."""
    gate = _Gate(world, Service(world, limits or Limits()))

    def dialog(request: Request) -> Response:
        try:
            return approve(world, request.query_params)
        except GraphError as error:
            return error.response({})

    async def graph(request: Request) -> Response:
        version = request.path_params["version"]
        headers = {"facebook-api-version": version}
        try:
            _check_version(version)
            given = await read_parameters(request)
            parts = [part for part in request.path_params["rest"].split("/") if part]
            return await run_in_threadpool(gate.answer, request, parts, given, headers)
        except GraphError as error:
            return error.response(headers)

    return [
        Route("/meta_ads/dialog/oauth", dialog, methods=["GET"]),
        Route("/meta_ads/{version}/dialog/oauth", dialog, methods=["GET"]),
        Route(
            "/meta_ads/{version}/{rest:path}", graph, methods=["GET", "POST", "DELETE"]
        ),
    ]


class _Gate:
    """Lets a call through to the service, and counts it."""

    def __init__(self, world: "World", service: Service) -> None:
        self._world = world
        self._service = service
        self._usage = Usage()
        register_tokens(world)

    def answer(
        self,
        request: Request,
        parts: list[str],
        given: dict[str, Any],
        headers: dict[str, str],
    ) -> Response:
        """The answer to a call, with `headers` and the use of the account."""
        try:
            body = self._body(request, parts, given, headers)
        except GraphError as error:
            return error.response(headers)
        return JSONResponse(body, headers=headers)

    def _body(
        self,
        request: Request,
        parts: list[str],
        given: dict[str, Any],
        headers: dict[str, str],
    ) -> dict[str, Any]:
        if parts == ["oauth", "access_token"]:
            return exchange(self._world, given)
        token = sent_token(request, given)
        company = company_of(self._world, token)
        if parts == ["debug_token"]:
            return inspect(self._world, given)
        if not parts:
            raise nonexistent_object("")
        self._count(request, company, headers)
        asked: Parameters = {**given, "access_token": token}
        return self._service.answer(request, company, parts, asked)

    def _count(
        self, request: Request, company: Company, headers: dict[str, str]
    ) -> None:
        """Count the call and say so in the headers; block who has used it all up."""
        now = self._world.clock.now()
        account_id = company.meta_account_id
        fault = self._world.faults.active("quota_exceeded", path_with_query(request))
        options = fault.options if fault else {}
        minutes = int(options.get("minutes", _DEFAULT_BLOCKED_MINUTES))
        is_blocked = fault is not None or self._usage.percent(account_id, now) >= 100
        if not is_blocked:
            self._usage.count(account_id, now, is_write=request.method == "POST")
        headers |= self._usage.headers(
            account_id, now, blocked_minutes=minutes if is_blocked else 0
        )
        if is_blocked:
            raise throttled(int(options.get("code", _INSIGHTS_THROTTLE)))


def _check_version(version: str) -> None:
    if version in _SERVED:
        return
    number = re.fullmatch(r"v(\d+)\.\d+", version)
    if number and int(number[1]) < _OLDEST_SERVED:
        raise GraphError(
            2_635,
            "(#2635) You are calling a deprecated version of the Ads API. Please "
            f"update to the latest version: {_SERVED[0]}.",
        )
    raise GraphError(2_500, f"Unknown path components: /{version}")
