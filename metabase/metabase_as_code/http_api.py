"""Speak to one Metabase over its REST interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from metabase.metabase_as_code.errors import MetabaseError

__all__ = ["Admin", "Metabase", "sign_in", "wait_until_healthy"]

_REQUEST_TIMEOUT_SECONDS = 60
_PAUSE_SECONDS = 3.0
_SHOWN = 400


@dataclass(frozen=True)
class Admin:
    """The account that provisions; made at first boot, used from then on."""

    email: str
    password: str = field(repr=False)


class Metabase:
    """One server. ``changes`` lists, in words, what was written to it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.changes: list[str] = []
        self._session = requests.Session()

    def get(self, path: str, **query: str) -> Any:
        """Read; raises MetabaseError on any answer that is not a success."""
        return self._send("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Create; never retried, because a second POST makes a second thing."""
        return self._send("POST", path, json=body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Replace the keys that are sent."""
        return self._send("PUT", path, json=body)

    def use_session(self, session_id: str) -> None:
        """Act as a signed-in user from now on."""
        self._session.headers["X-Metabase-Session"] = session_id

    def is_healthy(self) -> bool:
        """Whether it answers and has finished its own migrations."""
        try:
            answer = self._session.get(
                f"{self.url}/api/health", timeout=_REQUEST_TIMEOUT_SECONDS
            )
        except requests.ConnectionError:
            return False
        return answer.ok

    def _send(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._session.request(
                method,
                f"{self.url}{path}",
                timeout=_REQUEST_TIMEOUT_SECONDS,
                **content,
            )
        except requests.RequestException as error:
            raise MetabaseError(f"{method} {path}: no answer: {error}") from error
        if not answer.ok:
            said = answer.text[:_SHOWN]
            raise MetabaseError(
                f"{method} {path} was refused ({answer.status_code}): {said}"
            )
        return answer.json() if answer.content else None


def wait_until_healthy(
    metabase: Metabase,
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Wait for the server; a first boot migrates for minutes.

    Raises
    ------
    MetabaseError
        It was not ready after ``seconds``.
    """
    deadline = clock() + seconds
    while not metabase.is_healthy():
        if clock() >= deadline:
            raise MetabaseError(
                f"{metabase.url} was not healthy after {seconds:.0f} seconds; "
                "look at its log, or wait longer with --wait-seconds"
            )
        sleep(_PAUSE_SECONDS)


def sign_in(metabase: Metabase, admin: Admin, *, language: str) -> None:
    """Create the first account if there is none, then act as the admin.

    The setup token is read from the server: an environment variable for it is
    ignored by current versions.

    Raises
    ------
    MetabaseError
        The server is set up already and does not accept this account.
    """
    properties = metabase.get("/api/session/properties")
    if properties["has-user-setup"]:
        login = {"username": admin.email, "password": admin.password}
        session = metabase.post("/api/session", login)
    else:
        session = metabase.post(
            "/api/setup",
            {
                "token": properties["setup-token"],
                "user": {
                    "first_name": "Timonel",
                    "last_name": "Admin",
                    "email": admin.email,
                    "password": admin.password,
                },
                "prefs": {"site_name": "Timonel", "site_locale": language},
            },
        )
        metabase.changes.append(f"created the first account {admin.email}")
    metabase.use_session(session["id"])
