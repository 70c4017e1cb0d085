"""Read the dashboard files (Metabase's representation YAML) into values.

The official schema lets unknown keys pass, and Metabase drops them in silence.
Here a key that is not listed is an error, so a typo cannot go unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from metabase.content.company import Company
from metabase.content.conditional_formatting import check_rules
from metabase.content.entities import (
    CHARTS,
    Card,
    Collection,
    Column,
    Content,
    Dashboard,
    Placement,
    Tab,
)
from metabase.content.errors import ContentError
from metabase.content.labels import fill_in, read_labels
from metabase.content.parameters import (
    column_name,
    links,
    mapping,
    native,
    parameter,
)
from metabase.content.yaml_files import parsed

__all__ = ["CONTENT_ROOT", "load_content", "raw_documents"]

CONTENT_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``collections/`` and ``labels/``."""


_KEYS = {
    "Collection": {"name", "entity_id", "description", "slug", "serdes/meta"},
    "Card": {
        *("name", "entity_id", "display", "type", "description", "creator_id"),
        *("collection_id", "dataset_query", "visualization_settings"),
        *("parameters", "parameter_mappings", "serdes/meta"),
    },
    "Dashboard": {
        *("name", "entity_id", "description", "creator_id", "collection_id", "width"),
        *("auto_apply_filters", "parameters", "tabs", "dashcards", "serdes/meta"),
    },
}
_PLACEMENT_KEYS = {
    *("entity_id", "card_id", "row", "col", "size_x", "size_y", "serdes/meta"),
    *("parameter_mappings", "series", "visualization_settings"),
    "dashboard_tab_id",
}
_TAB_KEYS = {"entity_id", "name", "position", "serdes/meta"}
# People open this one first; the others stand by the names of their files.
_FIRST_PAGE = "panel"
_DRAWN_BY = {
    "scalar": "scalar.field",
    "table": "table.columns",
    "object": "table.columns",
    **dict.fromkeys(CHARTS, "graph.metrics"),
    "pie": "pie.metric",
}


def raw_documents(root: Path) -> dict[Path, dict[str, Any]]:
    """Parse every content file, keys not yet filled in.

    Raises
    ------
    ContentError
        No file, a file that is not YAML, or one that does not say what it is.
    """
    paths = sorted((root / "collections").rglob("*.yaml"))
    if not paths:
        raise ContentError(f"no content files under {root / 'collections'}")
    return {path: _parse(path) for path in paths}


def _parse(path: Path) -> dict[str, Any]:
    try:
        document = parsed(path)
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: not valid YAML: {error}") from error
    meta = document.get("serdes/meta") if isinstance(document, dict) else None
    model = meta[-1].get("model") if meta else None
    if model not in _KEYS:
        known = ", ".join(_KEYS)
        raise ContentError(f"{path}: serdes/meta names {model!r}, expected {known}")
    _refuse_unknown(document, _KEYS[model], path, model)
    return dict(document)


def _refuse_unknown(
    found: Mapping[str, Any], known: set[str], path: Path, what: str
) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise ContentError(f"{path}: {what} has a key nobody reads: {unknown[0]!r}")
    missing = sorted(known - set(found))
    if missing:
        raise ContentError(f"{path}: {what} lacks {missing[0]!r}")


def load_content(root: Path, company: Company, language: str = "es") -> Content:
    """Read the content of ``root`` in one language, for one company.

    Raises
    ------
    ContentError
        A file, a label or a reference between files is wrong.
    """
    labels = read_labels(root / "labels", language)
    words = {**labels, **company.words()}
    found: dict[str, list[tuple[Path, dict[str, Any]]]] = {key: [] for key in _KEYS}
    for path, raw in raw_documents(root).items():
        document = fill_in(raw, words, str(path))
        found[raw["serdes/meta"][-1]["model"]].append((path, document))
    if len(found["Collection"]) != 1:
        raise ContentError(f"{root}: expected one collection file for the company")
    folder = _collection(found["Collection"][0][1])
    cards = [
        _card(path, document, labels.get(f"cards.{path.stem}.when_empty"))
        for path, document in found["Card"]
    ]
    pages = sorted(found["Dashboard"], key=lambda page: page[0].stem != _FIRST_PAGE)
    dashboards = [_dashboard(path, document) for path, document in pages]
    for path, document in (*found["Card"], *found["Dashboard"]):
        if document["collection_id"] != folder.entity_id:
            raise ContentError(f"{path}: collection_id is not {folder.entity_id}")
    return Content(folder, _by_entity_id(cards), tuple(dashboards))


