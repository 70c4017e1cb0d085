"""The double on a port, answering as a real server does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.metabase.server.contract import Refused
from tests.metabase.server.double import Died, FakeMetabase
from tests.metabase.server.recorded import as_recorded, status_of

__all__ = ["serving"]


@contextmanager
def serving(fake: FakeMetabase) -> Iterator[str]:
    """Serve the double on a free port of 127.0.0.1; gives its URL."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        # One connection for many requests, one packet for each answer.
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            who = {name.lower(): value for name, value in self.headers.items()}
            try:
                with lock:
                    content = fake.answer(self.command, self.path, body, who)
                path = urlsplit(self.path).path
                status = status_of(self.command, path)
                payload = json.dumps(
                    as_recorded(self.command, path, content), default=str
                ).encode()
            except Died:
                self.close_connection = True
                return
            except Refused as refusal:
                # As text, not as JSON.
                status, payload = refusal.status, str(refusal).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Keep test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
