"""A webhook that takes everything, and remembers the titles."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Webhook", "listening"]


@dataclass(frozen=True)
class Webhook:
    """Titles in the order they came."""

    titles: list[str] = field(default_factory=list)


@contextmanager
def listening(port: int) -> Iterator[Webhook]:
    """A webhook on a port of this machine, for the block."""
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            hook.titles.append(json.loads(self.rfile.read(length))["title"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield hook
    server.shutdown()
    server.server_close()
