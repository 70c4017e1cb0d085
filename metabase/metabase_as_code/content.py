"""Dashboards as values: what a content file says, once read and filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Card", "Collection", "Column", "Content", "Dashboard", "Placement"]


@dataclass(frozen=True)
class Column:
    """How one result column is called and written."""

    name: str
    title: str
    number_style: str | None = None
    currency: str | None = None
    decimals: int | None = None


@dataclass(frozen=True)
class Card:
    """One question, its SQL and how its answer is drawn."""

    entity_id: str
    name: str
    description: str
    display: str
    sql: str
    settings: Mapping[str, Any]
    columns: Mapping[str, Column]
    path: Path

    def shown_columns(self) -> tuple[str, ...]:
        """Names of the columns that this card draws, in order."""
        settings = self.settings
        if self.display == "scalar":
            return (settings["scalar.field"],)
        if self.display in ("table", "object"):
            columns = settings["table.columns"]
            return tuple(column["name"] for column in columns if column["enabled"])
        return (*settings["graph.dimensions"], *settings["graph.metrics"])


@dataclass(frozen=True)
class Placement:
    """Where a card stands on the 24-column grid (0-based, in grid cells)."""

    entity_id: str
    card_id: str
    row: int
    col: int
    size_x: int
    size_y: int


@dataclass(frozen=True)
class Dashboard:
    """A page of placed cards."""

    entity_id: str
    name: str
    description: str
    width: str
    auto_apply_filters: bool
    placements: tuple[Placement, ...]
    path: Path


@dataclass(frozen=True)
class Collection:
    """The folder that stands for one company."""

    entity_id: str
    name: str
    description: str


@dataclass(frozen=True)
class Content:
    """Everything in ``collections/``, in one language, for one company."""

    collection: Collection
    cards: Mapping[str, Card]
    dashboards: tuple[Dashboard, ...]
