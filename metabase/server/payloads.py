"""The bodies of cards and dashboards, and when two of them say the same.

Each card carries a comment with its ``entity_id`` in the SQL, because the server
does not keep an id of ours. It tells our cards from those made by hand, and lets a
title change without becoming another card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metabase.content.entities import Card, Dashboard, Placement
from metabase.server.buttons import Button, button_identity, dashcard, lowered
from metabase.server.parameter_payloads import (
    click_settings,
    parameter_payload,
    tag_payload,
    target,
)

__all__ = [
    "Published",
    "canonical",
    "card_body",
    "dashboard_body",
    "mark_of",
    "native_parts",
]

_MARK = "-- timonel card "


@dataclass(frozen=True)
class Published:
    """What a dashboard may point to, by ``entity_id``.

    ``buttons`` are those of cards; ``pages`` are known once all of them are there.
    """

    cards: Mapping[str, int]
    pages: dict[str, int]
    buttons: Mapping[str, Button]


def card_body(card: Card, *, database_id: int, folder_id: int) -> dict[str, Any]:
    """Every key of a card that is ours."""
    return {
        "name": card.name,
        # The server has no place of its own for why a card is empty.
        "description": " ".join(filter(None, (card.description, card.when_empty))),
        "type": "question",
        "display": card.display,
        "dataset_query": {
            "lib/type": "mbql/query",
            "database": database_id,
            "stages": [
                {
                    "lib/type": "mbql.stage/native",
                    "native": f"{_MARK}{card.entity_id}\n{card.sql}",
                    "template-tags": {
                        one.slug: tag_payload(one) for one in card.parameters
                    },
                }
            ],
        },
        "parameters": [
            {**parameter_payload(one, {}), "target": target(one.slug)}
            for one in card.parameters
        ],
        "visualization_settings": dict(card.settings),
        "collection_id": folder_id,
    }


def dashboard_body(
    dashboard: Dashboard, known: Published, live: Mapping[str, Any], *, folder_id: int
) -> dict[str, Any]:
    """Every key of a dashboard that is ours; ``live`` is what the server has of it."""
    buttons = known.buttons
    tab_ids = _tab_ids(dashboard, live["tabs"])
    under = [at for at in dashboard.placements if at.card_id in buttons]
    kept = {one["action_id"]: one["id"] for one in live["dashcards"] if _acts(one)}
    asking = []
    for position, at in enumerate(under, start=1 + len(dashboard.placements)):
        button = buttons[at.card_id]
        asking.append(dashcard(button, at, kept.get(button.action_id, -position)))
    placements = [
        lowered(at) if at.card_id in buttons else at for at in dashboard.placements
    ]
    return {
        "name": dashboard.name,
        "description": dashboard.description,
        "width": dashboard.width,
        "auto_apply_filters": dashboard.auto_apply_filters,
        "collection_id": folder_id,
        "parameters": [
            {**parameter_payload(one, known.cards), "sectionId": one.kind.split("/")[0]}
            for one in dashboard.parameters
        ],
        "tabs": [
            {"id": tab_ids[tab.entity_id], "name": tab.name} for tab in dashboard.tabs
        ],
        "dashcards": [
            {**placed, "dashboard_tab_id": tab_ids.get(at.tab_id)}
            for at, placed in zip(
                [*placements, *under],
                [
                    *_dashcards(placements, known, live["dashcards"]),
                    *asking,
                ],
                strict=True,
            )
        ],
    }


def _tab_ids(
    dashboard: Dashboard, live: Sequence[Mapping[str, Any]]
) -> dict[str | None, int]:
    """The server's ids of the tabs: of the one that stands there, whatever its name.

    A tab that is yet to be made has a negative one.
    """
    kept = [one["id"] for one in live]
    return {
        tab.entity_id: kept[position] if position < len(kept) else -1 - position
        for position, tab in enumerate(dashboard.tabs)
    }


def _acts(live: Mapping[str, Any]) -> bool:
    return bool(live.get("action_id"))


def _dashcards(
    placements: Sequence[Placement],
    known: Published,
    live: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    card_ids = known.cards
    # Subscriptions hang off these ids, so a card that stays keeps its own.
    kept = {dashcard["card_id"]: dashcard["id"] for dashcard in live}
    return [
        {
            "id": kept.get(card_ids[placement.card_id], -position),
            "card_id": card_ids[placement.card_id],
            "row": placement.row,
            "col": placement.col,
            "size_x": placement.size_x,
            "size_y": placement.size_y,
            "parameter_mappings": [
                {
                    "parameter_id": parameter_id,
                    "card_id": card_ids[placement.card_id],
                    "target": target(name),
                }
                for parameter_id, name in placement.mappings
            ],
            "series": [],
            "visualization_settings": click_settings(placement.links, known.pages),
        }
        for position, placement in enumerate(placements, start=1)
    ]


def canonical(key: str, value: Any) -> Any:
    """Remove what differs between equal things: order, given ids, empty or absent."""
    if key == "dashcards":
        known = ("card_id", "dashboard_tab_id", "row", "col", "size_x", "size_y")
        rich = ("parameter_mappings", "series", "visualization_settings")
        return sorted(
            json.dumps(
                button_identity(card)
                if _acts(card)
                else [
                    *(card.get(k) for k in known),
                    *(card.get(k) or None for k in rich),
                ],
                sort_keys=True,
            )
            for card in value or []
        )
    if key == "tabs":
        return [one["name"] for one in value or []] or None
    if key == "dataset_query":
        return native_parts(value or {})
    return value or None


def native_parts(query: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Database, SQL and tags: what a native query says, in either form of an answer.

    Current servers answer stages, whichever form they were sent.
    """
    stage = (query.get("stages") or [{}])[0]
    former = query.get("native") or {}
    sql = stage.get("native") or former.get("query")
    tags = stage.get("template-tags") or former.get("template-tags")
    return query.get("database"), sql, tags or None


def mark_of(card: Mapping[str, Any]) -> str | None:
    """The ``entity_id`` that the SQL of a live card carries, if it is ours."""
    _, sql, _ = native_parts(card["dataset_query"])
    first_line = (sql or "").split("\n", 1)[0]
    return first_line[len(_MARK) :] if first_line.startswith(_MARK) else None
