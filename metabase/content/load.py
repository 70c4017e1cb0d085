"""Pages and cards as values, in one language and for one company."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from metabase.content.company import Company
from metabase.content.compile import compile_pages
from metabase.content.entities import (
    Card,
    Collection,
    Column,
    Content,
    Dashboard,
    Parameter,
    Placement,
    Tab,
    ValuesList,
)
from metabase.content.entity_ids import EntityIds
from metabase.content.errors import ContentError
from metabase.content.labels import fill_in, read_words
from metabase.content.page_files import PageFile, read_pages
from metabase.content.parameters import links, mapping, parameter, refuse_unsafe

__all__ = ["CONTENT_ROOT", "load_content"]

CONTENT_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``pages/`` and ``labels/``."""

# People open these first; the others stand by the names of their files, and last what
# is looked at when something is wrong.
_FIRST_PAGES = ("ventas", "panel", "comunidad_ejecutiva", "ejecutivo_saas", "webinars")
_LAST_PAGES = ("model_health", "conexiones")


def load_content(root: Path, company: Company, language: str = "es") -> Content:
    """Read the content of ``root`` in one language, for one company.

    Raises
    ------
    ContentError
        A file, a label or a reference between files is wrong.
    """
    labels = read_words(root, language)
    words = {**labels, **company.words()}
    found: dict[str, list[tuple[Path, dict[str, Any]]]] = {}
    for path, raw in compile_pages(root).items():
        document = fill_in(raw, words, str(path))
        found.setdefault(raw["serdes/meta"][-1]["model"], []).append((path, document))
    ((_, folder),) = found["Collection"]
    cards = [
        _card(path, document, labels.get(f"cards.{path.stem}.when_empty"))
        for path, document in found["Card"]
    ]
    pages = sorted(found["Dashboard"], key=lambda page: _turn(page[0].stem))
    told, ids = read_pages(root), EntityIds.read(root)
    return Content(
        Collection(folder["entity_id"], folder["name"], folder["description"]),
        _by_entity_id(cards),
        tuple(
            _with_steps(_dashboard(path, document), told[path.stem], ids)
            for path, document in pages
        ),
    )


def _turn(page: str) -> int:
    """Its place; pages that are not named share one, between both."""
    if page in _FIRST_PAGES:
        return _FIRST_PAGES.index(page) - len(_FIRST_PAGES)
    return _LAST_PAGES.index(page) + 1 if page in _LAST_PAGES else 0


def _by_entity_id(cards: list[Card]) -> dict[str, Card]:
    by_id: dict[str, Card] = {}
    for card in cards:
        if card.entity_id in by_id:
            twin = by_id[card.entity_id].path
            raise ContentError(f"{card.path}: same entity_id as {twin}")
        by_id[card.entity_id] = card
    return by_id


def _card(path: Path, document: Mapping[str, Any], when_empty: str | None) -> Card:
    settings = document["visualization_settings"]
    (stage,) = document["dataset_query"]["stages"]
    sql: str = stage["native"].strip()
    refuse_unsafe(path, sql)
    return Card(
        entity_id=document["entity_id"],
        name=document["name"],
        description=document["description"],
        display=document["display"],
        sql=sql,
        settings=settings,
        columns=_columns(settings["column_settings"]),
        path=path,
        parameters=tuple(parameter(one) for one in document["parameters"]),
        when_empty=when_empty,
    )


def _columns(settings: Mapping[str, Any]) -> dict[str, Column]:
    return {
        name: Column(
            name=name,
            title=style["column_title"],
            number_style=style.get("number_style"),
            currency=style.get("currency"),
            decimals=style.get("decimals"),
            suffix=style.get("suffix", ""),
            scale=style.get("scale", 1),
            is_month="D" not in style.get("date_style", "D"),
            link_text=style.get("link_text"),
        )
        for name, style in ((json.loads(key)[1], one) for key, one in settings.items())
    }


def _dashboard(path: Path, document: Mapping[str, Any]) -> Dashboard:
    return Dashboard(
        entity_id=document["entity_id"],
        name=document["name"],
        description=document["description"],
        width=document["width"],
        auto_apply_filters=document["auto_apply_filters"],
        placements=tuple(_placement(card) for card in document["dashcards"]),
        path=path,
        parameters=tuple(parameter(one) for one in document["parameters"]),
        tabs=tuple(Tab(one["entity_id"], one["name"]) for one in document["tabs"]),
    )


def _with_steps(page: Dashboard, file: PageFile, ids: EntityIds) -> Dashboard:
    """The page with what its file offers to choose from where there is no server."""

    def stepped(one: Parameter) -> Parameter:
        steps = file.parameters[one.slug].get("steps", one.values or ())
        if isinstance(steps, str):
            card, column = steps.split(".")
            steps = ValuesList(ids.card(card), column)
        return replace(one, steps=tuple(steps) if isinstance(steps, list) else steps)

    return replace(page, parameters=tuple(map(stepped, page.parameters)))


def _placement(dashcard: Mapping[str, Any]) -> Placement:
    keys = ("entity_id", "card_id", "row", "col", "size_x", "size_y")
    return Placement(
        **{key: dashcard[key] for key in keys},
        mappings=tuple(mapping(one) for one in dashcard["parameter_mappings"]),
        links=links(dashcard["visualization_settings"]),
        tab_id=dashcard.get("dashboard_tab_id", [None])[-1],
    )
