"""One source, asked as its declaration says: address, credentials, pages, errors."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
import requests

from taps.api_source.bodies import decoded, decoded_lines
from taps.api_source.errors import (
    AccessDenied,
    RateLimited,
    SourceError,
    TokenExpired,
)
from taps.api_source.http import HttpClient
from taps.api_source.verdicts import (
    Fail,
    Ok,
    RenewToken,
    Retry,
    Verdict,
    retry_after,
)
from taps.declared.api_declaration import Api, ErrorRule, Paging, Request
from taps.declared.authorization import authorizer, key_parameters
from taps.declared.columns import value_at
from taps.declared.pages import Answer, Pace, Position
from taps.declared.templates import filled

__all__ = ["DeclaredApi"]

_CONNECT_SECONDS = 10.0
_SHOWN_CHARACTERS = 300


class DeclaredApi:
    """The API of a declared source.

    Parameters
    ----------
    config
        Settings of the tap; ``api_url`` stands for the declared base.
    sleep
        How to wait.
    """

    def __init__(
        self,
        api: Api,
        config: Mapping[str, Any],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api, self._config = api, config
        version = api.version.pinned if api.version else ""
        self._known = {**config, "version": version}
        base = config.get("api_url") or filled(api.base, self._known)
        self._base = str(base).rstrip("/")
        self._pace = Pace(api.rate, sleep)
        seconds = float(config["request_timeout_seconds"])
        self._http = HttpClient(
            authorizer(api.auth, config, sleep),
            self._classify,
            timeout=(min(_CONNECT_SECONDS, seconds), seconds),
            sleep=sleep,
        )

    def now(self) -> datetime:
        """The moment by the source's clock, if it is far from ours (aware, UTC)."""
        return self._http.now()

    def certain_now(self) -> datetime:
        """The moment by whichever clock is behind (aware, UTC)."""
        return self._http.certain_now()

    def pages(
        self,
        request: Request,
        paging: Paging,
        values: Mapping[str, Any],
        records: Callable[[Any, str], list[Any]],
        call: str,
    ) -> Iterator[tuple[Any, list[Any]]]:
        """The decoded answers to a question, page by page, and the records of each.

        Parameters
        ----------
        records
            Finds the records of an answer (None: one of nothing); is told the call.

        Raises
        ------
        SourceError
        """
        known = {**self._known, **values}
        path = str(filled(request.path, known))
        url = path if path.startswith("https://") else f"{self._base}{path}"
        params, json = filled(request.params, known), filled(request.json, known)
        if paging.size_param:
            params |= {paging.size_param: paging.size}
        position = Position(paging)
        for number in range(1, 1_000_000):
            query, body = position.placed(params, json)
            of_page = f"{call}, page {number}" if number > 1 else call
            answer = self._ask(request.method, url, of_page, query, body)
            found = records(answer.body, of_page)
            yield answer.body, found
            if not position.moves(answer, found, of_page):
                return
            if position.url:
                url, params = self._own(urljoin(url, position.url), of_page), {}

    def ask(self, request: Request, values: Mapping[str, Any], call: str) -> Any:
        """The decoded answer to one question.

        Raises
        ------
        SourceError
        """
        pages = self.pages(request, Paging(), values, lambda *_: [], call)
        return next(pages)[0]

    def _ask(
        self, method: str, url: str, call: str, params: Mapping[str, Any], json: Any
    ) -> Answer:
        self._pace.wait()
        version = self._api.version
        headers = dict(self._api.headers)
        if version and version.header:
            headers[version.header] = version.pinned
        options: dict[str, Any] = {"headers": headers} if headers else {}
        options["params"] = {**params, **key_parameters(self._api.auth, self._config)}
        if json is not None:
            options["json"] = json
        return self._http.parsed(method, url, call=call, parse=self._parsed, **options)

    def _parsed(self, response: requests.Response) -> Answer:
        rule = self._rule(response)
        if rule and rule.kind == "nothing":
            return Answer(None)
        if self._api.format == "csv":
            text = response.content.decode("utf-8-sig")
            return Answer(list(csv.DictReader(io.StringIO(text))))
        if self._api.format == "jsonl":
            return Answer(list(decoded_lines(response)))
        return Answer(decoded(response), response.links.get("next", {}).get("url"))

    def _own(self, url: str, call: str) -> str:
        """The address of the next page, which credentials are sent to."""
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            raise SourceError(
                "the next page is at another address",
                call=call,
                remedy="Credentials are not taken there; correct api_url.",
            )
        return url

    def _classify(self, response: requests.Response, call: str) -> Verdict | None:
        rule = self._rule(response)
        if rule is None:
            return None
        said = self._error_text(response)
        problem = " ".join(filter(None, (rule.problem, f"({said})" if said else "")))
        problem = problem or f"HTTP {response.status_code}"
        match rule.kind:
            case "nothing":
                return Ok()
            case "retry":
                return Retry(problem, retry_after(response))
            case "expired":
                return RenewToken(problem)
            case _:
                kind = _ERRORS[rule.kind]
                return Fail(kind(problem, call=call, remedy=rule.remedy))

    def _rule(self, response: requests.Response) -> ErrorRule | None:
        status = response.status_code
        for rule in self._api.errors:
            if status in rule.status or (not rule.status and status >= 400):
                text = self._error_text(response)
                if rule.says is None or re.search(rule.says, text, re.IGNORECASE):
                    return rule
        return None

    def _error_text(self, response: requests.Response) -> str:
        """The source's own words, without the secrets that were sent to it."""
        text = response.text
        if self._api.message:
            try:
                answer = msgspec.json.decode(response.content)
            except msgspec.DecodeError:
                answer = None
            text = str(value_at(answer, self._api.message) or "")
        for name in (self._api.auth.secret, self._api.auth.password):
            if name and self._config.get(name):
                text = text.replace(str(self._config[name]), "***")
        return text[:_SHOWN_CHARACTERS].strip()


_ERRORS: dict[str, type[SourceError]] = {
    "denied": AccessDenied,
    "limited": RateLimited,
    "refused": SourceError,
    "expired": TokenExpired,
}
