"""Write what a server has of our cards and dashboards back as files, for review."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from metabase.content.compile import compile_pages, write_documents
from metabase.content.errors import MetabaseError
from metabase.content.labels import fill_in, read_words
from metabase.content.settings import load_settings
from metabase.content.warehouse import connect_as_admin, find_companies
from metabase.server.apply import instance_of
from metabase.server.buttons import without_buttons
from metabase.server.client import (
    Metabase,
    check_version,
    sign_in,
    wait_until_healthy,
)
from metabase.server.desired_state import Request
from metabase.server.identity import Identities
from metabase.server.payloads import mark_of

__all__ = ["export"]

_CARD_KEYS = ("name", "description", "display", "visualization_settings", "parameters")
_PAGE_KEYS = ("name", "description", "width", "auto_apply_filters", "parameters")
_PLACE_KEYS = ("row", "col", "size_x", "size_y", "parameter_mappings")
_REST_KEYS = ("series", "visualization_settings")

Document = dict[str, Any]


def export(request: Request, folder: Path) -> list[Path]:
    """Write one file for each of ours that the server has; gives the files.

    Words and names of the company stand where the files have keys.

    Raises
    ------
    ContentError, WarehouseError, MetabaseError
    """
    (company,) = find_companies(request.database_url, request.company_ids)
    metabase = Metabase(request.metabase_url)
    wait_until_healthy(metabase, seconds=request.wait_seconds)
    properties = metabase.get("/api/session/properties")
    check_version(properties)
    if not properties["has-user-setup"]:
        raise MetabaseError(
            f"{metabase.url} is empty; run timonel metabase apply first"
        )
    sign_in(metabase, request.admin, language=request.language)
    with closing(connect_as_admin(request.database_url)) as connection:
        identities = Identities(connection, instance_of(properties, metabase.url))
        own = load_settings(connection)[company.company_id]
    language = own.language or request.language
    words = {**read_words(request.root, language), **company.words()}
    ids = {
        (one.kind, one.metabase_id): one.key
        for one in identities.all(company_id=company.company_id)
    }
    written = []
    for path, raw in compile_pages(request.root).items():
        document = fill_in(raw, words, str(path))
        kind = document["serdes/meta"][-1]["model"].lower()
        known = identities.find(company.company_id, kind, document["entity_id"])
        if kind == "collection" or known is None:
            continue
        live = metabase.get(f"/api/{kind}/{known.metabase_id}")
        overlay = _card if kind == "card" else _page
        written += write_documents({path: overlay(document, live, ids)}, folder)
    return written


def _card(
    document: Document, live: Mapping[str, Any], _: Mapping[Any, str]
) -> Document:
    exported = copy.deepcopy(document)
    exported |= {key: live[key] for key in _CARD_KEYS}
    exported["parameters"] = [
        {key: value for key, value in one.items() if key != "target"}
        if "target" not in (document["parameters"] or [{}])[0]
        else one
        for one in live["parameters"]
    ]
    (stage,) = live["dataset_query"]["stages"]
    own = exported["dataset_query"]["stages"][0]
    text = stage["native"]
    own["native"] = text.split("\n", 1)[1] if mark_of(live) else text
    if stage.get("template-tags"):
        own["template-tags"] = stage["template-tags"]
    return exported


def _page(
    document: Document, live: Mapping[str, Any], ids: Mapping[Any, str]
) -> Document:
    exported = copy.deepcopy(document)
    exported |= {key: live[key] for key in _PAGE_KEYS}
    own = {one["card_id"]: one for one in document["dashcards"] if one.get("card_id")}
    tabs = _tabs(document, live)
    exported["tabs"] = list(tabs.values())
    order = [None, *tabs]
    exported["dashcards"] = [
        {
            **_placed(one, own, ids),
            **_stands_on(document, tabs.get(one["dashboard_tab_id"])),
        }
        for one in sorted(
            without_buttons(live["dashcards"]),
            key=lambda one: (
                order.index(one["dashboard_tab_id"]),
                *(one["row"], one["col"]),
            ),
        )
    ]
    return exported


def _tabs(document: Document, live: Mapping[str, Any]) -> dict[int, Document]:
    """The tabs by the number that the server gave each; ours come first."""
    own = dict(enumerate(document["tabs"]))
    return {
        tab["id"]: {
            **own.get(position, {"entity_id": tab.get("entity_id")}),
            "name": tab["name"],
            "position": position,
        }
        for position, tab in enumerate(live["tabs"])
    }


def _stands_on(document: Document, tab: Document | None) -> Document:
    if tab is None:
        return {}
    return {"dashboard_tab_id": [document["entity_id"], tab["entity_id"]]}


def _placed(
    live: Mapping[str, Any], own: Mapping[str, Document], ids: Mapping[Any, str]
) -> Document:
    # A card made by hand keeps the number it has there: the reviewer has to export
    # it too, or leave it out.
    card = ids.get(("card", live["card_id"]), live["card_id"])
    mappings = [{**one, "card_id": card} for one in live["parameter_mappings"] or ()]
    return {
        **own.get(card, {"entity_id": live.get("entity_id")}),
        "card_id": card,
        **{key: live[key] for key in (*_PLACE_KEYS, *_REST_KEYS)},
        "parameter_mappings": mappings,
    }
