"""The suite of a declared source: what its declaration promises, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.lib.connections.file_contracts import FileContract
from orchestration.lib.connections.sources import FOLDER
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.data_quality.contracts.rules import (
    LARGEST,
    Between,
    Holds,
    OneOf,
    Rule,
    TableContract,
    count,
    currency,
    day,
    moment,
    slices,
)

__all__ = ["contract_rules", "declared_suite"]


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


def contract_rules(contract: FileContract) -> Iterator[Rule]:
    """What a file's contract promises of single rows, column by column."""
    for column in contract.columns:
        name = column["name"]
        match column["type"]:
            case "number" if {"minimum", "maximum"} & column.keys():
                bounds = column.get("minimum", -LARGEST), column.get("maximum", LARGEST)
                yield Between(name, *bounds)
            case "integer":
                yield count(name)
            case "date-time" if column.get("is_past"):
                yield moment(name)
            case "date" if column.get("is_past"):
                yield day(name)
        if name == "currency_code":
            yield currency()
        if "one_of" in column:
            yield OneOf(name, tuple(column["one_of"]))
