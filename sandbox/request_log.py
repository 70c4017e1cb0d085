"""The requests that were served, for tests to look at; without secrets."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

__all__ = ["RequestLog", "ServedRequest", "without_secrets"]

_KEPT: Final = 100_000
_SECRETS: Final = ("token", "secret", "code", "proof", "key", "assertion", "password")
_HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request and how it was answered; `status` 0: it was never answered."""

    method: str
    path: str
    query: str
    status: int
    bytes: int


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: deque[ServedRequest] = deque(maxlen=_KEPT)

    def add(self, request: ServedRequest) -> None:
        """Note a request."""
        with self._lock:
            self._requests.append(request)

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._requests.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """All of them as JSON."""
        with self._lock:
            return [asdict(request) for request in self._requests]


def without_secrets(query: str) -> str:
    """A query string in which nothing secret is left."""
    return urlencode(
        [
            (name, _HIDDEN if _is_secret(name) else value)
            for name, value in parse_qsl(query, keep_blank_values=True)
        ],
        safe="*",
    )


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRETS)
