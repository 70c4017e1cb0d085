"""Read pages/<domain>/<page>.yml: a page and its cards, as people write them.

A key that nobody reads is an error, and so is one that lacks: each names the file, the
card, the key and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from metabase.content.column_formats import FORMATS
from metabase.content.entity_ids import derived_id
from metabase.content.errors import ContentError
from metabase.content.yaml_files import parsed

__all__ = ["DOMAINS", "PageFile", "read_pages"]

DOMAINS = (
    *("core", "commerce", "marketing", "community", "saas", "webinars", "platform"),
)
"""Folders of ``pages/``; a company has domains switched on."""

_PAGE = {"id", "parameters", "tabs", "cards", "refresh_seconds"}
_PLACED = {"place", "tab", "click"}
_ASKED = {"sql", "from", "where", "order", "limit", "only_if"}
_STYLED = {"kind", "formats", "titles"}
_CHART = {"x", "by", "metrics", "axis", "series", "colours"}
_KINDS: Mapping[str, tuple[set[str], set[str]]] = {
    "number": ({"metric"}, {"colours", "range", "since"}),
    "trend": ({"x", "metric"}, {"less_is_better", "is_neutral", "beside"}),
    "table": ({"columns"}, {"colours", "shades"}),
    "details": ({"columns"}, set()),
    "line": ({"x", "metrics"}, {*_CHART, "scale", "every"}),
    "bar": ({"x", "metrics"}, {*_CHART, "scale", "show_values", "stacked"}),
    "row": ({"x", "metrics"}, _CHART),
    "scatter": ({"x", "by", "metrics"}, {"bubble", "axis"}),
    "pie": ({"x", "metrics"}, set()),
}
_TYPES = ("number", "text")
_STEPS = ("day", "week", "month")
# As Metabase makes them.
_ID = re.compile(r"[A-Za-z0-9_-]{21}")
_GRID = ("row", "column", "width", "height")


@dataclass(frozen=True)
class PageFile:
    """A page as it is written.

    ``cards`` are those on it in their order: each with its kind and query, or with
    ``shared``, the page that has them. ``refresh_seconds`` is how often links to it let
    a server's page read anew; None: never.
    """

    path: Path
    entity_id: str
    cards: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tabs: tuple[str, ...] = ()
    refresh_seconds: int | None = None

    @property
    def name(self) -> str:
        """As the page is called in roles, labels and addresses."""
        return self.path.stem

    def own_cards(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The cards that are declared here."""
        return (one for one in self.cards.items() if "shared" not in one[1])


def read_pages(root: Path) -> dict[str, PageFile]:
    """Every page of ``pages/``, by name.

    Raises
    ------
    ContentError
        A file, a card or a key is wrong, or a name stands twice.
    """
    paths = sorted((root / "pages").glob("*/*.yml"), key=lambda path: path.stem)
    if not paths:
        raise ContentError(f"no pages under {root / 'pages'}")
    pages: dict[str, PageFile] = {}
    for path in paths:
        if path.stem in pages:
            raise ContentError(f"{path}: {pages[path.stem].path} is called so too")
        pages[path.stem] = _page(path)
    homes: dict[str, PageFile] = {}
    for page in pages.values():
        for name, _ in page.own_cards():
            if name in homes:
                raise ContentError(
                    f"{page.path}: card {name}: {homes[name].path} has one of that "
                    f"name; write `shared: {homes[name].name}`, or another name"
                )
            homes[name] = page
    for page in pages.values():
        _check_shared(page, homes)
    return pages


def _page(path: Path) -> PageFile:
    if path.parent.name not in DOMAINS:
        raise ContentError(f"{path}: its folder is no domain: {', '.join(DOMAINS)}")
    try:
        told = parsed(path)
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(told, dict):
        raise ContentError(f"{path}: a page has {_listed(_PAGE)}")
    _check_keys(str(path), told, {"cards"}, _PAGE)
    if not _ID.fullmatch(str(told.get("id"))):
        raise ContentError(
            f"{path}: id is {told.get('id')!r}, by which servers know the page for "
            f"ever; a new one is `id: {derived_id('page', path.stem)}`"
        )
    parameters = {
        slug: one if isinstance(one, dict) else {"type": one}
        for slug, one in told.get("parameters", {}).items()
    }
    refresh = told.get("refresh_seconds")
    if refresh is not None and (type(refresh) is not int or refresh < 60):
        raise ContentError(
            f"{path}: refresh_seconds is {refresh!r}; write a number of at least 60"
        )
    tabs = tuple(told.get("tabs", ()))
    page = PageFile(path, told["id"], told["cards"], parameters, tabs, refresh)
    for slug, one in parameters.items():
        _check_parameter(f"{path}: parameter {slug}", one)
    for name, card in page.cards.items():
        _check_card(f"{path}: card {name}", card, page)
    return page


