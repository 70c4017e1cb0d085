"""The sandbox's Open-Meteo, listening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.weather import routes
from tests.sandbox.serving import listening


@dataclass
class OpenMeteo:
    """Where it listens, its clock, and what it was asked."""

    clock: Clock
    faults: Faults = field(default_factory=Faults)
    url: str = ""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    def settings(self, **changes: Any) -> dict[str, Any]:
        madrid = {
            "location_id": "madrid",
            "latitude": 40.4,
            "longitude": -3.7,
            "time_zone": "Europe/Madrid",
        }
        return {
            "api_url": f"{self.url}/weather",
            "locations": [madrid],
            "start_date": "2026-10-01",
        } | changes

    def asked(self, service: str) -> list[dict[str, str]]:
        return [query for path, query in self.requests if path.endswith(service)]


@pytest.fixture
def open_meteo() -> Iterator[OpenMeteo]:
    """It is the afternoon of 20 November 2026."""
    clock = Clock()
    clock.freeze(datetime(2026, 11, 20, 15, tzinfo=UTC))
    service = OpenMeteo(clock)

    async def note(request: Request, call_next: Any) -> Response:
        service.requests.append((request.url.path, dict(request.query_params)))
        if service.refusals:
            status, reason = service.refusals.pop(0)
            answer = {"error": True, "reason": reason}
            return JSONResponse(answer, status, headers={"Retry-After": "0"})
        response: Response = await call_next(request)
        return response

    middleware = [Middleware(BaseHTTPMiddleware, dispatch=note)]
    app = Starlette(routes=routes(service), middleware=middleware)  # type: ignore[arg-type]
    with listening(app) as service.url:
        yield service
