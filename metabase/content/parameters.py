"""Read what the reader may choose: parameters, where they go, and where a click leads.

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

__all__ = ["TAG_TYPES", "column_name", "links", "mapping", "native", "parameter"]

TAG_TYPES = {"number/=": "number", "string/=": "text"}
"""Kinds of parameters, and the type of the tag that takes each."""

_TAG = re.compile(r"\{\{(.*?)\}\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_CLICK = {"type", "linkType", "targetId", "parameterMapping"}


def native(
    path: Path, document: Mapping[str, Any]
) -> tuple[str, tuple[Parameter, ...]]:
    """The SQL of a card's file and the parameters that it takes.

    Raises
    ------
    ContentError
        It is not one native stage, or its tags are not its parameters.
    """
    stages = document["dataset_query"].get("stages", [])
    if len(stages) != 1 or stages[0].get("lib/type") != "mbql.stage/native":
        raise ContentError(f"{path}: dataset_query must be one native SQL stage")
    sql: str = stages[0]["native"].strip()
    tags = stages[0].get("template-tags", {})
    parameters = tuple(parameter(path, one) for one in document["parameters"])
    used = set(_TAG.findall(sql))
    told = {one.slug: one for one in parameters}
    if not used == set(told) == set(tags):
        raise ContentError(
            f"{path}: the SQL, its template-tags and the parameters do not name the "
            f"same: {sorted(used)}, {sorted(tags)}, {sorted(told)}"
        )
    for name, tag in tags.items():
        wanted = (told[name].parameter_id, name, TAG_TYPES[told[name].kind])
        if (tag["id"], tag["name"], tag["type"]) != wanted:
            raise ContentError(f"{path}: template-tag {name!r} is not its parameter")
    _refuse_unsafe(path, sql)
    return sql, parameters


def _refuse_unsafe(path: Path, sql: str) -> None:
    for name in _TAG.findall(_OPTIONAL.sub("", sql)):
        raise ContentError(f"{path}: write [[{{{{{name}}}}}]], so that it may lack")
    # A quote before a tag that is not closed again means: the tag is in a text.
    for tag in _TAG.finditer(sql):
        if sql[: tag.start()].count("'") % 2:
            raise ContentError(f"{path}: {tag[0]} stands between quotes")


def parameter(path: Path, told: Mapping[str, Any]) -> Parameter:
    """One parameter of a card or a dashboard."""
    if told["type"] not in TAG_TYPES:
        known = " or ".join(TAG_TYPES)
        raise ContentError(f"{path}: parameter {told['slug']!r} must be {known}")
    return Parameter(
        told["id"], told["slug"], told["name"], told["type"], _values(path, told)
    )


def _values(path: Path, told: Mapping[str, Any]) -> ValuesList | None:
    if told.get("values_source_type") is None:
        return None
    if told["values_source_type"] != "card":
        raise ContentError(f"{path}: the values of {told['slug']!r} come from a card")
    source = told["values_source_config"]
    return ValuesList(source["card_id"], source["value_field"][1])


def mapping(path: Path, told: Mapping[str, Any]) -> tuple[str, str]:
    """Parameter of the dashboard, and name in the SQL of the card that takes it."""
    kind, (_, name) = told["target"]
    if kind != "variable":
        raise ContentError(f"{path}: a parameter goes to a variable, not a {kind}")
    return told["parameter_id"], name


def links(path: Path, settings: Mapping[str, Any]) -> tuple[Link, ...]:
    """Where clicks on a placed card's columns lead."""
    if set(settings) - {"column_settings"}:
        raise ContentError(f"{path}: a dashcard may only say where its columns lead")
    return tuple(
        _link(path, column_name(path, key), style)
        for key, style in settings.get("column_settings", {}).items()
    )


def _link(path: Path, column: str, style: Mapping[str, Any]) -> Link:
    click = style.get("click_behavior", {})
    is_known = set(style) == {"click_behavior"} and set(click) == _CLICK
    if not is_known or (click["type"], click["linkType"]) != ("link", "dashboard"):
        raise ContentError(f"{path}: a click on {column!r} must lead to a dashboard")
    ((parameter_id, told),) = click["parameterMapping"].items()
    if told["source"]["id"] != column or told["target"]["id"] != parameter_id:
        raise ContentError(f"{path}: a click on {column!r} must choose by {column!r}")
    return Link(column, click["targetId"], parameter_id)


def column_name(path: Path, key: str) -> str:
    """The column that a key such as ``["name","spend"]`` names."""
    try:
        kind, name = json.loads(key)
    except ValueError as error:
        raise ContentError(f"{path}: column_settings key {key!r}") from error
    if kind != "name":
        raise ContentError(f"{path}: column_settings key {key!r} must name a column")
    return str(name)
