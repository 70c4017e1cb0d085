"""The answers of declared sources: whoever may ask gets a page of rows."""

import base64
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.declared.kept import has_account, kept_rows
from sandbox.declared.pages import Page, answer
from sandbox.declared.rows import rows_of
from sandbox.declared.source import WINDOW, Source, Stream, declared_sources
from sandbox.page_faults import change_of, faulty_page, path_with_query

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["routes", "source_routes"]

_NAMED: Final = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_DEFAULT_SIZE: Final = 10


def routes(world: "World") -> list[Route]:
    """The streams of every declared source, and where their tokens are issued."""
    return [
        route for source in declared_sources() for route in source_routes(world, source)
    ]


def source_routes(world: "World", source: Source) -> list[Route]:
    """The streams of one source."""
    # One address may answer several questions.
    asked: dict[tuple[str, str], list[Stream]] = {}
    for stream in source.streams:
        path = f"/{source.slug}" + _NAMED.sub(r"{\1}", stream.address)
        method = stream.request.get("method", "GET")
        asked.setdefault((path, method), []).append(stream)
    found = [
        Route(path, _endpoint(world, source, streams), methods=[method])
        for (path, method), streams in asked.items()
    ]
    issue = Route(f"/{source.slug}/_token", _token(source), methods=["POST"])
    return [*found, issue]


def _token(source: Source) -> Callable[[Request], Awaitable[Response]]:
    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        given = form.get("client_secret") or _basic(request)[1]
        wanted, account = [(given, "client_secret")], ""
        if source.auth["kind"] in {"oauth_refresh", "google"}:
            refresh, at, account = form.get("refresh_token", "").partition("@")
            account = at + account
            wanted.append((refresh, "refresh_token"))
        if any(value != source.secret(name) for value, name in wanted):
            return JSONResponse({"error": "invalid_client"}, 401)
        token = source.secret("access_token") + account
        return JSONResponse({"access_token": token, "expires_in": 3600})

    return token


