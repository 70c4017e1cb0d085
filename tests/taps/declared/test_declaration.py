"""A declaration that is wrong says in which file, under which key, what is allowed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from taps.api_source.errors import SourceError
from taps.declared.columns import record_of
from taps.declared.declaration import Column
from taps.declared.reading import declaration
from taps.sources import FOLDER, declared_slugs

_RIGHT = """
title: {en: Toy, es: Juguete}
description: toys.
domain: commerce
api: {base: "https://toy.test", auth: {kind: bearer, secret: token}}
settings:
  token: {type: string, secret: true, required: true, description: A token.}
streams:
  toys:
    description: One toy.
    request: {path: /toys}
    records: data
    paging: {kind: offset, param: offset, size: 10}
    key: [id]
    changes: {column: made_at}
    columns:
      id: {type: text, description: Its id.}
      made_at: {type: instant, description: When it was made.}
"""


def _declared(folder: Path, text: str) -> object:
    path = folder / "toy.yml"
    path.write_text(text)
    return declaration(path)


def test_what_is_right_is_read(tmp_path: Path) -> None:
    assert _declared(tmp_path, _RIGHT)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "kind: bearer",
            "kind: bearr",
            "toy.yml, api.auth.kind: 'bearr' is not one of",
        ),
        (
            "secret: token}}",
            "token: x}}",
            "api.auth: there is no 'token' (there are: cli",
        ),
        ("secret: token}}", "secret: key}}", "api.auth: there is no setting 'key'"),
        (", secret: token}}", "}}", "api.auth: kind 'bearer' needs 'secret'"),
        (
            "type: text",
            "type: string",
            "columns.id.type: 'string' is not one of: array",
        ),
        ("size: 10", "size: ten", "paging.size: 'ten' is not of type integer or null"),
        (", size: 10", "", "streams.toys.paging: kind 'offset' needs 'size'"),
        (
            "key: [id]",
            "key: [uid]",
            "toys.key: 'uid' is no column (there are: id, made",
        ),
        ("column: made_at", "column: at", "toys.column: 'at' is no column"),
        ("domain: commerce\n", "", "'domain' is a required property"),
        ("    request: {path: /toys}\n", "", "toys.request: it says how it is asked"),
        (
            "    changes:",
            "    for_each: {stream: boxes, take: {b: id}}\n    changes:",
            "toys.for_each: there is no stream 'boxes' (there are: toys)",
        ),
        ("  toys:\n", "  toys: [\n", "it cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in _RIGHT

    with pytest.raises(SourceError) as failure:
        _declared(tmp_path, _RIGHT.replace(old, new, 1))

    assert said in str(failure.value)
    assert "toy.yml" in str(failure.value)


@pytest.mark.parametrize("slug", declared_slugs())
def test_every_declaration_of_ours_is_right(slug: str) -> None:
    assert declaration(FOLDER / f"{slug}.yml").streams


@pytest.mark.parametrize("slug", declared_slugs())
def test_every_column_has_the_value_of_its_own_place(slug: str) -> None:
    for name, stream in declaration(FOLDER / f"{slug}.yml").streams.items():
        raw: dict[str, Any] = {}
        around: dict[str, Any] = {}
        known: dict[str, Any] = {"^": around}
        expected = {}
        for number, (column, told) in enumerate(stream.columns.items(), start=1001):
            path = told.path or column
            written, expected[column] = _numbered(told, number)
            if path.startswith("@"):
                known.setdefault(path[1:], written)
            else:
                _put(around if path.startswith("^") else raw, path, written)

        record, wrong = record_of(stream.columns, raw, known)

        assert wrong == [], name
        assert record == expected, name
        values = [str(v) for v in record.values() if not isinstance(v, bool)]
        assert len(values) == len(set(values)), name


def _put(answer: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.removeprefix("^").split(".")
    for part in parents:
        answer = answer.setdefault(part, {})
    answer[last] = value


def _numbered(column: Column, number: int) -> tuple[Any, Any]:
    """What an answer says at a place, and what the record should have of it."""
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    day = date(2026, 1, 1) + timedelta(days=number)
    if column.type == "date":
        return day.strftime(column.format or "%Y-%m-%d"), day
    if column.type == "instant":
        zone = ZoneInfo(column.zone) if column.zone else UTC
        local = moment.astimezone(zone)
        if column.format:
            return local.strftime(column.format), moment
        return local.isoformat(), moment
    if column.type in ("epoch", "epoch_ms"):
        thousand = 1000 if column.type == "epoch_ms" else 1
        return moment.timestamp() * thousand, moment
    values: dict[str, Any] = {
        "text": f"TEXT {number}",
        "integer": number,
        "number": number,
        "boolean": number % 2 == 0,
        "array": [f"TEXT {number}"],
        "list": [number],
        "object": {"number": number},
    }
    return values[column.type], values[column.type]
