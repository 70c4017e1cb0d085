"""The receiver: checks who delivers, keeps the bytes, and only then says thank you.

Statuses: 200 kept (or kept before); 401 not its sender's; 404 nobody waits for it
there; 408 too slow; 413 too big; 429 too many; 503 not kept, come again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.expected import Expected
from orchestration.lib.ingestion.webhooks.hooks import Hook
from orchestration.lib.ingestion.webhooks.inbox import (
    Inbox,
    InboxFull,
    Row,
    delivery_key,
    kept_headers,
)
from orchestration.lib.ingestion.webhooks.signatures import (
    Delivered,
    is_same,
    refusal,
    zoom_answer,
)

__all__ = ["Limits", "receiver"]

_log = logging.getLogger("timonel.receiver")
_AGAIN = {"retry-after": "5"}
_CLOSE = {"connection": "close"}


@dataclass(frozen=True)
class Limits:
    """What one delivery may be: bytes, seconds until it is there and until it is kept.

    ``rate`` are deliveries a second of one address.
    """

    body_bytes: int = 4 * 1024 * 1024
    body_seconds: float = 10
    write_seconds: float = 5
    rate: float = 2000


class _TooBig(Exception):
    """The body is longer than allowed."""


def receiver(url: str, settings: Settings, limits: Limits) -> Starlette:
    """The application, to be run by any ASGI server.

    Parameters
    ----------
    settings
        ``receiver_url`` is the address the senders know: HubSpot signs it.
    """
    inbox, expected = Inbox(url), Expected(url, settings, limits.rate)
    desk = _Desk(inbox, expected, limits, settings.receiver_url)

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(expected.refresh)
        tasks = [
            asyncio.create_task(inbox.write_for_ever()),
            asyncio.create_task(expected.follow()),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/healthy", _healthy, methods=["GET"]),
            Route("/hooks/{company}/{connection}/{key}", desk.asked, methods=["GET"]),
            Route(
                "/hooks/{company}/{connection}/{key}", desk.delivered, methods=["POST"]
            ),
        ],
        lifespan=running,
    )


async def _healthy(_: Request) -> Response:
    return Response(status_code=204)


class _Desk:
    """Takes deliveries."""

    def __init__(
        self, inbox: Inbox, expected: Expected, limits: Limits, address: str
    ) -> None:
        self._inbox, self._expected = inbox, expected
        self._limits, self._address = limits, address

    async def asked(self, request: Request) -> Response:
        """Meta asks whether the address is ours; other senders need not."""
        hook = self._hook(request)
        if isinstance(hook, Response):
            return hook
        query = request.query_params
        is_ours = is_same(query.get("hub.verify_token", ""), hook.verify_token)
        if query.get("hub.mode") != "subscribe" or hook.sender != "whatsapp":
            return PlainTextResponse("Deliver by POST.\n", 405, {"allow": "POST"})
        if not is_ours:
            self._expected.refuse(hook, "verify_token")
            return PlainTextResponse("The verify token is another.\n", 403)
        return PlainTextResponse(query.get("hub.challenge", ""))

    async def delivered(self, request: Request) -> Response:
        """Keep a delivery, if it is its sender's."""
        hook = self._hook(request)
        if isinstance(hook, Response):
            return hook
        if not self._expected.is_within_rate(hook, time.monotonic()):
            return self._refused(hook, "rate", 429)
        body = await self._body(request, hook)
        if isinstance(body, Response):
            return body
        headers = {name.lower(): value for name, value in request.headers.items()}
        address = f"{self._address}{hook.path}"
        if request.url.query:
            address += f"?{request.url.query}"
        delivered = Delivered(request.method, address, headers, body, time.time())
        reason = refusal(hook.sender, delivered, hook.secret)
        if reason is not None:
            return self._refused(hook, reason, 401)
        if hook.sender == "zoom" and (answer := zoom_answer(body, hook.secret)):
            return JSONResponse(answer)
        return await self._kept(hook, headers, body)

    def _hook(self, request: Request) -> Hook | Response:
        parts = request.path_params
        hook = self._expected.find(parts["company"], parts["connection"])
        if hook is None and not self._expected.is_known:
            return PlainTextResponse("Not ready yet.\n", 503, _AGAIN)
        if hook is None:
            return PlainTextResponse("Nobody waits for this here.\n", 404)
        if not is_same(parts["key"], hook.key):
            self._expected.refuse(hook, "address")
            return PlainTextResponse("Nobody waits for this here.\n", 404)
        return hook

    async def _body(self, request: Request, hook: Hook) -> bytes | Response:
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._bytes(request)
        except _TooBig:
            return self._refused(hook, "size", 413)
        except TimeoutError:
            return self._refused(hook, "slow", 408)
        except ClientDisconnect:
            return Response(status_code=400)

    async def _bytes(self, request: Request) -> bytes:
        told = request.headers.get("content-length", "")
        if told.isdecimal() and int(told) > self._limits.body_bytes:
            raise _TooBig
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self._limits.body_bytes:
                raise _TooBig
            parts.append(part)
        return b"".join(parts)

    async def _kept(self, hook: Hook, headers: dict[str, str], body: bytes) -> Response:
        row = Row(
            hook.company_id,
            hook.connection_id,
            hook.sender,
            delivery_key(hook.sender, headers, body),
            kept_headers(headers),
            body,
            datetime.now(UTC),
        )
        try:
            async with asyncio.timeout(self._limits.write_seconds):
                await self._inbox.append(row)
        except psycopg.errors.ForeignKeyViolation:
            return PlainTextResponse("Nobody waits for this here.\n", 404)
        except (psycopg.Error, OSError, InboxFull) as failure:
            name = type(failure).__name__
            _log.error("%s/%s: not kept (%s)", row.company_id, row.connection_id, name)
            return PlainTextResponse("Not kept. Come again.\n", 503, _AGAIN)
        return PlainTextResponse("Kept.\n")

    def _refused(self, hook: Hook, reason: str, status: int) -> Response:
        self._expected.refuse(hook, reason)
        # What is left of a body that was not read must not be taken for a request.
        more = {429: _AGAIN, 408: _CLOSE, 413: _CLOSE}.get(status)
        return PlainTextResponse(f"Refused: {reason}.\n", status, more)
