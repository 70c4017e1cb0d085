"""Around every emulator: faults of the wire, the Date header, the log of requests."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.request_log import RequestLog, ServedRequest, without_secrets

__all__ = ["OWN_PATHS", "ConnectionCut", "Wire", "hide_cut_connections"]

OWN_PATHS: Final = "/_sandbox/"
_PIECES_PER_SECOND: Final = 10


class ConnectionCut(Exception):
    """Raised to make the server close a connection in the middle of an answer."""


class Wire:
    """ASGI middleware; leaves the sandbox's own endpoints alone."""

    def __init__(self, app: ASGIApp, faults: Faults, clock: Clock, log: RequestLog):
        self._app = app
        self._faults = faults
        self._clock = clock
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(OWN_PATHS):
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        path = f"{scope['path']}?{query}" if query else scope["path"]
        counted = _Counted(send, lambda: self._date(path))
        try:
            await self._serve(path, scope, receive, counted)
        finally:
            self._log.add(
                ServedRequest(
                    scope["method"],
                    scope["path"],
                    without_secrets(query),
                    counted.status,
                    counted.bytes,
                )
            )

    async def _serve(
        self, path: str, scope: Scope, receive: Receive, send: "_Counted"
    ) -> None:
        if fault := self._faults.active("timeout", path):
            await anyio.sleep(float(fault.options.get("seconds", 30)))
            raise ConnectionCut(path)
        if fault := self._faults.active("throttle", path):
            await _refuse(send, 429, _retry_after(fault))
        elif fault := self._faults.active("server_error", path):
            await _refuse(send, int(fault.options.get("status", 500)), [])
        elif fault := self._faults.active("truncated_body", path):
            await self._app(scope, receive, _Cut(send, fault))
        elif fault := self._faults.active("slow_drip", path):
            await self._app(scope, receive, _Drip(send, fault))
        else:
            await self._app(scope, receive, send)

    def _date(self, path: str) -> datetime:
        skew = self._faults.standing("clock_skew", path)
        seconds = float(skew.options.get("seconds", 0)) if skew else 0.0
        return self._clock.now() + timedelta(seconds=seconds)


class _Counted:
    """Passes an answer on with the sandbox's own Date; counts its bytes."""

    def __init__(self, send: Send, date: Callable[[], datetime]):
        self._send = send
        self._date = date
        self.status = 0
        self.bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            date = format_datetime(self._date(), usegmt=True).encode("ascii")
            headers = [*message.get("headers", ()), (b"date", date)]
            message = {**message, "headers": headers}
        else:
            self.bytes += len(message.get("body", b""))
        await self._send(message)


class _Cut:
    """Lets half of the first piece of a body through, then cuts the connection."""

    def __init__(self, send: Send, fault: Fault):
        self._send = send
        self._allowed: int | None = fault.options.get("bytes")

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body = message.get("body", b"")
        if self._allowed is None:
            self._allowed = len(body) // 2
        part = body[: self._allowed]
        self._allowed -= len(part)
        await self._send({**message, "body": part, "more_body": True})
        if len(part) < len(body) or not message.get("more_body"):
            # Let the server put on the wire what it was given.
            await anyio.sleep(0.02)
            raise ConnectionCut


class _Drip:
    """Sends a body in small pieces, `bytes_per_second` of them."""

    def __init__(self, send: Send, fault: Fault):
        self._send = send
        speed = int(fault.options.get("bytes_per_second", 2_000))
        self._piece = max(1, speed // _PIECES_PER_SECOND)

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        for start in range(0, len(body), self._piece):
            piece = body[start : start + self._piece]
            await self._send({**message, "body": piece, "more_body": True})
            await anyio.sleep(1 / _PIECES_PER_SECOND)
        await self._send({**message, "body": b"", "more_body": more})


def hide_cut_connections() -> None:
    """Keep connections that were cut on purpose out of uvicorn's log."""

    def is_news(record: logging.LogRecord) -> bool:
        raised = record.exc_info[1] if record.exc_info else None
        return not isinstance(raised, ConnectionCut)

    logging.getLogger("uvicorn.error").addFilter(is_news)


def _retry_after(fault: Fault) -> list[tuple[bytes, bytes]]:
    seconds = fault.options.get("retry_after")
    return [] if seconds is None else [(b"retry-after", str(seconds).encode("ascii"))]


async def _refuse(
    send: "_Counted", status: int, headers: list[tuple[bytes, bytes]]
) -> None:
    """An answer as a proxy gives it: not in the words of the API."""
    body = f"<html><body><h1>{status}</h1></body></html>".encode()
    length = (b"content-length", str(len(body)).encode("ascii"))
    headers = [(b"content-type", b"text/html"), length, *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
