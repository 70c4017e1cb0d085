"""Requests to a source, repeated when that helps and never when it does not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import requests
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from taps.api_source.bodies import (
    Unanswered,
    broken_connections_count,
    decoded,
    read_within,
    steadily,
)
from taps.api_source.errors import (
    AccessDenied,
    NoAnswer,
    RateLimited,
    SourceError,
    TokenExpired,
)
from taps.api_source.verdicts import (
    Fail,
    Ok,
    RenewToken,
    Retry,
    Verdict,
    retry_after,
)

__all__ = ["Authorizer", "HttpClient", "NoAuthorization"]

_logger = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

# Longer waits end the run: a schedule comes back, and what was read is kept.
_LONGEST_WAIT_SECONDS = 300.0
_CLOCKS_DIFFER = timedelta(minutes=5)


class Authorizer(Protocol):
    """Gives each request its credentials."""

    def headers(self) -> Mapping[str, str]:
        """Headers of the next request; may fetch the first token."""

    def renew(self) -> bool:
        """Get a new access token; False if this program cannot."""


class NoAuthorization:
    """For sources that are open, or take their key as a parameter."""

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class HttpClient:
    """Asks one source.

    Connection errors, timeouts, cut-off bodies, server errors (5xx) and 429 are tried
    again by themselves, ``attempts`` times in all, waiting as long as the source says
    or else 1, 2, 4 ... seconds. Everything a source says in its own way is judged by
    ``classify``, which sees every complete answer first.

    Parameters
    ----------
    authorizer
        Credentials of each request.
    classify
        Judges an answer; ``None`` leaves it to the status code.
    attempts
        How often a request is sent at most.
    timeout
        Seconds to connect, and seconds for the whole answer to arrive; of a download,
        for each quarter of a MiB.
    longest_wait
        Seconds of a wait that a source may ask for; a longer one ends the run.
    sleep
        How to wait.
    """

    def __init__(  # noqa: PLR0913 - each has a default that serves most sources
        self,
        authorizer: Authorizer,
        classify: Callable[[requests.Response, str], Verdict | None],
        *,
        attempts: int = 6,
        timeout: tuple[float, float] = (10.0, 300.0),
        longest_wait: float = _LONGEST_WAIT_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._authorizer = authorizer
        self._classify = classify
        self._timeout = timeout
        self._longest_wait = longest_wait
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "timonel"
        self._attempts = attempts
        self._sleep = sleep
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The moment by the source's clock, if it is far from ours (aware, UTC)."""
        return _our_now() + self._ahead

    def certain_now(self) -> datetime:
        """The moment by whichever clock is behind (aware, UTC).

        What lies before it is past by both clocks: a bookmark beyond it would skip
        what is still to come, should the other clock be the one that is wrong.
        """
        return min(self.now(), _our_now())

    def send(
        self, method: str, url: str, *, call: str, **options: Any
    ) -> requests.Response:
        """The complete answer to a request.

        Parameters
        ----------
        call
            What is asked for, in words; errors and logs say it.
        options
            ``params``, ``json``, ``data``, ``headers`` as requests takes them.

        Raises
        ------
        SourceError
            The source refuses, or does not answer after all attempts.
        """
        return self._persist(call, lambda: self._ask(method, url, call, options))

    def json(self, method: str, url: str, *, call: str, **options: Any) -> Any:
        """The decoded JSON of an answer; one that is cut off is asked for again.

        Raises
        ------
        SourceError
        """
        return self.parsed(method, url, call=call, parse=decoded, **options)

    def parsed(
        self,
        method: str,
        url: str,
        *,
        call: str,
        parse: Callable[[requests.Response], _Answer],
        **options: Any,
    ) -> _Answer:
        """What ``parse`` makes of an answer; asked again when it is ``Unanswered``.

        Raises
        ------
        SourceError
        """
        return self._persist(call, lambda: parse(self._ask(method, url, call, options)))

    def download(self, url: str, path: Path, *, call: str) -> int:
        """Put a body of any size into a file, whole, and return its bytes.

        The URL carries its own signature, so no credentials are sent.

        Raises
        ------
        SourceError
        """

        def fetch() -> int:
            with self._answer("GET", url, {}) as response:
                if response.status_code >= 400:
                    self._refuse(response, call)
                with path.open("wb") as file:
                    for piece in steadily(response, self._timeout[1]):
                        file.write(piece)
                return path.stat().st_size

        return self._persist(call, fetch)

    def _persist(self, call: str, ask: Callable[[], _Answer]) -> _Answer:
        retrying = Retrying(
            retry=retry_if_exception_type(Unanswered),
            stop=stop_after_attempt(self._attempts),
            wait=_wait,
            sleep=self._sleep,
            before_sleep=lambda state: _announce(call, state),
            reraise=True,
        )
        try:
            return retrying(broken_connections_count(ask))
        except Unanswered as failure:
            lost = NoAnswer(
                f"no usable answer after {self._attempts} attempts ({failure})",
                call=call,
                remedy="Nothing that was read is lost; run it again later.",
            )
            lost.wait_seconds = failure.wait_seconds
            raise lost from None

    def _ask(
        self, method: str, url: str, call: str, options: Mapping[str, Any]
    ) -> requests.Response:
        response = self._authorized(method, url, options)
        verdict = self._judge(response, call)
        if isinstance(verdict, RenewToken):
            if not self._authorizer.renew():
                raise TokenExpired(
                    verdict.reason, call=call, remedy="Connect the source again."
                )
            response = self._authorized(method, url, options)
            verdict = self._judge(response, call)
            if isinstance(verdict, RenewToken):
                raise AccessDenied(
                    f"a new access token is refused too: {verdict.reason}",
                    call=call,
                    remedy="Connect the source again.",
                )
        if isinstance(verdict, Fail):
            raise verdict.error
        if isinstance(verdict, Retry):
            raise _waiting(verdict, call, self._longest_wait)
        return response

    def _authorized(
        self, method: str, url: str, options: Mapping[str, Any]
    ) -> requests.Response:
        headers = {**self._authorizer.headers(), **options.get("headers", {})}
        # Only one of the headers that may hold a token is kept back by requests.
        options = {**options, "headers": headers, "allow_redirects": False}
        with self._answer(method, url, options) as response:
            read_within(response, self._timeout[1])
        self._compare_clocks(response)
        return response

    def _answer(
        self, method: str, url: str, options: Mapping[str, Any]
    ) -> requests.Response:
        return self._session.request(
            method, url, timeout=self._timeout, stream=True, **options
        )

    def _judge(self, response: requests.Response, call: str) -> Verdict:
        verdict = self._classify(response, call)
        if verdict is not None:
            return verdict
        if response.status_code == 429 or response.status_code >= 500:
            reason = f"HTTP {response.status_code}"
            return Retry(reason, retry_after(response))
        if response.status_code == 401:
            return RenewToken("the access token is not accepted (HTTP 401)")
        if response.status_code >= 400:
            return Fail(_refusal(response, call))
        if response.status_code >= 300:
            return Fail(_moved(response, call))
        return Ok()

    def _refuse(self, response: requests.Response, call: str) -> None:
        if response.status_code == 429 or response.status_code >= 500:
            verdict = Retry(f"HTTP {response.status_code}", retry_after(response))
            raise _waiting(verdict, call, self._longest_wait)
        raise _refusal(response, call)

    def _compare_clocks(self, response: requests.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError):
            return
        ahead = theirs - _our_now()
        if abs(ahead) <= _CLOCKS_DIFFER:
            self._ahead = timedelta(0)
        elif abs(ahead - self._ahead) > _CLOCKS_DIFFER:
            _logger.warning(
                "The source's clock differs from ours by %s; its clock counts", ahead
            )
            self._ahead = ahead


