"""`/search_console/webmasters/v3`: sites and searchAnalytics.query."""

import calendar
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.google_oauth import bearer_token
from sandbox.page_faults import change_of, faulty_page, path_with_query
from sandbox.search_console.errors import (
    Refusal,
    bad_request,
    forbidden,
    not_authenticated,
    quota_exceeded,
)
from sandbox.search_console.question import InvalidRequest, Question, understood
from sandbox.search_console.report import Grouping, rows_of
from sandbox.search_console.sites import Site, sites_of
from sandbox.simulation.companies import Company
from sandbox.simulation.records import SiteDay

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["routes"]

_PACIFIC: Final = ZoneInfo("America/Los_Angeles")
_MONTHS_KEPT: Final = 16
_day = msgspec.json.Decoder(SiteDay)


def routes(world: "World") -> list[Route]:
    """The API at `/search_console/webmasters/v3`."""

    def sites(request: Request) -> Response:
        try:
            company = _company(world, request)
        except Refusal as refusal:
            return refusal.response()
        entries = [_entry(site) for site in sites_of(company)]
        return JSONResponse({"siteEntry": entries})

    def site(request: Request) -> Response:
        try:
            return JSONResponse(_entry(_site(request, _company(world, request))))
        except Refusal as refusal:
            return refusal.response()

    def sitemaps(request: Request) -> Response:
        try:
            _site(request, _company(world, request))
        except Refusal as refusal:
            return refusal.response()
        return JSONResponse({})

    async def query(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(_query, world, request, content)

    root = "/search_console/webmasters/v3/sites"
    one = root + "/{site_url:path}"
    return [
        Route(root, sites, methods=["GET"]),
        Route(f"{one}/searchAnalytics/query", query, methods=["POST"]),
        Route(f"{one}/sitemaps", sitemaps, methods=["GET"]),
        Route(one, site, methods=["GET"]),
    ]


def _query(world: "World", request: Request, content: bytes) -> Response:
    try:
        company = _company(world, request)
        site = _site(request, company)
        if not site.is_readable:
            raise forbidden(site.url)
        fault = world.faults.active("quota_exceeded", path_with_query(request))
        if fault:
            raise quota_exceeded(str(fault.options.get("reason", "quotaExceeded")))
        question = understood(_body(content))
        return JSONResponse(_answer(world, request, company, site, question))
    except InvalidRequest as invalid:
        return bad_request(str(invalid)).response()
    except Refusal as refusal:
        return refusal.response()


def _answer(
    world: "World", request: Request, company: Company, site: Site, question: Question
) -> dict[str, Any]:
    days = _days(world, company, site, question)
    kept = tuple(day for day in days if day.is_final or not question.is_final_only)
    grouping = Grouping(question.dimensions, question.filters, question.is_by_page)
    rows = rows_of(site, kept, grouping)
    path = path_with_query(request)
    page = faulty_page(
        world.faults, path, rows, start=question.start_row, size=question.row_limit
    )
    found: dict[str, Any] = {}
    if page:
        change = change_of(world.faults, path)
        found["rows"] = [change.applied(row.document()) for row in page]
    found["responseAggregationType"] = "byPage" if question.is_by_page else "byProperty"
    fresh = [day.date.isoformat() for day in days if not day.is_final]
    if fresh and not question.is_final_only and "date" in question.dimensions:
        found["metadata"] = {"first_incomplete_date": fresh[0]}
    return found


def _days(
    world: "World", company: Company, site: Site, question: Question
) -> list[SiteDay]:
    """The days asked for that are there: web search of the last 16 months."""
    if question.search_type != "web":
        return []
    today = world.clock.now().astimezone(_PACIFIC).date()
    bodies = world.store.bodies(
        company.slug,
        "search_console/site_days",
        sort="created_at",
        since=_midnight(max(question.first, _oldest(today))),
        until=_midnight(question.last + timedelta(days=1)),
    )
    stored = (_day.decode(body) for body in bodies)
    return [site.day(day) for day in stored if day.site_url == site.source_url]


def _company(world: "World", request: Request) -> Company:
    state, token = world.tokens.use(bearer_token(request))
    if state != "valid" or token is None:
        raise not_authenticated()
    if token.slug != "search_console":
        raise forbidden(request.path_params.get("site_url", ""))
    return world.company(token.company)


def _site(request: Request, company: Company) -> Site:
    url = request.path_params["site_url"]
    for site in sites_of(company):
        if site.url == url:
            return site
    raise forbidden(url)


def _entry(site: Site) -> dict[str, str]:
    return {"siteUrl": site.url, "permissionLevel": site.permission}


def _body(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except json.JSONDecodeError:
        raise InvalidRequest("Invalid JSON payload received.") from None
    if not isinstance(found, dict):
        raise InvalidRequest("Invalid JSON payload received.")
    return found


def _oldest(today: date) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - _MONTHS_KEPT, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
