"""The button of an action: over the card whose rows answer it, on every page it is on.

The card gives its first row of the grid to the button, so that the page of a company
without actions has no hole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from metabase.content.entities import Placement

__all__ = ["Button", "button_identity", "dashcard", "lowered", "without_buttons"]

_WIDTH, _HEIGHT = 8, 1
_DISPLAY = "button"


@dataclass(frozen=True)
class Button:
    """What opens the form of an action: its number on the server, and its words."""

    action_id: int
    label: str


def lowered(at: Placement) -> Placement:
    """Where the card stands once the button is over it."""
    return replace(at, row=at.row + _HEIGHT, size_y=at.size_y - _HEIGHT)


def dashcard(button: Button, over: Placement, dashcard_id: int) -> dict[str, Any]:
    """The button in the first row of the place that the card has without it.

    Source: metabase.com/docs/latest/dashboards/actions; the server keeps a button as a
    dashcard of no card.
    """
    return {
        "id": dashcard_id,
        "card_id": None,
        "action_id": button.action_id,
        "row": over.row,
        "col": over.col,
        "size_x": min(_WIDTH, over.size_x),
        "size_y": _HEIGHT,
        "parameter_mappings": [],
        "series": [],
        "visualization_settings": {
            "actionDisplayType": _DISPLAY,
            "button.label": button.label,
            "virtual_card": {
                "display": "action",
                "visualization_settings": {},
                "dataset_query": {},
                "archived": False,
            },
        },
    }


def button_identity(live: Mapping[str, Any]) -> list[Any]:
    """What tells one button from another: its action, place and words."""
    place = ("dashboard_tab_id", "row", "col", "size_x", "size_y")
    settings = live.get("visualization_settings") or {}
    words = ("actionDisplayType", "button.label")
    return [
        live["action_id"],
        *(live.get(key) for key in place),
        *(settings.get(key) for key in words),
    ]


def without_buttons(live: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The dashcards of a page as they would stand if it had no buttons."""
    told = list(live)
    under = {
        (one["dashboard_tab_id"], one["row"] + one["size_y"], one["col"]): one["size_y"]
        for one in told
        if one.get("action_id")
    }
    for one in told:
        if one.get("action_id"):
            continue
        room = under.get((one["dashboard_tab_id"], one["row"], one["col"]), 0)
        yield {**one, "row": one["row"] - room, "size_y": one["size_y"] + room}
