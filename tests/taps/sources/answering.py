"""Vendors as their documentation shows them: an answer for each address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.sandbox.serving import listening

__all__ = ["Answer", "answering"]

#: What it says to a question: the path's names, the query, the body.
Answer = Callable[[Mapping[str, str], Mapping[str, str], Any], Any]


@contextmanager
def answering(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Where the vendor listens; a status and a body are an error."""

    def route(address: str, answer: Answer) -> Route:
        async def endpoint(request: Request) -> Response:
            is_json = "json" in request.headers.get("content-type", "")
            body = await request.json() if is_json else None
            found = answer(request.path_params, request.query_params, body)
            is_error = isinstance(found, tuple)
            return JSONResponse(found[1], found[0]) if is_error else JSONResponse(found)

        method, path = address.split()
        return Route(path, endpoint, methods=[method])

    routes = [route(address, answer) for address, answer in answers.items()]
    with listening(Starlette(routes=routes)) as url:
        yield url
