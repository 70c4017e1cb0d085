"""The dbt sources and staging models of a declared source, as its columns name them.

What is written is a beginning: whoever keeps a model says better what a row means, and
deletes the models that nothing reads.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.lib.connections.file_contracts import file_contracts
from orchestration.lib.connections.sources import FOLDER
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.yaml_files import parsed

__all__ = ["NotDeclared", "staging_skeleton"]

_WIDTH = 80
#: Type of a column in a declaration, and in Postgres.
_TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "numeric(24, 6)",
    "boolean": "boolean",
    "date": "date",
    "instant": "timestamptz",
    "epoch": "timestamptz",
    "epoch_ms": "timestamptz",
    "array": "jsonb",
    "list": "jsonb",
    "object": "jsonb",
}
_MODEL = """\
with source as (
    select * from {{{{ {source} }}}}
),

renamed as (
    select
{columns}
    from source
)

select * from renamed
"""
# Ids and texts come first, then numbers, flags, days and moments.
_BLOCKS = (
    ("text",),
    ("array", "list", "object"),
    ("integer", "number"),
    ("boolean",),
    ("date",),
    ("instant", "epoch", "epoch_ms"),
)
#: Columns that every table has, as staging selects them. Doc blocks describe them.
_OWN_COLUMNS = {
    "company_id": "company_id",
    "file_sha256": "file_sha256",
    "line_number": "line_number::integer as line_number",
    "read_at": "read_at::timestamptz as read_at",
    "loaded_at": "_sdc_batched_at::timestamptz as loaded_at",
}
_HASHED = "email_hash"
_Own = tuple[tuple[str, ...], tuple[str, ...]]
#: Before and behind the source's own columns.
_OF_A_RECORD: _Own = (("company_id",), ("read_at", "loaded_at"))
_OF_A_LINE: _Own = (("company_id", "file_sha256", "line_number"), ("loaded_at",))
#: Type of a column in a file's contract, as a declaration calls it.
_PLAIN = {"string": "text", "date-time": "instant"}


class NotDeclared(PlainError):
    """No source is declared whole under that name."""


@dataclass(frozen=True)
class _Column:
    """A column of a raw table, and what staging makes of it."""

    raw: str
    staged: str
    type: str
    description: str
    is_trimmed: bool = False

    @property
    def expression(self) -> str:
        """How it is selected."""
        if self.is_trimmed:
            return f"nullif(trim({self.raw}), '') as {self.staged}"
        # Personal data ends in staging.
        if self.staged == _HASHED:
            return f"{{{{ hashed_email('{self.raw}') }}}} as {self.staged}"
        cast = "" if self.type in {"text", "boolean"} else f"::{_TYPES[self.type]}"
        is_same = self.raw == self.staged and not cast
        return self.raw if is_same else f"{self.raw}{cast} as {self.staged}"


def staging_skeleton(slug: str, streams: tuple[str, ...] = ()) -> dict[str, str]:
    """Text by path below ``models/staging``.

    Parameters
    ----------
    streams
        Those that get a model; default: all of the source.

    Raises
    ------
    NotDeclared
        There is no such source, or no such stream in it.
    """
    if slug == "files":
        return _of_files(streams)
    path = FOLDER / f"{slug}.yml"
    told = parsed(path) if path.is_file() else {"tap": ""}
    if "tap" in told:
        raise NotDeclared(
            f"'{slug}' is not declared whole. Write taps/sources/{slug}.yml first "
            "(docs/recipes.md)."
        )
    if unknown := [name for name in streams if name not in told["streams"]]:
        known = ", ".join(told["streams"])
        raise NotDeclared(f"{slug} has no stream '{unknown[0]}' (it has: {known}).")
    files = {f"{slug}/_{slug}__sources.yml": _sources(slug, told)}
    described = "models:\n"
    for name in streams or told["streams"]:
        stream, model = told["streams"][name], f"stg_{slug}__{name}"
        columns = list(_columns(slug, name, stream))
        files[f"{slug}/{model}.sql"] = _sql(slug, name, columns)
        described += _yml(model, stream, columns).removeprefix("models:\n")
    files[f"{slug}/_{slug}__models.yml"] = described
    return files


def _of_files(streams: tuple[str, ...]) -> dict[str, str]:
    """Models of kinds of files; the dbt source names their table by hand."""
    contracts = {each.stream: each for each in file_contracts()}
    if not streams or set(streams) - contracts.keys():
        raise NotDeclared(
            f"Name kinds of files with --stream (there are: {', '.join(contracts)})."
        )
    files = {}
    for name in streams:
        model = f"stg_files__{name}"
        columns = [
            _Column(
                each["name"],
                each["name"],
                _PLAIN.get(each["type"], each["type"]),
                " ".join(each["description"].split()),
                is_trimmed=each["type"] == "string",
            )
            for each in contracts[name].columns
        ]
        stream = {
            "description": contracts[name].description.split(". One row")[0] + ".",
            "key": ["version of a file", "line"],
        }
        files[f"files/{model}.sql"] = _sql("files", name, columns, _OF_A_LINE)
        files[f"files/{model}.yml"] = _yml(model, stream, columns)
    return files


def _columns(slug: str, name: str, stream: Mapping[str, Any]) -> Iterator[_Column]:
    one = slug if name == "days" else name.removesuffix("s")
    generic = {"id": f"{one}_id", "name": f"{one}_name", "date": f"{one}_date"}
    generic["email"] = _HASHED
    for raw, told in stream["columns"].items():
        if raw != "read_at":
            staged = generic.get(raw, raw)
            yield _Column(raw, staged, told["type"], told["description"])


def _sources(slug: str, told: Mapping[str, Any]) -> str:
    lines = ["sources:", f"  - name: {slug}", f"    schema: raw_{slug}"]
    lines += _described(told["title"]["en"] + ": " + told["description"], 4)
    lines.append("    tables:")
    for name, stream in told["streams"].items():
        lines += [f"      - name: {name}", *_described(_grain(stream), 8)]
    lines.append("      - name: slices")
    key = ["stream", *told.get("slices", ("date",))]
    slices = {"description": "How far each slice was read.", "key": key}
    lines += _described(_grain(slices), 8)
    return "\n".join(lines) + "\n"


def _sql(slug: str, name: str, columns: list[_Column], own: _Own = _OF_A_RECORD) -> str:
    blocks = [[c.expression for c in columns if c.type in types] for types in _BLOCKS]
    blocks[0][:0] = [_OWN_COLUMNS[each] for each in own[0]]
    blocks[-1] += [_OWN_COLUMNS[each] for each in own[1]]
    selected = "\n\n".join(
        "\n".join(f"        {each}," for each in block) for block in blocks if block
    ).removesuffix(",")
    return _MODEL.format(source=f"source('{slug}', '{name}')", columns=selected)


def _yml(model: str, stream: Mapping[str, Any], columns: list[_Column]) -> str:
    lines = ["models:", f"  - name: {model}", *_described(_grain(stream), 4)]
    lines.append("    columns:")
    for types in _BLOCKS:
        for each in columns:
            if each.type in types and each.staged != _HASHED:
                lines.append(f"      - name: {each.staged}")
                lines += _described(each.description, 8)
    return "\n".join(lines) + "\n"


def _grain(stream: Mapping[str, Any]) -> str:
    *some, last = ("company", *(name.replace("_", " ") for name in stream["key"]))
    return f"{stream['description']} One row per {', '.join(some)} and {last}."


def _described(text: str, indent: int) -> list[str]:
    """A description, folded where it is long or YAML would misread it."""
    space = " " * indent
    plain = f"{space}description: {text}"
    if len(plain) <= _WIDTH and ": " not in text and text[0] not in "'\"`[{&*!|>%@":
        return [plain]
    folded = textwrap.wrap(text, _WIDTH - indent - 2, break_on_hyphens=False)
    return [f"{space}description: >", *(f"{space}  {line}" for line in folded)]
