"""A server that answers as each test scripts it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Answer:
    """One scripted answer; ``promise`` is the Content-Length, if it is a lie.

    With ``pause`` the body comes byte by byte, so many seconds apart.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    promise: int | None = None
    pause: float = 0.0


@dataclass
class Script:
    """Answers in order, the last one for ever, and the requests that came."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    bytes_dripped: int = 0

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def script() -> Iterator[Script]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    script = Script(f"http://127.0.0.1:{server.server_port}")
    server.script = script  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield script
    server.shutdown()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        script: Script = self.server.script  # type: ignore[attr-defined]
        script.requests.append((self.command, self.path, dict(self.headers)))
        answer = script.next()
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        promised = len(answer.body) if answer.promise is None else answer.promise
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self._write(answer)
        if answer.promise is not None:
            self.close_connection = True

    def _write(self, answer: Answer) -> None:
        if not answer.pause:
            self.wfile.write(answer.body)
            return
        with contextlib.suppress(ConnectionError):
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.server.script.bytes_dripped += 1  # type: ignore[attr-defined]
                time.sleep(answer.pause)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Stay quiet."""
