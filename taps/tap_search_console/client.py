"""Search Console's API: one request, one page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import msgspec
import requests

from taps.api_source.errors import AccessDenied, SourceError
from taps.api_source.google import GoogleAuthorizer
from taps.api_source.http import HttpClient
from taps.api_source.verdicts import Fail, Retry, Verdict, retry_after
from taps.tap_search_console.dates import pacific_date
from taps.tap_search_console.settings import API_URL
from taps.tap_search_console.shared_token import SharedToken

__all__ = ["API_VERSION", "ROW_LIMIT", "SCOPE", "Page", "Query", "Row", "SearchConsole"]

API_VERSION = "v3"
SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"

#: Most rows of one answer.
ROW_LIMIT = 25_000

_QUOTA_REASONS = {"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded"}
# Quotas count minutes: eight attempts wait two of them.
_ATTEMPTS = 8
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Query:
    """What is asked about one property.

    ``dimensions`` follow the date, which is always the first one.
    """

    site_url: str
    search_type: str
    first: date
    last: date
    dimensions: tuple[str, ...]
    data_state: str
    aggregation: str

    @property
    def call(self) -> str:
        """The query in words."""
        days = f"{self.first}" if self.first == self.last else f"since {self.first}"
        by = f" by {' and '.join(self.dimensions)}" if self.dimensions else ""
        return f"{self.site_url} ({self.search_type}) {days}{by}"


@dataclass(frozen=True)
class Row:
    """Clicks and impressions of one combination of the dimensions' values.

    Discover and news have no ``position``; nor has a row that nobody saw, which is
    told all the same.
    """

    day: date
    keys: Mapping[str, str]
    clicks: int
    impressions: int
    position: float | None

    @property
    def was_seen(self) -> bool:
        """Whether it says anything: rows of zeros come and go between answers."""
        return bool(self.clicks or self.impressions)


@dataclass(frozen=True)
class Page:
    """One answer: its rows, and from which date on they may still change."""

    rows: Sequence[Row]
    aggregation: str
    first_incomplete: date | None


class SearchConsole:
    """The API of one Google account."""

    def __init__(
        self, config: Mapping[str, Any], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        base = str(config.get("api_url") or API_URL).rstrip("/")
        self._url = f"{base}/webmasters/{API_VERSION}/sites"
        self._token = SharedToken(GoogleAuthorizer(config, [SCOPE]))
        self._timeout = (_CONNECT_SECONDS, float(config["request_timeout_seconds"]))
        self._sleep = sleep
        self._of_thread = threading.local()

    @property
    def _http(self) -> HttpClient:
        """A client of this thread alone: sessions are not made to be shared."""
        found: HttpClient | None = getattr(self._of_thread, "http", None)
        if found is None:
            found = self._of_thread.http = HttpClient(
                self._token,
                _classify,
                attempts=_ATTEMPTS,
                timeout=self._timeout,
                sleep=self._sleep,
            )
        return found

    def today(self) -> date:
        """The Pacific date, by Google's clock once it was heard."""
        return pacific_date(self._http.now())

    def certain_today(self) -> date:
        """The Pacific date by Google's clock or ours, whichever is behind."""
        return pacific_date(self._http.certain_now())

    def permission_levels(self) -> dict[str, str]:
        """Permission level by property, for all that the account knows."""
        call = "list of properties"
        answer = self._http.json("GET", self._url, call=call)
        entries = answer.get("siteEntry", []) if isinstance(answer, dict) else []
        try:
            return {entry["siteUrl"]: entry["permissionLevel"] for entry in entries}
        except (KeyError, TypeError):
            raise SourceError(
                "the answer does not have the documented shape",
                call=call,
                remedy="Look for a new version of the tap.",
            ) from None

    def page(self, query: Query, start_row: int = 0) -> Page:
        """The rows from ``start_row`` on, at most ``ROW_LIMIT`` of them.

        Raises
        ------
        SourceError
            Google refuses, or answers something else than was asked.
        """
        answer = self._http.json(
            "POST",
            f"{self._url}/{quote(query.site_url, safe='')}/searchAnalytics/query",
            call=query.call,
            json={
                "startDate": query.first.isoformat(),
                "endDate": query.last.isoformat(),
                "dimensions": ["date", *query.dimensions],
                "type": query.search_type,
                "dataState": query.data_state,
                "aggregationType": query.aggregation,
                "rowLimit": ROW_LIMIT,
                "startRow": start_row,
            },
        )
        return _page(answer, query)


class _Metrics(msgspec.Struct):
    keys: list[str]
    clicks: float
    impressions: float
    position: float | None = None


class _Answer(msgspec.Struct, rename="camel"):
    rows: list[_Metrics] = []
    response_aggregation_type: str = ""
    metadata: dict[str, Any] = {}


def _page(answer: Any, query: Query) -> Page:
    try:
        parsed = msgspec.convert(answer, _Answer)
    except msgspec.ValidationError as error:
        raise SourceError(
            f"the answer does not have the documented shape ({error})",
            call=query.call,
            remedy="Look for a new version of the tap.",
        ) from None
    grouped_by = parsed.response_aggregation_type
    if query.aggregation != "auto" and grouped_by not in {"", query.aggregation}:
        raise SourceError(
            f"asked for {query.aggregation}, answered {grouped_by}; the two count "
            "impressions differently and must not be mixed",
            call=query.call,
        )
    metadata = parsed.metadata
    incomplete = metadata.get("first_incomplete_date") or metadata.get(
        "firstIncompleteDate"
    )
    return Page(
        rows=[_row(metrics, query) for metrics in parsed.rows],
        aggregation=grouped_by,
        first_incomplete=date.fromisoformat(incomplete) if incomplete else None,
    )


def _row(metrics: _Metrics, query: Query) -> Row:
    if len(metrics.keys) != 1 + len(query.dimensions):
        raise SourceError(
            f"a row has {len(metrics.keys)} keys for {1 + len(query.dimensions)} "
            "dimensions",
            call=query.call,
        )
    day = date.fromisoformat(metrics.keys[0])
    if not query.first <= day <= query.last:
        raise SourceError(f"a row is of {day}, which was not asked", call=query.call)
    return Row(
        day=day,
        keys=dict(zip(query.dimensions, metrics.keys[1:], strict=True)),
        clicks=int(metrics.clicks),
        impressions=int(metrics.impressions),
        position=metrics.position,
    )


def _classify(response: requests.Response, call: str) -> Verdict | None:
    """What an error of Google means, by its reason; the text is for people."""
    status = response.status_code
    if status not in {400, 403, 404}:
        return None
    reasons, message = _error(response)
    if limits := reasons & _QUOTA_REASONS:
        return Retry(
            f"Search Console's quota is used up ({', '.join(sorted(limits))}), which "
            "it refills within 15 minutes",
            retry_after(response),
        )
    if status == 403:
        return Fail(
            AccessDenied(
                f"no access ({message})",
                call=call,
                remedy=(
                    "Add the connected Google account, or the e-mail of the service "
                    "account, to the property's users in Search Console, and enable "
                    "the Search Console API in its Google Cloud project."
                ),
            )
        )
    if status == 404:
        return None
    return Fail(SourceError(f"Google refuses the request ({message})", call=call))


def _error(response: requests.Response) -> tuple[set[str], str]:
    try:
        error = msgspec.json.decode(response.content)["error"]
        reasons = {str(one.get("reason")) for one in error.get("errors", ())}
        return reasons, str(error.get("message", ""))[:300]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return set(), f"HTTP {response.status_code}"
