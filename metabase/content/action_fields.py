"""What people type into the form of an action, and the SQL that checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from metabase.content.errors import ContentError

__all__ = ["Field", "read_field", "word_of"]

_TYPES = ("text", "number")
_KEYS = {"type", "required", "least", "most", "options", "names"}
_NAMED = {"recommendation": "ops.recommendation_named"}


@dataclass(frozen=True)
class Field:
    """One thing that people type; ``kind`` is text or number.

    A number below ``least`` or above ``most`` is refused with ``refusal``; None: any.
    So is what is none of ``options``, which say as what it is kept, by their words, and
    what is no beginning of one thing that ``names`` looks for.
    """

    name: str
    kind: str
    title: str
    is_required: bool
    least: Decimal | None = None
    most: Decimal | None = None
    refusal: str = ""
    options: tuple[tuple[str, str], ...] = ()
    names: str = ""

    def sql(self) -> str:
        """What was typed, as text; an error when it is refused."""
        typed = f"cast({{{{{self.name}}}}} as text)"
        words = _quoted(self.refusal)
        if self.options:
            known = ", ".join(_quoted(said) for said, _ in self.options)
            meant = ", ".join(_quoted(kept) for _, kept in self.options)
            return f"ops.one_of({typed}, array[{known}], array[{meant}], {words})"
        if self.names:
            return f"{_NAMED[self.names]}({typed}, {words})"
        if self.least is None and self.most is None:
            return typed
        least, most = (
            "null" if one is None else one for one in (self.least, self.most)
        )
        number = f"cast({{{{{self.name}}}}} as numeric)"
        return f"cast(ops.within({number}, {least}, {most}, {words}) as text)"


def read_field(
    path: Path,
    action: str,
    name: str,
    told: Mapping[str, Any],
    words: Mapping[str, str],
) -> Field:
    """One field of an action of the file at ``path``.

    Raises
    ------
    ContentError
        It says something that is not known, or a word is missing.
    """
    least, most = _limits(path, name, told)
    title = word_of(words, f"actions.{action}.fields.{name}")
    options = tuple(
        (word_of(words, f"actions.{action}.options.{name}.{one}"), one)
        for one in told.get("options", [])
    )
    field = Field(
        name,
        told["type"],
        title,
        bool(told.get("required")),
        least,
        most,
        options=options,
        names=told.get("names", ""),
    )
    case = _refused_as(field)
    if not case:
        return field
    listed = ", ".join(said for said, _ in options)
    sentence = word_of(words, f"actions.refused.{case}")
    refusal = sentence.format(title=title, least=least, most=most, options=listed)
    return replace(field, refusal=refusal)


def word_of(words: Mapping[str, str], key: str) -> str:
    """What people read for a key of ``labels/importer``.

    Raises
    ------
    ContentError
        Nothing is said for it.
    """
    try:
        return words[key]
    except KeyError as error:
        raise ContentError(f"labels/importer lacks {error}") from error


def _limits(
    path: Path, name: str, told: Mapping[str, Any]
) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most of a field that says nothing unknown."""
    kind, names = told.get("type"), told.get("names", "")
    if kind not in _TYPES or set(told) - _KEYS:
        raise ContentError(f"{path}: {name} is of type {' or '.join(_TYPES)}")
    try:
        least, most = (
            None if told.get(key) is None else Decimal(str(told[key]))
            for key in ("least", "most")
        )
    except InvalidOperation:
        raise ContentError(f"{path}: a limit of {name} is no number") from None
    if (least is not None or most is not None) and kind != "number":
        raise ContentError(f"{path}: {name} is no number and has limits")
    if (names or told.get("options")) and kind != "text":
        raise ContentError(f"{path}: {name} is no text and names something")
    if names and names not in _NAMED:
        raise ContentError(f"{path}: {name} names {names!r}, which is not known")
    return least, most


def _refused_as(field: Field) -> str:
    """The key of the words in which something typed is refused; empty: nothing is."""
    if field.options:
        return "options"
    if field.names:
        return field.names
    if field.least is None:
        return "" if field.most is None else "most"
    return "least" if field.most is None else "range"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
