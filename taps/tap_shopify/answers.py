"""What an answer of the GraphQL Admin API means. Most failures arrive as HTTP 200."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import requests

from taps.api_source.errors import AccessDenied, SourceError, TooMuchData
from taps.api_source.verdicts import Fail, Ok, Retry, Verdict

__all__ = [
    "PROTECTED_DATA",
    "Answer",
    "FieldDenied",
    "Problem",
    "decode_answer",
    "denied_fields",
    "judge",
]

_NAMED_FIELD = re.compile(r"[Aa]ccess denied for (\w+)")
_NOT_APPROVED = re.compile(
    r"not approved to (?:access|use) the (\w+)(?: object| field)?", re.IGNORECASE
)


#: What to do when Shopify has not approved the app for customers' data: no scope helps.
PROTECTED_DATA = (
    "Ask Shopify for protected customer data: in the Dev Dashboard, under the API "
    "access of the app, request it with name, e-mail, telephone and address. An access "
    "scope does not help."
)


class _Details(msgspec.Struct, rename="camel", frozen=True):
    code: str = ""
    required_access: str = ""


class Problem(msgspec.Struct):
    """One entry of ``errors``."""

    message: str = ""
    path: list[str | int] = []
    extensions: _Details = _Details()

    @property
    def field(self) -> str:
        """The field it is about, such as ``orders.customer``; empty if unknown."""
        layers = {"nodes", "edges", "node"}
        names = [str(n) for n in self.path if isinstance(n, str) and n not in layers]
        if names:
            return ".".join(names)
        named = _NAMED_FIELD.search(self.message)
        if named:
            return named[1]
        protected = _NOT_APPROVED.search(self.message)
        return protected[1][0].lower() + protected[1][1:] if protected else ""

    @property
    def is_of_protected_data(self) -> bool:
        """Whether it is customer data that the app was not approved for."""
        return bool(_NOT_APPROVED.search(self.message)) or (
            "protected-customer-data" in self.message
        )


class _Bucket(msgspec.Struct, rename="camel", frozen=True):
    maximum_available: float = 0.0
    currently_available: float = 0.0
    restore_rate: float = 0.0


class _Cost(msgspec.Struct, rename="camel", frozen=True):
    requested_query_cost: float | None = None
    throttle_status: _Bucket = _Bucket()


class _SearchWarning(msgspec.Struct):
    field: str = ""
    message: str = ""


class _Search(msgspec.Struct):
    query: str = ""
    warnings: list[_SearchWarning] = []


class _Extensions(msgspec.Struct, frozen=True):
    cost: _Cost = _Cost()
    search: list[_Search] = []


class Answer(msgspec.Struct):
    """A GraphQL answer; ``data`` is not yet decoded."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[Problem] = []
    extensions: _Extensions = _Extensions()

    @property
    def cost(self) -> float:
        """Points the query was rated at before it ran; 0 if not told."""
        return self.extensions.cost.requested_query_cost or 0.0

    @property
    def has_data(self) -> bool:
        """Whether there is any, complete or not."""
        return bytes(self.data) != b"null"


class FieldDenied(AccessDenied):
    """The app lacks a scope, or a permission, for one field.

    Parameters
    ----------
    field
        Its path, such as ``orders.customerJourneySummary``.
    """

    def __init__(self, problem: Problem, call: str) -> None:
        self.field = problem.field
        super().__init__(
            f"no access to {self.field or 'a field'} ({problem.message.rstrip('.')})",
            call=call,
            remedy=_remedy(problem),
        )


def _remedy(problem: Problem) -> str:
    if problem.is_of_protected_data:
        return PROTECTED_DATA
    scope = problem.extensions.required_access
    wanted = scope.rstrip(".") if scope else "the access scope it asks for"
    return f"Give the app {wanted} and install it again."


_decoder = msgspec.json.Decoder(Answer)

#: Codes of failures that are over by themselves.
_PASSING = {"INTERNAL_SERVER_ERROR", "TIMEOUT"}

