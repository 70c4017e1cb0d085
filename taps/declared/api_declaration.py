"""What a declaration may say of an API: address, credentials, errors and pages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from taps.sources import WARNED_BEFORE

__all__ = ["Api", "Auth", "ErrorRule", "Paging", "Rate", "Request", "Version"]


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    """A part of a declaration: what is written is one of its fields."""


class Auth(_Part):
    """How each request shows who asks; secrets are named, never written.

    ``secret``, ``user`` and ``password`` name settings; ``suffix`` stands behind the
    user. ``oauth_refresh`` needs the settings client_id, client_secret and
    refresh_token, ``client_credentials`` the first two; ``params`` are further
    parameters of the token request. ``google`` takes a user's three or the key of a
    ``service_account``, for its ``scope``.
    """

    kind: Literal[
        "none",
        "bearer",
        "basic",
        "api_key",
        "oauth_refresh",
        "client_credentials",
        "google",
    ] = "none"
    scope: str = ""
    secret: str | None = None
    user: str | None = None
    suffix: str = ""
    password: str | None = None
    header: str | None = None
    query: str | None = None
    prefix: str = ""
    token_url: str | None = None
    params: dict[str, str] = {}
    client_in: Literal["body", "header"] = "body"


class ErrorRule(_Part):
    """What an answer means: the first rule that fits decides, then the status code.

    ``says`` is a regular expression over the source's own words. ``nothing`` reads the
    answer as one without records; ``expired`` ends with exit status 77 when the tap
    cannot renew the token; ``limited`` is a wait longer than a run should last.
    """

    kind: Literal["retry", "expired", "denied", "limited", "refused", "nothing"]
    status: list[int] = []
    says: str | None = None
    problem: str = ""
    remedy: str = ""


class Version(_Part):
    """The version asked for, the header it goes into, and when it is no more.

    ``ends`` is null where the vendor announced no end.
    """

    pinned: str
    header: str | None = None
    ends: date | None = None

    def ending_soon(self, today: date) -> str | None:
        """A warning from 180 days before its end; None before."""
        if self.ends is None or self.ends - today > WARNED_BEFORE:
            return None
        return f"Version {self.pinned} of the API ends on {self.ends}."


class Rate(_Part):
    """No more requests than these in so many seconds."""

    requests: int
    seconds: float


class Api(_Part):
    """Where the source is and how it behaves.

    ``base`` is a template over the settings: ``https://{subdomain}.example.com``.
    ``message`` is the path of the source's own words in an error.
    """

    base: str
    version: Version | None = None
    auth: Auth = msgspec.field(default_factory=Auth)
    rate: Rate | None = None
    message: str = ""
    errors: list[ErrorRule] = []
    format: Literal["json", "jsonl", "csv"] = "json"
    headers: dict[str, str] = {}


class Request(_Part):
    """One question; values are templates (see ``templates.py``)."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Any] = {}
    json: dict[str, Any] | None = None


class Paging(_Part):
    """How the next page is asked for, and how the last one is known.

    ``cursor``: the value at ``next`` in the answer (or in its last record, with
    ``of: record``) becomes ``param``, a path such as ``filters.0.value`` where it goes
    ``into: body``; it ends when there is none, or when ``more`` is false.
    ``offset`` and ``page`` count, and end with a page shorter than ``size``. ``link``
    follows the Link header, ``next_url`` the address at ``next``.
    """

    kind: Literal["none", "cursor", "offset", "page", "link", "next_url"] = "none"
    param: str | None = None
    into: Literal["query", "body"] = "query"
    next: str | None = None
    of: Literal["answer", "record"] = "answer"
    more: str | None = None
    ended: str | None = None
    first_only: list[str] = []
    size: int | None = None
    size_param: str | None = None
    first: int | None = None
