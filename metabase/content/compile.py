"""Compile pages into documents of Metabase's official representation format.

What a page file leaves out follows from names: titles and descriptions are labels of
the card, column titles are labels of the column, formats stand in ``columns.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from metabase.content.card_settings import columns_of, settings_of
from metabase.content.column_formats import read_column_formats
from metabase.content.entity_ids import COLLECTION_ID, EntityIds
from metabase.content.errors import ContentError
from metabase.content.page_files import PageFile, read_pages
from metabase.content.queries import query_of

__all__ = ["compile_pages", "write_documents"]

Document = dict[str, Any]

_TAG = re.compile(r"\{\{(\w+)\}\}")
_CREATOR = "dashboards@timonel.example"
_DISPLAYS = {"number": "scalar", "trend": "smartscalar", "details": "object"}
_TYPES = {"number": "number/=", "text": "string/="}
_COLLECTION: Document = {
    "name": "${company.collection}",
    "entity_id": COLLECTION_ID,
    "description": "${collection.description}",
    "slug": "timonel",
    "serdes/meta": [{"id": COLLECTION_ID, "label": "timonel", "model": "Collection"}],
}


def compile_pages(root: Path) -> dict[Path, Document]:
    """Every document, keys not yet filled in: the folder, cards, pages, each by name.

    A card's path is its page's file and its own name: where it is declared.

    Raises
    ------
    ContentError
        A page file is wrong.
    """
    compiler = _Compiler(root)
    found = {root / "pages" / "timonel": _COLLECTION}
    pages = compiler.pages.values()
    cards = [(page, *one) for page in pages for one in page.own_cards()]
    for page, name, card in sorted(cards, key=lambda one: one[1]):
        found[page.path / name] = compiler.card(page, name, card)
    return found | {page.path: compiler.page(page) for page in pages}


def write_documents(documents: Mapping[Path, Document], folder: Path) -> list[Path]:
    """Write documents as Metabase's serialization lays them out; gives the files."""
    inside = folder / "collections" / "main"
    written = []
    for path, document in documents.items():
        is_folder = document["serdes/meta"][-1]["model"] == "Collection"
        place = inside if is_folder else inside / "timonel"
        place.mkdir(parents=True, exist_ok=True)
        target = place / f"{path.stem}.yaml"
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=88)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written