def _endpoint(
    world: "World", source: Source, streams: list[Stream]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        account = _account(world, source, request)
        if account is None:
            return JSONResponse({"error": "the credentials are not accepted"}, 401)
        body = await request.json() if await request.body() else {}
        stream = _requested_stream(streams, request, body)
        asked = _Request(stream, request, body)
        path, now = path_with_query(request), world.clock.now()
        rows = asked.rows(now)
        if account:
            held = (world.store.path, account, source.slug, stream.name, now)
            rows = asked.within(kept_rows(*held))
        start, size = asked.start(rows), asked.size or max(len(rows), 1)
        page = faulty_page(world.faults, path, rows, start=start, size=size)
        change = change_of(world.faults, path)
        return answer(
            source, stream, Page(page, len(rows), start, size, str(request.url)), change
        )

    return endpoint


def _account(world: "World", source: Source, request: Request) -> str | None:
    """Whose rows are asked for: "" for made-up ones; None if nobody's."""
    if _may_ask(source, request):
        return ""
    kind = source.auth["kind"]
    if kind in {"none", "api_key", "basic"}:
        return None
    held = source.auth["secret"] if kind == "bearer" else "access_token"
    given = request.headers.get("authorization", "")
    token, _, account = given.partition("@")
    if token != f"Bearer {source.secret(held)}":
        return None
    is_there = has_account(world.store.path, account, source.slug)
    return account if is_there else None


def _may_ask(source: Source, request: Request) -> bool:
    auth = source.auth
    match auth["kind"]:
        case "none":
            return True
        case "bearer":
            wanted = f"Bearer {source.secret(auth['secret'])}"
            return request.headers.get("authorization") == wanted
        case "api_key":
            key = f"{auth.get('prefix', '')}{source.secret(auth['secret'])}"
            headers, query = request.headers, request.query_params
            given = headers.get(
                auth.get("header", ""), query.get(auth.get("query", ""))
            )
            return given == key
        case "basic":
            names = [auth[name] for name in ("user", "password") if name in auth]
            held = [_setting(source, name) for name in names]
            held[0] += auth.get("suffix", "")
            return _basic(request)[: len(names)] == held
        case _:
            wanted = f"Bearer {source.secret('access_token')}"
            return request.headers.get("authorization") == wanted


def _setting(source: Source, name: str) -> str:
    told = source.told["settings"][name]
    return source.secret(name) if told.get("secret") else name


def _basic(request: Request) -> list[str]:
    given = request.headers.get("authorization", "").removeprefix("Basic ")
    return base64.b64decode(given).decode("utf-8", "replace").split(":", 1)


def _requested_stream(streams: list[Stream], request: Request, body: Any) -> Stream:
    """The stream whose question it is: of those that fit, the one that says most."""
    if len(streams) == 1:
        return streams[0]
    query = dict(request.query_params)
    fitting = [
        stream
        for stream in streams
        if _fits(stream.request.get("json"), body)
        and _fits(stream.request.get("params"), query)
    ]
    return max(fitting, key=lambda stream: len(str(stream.request)))


def _fits(template: Any, given: Any) -> bool:
    """Whether a body was written by a template."""
    match template:
        case dict():
            is_same = isinstance(given, dict)
            return is_same and all(
                name in given and _fits(each, given[name])
                for name, each in template.items()
            )
        case list():
            return len(template) == len(given) and all(map(_fits, template, given))
        case str() if "{" in template:
            return True
        case None:
            return True
        case _:
            return bool(template == given)


class _Request:
    """A question, read with the templates that its client wrote it by."""

    def __init__(self, stream: Stream, request: Request, body: Mapping[str, Any]):
        self._stream = stream
        self._query = dict(request.query_params)
        paging = stream.paging
        for name in paging.get("first_only", ()):
            if cursor := self._query.get(paging["param"]):
                self._query[name] = cursor.partition("~")[0]
        self._body = body
        self._known = dict(request.path_params)
        told = stream.request
        written = [(told.get("params", {}), self._query), (told.get("json", {}), body)]
        for template, value in _pairs(written):
            if named := _NAMED.fullmatch(template):
                self._known[named[1]] = str(value)

    def rows(self, now: datetime) -> list[dict[str, Any]]:
        """The rows asked for: of the part, and within the window."""
        each = self._stream.told.get("for_each", {})
        parts = () if "batch" in each else each.get("take", {})
        part = "-".join(self._known[name] for name in parts if name in self._known)
        found = rows_of(self._stream, part, now)
        if self._stream.is_one_row:
            return [found[-1][1]]
        return self.within(found)

    def within(
        self, found: list[tuple[datetime, dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Of rows with their moments, those within the window."""
        if not self._stream.has_window:
            return [row for _, row in found]
        bounds = {n: _moment(v) for n, v in self._known.items() if n in WINDOW}
        first = bounds.get("since", bounds.get("first_day"))
        last = bounds.get("until")
        if "last_day" in bounds:
            last = bounds["last_day"] + timedelta(days=1) - timedelta(seconds=1)
        return [
            row
            for moment, row in found
            if (first is None or moment >= first) and (last is None or moment <= last)
        ]

    @property
    def size(self) -> int | None:
        """Rows of a page; None for all of them."""
        paging = self._stream.paging
        if paging["kind"] == "none":
            return None
        given = self._query.get(paging.get("size_param", ""), paging.get("size"))
        return int(given or _DEFAULT_SIZE)

    def start(self, rows: list[dict[str, Any]]) -> int:
        """The first row of the page."""
        paging = self._stream.paging
        name = paging.get("param") or "after"
        given = self._query.get(name)
        if paging.get("into") == "body":
            place: Any = self._body
            for part in name.split("."):
                if isinstance(place, list):
                    place = place[int(part)]
                else:
                    place = place.get(part) if isinstance(place, Mapping) else None
            given = place
        if paging["kind"] == "page":
            first = int(paging.get("first", 1))
            return (int(given if given is not None else first) - first) * (
                self.size or 1
            )
        if paging.get("of") == "record":
            ids = [str(row[self._column_at(paging["next"])]) for row in rows]
            return 1 + ids.index(given) if given in ids else 0
        return int(str(given).rpartition("-")[2]) if given else 0

    def _column_at(self, path: str) -> str:
        columns = self._stream.told["columns"].items()
        return str(next(n for n, each in columns if each.get("from", n) == path))


def _pairs(written: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, Any]]:
    """Each template of a question, beside the value that came in its place."""
    for template, given in written:
        if isinstance(template, dict) and isinstance(given, Mapping):
            shared = [name for name in template if name in given]
            yield from _pairs([(template[name], given[name]) for name in shared])
        elif isinstance(template, list) and isinstance(given, list):
            yield from _pairs(zip(template, given, strict=False))
        elif isinstance(template, str):
            yield template, given


def _moment(value: Any) -> datetime:
    text = str(value)
    if text.isdigit():
        number = int(text)
        return datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
