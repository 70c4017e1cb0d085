"""The double at an address, answering as a real server does."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.metabase.server.contract import Refused
from tests.metabase.server.double import Died, FakeMetabase
from tests.metabase.server.recorded import as_recorded, status_of

__all__ = ["reached", "serving"]

_TYPE = "application/json;charset=utf-8"


class _Desk:
    """Takes one request at a time, as text, and gives the text of its answer."""

    def __init__(self, fake: FakeMetabase) -> None:
        self._fake = fake
        self._lock = threading.Lock()

    def answer(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Status and payload; raises Died when nobody will hear of it."""
        who = {name.lower(): value for name, value in headers.items()}
        try:
            with self._lock:
                content = self._fake.answer(method, url, json.loads(body or "{}"), who)
            path = urlsplit(url).path
            told = json.dumps(as_recorded(method, path, content), default=str)
            return status_of(method, path), told.encode()
        except Refused as refusal:
            # As text, not as JSON.
            return refusal.status, str(refusal).encode()


@contextmanager
def serving(fake: FakeMetabase) -> Iterator[str]:
    """Serve the double on a free port of 127.0.0.1; gives its URL."""
    with _served(_Desk(fake)) as url:
        yield url


@contextmanager
def reached(fake: FakeMetabase) -> Iterator[str]:
    """The same, but what this process asks comes to it without the network.

    A session prepares the same request and gets the same text back, for a third of
    the seconds. `test_client.py`, `test_official_client.py` and the commands in
    `test_apply.py` speak over the port.
    """
    desk = _Desk(fake)
    send = HTTPAdapter.send

    def shortcut(
        self: HTTPAdapter, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        if not str(request.url).startswith(f"{url}/"):
            return send(self, request, **options)
        return _brought(desk, request)

    with _served(desk) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", shortcut)
        yield url


def _brought(desk: _Desk, request: requests.PreparedRequest) -> requests.Response:
    body = request.body or b""
    answer = requests.Response()
    try:
        answer.status_code, payload = desk.answer(
            str(request.method),
            request.path_url,
            body.encode() if isinstance(body, str) else body,
            request.headers,
        )
    except Died:
        raise requests.ConnectionError("closed without an answer") from None
    answer.headers["Content-Type"] = _TYPE
    answer.encoding = "utf-8"
    answer.raw = io.BytesIO(payload)
    answer.url, answer.request = str(request.url), request
    return answer


@contextmanager
def _served(desk: _Desk) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        # One connection for many requests, one packet for each answer.
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = dict(self.headers.items())
            try:
                status, payload = desk.answer(self.command, self.path, body, headers)
            except Died:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", _TYPE)
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