def _our_now() -> datetime:
    return datetime.now(UTC)


def _waiting(verdict: Retry, call: str, longest_wait: float) -> Exception:
    seconds = verdict.wait_seconds
    if seconds is not None and seconds > longest_wait:
        return RateLimited(
            f"{verdict.reason}; the source asks to wait {seconds:.0f} s",
            call=call,
            remedy="What was read is kept; run it again after that.",
        )
    return Unanswered(verdict.reason, seconds)


_backoff = wait_exponential_jitter(initial=1, max=60)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_seconds if isinstance(error, Unanswered) else None
    return _backoff(state) if asked is None else asked


def _announce(call: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    _logger.warning("%s: %s; trying again in %.0f s", call, error, wait)


def _moved(response: requests.Response, call: str) -> SourceError:
    return SourceError(
        f"the source sends us to another address (HTTP {response.status_code})",
        call=call,
        remedy="Credentials are not taken there; correct the address in the settings.",
    )


def _refusal(response: requests.Response, call: str) -> SourceError:
    status = response.status_code
    kind = AccessDenied if status in {401, 402, 403, 423} else SourceError
    remedy = {
        401: "Connect the source again.",
        403: "Give the connection access to what is asked for.",
        404: "Check the name, the account and api_url of the connection.",
    }.get(status, "")
    body = response.text[:200].strip() if response._content else ""
    return kind(f"HTTP {status} {body}".strip(), call=call, remedy=remedy)
