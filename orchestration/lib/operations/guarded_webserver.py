"""Dagster's webserver, which answers only pages of its own.

    python -m orchestration.lib.operations.guarded_webserver [as dagster-webserver]

Dagster knows no sign-in and runs a mutation whoever asks, also by GET: any page that is
open in a browser beside it could launch or end runs. So a request is refused

- for another host than this machine's or that of ``TIMONEL_DAGSTER_URL`` (a name that
  somebody points at 127.0.0.1),
- that changes something, or opens a socket, from a page of another origin,
- that asks by GET what GraphQL answers.

Programs, which send no origin, are answered as before. See OWASP, Cross-Site Request
Forgery Prevention: verifying origin with standard headers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from dagster._cli import dev
from dagster_webserver import cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.datastructures import Headers, QueryParams
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestration.lib.core.settings import Settings

__all__ = ["OwnPagesOnly", "main", "run_dev"]

_OF_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_ONLY_READ = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY_VIOLATION = 1008
# By which dagster dev starts its webserver, told neither by option nor by setting.
_STARTS = "open_ipc_subprocess"


class OwnPagesOnly:
    """Refuses what a page of another origin asks.

    Parameters
    ----------
    app
        What answers the rest.
    hosts
        Names of the server, without port, besides those of this machine.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._hosts = _OF_THIS_MACHINE | hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with 403 and the reason, or let the app answer."""
        reason = self._refused(scope) if scope["type"] != "lifespan" else None
        if reason is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await PlainTextResponse(f"{reason}\n", 403)(scope, receive, send)

    def _refused(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = _parts(f"//{host}").hostname
        if name not in self._hosts:
            return (
                f"This server is not called {name}. If it is, give its address: "
                "TIMONEL_DAGSTER_URL (in docker compose: DAGSTER_SITE_URL)."
            )
        method = scope.get("method", "GET")
        changes = scope["type"] == "websocket" or method not in _ONLY_READ
        origin = headers.get("origin")
        if changes and origin is not None and _parts(origin).netloc != host:
            return f"A page of {origin} may not ask this of {host}."
        is_graphql = scope["path"].rstrip("/").endswith("/graphql")
        if is_graphql and method != "POST" and "query" in QueryParams(_query(scope)):
            return "GraphQL is answered by POST only."
        return None


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # no address, such as http://[
        return urlsplit("")


def _query(scope: Scope) -> bytes:
    query: bytes = scope.get("query_string", b"")
    return query


def main() -> None:
    """Run dagster-webserver, guarded, with the arguments of this process."""
    address = urlsplit(Settings.from_environment().dagster_url).hostname
    hosts = frozenset({address} if address else ())
    of_dagster = DagsterWebserver.build_middleware

    def build_middleware(self: DagsterWebserver[Any, Any]) -> list[Middleware]:
        return [Middleware(OwnPagesOnly, hosts=hosts), *of_dagster(self)]

    # No option or setting adds middleware.
    DagsterWebserver.build_middleware = build_middleware  # type: ignore[method-assign]
    cli.main()  # type: ignore[no-untyped-call]


def run_dev(arguments: list[str]) -> None:
    """Run ``dagster dev`` in this process, with this webserver in place of its own."""
    start = getattr(dev, _STARTS)

    def start_guarded(parts: list[str], **more: Any) -> Any:
        ours = "orchestration.lib.operations.guarded_webserver"
        swapped = [ours if part == "dagster_webserver" else part for part in parts]
        return start(swapped, **more)

    setattr(dev, _STARTS, start_guarded)
    dev.dev_command(arguments, prog_name="dagster dev")


if __name__ == "__main__":
    main()
