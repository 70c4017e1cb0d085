"""Queries to the Google Ads API over REST.

Source: developers.google.com/google-ads/api/rest/common/search. Pages have 10,000 rows
and no other size; a page with a token costs no operation.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from taps.api_source.errors import SourceError
from taps.api_source.google import GoogleAuthorizer
from taps.api_source.http import HttpClient
from taps.api_source.whole_reads import Damaged
from taps.tap_google_ads.errors import PageTokenExpired, classify
from taps.tap_google_ads.queries import Query

__all__ = ["SCOPE", "GoogleAds", "Row", "digits"]

SCOPE = "https://www.googleapis.com/auth/adwords"

#: A row's values by GAQL name: ``campaign.id``, ``metrics.cost_micros``.
Row = dict[str, Any]

_logger = logging.getLogger(__name__)

_ATTEMPTS = 3
_CONNECT_SECONDS = 10.0


class GoogleAds:
    """The Google Ads API as one user or service account sees it.

    Parameters
    ----------
    sleep
        How to wait.
    """

    def __init__(
        self, config: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._root = f"{config['api_url'].rstrip('/')}/{config['api_version']}"
        self._developer_token = config.get("developer_token")
        self._login = digits(config.get("login_customer_id") or "") or None
        self._http = HttpClient(
            GoogleAuthorizer(config, [SCOPE]),
            lambda response, call: classify(response, call, self._login),
            timeout=(_CONNECT_SECONDS, float(config["request_timeout_seconds"])),
            sleep=sleep,
        )

    def now(self) -> datetime:
        """The moment by Google's clock (aware, UTC)."""
        return self._http.now()

    def certain_now(self) -> datetime:
        """The moment by Google's clock or ours, whichever is behind (aware, UTC)."""
        return self._http.certain_now()

    def accessible_customers(self) -> list[str]:
        """Ids of the accounts that the user opens directly.

        Raises
        ------
        SourceError
        """
        answer = self._http.json(
            "GET",
            f"{self._root}/customers:listAccessibleCustomers",
            call="accessible customers",
            headers=self._headers(None),
        )
        names = answer.get("resourceNames") or ()
        return [name.removeprefix("customers/") for name in names]

    def rows(self, customer_id: str, query: Query, *, login: str | None) -> list[Row]:
        """All rows of a query, as many as Google counts.

        Parameters
        ----------
        login
            The manager through which the customer is reached.

        Raises
        ------
        SourceError
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._all_pages(customer_id, query, login)
            except (Damaged, PageTokenExpired) as problem:
                _logger.warning("%s Asking again from the first page", problem)
        return self._all_pages(customer_id, query, login)

    def _all_pages(
        self, customer_id: str, query: Query, login: str | None
    ) -> list[Row]:
        call = f"{query.call} of {customer_id}"
        rows: list[Row] = []
        counted, token = None, None
        seen: set[str] = set()
        while True:
            page = self._page(customer_id, query, login, token, call)
            # Without rows there is no "results" at all.
            results = page.get("results") or ()
            if results:
                _check_fields(page.get("fieldMask"), query.fields, call)
            rows += [_flat(result, query.fields) for result in results]
            counted = page.get("totalResultsCount", counted)
            token = page.get("nextPageToken")
            if not token:
                break
            if token in seen:
                raise Damaged("the pages go round in a circle", call=call)
            seen.add(token)
        if counted is not None and int(counted) != len(rows):
            raise Damaged(f"{len(rows)} rows came, Google counts {counted}", call=call)
        return rows

    def _page(
        self,
        customer_id: str,
        query: Query,
        login: str | None,
        token: str | None,
        call: str,
    ) -> dict[str, Any]:
        body = {
            "query": query.gaql,
            "searchSettings": {"returnTotalResultsCount": True},
        }
        page = self._http.json(
            "POST",
            f"{self._root}/customers/{customer_id}/googleAds:search",
            call=call,
            headers=self._headers(login),
            json=body | ({"pageToken": token} if token else {}),
        )
        if not isinstance(page, dict):
            raise SourceError("the answer is not an object", call=call)
        return page

    def _headers(self, login: str | None) -> dict[str, str]:
        found = {"login-customer-id": login} if login else {}
        if self._developer_token:
            found["developer-token"] = str(self._developer_token)
        return found


def digits(customer_id: str) -> str:
    """The id as the API writes it: 123-456-7890 is 1234567890."""
    return customer_id.strip().replace("-", "")


def _check_fields(mask: str | None, fields: Sequence[str], call: str) -> None:
    if mask is None:
        return
    answered = {name.strip() for name in mask.split(",")}
    missing = [name for name in fields if _camel(name) not in answered]
    if missing:
        raise SourceError(
            f"Google's answer lacks {', '.join(missing)}",
            call=call,
            remedy="Google may have changed its API: check api_version.",
        )


def _flat(result: Mapping[str, Any], fields: Sequence[str]) -> Row:
    return {name: _value(result, name) for name in fields}


def _value(result: Mapping[str, Any], name: str) -> Any:
    found: Any = result
    for part in _camel(name).split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _camel(name: str) -> str:
    """``metrics.cost_micros`` as it comes back: ``metrics.costMicros``."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
