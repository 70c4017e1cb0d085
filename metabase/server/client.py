"""Speak to one Metabase over its REST interface."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from metabase.content.errors import MetabaseError

__all__ = [
    "SUPPORTED",
    "Admin",
    "Metabase",
    "check_version",
    "sign_in",
    "wait_until_healthy",
]

SUPPORTED = ((0, 60), (0, 64))
"""First and last version, both included, whose answers this code knows."""

_REQUEST_TIMEOUT_SECONDS = 60
_PAUSE_SECONDS = 3.0
_SHOWN = 400
_UNAUTHORISED, _SERVER_ERROR = 401, 500


@dataclass(frozen=True)
class Admin:
    """The account that provisions; made at first boot, used from then on.

    With an ``api_key`` nobody signs in, and there has to be an account already.
    """

    email: str
    password: str = field(repr=False)
    api_key: str | None = field(default=None, repr=False)


class Metabase:
    """One server, spoken to as one user."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = _session_for(self.url)

    def get(self, path: str, **query: str) -> Any:
        """Read; raises MetabaseError on any answer that is not a success."""
        return self._send("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Create; never retried, because a second POST makes a second thing."""
        return self._send("POST", path, json=body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Replace the keys that are sent."""
        return self._send("PUT", path, json=body)

    def delete(self, path: str) -> Any:
        """Deactivate an account; nothing else here is ever deleted."""
        return self._send("DELETE", path)

    def use_key(self, api_key: str) -> None:
        """Act as an API key from now on."""
        self._session.headers["X-API-Key"] = api_key

    def use_session(self, session_id: str) -> None:
        """Act as a signed-in user from now on."""
        self._session.headers["X-Metabase-Session"] = session_id

    def is_healthy(self) -> bool:
        """Whether it answers and has finished its own migrations."""
        try:
            answer = self._session.get(
                f"{self.url}/api/health", timeout=_REQUEST_TIMEOUT_SECONDS
            )
        except (requests.ConnectionError, requests.Timeout):
            # While it boots it may take a connection and say nothing.
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
            raise MetabaseError(
                f"{method} {path}: no answer from {self.url}: {error}; look whether "
                "Metabase runs and at its log, then run the same again: it continues"
            ) from error
        if not answer.ok:
            said = _told(answer.text)[:_SHOWN]
            raise MetabaseError(
                f"{method} {path} was refused ({answer.status_code}): {said}"
                f"{_advice(answer.status_code, path)}",
                answer.status_code,
            )
        return answer.json() if answer.content else None


def _told(text: str) -> str:
    """What a refusal says: of a body that it does not take, of which keys and why."""
    try:
        errors = json.loads(text)["errors"]
        return "; ".join(f"{key}: {why}" for key, why in errors.items()) or text
    except (ValueError, LookupError, TypeError, AttributeError):
        return text


def _session_for(url: str) -> requests.Session:
    """A session with the proxy, certificates and netrc of the environment.

    Left alone, requests would look for them again before each request, which takes
    longer than the request.
    """
    session = requests.Session()
    told = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify = told["proxies"], told["verify"]
    session.auth = requests.utils.get_netrc_auth(url)
    session.trust_env = False
    return session


def _advice(status: int, path: str) -> str:
    if status == _UNAUTHORISED and path != "/api/session":
        return (
            "; the API key is wrong or was revoked, or the session has ended: make a "
            "new key in Metabase (Admin, Authentication, API keys) and set "
            "METABASE_API_KEY, or leave it empty to sign in with the password"
        )
    if status == _UNAUTHORISED:
        return (
            "; set METABASE_ADMIN_EMAIL and METABASE_ADMIN_PASSWORD to those of an "
            "administrator of this Metabase"
        )
    if status >= _SERVER_ERROR:
        return "; look at Metabase's log, then run the same again: it continues"
    return ""


def wait_until_healthy(
    metabase: Metabase,
    *,
    seconds: float,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Wait for the server, telling so; a first boot migrates for minutes.

    Raises
    ------
    MetabaseError
        It was not ready after ``seconds``.
    """
    start = clock()
    while not metabase.is_healthy():
        waited = clock() - start
        if waited >= seconds:
            raise MetabaseError(
                f"{metabase.url} was not healthy after {seconds:.0f} seconds; "
                "look at its log, or wait longer with --wait-seconds"
            )
        tell(f"{metabase.url} is not ready: waited {waited:.0f} of {seconds:.0f} s")
        sleep(_PAUSE_SECONDS)


def check_version(properties: Mapping[str, Any]) -> None:
    """Refuse a server whose answers this code was not written for.

    Raises
    ------
    MetabaseError
        It is older, newer, or does not say.
    """
    tag = str(properties.get("version", {}).get("tag"))
    told = re.match(r"v?(\d+)\.(\d+)", tag)
    version = tuple(map(int, told.groups())) if told else (0, 0)
    # The paid edition counts as v1.x what the open one counts as v0.x.
    version = (0, version[1])
    if not SUPPORTED[0] <= version <= SUPPORTED[1]:
        first, last = (".".join(map(str, one)) for one in SUPPORTED)
        raise MetabaseError(
            f"this Metabase is {tag}; supported are {first} to {last}: run such an "
            "image (docker-compose.yml pins one) and take a backup before changing it"
        )


def sign_in(metabase: Metabase, admin: Admin, *, language: str) -> bool:
    """Create the first account if there is none, then act as the admin.

    The setup token is read from the server: an environment variable for it is
    ignored by current versions. Gives whether the account was created.

    Raises
    ------
    MetabaseError
        The server is set up already and does not accept this account.
    """
    if admin.api_key:
        metabase.use_key(admin.api_key)
        metabase.get("/api/user/current")
        return False
    properties = metabase.get("/api/session/properties")
    is_new = not properties["has-user-setup"]
    if is_new:
        session = metabase.post(
            "/api/setup", _first_account(properties, admin, language)
        )
    else:
        login = {"username": admin.email, "password": admin.password}
        session = metabase.post("/api/session", login)
    metabase.use_session(session["id"])
    return is_new


def _first_account(
    properties: Mapping[str, Any], admin: Admin, language: str
) -> dict[str, Any]:
    return {
        "token": properties["setup-token"],
        "user": {
            "first_name": "Timonel",
            "last_name": "Admin",
            "email": admin.email,
            "password": admin.password,
        },
        "prefs": {"site_name": "Timonel", "site_locale": language},
    }
