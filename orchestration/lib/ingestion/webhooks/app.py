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
from functools import partial

import psycopg
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.delivered import (
    Delivered,
    Refusal,
    Unverifiable,
    is_same,
)
from orchestration.lib.ingestion.webhooks.expected import Expected
from orchestration.lib.ingestion.webhooks.hooks import Hook
from orchestration.lib.ingestion.webhooks.inbox import (
    Inbox,
    InboxFull,
    Row,
    delivery_key,
    kept_headers,
)
from orchestration.lib.ingestion.webhooks.mail_signatures import confirm_ses
from orchestration.lib.ingestion.webhooks.signatures import refusal, zoom_answer

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
    address = "/hooks/{company}/{connection}/{key}"

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
            Route(address, partial(_asked, desk), methods=["GET"]),
            Route(address, partial(_delivered, desk), methods=["POST"]),
        ],
        lifespan=running,
    )


async def _healthy(_: Request) -> Response:
    return Response(status_code=204)


@dataclass(frozen=True)
class _Desk:
    """What taking a delivery needs; ``address`` is the public one."""

    inbox: Inbox
    expected: Expected
    limits: Limits
    address: str


async def _asked(desk: _Desk, request: Request) -> Response:
    """Meta asks whether the address is ours; other senders need not."""
    hook = _hook(desk, request)
    if isinstance(hook, Response):
        return hook
    query = request.query_params
    is_ours = is_same(query.get("hub.verify_token", ""), hook.verify_token)
    if query.get("hub.mode") != "subscribe" or hook.sender != "whatsapp":
        return PlainTextResponse("Deliver by POST.\n", 405, {"allow": "POST"})
    if not is_ours:
        desk.expected.refusals.add(hook, "verify_token")
        return PlainTextResponse("The verify token is another.\n", 403)
    return PlainTextResponse(query.get("hub.challenge", ""))


async def _delivered(desk: _Desk, request: Request) -> Response:
    """Keep a delivery, if it is its sender's."""
    hook = _hook(desk, request)
    if isinstance(hook, Response):
        return hook
    if not desk.expected.is_within_rate(hook, time.monotonic()):
        return _refused(desk, hook, "rate", 429)
    body = await _body(desk, request, hook)
    if isinstance(body, Response):
        return body
    headers = {name.lower(): value for name, value in request.headers.items()}
    address = f"{desk.address}{hook.path}"
    if request.url.query:
        address += f"?{request.url.query}"
    delivered = Delivered(request.method, address, headers, body, time.time())
    answer = await _answered(desk, hook, delivered)
    return answer or await _kept(desk, hook, headers, body)


async def _answered(desk: _Desk, hook: Hook, delivered: Delivered) -> Response | None:
    """What is refused, or only asks whether the address is ours; else None."""
    try:
        reason = await _reason(hook, delivered)
        if reason is not None:
            return _refused(desk, hook, reason, 401)
        if hook.sender == "ses" and await asyncio.to_thread(
            confirm_ses, delivered.body
        ):
            return PlainTextResponse("Confirmed.\n")
    except Unverifiable as failure:
        name = f"{hook.company_id}/{hook.connection_id}"
        _log.error("%s: not verified (%s)", name, failure)
        return PlainTextResponse("Not verified. Come again.\n", 503, _AGAIN)
    if hook.sender == "zoom" and (told := zoom_answer(delivered.body, hook.secret)):
        return JSONResponse(told)
    return None


async def _reason(hook: Hook, delivered: Delivered) -> Refusal | None:
    """Why a delivery is refused; who has to be asked holds up nobody else's."""
    if hook.sender == "ses":
        return await asyncio.to_thread(refusal, hook.sender, delivered, hook.secret)
    return refusal(hook.sender, delivered, hook.secret)


def _hook(desk: _Desk, request: Request) -> Hook | Response:
    parts = request.path_params
    hook = desk.expected.find(parts["company"], parts["connection"])
    if hook is None and not desk.expected.is_known:
        return PlainTextResponse("Not ready yet.\n", 503, _AGAIN)
    if hook is None:
        return PlainTextResponse("Nobody waits for this here.\n", 404)
    if not is_same(parts["key"], hook.key):
        desk.expected.refusals.add(hook, "address")
        return PlainTextResponse("Nobody waits for this here.\n", 404)
    return hook


async def _body(desk: _Desk, request: Request, hook: Hook) -> bytes | Response:
    try:
        async with asyncio.timeout(desk.limits.body_seconds):
            return await _bytes(desk, request)
    except _TooBig:
        return _refused(desk, hook, "size", 413)
    except TimeoutError:
        return _refused(desk, hook, "slow", 408)
    except ClientDisconnect:
        return Response(status_code=400)


async def _bytes(desk: _Desk, request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > desk.limits.body_bytes:
        raise _TooBig
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > desk.limits.body_bytes:
            raise _TooBig
        parts.append(part)
    return b"".join(parts)


async def _kept(
    desk: _Desk, hook: Hook, headers: dict[str, str], body: bytes
) -> Response:
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
        async with asyncio.timeout(desk.limits.write_seconds):
            await desk.inbox.append(row)
    except psycopg.errors.ForeignKeyViolation:
        return PlainTextResponse("Nobody waits for this here.\n", 404)
    except (psycopg.Error, OSError, InboxFull) as failure:
        name = type(failure).__name__
        _log.error("%s/%s: not kept (%s)", row.company_id, row.connection_id, name)
        return PlainTextResponse("Not kept. Come again.\n", 503, _AGAIN)
    return PlainTextResponse("Kept.\n")


def _refused(desk: _Desk, hook: Hook, reason: str, status: int) -> Response:
    desk.expected.refusals.add(hook, reason)
    # What is left of a body that was not read must not be taken for a request.
    more = {429: _AGAIN, 408: _CLOSE, 413: _CLOSE}.get(status)
    return PlainTextResponse(f"Refused: {reason}.\n", status, more)
