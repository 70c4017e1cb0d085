"""What a file in ``taps/sources`` may say of a REST source.

Every key is a field below, or of ``api_declaration``; the docstrings say what each
means.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from taps.declared.api_declaration import Api, Paging, Request

__all__ = [
    "Changes",
    "Column",
    "ColumnType",
    "ControlTotals",
    "Days",
    "Declaration",
    "ForEach",
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


class Column(_Part):
    """A column: the place in the record, its type, and what it means.

    ``from`` is a path such as ``customer.id`` or ``tags.0``; default: the column's
    name. ``@name`` is not of the record but of the question: ``@read_at``, ``@place``
    (from 0 on), or what ``for_each`` takes; ``^path`` is of the answer around it.
    ``between``, ``one_of`` and ``is_past`` are promises about its values, which the
    contract of the table looks at. ``empty`` are texts for no value, ``optional`` is
    what is left out at times. An ``array`` is of texts only.
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
    ``until``: ``yesterday`` when only days that are over are told. A ``snapshot`` is
    how things stand: it is read once a day, and days that were missed are not made up.
    """

    column: str = "date"
    lookback_days: int = 3
    window_days: int = 30
    history_days: int = 1095
    until: Literal["today", "yesterday"] = "yesterday"
    snapshot: bool = False


class ForEach(_Part):
    """The stream is asked for once per value of a setting, or per row of a stream.

    ``take`` names what questions and columns may use as ``{name}`` and ``@name``, and
    where it is in the value ("" for the value itself). With ``batch`` it is asked for
    so many rows at once, and each name is their list, of ``{key: value}``.
    """

    take: dict[str, str]
    batch: int | None = None
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
    ``records`` is the path of the list in the answer (``may_be_left_out`` where the
    source tells none rather than an empty one), ``count`` that of how many there are
    in all; entries of the list ``each`` of a record are records, with its fields.
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
    may_be_left_out: bool = False
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
    events: Literal["orders", "days", "reads"] | None = None
    consent: dict[str, Any] | None = None
    connect: dict[str, Any] | None = None
