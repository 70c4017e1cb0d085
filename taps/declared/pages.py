"""Where a read is among the pages of an answer, and how fast it may go on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from taps.api_source.whole_reads import Damaged
from taps.declared.api_declaration import Paging, Rate
from taps.declared.columns import value_at

__all__ = ["Answer", "Pace", "Position"]


class Answer(NamedTuple):
    """A decoded body (None: of nothing), and what the Link header calls next."""

    body: Any
    link: str | None = None


class Position:
    """Where a read is among the pages."""

    def __init__(self, paging: Paging) -> None:
        self._paging = paging
        self._at: Any = None
        if paging.kind == "offset":
            self._at = paging.first or 0
        if paging.kind == "page":
            self._at = 1 if paging.first is None else paging.first
        self._seen: set[str] = set()
        self.url: str | None = None

    def placed(self, params: Mapping[str, Any], json: Any) -> tuple[Any, Any]:
        """The question with the position in it."""
        param = self._paging.param
        if self._at is None or not param:
            return params, json
        if self._paging.into == "query":
            known = set(self._paging.first_only)
            kept = {name: params[name] for name in params if name not in known}
            return {**kept, param: self._at}, json
        return params, _with(json or {}, param.split("."), self._at)

    def moves(self, answer: Answer, records: list[Any], call: str) -> bool:
        """Whether there is another page; the position is then that of it."""
        match self._paging.kind:
            case "none":
                return False
            case "offset" | "page":
                is_page = self._paging.kind == "page"
                self._at += 1 if is_page else len(records)
                return len(records) >= (self._paging.size or 1)
            case "link":
                self.url = answer.link
                return self._is_new(answer.link, call)
            case "next_url":
                found = value_at(answer.body, str(self._paging.next))
                self.url = found or None
                return self._is_new(found, call)
            case _:
                self._at = self._cursor(answer.body, records)
                return self._is_new(self._at, call)

    def _cursor(self, body: Any, records: list[Any]) -> Any:
        paging = self._paging
        if paging.more and not value_at(body, paging.more):
            return None
        if paging.ended and value_at(body, paging.ended):
            return None
        if paging.of == "record":
            return value_at(records[-1], str(paging.next)) if records else None
        return value_at(body, str(paging.next))

    def _is_new(self, cursor: Any, call: str) -> bool:
        if cursor is None or cursor == "":
            return False
        if str(cursor) in self._seen:
            raise Damaged(
                "the source names the same next page twice",
                call=call,
                remedy="Nothing is lost; run it again.",
            )
        self._seen.add(str(cursor))
        return True


def _with(json: Any, path: list[str], value: Any) -> Any:
    """The body with another value at a place, which may be in a list."""
    if not path:
        return value
    first, *rest = path
    if isinstance(json, list):
        place = int(first)
        return [*json[:place], _with(json[place], rest, value), *json[place + 1 :]]
    return {**json, first: _with(json.get(first, {}), rest, value)}


class Pace:
    """Waits so that no more requests are sent than the source allows."""

    def __init__(self, rate: Rate | None, sleep: Callable[[float], None]) -> None:
        self._rate, self._sleep = rate, sleep
        self._sent: deque[float] = deque(maxlen=rate.requests if rate else 1)

    def wait(self) -> None:
        """Until the next request may be sent."""
        if self._rate and len(self._sent) == self._rate.requests:
            wait = self._sent[0] + self._rate.seconds - time.monotonic()
            if wait > 0:
                self._sleep(wait)
        self._sent.append(time.monotonic())
