"""From a stream's JSON schema to Postgres columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from taps.target_postgres.errors import InputError
from taps.target_postgres.naming import folded_names

__all__ = [
    "COMPANY_COLUMN",
    "METADATA_COLUMNS",
    "Column",
    "ColumnType",
    "columns_of",
    "key_columns",
]

COMPANY_COLUMN = "company_id"

#: Written by the loader itself; a property with such a name is left out.
METADATA_COLUMNS = ("_sdc_extracted_at", "_sdc_batched_at", "_sdc_run_id")


class ColumnType(Enum):
    """The column types the loader creates, as Postgres spells them."""

    BIGINT = "bigint"
    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMPTZ = "timestamp with time zone"
    TEXT = "text"
    JSONB = "jsonb"


@dataclass(frozen=True)
class Column:
    """One property of a stream and the column that holds it.

    ``kinds`` are the JSON types its schema allows, without null, and with strings
    told apart by format; none means that anything may stand there. ``key_position``
    counts from 0 in the order of the stream's key.
    """

    property_name: str
    name: str
    type: ColumnType
    kinds: frozenset[str] = frozenset()
    allows_null: bool = True
    is_required: bool = False
    key_position: int | None = None

    @property
    def is_key(self) -> bool:
        """Whether the column is part of the primary key."""
        return self.key_position is not None

    @property
    def is_id(self) -> bool:
        """Whether it names a thing; what an API adds up by may be blank in a key."""
        return self.is_key and _ID.search(self.name) is not None


_ID = re.compile(r"(^|_)(id|uuid|urn|sha256|url|name|number|currency)$")
_DECIMAL_FORMATS = {"decimal", "singer.decimal", "x-singer.decimal"}

_TYPE_OF_KIND = {
    "integer": ColumnType.BIGINT,
    "number": ColumnType.NUMERIC,
    "decimal": ColumnType.NUMERIC,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "date-time": ColumnType.TIMESTAMPTZ,
    "string": ColumnType.TEXT,
    "object": ColumnType.JSONB,
    "array": ColumnType.JSONB,
}


def key_columns(columns: Iterable[Column]) -> list[Column]:
    """The columns of the key, without ``company_id``, in the key's order."""
    keyed = [column for column in columns if column.is_key]
    return sorted(keyed, key=lambda column: column.key_position or 0)


def columns_of(
    stream: str, schema: Mapping[str, Any], keys: Sequence[str]
) -> tuple[Column, ...]:
    """The columns of a stream, in the order of its schema.

    ``company_id`` and the metadata columns are the loader's own and are not among
    them, even when the stream declares them.

    Raises
    ------
    InputError
        A key is not a property, or two properties would share a column.
    """
    properties: Mapping[str, Any] = schema["properties"]
    if missing := [key for key in keys if key not in properties]:
        raise InputError(
            f"Stream '{stream}': key property '{missing[0]}' is not in its schema. "
            "Declare it in the tap"
        )
    names = folded_names(properties, stream)
    if disguised := [n for n in names if names[n] == COMPANY_COLUMN != n]:
        raise InputError(
            f"Stream '{stream}': property '{disguised[0]}' would become the column "
            f"'{COMPANY_COLUMN}', which the loader stamps itself. Rename it in the tap"
        )
    required = set(schema.get("required", ()))
    reserved = {COMPANY_COLUMN, *METADATA_COLUMNS}
    return tuple(
        _column(
            name,
            names[name],
            definition,
            key_position=keys.index(name) if name in keys else None,
            is_required=name in required or name in keys,
        )
        for name, definition in properties.items()
        if names[name] not in reserved
    )


def _column(
    property_name: str,
    name: str,
    definition: object,
    *,
    key_position: int | None,
    is_required: bool,
) -> Column:
    declared = frozenset(_kinds(definition))
    kinds = declared - {"null"}
    return Column(
        property_name=property_name,
        name=name,
        type=ColumnType.TEXT if declared == {"null"} else _common_type(kinds),
        kinds=kinds,
        allows_null=key_position is None and (not declared or "null" in declared),
        is_required=is_required,
        key_position=key_position,
    )


def _kinds(definition: object) -> Iterator[str]:
    """The JSON types a definition allows; strings by their format where it matters.

    Nothing at all means that anything may stand there.
    """
    if not isinstance(definition, Mapping):
        return
    types = definition.get("type", ())
    for kind in [types] if isinstance(types, str) else types:
        yield _string_kind(definition) if kind == "string" else str(kind)
    for choice in ("anyOf", "oneOf"):
        for alternative in definition.get(choice, ()):
            yield from _kinds(alternative)


def _string_kind(definition: Mapping[str, Any]) -> str:
    form = definition.get("format")
    if form in _DECIMAL_FORMATS:
        return "decimal"
    return form if form in {"date", "date-time"} else "string"


def _common_type(kinds: frozenset[str]) -> ColumnType:
    """The narrowest column type that keeps every allowed value as it is."""
    if not kinds or not kinds <= set(_TYPE_OF_KIND):
        return ColumnType.JSONB
    types = {_TYPE_OF_KIND[kind] for kind in kinds}
    if len(types) == 1:
        return types.pop()
    if types == {ColumnType.BIGINT, ColumnType.NUMERIC}:
        return ColumnType.NUMERIC
    if ColumnType.JSONB not in types and kinds & {"string", "date", "date-time"}:
        return ColumnType.TEXT
    return ColumnType.JSONB
