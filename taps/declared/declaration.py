"""What a file in ``taps/sources`` may say of a REST source.

Every key is a field below; the docstrings say what each means.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

__all__ = [
    "Api",
    "Auth",
    "Changes",
    "Column",
    "ColumnType",
    "ControlTotals",
    "Days",
    "Declaration",
    "ErrorRule",
    "ForEach",
    "Paging",
    "Rate",
    "Request",
    "Stream",
]

ColumnType = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "date",
    "instant",
    "epoch",
    "epoch_ms",
    "array",
    "list",
    "object",
]

Domain = Literal[
    "core", "commerce", "marketing", "community", "saas", "webinars", "platform"
]


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    """What is written is one of its fields."""


class Title(_Part):
    """What people call the source."""

    en: str
    es: str


class Auth(_Part):
    """How each request shows who asks; secrets are named, never written.

    ``secret``, ``user`` and ``password`` name settings. ``oauth_refresh`` needs the
    settings client_id, client_secret and refresh_token, ``client_credentials`` the
    first two; ``params`` are further parameters of the token request.
    """

    kind: Literal[
        "none", "bearer", "basic", "api_key", "oauth_refresh", "client_credentials"
    ] = "none"
    secret: str | None = None
    user: str | None = None
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
    """The version asked for, the header it goes into, and when it is no more."""

    pinned: str
    header: str | None = None
    ends: date | None = None


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
    ``of: record``) becomes ``param``; it ends when there is none, or when ``more`` is
    false. ``offset`` and ``page`` count, and end with a page shorter than ``size``.
    ``link`` follows the Link header, ``next_url`` the address at ``next``.
    """

    kind: Literal["none", "cursor", "offset", "page", "link", "next_url"] = "none"
    param: str | None = None
    into: Literal["query", "body"] = "query"
    next: str | None = None
    of: Literal["answer", "record"] = "answer"
    more: str | None = None
    size: int | None = None
    size_param: str | None = None
    first: int | None = None


class Column(_Part):
    """A column: the place in the record, its type, and what it means.

    ``from`` is a path such as ``customer.id`` or ``tags.0``; default: the column's
    name. ``@name`` is not of the record but of the question: ``@read_at``, ``@place``
    (from 0 on), or what ``for_each`` takes. ``between``, ``one_of`` and ``is_past`` are
    promises about its values, which the contract of the table looks at. ``empty`` are
    texts for no value, ``optional`` is what is left out. An ``array`` is of texts only.
    """

    type: ColumnType
    description: str
    path: str | None = msgspec.field(default=None, name="from")
    optional: bool = False
    format: str | None = None
    zone: str | None = None
    between: tuple[float, float] | None = None
    one_of: list[str] | None = None
    is_past: bool = False
    empty: list[str] = []


class Changes(_Part):
    """A stream read by time of change: what changed since the bookmark.

    The bookmark is the latest value of ``column`` once all pages were read.
    """

    column: str
    lookback_minutes: int = 10
    window_days: int | None = None
    history_days: int = 1095


class Days(_Part):
    """A stream of facts per day, each day replaced whole.

    The bookmark is the last day read; ``lookback_days`` of them may still change.
    ``until``: ``yesterday`` when only days that are over are told.
    """

    column: str = "date"
    lookback_days: int = 3
    window_days: int = 30
    history_days: int = 1095
    until: Literal["today", "yesterday"] = "yesterday"


class ForEach(_Part):
    """The stream is asked for once per value of a setting, or per row of a stream.

    ``take`` names what questions and columns may use as ``{name}`` and ``@name``, and
    where it is in the value ("" for the value itself).
    """

    take: dict[str, str]
    setting: str | None = None
    stream: str | None = None


class ControlTotals(_Part):
    """An independent question: what the source says of each whole day."""

    request: Request
    date: str
    total: str
    records: str = ""


class Holds(_Part):
    """A condition in SQL over columns of a row, and its words."""

    columns: list[str]
    condition: str
    promise: str


class Stream(_Part):
    """One table: how its records are asked for, and what they hold.

    Without a ``request`` the values of ``for_each`` are the records themselves.
    ``records`` is the path of the list in the answer, ``count`` that of how many there
    are in all; entries of the list ``each`` of a record are records, with its fields.
    ``rows`` (of a page) and ``read`` (all of it) name a function of a module beside the
    declaration, ``module:function``. ``examples`` are values that the sandbox gives a
    column; ``window`` is the column that lies within the days a run asks for, and
    ``holds`` what else is true of every row, for the contract.
    """

    description: str
    columns: dict[str, Column]
    key: list[str]
    request: Request | None = None
    records: str = ""
    each: str | None = None
    paging: Paging = msgspec.field(default_factory=Paging)
    count: str | None = None
    changes: Changes | None = None
    days: Days | None = None
    for_each: ForEach | None = None
    total: str | None = None
    control: Literal["equal", "at_most"] = "equal"
    control_totals: ControlTotals | None = None
    is_sliced: bool = False
    rows: str | None = None
    read: str | None = None
    examples: dict[str, list[Any]] = {}
    window: str | None = None
    holds: list[Holds] = []


class Check(_Part):
    """What ``--check`` asks, and where it finds what it shows.

    ``call`` is a function of the tap that answers instead; ``settings`` one that
    refuses settings (with ``SourceError``) before anything is asked.
    """

    request: Request | None = None
    account: str | None = None
    currency_code: str | None = None
    time_zone: str | None = None
    history_from: str | None = None
    call: str | None = None
    settings: str | None = None


class Declaration(_Part):
    """A source. What the platform alone reads is not looked into here."""

    title: Title
    description: str
    domain: Domain
    streams: dict[str, Stream]
    api: Api | None = None
    settings: dict[str, dict[str, Any]] = {}
    slices: tuple[str, ...] = ("date",)
    check: Check = msgspec.field(default_factory=Check)
    service_level: Literal["tactical", "operational", "financial"] = "financial"
    feeds: list[Literal["orders", "media"]] = []
    events: Literal["orders", "days"] | None = None
    consent: dict[str, Any] | None = None
    connect: dict[str, Any] | None = None
