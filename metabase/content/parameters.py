"""What the reader may choose: parameters, where they go, and where a click leads.

A text that a person types is bound as a value and never becomes SQL; so that it can
be, its tag stands alone in an optional part, and never between quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metabase.content.entities import Link, Parameter, ValuesList
from metabase.content.errors import ContentError

__all__ = ["TAG_TYPES", "links", "mapping", "parameter", "refuse_unsafe"]

TAG_TYPES = {"number/=": "number", "string/=": "text"}
"""Kinds of parameters, and the type of the tag that takes each."""

_TAG = re.compile(r"\{\{(.*?)\}\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


def refuse_unsafe(path: Path, sql: str) -> None:
    """Refuse SQL in which a choice may not lack, or is part of a text.

    Raises
    ------
    ContentError
    """
    for name in _TAG.findall(_OPTIONAL.sub("", sql)):
        raise ContentError(f"{path}: write [[{{{{{name}}}}}]], so that it may lack")
    # A quote before a tag that is not closed again means: the tag is in a text.
    for tag in _TAG.finditer(sql):
        if sql[: tag.start()].count("'") % 2:
            raise ContentError(f"{path}: {tag[0]} stands between quotes")


def parameter(told: Mapping[str, Any]) -> Parameter:
    """One parameter of a card or a dashboard."""
    values = None
    if source := told.get("values_source_config"):
        values = ValuesList(source["card_id"], source["value_field"][1])
    return Parameter(told["id"], told["slug"], told["name"], told["type"], values)


def mapping(told: Mapping[str, Any]) -> tuple[str, str]:
    """Parameter of the dashboard, and name in the SQL of the card that takes it."""
    _, (_, name) = told["target"]
    return told["parameter_id"], name


def links(settings: Mapping[str, Any]) -> tuple[Link, ...]:
    """Where clicks on a placed card's columns lead."""
    return tuple(
        _link(json.loads(key)[1], style["click_behavior"])
        for key, style in settings.get("column_settings", {}).items()
    )


def _link(column: str, click: Mapping[str, Any]) -> Link:
    (parameter_id,) = click["parameterMapping"]
    return Link(column, click["targetId"], parameter_id)
