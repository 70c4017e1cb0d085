"""A small Search Console: it adds up impressions as Google documents it.

The sandbox has a faithful one; this one is for days of many rows and for answers
that no honest server would give.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Body = dict[str, Any]
#: Sees a request and its answer; may change the answer, or give another status.
Interference = Callable[[Body, Body], int | None]


@dataclass(frozen=True)
class Shown:
    """Results shown for one query; ``query`` None is kept back by Google.

    Discover and news have no ``position``.
    """

    query: str | None
    clicks: int = 1
    impressions: int = 10
    page: str = "https://www.example.com/"
    country: str = "esp"
    device: str = "MOBILE"
    position: float | None = 2.0


@dataclass
class Google:
    """Properties, their days, and what went over the wire."""

    url: str = ""
    now: datetime = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    first_incomplete: date | None = date(2026, 11, 18)
    sites: dict[str, str] = field(
        default_factory=lambda: {"sc-domain:example.com": "siteOwner"}
    )
    days: dict[tuple[str, str, date], list[Shown]] = field(default_factory=dict)
    requests: list[Body] = field(default_factory=list)
    interferences: list[Interference] = field(default_factory=list)
    tokens_issued: int = 0
    tokens_cut: list[str] = field(default_factory=list)

    def show(
        self,
        day: str,
        *shown: Shown,
        site: str = "sc-domain:example.com",
        search_type: str = "web",
    ) -> None:
        self.days[site, search_type, date.fromisoformat(day)] = list(shown)

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "api_url": self.url,
            "token_url": f"{self.url}/token",
            "client_id": "client",
            "client_secret": "planted-client-secret",
            "refresh_token": "planted-refresh-token",
            "start_date": "2026-11-01",
        } | changes

    def asked(self, *dimensions: str) -> list[Body]:
        wanted = ["date", *dimensions]
        return [body for body in self.requests if body.get("dimensions") == wanted]

    def answer(self, site: str, body: Body) -> tuple[int, Body]:
        self.requests.append(body)
        if site not in self.sites:
            return 403, error(403, "forbidden", "no sufficient permission for site")
        if "query" in body["dimensions"] and body["type"] in {"discover", "googleNews"}:
            return 400, error(400, "invalidParameter", "query is not supported")
        answer = self._aggregated(site, body)
        for interference in list(self.interferences):
            status = interference({**body, "siteUrl": site}, answer)
            if status is not None:
                return status, answer
        return 200, answer

    def _aggregated(self, site: str, body: Body) -> Body:
        by_page = "page" in body["dimensions"] or body["aggregationType"] == "byPage"
        answer: Body = {
            "responseAggregationType": "byPage" if by_page else "byProperty"
        }
        groups: dict[tuple[str, ...], list[Shown]] = defaultdict(list)
        for day, shown in self._visible(site, body):
            if "query" in body["dimensions"] and shown.query is None:
                continue
            values = {"date": day.isoformat(), **vars(shown)}
            groups[tuple(values[name] for name in body["dimensions"])].append(shown)
        rows = sorted(map(_row, groups.items()), key=lambda row: -row["clicks"])
        start = body.get("startRow", 0)
        if page := rows[start : start + body.get("rowLimit", 1_000)]:
            answer["rows"] = page
        last = date.fromisoformat(body["endDate"])
        is_fresh = body["dataState"] == "all" and "date" in body["dimensions"]
        if is_fresh and self.first_incomplete and last >= self.first_incomplete:
            incomplete = self.first_incomplete.isoformat()
            answer["metadata"] = {"first_incomplete_date": incomplete}
        return answer

    def _visible(self, site: str, body: Body) -> Iterator[tuple[date, Shown]]:
        first, last = (date.fromisoformat(body[k]) for k in ("startDate", "endDate"))
        for (of, search_type, day), shown in self.days.items():
            is_asked = first <= day <= last and search_type == body["type"]
            is_hidden = (
                body["dataState"] == "final"
                and self.first_incomplete is not None
                and day >= self.first_incomplete
            )
            if of == site and is_asked and not is_hidden:
                yield from ((day, one) for one in shown)


def error(code: int, reason: str, message: str) -> Body:
    domain = "usageLimits" if "xceeded" in reason else "global"
    errors = [{"domain": domain, "reason": reason, "message": message}]
    return {"error": {"code": code, "message": message, "errors": errors}}


def _row(group: tuple[tuple[str, ...], list[Shown]]) -> Body:
    keys, shown = group
    clicks = sum(one.clicks for one in shown)
    impressions = sum(one.impressions for one in shown)
    placed = [one for one in shown if one.position is not None]
    weighted = sum((one.position or 0.0) * one.impressions for one in placed)
    row = {
        "keys": list(keys),
        "clicks": clicks,
        "impressions": impressions,
        "ctr": clicks / impressions if impressions else 0,
    }
    return row | ({"position": weighted / max(impressions, 1)} if placed else {})


@contextmanager
def serve(google: Google) -> Iterator[Google]:
    """Answer at ``google.url`` as long as needed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave together: two small packets would wait for each other.
        wbufsize = -1

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            entries = [
                {"siteUrl": url, "permissionLevel": level}
                for url, level in google.sites.items()
            ]
            self._send(200, {"siteEntry": entries} if entries else {})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if self.path == "/token":
                if google.tokens_cut:
                    self._send_cut(google.tokens_cut.pop())
                    return
                google.tokens_issued += 1
                token = f"ya29.planted-{google.tokens_issued}"
                self._send(200, {"access_token": token, "expires_in": 3600})
                return
            site = unquote(self.path.split("/sites/")[1].split("/")[0])
            self._send(*google.answer(site, json.loads(body)))

        def _send_cut(self, said: str) -> None:
            """The beginning of an answer that announces more, or all there is."""
            is_whole = said.startswith("whole:")
            content = said.removeprefix("whole:").encode()
            self.send_response_only(200)
            self.send_header("Content-Type", "application/json")
            more = 0 if is_whole else 40
            self.send_header("Content-Length", str(len(content) + more))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def _send(self, status: int, answer: Body) -> None:
            content = json.dumps(answer).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(google.now, usegmt=True))
            self.send_header("Content-Type", "application/json")
            for name, value in answer.get("_headers", {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    google.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()
