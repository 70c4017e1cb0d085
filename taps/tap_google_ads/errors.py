"""What Google Ads' errors mean, by code.

Source: developers.google.com/google-ads/api/docs/get-started/handle-errors and the
reference of GoogleAdsError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import requests

from taps.api_source.errors import AccessDenied, SourceError, TooMuchData
from taps.api_source.verdicts import Fail, RenewToken, Retry, Verdict
from taps.tap_google_ads.settings import CURRENT_VERSIONS

__all__ = ["NotEnabled", "PageTokenExpired", "classify"]


class NotEnabled(AccessDenied):
    """The account is cancelled, or was never begun: nothing of it can be read."""


class PageTokenExpired(SourceError):
    """The pages of a query are gone: ask it again from the beginning."""


@dataclass(frozen=True)
class _AdsError:
    code: str
    message: str
    retry_seconds: float | None


_PASSING = frozenset(
    {
        "INTERNAL_ERROR",
        "TRANSIENT_ERROR",
        "RESOURCE_EXHAUSTED",
        "RESOURCE_TEMPORARILY_EXHAUSTED",
    }
)
_PAGE_TOKENS = frozenset({"EXPIRED_PAGE_TOKEN", "INVALID_PAGE_TOKEN"})
_TOO_MUCH = re.compile(r"EXCESSIVE_\w+_QUERY_RESOURCE_CONSUMPTION")
# 401 for these is not about the age of the token.
_NEVER_RENEW = frozenset(
    {
        "NOT_ADS_USER",
        "ORGANIZATION_NOT_ASSOCIATED_WITH_DEVELOPER_TOKEN",
        "TWO_STEP_VERIFICATION_NOT_ENROLLED",
        "ADVANCED_PROTECTION_NOT_ENROLLED",
    }
)
_VERSIONS = f"Set api_version to one that is served: {', '.join(CURRENT_VERSIONS)}."
_PROJECT = (
    "Apply for access for the Google Cloud project of the OAuth client or service "
    "account."
)
_REMEDIES = {
    "USER_PERMISSION_DENIED": (
        "Set login_customer_id to the manager account through which the user reaches "
        "it (it is {login} now), or give the user access."
    ),
    "CUSTOMER_NOT_ENABLED": (
        "Activate the account in Google Ads, or list it in skip_customer_ids to go on "
        "without it."
    ),
    "UNSUPPORTED_VERSION": _VERSIONS,
    "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED": (
        "Google keeps daily figures for 37 months: set start_date to a later day."
    ),
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": _PROJECT,
    "DEVELOPER_TOKEN_NOT_APPROVED": _PROJECT,
    "DEVELOPER_TOKEN_PROHIBITED": "Remove developer_token, or use its own project.",
    "NOT_ADS_USER": "Connect with a Google account that has access to Google Ads.",
}


def classify(
    response: requests.Response, call: str, login_customer_id: str | None
) -> Verdict | None:
    """Judge an answer; None leaves it to the status code."""
    if response.status_code < 400:
        return None
    error = next(_errors_in(response), None)
    if error is None:
        return _without_words(response, call)
    if error.code in _PASSING:
        return Retry(f"Google says: {error.message}", error.retry_seconds)
    if response.status_code == 401 and error.code not in _NEVER_RENEW:
        return RenewToken(f"Google says: {error.message} ({error.code})")
    if response.status_code >= 500:
        return None
    login = login_customer_id or "not set"
    return Fail(_failure(error, response.status_code, call, login))


def _failure(error: _AdsError, status: int, call: str, login: str) -> SourceError:
    kind: type[SourceError] = SourceError
    if error.code in _PAGE_TOKENS:
        kind = PageTokenExpired
    elif _TOO_MUCH.fullmatch(error.code):
        kind = TooMuchData
    elif error.code == "CUSTOMER_NOT_ENABLED":
        kind = NotEnabled
    elif status in {401, 403}:
        kind = AccessDenied
    remedy = _REMEDIES.get(error.code, "").format(login=login)
    said = error.message.strip().rstrip(".")
    return kind(f"Google says: {said} ({error.code})", call=call, remedy=remedy)


def _without_words(response: requests.Response, call: str) -> Verdict | None:
    if response.status_code != 404:
        return None
    return Fail(
        SourceError("HTTP 404", call=call, remedy=f"Check api_url. {_VERSIONS}")
    )


def _errors_in(response: requests.Response) -> Iterator[_AdsError]:
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return
    # A stream's refusal is an array.
    if isinstance(answer, list) and answer:
        answer = answer[-1]
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return
    for detail in error.get("details") or ():
        for one in detail.get("errors") or ():
            yield _ads_error(one)
    yield _AdsError(
        str(error.get("status") or "UNKNOWN"), str(error.get("message") or ""), None
    )


def _ads_error(one: dict[str, Any]) -> _AdsError:
    code = next(iter((one.get("errorCode") or {}).values()), "UNKNOWN")
    details = (one.get("details") or {}).get("quotaErrorDetails") or {}
    delay = re.fullmatch(r"([\d.]+)s", str(details.get("retryDelay") or ""))
    seconds = float(delay[1]) if delay else None
    return _AdsError(str(code), str(one.get("message") or ""), seconds)
