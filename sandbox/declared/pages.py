"""Pages of rows in the shape that a source's declaration says its answers have."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import URL
from starlette.responses import JSONResponse, Response

from sandbox.declared.source import Source, Stream
from sandbox.page_faults import Change

__all__ = ["Page", "answer"]


@dataclass(frozen=True)
class Page:
    """Some rows of all, and the address they were asked for at."""

    rows: list[dict[str, Any]]
    total: int
    start: int
    size: int
    url: str

    @property
    def next_start(self) -> int | None:
        """The first row of the next page; None at the end."""
        following = self.start + self.size
        return following if following < self.total else None

    def cursor(self, paging: dict[str, Any], at: int) -> str:
        """Names a row to go on from, and what only the first page is asked."""
        asked = dict(parse_qsl(URL(self.url).query))
        held = [
            asked.get(name) or asked[paging["param"]].partition("~")[0]
            for name in paging.get("first_only", ())
        ]
        return "~".join([*held, f"cursor-{at}"])


def answer(source: Source, stream: Stream, page: Page, change: Change) -> Response:
    """The answer that holds a page."""
    records = [change.applied(_record(stream, row)) for row in page.rows]
    if each := stream.told.get("each"):
        records = [{**record, each: [record]} for record in records]
    if source.api.get("format") == "csv":
        return Response(_csv(records), media_type="text/csv")
    if source.api.get("format") == "jsonl":
        lines = "".join(f"{json.dumps(record)}\n" for record in records)
        return Response(lines, media_type="application/x-ndjson")
    paging, path = stream.paging, stream.told.get("records", "")
    following = page.next_start
    if not path:
        headers = {}
        if paging["kind"] == "link" and following is not None:
            headers["Link"] = f'<{_at(page.url, "after", following)}>; rel="next"'
        return JSONResponse(records, headers=headers)
    body: dict[str, Any] = {}
    _put(body, path, records)
    for row in page.rows[:1]:
        for name, column in stream.told["columns"].items():
            if (place := column.get("from", name)).startswith("^"):
                _put(body, place[1:], row[name])
    if count := stream.told.get("count"):
        _put(body, count, page.total)
    _turn(body, paging, page)
    return JSONResponse(body)


def _turn(body: dict[str, Any], paging: dict[str, Any], page: Page) -> None:
    """Say where the next page is, or that there is none."""
    following = page.next_start
    if more := paging.get("more"):
        _put(body, more, following is not None)
    if ended := paging.get("ended"):
        _put(body, ended, following is None)
    if paging["kind"] == "cursor" and paging.get("of") != "record":
        # Where the end is told, the last page names a cursor all the same.
        at = page.total if ended and not following else following
        _put(body, paging["next"], page.cursor(paging, at) if at else None)
    if paging["kind"] == "next_url":
        url = _at(page.url, "after", following) if following is not None else None
        _put(body, paging["next"], url)


def _record(stream: Stream, row: dict[str, Any]) -> dict[str, Any]:
    """The row as the source writes it: each column at its own place."""
    record: dict[str, Any] = {}
    for name, column in stream.told["columns"].items():
        place = column.get("from", name)
        if not place.startswith(("@", "^")):
            _put(record, place, row[name])
    return record


def _put(target: Any, path: str, value: Any) -> None:
    """Put a value at a place; a number in its path is a place in a list."""
    first, _, rest = path.partition(".")
    place: Any = first
    if isinstance(target, list):
        place = int(first)
        target += [{} for _ in range(place + 1 - len(target))]
    if not rest:
        target[place] = value
        return
    if rest.split(".")[0].isdigit() and not isinstance(target, list):
        target.setdefault(place, [])
    elif isinstance(target, dict):
        target.setdefault(place, {})
    _put(target[place], rest, value)


def _at(url: str, param: str, value: int) -> str:
    return str(URL(url).include_query_params(**{param: value}))


def _csv(records: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]) if records else [])
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()
