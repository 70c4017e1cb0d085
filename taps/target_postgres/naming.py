"""Identifiers: the source's own names in lower case, always quoted."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from taps.target_postgres.errors import InputError

__all__ = ["comma_separated", "folded", "folded_names", "quoted"]

_LONGEST_IDENTIFIER_BYTES = 63


def folded(name: str, what: str) -> str:
    """The Postgres name of a stream or property: the same name in lower case.

    Raises
    ------
    InputError
        The name is empty, holds a NUL, or is longer than Postgres keeps: it would be
        cut in silence, and two long names could become one.
    """
    lowered = name.lower()
    if not lowered or "\0" in lowered:
        raise InputError(f"{what} has an empty or unusable name. Rename it in the tap")
    if len(lowered.encode()) > _LONGEST_IDENTIFIER_BYTES:
        raise InputError(
            f"{what} '{name}' is longer than {_LONGEST_IDENTIFIER_BYTES} bytes, the "
            "most that Postgres keeps of a name. Shorten it in the tap"
        )
    return lowered


def folded_names(names: Iterable[str], stream: str) -> dict[str, str]:
    """Column name by property name, in the given order.

    Raises
    ------
    InputError
        Two properties differ only by upper and lower case.
    """
    columns: dict[str, str] = {}
    owners: dict[str, str] = {}
    for name in names:
        column = folded(name, f"Stream '{stream}': property")
        if column in owners:
            raise InputError(
                f"Stream '{stream}': properties '{owners[column]}' and '{name}' both "
                f"become column '{column}'. Rename or deselect one in the tap"
            )
        owners[column] = name
        columns[name] = column
    return columns


def quoted(*parts: str) -> sql.Identifier:
    """A quoted identifier for a statement that also binds values.

    psycopg reads ``%`` as the start of a placeholder even between quotes, and a
    source may well call a column ``discount %``.
    """
    return sql.Identifier(*(part.replace("%", "%%") for part in parts))


def comma_separated(names: Iterable[str]) -> sql.Composed:
    """Quoted identifiers with commas between them."""
    return sql.SQL(", ").join(quoted(name) for name in names)
