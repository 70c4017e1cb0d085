"""Dashboards as values: what a content file says, once read and filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "CHARTS",
    "Card",
    "Collection",
    "Column",
    "Content",
    "Dashboard",
    "Link",
    "Parameter",
    "Placement",
    "Tab",
    "ValuesList",
]

CHARTS = ("bar", "row", "line", "scatter", "pie")
"""Displays that draw metrics over dimensions."""

_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_TAG = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Column:
    """How one result column is called and written."""

    name: str
    title: str
    number_style: str | None = None
    currency: str | None = None
    decimals: int | None = None
    suffix: str = ""
    scale: int = 1
    """Values are written times this: a share of 0.05 as 5 percentage points."""
    is_month: bool = False
    link_text: str | None = None
    """What an address is shown as; None where the value is no address."""


@dataclass(frozen=True)
class ValuesList:
    """Where the values of a list come from: a column of a card's answer."""

    card_id: str
    column: str


@dataclass(frozen=True)
class Parameter:
    """What the reader may choose; without it the SQL uses its own default.

    ``parameter_id`` is a UUID that Metabase keeps; ``slug`` is its name in the SQL;
    ``kind`` is ``number/=`` or ``string/=``. ``steps`` are the values that a page
    without a server offers; Metabase knows nothing of them.
    """

    parameter_id: str
    slug: str
    title: str
    kind: str = "number/="
    values: ValuesList | None = None
    steps: ValuesList | tuple[float, ...] = ()


@dataclass(frozen=True)
class Card:
    """One question, its SQL and how its answer is drawn.

    The SQL writes ``[[{{budget}}]]`` where it takes a parameter: Metabase leaves out
    what stands between the brackets while nobody chose one. ``when_empty`` says what
    is missing when there is nothing to show, and what would bring it.
    """

    entity_id: str
    name: str
    description: str
    display: str
    sql: str
    settings: Mapping[str, Any]
    columns: Mapping[str, Column]
    path: Path
    parameters: tuple[Parameter, ...] = ()
    when_empty: str | None = None

    def default_sql(self) -> str:
        """The SQL as it runs while the reader has chosen nothing."""
        return _OPTIONAL.sub("", self.sql)

    def written_sql(self) -> tuple[str, ...]:
        """Everything the SQL may become: without its optional parts, and with all.

        What a reader would choose is ``null`` there: it is to be read, not to be run.
        """
        whole = _TAG.sub("null", _OPTIONAL.sub(r"\1", self.sql))
        return tuple(dict.fromkeys((self.default_sql(), whole)))

    def chosen_sql(self, chosen: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The SQL for what the reader chose, and the values to bind, in order.

        Values never become part of the text: what a person types is a value, as it
        is in Metabase, whatever it says.
        """
        values: list[Any] = []

        def bind(tag: re.Match[str]) -> str:
            values.append(chosen[tag[1]])
            return "%s"

        def keep(block: re.Match[str]) -> str:
            is_whole = set(_TAG.findall(block[1])) <= set(chosen)
            return _TAG.sub(bind, block[1]) if is_whole else ""

        if not chosen:
            return self.default_sql(), values
        return _OPTIONAL.sub(keep, self.sql.replace("%", "%%")), values

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Columns a chart is drawn over: the axis, then what tells series apart."""
        if self.display == "pie":
            return (self.settings["pie.dimension"],)
        return tuple(self.settings["graph.dimensions"])

    @property
    def metrics(self) -> tuple[str, ...]:
        """Columns a chart draws, in order."""
        if self.display == "pie":
            return (self.settings["pie.metric"],)
        return tuple(self.settings["graph.metrics"])

    def shown_columns(self) -> tuple[str, ...]:
        """Names of the columns that this card draws, in order."""
        settings = self.settings
        if self.display in ("scalar", "smartscalar"):
            return (settings["scalar.field"],)
        if self.display in ("table", "object"):
            columns = settings["table.columns"]
            return tuple(column["name"] for column in columns if column["enabled"])
        bubble = settings.get("scatter.bubble")
        return (*self.dimensions, *self.metrics, *([bubble] if bubble else []))


@dataclass(frozen=True)
class Link:
    """A column whose values lead to a dashboard, and choose its parameter."""

    column: str
    dashboard_id: str
    parameter_id: str


@dataclass(frozen=True)
class Placement:
    """Where a card stands on the 24-column grid (0-based, in grid cells).

    ``mappings`` are pairs of a parameter's id in the dashboard and its name in the
    card's SQL. On a page with tabs, rows are counted from the top of ``tab_id``'s.
    """

    entity_id: str
    card_id: str
    row: int
    col: int
    size_x: int
    size_y: int
    mappings: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    tab_id: str | None = None


@dataclass(frozen=True)
class Tab:
    """One of the sheets of a page, for cards that answer one group of questions."""

    entity_id: str
    name: str


@dataclass(frozen=True)
class Dashboard:
    """A page of placed cards, on ``tabs`` in their order when it has any."""

    entity_id: str
    name: str
    description: str
    width: str
    auto_apply_filters: bool
    placements: tuple[Placement, ...]
    path: Path
    parameters: tuple[Parameter, ...] = ()
    tabs: tuple[Tab, ...] = ()

    def sheets(self) -> tuple[tuple[Tab | None, tuple[Placement, ...]], ...]:
        """Each tab with the cards on it, from top left; a page without tabs is one."""
        placed = sorted(self.placements, key=lambda at: (at.row, at.col))
        return tuple(
            (tab, tuple(at for at in placed if at.tab_id == (tab and tab.entity_id)))
            for tab in (self.tabs or (None,))
        )


@dataclass(frozen=True)
class Collection:
    """The folder that stands for one company."""

    entity_id: str
    name: str
    description: str


@dataclass(frozen=True)
class Content:
    """Everything in ``pages/``, in one language, for one company."""

    collection: Collection
    cards: Mapping[str, Card]
    dashboards: tuple[Dashboard, ...]
