"""JSON schemas of streams, written column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = [
    "Column",
    "anything",
    "array",
    "boolean",
    "date",
    "instant",
    "integer",
    "number",
    "obj",
    "schema",
    "text",
]


class Column(NamedTuple):
    """One property: its name, JSON type (with format) and meaning."""

    name: str
    definition: dict[str, Any]
    description: str


def text(name: str, description: str) -> Column:
    """A string, or null."""
    return Column(name, {"type": ["string", "null"]}, description)


def integer(name: str, description: str) -> Column:
    """A whole number, or null."""
    return Column(name, {"type": ["integer", "null"]}, description)


def number(name: str, description: str) -> Column:
    """A decimal number with all its digits (money, shares), or null."""
    return Column(name, {"type": ["number", "null"]}, description)


def boolean(name: str, description: str) -> Column:
    """True, false or null."""
    return Column(name, {"type": ["boolean", "null"]}, description)


def date(name: str, description: str) -> Column:
    """A date without a time, or null."""
    return Column(name, {"type": ["string", "null"], "format": "date"}, description)


def instant(name: str, description: str) -> Column:
    """A moment with its offset, or null."""
    definition = {"type": ["string", "null"], "format": "date-time"}
    return Column(name, definition, description)


def array(name: str, description: str) -> Column:
    """A list of strings, or null."""
    definition = {"type": ["array", "null"], "items": {"type": "string"}}
    return Column(name, definition, description)


def anything(name: str, description: str) -> Column:
    """A list as the source wrote it, or null."""
    return Column(name, {"type": ["array", "null"]}, description)


def obj(name: str, description: str) -> Column:
    """An object as the source wrote it, or null."""
    return Column(name, {"type": ["object", "null"]}, description)


def schema(columns: Sequence[Column], key: Sequence[str]) -> dict[str, Any]:
    """The schema of a stream; what is part of the key is required and not null."""
    return {
        "type": "object",
        "properties": {
            column.name: _definition(column, is_key=column.name in key)
            for column in columns
        },
        "required": list(key),
    }


def _definition(column: Column, *, is_key: bool) -> dict[str, Any]:
    definition = {**column.definition, "description": column.description}
    if is_key:
        definition["type"] = [t for t in definition["type"] if t != "null"]
    return definition
