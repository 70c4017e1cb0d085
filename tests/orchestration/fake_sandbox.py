"""A sandbox that knows one company: ``python -m tests.orchestration.fake_sandbox``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ANSWERS = {
    "/_sandbox/connections": {
        "acme": {
            "name": "Acme of the sandbox",
            "currency_code": "EUR",
            "time_zone": "Europe/Madrid",
            "settings": {
                "counts_free_orders": False,
                "gross_margin_rate": 0.45,
                "payment_fee_per_order": 0.25,
            },
            "connections": {
                "shopify": {
                    "settings": {"shop": "acme"},
                    "secrets": {"client_secret": "sandbox-secret"},
                }
            },
        }
    },
    "/_sandbox/truth": {"acme": {"as_of_date": "2026-01-02"}},
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = json.dumps(ANSWERS[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


def _exit_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--exit-with-parent", action="store_true")
    parser.add_argument("--customers", type=int, default=0)
    parser.add_argument("--today")
    arguments = parser.parse_args()
    if arguments.customers < 0:
        sys.exit("there is no world with fewer than no customers")
    if arguments.exit_with_parent:
        threading.Thread(target=_exit_with_parent, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), _Handler)
    print("making the world", file=sys.stderr, flush=True)
    url = f"http://127.0.0.1:{server.server_port}"
    print(json.dumps({"url": url}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
