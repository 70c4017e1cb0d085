"""The suite of a declared source: what its declaration promises, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.lib.connections.sources import FOLDER
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.data_quality.contracts.rules import (
    Between,
    Holds,
    OneOf,
    Rule,
    TableContract,
    day,
    moment,
    slices,
)

__all__ = ["declared_suite"]


def declared_suite(slug: str) -> tuple[TableContract, ...]:
    """The contracts of the tables of a declared source."""
    told = parsed(FOLDER / f"{slug}.yml")
    tables = [
        TableContract(
            name,
            tuple(stream["key"]),
            rules=tuple(_rules(stream)),
            window=stream.get("window"),
        )
        for name, stream in told["streams"].items()
    ]
    return (*tables, slices(*told.get("slices", ("date",))))


def _rules(stream: Mapping[str, Any]) -> Iterator[Rule]:
    for rule in stream.get("holds", ()):
        yield Holds(tuple(rule["columns"]), rule["condition"], rule["promise"])
    for name, column in stream["columns"].items():
        if "between" in column:
            yield Between(name, *column["between"])
        if "one_of" in column:
            yield OneOf(name, tuple(column["one_of"]))
        if column.get("is_past"):
            yield day(name) if column["type"] == "date" else moment(name)