def _check_parameter(where: str, told: Mapping[str, Any]) -> None:
    _check_keys(where, told, {"type"}, {"type", "values", "steps"})
    if told["type"] not in _TYPES:
        raise ContentError(f"{where}: type is {told['type']!r}, not one of {_TYPES}")
    for key in ("values", "steps"):
        one = told.get(key, "card.column")
        is_list = isinstance(one, list) and key == "steps"
        if not is_list and str(one).count(".") != 1:
            raise ContentError(f"{where}: {key} is {one!r}; write <card>.<column>")


def _check_card(where: str, card: Any, page: PageFile) -> None:
    if not isinstance(card, dict):
        raise ContentError(f"{where}: a card has {_listed(_STYLED | _PLACED)}, …")
    _check_place(where, card, page)
    if "shared" in card:
        _check_keys(where, card, {"shared"}, {"shared", *_PLACED})
        return
    kind = str(card.get("kind"))
    if kind not in _KINDS:
        raise ContentError(f"{where}: kind is {kind!r}, not one of {', '.join(_KINDS)}")
    needed, more = _KINDS[kind]
    if ("sql" in card) == ("from" in card):
        raise ContentError(f"{where}: write either 'sql' or 'from'")
    if "sql" in card and (other := sorted(_ASKED & set(card) - {"sql"})):
        raise ContentError(f"{where}: {other[0]!r} belongs to 'from'; write it in sql")
    _check_keys(where, card, needed, needed | more | _ASKED | _STYLED | _PLACED)
    for key in ("columns", "metrics", "shades"):
        if key in card and not (isinstance(card[key], list) and card[key]):
            raise ContentError(f"{where}: {key} is {card[key]!r}; write a list")
    if card.get("every", "day") not in _STEPS:
        raise ContentError(
            f"{where}: every is {card['every']!r}, not one of {_listed(_STEPS)}"
        )
    if len(card.get("metrics", ())) > 1 and ("by" in card or kind == "pie"):
        raise ContentError(
            f"{where}: metrics are {card['metrics']}; a pie, and a chart with 'by', "
            "draws one"
        )
    for column, name in card.get("formats", {}).items():
        if name not in FORMATS:
            raise ContentError(
                f"{where}: formats: {column} is {name!r}, not one of {_listed(FORMATS)}"
            )


def _check_place(where: str, card: Mapping[str, Any], page: PageFile) -> None:
    place = card.get("place")
    is_grid = isinstance(place, list) and len(place) == len(_GRID)
    if not is_grid or not all(isinstance(number, int) for number in place or ()):
        raise ContentError(f"{where}: place is {place!r}; write {list(_GRID)}")
    if card.get("tab") not in (page.tabs or (None,)):
        raise ContentError(
            f"{where}: stands on tab {card.get('tab')!r}; the page has "
            f"{list(page.tabs)}"
        )
    for column, target in card.get("click", {}).items():
        if str(target).count(".") != 1:
            raise ContentError(
                f"{where}: click: {column} leads to {target!r}; write "
                "<page>.<parameter>"
            )


def _check_shared(page: PageFile, homes: Mapping[str, PageFile]) -> None:
    for name, card in page.cards.items():
        if "shared" in card and (
            name not in homes or homes[name].name != card["shared"]
        ):
            home = homes[name].name if name in homes else "no page"
            raise ContentError(
                f"{page.path}: card {name}: {home} has it, not {card['shared']}"
            )


def _check_keys(
    where: str, told: Mapping[str, Any], needed: set[str], allowed: set[str]
) -> None:
    if unknown := sorted(set(told) - allowed):
        raise ContentError(
            f"{where}: nobody reads {unknown[0]!r}; allowed: {_listed(allowed)}"
        )
    if missing := sorted(needed - set(told)):
        raise ContentError(f"{where}: lacks {missing[0]!r}")


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
