"""Calls to the Graph API: errors by code, pages by cursor, pace by usage."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import requests

from taps.api_source.errors import RateLimited, SourceError
from taps.api_source.http import HttpClient
from taps.api_source.verdicts import Fail, Ok, Retry, Verdict
from taps.tap_meta_ads.auth import MetaAuthorizer
from taps.tap_meta_ads.errors import (
    GraphError,
    Kind,
    Unexplained,
    failure,
    graph_error,
)
from taps.tap_meta_ads.usage import usage_of

__all__ = ["MetaAds"]

_logger = logging.getLogger(__name__)

_PAGE_ROWS = 500
_SMALLEST_PAGE = 25
# How often an error without a reason is believed to pass, before less is asked for.
_UNEXPLAINED_ATTEMPTS = 3
_CONNECT_SECONDS = 10.0
_LONGEST_WAIT_SECONDS = 3_600.0
# When throttled without a word on how long: what the standard tier is blocked for.
_BLOCKED_SECONDS = 60.0


class MetaAds:
    """The Marketing API of one token.

    Parameters
    ----------
    sleep
        How to wait.
    attempts
        How often a request is sent at most.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        sleep: Callable[[float], None] = time.sleep,
        *,
        attempts: int = 6,
    ) -> None:
        self._root = f"{config['api_url'].rstrip('/')}/{config['api_version']}"
        self._version = str(config["api_version"])
        self._authorizer = MetaAuthorizer(config)
        self._http = HttpClient(
            self._authorizer,
            self._classify,
            attempts=attempts,
            timeout=(_CONNECT_SECONDS, float(config["request_timeout_seconds"])),
            longest_wait=_LONGEST_WAIT_SECONDS,
            sleep=sleep,
        )
        self.sleep = sleep
        self._pause = 0.0
        self._unexplained = 0
        self.served_version: str | None = None
        """The version that answered, where Meta says so."""

    def now(self) -> datetime:
        """The moment by Meta's clock (aware, UTC)."""
        return self._http.now()

    def certain_now(self) -> datetime:
        """The moment by Meta's clock or ours, whichever is behind (aware, UTC)."""
        return self._http.certain_now()

    def get(self, path: str, *, call: str, **parameters: Any) -> dict[str, Any]:
        """The object at a path below the version.

        Raises
        ------
        SourceError
        """
        return self._ask("GET", path, call, {"params": self._all(parameters)})

    def post(self, path: str, *, call: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a form sent to a path.

        Raises
        ------
        SourceError
        """
        return self._ask("POST", path, call, {"data": self._all(parameters)})

    def delete(self, path: str, *, call: str, **parameters: Any) -> dict[str, Any]:
        """The answer to taking away what a form sent to a path names.

        Raises
        ------
        SourceError
        """
        return self._ask("DELETE", path, call, {"data": self._all(parameters)})

    def pages(
        self, path: str, *, call: str, **parameters: Any
    ) -> Iterator[dict[str, Any]]:
        """Every page of a list.

        There is another page only while ``paging.next`` is there: the last one has a
        cursor too. The address in ``next`` holds the token, so only its cursor is used.
        Where Meta fails time and again, pages become smaller.

        Raises
        ------
        SourceError
        """
        cursor: dict[str, str] = {}
        seen: set[str] = set()
        size = _PAGE_ROWS
        while True:
            try:
                page = self.get(path, call=call, limit=size, **parameters, **cursor)
            except Unexplained:
                if size <= _SMALLEST_PAGE:
                    raise
                size = max(_SMALLEST_PAGE, size // 2)
                _logger.warning("%s: asking for %d rows at a time", call, size)
                continue
            if "data" not in page:
                raise SourceError("the answer has no data", call=call)
            yield page
            address = page.get("paging", {}).get("next")
            if not address:
                return
            after = parse_qs(urlsplit(address).query).get("after", [""])[0]
            if not after or after in seen:
                raise SourceError("the pages go round in a circle", call=call)
            seen.add(after)
            cursor = {"after": after}

    def _all(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {**parameters, **self._authorizer.parameters}

    def _ask(
        self, method: str, path: str, call: str, options: dict[str, Any]
    ) -> dict[str, Any]:
        self._keep_pace(call)
        answer = self._http.json(method, f"{self._root}/{path}", call=call, **options)
        if not isinstance(answer, dict):
            raise SourceError("the answer is not an object", call=call)
        return answer

    def _keep_pace(self, call: str) -> None:
        seconds, self._pause = self._pause, 0.0
        if seconds > _LONGEST_WAIT_SECONDS:
            raise RateLimited(
                f"Meta gives access again in {seconds / 60:.0f} minutes",
                call=call,
                remedy="What was read is kept; run it again after that.",
            )
        if seconds:
            _logger.info("%s: Meta asks for a slower pace; %.0f s", call, seconds)
            self.sleep(seconds)

    def _classify(self, response: requests.Response, call: str) -> Verdict | None:
        usage = usage_of(response.headers)
        self._pause = usage.pause_seconds
        self._note_version(response)
        error = _error_in(response)
        if error is None:
            self._unexplained = 0
            return None if response.status_code >= 400 else Ok()
        found = graph_error(error, secrets=self._authorizer.secrets)
        if found.kind is Kind.THROTTLED:
            self._pause = 0.0
            wait = usage.minutes_to_regain * 60 or _BLOCKED_SECONDS
            return Retry(f"Meta says: {found}", wait)
        if found.kind is Kind.TRANSIENT or self._may_pass(found, response):
            return Retry(f"Meta says: {found}")
        if found.kind is Kind.OTHER and response.status_code >= 500:
            return None
        return Fail(failure(found, call))

    def _may_pass(self, found: GraphError, response: requests.Response) -> bool:
        """Whether an error without a reason is asked away, before less is asked for."""
        if found.kind is not Kind.UNKNOWN:
            return False
        self._unexplained += 1
        if self._unexplained < _UNEXPLAINED_ATTEMPTS or not _is_question(response):
            return True
        self._unexplained = 0
        return False

    def _note_version(self, response: requests.Response) -> None:
        served = response.headers.get("facebook-api-version")
        if served and served != self.served_version:
            self.served_version = served
            if served != self._version:
                _logger.warning(
                    "Meta answers with %s instead of %s: set api_version to it once "
                    "its changes are known",
                    served,
                    self._version,
                )


def _is_question(response: requests.Response) -> bool:
    """Whether less may be asked for: what writes cannot be asked in parts."""
    asked = response.request
    path = urlsplit(asked.url or "").path
    return asked.method == "GET" or path.endswith("/insights")


def _error_in(response: requests.Response) -> dict[str, Any] | None:
    # Errors are short, and pages of rows too long to be decoded twice.
    if response.status_code < 400 and b'"error"' not in response.content[:200]:
        return None
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return None
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else None
