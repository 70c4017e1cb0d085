"""Asks a shop's GraphQL Admin API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from logging import Logger
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import requests

from taps.api_source.errors import SourceError
from taps.api_source.http import HttpClient
from taps.api_source.verdicts import Fail, Verdict
from taps.tap_shopify.answers import (
    PROTECTED_DATA,
    FieldDenied,
    decode_answer,
    denied_fields,
    judge,
)
from taps.tap_shopify.auth import authorizer
from taps.tap_shopify.settings import api_url, timeout
from taps.tap_shopify.versions import other_version

__all__ = [
    "ATTEMPTS",
    "OPTIONAL_FIELDS",
    "Reply",
    "ShopifyClient",
    "converted",
    "decoded",
]

_Data = TypeVar("_Data")

#: Fields that Shopify may refuse without the rest being worthless: they become null,
#: with a warning. ``agreements`` is the ledger; orders and refunds stand in for it.
OPTIONAL_FIELDS: Mapping[str, str] = {
    "agreements": "order_sales stays empty; use orders and order_refunds instead",
    "customer": "orders and checkouts have no customer_id",
    "customerJourneySummary": "orders have no visits",
    "defaultAddress": "customers have no country",
    "defaultEmailAddress": "customers have no e-mail address",
    "defaultPhoneNumber": "customers have no telephone number",
    "email": "orders have no email",
    "firstName": "customers have no first name",
    "landingPage": "visits have no landing_page",
    "lastName": "customers have no last name",
    "referrerUrl": "visits have no referrer_url",
    "shippingAddress": "orders have no shipping country",
    "verifiedEmail": "two customers of one e-mail address stay two",
}

#: How often a request is sent at most.
ATTEMPTS = 8


class Reply(msgspec.Struct, Generic[_Data]):
    """Decoded data, and what the query was rated at."""

    data: _Data
    cost: float
    denied: frozenset[str]
    """Optional fields that are null because the app has no access to them."""


class ShopifyClient:
    """One shop in one version of the API.

    Parameters
    ----------
    config
        The tap's settings.
    logger
        Where warnings go.
    sleep
        How to wait.
    attempts
        How often a request is sent at most.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        logger: Logger,
        sleep: Callable[[float], None],
        *,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.version: str = config["api_version"]
        self.sleep = sleep
        self.warnings: list[str] = []
        """What is missing or about to break, in plain sentences."""
        self.logger = logger
        self._any_version = bool(config.get("allow_other_version"))
        self._url = f"{api_url(config)}/admin/api/{self.version}/graphql.json"
        self._http = HttpClient(
            authorizer(config, sleep),
            self._judge,
            attempts=attempts,
            timeout=timeout(config),
            sleep=sleep,
        )

    def now(self) -> datetime:
        """The current second, by Shopify's clock if ours is far off."""
        return self._http.now().replace(microsecond=0)

    def certain_now(self) -> datetime:
        """The current second by the clock that is behind, Shopify's or ours.

        No bookmark may lie beyond what it was when the reading began.
        """
        return self._http.certain_now().replace(microsecond=0)

    def warn(self, sentence: str) -> None:
        """Log a warning and keep it for the shop's record, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
            self.logger.warning("%s", sentence)

    def query(
        self,
        text: str,
        variables: Mapping[str, Any],
        call: str,
        shape: type[_Data],
    ) -> Reply[_Data]:
        """Ask, and decode the data into ``shape``.

        Raises
        ------
        FieldDenied
            The app has no access to a field that cannot be missing.
        TooMuchData
            The query costs more than Shopify allows one to.
        SourceError
            Everything else that asking again would not cure.
        """
        body = {"query": text, "variables": variables}
        response = self._http.send("POST", self._url, call=call, json=body)
        answer = decode_answer(response)
        denied, problems = set(), denied_fields(answer)
        for problem in problems:
            name = optional_field(problem.field)
            if name is None:
                raise FieldDenied(problem, call)
            self.warn(f"No access to {problem.field}: {OPTIONAL_FIELDS[name]}.")
            if problem.is_of_protected_data:
                self.warn(PROTECTED_DATA)
            denied.add(name)
        try:
            data = decoded(bytes(answer.data), shape, call)
        except SourceError:
            # More is missing than what was named and may be.
            if problems:
                raise FieldDenied(problems[0], call) from None
            raise
        return Reply(data, answer.cost, frozenset(denied))

    def download(self, url: str, path: Path, call: str) -> int:
        """Put a file of Shopify's into a file of ours; return its bytes."""
        return self._http.download(url, path, call=call)

    def _judge(self, response: requests.Response, call: str) -> Verdict | None:
        served = response.headers.get("X-Shopify-API-Version", self.version)
        if response.status_code == 200 and served != self.version:
            if not self._any_version:
                return Fail(other_version(self.version, served, call))
            self.warn(f"Shopify serves API version {served}, not {self.version}.")
        return judge(response, call)


def optional_field(path: str) -> str | None:
    """The innermost field of a path that may be missing; None if none may."""
    names = reversed(path.split("."))
    return next((name for name in names if name in OPTIONAL_FIELDS), None)


def converted(value: Any, shape: type[_Data], call: str) -> _Data:
    """Decoded JSON of Shopify's as we know it.

    Raises
    ------
    SourceError
        As ``decoded``.
    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise _undocumented(error, call) from None


def decoded(data: bytes, shape: type[_Data], call: str) -> _Data:
    """JSON of Shopify's as we know it.

    Raises
    ------
    SourceError
        A field is missing or of another type; its name is told, its value is not.
    """
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.DecodeError as error:
        raise _undocumented(error, call) from None


def _undocumented(error: msgspec.DecodeError, call: str) -> SourceError:
    return SourceError(
        f"Shopify's answer is not as documented: {error}",
        call=call,
        remedy="Check api_version; its schema may have changed.",
    )