class _Compiler:
    def __init__(self, root: Path) -> None:
        self.pages = read_pages(root)
        self._ids = EntityIds.read(root)
        self._formats = read_column_formats(root)
        self._queries = {
            name: (page, query_of(card, columns_of(card)))
            for page in self.pages.values()
            for name, card in page.own_cards()
        }

    def card(self, page: PageFile, name: str, card: Mapping[str, Any]) -> Document:
        where = f"{page.path}: card {name}"
        entity_id = self._ids.card(name)
        slugs = self._slugs(name)
        stage: Document = {
            "lib/type": "mbql.stage/native",
            "native": self._queries[name][1],
        }
        if slugs:
            stage["template-tags"] = {slug: self._tag(page, slug) for slug in slugs}
        return {
            "name": f"${{cards.{name}.title}}",
            "entity_id": entity_id,
            "display": _DISPLAYS.get(card["kind"], card["kind"]),
            "type": "question",
            "description": f"${{cards.{name}.description}}",
            "creator_id": _CREATOR,
            "collection_id": COLLECTION_ID,
            "parameters": [
                {
                    **self._parameter(page, slug),
                    "target": ["variable", ["template-tag", slug]],
                }
                for slug in slugs
            ],
            "parameter_mappings": [],
            "dataset_query": {
                "lib/type": "mbql/query",
                "database": "${company.database}",
                "stages": [stage],
            },
            "visualization_settings": settings_of(where, card, self._formats),
            "serdes/meta": [{"id": entity_id, "label": name, "model": "Card"}],
        }

    def page(self, page: PageFile) -> Document:
        meta = {"id": page.entity_id, "model": "Dashboard"}
        return {
            "name": f"${{dashboard.{page.name}.title}}",
            "entity_id": page.entity_id,
            "description": f"${{dashboard.{page.name}.description}}",
            "creator_id": _CREATOR,
            "collection_id": COLLECTION_ID,
            "width": "full",
            "auto_apply_filters": True,
            "parameters": [self._choice(page, slug) for slug in page.parameters],
            "tabs": [
                {
                    "entity_id": self._ids.tab(page.name, tab),
                    "name": f"${{dashboard.{page.name}.tabs.{tab}}}",
                    "position": position,
                    "serdes/meta": [
                        meta,
                        {"id": self._ids.tab(page.name, tab), "model": "DashboardTab"},
                    ],
                }
                for position, tab in enumerate(page.tabs)
            ],
            "dashcards": [
                self._placed(page, name, card) for name, card in page.cards.items()
            ],
            "serdes/meta": [{**meta, "label": page.name}],
        }

    def _slugs(self, card: str) -> list[str]:
        """What the reader may choose on a card, in the order of its SQL."""
        return list(dict.fromkeys(_TAG.findall(self._queries[card][1])))

    def _parameter(self, page: PageFile, slug: str) -> Document:
        return {
            "id": self._ids.parameter(slug),
            "name": f"${{parameters.{slug}}}",
            "slug": slug,
            "type": _TYPES[_type(page, slug)],
        }

    def _tag(self, page: PageFile, slug: str) -> Document:
        return {
            "id": self._ids.parameter(slug),
            "name": slug,
            "display-name": f"${{parameters.{slug}}}",
            "type": _type(page, slug),
        }

    def _choice(self, page: PageFile, slug: str) -> Document:
        told = page.parameters[slug]
        choice = {
            **self._parameter(page, slug),
            "sectionId": "number" if told["type"] == "number" else "string",
        }
        if "values" not in told:
            return choice
        card, column = told["values"].split(".")
        source = {
            "card_id": self._ids.card(card),
            "value_field": ["field", column, {"base-type": "type/Text"}],
        }
        return {
            **choice,
            "values_query_type": "list",
            "values_source_type": "card",
            "values_source_config": source,
        }

    def _placed(self, page: PageFile, name: str, card: Mapping[str, Any]) -> Document:
        entity_id, card_id = self._ids.place(page.name, name), self._ids.card(name)
        row, col, size_x, size_y = card["place"]
        placed: Document = {
            "entity_id": entity_id,
            "card_id": card_id,
            **{"row": row, "col": col, "size_x": size_x, "size_y": size_y},
            "parameter_mappings": [
                {
                    "parameter_id": self._parameter(page, slug)["id"],
                    "card_id": card_id,
                    "target": ["variable", ["template-tag", slug]],
                }
                for slug in self._slugs(name)
                # A card of another page answers without what only that page offers.
                if slug in page.parameters or "shared" not in card
            ],
            "series": [],
            "visualization_settings": self._clicks(page, name, card),
            "serdes/meta": [
                {"id": page.entity_id, "model": "Dashboard"},
                {"id": entity_id, "model": "DashboardCard"},
            ],
        }
        if page.tabs:
            tab = self._ids.tab(page.name, card["tab"])
            placed["dashboard_tab_id"] = [page.entity_id, tab]
            placed["serdes/meta"].insert(1, {"id": tab, "model": "DashboardTab"})
        return placed

    def _clicks(self, page: PageFile, name: str, card: Mapping[str, Any]) -> Document:
        clicks = {
            f'["name","{column}"]': {
                "click_behavior": self._click(page, name, column, target)
            }
            for column, target in card.get("click", {}).items()
        }
        return {"column_settings": clicks} if clicks else {}

    def _click(self, page: PageFile, name: str, column: str, target: str) -> Document:
        to, slug = target.split(".")
        if to not in self.pages or slug not in self.pages[to].parameters:
            raise ContentError(
                f"{page.path}: card {name}: click: {column} leads to {target!r}, "
                "which is no <page>.<parameter>"
            )
        chosen = self._ids.parameter(slug)
        return {
            "type": "link",
            "linkType": "dashboard",
            "targetId": self.pages[to].entity_id,
            "parameterMapping": {
                chosen: {
                    "id": chosen,
                    "source": {"type": "column", "id": column, "name": column},
                    "target": {"type": "parameter", "id": chosen},
                }
            },
        }


def _type(page: PageFile, slug: str) -> str:
    """Of what the reader may choose: number or text."""
    if slug not in page.parameters:
        raise ContentError(
            f"{page.path}: a card's SQL takes {{{{{slug}}}}}, which is no parameter of "
            f"the page: {', '.join(page.parameters) or 'it has none'}"
        )
    return str(page.parameters[slug]["type"])
