"""The API of Zoom, as developers.zoom.us shows its answers; one record on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from taps.declared.tap import declared_tap
from tests.sandbox.serving import listening
from tests.taps.tap_runs import Output, sync

Object = dict[str, Any]
GONE = {"code": 3001, "message": "Webinar does not exist: 123."}


def webinar(number: int, starts: str | None, minutes: int, kind: int = 5) -> Object:
    told = {"id": number, "uuid": "next", "topic": f"About {number}", "type": kind}
    return told | ({"start_time": starts, "duration": minutes} if starts else {})


def registrant(name: str, at: str, **others: Any) -> Object:
    email = f"{name}@example.test"
    told = {"id": f"id {name}", "email": email, "first_name": name, "create_time": at}
    return told | {"status": "approved", **others}


def participant(user_id: str, joined: str, left: str, **others: Any) -> Object:
    """A visit of a guest, who outside of the account has no id."""
    told = {"id": "", "user_id": user_id, "registrant_id": "", "name": "Somebody"}
    times = {"join_time": joined, "leave_time": left, "duration": 60}
    return told | {"user_email": "", **times, "status": "in_meeting", **others}


def person(email: str, *details: Object) -> Object:
    """Who answered polls, or asked."""
    return {"email": email, "name": "Somebody", "question_details": list(details)}


@dataclass
class Zoom:
    """Where it listens, the lists of each path, and what it was asked."""

    lists: Mapping[str, tuple[str, list[Object]]]
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def read(self) -> Output:
        config = {"account_id": "acc", "client_id": "cid", "client_secret": "secret"}
        urls = {"api_url": f"{self.url}/v2", "token_url": f"{self.url}/token"}
        return sync(declared_tap("zoom"), config | urls)

    async def token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        is_right = form["grant_type"] == ["account_credentials"]
        is_right &= form["account_id"] == ["acc"]
        is_right &= request.headers["authorization"].startswith("Basic ")
        told = {"access_token": "t", "expires_in": 3599} if is_right else {}
        return JSONResponse(told, 200 if is_right else 401)

    async def answer(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode().removeprefix("/v2")
        self.asked.append(path)
        # Once by the server, once by Zoom.
        name, found = self.lists.get(unquote(unquote(path)), ("", []))
        if not name:
            return JSONResponse(GONE, 404)
        if path.endswith(("/polls", "/qa", "/instances", "/panelists")):
            return JSONResponse({name: found})
        start = int(request.query_params.get("next_page_token") or 0)
        more = str(start + 1) if start + 1 < len(found) else ""
        page = found[start : start + 1]
        return JSONResponse({"next_page_token": more, name: page})


@contextmanager
def zoom(**lists: Any) -> Iterator[Zoom]:
    """Serve the answers of paths: the name of the list in it, and the list."""
    served = Zoom(lists)
    routes = [
        Route("/token", served.token, methods=["POST"]),
        Route("/v2/{path:path}", served.answer),
    ]
    with listening(Starlette(routes=routes)) as served.url:
        yield served