def _by_entity_id(cards: list[Card]) -> dict[str, Card]:
    by_id: dict[str, Card] = {}
    for card in cards:
        if card.entity_id in by_id:
            twin = by_id[card.entity_id].path
            raise ContentError(f"{card.path}: same entity_id as {twin}")
        by_id[card.entity_id] = card
    return by_id


def _collection(document: Mapping[str, Any]) -> Collection:
    return Collection(document["entity_id"], document["name"], document["description"])


def _card(
    path: Path, document: Mapping[str, Any], when_empty: str | None = None
) -> Card:
    settings = document["visualization_settings"]
    display = document["display"]
    if display not in _DRAWN_BY:
        known = ", ".join(_DRAWN_BY)
        raise ContentError(f"{path}: display {display!r} is not one of {known}")
    if _DRAWN_BY[display] not in settings:
        raise ContentError(f"{path}: a {display} needs {_DRAWN_BY[display]!r}")
    check_rules(settings, str(path))
    sql, parameters = native(path, document)
    return Card(
        entity_id=document["entity_id"],
        name=document["name"],
        description=document["description"],
        display=display,
        sql=sql,
        settings=settings,
        columns=_columns(path, settings.get("column_settings", {})),
        path=path,
        parameters=parameters,
        when_empty=when_empty,
    )


def _columns(path: Path, settings: Mapping[str, Any]) -> dict[str, Column]:
    columns = {}
    for key, style in settings.items():
        name = column_name(path, key)
        if "column_title" not in style:
            raise ContentError(f"{path}: column {name!r} has no column_title")
        columns[name] = Column(
            name=name,
            title=style["column_title"],
            number_style=style.get("number_style"),
            currency=style.get("currency"),
            decimals=style.get("decimals"),
            suffix=style.get("suffix", ""),
        )
    return columns


def _dashboard(path: Path, document: Mapping[str, Any]) -> Dashboard:
    tabs = _tabs(path, document["tabs"])
    ids: set[str | None] = {tab.entity_id for tab in tabs} or {None}
    placements = tuple(_placement(path, card) for card in document["dashcards"])
    for lost in (one for one in placements if one.tab_id not in ids):
        raise ContentError(
            f"{path}: dashcard {lost.entity_id} stands on tab {lost.tab_id!r}; the "
            f"page has {[tab.entity_id for tab in tabs]}"
        )
    return Dashboard(
        entity_id=document["entity_id"],
        name=document["name"],
        description=document["description"],
        width=document["width"],
        auto_apply_filters=document["auto_apply_filters"],
        placements=placements,
        path=path,
        parameters=tuple(parameter(path, one) for one in document["parameters"]),
        tabs=tabs,
    )


def _tabs(path: Path, told: list[Mapping[str, Any]]) -> tuple[Tab, ...]:
    for one in told:
        _refuse_unknown(one, _TAB_KEYS, path, "tab")
    in_order = sorted(told, key=lambda one: int(one["position"]))
    return tuple(Tab(one["entity_id"], one["name"]) for one in in_order)


def _placement(path: Path, dashcard: Mapping[str, Any]) -> Placement:
    # Left out on a page without tabs, as Metabase's own export may.
    dashcard = {"dashboard_tab_id": None, **dashcard}
    _refuse_unknown(dashcard, _PLACEMENT_KEYS, path, "dashcard")
    if dashcard["series"]:
        raise ContentError(f"{path}: series of a dashcard is not supported yet")
    keys = ("entity_id", "card_id", "row", "col", "size_x", "size_y")
    return Placement(
        **{key: dashcard[key] for key in keys},
        mappings=tuple(mapping(path, one) for one in dashcard["parameter_mappings"]),
        links=links(path, dashcard["visualization_settings"]),
        tab_id=(dashcard["dashboard_tab_id"] or [None])[-1],
    )
