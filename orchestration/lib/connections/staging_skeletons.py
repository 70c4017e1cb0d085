"""The dbt sources and staging models of a declared source, as its columns name them.

What is written is a beginning: whoever keeps a model says better what a row means, and
deletes the models that nothing reads.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.lib.connections.sources import FOLDER
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.yaml_files import parsed

__all__ = ["NotDeclared", "staging_skeleton"]

_WIDTH = 80
#: Type of a column in a declaration, in Postgres, and as dbt's contracts spell it.
_TYPES = {
    "text": ("text", "text"),
    "integer": ("bigint", "bigint"),
    "number": ("numeric(24, 6)", "numeric(24, 6)"),
    "boolean": ("boolean", "boolean"),
    "date": ("date", "date"),
    "instant": ("timestamptz", "timestamp with time zone"),
    "epoch": ("timestamptz", "timestamp with time zone"),
    "epoch_ms": ("timestamptz", "timestamp with time zone"),
    "array": ("jsonb", "jsonb"),
    "object": ("jsonb", "jsonb"),
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
    ("array", "object"),
    ("integer", "number"),
    ("boolean",),
    ("date",),
    ("instant", "epoch", "epoch_ms"),
)


class NotDeclared(PlainError):
    """No source is declared whole under that name."""


@dataclass(frozen=True)
class _Column:
    """A column of a raw table, and what staging makes of it."""

    raw: str
    staged: str
    type: str
    description: str

    @property
    def expression(self) -> str:
        """How it is selected."""
        cast = "" if self.type in {"text", "boolean"} else f"::{_TYPES[self.type][0]}"
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
    for name in streams or told["streams"]:
        stream, model = told["streams"][name], f"stg_{slug}__{name}"
        columns = list(_columns(slug, name, stream))
        files[f"{slug}/{model}.sql"] = _sql(slug, name, columns)
        files[f"{slug}/{model}.yml"] = _yml(model, stream, columns)
    return files


def _columns(slug: str, name: str, stream: Mapping[str, Any]) -> Iterator[_Column]:
    one = slug if name == "days" else name.removesuffix("s")
    generic = {"id": f"{one}_id", "name": f"{one}_name", "date": f"{one}_date"}
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


def _sql(slug: str, name: str, columns: list[_Column]) -> str:
    blocks = [[c.expression for c in columns if c.type in types] for types in _BLOCKS]
    blocks[0].insert(0, "company_id")
    blocks[-1] += [
        "read_at::timestamptz as read_at",
        "_sdc_batched_at::timestamptz as loaded_at",
    ]
    selected = "\n\n".join(
        "\n".join(f"        {each}," for each in block) for block in blocks if block
    ).removesuffix(",")
    return _MODEL.format(source=f"source('{slug}', '{name}')", columns=selected)


def _yml(model: str, stream: Mapping[str, Any], columns: list[_Column]) -> str:
    lines = ["models:", f"  - name: {model}", *_described(_grain(stream), 4)]
    lines.append("    columns:")
    lines += _column("company_id", "text", "\"{{ doc('company_id') }}\"")
    for types in _BLOCKS:
        for each in columns:
            if each.type in types:
                lines += [f"      - name: {each.staged}"]
                lines += [f"        data_type: {_TYPES[each.type][1]}"]
                lines += _described(each.description, 8)
    for name in ("read_at", "loaded_at"):
        text = f"\"{{{{ doc('{name}') }}}}\""
        lines += _column(name, "timestamp with time zone", text)
    return "\n".join(lines) + "\n"


def _column(name: str, data_type: str, description: str) -> list[str]:
    return [
        f"      - name: {name}",
        f"        data_type: {data_type}",
        f"        description: {description}",
    ]


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
