"""Read actions.yml: what readers may ask for, and the SQL that asks for it.

What a person types is bound as a value; the SQL is made of names that are checked here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from metabase.content.errors import ContentError
from metabase.content.yaml_files import parsed

__all__ = ["Action", "Field", "read_actions"]

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_TYPES = ("text", "number")
_KEYS = {"id", "kind", "model", "fields"}
_FIELD_KEYS = {"type", "required", "least", "most"}


@dataclass(frozen=True)
class Field:
    """One thing that people type; ``kind`` is text or number.

    A number below ``least`` or above ``most`` is refused with ``refusal``; None: any.
    """

    name: str
    kind: str
    title: str
    is_required: bool
    least: Decimal | None = None
    most: Decimal | None = None
    refusal: str = ""

    def sql(self) -> str:
        """What was typed, as text; an error when it is out of its limits."""
        typed = f"{{{{{self.name}}}}}"
        if self.least is None and self.most is None:
            return f"cast({typed} as text)"
        least, most = (
            "null" if one is None else one for one in (self.least, self.most)
        )
        words = self.refusal.replace("'", "''")
        within = f"ops.within(cast({typed} as numeric), {least}, {most}, '{words}')"
        return f"cast({within} as text)"


@dataclass(frozen=True)
class Action:
    """One form: which request it makes, and beside which card's rows it stands."""

    action_id: str
    name: str
    description: str
    kind: str
    model: str
    fields: tuple[Field, ...]

    def sql(self) -> str:
        """The insert, with a tag for each field.

        The same request twice on a day has the same key, and is made once: nobody
        waits for an answer before pressing again. The key is free again once it was
        refused (index action_requests_once), which is left unnamed here: to name it,
        the login would have to read.
        """
        first, *others = self.fields
        pairs = f"'{first.name}', {first.sql()}" + "".join(
            f"[[, '{one.name}', {one.sql()}]]" for one in others
        )
        return (
            "insert into ops.action_requests (kind, payload, idempotency_key)\n"
            f"select '{self.kind}', payload,\n"
            f"    md5(concat_ws('|', current_date, '{self.kind}', payload))\n"
            f"from (select jsonb_build_object({pairs}) as payload) as typed\n"
            "on conflict do nothing"
        )


def read_actions(
    path: Path, words: Mapping[str, str], cards: Collection[str]
) -> tuple[Action, ...]:
    """Read the actions; ``cards`` are the names of the cards' files.

    Raises
    ------
    ContentError
        The file cannot be read, or says something that is not known.
    """
    try:
        told = parsed(path) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(f"{path} cannot be read: {error}") from error
    actions = tuple(
        _action(path, name, one, words)
        for name, one in told.items()
        if _is_sound(path, name, one, cards)
    )
    models = [one.model for one in actions]
    if twice := sorted({one for one in models if models.count(one) > 1}):
        raise ContentError(
            f"{path}: two actions have the model {twice[0]}, which has room for the "
            "button of one"
        )
    return actions


def _is_sound(
    path: Path, name: str, told: Mapping[str, Any], cards: Collection[str]
) -> bool:
    if set(told) != _KEYS:
        raise ContentError(f"{path}: {name} needs {', '.join(sorted(_KEYS))}")
    try:
        UUID(told["id"])
    except ValueError as error:
        raise ContentError(f"{path}: the id of {name} is no UUID") from error
    if told["model"] not in cards:
        raise ContentError(f"{path}: no card is called {told['model']}")
    for one in (name, told["kind"], *told["fields"]):
        if not _NAME.match(one):
            raise ContentError(f"{path}: {one!r} is no name: use a-z, 0-9 and _")
    required = [bool(one.get("required")) for one in told["fields"].values()]
    if required != [True] + [False] * (len(required) - 1):
        raise ContentError(f"{path}: of {name} the first field alone is required")
    return True


def _action(
    path: Path, name: str, told: Mapping[str, Any], words: Mapping[str, str]
) -> Action:
    def word(key: str) -> str:
        return _word(words, f"actions.{name}.{key}")

    fields = []
    for field, one in told["fields"].items():
        if one.get("type") not in _TYPES or set(one) - _FIELD_KEYS:
            raise ContentError(f"{path}: {field} is of type {' or '.join(_TYPES)}")
        fields.append(_field(path, field, one, word(f"fields.{field}"), words))
    return Action(
        told["id"],
        word("title"),
        word("description"),
        told["kind"],
        told["model"],
        tuple(fields),
    )


def _word(words: Mapping[str, str], key: str) -> str:
    try:
        return words[key]
    except KeyError as error:
        raise ContentError(f"labels/importer lacks {error}") from error


def _field(
    path: Path, name: str, told: Mapping[str, Any], title: str, words: Mapping[str, str]
) -> Field:
    try:
        least, most = (
            None if told.get(key) is None else Decimal(str(told[key]))
            for key in ("least", "most")
        )
    except InvalidOperation:
        raise ContentError(f"{path}: a limit of {name} is no number") from None
    if (least is not None or most is not None) and told["type"] != "number":
        raise ContentError(f"{path}: {name} is no number and has limits")
    field = Field(name, told["type"], title, bool(told.get("required")), least, most)
    if least is None and most is None:
        return field
    case = "least" if most is None else "most" if least is None else "range"
    sentence = _word(words, f"actions.refused.{case}")
    refusal = sentence.format(title=title, least=least, most=most)
    return replace(field, refusal=refusal)