_NOT_SERVED = {
    402: (
        "the shop is frozen: its Shopify bill is not paid (HTTP 402)",
        "The shop's owner has to settle it with Shopify.",
    ),
    403: (
        "Shopify refuses the app (HTTP 403)",
        "Check that the app is installed in this shop and has access scopes.",
    ),
    404: (
        "there is no such shop, or no such API version (HTTP 404)",
        "Check the settings shop (the name before .myshopify.com) and api_version.",
    ),
    423: (
        "the shop is locked (HTTP 423)",
        "The shop's owner has to ask Shopify's support.",
    ),
}


def decode_answer(response: requests.Response) -> Answer:
    """The GraphQL answer in a complete HTTP response.

    Raises
    ------
    msgspec.DecodeError
        It is cut off, or not GraphQL.
    """
    return _decoder.decode(response.content)


def judge(response: requests.Response, call: str) -> Verdict | None:
    """What to do about an answer; None leaves it to the status code."""
    if response.status_code in _NOT_SERVED:
        problem, remedy = _NOT_SERVED[response.status_code]
        return Fail(AccessDenied(problem, call=call, remedy=remedy))
    if response.status_code != 200:
        return None
    try:
        answer = decode_answer(response)
    except msgspec.DecodeError:
        return Retry("the answer is cut off or not GraphQL")
    return _judge_errors(answer, call) or _judge_search(answer, call) or Ok()


def denied_fields(answer: Answer) -> Sequence[Problem]:
    """What was left null because the app has no access to it."""
    return [e for e in answer.errors if e.extensions.code == "ACCESS_DENIED"]


def _judge_errors(answer: Answer, call: str) -> Verdict | None:
    by_code = {error.extensions.code: error for error in reversed(answer.errors)}
    if "THROTTLED" in by_code:
        return _throttled(answer, call)
    if "MAX_COST_EXCEEDED" in by_code:
        return Fail(TooMuchData(by_code["MAX_COST_EXCEEDED"].message, call=call))
    denied = by_code.pop("ACCESS_DENIED", None)
    # A field that is denied hides none of the other errors.
    for code, error in by_code.items():
        if code not in _PASSING:
            return Fail(_fatal(code, error, call))
    for code in by_code:
        return Retry(f"Shopify failed ({code})")
    if denied is None:
        return None
    # With data beside it, the client decides whether the field may be missing.
    return Ok() if answer.has_data else Fail(FieldDenied(denied, call))


def _throttled(answer: Answer, call: str) -> Verdict:
    """Wait until the bucket holds what the query costs; it fills by the second."""
    cost, bucket = answer.cost, answer.extensions.cost.throttle_status
    if not bucket.restore_rate:
        return Retry("throttled")
    if cost > bucket.maximum_available:
        return Fail(
            TooMuchData(f"it costs {cost:.0f} points, more than the limit", call=call)
        )
    missing = max(0.0, cost - bucket.currently_available)
    return Retry("throttled", max(0.1, missing / bucket.restore_rate))


def _judge_search(answer: Answer, call: str) -> Verdict | None:
    for search in answer.extensions.search:
        for warning in search.warnings:
            said = f"{warning.field}: {warning.message}".rstrip(".")
            return Fail(
                SourceError(
                    f"Shopify ignored a filter ({said})",
                    call=call,
                    remedy="It would have returned everything. Check api_version.",
                )
            )
    return None


def _fatal(code: str, error: Problem, call: str) -> SourceError:
    if code == "SHOP_INACTIVE":
        return AccessDenied(
            "the shop is inactive", call=call, remedy="Its owner has to reopen it."
        )
    remedy = "Check that api_version is one this tap was written for."
    where = f" at {error.field}" if error.field else ""
    kind = f" ({code})" if code else ""
    return SourceError(
        f"{error.message.rstrip('.')}{where}{kind}", call=call, remedy=remedy
    )
