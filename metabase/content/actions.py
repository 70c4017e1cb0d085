"""Read actions.yml: what readers may ask for, and the SQL that asks for it.

What a person types is bound as a value; the SQL is made of names that are checked here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from metabase.content.action_fields import Field, read_field, word_of
from metabase.content.errors import ContentError
from metabase.content.yaml_files import parsed

__all__ = ["Action", "Field", "read_actions"]

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_KEYS = {"id", "kind", "model", "fields"}
_MORE = {"also_over", "every_time"}


@dataclass(frozen=True)
class Action:
    """One form: which request it makes, and beside which card's rows it stands.

    Its button stands over the card ``model``, and over those of ``also_over``.
    """

    action_id: str
    name: str
    description: str
    kind: str
    model: str
    fields: tuple[Field, ...]
    also_over: tuple[str, ...] = ()
    is_every_time: bool = False

    @property
    def cards(self) -> tuple[str, ...]:
        """Those that its button stands over, by the names of their files."""
        return (self.model, *self.also_over)

    def sql(self) -> str:
        """The insert, with a tag for each field.

        The same request twice on a day has the same key, and is made once: nobody
        waits for an answer before pressing again. The key is free again once it was
        refused (index action_requests_once), which is left unnamed here: to name it,
        the login would have to read. Where a later request takes back an earlier one,
        every press counts.
        """
        pairs = ", ".join(
            f"'{one.name}', {one.sql()}" for one in self.fields if one.is_required
        ) + "".join(
            f"[[, '{one.name}', {one.sql()}]]"
            for one in self.fields
            if not one.is_required
        )
        key = f"md5(concat_ws('|', current_date, '{self.kind}', payload))"
        if self.is_every_time:
            key = "gen_random_uuid()::text"
        return (
            "insert into ops.action_requests (kind, payload, idempotency_key)\n"
            f"select '{self.kind}', payload,\n"
            f"    {key}\n"
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
    models = [card for one in actions for card in one.cards]
    if twice := sorted({one for one in models if models.count(one) > 1}):
        raise ContentError(
            f"{path}: two buttons are over the card {twice[0]}, which has room for "
            "the button of one"
        )
    return actions


def _is_sound(
    path: Path, name: str, told: Mapping[str, Any], cards: Collection[str]
) -> bool:
    if set(told) - _MORE != _KEYS:
        raise ContentError(f"{path}: {name} needs {', '.join(sorted(_KEYS))}")
    try:
        UUID(told["id"])
    except ValueError as error:
        raise ContentError(f"{path}: the id of {name} is no UUID") from error
    for card in (told["model"], *told.get("also_over", [])):
        if card not in cards:
            raise ContentError(f"{path}: no card is called {card}")
    for one in (name, told["kind"], *told["fields"]):
        if not _NAME.match(one):
            raise ContentError(f"{path}: {one!r} is no name: use a-z, 0-9 and _")
    required = [bool(one.get("required")) for one in told["fields"].values()]
    if not any(required) or required != sorted(required, reverse=True):
        raise ContentError(f"{path}: of {name} the first fields alone are required")
    return True


def _action(
    path: Path, name: str, told: Mapping[str, Any], words: Mapping[str, str]
) -> Action:
    return Action(
        told["id"],
        word_of(words, f"actions.{name}.title"),
        word_of(words, f"actions.{name}.description"),
        told["kind"],
        told["model"],
        tuple(
            read_field(path, name, field, one, words)
            for field, one in told["fields"].items()
        ),
        tuple(told.get("also_over", [])),
        bool(told.get("every_time")),
    )
