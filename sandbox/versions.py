"""Versions and documents, and how they stand in the store's tables."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["INDICES", "TABLES", "Cursor", "Document", "Sort", "Version"]
__all__ += ["as_document", "as_microseconds", "as_moment", "as_stored", "chained"]

Sort: TypeAlias = Literal["updated_at", "created_at", "id"]
Cursor: TypeAlias = tuple[datetime | str, str]
"""Where a page ended: (sort value, id) of its last document, see `Document.cursor`."""

_FOREVER: Final = 2**62
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

TABLES: Final = """
create table if not exists facts (name text primary key, value text not null);
create table if not exists collections (
    key integer primary key, company text not null, name text not null,
    unique (company, name)
);
create table if not exists versions (
    key integer primary key,
    collection integer not null,
    id text not null,
    visible_from integer not null,
    superseded_at integer not null,
    created_at integer not null,
    updated_at integer not null,
    is_deleted integer not null,
    body blob not null
);
"""
INDICES: Final = """
create index if not exists versions_by_id
    on versions (collection, id, visible_from);
create index if not exists versions_by_created_at
    on versions (collection, created_at, id, visible_from, superseded_at, is_deleted);
create index if not exists versions_by_updated_at
    on versions (collection, updated_at, id, visible_from, superseded_at, is_deleted);
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document. `id` is text: the numeric part of a Shopify gid."""

    id: str
    visible_from: datetime
    created_at: datetime
    updated_at: datetime
    body: bytes
    is_deleted: bool = False


class Document(NamedTuple):
    """A document as it is now."""

    id: str
    created_at: datetime
    updated_at: datetime
    body: bytes

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    def cursor(self, sort: Sort) -> Cursor:
        """What `after` takes to go on behind this document."""
        return (self.id if sort == "id" else getattr(self, sort), self.id)


def chained(collection: int, versions: list[Version]) -> Iterator[tuple[Any, ...]]:
    """Rows in which each version ends where the next begins."""
    starts = [as_microseconds(version.visible_from) for version in versions]
    for version, start, end in zip(
        versions, starts, [*starts[1:], _FOREVER], strict=True
    ):
        yield (
            collection,
            version.id,
            start,
            end,
            as_microseconds(version.created_at),
            as_microseconds(version.updated_at),
            version.is_deleted,
            version.body,
        )


def as_document(row: tuple[str, int, int, bytes]) -> Document:
    """A row of the columns id, created_at, updated_at, body."""
    return Document(row[0], as_moment(row[1]), as_moment(row[2]), row[3])


def as_stored(value: datetime | str) -> int | str:
    """A sort value as the tables hold it."""
    return as_microseconds(value) if isinstance(value, datetime) else value


def as_microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def as_moment(microseconds: int) -> datetime:
    """The moment so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)
