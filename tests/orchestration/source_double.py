"""A source's authorisation server and nothing else, on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass
class AuthorizationServer:
    """Approves at once; refresh tokens work once; remembers what it was sent."""

    url: str = ""
    valid_refresh_token: str = "refresh-token-0"
    forms: list[dict[str, str]] = field(default_factory=list)
    challenges: dict[str, str] = field(default_factory=dict)
    forged_state: str | None = None
    refusal: str | None = None

    def approve(self, query: dict[str, str]) -> str:
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = query.get("code_challenge", "")
        answer = {"state": self.forged_state or query["state"]}
        answer |= {"error": self.refusal} if self.refusal else {"code": code}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.forms.append(form)
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.valid_refresh_token:
                return 400, {"error": "invalid_grant"}
        elif form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if self.challenges.pop(form["code"], None) != challenge:
                return 400, {"error": "invalid_grant"}
        number = len(self.forms)
        self.valid_refresh_token = f"refresh-token-{number}"
        return 200, {
            "access_token": f"access-token-{number}",
            "refresh_token": self.valid_refresh_token,
            "expires_in": 3600,
            "token_type": "bearer",
        }


@contextmanager
def authorization_server() -> Iterator[AuthorizationServer]:
    source = AuthorizationServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            self.send_response(302)
            self.send_header("Location", source.approve(query))
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer = source.token(dict(parse_qsl(body)))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        source.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield source
        server.shutdown()
