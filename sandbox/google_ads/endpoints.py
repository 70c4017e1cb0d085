"""googleAds:search, googleAds:searchStream and listAccessibleCustomers over REST."""

import json
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.google_ads.access import caller_of
from sandbox.google_ads.documents import answer
from sandbox.google_ads.errors import Failure, unsupported_version
from sandbox.google_ads.gaql import Query
from sandbox.google_ads.page_tokens import offset_of, page_token
from sandbox.google_ads.reports import run_report
from sandbox.google_ads.rows import Row
from sandbox.page_faults import change_of, faulty_page, path_with_query

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["PAGE_SIZE", "routes"]

PAGE_SIZE: Final = 10_000
_SERVED: Final = ("v26", "v25", "v24", "v23")
_DEFAULT_RETRY_SECONDS: Final = 30


def routes(world: "World", *, page_size: int = PAGE_SIZE) -> list[Route]:
    """The API at `/google_ads/{version}`; `page_size` rows to a page or chunk."""

    async def search(request: Request) -> Response:
        return await _respond(request, lambda body: _search(request, body), list_of=0)

    async def search_stream(request: Request) -> Response:
        return await _respond(request, lambda body: _stream(request, body), list_of=1)

    def accessible(request: Request) -> Response:
        try:
            _check_version(request)
            caller = caller_of(world, request)
        except Failure as failure:
            return _refusal(request, failure)
        names = [caller.accounts[0].resource_name]
        return JSONResponse({"resourceNames": names})

    def _search(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        if "pageSize" in body:
            raise Failure(
                400,
                "requestError",
                "PAGE_SIZE_NOT_SUPPORTED",
                "Setting the page size is not supported. Search Responses will have "
                "fixed page size of '10000' rows.",
            )
        query, rows = _report(request, body)
        now = world.clock.now()
        start = offset_of(body.get("pageToken"), body["query"], now)
        path = path_with_query(request)
        page = faulty_page(world.faults, path, rows, start=start, size=page_size)
        found = _answer(query, page, path)
        if start + page_size < len(rows):
            token = page_token(start + page_size, body["query"], now)
            found["nextPageToken"] = token
        if body.get("searchSettings", {}).get("returnTotalResultsCount"):
            found["totalResultsCount"] = str(len(rows))
        return found

    def _stream(request: Request, body: dict[str, Any]) -> list[dict[str, Any]]:
        query, rows = _report(request, body)
        path = path_with_query(request)
        starts = range(0, max(len(rows), 1), page_size)
        pages = [
            faulty_page(world.faults, path, rows, start=start, size=page_size)
            for start in starts
        ]
        if world.faults.active("stream_broken", path):
            arrived = pages[0][: max(len(pages[0]) // 2, 1)]
            failure = Failure(
                500, "internalError", "INTERNAL_ERROR", "An internal error occurred."
            )
            error = failure.body(request.path_params["version"], _request_id())
            return [_answer(query, arrived, path), error]
        return [_answer(query, page, path) for page in pages]

    def _answer(query: Query, rows: list[Row], path: str) -> dict[str, Any]:
        change = change_of(world.faults, path)
        return answer(query, rows, request_id=_request_id(), change=change)

    def _report(request: Request, body: dict[str, Any]) -> tuple[Query, list[Row]]:
        _check_version(request)
        caller = caller_of(world, request)
        _check_quota(request)
        text = body.get("query")
        if not isinstance(text, str):
            raise Failure(
                400, "requestError", "REQUIRED_FIELD_MISSING", "Required field missing."
            )
        account = caller.customer(
            request.path_params["customer_id"],
            request.headers.get("login-customer-id"),
        )
        return run_report(world, caller, account, text)

    def _check_quota(request: Request) -> None:
        fault = world.faults.active("quota_exceeded", path_with_query(request))
        if fault is None:
            return
        seconds = int(fault.options.get("retry_after") or _DEFAULT_RETRY_SECONDS)
        raise Failure(
            429,
            "quotaError",
            "RESOURCE_EXHAUSTED",
            f"Too many requests. Retry in {seconds} seconds.",
            {
                "quotaErrorDetails": {
                    "rateScope": "DEVELOPER",
                    "rateName": "Number of operations for basic access",
                    "retryDelay": f"{seconds}s",
                }
            },
        )

    root = "/google_ads/{version}/customers"
    service = root + "/{customer_id:str}/googleAds"
    return [
        Route(f"{root}:listAccessibleCustomers", accessible, methods=["GET"]),
        Route(f"{service}:search", search, methods=["POST"]),
        Route(f"{service}:searchStream", search_stream, methods=["POST"]),
    ]


async def _respond(
    request: Request, work: Callable[[dict[str, Any]], Any], *, list_of: int
) -> Response:
    """Run `work` on the body; a stream's refusal is the only element of an array."""
    try:
        body = json.loads(await request.body() or b"{}")
        return JSONResponse(await run_in_threadpool(work, body))
    except json.JSONDecodeError:
        failure = Failure(
            400, "requestError", "UNKNOWN", "Invalid JSON payload received."
        )
        return _refusal(request, failure, list_of=list_of)
    except Failure as failure:
        return _refusal(request, failure, list_of=list_of)


def _refusal(request: Request, failure: Failure, *, list_of: int = 0) -> Response:
    body: Any = failure.body(request.path_params["version"], _request_id())
    return JSONResponse([body] if list_of else body, status_code=failure.status)


def _check_version(request: Request) -> None:
    if request.path_params["version"] not in _SERVED:
        raise unsupported_version(request.path_params["version"])


def _request_id() -> str:
    return secrets.token_urlsafe(16)
